//! The writable side: writes, their ends, and the end of all.

mod ending;
mod writing;
mod written;

pub(super) use self::writing::{Outcome, on_write_of, write};

use boa_engine::{Context, JsObject, JsResult, JsValue, js_string};

use self::{
    ending::{call_finished, end, finish_maybe},
    writing::{start, write_buffered},
    written::fail_buffered,
};
use crate::{
    bindings::streams::{
        SideOptions, State, life, next_tick, of, opening, side_options,
        state::{
            ALL_BUFFERS, ALL_NOOP, DECODE_STRINGS, DESTROYED, ENDED, ENDING, FINISHED, Side,
            WRITING,
        },
        writable_of,
    },
    engine::{
        classes::{instance, new_target},
        natives::{Method, arg},
    },
};

pub(super) const METHODS: &[Method] = &[
    ("write", 3, |this, args, context| {
        let stream = this.to_object(context)?;
        let outcome = write(&stream, arg(args, 0), arg(args, 1), arg(args, 2), context)?;
        Ok(matches!(outcome, Outcome::Room(true)).into())
    }),
    ("end", 3, end),
    ("uncork", 0, uncork),
    ("destroyWritable", 2, destroy),
    ("start", 5, |_, args, context| {
        let stream = arg(args, 0).to_object(context)?;
        let state = writable_of(&stream, context)?;
        let size = arg(args, 1).to_number(context)?;
        start(&stream, &state, size, arg(args, 2), (arg(args, 3), arg(args, 4)), context)?;
        Ok(JsValue::undefined())
    }),
    ("callFinished", 2, |_, args, context| {
        if let Some(state) = State::of(&arg(args, 0)) {
            call_finished(&state, &arg(args, 1), context)?;
        }
        Ok(JsValue::undefined())
    }),
];

/// A stream is constructed now: what was written meanwhile goes to its sink.
pub(super) fn when_constructed(stream: &JsObject, context: &mut Context) -> JsResult<()> {
    let state = writable_of(stream, context)?;
    if !state.has(WRITING) {
        write_buffered(stream, &state, context)?;
    }
    if state.has(ENDING) {
        finish_maybe(stream, &state, false, context)?;
    }
    Ok(())
}

/// A side that a stream goes without.
pub(super) fn shut(state: &JsValue) {
    opening::shut(state, js_string!("writable"), ENDING | ENDED | FINISHED);
}

/// `new WritableState(options, stream, isDuplex)`.
pub(super) fn construct_state(
    this: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let new_target = new_target(this, "WritableState")?;
    let (options, is_duplex) = (arg(args, 0), arg(args, 2).to_boolean());
    let names = (js_string!("writableObjectMode"), js_string!("writableHighWaterMark"));
    let SideOptions { mut flags, high_water_mark, default_encoding } =
        side_options(&options, is_duplex, names, context)?;
    flags |= ALL_BUFFERS | ALL_NOOP;
    let decodes = match options.as_object() {
        Some(options) => options.get(js_string!("decodeStrings"), context)?,
        None => JsValue::undefined(),
    };
    if decodes.as_boolean() != Some(false) {
        flags |= DECODE_STRINGS;
    }
    let side = Side::new(flags, high_water_mark, default_encoding);
    side.slots.borrow_mut().stream = arg(args, 1).as_object();
    let class = of(context)?.writable.clone();
    Ok(instance(&new_target, &class, side, context)?.into())
}

fn uncork(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let stream = this.to_object(context)?;
    let state = writable_of(&stream, context)?;
    let corked = state.with(|side| side.corked.get());
    if corked > 0 {
        state.with(|side| side.corked.set(corked - 1));
        if !state.has(WRITING) {
            write_buffered(&stream, &state, context)?;
        }
    }
    Ok(JsValue::undefined())
}

/// `destroy` of a stream that can be written to: what waits to be written is told.
fn destroy(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let stream = this.to_object(context)?;
    let state = writable_of(&stream, context)?;
    let is_awaited = state.with(|side| !side.slots.borrow().on_finished.is_empty());
    if !state.has(DESTROYED) && (is_awaited || state.waiting(context)? > 0) {
        next_tick(context, move |context| fail_buffered(&state, context));
    }
    life::destroy_method(this, args, context)
}
