//! Long regular expressions that a program writes in its functions: compiled once, copied for each
//! evaluation. `engine::syntax::additions` has the text call this.

use std::{cell::RefCell, collections::HashMap, rc::Rc};

use boa_engine::{
    Context, JsObject, JsResult, JsString, JsValue, builtins::regexp::RegExp, js_string,
    property::PropertyDescriptor,
};

use crate::engine::{
    natives::{arg, define_value, function},
    syntax::LITERAL,
};

/// The expressions by the key that their text has.
#[derive(Default)]
struct Known(RefCell<HashMap<JsString, RegExp>>);

/// Defines the function in the current realm. Its name shows nowhere but in the list of all globals.
pub(super) fn install(context: &mut Context) {
    let make = function(LITERAL, 2, make, context);
    define_value(&context.global_object(), JsString::from(LITERAL), make, false);
}

/// `(key, () => /literal/)`: a new regular expression.
fn make(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let key = arg(args, 0).to_string(context)?;
    let known = known(context);
    if let Some(expression) = known.0.borrow().get(&key) {
        return Ok(copied(expression.clone(), context).into());
    }
    let literal = arg(args, 1).to_object(context)?;
    let made = literal.call(&JsValue::undefined(), &[], context)?;
    let expression = made.as_object().and_then(|object| {
        let expression = object.downcast_ref::<RegExp>()?.clone();
        Some(expression)
    });
    if let Some(expression) = expression {
        known.0.borrow_mut().insert(key, expression);
    }
    Ok(made)
}

fn known(context: &mut Context) -> Rc<Known> {
    if let Some(known) = context.get_data::<Rc<Known>>() {
        return known.clone();
    }
    let known = Rc::new(Known::default());
    context.insert_data(known.clone());
    known
}

fn copied(expression: RegExp, context: &Context) -> JsObject {
    let prototype = context.intrinsics().constructors().regexp().prototype();
    let object = JsObject::new(context.root_shape(), prototype, expression).upcast();
    let last_index =
        PropertyDescriptor::builder().value(0).writable(true).enumerable(false).configurable(false);
    object.insert_property(js_string!("lastIndex"), last_index.build());
    object
}
