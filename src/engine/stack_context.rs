//! What the report of an uncaught error shows after its stack: where it came up besides where it
//! was made. An emitter says where an `error` event was emitted that nobody listened for.
//!
//! The error carries it as a hidden property, as in Node, so that a program that catches the
//! error pays for no text.

use boa_engine::{
    Context, JsObject, JsResult, JsString, JsSymbol, object::builtins::JsFunction,
    property::PropertyDescriptor,
};

/// The key of the hidden property in this realm.
struct EnhanceStack(JsSymbol);

fn symbol(context: &mut Context) -> JsSymbol {
    if let Some(EnhanceStack(symbol)) = context.get_data() {
        return symbol.clone();
    }
    let description = JsString::from("kEnhanceStackBeforeInspector");
    let symbol = JsSymbol::new(Some(description)).expect("2^64 symbols are never made");
    context.insert_data(EnhanceStack(symbol.clone()));
    symbol
}

/// Has `enhance` make the stack that the report of `error` shows.
pub(crate) fn attach(error: &JsObject, enhance: JsFunction, context: &mut Context) -> JsResult<()> {
    let symbol = symbol(context);
    let descriptor = PropertyDescriptor::builder()
        .value(enhance)
        .writable(false)
        .enumerable(false)
        .configurable(true);
    // A frozen error stays as it is.
    if error.is_extensible(context)? {
        error.define_property_or_throw(symbol, descriptor, context)?;
    }
    Ok(())
}
