//! How programs see a child's streams: `stdin`, `stdout`, `stderr` and `stdio` are accessors until
//! they are first read or written, plain properties from the next microtask on. So a stream is made
//! only for who looks at it.

use std::rc::Rc;

use boa_engine::{
    Context, JsObject, JsResult, JsString, JsValue,
    job::PromiseJob,
    object::builtins::{JsArray, JsFunction},
    property::PropertyKey,
};
use boa_gc::{Finalize, GcRefCell, Trace};

use super::child::{Handle, pipes};
use crate::engine::natives::{arg, closure, define_accessor, define_value};

/// The names, the first three by their slot.
const NAMES: [&str; 4] = ["stdin", "stdout", "stderr", "stdio"];

/// The place of `stdio` among them.
const STDIO: usize = 3;

/// What each of them is, once it was read or written.
#[derive(Trace, Finalize, Default)]
pub(super) struct Looks([GcRefCell<Option<JsValue>>; NAMES.len()]);

/// Which of them an accessor is about.
#[derive(Trace, Finalize)]
#[boa_gc(unsafe_empty_trace)]
struct Which(usize);

/// The accessors of a realm: all its children share them.
struct Accessors([(JsFunction, JsFunction); NAMES.len()]);

fn accessors(context: &mut Context) -> Rc<Accessors> {
    if let Some(accessors) = context.get_data::<Rc<Accessors>>() {
        return accessors.clone();
    }
    let pair = |which: usize| {
        let getter = closure(NAMES[which], 0, Which(which), get, context);
        (getter, closure(NAMES[which], 1, Which(which), set, context))
    };
    let accessors = Rc::new(Accessors([0, 1, 2, STDIO].map(pair)));
    context.insert_data(accessors.clone());
    accessors
}

/// Gives a child its four properties.
pub(super) fn define(child: &JsObject, context: &mut Context) {
    let Some(pipes) = pipes(child) else { return };
    let shared = accessors(context);
    for (which, name) in NAMES.into_iter().enumerate() {
        let key = JsString::from(name);
        if which == STDIO || pipes.of_slot(which).is_some() {
            let (getter, setter) = shared.0[which].clone();
            define_accessor(child, key, Some(getter), Some(setter), true);
        } else {
            define_value(child, key, JsValue::null(), true);
        }
    }
}

/// Makes plain properties of all of them, for who looks at the object as a whole. Does nothing
/// with what is no child.
pub(crate) fn settle(object: &JsObject, context: &mut Context) -> JsResult<()> {
    if !object.is::<Handle>() {
        return Ok(());
    }
    for (which, name) in NAMES.into_iter().enumerate() {
        if is_accessor(object, which, context) {
            let value = value(object, which, context)?;
            define_value(object, JsString::from(name), value, true);
        }
    }
    Ok(())
}

fn is_accessor(child: &JsObject, which: usize, context: &mut Context) -> bool {
    let key = PropertyKey::from(JsString::from(NAMES[which]));
    let present = child.borrow().properties().get(&key);
    let getter = present.and_then(|property| property.get().and_then(JsValue::as_object));
    getter.is_some_and(|getter| JsObject::equals(&getter, &accessors(context).0[which].0))
}

fn get(this: &JsValue, _: &[JsValue], which: &Which, context: &mut Context) -> JsResult<JsValue> {
    let mut holder = this.as_object();
    while let Some(object) = holder {
        if object.is::<Handle>() {
            return value(&object, which.0, context);
        }
        holder = object.prototype();
    }
    Ok(JsValue::undefined())
}

fn set(
    this: &JsValue,
    args: &[JsValue],
    which: &Which,
    context: &mut Context,
) -> JsResult<JsValue> {
    let Some(object) = this.as_object() else { return Ok(JsValue::undefined()) };
    if object.is::<Handle>() {
        remember(&object, which.0, arg(args, 0), context);
    } else {
        define_value(&object, JsString::from(NAMES[which.0]), arg(args, 0), true);
    }
    Ok(JsValue::undefined())
}

/// What a property is, made now if it was not.
fn value(child: &JsObject, which: usize, context: &mut Context) -> JsResult<JsValue> {
    let known = looked_at(child, which);
    if let Some(known) = known {
        return Ok(known);
    }
    let Some(pipes) = pipes(child) else { return Ok(JsValue::undefined()) };
    let value = if which == STDIO {
        JsArray::from_iter(pipes.sockets(child, context)?, context).into()
    } else {
        pipes.socket(which, child, context)?
    };
    remember(child, which, value.clone(), context);
    Ok(value)
}

/// What a property is, if it was read or written.
fn looked_at(child: &JsObject, which: usize) -> Option<JsValue> {
    child.downcast_ref::<Handle>()?.looks.0[which].borrow().clone()
}

/// Notes what a property is, and has the next microtask make it plain. Not at once: the engine
/// would cache where the accessor was, together with the object's shape after the replacement.
fn remember(child: &JsObject, which: usize, value: JsValue, context: &mut Context) {
    let is_planned = match child.downcast_ref::<Handle>() {
        Some(handle) => handle.looks.0[which].borrow_mut().replace(value).is_some(),
        None => return,
    };
    if is_planned {
        return;
    }
    let child = child.clone();
    let job = PromiseJob::new(move |context| {
        if let Some(value) =
            looked_at(&child, which).filter(|_| is_accessor(&child, which, context))
        {
            define_value(&child, JsString::from(NAMES[which]), value, true);
        }
        Ok(JsValue::undefined())
    });
    context.enqueue_job(job.into());
}
