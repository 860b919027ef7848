//! `process.stdout` and `process.stderr` as long as a program only writes to them.
//!
//! The classes that they belong to are large, and most programs write a few lines. So an object begins
//! with a prototype that can write and, where it is no terminal, has an emitter's methods. Behind that
//! stands a proxy: whoever asks for more makes the object the stream that it is, of the class that it is.

use std::cell::{Cell, RefCell};

use boa_engine::{
    Context, JsObject, JsResult, JsString, JsValue, builtins::object::OrdinaryObject, js_string,
    object::builtins::JsProxyBuilder, property::PropertyKey,
};

use crate::{
    bindings::{
        buffer::View,
        encoding::{self, Encoding},
        events, streams,
    },
    engine::{
        builtins,
        natives::{arg, define_value, function},
        reflect,
        standard::{self, Failure},
    },
    sys::{
        fd::FdKind,
        stdio::{Output, terminal_size},
    },
};

/// A write of so many units might be more than a stream takes without asking to wait.
const MOST: usize = 16 * 1024;

/// What only terminals have.
const OF_TERMINALS: [&str; 10] = [
    "isTTY",
    "columns",
    "rows",
    "getColorDepth",
    "hasColors",
    "getWindowSize",
    "cursorTo",
    "moveCursor",
    "clearLine",
    "clearScreenDown",
];

/// The two objects of a realm, once somebody has asked for them.
#[derive(Default)]
struct Outputs([Slot; 2]);

#[derive(Default)]
struct Slot {
    object: RefCell<Option<JsObject>>,
    has_become: Cell<bool>,
    /// Of the write because of which it becomes a stream: the stream is to tell of it.
    failure: RefCell<Option<Failure>>,
}

fn slot(output: Output, context: &Context) -> Option<&Slot> {
    context.get_data::<Outputs>().map(|outputs| &outputs.0[output as usize])
}

const fn number(output: Output) -> i32 {
    match output {
        Output::Stdout => 1,
        Output::Stderr => 2,
    }
}

/// The object.
pub(super) fn stream(output: Output, context: &mut Context) -> JsResult<JsObject> {
    if let Some(known) = slot(output, context).and_then(|slot| slot.object.borrow().clone()) {
        return Ok(known);
    }
    let object = create(output, context)?;
    if context.get_data::<Outputs>().is_none() {
        context.insert_data(Outputs::default());
    }
    if let Some(slot) = slot(output, context) {
        *slot.object.borrow_mut() = Some(object.clone());
    }
    Ok(object)
}

/// Whether it does more, or something else, than to write.
pub(super) fn is_changed(output: Output, context: &Context) -> bool {
    let Some(slot) = slot(output, context) else { return false };
    let object = slot.object.borrow();
    let Some(object) = object.as_ref() else { return false };
    let has_own_write = reflect::stored(object, &js_string!("write").into()).is_some();
    let listeners = reflect::stored(object, &js_string!("_eventsCount").into());
    let listeners = listeners.and_then(|count| count.value()?.as_number());
    slot.has_become.get() || has_own_write || listeners != Some(0.0)
}

/// What `stream._type` says: sockets are pipes too.
fn kind(output: Output, context: &Context) -> &'static str {
    match standard::kind(number(output), context) {
        FdKind::Tty => "tty",
        FdKind::Pipe | FdKind::Tcp => "pipe",
        FdKind::File | FdKind::Udp | FdKind::Unknown => "fs",
    }
}

fn create(output: Output, context: &mut Context) -> JsResult<JsObject> {
    let object = JsObject::new(context.root_shape(), None, OrdinaryObject).upcast();
    events::initialize(&object, &JsValue::undefined(), context)?;
    let kind = kind(output, context);
    define_value(&object, js_string!("_type"), JsString::from(kind), true);
    define_value(&object, js_string!("fd"), number(output), true);
    define_value(&object, js_string!("_isStdio"), true, true);
    let behind = behind(output, context)?;
    let prototype = JsObject::new(context.root_shape(), behind, OrdinaryObject).upcast();
    let write = function("write", 3, write, context);
    define_value(&prototype, js_string!("write"), write, true);
    if kind != "tty" {
        // A terminal's listeners may wait for another size.
        borrow_methods(&prototype, context)?;
    }
    object.set_prototype(Some(prototype));
    Ok(object)
}

/// Gives an object the methods of an emitter.
fn borrow_methods(prototype: &JsObject, context: &mut Context) -> JsResult<()> {
    let emitter = builtins::load_object("events", context)?;
    let emitter = emitter.get(js_string!("prototype"), context)?.to_object(context)?;
    let constructor = PropertyKey::from(js_string!("constructor"));
    let methods: Vec<(PropertyKey, JsValue)> = {
        let emitter = emitter.borrow();
        let shape = emitter.shape().keys().into_iter().filter_map(|key| {
            let value = emitter.properties().get(&key)?.value()?.clone();
            let is_method = value.is_callable() && key != constructor;
            is_method.then_some((key, value))
        });
        shape.collect()
    };
    for (key, method) in methods {
        define_value(prototype, key, method, true);
    }
    Ok(())
}

/// What stands behind the prototype: its target says which stream it is.
fn behind(output: Output, context: &mut Context) -> JsResult<Option<JsObject>> {
    let target = JsObject::new(context.root_shape(), None, OrdinaryObject).upcast();
    define_value(&target, js_string!("fd"), number(output), true);
    let proxy = JsProxyBuilder::new(target)
        .get(get)
        .set(set)
        .has(has)
        .get_prototype_of(get_prototype_of)
        .build(context)?;
    Ok(Some(proxy.into()))
}

fn output_of(target: &JsValue) -> Output {
    let fd = target
        .as_object()
        .and_then(|target| reflect::data_value(&target, &js_string!("fd").into()));
    if fd.and_then(|fd| fd.as_number()) == Some(2.0) { Output::Stderr } else { Output::Stdout }
}

/// Makes the object the stream that it is. Returns the object.
fn become_stream(output: Output, context: &mut Context) -> JsResult<JsObject> {
    let object = stream(output, context)?;
    let has_become = slot(output, context).is_some_and(|slot| slot.has_become.replace(true));
    if !has_become {
        // What a host gives in the place of a pipe is written to at once, as a file is.
        let is_hosts = standard::is_replaced(number(output), context);
        let kind = if is_hosts { "fs" } else { kind(output, context) };
        let kind = JsString::from(kind);
        let args = [object.clone().into(), kind.into(), number(output).into()];
        streams::rare("internal/stdio", js_string!("become"), &args, context)?;
    }
    Ok(object)
}

/// What a key is, if only terminals have it.
fn of_terminals(key: &JsValue) -> Option<&'static str> {
    let key = key.as_string()?;
    OF_TERMINALS.into_iter().find(|name| key == *name)
}

fn get(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let (output, key, receiver) = (output_of(&arg(args, 0)), arg(args, 1), arg(args, 2));
    if let Some(name) = of_terminals(&key) {
        return of_terminal(name, output, context);
    }
    let object = become_stream(output, context)?;
    let key = key.to_property_key(context)?;
    match receiver.as_object() {
        Some(receiver) => receiver.get(key, context),
        None => object.get(key, context),
    }
}

/// A property that only terminals have.
fn of_terminal(name: &str, output: Output, context: &mut Context) -> JsResult<JsValue> {
    if kind(output, context) != "tty" {
        return Ok(JsValue::undefined());
    }
    let size = || terminal_size(number(output));
    Ok(match name {
        "isTTY" => true.into(),
        "columns" => size().map_or_else(JsValue::undefined, |(columns, _)| columns.into()),
        "rows" => size().map_or_else(JsValue::undefined, |(_, rows)| rows.into()),
        _ => {
            let terminal = builtins::load_object("internal/terminal", context)?;
            let methods = terminal.get(js_string!("methods"), context)?.to_object(context)?;
            methods.get(JsString::from(name), context)?
        }
    })
}

fn set(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let object = become_stream(output_of(&arg(args, 0)), context)?;
    let key = arg(args, 1).to_property_key(context)?;
    let receiver = arg(args, 3).as_object().unwrap_or(object);
    receiver.set(key, arg(args, 2), false, context).map(Into::into)
}

fn has(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let output = output_of(&arg(args, 0));
    if of_terminals(&arg(args, 1)).is_some() {
        return Ok((kind(output, context) == "tty").into());
    }
    let object = become_stream(output, context)?;
    let key = arg(args, 1).to_property_key(context)?;
    object.has_property(key, context).map(Into::into)
}

fn get_prototype_of(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let object = become_stream(output_of(&arg(args, 0)), context)?;
    Ok(object.prototype().map_or_else(JsValue::null, Into::into))
}

/// Which of the two an object is, while it only writes.
fn light(this: &JsValue, context: &Context) -> Option<Output> {
    let this = this.as_object()?;
    [Output::Stdout, Output::Stderr].into_iter().find(|output| {
        slot(*output, context).is_some_and(|slot| {
            let object = slot.object.borrow();
            !slot.has_become.get()
                && object.as_ref().is_some_and(|own| JsObject::equals(own, &this))
        })
    })
}

/// `write(chunk, encoding, callback)`.
fn write(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    if let Some(output) = light(this, context)
        && let Ok(callback) = write_plainly(output, args, context)
    {
        if let Some(callback) = callback {
            streams::next_tick(context, move |context| {
                callback.call(&JsValue::undefined(), &[JsValue::null()], context).map(drop)
            });
        }
        return Ok(true.into());
    }
    for output in [Output::Stdout, Output::Stderr] {
        if light(this, context) == Some(output) {
            become_stream(output, context)?;
            let outcome = write_as_stream(this, args, context);
            // A stream with a descriptor of its own has written it by itself.
            drop(take_failure(output, context));
            return outcome;
        }
    }
    write_as_stream(this, args, context)
}

/// The write of the class that the object has now.
fn write_as_stream(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let module = builtins::load_object("internal/streams/writable", context)?;
    let methods = module.get(js_string!("methods"), context)?.to_object(context)?;
    let write = methods.get(js_string!("write"), context)?.to_object(context)?;
    write.call(this, args, context)
}

/// A write that only the stream can do, or tell of.
struct Unusual;

/// Writes a small chunk, if it and what comes with it are usual. Returns whom to tell, if anybody.
fn write_plainly(
    output: Output,
    args: &[JsValue],
    context: &mut Context,
) -> Result<Option<JsObject>, Unusual> {
    let (chunk, mut encoding, mut callback) = (arg(args, 0), arg(args, 1), arg(args, 2));
    if encoding.is_callable() {
        callback = std::mem::take(&mut encoding);
    }
    let is_utf8 = encoding.as_string().is_some_and(|name| name == "utf8" || name == "utf-8");
    let is_usual =
        (encoding.is_undefined() || is_utf8) && (callback.is_undefined() || callback.is_callable());
    if !is_usual {
        return Err(Unusual);
    }
    let bytes = match chunk.as_string() {
        Some(text) if text.len() <= MOST => encoding::encode(&text, Encoding::Utf8),
        Some(_) => return Err(Unusual),
        None => match View::of_view(&chunk, context) {
            Some(view) if view.len() <= MOST => view.to_vec(),
            _ => return Err(Unusual),
        },
    };
    standard::write(output, &bytes, context).map_err(|failure| {
        if let Some(slot) = slot(output, context) {
            slot.failure.replace(Some(failure));
        }
        Unusual
    })?;
    Ok(callback.as_object())
}

/// Why the write failed that the stream is about to do again.
pub(super) fn take_failure(output: Output, context: &Context) -> Option<Failure> {
    slot(output, context)?.failure.take()
}
