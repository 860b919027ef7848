//! `Buffer`, its prototype and its hidden subclass of `Uint8Array`, made on first use.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use boa_engine::{
    Context, JsObject, JsResult, JsString, JsSymbol, JsValue, NativeFunction,
    builtins::typed_array::TypedArray, js_string, object::FunctionObjectBuilder,
    property::PropertyDescriptor,
};

use super::{
    compare, construct, copy, fill, inspect, numbers, pool::Pool, search, slice, text, view::View,
};
use crate::{
    bindings::inspect::custom,
    engine::natives::{
        Method, Native, arg, define_accessor, define_methods, define_value, function,
    },
};

/// What `buffer.INSPECT_MAX_BYTES` starts with.
const DEFAULT_INSPECT_MAX_BYTES: f64 = 50.0;

/// The objects that every `Buffer` of a realm shares.
pub(crate) struct BufferRealm {
    /// `Buffer`.
    pub(super) constructor: JsObject,
    /// The class that `Buffer[Symbol.species]` names; `new` makes views with it.
    fast: JsObject,
    /// `Uint8Array`, as the realm was made with.
    uint8_array: JsObject,
    /// What small unsafe allocations are cut from.
    pub(super) pool: RefCell<Pool>,
    /// `buffer.INSPECT_MAX_BYTES`.
    pub(super) inspect_max_bytes: Cell<f64>,
    /// True once the deprecation of `Buffer()` was told.
    pub(super) deprecation_told: Cell<bool>,
}

impl BufferRealm {
    /// A `Buffer` over `length` bytes of an array buffer.
    pub(super) fn view(
        &self,
        array_buffer: JsObject,
        offset: usize,
        length: usize,
        context: &mut Context,
    ) -> JsResult<JsObject> {
        let args = [array_buffer.into(), offset.into(), length.into()];
        self.uint8_array.construct(&args, Some(&self.fast), context)
    }

    /// `new FastBuffer(...args)`.
    pub(super) fn construct(&self, args: &[JsValue], context: &mut Context) -> JsResult<JsObject> {
        self.uint8_array.construct(args, Some(&self.fast), context)
    }
}

/// The realm's `Buffer`, made if it was not yet.
pub(super) fn of(context: &mut Context) -> JsResult<Rc<BufferRealm>> {
    if let Some(realm) = context.get_data::<Rc<BufferRealm>>() {
        return Ok(realm.clone());
    }
    let realm = Rc::new(make(context)?);
    context.insert_data(realm.clone());
    Ok(realm)
}

/// True for typed arrays whose prototype is `Buffer.prototype`: what most Buffers are.
pub(crate) fn is_plain(object: &JsObject, context: &Context) -> bool {
    let Some(realm) = context.get_data::<Rc<BufferRealm>>() else { return false };
    object.is::<TypedArray>() && object.prototype() == prototype_of(&realm.constructor)
}

/// True for objects that inherit from `Buffer.prototype`.
pub(super) fn is_buffer(object: &JsObject, context: &Context) -> bool {
    let Some(realm) = context.get_data::<Rc<BufferRealm>>() else { return false };
    let prototype = prototype_of(&realm.constructor);
    let mut next = object.prototype();
    while let Some(object) = next {
        if Some(&object) == prototype.as_ref() {
            return true;
        }
        next = object.prototype();
    }
    false
}

fn prototype_of(constructor: &JsObject) -> Option<JsObject> {
    constructor.borrow().properties().get(&js_string!("prototype").into())?.value()?.as_object()
}

fn make(context: &mut Context) -> JsResult<BufferRealm> {
    let standard = context.intrinsics().constructors().typed_uint8_array();
    let (uint8_array, uint8_prototype) = (standard.constructor(), standard.prototype());
    let prototype = JsObject::from_proto_and_data(
        uint8_prototype,
        boa_engine::builtins::object::OrdinaryObject,
    );
    let constructor = class("Buffer", 3, construct::call_or_construct, &prototype, true, context);
    let fast = class("FastBuffer", 0, construct_fast, &prototype, false, context);
    constructor.set_prototype(Some(uint8_array.clone()));
    fast.set_prototype(Some(uint8_array.clone()));

    define_value(&prototype, js_string!("constructor"), constructor.clone(), false);
    define_prototype(&prototype, context)?;
    define_statics(&constructor, &fast, context);
    Ok(BufferRealm {
        constructor,
        fast,
        uint8_array,
        pool: RefCell::default(),
        inspect_max_bytes: Cell::new(DEFAULT_INSPECT_MAX_BYTES),
        deprecation_told: Cell::new(false),
    })
}

fn class(
    name: &str,
    length: usize,
    call: Native,
    prototype: &JsObject,
    writable: bool,
    context: &Context,
) -> JsObject {
    let native = NativeFunction::from_fn_ptr(call);
    let class: JsObject = FunctionObjectBuilder::new(context.realm(), native)
        .name(JsString::from(name))
        .length(length)
        .constructor(true)
        .build()
        .into();
    let descriptor = PropertyDescriptor::builder()
        .value(prototype.clone())
        .writable(writable)
        .enumerable(false)
        .configurable(false);
    class.insert_property(js_string!("prototype"), descriptor.build());
    class
}

/// The hidden class: `new` only.
fn construct_fast(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let Some(new_target) = this.as_object() else {
        let message = "Class constructor FastBuffer cannot be invoked without 'new'";
        return Err(boa_engine::JsNativeError::typ().with_message(message).into());
    };
    let uint8_array = of(context)?.uint8_array.clone();
    Ok(uint8_array.construct(args, Some(&new_target), context)?.into())
}

const PROTOTYPE_TABLES: &[&[Method]] = &[
    numbers::INTEGER_METHODS,
    numbers::BIGINT_METHODS,
    numbers::FLOAT_METHODS,
    text::METHODS,
    copy::METHODS,
    compare::METHODS,
    search::METHODS,
    fill::METHODS,
    slice::METHODS,
    inspect::METHODS,
];

fn define_prototype(prototype: &JsObject, context: &mut Context) -> JsResult<()> {
    for table in PROTOTYPE_TABLES {
        define_methods(prototype, table, true, context);
    }
    for &(alias, name) in numbers::ALIASES.iter().chain(text::ALIASES) {
        let original = prototype.get(JsString::from(name), context)?;
        define_value(prototype, JsString::from(alias), original, true);
    }
    let inspect = prototype.get(js_string!("inspect"), context)?;
    define_value(prototype, custom::symbol(context)?, inspect, true);
    let getters: [(_, Native); 2] = [("parent", parent), ("offset", offset)];
    for (name, get) in getters {
        let get = function("get", 0, get, context);
        let descriptor =
            PropertyDescriptor::builder().get(get).enumerable(true).configurable(false);
        prototype.insert_property(JsString::from(name), descriptor.build());
    }
    Ok(())
}

fn define_statics(constructor: &JsObject, fast: &JsObject, context: &Context) {
    define_value(constructor, js_string!("poolSize"), Pool::DEFAULT_SIZE, true);
    define_methods(constructor, construct::STATICS, true, context);
    define_methods(constructor, compare::STATICS, true, context);
    define_methods(constructor, text::STATICS, true, context);
    let get = crate::engine::natives::closure(
        "get [Symbol.species]",
        0,
        fast.clone(),
        |_, _, fast, _| Ok(fast.clone().into()),
        context,
    );
    define_accessor(constructor, JsSymbol::species(), Some(get), None, false);
}

/// `buf.parent`: the array buffer.
fn parent(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let Some(view) = buffer_view(this, context) else { return Ok(JsValue::undefined()) };
    Ok(view.array_buffer().into())
}

/// `buf.offset`: where the buffer begins in its array buffer.
fn offset(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let Some(view) = buffer_view(this, context) else { return Ok(JsValue::undefined()) };
    Ok(view.offset().into())
}

fn buffer_view(this: &JsValue, context: &mut Context) -> Option<View> {
    if !is_buffer(&this.as_object()?, context) {
        return None;
    }
    View::of_uint8_array(this, context)
}

/// `Buffer.isBuffer(value)`.
pub(super) fn is_buffer_static(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let answer = arg(args, 0).as_object().is_some_and(|object| is_buffer(&object, context));
    Ok(answer.into())
}
