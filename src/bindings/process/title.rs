//! `process.title`: what this process is called.

use std::{cell::RefCell, ffi::CString, rc::Rc};

use boa_engine::{Context, JsResult, JsString, JsValue};

use crate::{
    engine::{natives::arg, state},
    sys::image,
};

/// The title that the program or the command line gave.
struct Title(RefCell<Option<JsString>>);

/// `get process.title`.
pub(super) fn get(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let given = context.get_data::<Rc<Title>>().and_then(|title| title.0.borrow().clone());
    Ok(match given {
        Some(title) => title.into(),
        None => JsString::from(super::state(context).launch.argv0.as_str()).into(),
    })
}

/// `set process.title`.
pub(super) fn set(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let title = arg(args, 0).to_string(context)?;
    change(&title.to_std_string_lossy(), context);
    Ok(JsValue::undefined())
}

/// Calls the process by this name, up to the first NUL byte; only the program itself, in a host's.
pub(super) fn change(title: &str, context: &mut Context) {
    let title = title.split('\0').next().unwrap_or_default();
    if state::of(context).owns_process.get() {
        // What stands before a NUL holds none.
        image::set_title(CString::new(title).unwrap_or_default());
    }
    context.insert_data(Rc::new(Title(RefCell::new(Some(JsString::from(title))))));
}
