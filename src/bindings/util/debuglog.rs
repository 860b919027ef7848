//! `util.debuglog`: messages that the environment variable `NODE_DEBUG` turns on.

use std::cell::{Cell, RefCell};

use boa_engine::{Context, JsObject, JsResult, JsValue, js_string, property::PropertyDescriptor};

use crate::{
    bindings::{
        console::shows_colors,
        inspect::{Options, Text, format_with_options},
        process, warning,
    },
    engine::{
        builtins,
        natives::{arg, closure, function},
    },
};

/// A section of a program that logs.
#[derive(boa_gc::Trace, boa_gc::Finalize, boa_engine::JsData)]
struct Section {
    #[unsafe_ignore_trace]
    name: RefCell<String>,
    /// Whether `NODE_DEBUG` names it, once that was asked.
    #[unsafe_ignore_trace]
    is_enabled: Cell<Option<bool>>,
    /// Told the function to use from the first message on.
    callback: Option<JsObject>,
    #[unsafe_ignore_trace]
    is_started: Cell<bool>,
}

/// `util.debuglog(section, callback)`.
pub(super) fn debuglog(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let name = arg(args, 0).to_string(context)?.to_std_string_lossy();
    let section = Section {
        name: RefCell::new(name.to_uppercase()),
        is_enabled: Cell::new(None),
        callback: arg(args, 1).as_callable(),
        is_started: Cell::new(false),
    };
    let section = JsObject::new(context.root_shape(), None, section).upcast();
    let logger: JsObject = closure("logger", 0, section.clone(), log, context).into();
    define_enabled(&logger, &section, context);
    Ok(logger.into())
}

fn define_enabled(logger: &JsObject, section: &JsObject, context: &Context) {
    let get = closure("get", 0, section.clone(), get_enabled, context);
    let property = PropertyDescriptor::builder().get(get).enumerable(true).configurable(true);
    logger.insert_property(js_string!("enabled"), property.build());
}

fn get_enabled(
    _: &JsValue,
    _: &[JsValue],
    section: &JsObject,
    context: &mut Context,
) -> JsResult<JsValue> {
    Ok(is_enabled(section, context).into())
}

fn is_enabled(section: &JsObject, context: &Context) -> bool {
    let Some(section) = section.downcast_ref::<Section>() else { return false };
    if let Some(enabled) = section.is_enabled.get() {
        return enabled;
    }
    let enabled = is_named(&section.name.borrow(), context);
    section.is_enabled.set(Some(enabled));
    enabled
}

/// True if `NODE_DEBUG`, a list in which `*` stands for anything, names the section.
fn is_named(section: &str, context: &Context) -> bool {
    let launch = &process::state(context).launch;
    let list = launch.env.iter().rev().find(|(name, _)| name == "NODE_DEBUG");
    list.is_some_and(|(_, list)| {
        !list.is_empty() && list.split(',').any(|name| matches(&name.to_uppercase(), section))
    })
}

/// True if the pattern, in which `*` stands for anything, is the whole text.
fn matches(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((before, after)) => text.strip_prefix(before).is_some_and(|rest| {
            rest.char_indices()
                .map(|(at, _)| at)
                .chain([rest.len()])
                .any(|at| matches(after, &rest[at..]))
        }),
    }
}

/// The logger: does nothing unless the section is named.
fn log(
    _: &JsValue,
    args: &[JsValue],
    section: &JsObject,
    context: &mut Context,
) -> JsResult<JsValue> {
    let enabled = is_enabled(section, context);
    start(section, enabled, context)?;
    if enabled {
        write(section, args, context)?;
    }
    Ok(JsValue::undefined())
}

/// With the first message, the callback is given a logger that does not ask again.
fn start(section: &JsObject, enabled: bool, context: &mut Context) -> JsResult<()> {
    let (callback, name) = match section.downcast_ref::<Section>() {
        Some(data) if !data.is_started.replace(true) => {
            (data.callback.clone(), data.name.borrow().clone())
        }
        _ => return Ok(()),
    };
    if enabled && (name == "HTTP" || name == "HTTP2") {
        let message = format!(
            "Setting the NODE_DEBUG environment variable to '{}' can expose sensitive data (such \
             as passwords, tokens and authentication headers) in the resulting log.",
            name.to_lowercase()
        );
        warning::emit_named(&message, "Warning", context)?;
    }
    let Some(callback) = callback else { return Ok(()) };
    let debug: JsObject = if enabled {
        closure("debug", 0, section.clone(), log, context).into()
    } else {
        function("noop", 0, |_, _, _| Ok(JsValue::undefined()), context).into()
    };
    define_enabled(&debug, section, context);
    callback.call(&JsValue::undefined(), &[debug.into()], context).map(drop)
}

/// `SECTION 1234: message` on standard error.
fn write(section: &JsObject, args: &[JsValue], context: &mut Context) -> JsResult<()> {
    let name = match section.downcast_ref::<Section>() {
        Some(section) => section.name.borrow().clone(),
        None => return Ok(()),
    };
    let process = builtins::load_object("process", context)?;
    let stderr = process.get(js_string!("stderr"), context)?;
    let mut options = Options::current(context)?;
    options.colors = shows_colors(&stderr, context)?;
    let mut line = Text::from(format!("{name} "));
    let pid = process.get(js_string!("pid"), context)?;
    line.push(&format_with_options(Some(&options), &[pid], context)?);
    line.push_str(": ");
    line.push(&format_with_options(Some(&options), args, context)?);
    line.push_str("\n");
    let stderr = stderr.to_object(context)?;
    let write = stderr.get(js_string!("write"), context)?.to_object(context)?;
    write.call(&stderr.into(), &[line.to_js().into()], context).map(drop)
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn stars_stand_for_anything() {
        assert!(matches("FOO", "FOO"));
        assert!(matches("F*", "FOO"));
        assert!(matches("*O*", "FOO"));
        assert!(!matches("F*X", "FOO"));
        assert!(!matches("FOO", "FOOD"));
    }
}
