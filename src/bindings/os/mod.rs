//! `os`.

mod constants;
mod network;
mod user;

use boa_engine::{
    Context, JsError, JsNativeError, JsObject, JsResult, JsString, JsSymbol, JsValue, js_string,
    object::builtins::JsArray, property::PropertyDescriptor,
};

use crate::{
    engine::{
        builtins,
        natives::{Method, arg, define_methods, define_value, function},
        signals, validate,
    },
    sys::{error::SysError, machine, priority, usage},
};

/// Functions that convert to a primitive as their result does: `${os.hostname}` is the name.
const PRIMITIVES: &[Method] = &[
    ("arch", 0, arch),
    ("availableParallelism", 0, available_parallelism),
    ("endianness", 0, endianness),
    ("freemem", 0, free_memory),
    ("homedir", 0, user::home),
    ("hostname", 0, host_name),
    ("platform", 0, platform),
    ("release", 0, release),
    ("tmpdir", 0, temporary_folder),
    ("totalmem", 0, total_memory),
    ("type", 0, system_type),
    ("uptime", 0, uptime),
    ("version", 0, version),
    ("machine", 0, machine_name),
];

const METHODS: &[Method] = &[
    ("cpus", 0, processors),
    ("getPriority", 1, get_priority),
    ("loadavg", 0, load_averages),
    ("networkInterfaces", 0, network::interfaces),
    ("setPriority", 2, set_priority),
    ("userInfo", 1, user::info),
];

/// The exports of `os`.
pub(crate) fn exports(context: &mut Context) -> JsResult<JsValue> {
    let exports = JsObject::with_object_proto(context.intrinsics());
    define_methods(&exports, METHODS, true, context);
    for &(name, length, call) in PRIMITIVES {
        let method = function(name, length, call, context);
        let primitive = function("", 0, call, context);
        define_value(&method, JsSymbol::to_primitive(), primitive, true);
        define_value(&exports, JsString::from(name), method, true);
    }
    let fixed = |value: JsValue, configurable| {
        PropertyDescriptor::builder()
            .value(value)
            .writable(false)
            .enumerable(true)
            .configurable(configurable)
            .build()
    };
    let constants = constants::make(context)?;
    exports.insert_property(js_string!("constants"), fixed(constants.into(), false));
    exports.insert_property(js_string!("EOL"), fixed(js_string!("\n").into(), true));
    exports.insert_property(js_string!("devNull"), fixed(js_string!("/dev/null").into(), true));
    Ok(exports.into())
}

/// The error of a failed system call as `os` reports it: `ERR_SYSTEM_ERROR`.
fn system_error(error: &SysError, context: &mut Context) -> JsError {
    let code = error.errno.name().unwrap_or("UNKNOWN");
    let text = error.errno.message().unwrap_or("unknown error");
    let message = format!("A system error occurred: {} returned {code} ({text})", error.syscall);
    let object = JsNativeError::error().with_message(message).into_opaque(context);
    let info = JsObject::with_object_proto(context.intrinsics());
    define_value(&info, js_string!("errno"), -error.errno.0, true);
    define_value(&info, js_string!("code"), JsString::from(code), true);
    define_value(&info, js_string!("message"), JsString::from(text), true);
    define_value(&info, js_string!("syscall"), JsString::from(error.syscall.as_str()), true);
    define_value(&object, js_string!("name"), js_string!("SystemError"), false);
    define_value(&object, js_string!("code"), js_string!("ERR_SYSTEM_ERROR"), true);
    define_value(&object, js_string!("info"), info, true);
    define_value(&object, js_string!("errno"), -error.errno.0, true);
    define_value(&object, js_string!("syscall"), JsString::from(error.syscall.as_str()), true);
    JsError::from_opaque(object.into())
}

/// A variable of `process.env`; `None` where it is not set.
fn environment(name: &str, context: &mut Context) -> JsResult<Option<JsString>> {
    let process = builtins::load_object("process", context)?;
    let env = process.get(js_string!("env"), context)?.to_object(context)?;
    let value = env.get(JsString::from(name), context)?;
    if value.is_undefined() { Ok(None) } else { value.to_string(context).map(Some) }
}

fn arch(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    builtins::load_object("process", context)?.get(js_string!("arch"), context)
}

fn platform(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    builtins::load_object("process", context)?.get(js_string!("platform"), context)
}

fn available_parallelism(_: &JsValue, _: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    Ok(std::thread::available_parallelism().map_or(1, std::num::NonZero::get).into())
}

fn endianness(_: &JsValue, _: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    let name = if cfg!(target_endian = "little") { js_string!("LE") } else { js_string!("BE") };
    Ok(name.into())
}

fn free_memory(_: &JsValue, _: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    Ok(usage::available_memory().into())
}

fn total_memory(_: &JsValue, _: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    Ok(machine::total_memory().into())
}

fn system_name(context: &mut Context) -> JsResult<machine::SystemName> {
    machine::system_name().map_err(|error| system_error(&error, context))
}

fn host_name(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    Ok(JsString::from(system_name(context)?.host).into())
}

fn release(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    Ok(JsString::from(system_name(context)?.release).into())
}

fn system_type(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    Ok(JsString::from(system_name(context)?.system).into())
}

fn version(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    Ok(JsString::from(system_name(context)?.version).into())
}

fn machine_name(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    Ok(JsString::from(system_name(context)?.machine).into())
}

/// `TMPDIR`, `TMP` or `TEMP`, without a separator at the end.
fn temporary_folder(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    for name in ["TMPDIR", "TMP", "TEMP"] {
        let Some(folder) = environment(name, context)?.filter(|folder| !folder.is_empty()) else {
            continue;
        };
        let length = folder.len();
        let ends_with_slash = folder.code_unit_at(length - 1) == Some(u16::from(b'/'));
        let folder =
            if length > 1 && ends_with_slash { folder.slice(0, length - 1) } else { folder };
        return Ok(folder.into());
    }
    Ok(js_string!("/tmp").into())
}

fn uptime(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    match machine::uptime() {
        Ok(seconds) => Ok(seconds.into()),
        Err(error) => Err(system_error(&error, context)),
    }
}

fn load_averages(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let loads = machine::load_averages().map(JsValue::from);
    Ok(JsArray::from_iter(loads, context).into())
}

fn processors(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let mut list = Vec::new();
    for processor in machine::processors() {
        let times = JsObject::with_object_proto(context.intrinsics());
        define_value(&times, js_string!("user"), processor.times.user, true);
        define_value(&times, js_string!("nice"), processor.times.nice, true);
        define_value(&times, js_string!("sys"), processor.times.system, true);
        define_value(&times, js_string!("idle"), processor.times.idle, true);
        define_value(&times, js_string!("irq"), processor.times.interrupts, true);
        let object = JsObject::with_object_proto(context.intrinsics());
        define_value(&object, js_string!("model"), JsString::from(processor.model), true);
        define_value(&object, js_string!("speed"), processor.speed, true);
        define_value(&object, js_string!("times"), times, true);
        list.push(JsValue::from(object));
    }
    Ok(JsArray::from_iter(list, context).into())
}

fn pid(value: &JsValue, context: &mut Context) -> JsResult<i32> {
    let (min, max) = (f64::from(i32::MIN), f64::from(i32::MAX));
    Ok(validate::integer(value, "pid", min, max, context)? as i32)
}

fn get_priority(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let pid = match arg(args, 0) {
        absent if absent.is_undefined() => 0,
        given => pid(&given, context)?,
    };
    match priority::priority(pid.cast_unsigned()) {
        Ok(priority) => Ok(priority.into()),
        Err(error) => Err(system_error(&error, context)),
    }
}

/// `setPriority([pid, ]priority)`.
fn set_priority(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let (pid_value, priority) = match arg(args, 1) {
        absent if absent.is_undefined() => (0.into(), arg(args, 0)),
        given => (arg(args, 0), given),
    };
    let pid = pid(&pid_value, context)?;
    let (best, worst) =
        (f64::from(constants::PRIORITY_HIGHEST), f64::from(constants::PRIORITY_LOW));
    let nice = validate::integer(&priority, "priority", best, worst, context)? as i32;
    if !signals::may_reach(pid, context) && priority::priority(pid.cast_unsigned()).is_ok() {
        return Err(signals::denied(pid, context));
    }
    match priority::set_priority(pid.cast_unsigned(), nice) {
        Ok(()) => Ok(JsValue::undefined()),
        Err(error) => Err(system_error(&error, context)),
    }
}
