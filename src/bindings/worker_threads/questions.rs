//! What a parent asks of a thread that runs: its processor time, the size of its heap.

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    rc::Rc,
};

use boa_engine::{Context, JsObject, JsResult, JsString, JsValue};

use super::{
    inside::Inside,
    message::{decode, encode},
    queue::Message,
    thread,
    transfer::Transfers,
};
use crate::engine::{builtins, callbacks, natives::arg};

/// Who waits for an answer.
#[derive(Default)]
struct Asked {
    last: Cell<u64>,
    waiting: RefCell<HashMap<u64, JsObject>>,
}

fn asked(context: &mut Context) -> Rc<Asked> {
    if let Some(asked) = context.get_data::<Rc<Asked>>() {
        return asked.clone();
    }
    let asked = Rc::<Asked>::default();
    context.insert_data(asked.clone());
    asked
}

/// `ask(key, module, name, callback)`: has the thread call a function of a builtin; the callback gets
/// its value, or nothing. False if the thread does not run.
pub(super) fn ask(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let Some(thread) = thread::running(&arg(args, 0), context) else { return Ok(false.into()) };
    let module = arg(args, 1).to_string(context)?.to_std_string_lossy();
    let name = arg(args, 2).to_string(context)?.to_std_string_lossy();
    let callback = arg(args, 3).to_object(context)?;
    let asked = asked(context);
    let number = asked.last.get() + 1;
    asked.last.set(number);
    let is_there = thread.control.tell(move |context| {
        let value = answer(&module, &name, context).ok();
        if let Some(inside) = context.get_data::<Rc<Inside>>().cloned() {
            inside.parent.tell(move |_, context| answered(number, value, context));
        }
    });
    if is_there {
        asked.waiting.borrow_mut().insert(number, callback);
    }
    Ok(is_there.into())
}

fn answer(module: &str, name: &str, context: &mut Context) -> JsResult<Message> {
    let module = builtins::load_object(module, context)?;
    let function = module.get(JsString::from(name), context)?.to_object(context)?;
    let value = function.call(&module.into(), &[], context)?;
    encode(&value, &Transfers::default(), context)
}

fn answered(number: u64, value: Option<Message>, context: &mut Context) {
    let Some(callback) = asked(context).waiting.borrow_mut().remove(&number) else { return };
    callbacks::enter(context, |context| {
        let value = match value {
            Some(message) => decode(message, context)?.0,
            None => JsValue::undefined(),
        };
        callback.call(&JsValue::undefined(), &[value], context)
    });
}
