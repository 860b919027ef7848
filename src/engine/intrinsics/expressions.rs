//! For tests: what an expression of JavaScript comes to.

use boa_engine::{Context, Source};

use crate::engine::{errors::value_of, realm};

/// A context such as programs get.
pub(super) fn context() -> Context {
    realm::create(Vec::new()).expect("a loop and a realm can be made")
}

/// `String(result)`, or the name and message of what was thrown.
pub(super) fn evaluated(source: &str, context: &mut Context) -> String {
    let value = match context.eval(Source::from_bytes(source)) {
        Ok(value) => value,
        Err(error) => value_of(error, context),
    };
    let text = value.to_string(context).expect("the value has a string");
    text.to_std_string_lossy()
}

/// Evaluates every expression of a table and compares with what Node says.
pub(super) fn check(table: &[(&str, &str)]) {
    let context = &mut context();
    for &(source, expected) in table {
        assert_eq!(evaluated(source, context), expected, "{source}");
    }
}
