//! What a host asks of a runtime: values of texts and functions, turn by turn of the loop.

use std::{
    fmt, io,
    os::fd::{AsFd, BorrowedFd},
    rc::Rc,
    time::Duration,
};

use boa_engine::{Context, JsError, JsObject, JsResult, JsString, JsValue, js_string};
use serde_json::Value;

use super::{
    Remote, Runtime,
    settled::{Patience, settled},
};
use crate::{
    engine::{
        callbacks, commonjs,
        errors::value_of,
        intrinsics::json,
        natives::{arg, closure, define_value},
        scripts, state,
    },
    event_loop,
};

/// What a script threw, or a host's function throws.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ScriptError {
    /// `TypeError` and its like; empty for what is no error.
    pub name: String,
    /// Its message; the thrown value itself where that is no error.
    pub message: String,
    /// Where it was made, as `error.stack` tells it.
    pub stack: String,
    /// Node's `code`, if it has one.
    pub code: Option<String>,
}

impl ScriptError {
    /// An `Error` with a message.
    pub fn new(message: impl Into<String>) -> Self {
        Self { name: "Error".to_owned(), message: message.into(), ..Self::default() }
    }

    /// The same with a `code`.
    #[must_use]
    pub fn with_code(self, code: impl Into<String>) -> Self {
        Self { code: Some(code.into()), ..self }
    }

    fn of(error: JsError, context: &mut Context) -> Self {
        let thrown = value_of(error, context);
        let Some(object) = thrown.as_object() else {
            return Self { message: text(&thrown), ..Self::default() };
        };
        // A getter that throws has nothing to tell.
        let mut field = |name: &str| {
            object.get(JsString::from(name), context).ok().filter(|value| !value.is_undefined())
        };
        Self {
            name: field("name").as_ref().map(text).unwrap_or_default(),
            message: field("message").as_ref().map(text).unwrap_or_default(),
            stack: field("stack").as_ref().map(text).unwrap_or_default(),
            code: field("code").as_ref().map(text),
        }
    }

    fn into_js(self, context: &mut Context) -> JsError {
        let error = crate::engine::errors::plain_error(&self.message, context);
        if let Some(code) = self.code {
            define_value(&error, js_string!("code"), JsString::from(code), true);
        }
        JsError::from_opaque(error.into())
    }
}

/// A primitive as text, anything else as what kind of value it is.
fn text(value: &JsValue) -> String {
    value.as_string().map_or_else(|| value.display().to_string(), |text| text.to_std_string_lossy())
}

impl fmt::Display for ScriptError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name.as_str() {
            "" => f.write_str(&self.message),
            name => write!(f, "{name}: {}", self.message),
        }
    }
}

impl std::error::Error for ScriptError {}

/// Why there is no value.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EvalError {
    /// The script threw this, or rejected with it.
    Script(ScriptError),
    /// The script ended the program with this exit code.
    Exited(i32),
    /// The promise is not settled, and nothing is left that could settle it.
    Unsettled,
}

impl fmt::Display for EvalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Script(error) => error.fmt(f),
            Self::Exited(code) => write!(f, "the script ended with exit code {code}"),
            Self::Unsettled => f.write_str("the promise will never be settled"),
        }
    }
}

impl std::error::Error for EvalError {}

/// What a module exports: see [`Runtime::load`].
#[derive(Clone, Debug)]
pub struct Exports(JsObject);

/// A function of the host's: values in, a value or an error out.
pub type HostFunction = dyn Fn(&[Value]) -> Result<Value, ScriptError>;

/// The descriptor that tells when a runtime has something to do: see [`Runtime::wait_handle`].
pub struct WaitHandle(event_loop::WaitHandle);

impl AsFd for WaitHandle {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

impl fmt::Debug for WaitHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("WaitHandle").field(&self.as_fd()).finish()
    }
}

impl Runtime {
    /// Runs a script in the global scope; its value, as JSON knows it (`undefined` is null).
    ///
    /// A promise is waited for, and the loop turns meanwhile.
    ///
    /// # Errors
    /// [`EvalError`]; a value that JSON cannot show is a script's TypeError.
    pub fn eval(&mut self, text: &str) -> Result<Value, EvalError> {
        self.value_of(|context| scripts::evaluate(text, "[eval]", context))
    }

    /// Loads a module as `require` does, from the working directory; once, however often it is asked.
    ///
    /// # Errors
    /// [`EvalError`], if it is not there or does not run to its end.
    pub fn load(&mut self, module: &str) -> Result<Exports, EvalError> {
        let exports = self.entered(|context| {
            let folder = std::env::current_dir().unwrap_or_default();
            let require = commonjs::require_from(&folder.join("host"), context)?;
            let exports =
                require.call(&JsValue::undefined(), &[JsString::from(module).into()], context)?;
            exports.to_object(context)
        })?;
        Ok(Exports(exports))
    }

    /// Calls a function that a module exports. A promise that it returns is waited for.
    ///
    /// # Errors
    /// [`EvalError`]; that there is no such function is a script's TypeError.
    pub fn call(
        &mut self,
        exports: &Exports,
        function: &str,
        args: &[Value],
    ) -> Result<Value, EvalError> {
        self.value_of(|context| {
            let args = args.iter().map(|value| JsValue::from_json(value, context));
            let args = args.collect::<JsResult<Vec<_>>>()?;
            let callee = exports.0.get(JsString::from(function), context)?;
            let Some(callee) = callee.as_callable() else {
                let message = format!("{function} is not a function");
                return Err(boa_engine::JsNativeError::typ().with_message(message).into());
            };
            callee.call(&exports.0.clone().into(), &args, context)
        })
    }

    /// One turn of the loop. It waits, for `max_wait` at most, only if nothing is to be done.
    ///
    /// Returns false once nothing keeps the loop alive, or the program has ended itself.
    pub fn turn(&mut self, max_wait: Option<Duration>) -> bool {
        let engine = state::of(&self.context);
        if engine.exit_code().is_some() || !engine.event_loop.is_alive() {
            return false;
        }
        engine.event_loop.turn(&mut self.context, max_wait);
        engine.exit_code().is_none() && engine.event_loop.is_alive()
    }

    /// Turns until nothing keeps the loop alive; the exit code if the program has ended itself.
    pub fn run_until_idle(&mut self) -> Option<i32> {
        let engine = state::of(&self.context);
        if engine.exit_code().is_none() {
            engine.event_loop.run(&mut self.context);
        }
        engine.exit_code()
    }

    /// A descriptor for a host with a loop of its own: while it is readable, or once
    /// [`Self::next_timeout`] is up, [`Self::turn`] has something to do.
    ///
    /// # Errors
    /// If the system has no descriptor left.
    pub fn wait_handle(&self) -> io::Result<WaitHandle> {
        state::of(&self.context).event_loop.wait_handle().map(WaitHandle)
    }

    /// How long the descriptor may be waited for before the next turn; `None`: without a limit. To be
    /// asked before each wait.
    pub fn next_timeout(&self) -> Option<Duration> {
        state::of(&self.context).event_loop.next_timeout()
    }

    /// A way to this runtime for other threads.
    pub fn remote(&self) -> Remote {
        Remote(state::of(&self.context).event_loop.remote())
    }

    fn value_of(
        &mut self,
        work: impl FnOnce(&mut Context) -> JsResult<JsValue>,
    ) -> Result<Value, EvalError> {
        let value = self.entered(|context| {
            let value = work(context)?;
            // Whatever comes of a promise is the caller's.
            if let Some(promise) = value.as_object() {
                state::of(context).rejections.forget(&promise);
            }
            Ok(value)
        })?;
        let settled = settled(&value, Patience::WhileAlive, &mut self.context);
        let value = settled.map_err(|error| self.failure(error))?;
        self.unless_exited()?;
        let value = value.ok_or(EvalError::Unsettled)?;
        self.entered(|context| to_serde(&value, context))
    }

    /// Does something as the loop does it: ticks and microtasks run behind it.
    fn entered<T>(
        &mut self,
        work: impl FnOnce(&mut Context) -> JsResult<T>,
    ) -> Result<T, EvalError> {
        let context = &mut self.context;
        let mut outcome = None;
        callbacks::enter(context, |context| {
            outcome = Some(work(context));
            Ok(())
        });
        self.unless_exited()?;
        // Nothing is entered once a program has ended, and then the line above has returned.
        outcome.ok_or(EvalError::Unsettled)?.map_err(|error| self.failure(error))
    }

    fn unless_exited(&self) -> Result<(), EvalError> {
        state::of(&self.context).exit_code().map_or(Ok(()), |code| Err(EvalError::Exited(code)))
    }

    fn failure(&mut self, error: JsError) -> EvalError {
        EvalError::Script(ScriptError::of(error, &mut self.context))
    }
}

fn to_serde(value: &JsValue, context: &mut Context) -> JsResult<Value> {
    let mut bytes = Vec::new();
    if !json::append_json(&mut bytes, value, context)? {
        return Ok(Value::Null);
    }
    serde_json::from_slice(&bytes).map_err(|error| {
        // Half of a surrogate pair: no text of Rust's.
        boa_engine::JsNativeError::typ().with_message(error.to_string()).into()
    })
}

/// A host's function, as the collector holds it: there is nothing in it that it could collect.
#[derive(Clone, boa_gc::Trace, boa_gc::Finalize)]
struct Held(#[unsafe_ignore_trace] Rc<HostFunction>);

/// Makes a global function of a host's.
pub(super) fn define_function(name: &str, function: Rc<HostFunction>, context: &mut Context) {
    let call = closure(name, 0, Held(function), call_host, context);
    define_value(&context.global_object(), JsString::from(name), call, true);
}

fn call_host(
    _: &JsValue,
    args: &[JsValue],
    Held(function): &Held,
    context: &mut Context,
) -> JsResult<JsValue> {
    let mut values = Vec::with_capacity(args.len());
    for index in 0..args.len() {
        values.push(to_serde(&arg(args, index), context)?);
    }
    match function(&values) {
        Ok(value) => JsValue::from_json(&value, context),
        Err(error) => Err(error.into_js(context)),
    }
}
