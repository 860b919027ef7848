//! What a stream keeps of each of its sides: one native record, with flags of its own for either.

use std::{cell::Cell, rc::Rc};

use boa_engine::{
    Context, JsData, JsObject, JsResult, JsString, JsValue, js_string, object::builtins::JsArray,
};
use boa_gc::{Finalize, GcRefCell, Trace};

use crate::engine::classes::Class;

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
