//! The beginning of a stream: its table of events, its states, and the methods that its options bring.

use boa_engine::{
    Context, JsObject, JsResult, JsString, JsValue, builtins::object::OrdinaryObject, js_string,
};
use boa_gc::{Finalize, Trace};

use super::{State, of, rare, readable, writable};
use crate::{
    bindings::events,
    engine::natives::{Method, arg, closure, define_value},
};

pub(super) const METHODS: &[Method] = &[
    ("openReadable", 2, |_, args, context| open(args, &READABLE, context)),
    ("openWritable", 2, |_, args, context| open(args, &WRITABLE, context)),
    ("openDuplex", 2, |_, args, context| open(args, &DUPLEX, context)),
];

/// A name that is made where it is needed.
type Name = fn() -> JsString;

/// An option that is a function, and the method that it becomes.
type Brought = (Name, Name);

/// What the streams of a class begin with.
struct Beginning {
    is_readable: bool,
    is_writable: bool,
    /// Its own events stand in the front of the table of events, in this order.
    events: &'static [Name],
}

const READABLE: Beginning = Beginning {
    is_readable: true,
    is_writable: false,
    events: &[
        || js_string!("close"),
        || js_string!("error"),
        || js_string!("data"),
        || js_string!("end"),
        || js_string!("readable"),
    ],
};

const WRITABLE: Beginning = Beginning {
    is_readable: false,
    is_writable: true,
    events: &[
        || js_string!("close"),
        || js_string!("error"),
        || js_string!("prefinish"),
        || js_string!("finish"),
        || js_string!("drain"),
    ],
};

const DUPLEX: Beginning = Beginning {
    is_readable: true,
    is_writable: true,
    events: &[
        || js_string!("close"),
        || js_string!("error"),
        || js_string!("prefinish"),
        || js_string!("finish"),
        || js_string!("drain"),
        || js_string!("data"),
        || js_string!("end"),
        || js_string!("readable"),
    ],
};

const TO_WRITE: &[Brought] = &[
    (|| js_string!("write"), || js_string!("_write")),
    (|| js_string!("writev"), || js_string!("_writev")),
    (|| js_string!("final"), || js_string!("_final")),
];

const TO_READ: &[Brought] = &[(|| js_string!("read"), || js_string!("_read"))];

const TO_LIVE: &[Brought] = &[
    (|| js_string!("destroy"), || js_string!("_destroy")),
    (|| js_string!("construct"), || js_string!("_construct")),
];

fn open(args: &[JsValue], beginning: &Beginning, context: &mut Context) -> JsResult<JsValue> {
    let (stream, options) = (arg(args, 0).to_object(context)?, arg(args, 1));
    give_table(&stream, beginning, context)?;
    let is_duplex = beginning.is_readable && beginning.is_writable;
    if beginning.is_readable {
        let class = of(context)?.readable.constructor.clone().into();
        let args = [options.clone(), stream.clone().into(), is_duplex.into()];
        let state = readable::construct_state(&class, &args, context)?;
        put(&stream, js_string!("_readableState"), state, context)?;
    }
    if beginning.is_writable {
        let class = of(context)?.writable.constructor.clone().into();
        let args = [options.clone(), stream.clone().into(), is_duplex.into()];
        let state = writable::construct_state(&class, &args, context)?;
        put(&stream, js_string!("_writableState"), state, context)?;
    }
    let given = options.as_object();
    if is_duplex {
        begin_duplex(&stream, given.as_ref(), context)?;
    }
    if let Some(given) = &given {
        if beginning.is_writable {
            bring(&stream, given, TO_WRITE, context)?;
        }
        if beginning.is_readable {
            bring(&stream, given, TO_READ, context)?;
        }
        bring(&stream, given, TO_LIVE, context)?;
        let signal = given.get(js_string!("signal"), context)?;
        if signal.to_boolean() {
            let args = [signal, stream.clone().into()];
            rare(
                "internal/streams/add_abort_signal",
                js_string!("addAbortSignal"),
                &args,
                context,
            )?;
        }
    }
    events::initialize(&stream, &options, context)?;
    construct(&stream, beginning, context)?;
    Ok(JsValue::undefined())
}

/// A property of a stream that begins. Nothing can stand in the way on an ordinary object.
fn put(
    stream: &JsObject,
    key: JsString,
    value: impl Into<JsValue>,
    context: &mut Context,
) -> JsResult<()> {
    if stream.is_ordinary() {
        define_value(stream, key, value, true);
        return Ok(());
    }
    stream.set(key, value.into(), true, context).map(drop)
}

/// The table of events, where there is none.
fn give_table(stream: &JsObject, beginning: &Beginning, context: &mut Context) -> JsResult<()> {
    if !stream.get(js_string!("_events"), context)?.is_null_or_undefined() {
        return Ok(());
    }
    let table = JsObject::new(
        context.root_shape(),
        Some(context.intrinsics().constructors().object().prototype()),
        OrdinaryObject,
    )
    .upcast();
    for name in beginning.events {
        define_value(&table, name(), JsValue::undefined(), true);
    }
    put(stream, js_string!("_events"), table, context)
}

/// What the options of a stream of two sides say of them.
fn begin_duplex(
    stream: &JsObject,
    options: Option<&JsObject>,
    context: &mut Context,
) -> JsResult<()> {
    let is_false = |name: JsString, context: &mut Context| -> JsResult<bool> {
        match options {
            Some(options) => Ok(options.get(name, context)?.as_boolean() == Some(false)),
            None => Ok(false),
        }
    };
    let stays_open = !is_false(js_string!("allowHalfOpen"), context)?;
    put(stream, js_string!("allowHalfOpen"), stays_open, context)?;
    // A side that the stream goes without is through from the start.
    if is_false(js_string!("readable"), context)? {
        let state = stream.get(js_string!("_readableState"), context)?;
        readable::shut(&state);
    }
    if is_false(js_string!("writable"), context)? {
        let state = stream.get(js_string!("_writableState"), context)?;
        writable::shut(&state);
    }
    Ok(())
}

/// A state that is through from the start.
pub(super) fn shut(state: &JsValue, name: JsString, flags: u32) {
    if let Some(state) = State::of(state) {
        define_value(&state.object(), name, false, true);
        state.set(flags);
    }
}

/// Makes methods of a stream out of functions among its options.
fn bring(
    stream: &JsObject,
    options: &JsObject,
    table: &[Brought],
    context: &mut Context,
) -> JsResult<()> {
    for (option, method) in table {
        let given = options.get(option(), context)?;
        if given.is_callable() {
            stream.set(method(), given, true, context)?;
        }
    }
    Ok(())
}

/// Who is told that a stream is constructed.
#[derive(Clone, Trace, Finalize)]
struct Constructed {
    stream: JsObject,
    is_readable: bool,
    is_writable: bool,
}

/// A stream that is to be constructed waits for that.
fn construct(stream: &JsObject, beginning: &Beginning, context: &mut Context) -> JsResult<()> {
    if stream.get(js_string!("_construct"), context)?.is_null_or_undefined() {
        return Ok(());
    }
    let Beginning { is_readable, is_writable, .. } = *beginning;
    let constructed = Constructed { stream: stream.clone(), is_readable, is_writable };
    let ready = closure("ready", 0, constructed, ready, context);
    let args = [stream.clone().into(), ready.into()];
    rare("internal/streams/rare", js_string!("construct"), &args, context).map(drop)
}

fn ready(
    _: &JsValue,
    _: &[JsValue],
    constructed: &Constructed,
    context: &mut Context,
) -> JsResult<JsValue> {
    if constructed.is_readable {
        readable::when_constructed(&constructed.stream, context)?;
    }
    if constructed.is_writable {
        writable::when_constructed(&constructed.stream, context)?;
    }
    Ok(JsValue::undefined())
}
