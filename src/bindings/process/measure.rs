//! Clocks and counters: `hrtime`, `uptime`, `memoryUsage`, `cpuUsage`, `resourceUsage`.

use std::time::Duration;

use boa_engine::{
    Context, JsBigInt, JsError, JsObject, JsResult, JsString, JsValue, js_string,
    object::builtins::JsArray,
};

use crate::{
    engine::{
        errors::{Code, Wording, coded_object, throw_sys},
        natives::{arg, define_value},
        time, validate,
    },
    sys::usage::{self, Usage, Who},
};

/// `process.hrtime(previous)`.
pub(super) fn hrtime(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let now = time::monotonic(context);
    let elapsed = match args.first() {
        Some(previous) if !previous.is_undefined() => {
            let (seconds, nanoseconds) = pair(previous, context)?;
            let mut seconds = now.as_secs() as f64 - seconds;
            let mut nanoseconds = f64::from(now.subsec_nanos()) - nanoseconds;
            if nanoseconds < 0.0 {
                seconds -= 1.0;
                nanoseconds += 1e9;
            }
            [seconds, nanoseconds]
        }
        _ => [now.as_secs() as f64, f64::from(now.subsec_nanos())],
    };
    Ok(JsArray::from_iter(elapsed.map(JsValue::from), context).into())
}

fn pair(value: &JsValue, context: &mut Context) -> JsResult<(f64, f64)> {
    let Some(list) = value.as_object().filter(JsObject::is_array) else {
        return Err(validate::invalid_arg_type(context, "time", "an instance of Array", value));
    };
    let length = list.get(js_string!("length"), context)?;
    if length.as_number() != Some(2.0) {
        return Err(validate::out_of_range(context, "time", "2", &length));
    }
    let seconds = list.get(0, context)?.to_number(context)?;
    Ok((seconds, list.get(1, context)?.to_number(context)?))
}

/// `process.hrtime.bigint()`.
pub(super) fn hrtime_bigint(
    _: &JsValue,
    _: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let nanoseconds = u64::try_from(time::monotonic(context).as_nanos()).unwrap_or(u64::MAX);
    Ok(JsBigInt::from(nanoseconds).into())
}

/// `process.uptime()`: seconds.
pub(super) fn uptime(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    Ok(since_start(context).as_secs_f64().into())
}

/// Milliseconds since the process started: what events are stamped with.
pub(crate) fn milliseconds_since_start(context: &Context) -> f64 {
    since_start(context).as_secs_f64() * 1000.0
}

fn since_start(context: &Context) -> Duration {
    let started = super::state(context).launch.started.monotonic;
    time::given(context).unwrap_or_else(|| started.elapsed())
}

/// `process.memoryUsage()`: bytes. What is outside of the heap is counted in it.
pub(super) fn memory_usage(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let memory = usage::memory();
    let fields = [
        ("rss", memory.resident),
        ("heapTotal", memory.heap_total),
        ("heapUsed", memory.heap_used),
        ("external", 0),
        ("arrayBuffers", 0),
    ];
    Ok(record(fields.map(|(name, value)| (name, value as f64)), context))
}

/// `process.memoryUsage.rss()`: bytes.
pub(super) fn resident(_: &JsValue, _: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    Ok((usage::resident_bytes() as f64).into())
}

/// `process.constrainedMemory()`: bytes.
pub(super) fn constrained_memory(_: &JsValue, _: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    Ok((usage::constrained_memory() as f64).into())
}

/// `process.availableMemory()`: bytes.
pub(super) fn available_memory(_: &JsValue, _: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    Ok((usage::available_memory() as f64).into())
}

/// `process.cpuUsage(previous)`: microseconds.
pub(super) fn cpu_usage(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    cpu(Who::Process, &arg(args, 0), context)
}

/// `process.threadCpuUsage(previous)`: microseconds.
pub(super) fn thread_cpu_usage(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    cpu(Who::Thread, &arg(args, 0), context)
}

fn cpu(who: Who, previous: &JsValue, context: &mut Context) -> JsResult<JsValue> {
    let (user_before, system_before) = if previous.to_boolean() {
        let Some(previous) = previous.as_object().filter(|object| !object.is_array()) else {
            return Err(validate::invalid_arg_type(
                context,
                "prevValue",
                "of type object",
                previous,
            ));
        };
        (counter(&previous, "user", context)?, counter(&previous, "system", context)?)
    } else {
        (0.0, 0.0)
    };
    let usage = read(who, context)?;
    let fields = [
        ("user", microseconds(usage.user) - user_before),
        ("system", microseconds(usage.system) - system_before),
    ];
    Ok(record(fields, context))
}

fn counter(previous: &JsObject, field: &str, context: &mut Context) -> JsResult<f64> {
    let value = previous.get(JsString::from(field), context)?;
    let name = format!("prevValue.{field}");
    let number = validate::number(&value, &name, context)?;
    // Node's own message has this code with a RangeError.
    if !(0.0..=9_007_199_254_740_991.0).contains(&number) {
        let shown = validate::shown(&value, context);
        let message = format!("The property '{name}' is invalid. Received {shown}");
        let error = coded_object(context, Code::ERR_OUT_OF_RANGE, message);
        let code = JsString::from(Code::ERR_INVALID_ARG_VALUE.name());
        define_value(&error, js_string!("code"), code, true);
        return Err(JsError::from_opaque(error.into()));
    }
    Ok(number)
}

/// `process.resourceUsage()`.
pub(super) fn resource_usage(
    _: &JsValue,
    _: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let usage = read(Who::Process, context)?;
    let fields = [
        ("userCPUTime", microseconds(usage.user)),
        ("systemCPUTime", microseconds(usage.system)),
        ("maxRSS", usage.max_resident as f64),
        ("sharedMemorySize", 0.0),
        ("unsharedDataSize", 0.0),
        ("unsharedStackSize", 0.0),
        ("minorPageFault", usage.minor_faults as f64),
        ("majorPageFault", usage.major_faults as f64),
        ("swappedOut", 0.0),
        ("fsRead", usage.blocks_in as f64),
        ("fsWrite", usage.blocks_out as f64),
        ("ipcSent", 0.0),
        ("ipcReceived", 0.0),
        ("signalsCount", 0.0),
        ("voluntaryContextSwitches", usage.voluntary_switches as f64),
        ("involuntaryContextSwitches", usage.involuntary_switches as f64),
    ];
    Ok(record(fields, context))
}

fn read(who: Who, context: &mut Context) -> JsResult<Usage> {
    usage::usage(who).map_err(|error| throw_sys(context, &error, Wording::Short))
}

fn microseconds(duration: Duration) -> f64 {
    duration.as_micros() as f64
}

fn record<const N: usize>(fields: [(&str, f64); N], context: &mut Context) -> JsValue {
    let object = JsObject::with_object_proto(context.intrinsics());
    for (name, value) in fields {
        define_value(&object, JsString::from(name), value, true);
    }
    object.into()
}
