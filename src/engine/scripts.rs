//! Source text to functions and values.

use std::path::Path;

use boa_engine::{Context, JsNativeError, JsObject, JsResult, JsValue, Script, Source};

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
    let wrapped = format!("(function ({parameters}) {{{source}\n}})");
    let function = evaluate(&wrapped, path, context)?;
    function
        .as_callable()
        .ok_or_else(|| JsNativeError::syntax().with_message("Unexpected token '}'").into())
}

/// Evaluates a script in the global scope and returns its completion value.
pub(crate) fn evaluate(source: &str, path: &str, context: &mut Context) -> JsResult<JsValue> {
    let source = Source::from_bytes(source).with_path(Path::new(path));
    Script::parse(source, None, context)?.evaluate(context)
}
