//! Linking and evaluating below a frame of their own.
//!
//! The engine leaves values on its stack when it links a module. In a program's first job that does no
//! harm; while a function runs that requires a module, the values would be taken for the function's
//! own. The call of a function of JavaScript cleans up when it returns.

use std::{cell::RefCell, rc::Rc};

use boa_engine::{
    Context, JsError, JsNativeError, JsObject, JsResult, JsValue, Module, Script, Source,
    object::builtins::JsPromise,
};

use crate::engine::{
    natives::{closure, made_for},
    stack::SYNTHETIC,
};

/// The function that calls its argument.
#[derive(Clone)]
struct Caller(JsObject);

/// Links a module.
pub(super) fn link(module: &Module, context: &mut Context) -> JsResult<()> {
    let work = closure(
        "",
        0,
        module.clone(),
        |_, _, module, context| module.link(context).map(|()| JsValue::undefined()),
        context,
    );
    call(work.into(), context).map(drop)
}

/// Evaluates a module.
pub(super) fn evaluate(module: &Module, context: &mut Context) -> JsResult<JsPromise> {
    let work = closure(
        "",
        0,
        module.clone(),
        |_, _, module, context| module.evaluate(context).map(JsValue::from),
        context,
    );
    let promise = call(work.into(), context)?.as_object().ok_or_else(no_promise)?;
    JsPromise::from_object(promise)
}

/// Does work below a frame that stack traces show: of what cannot be found or loaded outside of any
/// function, they would show nothing at all.
pub(super) fn shown<T: 'static>(
    context: &mut Context,
    work: impl FnOnce(&mut Context) -> T + 'static,
) -> JsResult<T> {
    let slot = Slot(Rc::new(RefCell::new((Some(Box::new(work)), None))));
    let frame = closure_of(slot.clone(), context);
    frame.call(&JsValue::undefined(), &[], context)?;
    let done = slot.0.borrow_mut().1.take();
    done.ok_or_else(|| JsNativeError::error().with_message("the work was not done").into())
}

/// Work to be done, then what it came to.
type Work<T> = (Option<Box<dyn FnOnce(&mut Context) -> T>>, Option<T>);

#[derive(boa_gc::Trace, boa_gc::Finalize)]
struct Slot<T: 'static>(#[unsafe_ignore_trace] Rc<RefCell<Work<T>>>);

impl<T> Clone for Slot<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

fn closure_of<T: 'static>(slot: Slot<T>, context: &mut Context) -> JsObject {
    let run = |_: &JsValue, _: &[JsValue], slot: &Slot<T>, context: &mut Context| {
        let work = slot.0.borrow_mut().0.take();
        if let Some(work) = work {
            let done = work(context);
            slot.0.borrow_mut().1 = Some(done);
        }
        Ok(JsValue::undefined())
    };
    made_for("internal/modules/esm/loader", context, |context| {
        closure("ModuleLoader.import", 0, slot, run, context).into()
    })
}

fn call(work: JsObject, context: &mut Context) -> JsResult<JsValue> {
    let caller = caller(context)?;
    caller.call(&JsValue::undefined(), &[work.into()], context)
}

fn caller(context: &mut Context) -> JsResult<JsObject> {
    if let Some(Caller(known)) = context.get_data() {
        return Ok(known.clone());
    }
    let text = format!("({{'{SYNTHETIC}':f=>f()}})['{SYNTHETIC}']");
    let script = Script::parse(Source::from_bytes(&text), None, context)?;
    let function = script.evaluate(context)?.as_callable().ok_or_else(no_promise)?;
    context.insert_data(Caller(function.clone()));
    Ok(function)
}

fn no_promise() -> JsError {
    JsNativeError::typ().with_message("the engine evaluated a module to no promise").into()
}
