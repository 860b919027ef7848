//! The readable side: data comes in, data goes out, the end, flowing and not.

mod announcing;
mod arriving;
mod ending;
mod flowing;
mod reading;

pub(super) use self::arriving::{as_buffer, push_chunk, size_of};
pub(crate) use self::{
    announcing::read_nothing,
    arriving::Source,
    flowing::{pause, resume_method},
    reading::read_method,
};

use boa_engine::{Context, JsObject, JsResult, JsValue, js_string};

use self::{
    announcing::read_more_soon,
    arriving::{end_of_input, may_go_on, place},
    flowing::{on, remove_all_listeners, remove_listener},
};
use crate::{
    bindings::streams::{
        SideOptions, State, of, opening, rare, readable_of, side_options,
        state::{DESTROYED, END_EMITTED, ENDED, ERRORED, NEED_READABLE, Side},
    },
    engine::{
        classes::{instance, new_target},
        natives::{Method, arg},
    },
};

/// Nothing comes or goes any more.
const IS_OVER: u32 = DESTROYED | ERRORED;

pub(super) const METHODS: &[Method] = &[
    ("push", 2, arriving::push),
    ("read", 1, read_method),
    ("resume", 0, resume_method),
    ("pause", 0, pause),
    ("on", 2, on),
    ("removeListener", 2, remove_listener),
    ("removeAllListeners", 1, remove_all_listeners),
    ("place", 5, |_, args, context| {
        let (stream, state) = stream_and_state(args, context)?;
        let (size, is_front) = (arg(args, 3).to_number(context)?, arg(args, 4).to_boolean());
        let how = (is_front, Source::Unknown);
        Ok(place(&stream, &state, (arg(args, 2), size), how, context)?.into())
    }),
    ("endOfInput", 2, |_, args, context| {
        let (stream, state) = stream_and_state(args, context)?;
        end_of_input(&stream, &state, context)?;
        Ok(JsValue::undefined())
    }),
    ("mayGoOn", 1, |_, args, _| {
        Ok(State::of(&arg(args, 0)).is_some_and(|state| may_go_on(&state)).into())
    }),
];

/// A stream is constructed now: what it was asked for meanwhile is asked of its source.
pub(super) fn when_constructed(stream: &JsObject, context: &mut Context) -> JsResult<()> {
    let state = readable_of(stream, context)?;
    if state.has(NEED_READABLE) {
        read_more_soon(stream, &state, context);
    }
    Ok(())
}

/// A side that a stream goes without.
pub(super) fn shut(state: &JsValue) {
    opening::shut(state, js_string!("readable"), ENDED | END_EMITTED);
}

fn stream_and_state(args: &[JsValue], context: &mut Context) -> JsResult<(JsObject, State)> {
    let stream = arg(args, 0).to_object(context)?;
    let state = readable_of(&stream, context)?;
    Ok((stream, state))
}

/// `new ReadableState(options, stream, isDuplex)`.
pub(super) fn construct_state(
    this: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let new_target = new_target(this, "ReadableState")?;
    let (options, is_duplex) = (arg(args, 0), arg(args, 2).to_boolean());
    let names = (js_string!("readableObjectMode"), js_string!("readableHighWaterMark"));
    let SideOptions { flags, high_water_mark, default_encoding } =
        side_options(&options, is_duplex, names, context)?;
    let side = Side::new(flags, high_water_mark, default_encoding);
    let class = of(context)?.readable.clone();
    let state = instance(&new_target, &class, side, context)?;
    if let Some(options) = options.as_object() {
        let encoding = options.get(js_string!("encoding"), context)?;
        if encoding.to_boolean() {
            let args = [state.clone().into(), encoding];
            let name = js_string!("startDecoding");
            rare("internal/streams/readable", name, &args, context)?;
        }
    }
    Ok(state.into())
}
