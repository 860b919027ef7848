//! What a host asks of a runtime: values of texts and functions, turn by turn of the loop.

use std::{
    fmt, io,
    os::fd::{AsFd, AsRawFd, BorrowedFd, RawFd},
    time::Duration,
};

use boa_engine::{
    Context, JsError, JsNativeError, JsObject, JsResult, JsString, JsValue, error::EngineError,
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use super::{
    Remote, Runtime,
    settled::{Patience, settled},
};
use crate::{
    engine::{
        callbacks, commonjs, folder,
        intrinsics::json,
        limits::{self, Limit},
        observer::HostEvent,
        script_error::ScriptError,
        scripts, state,
    },
    event_loop,
    sys::poll::{self, Interest},
};

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
    /// The script used more than it may: see [`Limits`](crate::Limits). After all of them but
    /// [`Limit::Recursion`] its program has ended.
    Limit(Limit),
}

impl fmt::Display for EvalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Script(error) => error.fmt(f),
            Self::Exited(code) => write!(f, "the script ended with exit code {code}"),
            Self::Unsettled => f.write_str("the promise will never be settled"),
            Self::Limit(limit) => write!(f, "the script reached its limit of {limit}"),
        }
    }
}

impl std::error::Error for EvalError {}

/// What a module exports: see [`Runtime::load`].
#[derive(Clone, Debug)]
pub struct Exports(JsObject);

/// The descriptor that tells when a runtime has something to do: see [`Runtime::wait_handle`].
pub struct WaitHandle(event_loop::WaitHandle);

impl WaitHandle {
    /// Whether it is readable right now. Loops that tell of changes only (tokio's `AsyncFd`) ask this after
    /// a turn, which need not have taken all that there was.
    pub fn is_ready(&self) -> bool {
        // What cannot be asked is looked at.
        poll::wait_for(self.as_fd(), Interest::READABLE, Some(Duration::ZERO)).unwrap_or(true)
    }
}

impl AsFd for WaitHandle {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

impl AsRawFd for WaitHandle {
    fn as_raw_fd(&self) -> RawFd {
        self.as_fd().as_raw_fd()
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

    /// As [`Self::eval`], with the value as any type that serde can make of JSON.
    ///
    /// ```
    /// #[derive(serde::Deserialize)]
    /// struct Point { x: f64, y: f64 }
    ///
    /// let mut runtime = rjs::Runtime::builder().build()?;
    /// let point: Point = runtime.eval_as("({ x: 1, y: Math.sqrt(4) })")?;
    /// assert_eq!((point.x, point.y), (1.0, 2.0));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`EvalError`]; a value of another shape is a script's TypeError.
    pub fn eval_as<T: DeserializeOwned>(&mut self, text: &str) -> Result<T, EvalError> {
        self.eval(text).and_then(of_shape)
    }

    /// Loads a module as `require` does, from the working directory; once, however often it is asked.
    ///
    /// # Errors
    /// [`EvalError`], if it is not there or does not run to its end.
    pub fn load(&mut self, module: &str) -> Result<Exports, EvalError> {
        limits::during(&mut self.context, |context| loaded(module, context))
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
        self.value_of(|context| exported(exports, function, args, context))
    }

    /// As [`Self::call`], with arguments and value as types that serde knows.
    ///
    /// # Errors
    /// [`EvalError`]; a value of another shape is a script's TypeError.
    pub fn call_as<A: Serialize, T: DeserializeOwned>(
        &mut self,
        exports: &Exports,
        function: &str,
        args: A,
    ) -> Result<T, EvalError> {
        let args = match serde_json::to_value(args).map_err(|error| misfit(&error))? {
            Value::Array(args) => args,
            Value::Null => Vec::new(),
            only => vec![only],
        };
        self.call(exports, function, &args).and_then(of_shape)
    }

    /// One turn of the loop. It waits, for `max_wait` at most, only if nothing is to be done.
    ///
    /// Returns false once nothing keeps the loop alive, or the program has ended itself.
    pub fn turn(&mut self, max_wait: Option<Duration>) -> bool {
        let engine = state::of(&self.context);
        if engine.exit_code().is_some() || !engine.event_loop.is_alive() {
            return false;
        }
        let turn = |context: &mut Context| engine.event_loop.turn(context, max_wait);
        limits::during(&mut self.context, turn);
        engine.exit_code().is_none() && engine.event_loop.is_alive()
    }

    /// Turns until nothing keeps the loop alive; the exit code if the program has ended itself.
    pub fn run_until_idle(&mut self) -> Option<i32> {
        let engine = state::of(&self.context);
        if engine.exit_code().is_none() {
            limits::during(&mut self.context, |context| engine.event_loop.run(context));
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

    /// What ended the program, if a limit did.
    pub fn ended_by(&self) -> Option<Limit> {
        state::of(&self.context).ended_by()
    }

    fn value_of(
        &mut self,
        work: impl FnOnce(&mut Context) -> JsResult<JsValue>,
    ) -> Result<Value, EvalError> {
        limits::during(&mut self.context, |context| value_in(context, work))
    }
}

fn value_in(
    context: &mut Context,
    work: impl FnOnce(&mut Context) -> JsResult<JsValue>,
) -> Result<Value, EvalError> {
    let value = entered(context, |context| {
        let value = work(context)?;
        // Whatever comes of a promise is the caller's.
        if let Some(promise) = value.as_object() {
            state::of(context).rejections.forget(&promise);
        }
        Ok(value)
    })?;
    let settled = settled(&value, Patience::WhileAlive, context);
    let value = settled.map_err(|error| failure(error, context))?;
    unless_ended(context)?;
    let value = value.ok_or(EvalError::Unsettled)?;
    entered(context, |context| json::to_serde(&value, context))
}

/// Does something as the loop does it: ticks and microtasks run behind it.
pub(super) fn entered<T>(
    context: &mut Context,
    work: impl FnOnce(&mut Context) -> JsResult<T>,
) -> Result<T, EvalError> {
    let mut outcome = None;
    callbacks::enter(context, |context| {
        outcome = Some(work(context));
        Ok(())
    });
    // What used up a limit shows as an error of the engine's first.
    let outcome = match outcome {
        Some(Err(error)) => Err(failure(error, context)),
        Some(Ok(value)) => Ok(value),
        None => Err(EvalError::Unsettled),
    };
    if let Err(EvalError::Limit(_)) = outcome {
        return outcome;
    }
    unless_ended(context)?;
    outcome
}

/// The exports of a module.
pub(super) fn loaded(module: &str, context: &mut Context) -> Result<Exports, EvalError> {
    entered(context, |context| {
        let require = commonjs::require_from(&folder::current(context).join("host"), context)?;
        let exports =
            require.call(&JsValue::undefined(), &[JsString::from(module).into()], context)?;
        exports.to_object(context).map(Exports)
    })
}

/// The value of a function that a module exports.
pub(super) fn exported(
    exports: &Exports,
    function: &str,
    args: &[Value],
    context: &mut Context,
) -> JsResult<JsValue> {
    let args = args.iter().map(|value| JsValue::from_json(value, context));
    let args = args.collect::<JsResult<Vec<_>>>()?;
    let callee = exports.0.get(JsString::from(function), context)?;
    let Some(callee) = callee.as_callable() else {
        let message = format!("{function} is not a function");
        return Err(JsNativeError::typ().with_message(message).into());
    };
    callee.call(&exports.0.clone().into(), &args, context)
}

fn unless_ended(context: &Context) -> Result<(), EvalError> {
    let engine = state::of(context);
    match (engine.ended_by(), engine.exit_code()) {
        (Some(limit), _) => Err(EvalError::Limit(limit)),
        (None, Some(code)) => Err(EvalError::Exited(code)),
        (None, None) => Ok(()),
    }
}

fn failure(error: JsError, context: &mut Context) -> EvalError {
    if let Some(EngineError::RuntimeLimit(reached)) = error.as_engine() {
        let engine = state::of(context);
        match engine.limit_behind(*reached) {
            Some(Limit::Recursion) => {
                engine.observer.tell(|| HostEvent::LimitReached(Limit::Recursion));
                return EvalError::Limit(Limit::Recursion);
            }
            Some(limit) => {
                drop(engine.end_by(limit));
                return EvalError::Limit(limit);
            }
            None => {}
        }
    }
    EvalError::Script(ScriptError::of(error, context))
}

fn of_shape<T: DeserializeOwned>(value: Value) -> Result<T, EvalError> {
    serde_json::from_value(value).map_err(|error| misfit(&error))
}

fn misfit(error: &serde_json::Error) -> EvalError {
    let error = ScriptError::new(error.to_string());
    EvalError::Script(ScriptError { name: "TypeError".to_owned(), ..error })
}
