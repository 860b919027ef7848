//! `FinalizationRegistry`: the engine's own waits for an event that nothing in it sends.
//!
//! What is registered gets an entry in a weak map; when that is collected with its key, its finalizer
//! notes the cells' numbers, and nothing else: it runs in the middle of a collection. Their callbacks are
//! called after the microtasks.

use std::{
    cell::{Cell, RefCell},
    collections::{BTreeMap, HashMap, VecDeque},
    rc::Rc,
};

use boa_engine::{
    Context, JsData, JsNativeError, JsObject, JsResult, JsValue, js_string,
    object::{NativeObject, builtins::JsWeakMap},
};
use boa_gc::{Finalize, GcRefCell, Trace};

use super::{
    classes::{Class, ClassSpec, class, instance, new_target},
    natives::{arg, define_value, exports_of},
    state,
};

const CLASS: ClassSpec = ClassSpec {
    methods: &[("register", 2, register), ("unregister", 1, unregister)],
    tag: Some("FinalizationRegistry"),
    ..ClassSpec::new("FinalizationRegistry", 1, construct)
};

/// What the registries of a realm share.
#[derive(Default)]
pub(crate) struct Collected {
    /// The cells whose targets are gone.
    numbers: RefCell<VecDeque<u64>>,
    next: Cell<u64>,
    /// The registry of each cell: it lives as long as it has one.
    registries: RefCell<HashMap<u64, JsObject>>,
}

/// One registry.
#[derive(Trace, Finalize, JsData)]
struct Registry {
    callback: JsObject,
    /// From targets to [`Sentinel`]s.
    targets: JsWeakMap,
    /// From tokens to [`Numbers`].
    tokens: JsWeakMap,
    /// What the callback is told, by the cell's number.
    held: GcRefCell<BTreeMap<u64, JsValue>>,
}

/// Is collected with what was registered.
#[derive(Trace, JsData)]
#[boa_gc(unsafe_empty_trace)]
struct Sentinel {
    numbers: RefCell<Vec<u64>>,
    collected: Rc<Collected>,
}

impl Finalize for Sentinel {
    fn finalize(&self) {
        // It may run a second time.
        let numbers = self.numbers.take();
        self.collected.numbers.borrow_mut().extend(numbers);
    }
}

/// The cells of one token.
#[derive(Default, Trace, Finalize, JsData)]
#[boa_gc(unsafe_empty_trace)]
struct Numbers(RefCell<Vec<u64>>);

/// The class of a realm, once there is one.
struct Made(Class);

/// The builtin that has the class.
pub(crate) fn exports(context: &mut Context) -> JsResult<JsValue> {
    let exports = exports_of(&[], context);
    let made = class(&CLASS, None, context);
    define_value(&exports, js_string!("FinalizationRegistry"), made.constructor.clone(), true);
    context.insert_data(Made(made));
    Ok(exports.into())
}

fn type_error(message: &'static str) -> boa_engine::JsError {
    JsNativeError::typ().with_message(message).into()
}

fn construct(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let Some(target) = this.as_object() else {
        return Err(type_error("Constructor FinalizationRegistry requires 'new'"));
    };
    new_target(this, "FinalizationRegistry")?;
    let Some(callback) = arg(args, 0).as_callable() else {
        return Err(type_error("FinalizationRegistry: cleanup must be callable"));
    };
    let registry = Registry {
        callback,
        targets: JsWeakMap::new(context),
        tokens: JsWeakMap::new(context),
        held: GcRefCell::default(),
    };
    let made = context.get_data::<Made>().map(|made| Class {
        constructor: made.0.constructor.clone(),
        prototype: made.0.prototype.clone(),
    });
    let made = made.ok_or_else(|| type_error("Illegal constructor"))?;
    instance(&target, &made, registry, context).map(Into::into)
}

fn receiver(this: &JsValue, method: &str) -> JsResult<JsObject> {
    let registry = this.as_object().filter(JsObject::is::<Registry>);
    registry.ok_or_else(|| {
        let shown = if this.is_object() { "#<Object>".into() } else { this.display().to_string() };
        let message = format!(
            "Method FinalizationRegistry.prototype.{method} called on incompatible receiver {shown}"
        );
        JsNativeError::typ().with_message(message).into()
    })
}

/// Whether the language lets it be held weakly.
fn is_holdable(value: &JsValue) -> bool {
    value.is_object() || value.is_symbol()
}

/// `register(target, held, token)`.
fn register(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let object = receiver(this, "register")?;
    let (target, held, token) = (arg(args, 0), arg(args, 1), arg(args, 2));
    check_registration(&target, &held, &token)?;
    // Symbols are never collected here.
    let Some(target) = target.as_object() else { return Ok(JsValue::undefined()) };
    let collected = state::of(context).microtasks.collected.clone();
    let number = collected.next.get();
    collected.next.set(number + 1);
    let Some((targets, tokens)) = maps(&object) else { return Ok(JsValue::undefined()) };
    if let Some(registry) = object.downcast_ref::<Registry>() {
        registry.held.borrow_mut().insert(number, held);
    }
    let sentinel = entry(&targets, &target, context, || Sentinel {
        numbers: RefCell::default(),
        collected: collected.clone(),
    })?;
    if let Some(sentinel) = sentinel.downcast_ref::<Sentinel>() {
        sentinel.numbers.borrow_mut().push(number);
    }
    collected.registries.borrow_mut().insert(number, object);
    if let Some(token) = token.as_object() {
        let list = entry(&tokens, &token, context, Numbers::default)?;
        if let Some(list) = list.downcast_ref::<Numbers>() {
            list.0.borrow_mut().push(number);
        }
    }
    Ok(JsValue::undefined())
}

fn check_registration(target: &JsValue, held: &JsValue, token: &JsValue) -> JsResult<()> {
    if !is_holdable(target) {
        return Err(type_error("FinalizationRegistry.prototype.register: invalid target"));
    }
    if JsValue::same_value(target, held) {
        return Err(type_error(
            "FinalizationRegistry.prototype.register: target and holdings must not be same",
        ));
    }
    if !(token.is_undefined() || is_holdable(token)) {
        let message = format!("Invalid unregisterToken ('{}')", token.display());
        return Err(JsNativeError::typ().with_message(message).into());
    }
    Ok(())
}

/// The object that a map has for a key, made of `make` if it has none.
fn entry<T: NativeObject>(
    map: &JsWeakMap,
    key: &JsObject,
    context: &mut Context,
    make: impl FnOnce() -> T,
) -> JsResult<JsObject> {
    if let Some(known) = map.get(key, context)?.as_object() {
        return Ok(known);
    }
    let made = JsObject::new(context.root_shape(), None, make()).upcast();
    map.set(key, made.clone().into(), context)?;
    Ok(made)
}

fn maps(object: &JsObject) -> Option<(JsWeakMap, JsWeakMap)> {
    let registry = object.downcast_ref::<Registry>()?;
    Some((registry.targets.clone(), registry.tokens.clone()))
}

/// `unregister(token)`: whether there was anything.
fn unregister(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let object = receiver(this, "unregister")?;
    let token = arg(args, 0);
    if !is_holdable(&token) {
        let message = format!("Invalid unregisterToken ('{}')", token.display());
        return Err(JsNativeError::typ().with_message(message).into());
    }
    let (Some(token), Some((_, tokens))) = (token.as_object(), maps(&object)) else {
        return Ok(false.into());
    };
    let list = tokens.get(&token, context)?.as_object();
    tokens.delete(&token, context)?;
    let numbers = list
        .as_ref()
        .and_then(|list| list.downcast_ref::<Numbers>().map(|numbers| numbers.0.take()));
    let collected = state::of(context).microtasks.collected.clone();
    let mut had_any = false;
    for number in numbers.unwrap_or_default() {
        had_any |= take(&object, number).is_some();
        collected.registries.borrow_mut().remove(&number);
    }
    Ok(had_any.into())
}

/// Takes a cell out of its registry.
fn take(object: &JsObject, number: u64) -> Option<JsValue> {
    object.downcast_ref::<Registry>()?.held.borrow_mut().remove(&number)
}

impl Collected {
    /// Calls the callback of one cell whose target is gone; false if there is none.
    pub(super) fn call_one(&self, context: &mut Context) -> bool {
        if self.numbers.borrow().is_empty() || state::of(context).exit_code().is_some() {
            return false;
        }
        let Some(number) = self.numbers.borrow_mut().pop_front() else { return false };
        let object = self.registries.borrow_mut().remove(&number);
        let Some(object) = object else { return true };
        let Some(held) = take(&object, number) else { return true };
        let callback = object.downcast_ref::<Registry>().map(|registry| registry.callback.clone());
        if let Some(callback) = callback
            && let Err(error) = callback.call(&JsValue::undefined(), &[held], context)
        {
            state::uncaught(error, context);
        }
        true
    }
}
