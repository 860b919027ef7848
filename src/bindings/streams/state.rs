//! `ReadableState` and `WritableState`: what a stream keeps of each of its sides.
//!
//! Both are one native record; their classes show different parts of it. Scripts reach every field
//! through an accessor, natives without one.

use std::{cell::Cell, rc::Rc};

use boa_engine::{
    Context, JsData, JsNativeError, JsObject, JsResult, JsString, JsValue, js_string,
    object::builtins::JsArray,
};
use boa_gc::{Finalize, GcRefCell, Trace};

use crate::engine::{
    classes::{Accessor, Class, ClassSpec},
    natives::{Method, Native, arg},
};

/// The flags. The first eleven mean the same on both sides.
pub(super) const OBJECT_MODE: u32 = 1 << 0;
pub(super) const CONSTRUCTED: u32 = 1 << 1;
pub(super) const SYNC: u32 = 1 << 2;
pub(super) const ERROR_EMITTED: u32 = 1 << 3;
pub(super) const EMIT_CLOSE: u32 = 1 << 4;
pub(super) const AUTO_DESTROY: u32 = 1 << 5;
pub(super) const DESTROYED: u32 = 1 << 6;
pub(super) const CLOSED: u32 = 1 << 7;
pub(super) const CLOSE_EMITTED: u32 = 1 << 8;
pub(super) const ERRORED: u32 = 1 << 9;
pub(super) const ENDED: u32 = 1 << 10;

/// Those of a readable side.
pub(super) const END_EMITTED: u32 = 1 << 11;
pub(super) const READING: u32 = 1 << 12;
pub(super) const NEED_READABLE: u32 = 1 << 13;
pub(super) const EMITTED_READABLE: u32 = 1 << 14;
pub(super) const READABLE_LISTENING: u32 = 1 << 15;
pub(super) const RESUME_SCHEDULED: u32 = 1 << 16;
pub(super) const MULTI_AWAIT_DRAIN: u32 = 1 << 17;
pub(super) const READING_MORE: u32 = 1 << 18;
pub(super) const DATA_EMITTED: u32 = 1 << 19;
pub(super) const DATA_LISTENING: u32 = 1 << 20;
pub(super) const FLOWING: u32 = 1 << 21;
pub(super) const HAS_FLOWING: u32 = 1 << 22;
pub(super) const PAUSED: u32 = 1 << 23;

/// Those of a writable side.
pub(super) const ENDING: u32 = 1 << 11;
pub(super) const FINISHED: u32 = 1 << 12;
pub(super) const NEED_DRAIN: u32 = 1 << 13;
pub(super) const FINAL_CALLED: u32 = 1 << 14;
pub(super) const WRITING: u32 = 1 << 15;
pub(super) const BUFFER_PROCESSING: u32 = 1 << 16;
pub(super) const PREFINISHED: u32 = 1 << 17;
pub(super) const ALL_BUFFERS: u32 = 1 << 18;
pub(super) const ALL_NOOP: u32 = 1 << 19;
pub(super) const DECODE_STRINGS: u32 = 1 << 20;
pub(super) const AFTER_WRITE_PENDING: u32 = 1 << 21;

/// One side of a stream. `index`, `pending` and their like are of one side only.
#[derive(Trace, Finalize, JsData)]
pub(super) struct Side {
    #[unsafe_ignore_trace]
    pub(super) flags: Cell<u32>,
    #[unsafe_ignore_trace]
    pub(super) high_water_mark: Cell<f64>,
    /// What waits: bytes, or objects.
    #[unsafe_ignore_trace]
    pub(super) length: Cell<f64>,
    /// The first entry of `list` that still waits.
    #[unsafe_ignore_trace]
    pub(super) index: Cell<u32>,
    #[unsafe_ignore_trace]
    pub(super) corked: Cell<u32>,
    /// Writes whose callbacks were not called yet.
    #[unsafe_ignore_trace]
    pub(super) pending: Cell<i32>,
    /// The size of the write under way.
    #[unsafe_ignore_trace]
    pub(super) write_length: Cell<f64>,
    pub(super) slots: GcRefCell<Slots>,
}

/// The values of a side.
#[derive(Default, Trace, Finalize)]
#[boa_gc(unsafe_no_drop)]
pub(super) struct Slots {
    /// The stream, where it is known.
    pub(super) stream: Option<JsObject>,
    /// Chunks that wait to be read; entries that wait to be written. Made when it is looked at.
    pub(super) list: Option<JsObject>,
    pub(super) failure: JsValue,
    pub(super) default_encoding: JsValue,
    pub(super) encoding: JsValue,
    pub(super) decoder: JsValue,
    /// Streams that this one is piped into. Made when it is looked at.
    pub(super) pipes: Option<JsObject>,
    pub(super) await_drain: JsValue,
    /// The callback of the write under way.
    pub(super) write_callback: Option<JsObject>,
    /// Whose writes' ends the tick that is due tells, and how many.
    pub(super) after_write: Option<JsObject>,
    #[unsafe_ignore_trace]
    pub(super) after_writes: Rc<Cell<i32>>,
    pub(super) on_write: Option<JsObject>,
    /// Who gave `end` a callback.
    pub(super) on_finished: Vec<JsObject>,
}

impl Side {
    pub(super) fn new(flags: u32, high_water_mark: f64, default_encoding: JsValue) -> Self {
        let slots = Slots {
            failure: JsValue::null(),
            decoder: JsValue::null(),
            encoding: JsValue::null(),
            await_drain: JsValue::null(),
            default_encoding,
            ..Slots::default()
        };
        Self {
            flags: Cell::new(flags),
            high_water_mark: Cell::new(high_water_mark),
            length: Cell::new(0.0),
            index: Cell::new(0),
            corked: Cell::new(0),
            pending: Cell::new(0),
            write_length: Cell::new(0.0),
            slots: GcRefCell::new(slots),
        }
    }

    /// Whether one of these flags is set.
    pub(super) fn has(&self, flags: u32) -> bool {
        self.flags.get() & flags != 0
    }

    /// Whether of the flags `all` exactly `set` are set.
    pub(super) fn is(&self, all: u32, set: u32) -> bool {
        self.flags.get() & all == set
    }

    pub(super) fn set(&self, flags: u32) {
        self.flags.set(self.flags.get() | flags);
    }

    pub(super) fn clear(&self, flags: u32) {
        self.flags.set(self.flags.get() & !flags);
    }

    pub(super) fn put(&self, flags: u32, on: bool) {
        if on { self.set(flags) } else { self.clear(flags) }
    }

    pub(super) fn set_failure(&self, error: JsValue) {
        self.put(ERRORED, error.to_boolean());
        self.slots.borrow_mut().failure = error;
    }

    pub(super) fn set_flowing(&self, flowing: bool) {
        self.set(HAS_FLOWING);
        self.put(FLOWING, flowing);
    }
}

/// A side that somebody holds.
#[derive(Clone, Trace, Finalize)]
pub(super) struct State(JsObject<Side>);

impl State {
    /// A side as an instance of its class.
    pub(super) fn new(class: &Class, side: Side, context: &Context) -> Self {
        Self(JsObject::new(context.root_shape(), class.prototype.clone(), side))
    }

    /// The side that a value is.
    pub(super) fn of(value: &JsValue) -> Option<Self> {
        value.as_object()?.downcast::<Side>().ok().map(Self)
    }

    /// Looks at it. Nothing of JavaScript's may run meanwhile.
    pub(super) fn with<T>(&self, look: impl FnOnce(&Side) -> T) -> T {
        look(self.0.borrow().data())
    }

    pub(super) fn has(&self, flags: u32) -> bool {
        self.with(|side| side.has(flags))
    }

    pub(super) fn is(&self, all: u32, set: u32) -> bool {
        self.with(|side| side.is(all, set))
    }

    pub(super) fn set(&self, flags: u32) {
        self.with(|side| side.set(flags));
    }

    pub(super) fn clear(&self, flags: u32) {
        self.with(|side| side.clear(flags));
    }

    /// Whether `readable` or `writable` was turned off by hand.
    pub(super) fn is_turned_off(&self, name: JsString) -> bool {
        let own = self.0.borrow().properties().get(&name.into());
        own.is_some_and(|own| own.value().and_then(JsValue::as_boolean) == Some(false))
    }

    pub(super) fn length(&self) -> f64 {
        self.with(|side| side.length.get())
    }

    pub(super) fn object(&self) -> JsObject {
        self.0.clone().upcast()
    }

    /// The array of what waits.
    pub(super) fn list(&self, context: &mut Context) -> JsObject {
        if let Some(list) = self.with(|side| side.slots.borrow().list.clone()) {
            return list;
        }
        let list: JsObject = JsArray::new(context)
            .map_or_else(|_| JsObject::with_object_proto(context.intrinsics()), Into::into);
        self.with(|side| side.slots.borrow_mut().list = Some(list.clone()));
        list
    }

    /// How much of `length` entries of the list waits; without making one.
    pub(super) fn waiting(&self, context: &mut Context) -> JsResult<u32> {
        let (list, index) = self.with(|side| (side.slots.borrow().list.clone(), side.index.get()));
        let Some(list) = list else { return Ok(0) };
        Ok(list.get(js_string!("length"), context)?.to_u32(context)?.saturating_sub(index))
    }
}

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
    ("onwrite", |this, _, context| super::writable::on_write_of(this, context), None),
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
    ClassSpec::new("ReadableState", 3, super::readable::construct_state);

pub(super) const WRITABLE: ClassSpec = ClassSpec {
    methods: WRITABLE_METHODS,
    ..ClassSpec::new("WritableState", 3, super::writable::construct_state)
};
