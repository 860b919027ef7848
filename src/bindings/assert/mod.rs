//! `assert`: what holds costs a native call; what fails is put into words.

mod checks;
mod class;
mod diff;
mod error;
mod expectations;
mod expression;
mod message;
mod module;
mod palette;

use std::{collections::HashMap, rc::Rc};

use boa_engine::{Context, JsError, JsObject, JsResult, JsValue};

use self::class::AssertOptions;
pub(crate) use self::{
    error::exports as error_exports,
    module::{expectation_exports, exports, strict_exports},
};
use crate::engine::{builtins, classes::Class};

/// What the natives of `assert` share in a realm.
struct Asserts {
    /// The functions by name: stacks begin at the caller of the one that failed.
    functions: HashMap<&'static str, JsObject>,
    /// The class `Assert`.
    class: Class,
}

impl Asserts {
    fn function(&self, name: &str) -> Option<JsObject> {
        self.functions.get(name).cloned()
    }
}

/// The state in this realm; the module is loaded if it was not.
fn of(context: &mut Context) -> JsResult<Rc<Asserts>> {
    if let Some(state) = context.get_data::<Rc<Asserts>>() {
        return Ok(state.clone());
    }
    builtins::load("assert", context)?;
    let state = context.get_data::<Rc<Asserts>>();
    Ok(state.expect("loading `assert` inserts its state").clone())
}

/// An assertion that does not hold.
struct Failure<'a> {
    actual: JsValue,
    expected: JsValue,
    /// What the caller said; undefined if nothing.
    message: JsValue,
    operator: &'a str,
    /// Whose caller the stack begins at: the name of one of our functions.
    function: &'a str,
    /// The options of the `Assert` object that was asked.
    options: AssertOptions,
}

impl Failure<'_> {
    /// The error to throw: the message itself if it is one, else an `AssertionError`.
    fn into_error(self, context: &mut Context) -> JsResult<JsError> {
        if error::is_error(&self.message, context) {
            return Ok(JsError::from_opaque(self.message));
        }
        let error = error::create(self, context)?;
        Ok(JsError::from_opaque(error.into()))
    }
}
