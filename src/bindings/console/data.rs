//! What a console keeps to itself.

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
};

use boa_engine::{JsNativeError, JsObject, JsResult, JsString, JsValue, object::Ref};
use boa_gc::GcRefCell;

/// Whether messages are coloured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ColorMode {
    /// Where the stream is a terminal that shows colours.
    Auto,
    On,
    Off,
}

/// One of the two streams of a console.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stream {
    Stdout,
    Stderr,
}

/// The native data of a console.
#[derive(boa_gc::Trace, boa_gc::Finalize, boa_engine::JsData)]
pub(super) struct ConsoleData {
    /// True of the one console that is not made with `new Console`.
    #[unsafe_ignore_trace]
    pub(super) is_global: bool,
    /// The streams that a program gave the global console in place of the process's.
    pub(super) replaced: GcRefCell<[Option<JsValue>; 2]>,
    /// `inspectOptions`: an object for both streams, or a `Map` from stream to options.
    pub(super) inspect_options: Option<JsObject>,
    #[unsafe_ignore_trace]
    pub(super) color_mode: ColorMode,
    /// How far a group is indented.
    #[unsafe_ignore_trace]
    pub(super) group_width: usize,
    /// How far messages are indented now.
    #[unsafe_ignore_trace]
    pub(super) indentation: Cell<usize>,
    /// Of `console.count`.
    #[unsafe_ignore_trace]
    pub(super) counts: RefCell<HashMap<JsString, u64>>,
}

impl ConsoleData {
    /// The global console's.
    pub(super) fn global() -> Self {
        let mut data = Self::new(ColorMode::Auto, 2, None);
        data.is_global = true;
        data
    }

    /// That of a console made with `new Console`.
    pub(super) fn new(
        color_mode: ColorMode,
        group_width: usize,
        inspect_options: Option<JsObject>,
    ) -> Self {
        Self {
            is_global: false,
            replaced: GcRefCell::default(),
            inspect_options,
            color_mode,
            group_width,
            indentation: Cell::new(0),
            counts: RefCell::default(),
        }
    }
}

/// The data of a console; a `TypeError` for what is none.
pub(super) fn of(console: &JsObject) -> JsResult<Ref<'_, ConsoleData>> {
    console
        .downcast_ref::<ConsoleData>()
        .ok_or_else(|| JsNativeError::typ().with_message("the receiver is not a console").into())
}
