//! `import.meta`.
//!
//! Source: Node's documentation, "Modules: ECMAScript modules", section "import.meta".

use boa_engine::{Context, JsObject, JsResult, JsString, JsValue, Module};

use super::{Loader, builtin};
use crate::engine::natives::{arg, closure, define_value};

/// Fills the object that a module gets.
pub(super) fn fill(loader: &Loader, meta: &JsObject, module: &Module, context: &mut Context) {
    if loader.importers.fill_meta(module, meta, context) || loader.record_of(module).is_none() {
        // One of the program's own (`vm`).
        return;
    }
    let url = module.path().map(|path| path.to_string_lossy().into_owned()).unwrap_or_default();
    if let Some(name) = url.strip_prefix("node:") {
        return builtin::fill_meta(name, meta, context);
    }
    let define = |name: &str, value: JsValue| define_value(meta, JsString::from(name), value, true);
    let file = url::Url::parse(&url).ok().filter(|url| url.scheme() == "file");
    if let Some(path) = file.and_then(|url| url.to_file_path().ok()) {
        let folder = path.parent().unwrap_or(&path).to_string_lossy().into_owned();
        define("dirname", JsString::from(folder).into());
        define("filename", JsString::from(&*path.to_string_lossy()).into());
    }
    let is_main = loader.main.borrow().as_deref() == Some(&url);
    define("main", is_main.into());
    let base = JsString::from(url.as_str());
    let resolve = closure("resolve", 2, base.clone(), resolve_from, context);
    define("resolve", resolve.into());
    define("url", base.into());
}

/// `import.meta.resolve(specifier)`: a URL, whether there is a file or not.
fn resolve_from(
    _: &JsValue,
    args: &[JsValue],
    base: &JsString,
    context: &mut Context,
) -> JsResult<JsValue> {
    let specifier = arg(args, 0).to_string(context)?.to_std_string_lossy();
    let url = match super::resolved(&specifier, &base.to_std_string_lossy(), context) {
        Ok(target) => target.url(),
        Err(failure) => match failure.url() {
            Some(url) => url.to_owned(),
            None => return Err(failure.into_error(context)),
        },
    };
    Ok(JsString::from(url).into())
}
