//! The option `stdio`: what each descriptor of the child becomes.

use boa_engine::{Context, JsError, JsObject, JsResult, JsString, JsValue, js_string};

use super::arguments::elements;
use crate::{
    bindings::buffer::View,
    engine::{
        errors::{Code, coded},
        validate,
    },
};

/// One descriptor of the child.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Slot {
    /// `/dev/null` for the first three, closed for the others.
    Ignore,
    /// A copy of the parent's descriptor of this number.
    Fd(i32),
    /// A stream between parent and child.
    Pipe,
    /// The channel.
    Ipc,
}

/// The whole option.
pub(super) struct Stdio {
    pub(super) slots: Vec<Slot>,
    /// Streams of ours whose descriptors the child gets: it reads them from then on.
    pub(super) streams: Vec<JsObject>,
}

impl Stdio {
    fn of(slot: impl Fn(i32) -> Slot) -> Self {
        Self { slots: (0..3).map(slot).collect(), streams: Vec::new() }
    }
}

/// Whether the parent goes on while the child runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    Async,
    Sync,
}

/// Decodes the option: a name for all three, or a list.
pub(super) fn decode(value: &JsValue, mode: Mode, context: &mut Context) -> JsResult<Stdio> {
    if !value.to_boolean() {
        return Ok(Stdio::of(|_| Slot::Pipe));
    }
    if let Some(name) = value.as_string() {
        return match name.to_std_string_lossy().as_str() {
            "ignore" => Ok(Stdio::of(|_| Slot::Ignore)),
            "pipe" | "overlapped" => Ok(Stdio::of(|_| Slot::Pipe)),
            "inherit" => Ok(Stdio::of(Slot::Fd)),
            _ => Err(invalid(value, context)),
        };
    }
    let Some(list) = value.as_object().filter(JsObject::is_array) else {
        return Err(invalid(value, context));
    };
    let mut items = elements(&list, context)?;
    if items.len() < 3 {
        items.resize(3, JsValue::undefined());
    }
    let mut slots = Vec::with_capacity(items.len());
    let mut streams = Vec::new();
    for (index, item) in items.iter().enumerate() {
        let Some(slot) = slot(item, index, mode, context)? else { continue };
        if slot == Slot::Ipc {
            refuse_channel(mode, &slots, context)?;
        }
        if let (Slot::Fd(_), Some(stream)) = (slot, item.as_object())
            && stream.get(js_string!("_handle"), context)?.is_object()
        {
            streams.push(stream);
        }
        slots.push(slot);
    }
    Ok(Stdio { slots, streams })
}

fn invalid(value: &JsValue, context: &mut Context) -> JsError {
    validate::invalid_arg_value(context, "stdio", value, "is invalid")
}

fn refuse_channel(mode: Mode, slots: &[Slot], context: &mut Context) -> JsResult<()> {
    if mode == Mode::Sync {
        let message = "IPC cannot be used with synchronous forks";
        return Err(coded(context, Code::ERR_IPC_SYNC_FORK, message));
    }
    if slots.contains(&Slot::Ipc) {
        let message = "Child process can have only one IPC pipe";
        return Err(coded(context, Code::ERR_IPC_ONE_PIPE, message));
    }
    Ok(())
}

/// One item of the list. `None` for input in the list of a synchronous run, where Node leaves the
/// slot out altogether.
fn slot(item: &JsValue, index: usize, mode: Mode, context: &mut Context) -> JsResult<Option<Slot>> {
    if item.is_null_or_undefined() {
        return Ok(Some(if index < 3 { Slot::Pipe } else { Slot::Ignore }));
    }
    if let Some(name) = item.as_string() {
        match name.to_std_string_lossy().as_str() {
            "ignore" => return Ok(Some(Slot::Ignore)),
            "pipe" | "overlapped" => return Ok(Some(Slot::Pipe)),
            "inherit" => return Ok(Some(Slot::Fd(i32::try_from(index).unwrap_or(i32::MAX)))),
            "ipc" => return Ok(Some(Slot::Ipc)),
            _ => {}
        }
    }
    if let Some(number) = descriptor(item, context)? {
        // A negative number is none.
        return Ok(Some(if number < 0 { Slot::Ignore } else { Slot::Fd(number) }));
    }
    if item.is_string() || View::of_view(item, context).is_some() {
        return match mode {
            Mode::Sync => Ok(None),
            Mode::Async => Err(input_given(item, context)),
        };
    }
    Err(invalid(item, context))
}

/// A descriptor's number: a number, or that of a stream, or of the handle beneath it.
fn descriptor(item: &JsValue, context: &mut Context) -> JsResult<Option<i32>> {
    if item.is_number() {
        return item.to_i32(context).map(Some);
    }
    let Some(stream) = item.as_object() else { return Ok(None) };
    let number = stream.get(js_string!("fd"), context)?;
    if number.is_number() {
        return number.to_i32(context).map(Some);
    }
    let Some(handle) = stream.get(js_string!("_handle"), context)?.as_object() else {
        return Ok(None);
    };
    let number = handle.get(js_string!("fd"), context)?;
    if number.is_number() { number.to_i32(context).map(Some) } else { Ok(None) }
}

fn input_given(item: &JsValue, context: &mut Context) -> JsError {
    let shown = validate::shown_whole(item, context);
    let message = format!(
        "Asynchronous forks do not support Buffer, TypedArray, DataView or string input: {shown}"
    );
    coded(context, Code::ERR_INVALID_SYNC_FORK_INPUT, message)
}

/// The stdio of `fork` as a list that has an `ipc` slot.
pub(super) fn for_fork(options: &JsObject, context: &mut Context) -> JsResult<JsValue> {
    let given = super::options::own(options, "stdio", context)?;
    let is_silent = super::options::own(options, "silent", context)?.to_boolean();
    if let Some(list) = given.as_object().filter(JsObject::is_array) {
        let items = elements(&list, context)?;
        if items.iter().any(|item| item.as_string().is_some_and(|name| name == js_string!("ipc"))) {
            return Ok(given);
        }
        let message =
            "Forked processes must have an IPC channel, missing value 'ipc' in options.stdio";
        return Err(coded(context, Code::ERR_CHILD_PROCESS_IPC_REQUIRED, message));
    }
    let name = match given.as_string() {
        Some(name) => name.to_std_string_lossy(),
        None if is_silent => "pipe".to_owned(),
        None => "inherit".to_owned(),
    };
    if !matches!(name.as_str(), "ignore" | "pipe" | "overlapped" | "inherit") {
        return Err(invalid(&given, context));
    }
    let name: JsValue = JsString::from(name.as_str()).into();
    let slots = [name.clone(), name.clone(), name, js_string!("ipc").into()];
    Ok(boa_engine::object::builtins::JsArray::from_iter(slots, context).into())
}
