//! The class `Outgoing`: the fields of a message that is to be sent, kept in the order in which they were set.

mod ending;
mod head;
mod names;
mod sending;

use std::cell::Cell;

use boa_engine::{
    Context, JsData, JsNativeError, JsObject, JsResult, JsString, JsValue,
    builtins::object::OrdinaryObject,
    object::builtins::JsArray,
    property::{PropertyDescriptor, PropertyKey},
};
use boa_gc::{Finalize, GcRefCell, Trace};

use self::{
    head::Summary,
    names::{key, name_of, text_of},
};
pub(super) use self::{
    names::{is_token, is_value},
    sending::METHODS,
};
use crate::engine::{
    classes::{ClassSpec, new_target, prototype_from},
    kinds,
    natives::arg,
    validate,
};

pub(super) const OUTGOING: ClassSpec = ClassSpec {
    methods: &[
        ("set", 2, set),
        ("append", 2, append),
        ("get", 1, get),
        ("has", 1, has),
        ("remove", 1, remove),
        ("names", 0, |this, _, context| names_by(this, context, |entry| entry.key.clone())),
        ("rawNames", 0, |this, _, context| names_by(this, context, |entry| entry.name.clone())),
        ("all", 0, all),
        ("head", 4, head::head),
        ("expects", 0, |this, _, _| of_head(this, |head| head.expects)),
        ("hasEncoding", 0, |this, _, _| of_head(this, |head| head.has_encoding)),
        ("isAscii", 0, |this, _, _| of_head(this, |head| head.is_ascii)),
    ],
    ..ClassSpec::new("Outgoing", 0, construct)
};

/// One field that was set.
#[derive(Clone, Trace, Finalize)]
struct Entry {
    #[unsafe_ignore_trace]
    name: JsString,
    /// The name by which it is found.
    #[unsafe_ignore_trace]
    key: JsString,
    value: JsValue,
}

/// The native data.
#[derive(Default, Trace, Finalize, JsData)]
struct Outgoing {
    entries: GcRefCell<Vec<Entry>>,
    #[unsafe_ignore_trace]
    summary: Cell<Summary>,
}

fn construct(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let target = new_target(this, "Outgoing")?;
    let prototype = prototype_from(&target, context)?;
    Ok(JsObject::new(context.root_shape(), prototype, Outgoing::default()).upcast().into())
}

fn with<T>(this: &JsValue, work: impl FnOnce(&Outgoing) -> T) -> JsResult<T> {
    let object = this.as_object();
    match object.as_ref().and_then(JsObject::downcast_ref::<Outgoing>) {
        Some(data) => Ok(work(&data)),
        None => Err(JsNativeError::typ().with_message("Illegal invocation").into()),
    }
}

/// What is so of the head that was written last.
fn of_head(this: &JsValue, what: impl FnOnce(Summary) -> bool) -> JsResult<JsValue> {
    with(this, |out| what(out.summary.get()).into())
}

/// `set(name, value)`.
fn set(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let name = name_of(&arg(args, 0), context)?;
    let value = arg(args, 1);
    text_of(&name, &value, context)?;
    let entry = Entry { key: key(&name), name, value };
    with(this, |out| {
        let mut entries = out.entries.borrow_mut();
        match entries.iter_mut().find(|known| known.key == entry.key) {
            Some(known) => *known = entry,
            None => entries.push(entry),
        }
        JsValue::undefined()
    })
}

/// `append(name, value)`: beside the values that are there.
fn append(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let name = name_of(&arg(args, 0), context)?;
    let key = key(&name);
    let before = with(this, |out| {
        let entries = out.entries.borrow();
        entries.iter().find(|entry| entry.key == key).map(|entry| entry.value.clone())
    })?;
    let mut values = match before {
        Some(before) => elements(&before, context)?.unwrap_or_else(|| vec![before]),
        None => Vec::new(),
    };
    let (is_first, added) = (values.is_empty(), arg(args, 1));
    text_of(&name, &added, context)?;
    values.extend(elements(&added, context)?.unwrap_or_else(|| vec![added.clone()]));
    let value = if is_first { added } else { JsArray::from_iter(values, context).into() };
    let shown = with(this, |out| {
        let entries = out.entries.borrow();
        entries.iter().find(|entry| entry.key == key).map(|entry| entry.name.clone())
    })?;
    set(this, &[shown.unwrap_or(name).into(), value], context)
}

/// The elements of an array; `None` for what is none.
fn elements(value: &JsValue, context: &mut Context) -> JsResult<Option<Vec<JsValue>>> {
    let Some(object) = value.as_object() else { return Ok(None) };
    if !kinds::is_array(&object, context) {
        return Ok(None);
    }
    let array = JsArray::from_object(object)?;
    let length = array.length(context)?;
    (0..length).map(|index| array.get(index, context)).collect::<JsResult<_>>().map(Some)
}

fn key_of(args: &[JsValue], context: &mut Context) -> JsResult<JsString> {
    Ok(key(&validate::string(&arg(args, 0), "name", context)?))
}

/// `get(name)`.
fn get(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let key = key_of(args, context)?;
    with(this, |out| {
        let entries = out.entries.borrow();
        let found = entries.iter().find(|entry| entry.key == key);
        found.map_or(JsValue::undefined(), |entry| entry.value.clone())
    })
}

/// `has(name)`.
fn has(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let key = key_of(args, context)?;
    with(this, |out| out.entries.borrow().iter().any(|entry| entry.key == key).into())
}

/// `remove(name)`.
fn remove(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let key = key_of(args, context)?;
    with(this, |out| {
        out.entries.borrow_mut().retain(|entry| entry.key != key);
        JsValue::undefined()
    })
}

fn names_by(
    this: &JsValue,
    context: &mut Context,
    name: impl Fn(&Entry) -> JsString,
) -> JsResult<JsValue> {
    let names: Vec<JsValue> =
        with(this, |out| out.entries.borrow().iter().map(|entry| name(entry).into()).collect())?;
    Ok(JsArray::from_iter(names, context).into())
}

/// `all()`: an object of the values by name in lower case.
fn all(this: &JsValue, _: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    with(this, |out| {
        let object = JsObject::from_proto_and_data(None, OrdinaryObject);
        for entry in out.entries.borrow().iter() {
            let property = PropertyDescriptor::builder().value(entry.value.clone());
            let property = property.writable(true).enumerable(true).configurable(true);
            object.insert_property(PropertyKey::from(entry.key.clone()), property.build());
        }
        object.into()
    })
}
