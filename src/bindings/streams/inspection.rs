//! What `util.inspect` shows of the states of streams: the fields that Node's have, which are accessors
//! here.

use boa_engine::{
    Context, JsObject, JsResult, JsString, JsValue, builtins::object::OrdinaryObject, js_string,
};

use super::state::State;
use crate::{
    bindings::inspect::custom,
    engine::natives::{define_value, function},
};

const OF_READABLE: [&str; 6] =
    ["highWaterMark", "buffer", "bufferIndex", "length", "pipes", "awaitDrainWriters"];
const OF_WRITABLE: [&str; 7] =
    ["highWaterMark", "length", "corked", "onwrite", "writelen", "bufferedIndex", "pendingcb"];

/// Defines `[util.inspect.custom]` on the prototype of a state.
pub(super) fn define(prototype: &JsObject, context: &mut Context) -> JsResult<()> {
    let key = custom::symbol(context)?;
    let inspect = function("[nodejs.util.inspect.custom]", 2, inspect, context);
    define_value(prototype, key, inspect, false);
    Ok(())
}

/// `state[util.inspect.custom](depth, options)`: an object of the same class with the fields.
fn inspect(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let object = this.as_object().filter(|_| State::of(this).is_some());
    // Else it is the object that is made below.
    let Some(object) = object else { return Ok(this.clone()) };
    let names: &[&str] = if object.has_property(js_string!("pipes"), context)? {
        &OF_READABLE
    } else {
        &OF_WRITABLE
    };
    let shown = JsObject::new(context.root_shape(), object.prototype(), OrdinaryObject).upcast();
    for name in names {
        let name = JsString::from(*name);
        let value = object.get(name.clone(), context)?;
        define_value(&shown, name, value, true);
    }
    // What a program has added.
    for key in object.own_property_keys(context)? {
        let value = object.get(key.clone(), context)?;
        define_value(&shown, key, value, true);
    }
    Ok(shown.into())
}
