//! What `exec` and `execFile` do with their child: its outputs are gathered until it has ended,
//! then told at once. The outputs come natively unless the program looks at the streams.

mod output;

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use boa_engine::{Context, JsObject, JsResult, JsString, JsValue, js_string};
use boa_gc::{Finalize, Trace};

use self::output::{NAMES, Output, Side};
use super::child;
use crate::{
    bindings::{
        encoding::Encoding,
        events::{self, Position},
    },
    engine::{
        callbacks,
        errors::{errno_code, plain_error, value_of},
        natives::{arg, closure, define_value},
        state,
    },
    event_loop::TimerId,
    sys::errno::Errno,
};

/// What has to be known for it, with defaults.
pub(crate) struct Settings {
    /// For messages.
    pub(crate) command: JsString,
    /// Of the outputs: none means buffers.
    pub(crate) encoding: Option<(JsString, Encoding)>,
    /// In bytes, of each output.
    pub(crate) max_buffer: f64,
    pub(crate) kill_signal: i32,
    /// In milliseconds, if there is one.
    pub(crate) timeout: Option<u64>,
}

/// A run that has not been told yet.
struct Gathering {
    /// Let go of at the end: what the collector takes apart does not let go of anything.
    child: RefCell<Option<JsObject>>,
    settings: Settings,
    outputs: [Output; 2],
    callback: RefCell<Option<JsObject>>,
    failure: RefCell<Option<JsValue>>,
    was_killed: Cell<bool>,
    is_done: Cell<bool>,
    timer: Cell<Option<TimerId>>,
}

/// What listeners hold of a run. It ends with the child, and holds nothing of the program then.
#[derive(Clone, Trace, Finalize)]
#[boa_gc(unsafe_empty_trace)]
struct Shared(Rc<Gathering>);

/// Gathers what `child` writes; calls `callback`, if there is one, when it has ended.
pub(crate) fn gather(
    child: &JsObject,
    settings: Settings,
    callback: Option<JsObject>,
    context: &mut Context,
) -> JsResult<()> {
    let timeout = settings.timeout;
    let gathering = Rc::new(Gathering {
        child: RefCell::new(Some(child.clone())),
        settings,
        outputs: Default::default(),
        callback: RefCell::new(callback),
        failure: RefCell::default(),
        was_killed: Cell::new(false),
        is_done: Cell::new(false),
        timer: Cell::default(),
    });
    if let Some(pipes) = child::pipes(child) {
        for side in 0..NAMES.len() {
            if let Some(pipe) = pipes.of_slot(side + 1) {
                pipe.gather(Rc::new(Side(gathering.clone(), side)));
            }
        }
    }
    if let Some(running) = child::running(child) {
        let weak = Rc::downgrade(&gathering);
        running.when_abandoned(move || {
            if let Some(gathering) = weak.upgrade() {
                gathering.let_go();
            }
        });
    }
    if let Some(after) = timeout {
        let gathering_too = gathering.clone();
        let expired = Rc::new(move |context: &mut Context| {
            callbacks::enter(context, |context| gathering_too.kill(context));
        });
        let timer = state::of(context).event_loop.add_timer(after, false, expired);
        gathering.timer.set(Some(timer));
    }
    let closed = closure("exithandler", 2, Shared(gathering.clone()), on_close, context);
    events::add_listener(child, js_string!("close"), closed, Position::Last, context)?;
    let failed = closure("errorhandler", 1, Shared(gathering), on_error, context);
    events::add_listener(child, js_string!("error"), failed, Position::Last, context)
}

fn on_close(
    _: &JsValue,
    args: &[JsValue],
    Shared(gathering): &Shared,
    context: &mut Context,
) -> JsResult<JsValue> {
    gathering.finish(&arg(args, 0), &arg(args, 1), context)
}

fn on_error(
    _: &JsValue,
    args: &[JsValue],
    Shared(gathering): &Shared,
    context: &mut Context,
) -> JsResult<JsValue> {
    gathering.failure.replace(Some(arg(args, 0)));
    gathering.destroy_streams(context)?;
    gathering.finish(&JsValue::undefined(), &JsValue::undefined(), context)
}

fn call_with(
    object: &JsObject,
    method: &str,
    argument: &JsValue,
    context: &mut Context,
) -> JsResult<JsValue> {
    let function = object.get(JsString::from(method), context)?;
    match function.as_callable() {
        Some(function) => {
            function.call(&object.clone().into(), std::slice::from_ref(argument), context)
        }
        None => Ok(JsValue::undefined()),
    }
}

impl Gathering {
    fn destroy_streams(&self, context: &mut Context) -> JsResult<()> {
        let Some(child) = self.child.borrow().clone() else { return Ok(()) };
        let Some(pipes) = child::pipes(&child) else { return Ok(()) };
        for slot in 1..=NAMES.len() {
            if let Some(pipe) = pipes.of_slot(slot) {
                pipe.destroy(&child, context)?;
            }
        }
        Ok(())
    }

    /// Ends it before its time.
    fn kill(&self, context: &mut Context) -> JsResult<JsValue> {
        self.destroy_streams(context)?;
        self.was_killed.set(true);
        let signal = self.settings.kill_signal.into();
        let Some(child) = self.child.borrow().clone() else { return Ok(JsValue::undefined()) };
        match call_with(&child, "kill", &signal, context) {
            Err(error) if error.as_engine().is_none() => {
                let error = value_of(error, context);
                self.failure.borrow_mut().get_or_insert(error);
                self.finish(&JsValue::undefined(), &JsValue::undefined(), context)
            }
            outcome => outcome,
        }
    }

    fn finish(&self, code: &JsValue, signal: &JsValue, context: &mut Context) -> JsResult<JsValue> {
        if self.is_done.replace(true) {
            return Ok(JsValue::undefined());
        }
        let told = self.tell(code, signal, context);
        self.let_go();
        told
    }

    /// Holds nothing of the program any more.
    fn let_go(&self) {
        drop((self.child.take(), self.callback.take(), self.failure.take()));
        for output in &self.outputs {
            drop((output.chunks.take(), output.stream.take()));
        }
    }

    fn tell(&self, code: &JsValue, signal: &JsValue, context: &mut Context) -> JsResult<JsValue> {
        if let Some(timer) = self.timer.take() {
            state::of(context).event_loop.remove_timer(timer);
        }
        let callback = self.callback.take();
        let Some(callback) = callback else { return Ok(JsValue::undefined()) };
        let stdout = self.outputs[0].whole(&self.settings, context)?;
        let stderr = self.outputs[1].whole(&self.settings, context)?;
        let failure = self.failure.take();
        let error = if failure.is_none() && code.as_number() == Some(0.0) && signal.is_null() {
            JsValue::null()
        } else {
            self.error(failure, &stderr, code, signal, context)?
        };
        callback.call(&JsValue::undefined(), &[error, stdout, stderr], context)
    }

    /// What the callback is told: why it failed, and of what command.
    fn error(
        &self,
        failure: Option<JsValue>,
        stderr: &JsValue,
        code: &JsValue,
        signal: &JsValue,
        context: &mut Context,
    ) -> JsResult<JsValue> {
        let command = self.settings.command.clone();
        let failure = match failure {
            Some(failure) => failure,
            None => self.command_failed(stderr, code, signal, context)?.into(),
        };
        if let Some(object) = failure.as_object() {
            object.set(js_string!("cmd"), command, false, context)?;
        }
        Ok(failure)
    }

    fn command_failed(
        &self,
        stderr: &JsValue,
        code: &JsValue,
        signal: &JsValue,
        context: &mut Context,
    ) -> JsResult<JsObject> {
        let command = self.settings.command.to_std_string_lossy();
        let stderr = stderr.to_string(context)?.to_std_string_lossy();
        let error = plain_error(&format!("Command failed: {command}\n{stderr}"), context);
        let code = match code.as_number().filter(|code| *code < 0.0) {
            Some(number) => JsString::from(errno_code(Errno(-number as i32)).as_str()).into(),
            None => code.clone(),
        };
        let child = self.child.borrow().clone();
        let has_killed = match child {
            Some(child) => child.get(js_string!("killed"), context)?.to_boolean(),
            None => false,
        };
        let was_killed = self.was_killed.get() || has_killed;
        define_value(&error, js_string!("code"), code, true);
        define_value(&error, js_string!("killed"), was_killed, true);
        define_value(&error, js_string!("signal"), signal.clone(), true);
        Ok(error)
    }
}
