//! Rust functions and values for scripts: arguments and answers by the conversions of the engine.

use std::{fmt, rc::Rc};

use boa_engine::{
    Context, JsObject, JsResult, JsString, JsValue,
    value::{TryFromJs, TryIntoJs},
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

use super::futures;
use crate::engine::{
    intrinsics::json,
    natives::{arg, closure, define_value},
    script_error::ScriptError,
    state,
};

/// Makes a member's value in a realm.
type Make = Rc<dyn Fn(&mut Context) -> JsResult<JsValue>>;

/// What a call of a host's function does.
type Call = dyn Fn(&[JsValue], &mut Context) -> JsResult<JsValue>;

/// Values and functions of a host's for its scripts: the exports of a module
/// ([`RuntimeBuilder::module`](crate::RuntimeBuilder::module)), or globals
/// ([`RuntimeBuilder::globals`](crate::RuntimeBuilder::globals)).
///
/// Arguments and values are converted by the traits [`TryFromJs`] and [`TryIntoJs`] of the engine
/// (numbers, `String`, `bool`, `Option`, `Vec`, maps, and structs that derive them); [`Json`] takes and
/// gives whatever serde knows. An argument that is missing is `undefined`: `None` of an `Option`.
/// A value of the wrong type is a `TypeError` of the script's.
///
/// ```
/// use rjs::{HostObject, Runtime, ScriptError};
///
/// let prices = HostObject::new()
///     .value("currency", "EUR")
///     .function("of", |item: String, count: Option<u32>| match item.as_str() {
///         "apple" => Ok(3 * count.unwrap_or(1)),
///         _ => Err(ScriptError::new("no such item").with_code("ERR_NO_PRICE")),
///     })
///     .async_function("tomorrow", async |item: String| Ok(item.len() as u32));
/// let mut runtime = Runtime::builder().module("host:prices", prices).build()?;
/// let text = "const { of, tomorrow } = process.getBuiltinModule('host:prices');
///             tomorrow('pear').then((price) => price + of('apple', 2))";
/// assert_eq!(runtime.eval(text)?, 10);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Default)]
pub struct HostObject(Vec<(String, Make)>);

/// A type that serde knows, as an argument or a value of a host's function: it goes by way of JSON.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Json<T>(pub T);

impl<T: DeserializeOwned> TryFromJs for Json<T> {
    fn try_from_js(value: &JsValue, context: &mut Context) -> JsResult<Self> {
        let value = json::to_serde(value, context)?;
        serde_json::from_value(value).map(Json).map_err(|error| mismatch(&error))
    }
}

impl<T: Serialize> TryIntoJs for Json<T> {
    fn try_into_js(&self, context: &mut Context) -> JsResult<JsValue> {
        let value = serde_json::to_value(&self.0).map_err(|error| mismatch(&error))?;
        JsValue::from_json(&value, context)
    }
}

fn mismatch(error: &serde_json::Error) -> boa_engine::JsError {
    boa_engine::JsNativeError::typ().with_message(error.to_string()).into()
}

/// A function of up to six arguments that a script may call: see [`HostObject`].
pub trait HostCall<Args>: 'static {
    /// What it returns.
    type Answer;
    /// How many arguments it has.
    const LENGTH: usize;

    /// Calls it with a script's arguments.
    ///
    /// # Errors
    /// An argument that is of another type.
    fn call(&self, args: &[JsValue], context: &mut Context) -> JsResult<Self::Answer>;
}

/// A function of up to six arguments whose work is done in another thread: see
/// [`HostObject::blocking_function`].
pub trait BlockingCall<Args>: Send + Sync + 'static {
    /// What it returns.
    type Answer;
    /// How many arguments it has.
    const LENGTH: usize;

    /// The work for these arguments of a script's.
    ///
    /// # Errors
    /// An argument that is of another type.
    fn work(
        &self,
        args: &[JsValue],
        context: &mut Context,
    ) -> JsResult<Box<dyn FnOnce() -> Self::Answer + Send>>;
}

macro_rules! calls {
    ($($index:tt $name:ident),*) => {
        impl<F, R, $($name: TryFromJs),*> HostCall<($($name,)*)> for F
        where
            F: Fn($($name),*) -> R + 'static,
        {
            type Answer = R;
            const LENGTH: usize = <[usize]>::len(&[$($index),*]);

            #[allow(unused_variables)]
            fn call(&self, args: &[JsValue], context: &mut Context) -> JsResult<R> {
                Ok(self($($name::try_from_js(&arg(args, $index), context)?),*))
            }
        }

        impl<F, R, $($name: TryFromJs + Send + 'static),*> BlockingCall<($($name,)*)> for F
        where
            F: Fn($($name),*) -> R + Clone + Send + Sync + 'static,
        {
            type Answer = R;
            const LENGTH: usize = <[usize]>::len(&[$($index),*]);

            #[allow(unused_variables, non_snake_case)]
            fn work(
                &self,
                args: &[JsValue],
                context: &mut Context,
            ) -> JsResult<Box<dyn FnOnce() -> R + Send>> {
                $(let $name = $name::try_from_js(&arg(args, $index), context)?;)*
                let function = self.clone();
                Ok(Box::new(move || function($($name),*)))
            }
        }
    };
}

calls!();
calls!(0 A);
calls!(0 A, 1 B);
calls!(0 A, 1 B, 2 C);
calls!(0 A, 1 B, 2 C, 3 D);
calls!(0 A, 1 B, 2 C, 3 D, 4 E);
calls!(0 A, 1 B, 2 C, 3 D, 4 E, 5 G);

impl HostObject {
    /// An object without members.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn member(
        mut self,
        name: impl Into<String>,
        make: impl Fn(&mut Context) -> JsResult<JsValue> + 'static,
    ) -> Self {
        self.0.push((name.into(), Rc::new(make)));
        self
    }

    /// A value, made anew for each runtime.
    #[must_use]
    pub fn value(self, name: impl Into<String>, value: impl TryIntoJs + 'static) -> Self {
        self.member(name, move |context| value.try_into_js(context))
    }

    /// A function. It runs in the runtime's thread and must not wait.
    #[must_use]
    pub fn function<Args: 'static, T, F>(self, name: impl Into<String>, function: F) -> Self
    where
        F: HostCall<Args, Answer = Result<T, ScriptError>>,
        T: TryIntoJs,
    {
        self.with_call(name, F::LENGTH, move |args, context| {
            answer(function.call(args, context)?, context)
        })
    }

    /// A function that gives a promise. Its future runs in the runtime's loop: it may wait for whatever
    /// wakes a [`Waker`](std::task::Waker) from any thread, and the loop waits for it. It needs no
    /// executor, and may use the futures of tokio where one is entered.
    #[must_use]
    pub fn async_function<Args: 'static, T, F>(self, name: impl Into<String>, function: F) -> Self
    where
        F: HostCall<Args>,
        F::Answer: Future<Output = Result<T, ScriptError>> + 'static,
        T: TryIntoJs + 'static,
    {
        self.with_call(name, F::LENGTH, move |args, context| {
            let future = function.call(args, context)?;
            futures::promise(async move { settle(future.await) }, context)
        })
    }

    /// A function that gives a promise and does its work in one of the runtime's few threads, where it
    /// may block.
    #[must_use]
    pub fn blocking_function<Args: 'static, T, F>(
        self,
        name: impl Into<String>,
        function: F,
    ) -> Self
    where
        F: BlockingCall<Args, Answer = Result<T, ScriptError>>,
        T: TryIntoJs + Send + 'static,
    {
        self.with_call(name, F::LENGTH, move |args, context| {
            let work = function.work(args, context)?;
            futures::promise_of_work(work, |context, outcome| answer(outcome, context), context)
        })
    }

    /// A function of any arguments, which it gets as JSON knows them.
    pub(super) fn json_function(
        self,
        name: impl Into<String>,
        call: impl Fn(&[Value]) -> Result<Value, ScriptError> + 'static,
    ) -> Self {
        self.with_call(name, 0, move |args, context| {
            let values = args.iter().map(|value| json::to_serde(value, context));
            let values = values.collect::<JsResult<Vec<_>>>()?;
            answer(call(&values).map(Json), context)
        })
    }

    fn with_call(
        self,
        name: impl Into<String>,
        length: usize,
        call: impl Fn(&[JsValue], &mut Context) -> JsResult<JsValue> + 'static,
    ) -> Self {
        let name = name.into();
        let (known, call) = (name.clone(), Rc::new(call));
        self.member(name, move |context| {
            let held = Held(call.clone());
            Ok(closure(&known, length, held, invoke, context).into())
        })
    }

    /// Its members, as properties of this object.
    pub(super) fn define(&self, object: &JsObject, context: &mut Context) -> JsResult<()> {
        for (name, make) in &self.0 {
            let value = make(context)?;
            define_value(object, JsString::from(name.as_str()), value, true);
        }
        Ok(())
    }

    /// An object with its members.
    pub(super) fn make(&self, context: &mut Context) -> JsResult<JsValue> {
        let object = JsObject::with_object_proto(context.intrinsics());
        self.define(&object, context)?;
        Ok(object.into())
    }
}

/// What a future came to, for when there is a context to convert it in.
fn settle<T: TryIntoJs + 'static>(outcome: Result<T, ScriptError>) -> futures::Settle {
    Box::new(move |context| answer(outcome, context))
}

fn answer<T: TryIntoJs>(
    outcome: Result<T, ScriptError>,
    context: &mut Context,
) -> JsResult<JsValue> {
    match outcome {
        Ok(value) => value.try_into_js(context),
        Err(error) => Err(error.into_js(context)),
    }
}

/// A host's function, as the collector holds it: there is nothing in it that it could collect.
#[derive(Clone, boa_gc::Trace, boa_gc::Finalize)]
struct Held(#[unsafe_ignore_trace] Rc<Call>);

fn invoke(
    _: &JsValue,
    args: &[JsValue],
    Held(call): &Held,
    context: &mut Context,
) -> JsResult<JsValue> {
    let engine = state::of(context);
    if engine.is_used_up() {
        return Err(engine.stop(engine.exit_code().unwrap_or(1)));
    }
    call(args, context)
}

impl fmt::Debug for HostObject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.iter().map(|(name, _)| name)).finish()
    }
}
