//! Taking a stack when an error is made, and showing it when somebody asks.
//!
//! As in V8, `stack` is an own accessor of every error and is written out on first use, with the
//! name and message that the error has then. The frames are the engine's; what reads them is the
//! getter's captures, so that they live as long as the error.

use std::{cell::Cell, ptr};

use boa_engine::{
    Context, JsData, JsObject, JsResult, JsString, JsValue, NativeFunction,
    builtins::{
        error::{Error, ErrorKind},
        function::OrdinaryFunction,
    },
    js_string,
    object::FunctionObjectBuilder,
    property::{PropertyDescriptor, PropertyKey},
};
use boa_gc::{Finalize, GcRefCell, Trace};

use super::{Stacks, constructors::original, derive, frame::Frame, of, render, trace};
use crate::engine::{
    natives::arg,
    sources,
    ticks::{self, Running},
};

/// Which of the innermost frames an error does not show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Skip {
    /// So many frames, natives included.
    Frames(usize),
    /// All down to the so many-th frame of a script.
    Scripts(usize),
    /// All down to the native function of this name.
    Native(String),
    /// All: the function named is not on the stack.
    All,
}

/// The frames of one error.
#[derive(Trace, Finalize)]
enum Frames {
    /// In the engine's error data.
    Engine(Error),
    /// As the engine wrote them down.
    Text(String),
    None,
}

/// What the getter of one error's `stack` knows.
#[derive(Trace, Finalize, JsData)]
pub(super) struct Captured {
    /// The error; a getter that was moved to another object answers `undefined` there.
    owner: JsObject,
    frames: Frames,
    /// How many frames to show; `None` where `Error.stackTraceLimit` was no number.
    #[unsafe_ignore_trace]
    limit: Option<usize>,
    #[unsafe_ignore_trace]
    skip: Skip,
    /// What the tick queue ran when the error was made.
    #[unsafe_ignore_trace]
    running: Running,
    /// What was shown or assigned.
    value: GcRefCell<Option<JsValue>>,
    /// What stands before the header: the place of a syntax error, as Node shows it.
    #[unsafe_ignore_trace]
    place: Option<String>,
    /// Guards against `Error.prepareStackTrace` asking for the stack that it prepares.
    #[unsafe_ignore_trace]
    showing: Cell<bool>,
}

/// Takes the stack for an error that is being made, through the engine's constructor of its kind.
///
/// Returns the error, still without `message`, with an own `stack`. It has the prototype that
/// `new_target` asks for. `args` is empty save for `AggregateError`, which needs its list;
/// `place` is put before the stack's text.
pub(super) fn make(
    kind: ErrorKind,
    args: &[JsValue],
    new_target: Option<&JsObject>,
    skip: Skip,
    place: Option<String>,
    context: &mut Context,
) -> JsResult<JsObject> {
    let stacks = of(context);
    let limit = stacks.limit();
    let object = with_backtrace(depth(limit, &skip), context, |context| {
        original(kind, context).constructor().construct(args, new_target, context)
    })?;
    // What the engine's data then lacks it adds where the error is thrown: that place, which need
    // not be where the error was made, is what the report of an uncaught error shows.
    let frames = match object.downcast_mut::<Error>() {
        Some(mut data) => Frames::Engine(std::mem::replace(&mut *data, Error::new(kind))),
        None => Frames::None,
    };
    let mut captured = Captured::new(object.clone(), frames, limit, skip, context);
    captured.place = place;
    stacks.install(captured, context);
    Ok(object)
}

/// `Error.captureStackTrace(object, function)`.
pub(super) fn capture_stack_trace(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let Some(object) = arg(args, 0).as_object() else {
        return Err(super::type_error("invalid_argument", context));
    };
    if !object.is_extensible(context)? {
        let message = "Cannot define property stack, object is not extensible";
        return Err(super::type_error(message, context));
    }
    let stacks = of(context);
    let limit = stacks.limit();
    let skip = match arg(args, 1).as_callable() {
        Some(function) => below(&function, context),
        None => Skip::Frames(1),
    };
    let frames = Frames::Engine(here(limit, &skip, context)?);
    let captured = Captured::new(object.clone(), frames, limit, skip, context);
    let descriptor = stacks.descriptor(captured, context);
    object.define_property_or_throw(js_string!("stack"), descriptor, context)?;
    Ok(JsValue::undefined())
}

/// The first `limit` frames of the stack as it is, the native function that asks left out.
pub(crate) fn current(limit: usize, context: &mut Context) -> JsResult<Vec<Frame>> {
    frames(&Skip::Frames(1), limit, context)
}

/// The frame that called `function`.
pub(super) fn caller(function: &JsObject, context: &mut Context) -> Option<Frame> {
    let skip = below(function, context);
    frames(&skip, 1, context).ok()?.into_iter().next()
}

fn frames(skip: &Skip, limit: usize, context: &mut Context) -> JsResult<Vec<Frame>> {
    let data = here(Some(limit), skip, context)?;
    let text = of(context).engine_text(data, context)?;
    let running = ticks::running(context);
    Ok(read(&text, skip, limit, running, context))
}

/// The first `limit` frames of the engine's text, and the one below the program's.
fn read(
    text: &str,
    skip: &Skip,
    limit: usize,
    running: Running,
    context: &mut Context,
) -> Vec<Frame> {
    let sources = sources::of(context);
    let raw = trace::read(text, &sources);
    let from = trace::skipped(&raw, skip);
    let mut frames = derive::derive(&raw[from..], limit, &sources);
    let is_below_all = match skip {
        Skip::All => false,
        Skip::Native(_) => from < raw.len(),
        Skip::Frames(_) | Skip::Scripts(_) => true,
    };
    if is_below_all && frames.len() < limit && !trace::ends_in_a_module(&raw) {
        frames.extend(running.position().map(derive::of_ticks));
    }
    frames
}

/// The engine's data of the stack that there is now.
fn here(limit: Option<usize>, skip: &Skip, context: &mut Context) -> JsResult<Error> {
    let holder = with_backtrace(depth(limit, skip), context, |context| {
        original(ErrorKind::Error, context).constructor().construct(&[], None, context)
    })?;
    let data = holder.downcast_ref::<Error>().map(|data| data.clone());
    Ok(data.unwrap_or_else(|| Error::new(ErrorKind::Error)))
}

/// How many of the engine's frames are needed to show `limit`, hidden ones included.
fn depth(limit: Option<usize>, skip: &Skip) -> usize {
    let skipped = match skip {
        Skip::Frames(count) => *count,
        Skip::Scripts(count) => 2 * count,
        Skip::Native(_) => 16,
        Skip::All => return 0,
    };
    limit.map_or(0, |limit| 2 * limit + skipped + 4)
}

fn with_backtrace<T>(
    depth: usize,
    context: &mut Context,
    work: impl FnOnce(&mut Context) -> T,
) -> T {
    let before = context.runtime_limits().backtrace_limit();
    context.runtime_limits_mut().set_backtrace_limit(depth);
    let result = work(context);
    context.runtime_limits_mut().set_backtrace_limit(before);
    result
}

/// What to skip so that the frames start at the caller of `function`.
pub(super) fn below(function: &JsObject, context: &mut Context) -> Skip {
    if let Some(code) = function.downcast_ref::<OrdinaryFunction>() {
        let code = ptr::from_ref(code.codeblock());
        let found = context
            .stack_trace()
            .position(|frame| ptr::eq(ptr::from_ref(&**frame.code_block()), code));
        return found.map_or(Skip::All, |index| Skip::Scripts(index + 1));
    }
    let name = function.get(js_string!("name"), context).unwrap_or_default();
    match name.as_string() {
        Some(name) => Skip::Native(name.to_std_string_lossy()),
        None => Skip::All,
    }
}

impl Captured {
    fn new(
        owner: JsObject,
        frames: Frames,
        limit: Option<usize>,
        skip: Skip,
        context: &Context,
    ) -> Self {
        let running = ticks::running(context);
        let value = GcRefCell::new(None);
        Self { owner, frames, limit, skip, running, value, place: None, showing: Cell::new(false) }
    }

    /// The stack of an error whose frames the engine has already written down.
    pub(super) fn from_text(
        owner: JsObject,
        text: String,
        limit: Option<usize>,
        context: &Context,
    ) -> Self {
        Self::new(owner, Frames::Text(text), limit, Skip::Frames(0), context)
    }

    /// A stack that is whatever was assigned to it.
    pub(super) fn assigned(owner: JsObject, value: JsValue, context: &Context) -> Self {
        let captured = Self::new(owner, Frames::None, None, Skip::All, context);
        *captured.value.borrow_mut() = Some(value);
        captured
    }

    /// The value of `stack`, made on first use.
    fn show(&self, context: &mut Context) -> JsResult<JsValue> {
        if let Some(value) = self.value.borrow().as_ref() {
            return Ok(value.clone());
        }
        let Some(limit) = self.limit else { return Ok(JsValue::undefined()) };
        if self.showing.replace(true) {
            return Ok(JsValue::undefined());
        }
        let shown = self.render(limit, context);
        self.showing.set(false);
        let value = shown?;
        // An assignment from within `prepareStackTrace` is older than what that returned.
        *self.value.borrow_mut() = Some(value.clone());
        Ok(value)
    }

    fn render(&self, limit: usize, context: &mut Context) -> JsResult<JsValue> {
        let text = match &self.frames {
            Frames::Engine(data) => of(context).engine_text(data.clone(), context)?,
            Frames::Text(text) => text.clone(),
            Frames::None => String::new(),
        };
        let frames = read(&text, &self.skip, limit, self.running, context);
        let stack = render::stack(&self.owner, frames, context)?;
        Ok(match (&self.place, stack.as_string()) {
            (Some(place), Some(text)) => {
                JsString::concat(JsString::from(place.as_str()).as_str(), text.as_str()).into()
            }
            _ => stack,
        })
    }
}

impl Stacks {
    /// Gives the captured stack's owner an own `stack`, without running JavaScript.
    pub(super) fn install(&self, captured: Captured, context: &Context) {
        let owner = captured.owner.clone();
        let descriptor = self.descriptor(captured, context);
        owner.insert_property(js_string!("stack"), descriptor);
    }

    fn descriptor(&self, captured: Captured, context: &Context) -> PropertyDescriptor {
        let native = NativeFunction::from_copy_closure_with_captures(get, captured);
        let getter = FunctionObjectBuilder::new(context.realm(), native).build();
        PropertyDescriptor::builder()
            .get(getter)
            .set(self.setter.clone())
            .enumerable(false)
            .configurable(true)
            .build()
    }

    /// The object in the prototype chain whose own `stack` is one of ours, and its getter.
    fn holder(&self, object: &JsObject) -> Option<(JsObject, JsObject)> {
        let key = PropertyKey::from(js_string!("stack"));
        let mut cursor = Some(object.clone());
        while let Some(object) = cursor {
            let own = object.borrow().properties().get(&key);
            if let Some(descriptor) = own {
                let ours = descriptor
                    .set()
                    .and_then(JsValue::as_object)
                    .is_some_and(|set| JsObject::equals(&set, &self.setter));
                let getter = descriptor.get().and_then(JsValue::as_object)?;
                return ours.then_some((object, getter));
            }
            cursor = object.prototype();
        }
        None
    }
}

/// `get stack` of one error. The getters of all errors pass for one, as in V8: each answers for
/// whatever error it is called on.
fn get(
    this: &JsValue,
    args: &[JsValue],
    captured: &Captured,
    context: &mut Context,
) -> JsResult<JsValue> {
    let Some(object) = this.as_object() else { return Ok(JsValue::undefined()) };
    if JsObject::equals(&object, &captured.owner) {
        return captured.show(context);
    }
    let Some((holder, getter)) = of(context).holder(&object) else {
        return Ok(JsValue::undefined());
    };
    if JsObject::equals(&holder, &captured.owner) {
        return captured.show(context);
    }
    // A getter that was moved to this holder would ask itself for ever.
    if arg(args, 0).as_object().is_some_and(|asked| JsObject::equals(&asked, &holder)) {
        return Ok(JsValue::undefined());
    }
    getter.call(&holder.clone().into(), &[holder.into()], context)
}

/// `set stack` of every error.
pub(super) fn set(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let Some(object) = this.as_object() else { return Ok(JsValue::undefined()) };
    let stacks = of(context);
    if let Some((holder, _)) = stacks.holder(&object) {
        stacks.install(Captured::assigned(holder, arg(args, 0), context), context);
    }
    Ok(JsValue::undefined())
}

/// `get stack` of `Error.prototype`: what the engine itself throws has no own `stack` until it is
/// asked for it.
pub(super) fn get_inherited(
    this: &JsValue,
    _: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let Some(object) = this.as_object() else { return Ok(JsValue::undefined()) };
    let mut cursor = Some(object);
    while let Some(object) = cursor {
        if object.is::<Error>() {
            complete(&object, context);
            return object.get(js_string!("stack"), context);
        }
        cursor = object.prototype();
    }
    Ok(JsValue::undefined())
}

/// `set stack` of `Error.prototype`. In V8 nothing stands there, so that assigning to an object
/// that is no error makes an ordinary property.
pub(super) fn set_inherited(
    this: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let Some(object) = this.as_object() else { return Ok(JsValue::undefined()) };
    if object.is::<Error>() && object.is_extensible(context)? {
        of(context).install(Captured::assigned(object, arg(args, 0), context), context);
        return Ok(JsValue::undefined());
    }
    object.create_data_property_or_throw(js_string!("stack"), arg(args, 0), context)?;
    Ok(JsValue::undefined())
}

/// Gives an error that the engine threw its own `stack`. Other objects, and errors that have one,
/// stay as they are.
pub(crate) fn complete(object: &JsObject, context: &mut Context) {
    let key = PropertyKey::from(js_string!("stack"));
    if object.borrow().properties().contains_key(&key) {
        return;
    }
    let Some(data) = object.downcast_ref::<Error>().map(|data| data.clone()) else { return };
    let stacks = of(context);
    let limit = stacks.limit();
    // What a native function threw at another one, the engine has no frames for yet.
    let is_thrown = stacks.engine_text(data.clone(), context).is_ok_and(|text| !text.is_empty());
    let data = if is_thrown { Some(data) } else { here(limit, &Skip::Frames(0), context).ok() };
    let frames = data.map_or(Frames::None, Frames::Engine);
    // When it was thrown nobody knows: it is mostly asked for where it was caught.
    let captured = Captured::new(object.clone(), frames, limit, Skip::Frames(0), context);
    stacks.install(captured, context);
}
