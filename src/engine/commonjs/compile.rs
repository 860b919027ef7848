//! From a text to a function that runs: `module._compile`.

use std::path::Path;

use boa_engine::{Context, JsError, JsObject, JsResult, JsString, JsValue, js_string};

use super::{
    class,
    load::{is_main, load_es_module},
    require, state,
};
use crate::engine::{builtins, esm, natives::arg, scripts, validate};

/// `module._compile(content, filename)`.
pub(super) fn compile(
    this: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let module = this.to_object(context)?;
    let content = validate::string(&arg(args, 0), "content", context)?;
    let filename = validate::string(&arg(args, 1), "filename", context)?;
    let path = filename.to_std_string_lossy();
    let is_declared = arg(args, 2).as_string().is_some_and(|format| format == "commonjs");
    let source = without_hashbang(plain(&content));
    let compiled = match patched_wrapper(&source, context)? {
        Some(wrapped) => compile_wrapped(&wrapped, &path, context),
        None => scripts::compile_wrapper(&source, &path, PARAMETERS, context),
    };
    let function = match compiled {
        Ok(function) => function,
        Err(error) => {
            return not_commonjs(&module, error, source, Path::new(&path), is_declared, context);
        }
    };
    let state = state(context)?;
    let require = require::make(&module, &state, context)?;
    let exports = module.get(js_string!("exports"), context)?;
    let folder = Path::new(&path).parent().unwrap_or(Path::new("/"));
    let args = [
        exports.clone(),
        require.into(),
        module.into(),
        filename.into(),
        JsString::from(&*folder.to_string_lossy()).into(),
    ];
    function.call(&exports, &args, context)
}

/// A string as text, quickly where it is all ASCII: that of a file is long.
fn plain(text: &JsString) -> String {
    match text.as_str().as_latin1() {
        Some(units) if units.is_ascii() => String::from_utf8_lossy(units).into_owned(),
        _ => text.to_std_string_lossy(),
    }
}

/// The source between what a program put into `Module.wrapper`, or as its `Module.wrap` wraps it;
/// `None` where both are ours.
fn patched_wrapper(source: &str, context: &mut Context) -> JsResult<Option<String>> {
    let state = state(context)?;
    let wrap = state.class.get(js_string!("wrap"), context)?;
    let wrapper = state.class.get(js_string!("wrapper"), context)?;
    let is_ours = wrap.as_object().is_some_and(|wrap| JsObject::equals(&wrap, &state.wrap));
    let Some(parts) = wrapper.as_object().filter(|_| is_ours) else {
        let wrapped =
            super::invoke(&state.class, "wrap", &[JsString::from(source).into()], context)?;
        return Ok(Some(wrapped.to_string(context)?.to_std_string_lossy()));
    };
    let (before, after) = (parts.get(0, context)?, parts.get(1, context)?);
    let text = |value: &JsValue| value.as_string().map(|text| text.to_std_string_lossy());
    let (before, after) = (text(&before).unwrap_or_default(), text(&after).unwrap_or_default());
    if before == class::opening() && after == class::CLOSING {
        return Ok(None);
    }
    Ok(Some(format!("{before}{source}{after}")))
}

/// The function that a text wrapped by a program's own wrapper evaluates to.
fn compile_wrapped(text: &str, path: &str, context: &mut Context) -> JsResult<JsObject> {
    let value = scripts::evaluate(text, path, context)?;
    value.as_callable().ok_or_else(|| {
        boa_engine::JsNativeError::typ()
            .with_message("compiledWrapper.apply is not a function")
            .into()
    })
}

/// A text that does not compile as CommonJS is an ES module, unless something says that it is none.
fn not_commonjs(
    module: &JsObject,
    error: JsError,
    source: String,
    path: &Path,
    is_declared: bool,
    context: &mut Context,
) -> JsResult<JsValue> {
    if !esm::is_module_text(&source) {
        return Err(error);
    }
    if !is_declared {
        let resolver = super::resolver(context);
        esm::warn_of_missing_type(path, &resolver, context)?;
        return load_es_module(module, path, Some(source), context);
    }
    if is_main(module, context)? {
        let message = format!(
            "Failed to load the ES module: {}. Make sure to set \"type\": \"module\" in the nearest \
             package.json file or use the .mjs extension.",
            path.display()
        );
        builtins::warn_now(&message, context)?;
    }
    Err(error)
}

/// A file's code as a function, not called.
pub(super) fn compile_text(path: &Path, text: &str, context: &mut Context) -> JsResult<JsObject> {
    let source = without_hashbang(text.to_owned());
    scripts::compile_wrapper(&source, &path.to_string_lossy(), PARAMETERS, context)
}

/// What a module's code sees as its parameters.
pub(super) const PARAMETERS: &str = "exports, require, module, __filename, __dirname";

/// `#!` is a comment only on the very first column, which the wrapper takes.
pub(in crate::engine) fn without_hashbang(mut source: String) -> String {
    if source.starts_with("#!") {
        source.replace_range(..2, "//");
    }
    source
}
