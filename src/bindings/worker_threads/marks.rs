//! Objects that a program has kept from being handed over, or from being cloned.

use std::rc::Rc;

use boa_engine::{Context, JsError, JsObject, JsResult, JsValue, object::builtins::JsWeakSet};

use crate::{
    bindings::{buffer, structured_clone::data_clone_error},
    engine::natives::arg,
};

/// The marked objects of a realm.
struct Marks {
    untransferable: JsWeakSet,
    uncloneable: JsWeakSet,
}

/// Present once something was marked: until then nobody looks.
fn known(context: &Context) -> Option<Rc<Marks>> {
    context.get_data::<Rc<Marks>>().cloned()
}

/// Whether anything was marked.
pub(crate) fn has_marks(context: &Context) -> bool {
    context.has_data::<Rc<Marks>>()
}

fn of(context: &mut Context) -> Rc<Marks> {
    known(context).unwrap_or_else(|| {
        let marks =
            Marks { untransferable: JsWeakSet::new(context), uncloneable: JsWeakSet::new(context) };
        let marks = Rc::new(marks);
        context.insert_data(marks.clone());
        marks
    })
}

/// `markAsUntransferable(object)`.
pub(super) fn mark_untransferable(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    if let Some(object) = arg(args, 0).as_object() {
        of(context).untransferable.add(&object, context)?;
    }
    Ok(JsValue::undefined())
}

/// `isMarkedAsUntransferable(object)`.
pub(super) fn is_marked_untransferable(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let object = arg(args, 0).as_object();
    Ok(object.is_some_and(|object| is_untransferable(&object, context)).into())
}

/// `markAsUncloneable(object)`.
pub(super) fn mark_uncloneable(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    if let Some(object) = arg(args, 0).as_object() {
        of(context).uncloneable.add(&object, context)?;
    }
    Ok(JsValue::undefined())
}

/// Whether an object stays here: a program has marked it, or buffers of others lie in it.
pub(crate) fn is_untransferable(object: &JsObject, context: &mut Context) -> bool {
    if buffer::is_pool_block(object, context) {
        return true;
    }
    let Some(marks) = known(context) else { return false };
    marks.untransferable.has(object, context).unwrap_or(false)
}

pub(crate) fn is_uncloneable(object: &JsObject, context: &mut Context) -> bool {
    let Some(marks) = known(context) else { return false };
    marks.uncloneable.has(object, context).unwrap_or(false)
}

/// The error for one that must not be cloned.
pub(crate) fn refused_to_clone(context: &mut Context) -> JsError {
    data_clone_error("Cannot clone object of unsupported type.", context)
}
