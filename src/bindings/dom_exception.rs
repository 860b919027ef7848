//! DOMException.
//!
//! Its objects are errors of the engine (they have a stack, `Error.isError` knows them); name and
//! message are kept beside, since the class answers for them with accessors of its prototype.

use std::rc::Rc;

use boa_engine::{
    Context, JsObject, JsResult, JsString, JsValue, js_string, object::builtins::JsWeakMap,
    property::PropertyDescriptor,
};

use crate::engine::{
    builtins,
    classes::{Class, ClassSpec, class, new_target},
    natives::{arg, define_value},
    stack, validate,
};

const DOM_EXCEPTION: ClassSpec = ClassSpec {
    accessors: &[("name", name, None), ("message", message, None), ("code", code, None)],
    tag: Some("DOMException"),
    enumerable: true,
    ..ClassSpec::new("DOMException", 0, construct)
};

/// The errors that have a number: their name, their constant, in the order of the numbers from 1.
/// Web IDL, "DOMException names".
const CODES: &[(&str, &str)] = &[
    ("IndexSizeError", "INDEX_SIZE_ERR"),
    ("", "DOMSTRING_SIZE_ERR"),
    ("HierarchyRequestError", "HIERARCHY_REQUEST_ERR"),
    ("WrongDocumentError", "WRONG_DOCUMENT_ERR"),
    ("InvalidCharacterError", "INVALID_CHARACTER_ERR"),
    ("", "NO_DATA_ALLOWED_ERR"),
    ("NoModificationAllowedError", "NO_MODIFICATION_ALLOWED_ERR"),
    ("NotFoundError", "NOT_FOUND_ERR"),
    ("NotSupportedError", "NOT_SUPPORTED_ERR"),
    ("InUseAttributeError", "INUSE_ATTRIBUTE_ERR"),
    ("InvalidStateError", "INVALID_STATE_ERR"),
    ("SyntaxError", "SYNTAX_ERR"),
    ("InvalidModificationError", "INVALID_MODIFICATION_ERR"),
    ("NamespaceError", "NAMESPACE_ERR"),
    ("InvalidAccessError", "INVALID_ACCESS_ERR"),
    ("", "VALIDATION_ERR"),
    ("TypeMismatchError", "TYPE_MISMATCH_ERR"),
    ("SecurityError", "SECURITY_ERR"),
    ("NetworkError", "NETWORK_ERR"),
    ("AbortError", "ABORT_ERR"),
    ("URLMismatchError", "URL_MISMATCH_ERR"),
    ("QuotaExceededError", "QUOTA_EXCEEDED_ERR"),
    ("TimeoutError", "TIMEOUT_ERR"),
    ("InvalidNodeTypeError", "INVALID_NODE_TYPE_ERR"),
    ("DataCloneError", "DATA_CLONE_ERR"),
];

/// The class of a realm, and what its objects were made of.
struct DomExceptions {
    class: Class,
    /// From the error to `[name, message]`.
    fields: JsWeakMap,
}

/// Name and message of a DOMException.
pub(crate) struct Fields {
    pub(crate) name: JsString,
    pub(crate) message: JsString,
}

/// `internal/dom_exception`: the class.
pub(crate) fn exports(context: &mut Context) -> JsResult<JsValue> {
    let class = class(&DOM_EXCEPTION, None, context);
    let error = context.intrinsics().constructors().error().prototype();
    class.prototype.set_prototype(Some(error));
    for (index, (_, constant)) in CODES.iter().enumerate() {
        let descriptor = PropertyDescriptor::builder()
            .value(index as i32 + 1)
            .writable(false)
            .enumerable(true)
            .configurable(false)
            .build();
        class.constructor.insert_property(JsString::from(*constant), descriptor.clone());
        class.prototype.insert_property(JsString::from(*constant), descriptor);
    }
    let exports = JsObject::with_object_proto(context.intrinsics());
    define_value(&exports, js_string!("DOMException"), class.constructor.clone(), true);
    let fields = JsWeakMap::new(context);
    context.insert_data(Rc::new(DomExceptions { class, fields }));
    Ok(exports.into())
}

fn of(context: &mut Context) -> JsResult<Rc<DomExceptions>> {
    if let Some(state) = context.get_data::<Rc<DomExceptions>>() {
        return Ok(state.clone());
    }
    builtins::load("internal/dom_exception", context)?;
    let state = context.get_data::<Rc<DomExceptions>>();
    Ok(state.expect("loading `internal/dom_exception` inserts its state").clone())
}

/// `new DOMException(message, name)`.
pub(crate) fn create(message: &str, name: &str, context: &mut Context) -> JsResult<JsObject> {
    let fields = Fields { name: name.into(), message: message.into() };
    let prototype = of(context)?.class.prototype.clone();
    make(&fields, prototype, context)
}

/// What a DOMException was made of; `None` if the value is none.
pub(crate) fn fields(value: &JsValue, context: &mut Context) -> JsResult<Option<Fields>> {
    let Some(object) = value.as_object() else { return Ok(None) };
    let state = of(context)?;
    let Some(list) = state.fields.get(&object, context)?.as_object() else { return Ok(None) };
    let name = list.get(0, context)?.to_string(context)?;
    let message = list.get(1, context)?.to_string(context)?;
    Ok(Some(Fields { name, message }))
}

fn make(fields: &Fields, prototype: JsObject, context: &mut Context) -> JsResult<JsObject> {
    let object = stack::error_class(context).construct(&[], None, context)?;
    object.set_prototype(Some(prototype));
    let list = [fields.name.clone().into(), fields.message.clone().into()];
    let list = boa_engine::object::builtins::JsArray::from_iter(list, context);
    of(context)?.fields.set(&object, list.into(), context)?;
    Ok(object)
}

/// `new DOMException(message, name | { name, cause })`.
fn construct(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let new_target = new_target(this, "DOMException")?;
    let message = match arg(args, 0) {
        message if message.is_undefined() => js_string!(),
        message => message.to_string(context)?,
    };
    let options = arg(args, 1);
    let bag = options.as_object().filter(|object| !object.is_callable());
    let (name, cause) = match bag {
        Some(bag) => {
            let name = bag.get(js_string!("name"), context)?.to_string(context)?;
            let has_cause = bag.has_property(js_string!("cause"), context)?;
            let cause = if has_cause { Some(bag.get(js_string!("cause"), context)?) } else { None };
            (name, cause)
        }
        None if options.is_undefined() => (js_string!("Error"), None),
        None => (options.to_string(context)?, None),
    };
    let prototype = new_target.get(js_string!("prototype"), context)?;
    let prototype = match prototype.as_object() {
        Some(prototype) => prototype,
        None => of(context)?.class.prototype.clone(),
    };
    let error = make(&Fields { name, message }, prototype, context)?;
    if let Some(cause) = cause {
        define_value(&error, js_string!("cause"), cause, false);
    }
    Ok(error.into())
}

/// The fields of the DOMException that `this` is.
fn receiver(this: &JsValue, context: &mut Context) -> JsResult<Fields> {
    match fields(this, context)? {
        Some(fields) => Ok(fields),
        None => Err(validate::invalid_this(context, "DOMException")),
    }
}

fn name(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    Ok(receiver(this, context)?.name.into())
}

fn message(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    Ok(receiver(this, context)?.message.into())
}

fn code(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let name = receiver(this, context)?.name.to_std_string_lossy();
    let position = CODES.iter().position(|(known, _)| !known.is_empty() && *known == name);
    Ok(position.map_or(0, |position| position as i32 + 1).into())
}
