//! The class `ChildProcess`.

use std::rc::Rc;

use boa_engine::{Context, JsObject, JsResult, JsSymbol, JsValue, js_string};

use super::{
    child::{self, Handle},
    kill, raw,
};
use crate::{
    bindings::{diagnostics_channel, events},
    engine::{
        builtins,
        classes::{self, Class, ClassSpec},
        natives::{define_value, function},
    },
};

const SPEC: ClassSpec = ClassSpec {
    name: "ChildProcess",
    length: 0,
    construct,
    methods: &[
        ("kill", 1, kill::kill),
        ("spawn", 1, raw::spawn),
        ("ref", 0, |this, _, context| child::set_ref(this, true, context)),
        ("unref", 0, |this, _, context| child::set_ref(this, false, context)),
    ],
    accessors: &[],
    tag: None,
    statics: &[],
    enumerable: true,
};

/// The class, made on first use.
pub(super) fn of(context: &mut Context) -> JsResult<Rc<Class>> {
    if let Some(class) = context.get_data::<Rc<ChildProcessClass>>() {
        return Ok(class.0.clone());
    }
    let emitter = builtins::load_object("events", context)?;
    let prototype = emitter.get(js_string!("prototype"), context)?.to_object(context)?;
    let parent = Class { constructor: emitter, prototype };
    let class = Rc::new(classes::class(&SPEC, Some(&parent), context));
    let dispose = function("[Symbol.dispose]", 0, dispose, context);
    define_value(&class.prototype, dispose_symbol(context)?, dispose, false);
    context.insert_data(Rc::new(ChildProcessClass(class.clone())));
    Ok(class)
}

/// Tells this class's entry from those of others.
struct ChildProcessClass(Rc<Class>);

fn dispose_symbol(context: &mut Context) -> JsResult<JsSymbol> {
    let class = context.intrinsics().constructors().symbol().constructor();
    let symbol = class.get(js_string!("dispose"), context)?;
    match symbol.as_symbol() {
        Some(symbol) => Ok(symbol),
        None => crate::engine::natives::registered_symbol("nodejs.dispose", context),
    }
}

/// `child[Symbol.dispose]()`: kills what still runs.
fn dispose(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let child = this.to_object(context)?;
    if !child.get(js_string!("killed"), context)?.to_boolean() {
        kill::kill(this, &[], context)?;
    }
    Ok(JsValue::undefined())
}

/// `new ChildProcess()`.
fn construct(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    classes::new_target(this, "ChildProcess")?;
    create(context).map(JsValue::from)
}

/// A `ChildProcess` whose process is yet to be started.
pub(super) fn create(context: &mut Context) -> JsResult<JsObject> {
    let class = of(context)?;
    let child = classes::object(&class, Handle::new(), context);
    events::initialize(&child, &JsValue::undefined(), context)?;
    define_value(&child, js_string!("connected"), false, true);
    define_value(&child, js_string!("signalCode"), JsValue::null(), true);
    define_value(&child, js_string!("exitCode"), JsValue::null(), true);
    define_value(&child, js_string!("killed"), false, true);
    define_value(&child, js_string!("spawnfile"), JsValue::null(), true);
    let told = |context: &mut Context| {
        diagnostics_channel::message(&[("process", child.clone().into())], context).into()
    };
    diagnostics_channel::publish("child_process", told, context)?;
    Ok(child)
}
