//! What JSON keeps for each context, and the engine's own functions that it builds on.

use std::{cell::RefCell, rc::Rc};

use boa_engine::{
    Context, JsError, JsNativeError, JsObject, JsResult, JsString, JsValue,
    builtins::object::OrdinaryObject, js_string, property::PropertyKey,
};

use super::{parser::Workspace, shapes::ShapeCache, stringify::Level};

/// How deep a walk that runs JavaScript at every level may go.
///
/// It bounds programs that never end (a `toJSON` that always returns a new object); V8 gives up
/// after some 5,000 levels, when its native stack is full.
pub(super) const MAX_DEPTH: usize = 200_000;

/// What a walk deeper than [`MAX_DEPTH`] ends with.
pub(super) fn too_deep() -> JsError {
    JsNativeError::range().with_message("Maximum call stack size exceeded").into()
}

/// See the module. Get it with [`State::of`].
pub(super) struct State {
    pub(super) workspace: RefCell<Workspace>,
    pub(super) shapes: RefCell<ShapeCache>,
    /// Memory for the open levels of a stringification; empty between two.
    pub(super) levels: RefCell<Vec<Level>>,
    /// The engine's own functions, taken before a program can replace them.
    is_array: JsObject,
    object_keys: JsObject,
    delete_property: JsObject,
}

impl State {
    /// Takes what it needs from a context in which no program has run.
    pub(super) fn new(context: &mut Context) -> JsResult<Self> {
        Ok(Self {
            workspace: RefCell::default(),
            shapes: RefCell::default(),
            levels: RefCell::default(),
            is_array: original("Array", "isArray", context)?,
            object_keys: original("Object", "keys", context)?,
            delete_property: original("Reflect", "deleteProperty", context)?,
        })
    }

    /// The state of this context.
    pub(super) fn of(context: &Context) -> Rc<Self> {
        context
            .get_data::<Rc<Self>>()
            .expect("realm::create installs JSON into every context")
            .clone()
    }

    /// Keeps the memory of levels for the next time, unless it is much.
    pub(super) fn keep_levels(&self, mut levels: Vec<Level>) {
        const KEPT: usize = 64;
        levels.clear();
        if levels.capacity() <= KEPT {
            self.levels.replace(levels);
        }
    }

    /// `IsArray`: looks through proxies, and throws for a revoked one.
    pub(super) fn is_array(&self, object: &JsObject, context: &mut Context) -> JsResult<bool> {
        if object.is_array() || object.is::<OrdinaryObject>() {
            return Ok(object.is_array());
        }
        let answer =
            self.is_array.call(&JsValue::undefined(), &[object.clone().into()], context)?;
        Ok(answer.to_boolean())
    }

    /// `EnumerableOwnProperties` of the kind key.
    pub(super) fn enumerable_keys(
        &self,
        object: &JsObject,
        context: &mut Context,
    ) -> JsResult<Vec<PropertyKey>> {
        if object.is::<OrdinaryObject>() {
            return Ok(ordinary_keys(object));
        }
        let keys =
            self.object_keys.call(&JsValue::undefined(), &[object.clone().into()], context)?;
        let keys = keys.as_object().expect("Object.keys returns an array");
        (0..array_length(&keys, context)?)
            .map(|index| keys.get(index, context)?.to_property_key(context))
            .collect()
    }

    /// `[[Delete]]`, whatever it answers.
    pub(super) fn delete(
        &self,
        object: &JsObject,
        key: PropertyKey,
        context: &mut Context,
    ) -> JsResult<()> {
        let args = [object.clone().into(), key.into()];
        self.delete_property.call(&JsValue::undefined(), &args, context).map(drop)
    }
}

fn original(object: &str, function: &str, context: &mut Context) -> JsResult<JsObject> {
    let object = context.global_object().get(JsString::from(object), context)?;
    let object = object.to_object(context)?;
    object.get(JsString::from(function), context)?.to_object(context)
}

/// The enumerable string keys of an object without exotic behaviour, in the standard's order.
fn ordinary_keys(object: &JsObject) -> Vec<PropertyKey> {
    let object = object.borrow();
    let properties = object.properties();
    let mut indices: Vec<u32> = properties.index_property_keys().collect();
    indices.sort_unstable();
    let names = object.shape().keys();
    indices
        .into_iter()
        .map(PropertyKey::from)
        .chain(names)
        .filter(|key| !matches!(key, PropertyKey::Symbol(_)))
        .filter(|key| {
            properties.get(key).is_some_and(|property| property.enumerable() == Some(true))
        })
        .collect()
}

/// `LengthOfArrayLike`.
pub(super) fn array_length(object: &JsObject, context: &mut Context) -> JsResult<u64> {
    object.get(js_string!("length"), context)?.to_length(context)
}
