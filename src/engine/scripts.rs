//! Source text to functions and values.

use std::path::Path;

use boa_engine::{Context, JsNativeError, JsObject, JsResult, JsValue, Script, Source, js_string};

use super::{
    natives::define_name,
    sources::{self, SourceText},
};

/// The name under which module wrappers are compiled, by which stack traces know them; to programs
/// they are anonymous.
pub(crate) const WRAPPER_NAME: &str = "<module>";

/// Compiles `source` as the body of a function with these parameters.
///
/// The wrapper stands on the first line of the source, as Node's did: line numbers stay right,
/// and `engine::stack` takes its length off the columns of line 1.
pub(crate) fn compile_wrapper(
    source: &str,
    path: &str,
    parameters: &str,
    context: &mut Context,
) -> JsResult<JsObject> {
    let prefix = format!("({{'{WRAPPER_NAME}':function({parameters}){{");
    let wrapped = format!("{prefix}{source}\n}}}})['{WRAPPER_NAME}']");
    let function = evaluate(&wrapped, path, context);
    sources::of(context).add(path, SourceText::new(wrapped, prefix.len()));
    let Some(function) = function?.as_callable() else {
        return Err(JsNativeError::syntax().with_message("Unexpected token '}'").into());
    };
    define_name(&function, js_string!());
    Ok(function)
}

/// Evaluates a script in the global scope and returns its completion value.
pub(crate) fn evaluate(source: &str, path: &str, context: &mut Context) -> JsResult<JsValue> {
    let source = Source::from_bytes(source).with_path(Path::new(path));
    Script::parse(source, None, context)?.evaluate(context)
}
