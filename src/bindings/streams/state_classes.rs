//! `ReadableState` and `WritableState`: what scripts see of a side, every field through an accessor.

use boa_engine::{
    Context, JsNativeError, JsObject, JsResult, JsValue, js_string, object::builtins::JsArray,
};

use super::{
    readable,
    state::{
        ALL_BUFFERS, ALL_NOOP, AUTO_DESTROY, BUFFER_PROCESSING, CLOSE_EMITTED, CLOSED, CONSTRUCTED,
        DATA_EMITTED, DECODE_STRINGS, DESTROYED, EMIT_CLOSE, EMITTED_READABLE, END_EMITTED, ENDED,
        ENDING, ERROR_EMITTED, FINAL_CALLED, FINISHED, FLOWING, HAS_FLOWING, MULTI_AWAIT_DRAIN,
        NEED_DRAIN, NEED_READABLE, OBJECT_MODE, PAUSED, PREFINISHED, READABLE_LISTENING, READING,
        READING_MORE, RESUME_SCHEDULED, SYNC, Side, State, WRITING,
    },
    writable,
};
use crate::engine::{
    classes::{Accessor, ClassSpec},
    natives::{Method, Native, arg},
};

fn receiver(this: &JsValue) -> JsResult<State> {
    State::of(this).ok_or_else(|| JsNativeError::typ().with_message("Illegal invocation").into())
}

/// What a getter gives where it is looked at on the prototype: nothing.
fn look(this: &JsValue, look: impl FnOnce(&Side) -> JsValue) -> JsResult<JsValue> {
    Ok(State::of(this).map_or(JsValue::undefined(), |state| state.with(look)))
}

fn change(this: &JsValue, change: impl FnOnce(&Side)) -> JsResult<JsValue> {
    receiver(this)?.with(change);
    Ok(JsValue::undefined())
}

fn index_of(value: &JsValue, context: &mut Context) -> JsResult<u32> {
    value.to_u32(context)
}

/// Accessors of flags.
macro_rules! bits {
    ($(($name:literal, $flag:expr)),* $(,)?) => {
        [$((
            $name,
            (|this, _, _| look(this, |side| side.has($flag).into())) as Native,
            Some((|this, args, _| {
                let on = arg(args, 0).to_boolean();
                change(this, |side| side.put($flag, on))
            }) as Native),
        )),*]
    };
}

/// Accessors of numbers.
macro_rules! numbers {
    ($(($name:literal, $field:ident, $convert:expr)),* $(,)?) => {
        [$((
            $name,
            (|this, _, _| look(this, |side| side.$field.get().into())) as Native,
            Some((|this, args, context| {
                let value = $convert(&arg(args, 0), context)?;
                change(this, |side| side.$field.set(value))
            }) as Native),
        )),*]
    };
}

/// Accessors of values.
macro_rules! values {
    ($(($name:literal, $field:ident)),* $(,)?) => {
        [$((
            $name,
            (|this, _, _| look(this, |side| side.slots.borrow().$field.clone())) as Native,
            Some((|this, args, _| {
                let value = arg(args, 0);
                change(this, |side| side.slots.borrow_mut().$field = value)
            }) as Native),
        )),*]
    };
}

type Rows<const N: usize> = [Accessor; N];

static BITS: Rows<10> = bits![
    ("objectMode", OBJECT_MODE),
    ("constructed", CONSTRUCTED),
    ("sync", SYNC),
    ("errorEmitted", ERROR_EMITTED),
    ("emitClose", EMIT_CLOSE),
    ("autoDestroy", AUTO_DESTROY),
    ("destroyed", DESTROYED),
    ("closed", CLOSED),
    ("closeEmitted", CLOSE_EMITTED),
    ("ended", ENDED),
];

static READABLE_BITS: Rows<10> = bits![
    ("endEmitted", END_EMITTED),
    ("reading", READING),
    ("needReadable", NEED_READABLE),
    ("emittedReadable", EMITTED_READABLE),
    ("readableListening", READABLE_LISTENING),
    ("resumeScheduled", RESUME_SCHEDULED),
    ("multiAwaitDrain", MULTI_AWAIT_DRAIN),
    ("readingMore", READING_MORE),
    ("dataEmitted", DATA_EMITTED),
    ("paused", PAUSED),
];

static WRITABLE_BITS: Rows<10> = bits![
    ("finalCalled", FINAL_CALLED),
    ("needDrain", NEED_DRAIN),
    ("ending", ENDING),
    ("finished", FINISHED),
    ("decodeStrings", DECODE_STRINGS),
    ("writing", WRITING),
    ("bufferProcessing", BUFFER_PROCESSING),
    ("prefinished", PREFINISHED),
    ("allBuffers", ALL_BUFFERS),
    ("allNoop", ALL_NOOP),
];

static NUMBERS: Rows<3> = numbers![
    ("flags", flags, index_of),
    ("highWaterMark", high_water_mark, JsValue::to_number),
    ("length", length, JsValue::to_number),
];

static READABLE_NUMBERS: Rows<1> = numbers![("bufferIndex", index, index_of)];

static WRITABLE_NUMBERS: Rows<4> = numbers![
    ("bufferedIndex", index, index_of),
    ("corked", corked, index_of),
    ("pendingcb", pending, JsValue::to_i32),
    ("writelen", write_length, JsValue::to_number),
];

static VALUES: Rows<2> = values![("failure", failure), ("defaultEncoding", default_encoding)];

static READABLE_VALUES: Rows<3> =
    values![("encoding", encoding), ("decoder", decoder), ("awaitDrainWriters", await_drain)];

static OTHERS: Rows<1> = [(
    "errored",
    |this, _, _| look(this, |side| side.slots.borrow().failure.clone()),
    Some(|this, args, _| {
        let error = arg(args, 0);
        change(this, |side| side.set_failure(error))
    }),
)];

static READABLE_OTHERS: Rows<4> = [
    ("buffer", list, Some(set_list)),
    (
        "pipes",
        |this, _, context| {
            let Some(state) = State::of(this) else { return Ok(JsValue::undefined()) };
            if let Some(pipes) = state.with(|side| side.slots.borrow().pipes.clone()) {
                return Ok(pipes.into());
            }
            let pipes: JsObject = JsArray::new(context)?.into();
            state.with(|side| side.slots.borrow_mut().pipes = Some(pipes.clone()));
            Ok(pipes.into())
        },
        Some(|this, args, _| {
            let pipes = arg(args, 0).as_object();
            change(this, |side| side.slots.borrow_mut().pipes = pipes)
        }),
    ),
    (
        "pipesCount",
        |this, _, context| {
            let pipes = State::of(this).and_then(|s| s.with(|s| s.slots.borrow().pipes.clone()));
            pipes.map_or(Ok(0.into()), |pipes| pipes.get(js_string!("length"), context))
        },
        None,
    ),
    (
        // Null as long as nobody has said.
        "flowing",
        |this, _, _| {
            look(this, |side| {
                if side.has(HAS_FLOWING) { side.has(FLOWING).into() } else { JsValue::null() }
            })
        },
        Some(|this, args, _| {
            let flowing = arg(args, 0).as_boolean();
            change(this, |side| match flowing {
                Some(flowing) => side.set_flowing(flowing),
                None => side.clear(HAS_FLOWING | FLOWING),
            })
        }),
    ),
];

static WRITABLE_OTHERS: Rows<3> = [
    ("buffered", list, Some(set_list)),
    (
        "bufferedRequestCount",
        |this, _, context| match State::of(this) {
            Some(state) => state.waiting(context).map(JsValue::from),
            None => Ok(JsValue::undefined()),
        },
        None,
    ),
    ("onwrite", |this, _, context| writable::on_write_of(this, context), None),
];

fn list(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    Ok(State::of(this).map_or(JsValue::undefined(), |state| state.list(context).into()))
}

fn set_list(this: &JsValue, args: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    let list = arg(args, 0).as_object();
    change(this, |side| side.slots.borrow_mut().list = list)
}

/// The accessors of both sides, of a readable one, of a writable one.
pub(super) fn accessors(is_readable: bool) -> Vec<Accessor> {
    let (bits, numbers, values, others): (&[_], &[_], &[_], &[_]) = if is_readable {
        (&READABLE_BITS, &READABLE_NUMBERS, &READABLE_VALUES, &READABLE_OTHERS)
    } else {
        (&WRITABLE_BITS, &WRITABLE_NUMBERS, &[], &WRITABLE_OTHERS)
    };
    let shared: [&[Accessor]; 4] = [&BITS, &NUMBERS, &VALUES, &OTHERS];
    [bits, numbers, values, others].into_iter().chain(shared).flatten().copied().collect()
}

const WRITABLE_METHODS: &[Method] = &[("getBuffer", 0, |this, _, context| {
    let state = receiver(this)?;
    let index = state.with(|side| side.index.get());
    let list = JsArray::from_object(state.list(context))?;
    Ok(list.slice(Some(index), None, context)?.into())
})];

pub(super) const READABLE: ClassSpec =
    ClassSpec::new("ReadableState", 3, readable::construct_state);

pub(super) const WRITABLE: ClassSpec = ClassSpec {
    methods: WRITABLE_METHODS,
    ..ClassSpec::new("WritableState", 3, writable::construct_state)
};
