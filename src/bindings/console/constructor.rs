//! The class `Console`.

use boa_engine::{
    Context, JsObject, JsResult, JsString, JsSymbol, JsValue, NativeFunction,
    builtins::{function::BoundFunction, map::ordered_map::OrderedMap},
    js_string,
    object::FunctionObjectBuilder,
    property::{PropertyDescriptor, PropertyKey},
};

use super::{
    ALIASES, METHODS, Method,
    data::{ColorMode, ConsoleData},
    define_state,
};
use crate::engine::{
    errors::{Code, coded},
    natives::{arg, closure, define_value, function},
    reflect, validate,
};

/// How far a group may be indented.
const MAX_GROUP_INDENTATION: f64 = 1000.0;

/// Makes the class.
pub(super) fn class(context: &mut Context) -> JsObject {
    let native = NativeFunction::from_fn_ptr(construct);
    let class: JsObject = FunctionObjectBuilder::new(context.realm(), native)
        .name(js_string!("Console"))
        .length(1)
        .constructor(true)
        .build()
        .into();
    let prototype = JsObject::with_object_proto(context.intrinsics());
    define_value(&prototype, js_string!("constructor"), class.clone(), false);
    for &(name, length, method) in METHODS {
        let method = closure(name, length, Unbound(method), call_unbound, context);
        define_value(&prototype, JsString::from(name), method, true);
    }
    for &(name, target) in ALIASES {
        let method = reflect::stored(&prototype, &JsString::from(target).into());
        if let Some(method) = method.and_then(|property| property.value().cloned()) {
            define_value(&prototype, JsString::from(name), method, true);
        }
    }
    let fixed = |value: JsValue, writable| {
        PropertyDescriptor::builder()
            .value(value)
            .writable(writable)
            .enumerable(false)
            .configurable(false)
            .build()
    };
    class.insert_property(js_string!("prototype"), fixed(prototype.into(), true));
    let has_instance = function("value", 1, has_instance, context);
    class.insert_property(JsSymbol::has_instance(), fixed(has_instance.into(), false));
    class
}

/// A method that finds its console in `this`.
#[derive(boa_gc::Trace, boa_gc::Finalize)]
#[boa_gc(unsafe_empty_trace)]
struct Unbound(Method);

fn call_unbound(
    this: &JsValue,
    args: &[JsValue],
    Unbound(method): &Unbound,
    context: &mut Context,
) -> JsResult<JsValue> {
    method(&this.to_object(context)?, args, context)
}

/// `console instanceof Console`, of the global console too.
fn has_instance(_: &JsValue, args: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    Ok(arg(args, 0).as_object().is_some_and(|object| object.is::<ConsoleData>()).into())
}

/// `new Console(options)` or `new Console(stdout, stderr, ignoreErrors)`, with and without `new`.
fn construct(new_target: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let given = Given::decode(args, context)?;
    let data = ConsoleData::new(given.color_mode, given.group_width, given.inspect_options);
    let prototype = prototype_of(new_target, context)?;
    let console = JsObject::new(context.root_shape(), prototype, data).upcast();
    bind_methods(&console, context)?;
    define_value(&console, js_string!("_stdout"), given.stdout, false);
    define_value(&console, js_string!("_stderr"), given.stderr, false);
    define_state(&console, given.ignores_errors, context);
    Ok(console.into())
}

fn prototype_of(new_target: &JsValue, context: &mut Context) -> JsResult<JsObject> {
    let class = match new_target.as_object() {
        Some(class) => class,
        None => {
            let console = crate::engine::builtins::load_object("console", context)?;
            console.get(js_string!("Console"), context)?.to_object(context)?
        }
    };
    class.get(js_string!("prototype"), context)?.to_object(context)
}

/// Binds what the prototypes have under the names of the methods: a subclass may have its own.
fn bind_methods(console: &JsObject, context: &mut Context) -> JsResult<()> {
    let names = METHODS.iter().map(|&(name, ..)| name).chain(ALIASES.iter().map(|&(name, _)| name));
    for name in names {
        let name = JsString::from(name);
        let method = console.get(name.clone(), context)?.to_object(context)?;
        let length = method.get(js_string!("length"), context)?;
        let bound = BoundFunction::create(method, console.clone().into(), Vec::new(), context)?;
        for (key, value) in
            [(js_string!("length"), length), (js_string!("name"), name.clone().into())]
        {
            let property = PropertyDescriptor::builder().value(value).writable(false);
            let property = property.enumerable(false).configurable(true).build();
            bound.insert_property(key, property);
        }
        define_value(console, name, bound, true);
    }
    Ok(())
}

/// The options, decoded.
struct Given {
    stdout: JsObject,
    stderr: JsObject,
    ignores_errors: bool,
    color_mode: ColorMode,
    inspect_options: Option<JsObject>,
    group_width: usize,
}

impl Given {
    fn decode(args: &[JsValue], context: &mut Context) -> JsResult<Self> {
        let first = arg(args, 0);
        let options = first.as_object().filter(|_| first.to_boolean());
        let is_options = match &options {
            Some(object) => !is_writable(object, context)?,
            None => false,
        };
        let Some(options) = options.filter(|_| is_options) else {
            return Self::from_streams(args, context);
        };
        let mut option = |name: &str| options.get(JsString::from(name), context);
        let stdout = option("stdout")?;
        let stderr = or_default(option("stderr")?, &stdout);
        let ignores_errors = or_default(option("ignoreErrors")?, &true.into()).to_boolean();
        let given_mode = option("colorMode")?;
        let inspect_options = option("inspectOptions")?;
        let group = option("groupIndentation")?;
        Ok(Self {
            stdout: writable(&stdout, "stdout", context)?,
            stderr: writable(&stderr, "stderr", context)?,
            ignores_errors,
            color_mode: color_mode(&given_mode, context)?,
            group_width: group_width(&group, context)?,
            inspect_options: decode_inspect_options(&inspect_options, &given_mode, context)?,
        })
    }

    fn from_streams(args: &[JsValue], context: &mut Context) -> JsResult<Self> {
        let stdout = arg(args, 0);
        let stderr = or_default(arg(args, 1), &stdout);
        Ok(Self {
            stdout: writable(&stdout, "stdout", context)?,
            stderr: writable(&stderr, "stderr", context)?,
            ignores_errors: or_default(arg(args, 2), &true.into()).to_boolean(),
            color_mode: ColorMode::Auto,
            inspect_options: None,
            group_width: 2,
        })
    }
}

fn or_default(value: JsValue, default: &JsValue) -> JsValue {
    if value.is_undefined() { default.clone() } else { value }
}

fn is_writable(object: &JsObject, context: &mut Context) -> JsResult<bool> {
    Ok(object.get(js_string!("write"), context)?.is_callable())
}

fn writable(value: &JsValue, name: &str, context: &mut Context) -> JsResult<JsObject> {
    if let Some(stream) = value.as_object()
        && is_writable(&stream, context)?
    {
        return Ok(stream);
    }
    let message = format!("Console expects a writable stream instance for {name}");
    Err(coded(context, Code::ERR_CONSOLE_WRITABLE_STREAM, message))
}

fn color_mode(value: &JsValue, context: &mut Context) -> JsResult<ColorMode> {
    if value.is_undefined() || value.as_string() == Some(js_string!("auto")) {
        return Ok(ColorMode::Auto);
    }
    match value.as_boolean() {
        Some(true) => Ok(ColorMode::On),
        Some(false) => Ok(ColorMode::Off),
        None => {
            let reason = "must be one of: 'auto', true, false";
            Err(validate::invalid_arg_value(context, "colorMode", value, reason))
        }
    }
}

fn group_width(value: &JsValue, context: &mut Context) -> JsResult<usize> {
    if value.is_undefined() {
        return Ok(2);
    }
    let max = MAX_GROUP_INDENTATION;
    Ok(validate::integer(value, "groupIndentation", 0.0, max, context)? as usize)
}

fn decode_inspect_options(
    value: &JsValue,
    color_mode: &JsValue,
    context: &mut Context,
) -> JsResult<Option<JsObject>> {
    if value.is_undefined() {
        return Ok(None);
    }
    let name = "options.inspectOptions";
    let Some(options) =
        value.as_object().filter(|options| !options.is_callable() && !options.is_array())
    else {
        return Err(validate::invalid_arg_type(context, name, "of type object", value));
    };
    let by_stream = options
        .downcast_ref::<OrderedMap<JsValue>>()
        .map(|map| map.iter().filter_map(|(_, value)| value.as_object()).collect());
    let each: Vec<JsObject> = by_stream.unwrap_or_else(|| vec![options.clone()]);
    for options in each {
        let colors = options.get(PropertyKey::from(js_string!("colors")), context)?;
        if !colors.is_undefined() && !color_mode.is_undefined() {
            let message = "Option \"options.inspectOptions.color\" cannot be used in \
                           combination with option \"colorMode\"";
            return Err(coded(context, Code::ERR_INCOMPATIBLE_OPTION_PAIR, message));
        }
    }
    Ok(Some(options))
}
