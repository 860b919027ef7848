//! The class `MessageEvent`.

use std::rc::Rc;

use boa_engine::{
    Context, JsError, JsNativeError, JsObject, JsResult, JsString, JsValue, js_string,
    object::{IntegrityLevel, builtins::JsArray},
};

use super::{
    Carried, Event, Flags, MessageFields,
    event::{decode, make},
};
use crate::{
    bindings::worker_threads::is_port,
    engine::{
        classes::{self, Accessor, Class, ClassSpec, new_target, object},
        natives::arg,
        validate,
    },
};

const MESSAGE_EVENT: ClassSpec = ClassSpec {
    methods: &[("initMessageEvent", 1, init_message_event)],
    accessors: ACCESSORS,
    tag: Some("MessageEvent"),
    enumerable: true,
    ..ClassSpec::new("MessageEvent", 1, construct)
};

const ACCESSORS: &[Accessor] = &[
    ("data", |this, _, context| field(this, context, |fields| fields.data.clone()), None),
    ("origin", |this, _, context| field(this, context, |fields| fields.origin.clone()), None),
    (
        "lastEventId",
        |this, _, context| field(this, context, |fields| fields.last_event_id.clone()),
        None,
    ),
    ("source", |this, _, context| field(this, context, |fields| fields.source.clone()), None),
    ("ports", |this, _, context| field(this, context, |fields| fields.ports.clone()), None),
];

/// The class of a realm.
struct MessageEvents(Class);

/// The class; it is made if it was not.
pub(crate) fn message_event_class(context: &mut Context) -> JsResult<Class> {
    if let Some(known) = context.get_data::<Rc<MessageEvents>>() {
        return Ok(known.0.clone());
    }
    let parent = super::of(context)?.event.clone();
    let class = classes::class(&MESSAGE_EVENT, Some(&parent), context);
    context.insert_data(Rc::new(MessageEvents(class.clone())));
    Ok(class)
}

/// The event of a message that came with these ports.
pub(crate) fn message_event(
    kind: JsString,
    data: JsValue,
    ports: &[JsValue],
    context: &mut Context,
) -> JsResult<JsObject> {
    let class = message_event_class(context)?;
    let ports = frozen(ports, context)?;
    let fields = MessageFields {
        data,
        origin: js_string!(),
        last_event_id: js_string!(),
        source: JsValue::null(),
        ports,
    };
    let carried = Carried::Message(Box::new(fields));
    let event = Event::new(kind, Flags::default(), carried, context);
    Ok(object(&class, event, context))
}

fn frozen(ports: &[JsValue], context: &mut Context) -> JsResult<JsObject> {
    let array: JsObject = JsArray::from_iter(ports.iter().cloned(), context).into();
    array.set_integrity_level(IntegrityLevel::Frozen, context)?;
    Ok(array)
}

fn field<T: Into<JsValue>>(
    this: &JsValue,
    context: &mut Context,
    look: fn(&MessageFields) -> T,
) -> JsResult<JsValue> {
    if let Some(object) = this.as_object()
        && let Some(event) = object.downcast_ref::<Event>()
        && let Carried::Message(fields) = &event.carried
    {
        return Ok(look(fields).into());
    }
    Err(validate::invalid_this(context, "MessageEvent"))
}

fn construct(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let new_target = new_target(this, "MessageEvent")?;
    if args.is_empty() {
        return Err(refused("1 argument required, but 0 found."));
    }
    let given = arg(args, 1);
    if !given.is_null_or_undefined() && !given.is_object() {
        let message =
            format!("Expected {} to be one of: Null, Undefined, Object.", given.display());
        return Err(refused(&message));
    }
    let (kind, flags) = decode(args, context)?;
    let fields = decode_fields(&given, context)?;
    let class = message_event_class(context)?;
    make(&new_target, &class, kind, flags, Carried::Message(Box::new(fields)), context)
}

fn refused(reason: &str) -> JsError {
    JsNativeError::typ().with_message(format!("MessageEvent constructor: {reason}")).into()
}

fn decode_fields(given: &JsValue, context: &mut Context) -> JsResult<MessageFields> {
    let Some(options) = given.as_object() else {
        return Ok(MessageFields {
            data: JsValue::null(),
            origin: js_string!(),
            last_event_id: js_string!(),
            source: JsValue::null(),
            ports: frozen(&[], context)?,
        });
    };
    let mut text = |name: JsString| -> JsResult<JsString> {
        let value = options.get(name, context)?;
        if value.is_undefined() { Ok(js_string!()) } else { value.to_string(context) }
    };
    let (origin, last_event_id) = (text(js_string!("origin"))?, text(js_string!("lastEventId"))?);
    let data = options.get(js_string!("data"), context)?;
    let data = if data.is_undefined() { JsValue::null() } else { data };
    let source = options.get(js_string!("source"), context)?;
    let source = if source.is_undefined() { JsValue::null() } else { source };
    if !source.is_null() {
        require_port(&source, "source", context)?;
    }
    let ports = decode_ports(&options.get(js_string!("ports"), context)?, context)?;
    Ok(MessageFields { data, origin, last_event_id, source, ports })
}

fn decode_ports(given: &JsValue, context: &mut Context) -> JsResult<JsObject> {
    if given.is_undefined() {
        return frozen(&[], context);
    }
    let values = match given.as_object() {
        Some(list) => crate::engine::reflect::iterated(&list, context)?,
        None => None,
    };
    let Some(values) = values else {
        return Err(refused(&format!(
            "eventInitDict.ports ({}) is not iterable.",
            given.display()
        )));
    };
    for (index, port) in values.iter().enumerate() {
        require_port(port, &format!("ports[{index}]"), context)?;
    }
    frozen(&values, context)
}

fn require_port(value: &JsValue, name: &str, context: &mut Context) -> JsResult<()> {
    if is_port(value) {
        return Ok(());
    }
    let shown = validate::shown(value, context);
    let shown = shown.trim_matches('\'');
    let message =
        format!("Expected eventInitDict.{name} (\"{shown}\") to be an instance of MessagePort.");
    Err(refused(&message))
}

/// `initMessageEvent(type, bubbles, cancelable, data, origin, lastEventId, source, ports)`.
fn init_message_event(
    this: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    field(this, context, |fields| fields.data.clone())?;
    super::event::init_event(this, args, context)?;
    let given = |index, default: JsValue| {
        let value = arg(args, index);
        if value.is_undefined() { default } else { value }
    };
    let origin = given(4, js_string!().into()).to_string(context)?;
    let last_event_id = given(5, js_string!().into()).to_string(context)?;
    let ports = decode_ports(&arg(args, 7), context)?;
    let (data, source) = (given(3, JsValue::null()), given(6, JsValue::null()));
    let fields = MessageFields { data, origin, last_event_id, source, ports };
    if let Some(object) = this.as_object()
        && let Some(mut event) = object.downcast_mut::<Event>()
    {
        event.carried = Carried::Message(Box::new(fields));
    }
    Ok(JsValue::undefined())
}
