//! The classes Event and CustomEvent.

use std::cell::RefCell;

use boa_engine::{
    Context, JsObject, JsResult, JsString, JsValue, js_string, object::builtins::JsArray,
};
use boa_gc::GcRefCell;

use super::{Carried, Event, EventTargets, Flags};
use crate::{
    bindings::{inspect::custom, process},
    engine::{
        classes::{Accessor, Class, ClassSpec, instance, new_target, object},
        natives::{Method, arg},
        validate,
    },
};

pub(super) const EVENT: ClassSpec = ClassSpec {
    name: "Event",
    length: 1,
    construct,
    methods: METHODS,
    accessors: ACCESSORS,
    statics: &[],
    tag: Some("Event"),
    enumerable: true,
};

pub(super) const CUSTOM_EVENT: ClassSpec = ClassSpec {
    accessors: &[("detail", detail, None)],
    tag: Some("CustomEvent"),
    enumerable: true,
    ..ClassSpec::new("CustomEvent", 1, construct_custom)
};

/// The phases that DOM knows; an event of ours is at its target or nowhere.
pub(super) const PHASES: &[(&str, i32)] =
    &[("NONE", 0), ("CAPTURING_PHASE", 1), ("AT_TARGET", AT_TARGET), ("BUBBLING_PHASE", 3)];

const AT_TARGET: i32 = 2;

const METHODS: &[Method] = &[
    ("initEvent", 1, init_event),
    ("stopImmediatePropagation", 0, stop_immediate_propagation),
    ("preventDefault", 0, prevent_default),
    ("composedPath", 0, composed_path),
    ("stopPropagation", 0, stop_propagation),
];

const ACCESSORS: &[Accessor] = &[
    ("target", target, None),
    ("currentTarget", current_target, None),
    ("srcElement", target, None),
    ("type", kind, None),
    ("cancelable", cancelable, None),
    ("defaultPrevented", default_prevented, None),
    ("timeStamp", time_stamp, None),
    ("returnValue", return_value, Some(set_return_value)),
    ("bubbles", bubbles, None),
    ("composed", composed, None),
    ("eventPhase", event_phase, None),
    ("cancelBubble", cancel_bubble, Some(set_cancel_bubble)),
];

impl Event {
    pub(super) fn new(kind: JsString, flags: Flags, carried: Carried, context: &Context) -> Self {
        let time_stamp = process::milliseconds_since_start(context);
        let (kind, target) = (RefCell::new(kind), GcRefCell::new(None));
        Self { kind, target, carried, flags, time_stamp }
    }

    /// The event's type.
    pub(super) fn kind(&self) -> JsString {
        self.kind.borrow().clone()
    }

    /// Begins a dispatch at `target`.
    pub(super) fn begin(&self, target: &JsObject) {
        *self.target.borrow_mut() = Some(target.clone());
        self.flags.dispatching.set(true);
    }

    /// Ends a dispatch; true if the default action is to be taken.
    pub(super) fn end(&self) {
        self.flags.dispatching.set(false);
    }

    pub(super) fn is_dispatching(&self) -> bool {
        self.flags.dispatching.get()
    }

    pub(super) fn is_stopped(&self) -> bool {
        self.flags.immediate_stopped.get()
    }

    pub(super) fn set_in_passive_listener(&self, passive: bool) {
        self.flags.in_passive_listener.set(passive);
    }

    pub(super) fn is_default_prevented(&self) -> bool {
        self.flags.cancelable.get() && self.flags.default_prevented.get()
    }

    fn prevent(&self) {
        if self.flags.cancelable.get() && !self.flags.in_passive_listener.get() {
            self.flags.default_prevented.set(true);
        }
    }

    /// What inspection shows, with the values as they are stored.
    pub(super) fn shown(&self) -> [(&'static str, JsValue); 4] {
        [
            ("type", self.kind().into()),
            ("defaultPrevented", self.flags.default_prevented.get().into()),
            ("cancelable", self.flags.cancelable.get().into()),
            ("timeStamp", self.time_stamp.into()),
        ]
    }
}

/// A plain event that the runtime itself dispatches.
pub(super) fn trusted(classes: &EventTargets, kind: JsString, context: &Context) -> JsObject {
    let flags = Flags { trusted: true, ..Flags::default() };
    object(&classes.event, Event::new(kind, flags, Carried::Nothing, context), context)
}

/// The event that listeners get for what `NodeEventTarget.emit` was given.
pub(super) fn custom(
    classes: &EventTargets,
    kind: JsString,
    detail: JsValue,
    context: &Context,
) -> JsObject {
    let event = Event::new(kind, Flags::default(), Carried::Detail(detail), context);
    object(&classes.custom_event, event, context)
}

fn construct(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let new_target = new_target(this, "Event")?;
    let (kind, flags) = decode(args, context)?;
    let class = super::of(context)?.event.clone();
    make(&new_target, &class, kind, flags, Carried::Nothing, context)
}

fn construct_custom(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let new_target = new_target(this, "CustomEvent")?;
    let (kind, flags) = decode(args, context)?;
    let detail = match arg(args, 1).as_object() {
        Some(options) => options.get(js_string!("detail"), context)?,
        None => JsValue::null(),
    };
    let detail = if detail.is_undefined() { JsValue::null() } else { detail };
    let class = super::of(context)?.custom_event.clone();
    make(&new_target, &class, kind, flags, Carried::Detail(detail), context)
}

pub(super) fn make(
    new_target: &JsObject,
    class: &Class,
    kind: JsString,
    flags: Flags,
    carried: Carried,
    context: &mut Context,
) -> JsResult<JsValue> {
    let event = Event::new(kind, flags, carried, context);
    instance(new_target, class, event, context).map(Into::into)
}

pub(super) fn decode(args: &[JsValue], context: &mut Context) -> JsResult<(JsString, Flags)> {
    let Some(kind) = args.first() else {
        return Err(validate::missing_args(context, &["type"]));
    };
    let given = arg(args, 1);
    let mut flags = Flags::default();
    if !given.is_null_or_undefined() {
        let options = validate::object(&given, "options", context)?;
        let mut flag =
            |name: JsString| -> JsResult<bool> { Ok(options.get(name, context)?.to_boolean()) };
        flags.bubbles.set(flag(js_string!("bubbles"))?);
        flags.cancelable.set(flag(js_string!("cancelable"))?);
        flags.composed = flag(js_string!("composed"))?;
        let trust = super::of(context)?.trust.clone();
        flags.trusted = options.get(trust, context)?.to_boolean();
    }
    Ok((kind.to_string(context)?, flags))
}

/// Looks at the event that `this` is, or throws `ERR_INVALID_THIS`.
fn with<T>(this: &JsValue, context: &mut Context, look: impl FnOnce(&Event) -> T) -> JsResult<T> {
    if let Some(object) = this.as_object()
        && let Some(event) = object.downcast_ref::<Event>()
    {
        return Ok(look(&event));
    }
    Err(validate::invalid_this(context, "Event"))
}

pub(super) fn init_event(
    this: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let Some(kind) = args.first() else {
        return Err(validate::missing_args(context, &["type"]));
    };
    if with(this, context, Event::is_dispatching)? {
        return Ok(JsValue::undefined());
    }
    let kind = kind.to_string(context)?;
    with(this, context, |event| {
        *event.kind.borrow_mut() = kind;
        event.flags.bubbles.set(arg(args, 1).to_boolean());
        event.flags.cancelable.set(arg(args, 2).to_boolean());
        JsValue::undefined()
    })
}

fn stop_immediate_propagation(
    this: &JsValue,
    _: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    with(this, context, |event| {
        event.flags.propagation_stopped.set(true);
        event.flags.immediate_stopped.set(true);
        JsValue::undefined()
    })
}

fn stop_propagation(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    with(this, context, |event| {
        event.flags.propagation_stopped.set(true);
        JsValue::undefined()
    })
}

fn prevent_default(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    with(this, context, Event::prevent)?;
    Ok(JsValue::undefined())
}

fn composed_path(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let current = current_target(this, &[], context)?;
    let path = if current.is_null() { Vec::new() } else { vec![current] };
    Ok(JsArray::from_iter(path, context).into())
}

fn target(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    with(this, context, |event| event.target.borrow().clone().map_or(JsValue::null(), Into::into))
}

fn current_target(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    if with(this, context, Event::is_dispatching)? {
        return target(this, &[], context);
    }
    Ok(JsValue::null())
}

fn kind(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    with(this, context, |event| event.kind().into())
}

fn cancelable(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    with(this, context, |event| event.flags.cancelable.get().into())
}

fn default_prevented(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    with(this, context, |event| event.is_default_prevented().into())
}

fn time_stamp(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    with(this, context, |event| event.time_stamp.into())
}

fn return_value(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    with(this, context, |event| (!event.is_default_prevented()).into())
}

fn set_return_value(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    with(this, context, |event| {
        if !arg(args, 0).to_boolean() {
            event.prevent();
        }
        JsValue::undefined()
    })
}

fn bubbles(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    with(this, context, |event| event.flags.bubbles.get().into())
}

fn composed(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    with(this, context, |event| event.flags.composed.into())
}

fn event_phase(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    with(this, context, |event| if event.is_dispatching() { AT_TARGET } else { 0 }.into())
}

fn cancel_bubble(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    with(this, context, |event| event.flags.propagation_stopped.get().into())
}

fn set_cancel_bubble(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    with(this, context, |event| {
        if arg(args, 0).to_boolean() {
            event.flags.propagation_stopped.set(true);
        }
        JsValue::undefined()
    })
}

/// The getter `isTrusted`: it answers for whatever it is called on.
pub(super) fn is_trusted(this: &JsValue, _: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    let trusted = this
        .as_object()
        .and_then(|object| object.downcast_ref::<Event>().map(|event| event.flags.trusted));
    Ok(trusted.unwrap_or(false).into())
}

fn detail(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let detail =
        this.as_object().and_then(|object| match &object.downcast_ref::<Event>()?.carried {
            Carried::Detail(detail) => Some(detail.clone()),
            _ => None,
        });
    detail.ok_or_else(|| validate::invalid_this(context, "CustomEvent"))
}

/// `event[util.inspect.custom](depth, options, inspect)`.
pub(super) fn inspect(
    this: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let fields = with(this, context, Event::shown)?;
    custom::fields(this, &fields, args, context)
}
