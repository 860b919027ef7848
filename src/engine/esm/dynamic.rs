//! `import()`: the engine asks for one module, and gets it evaluated as far as it can be at once.

use std::path::Path;

use boa_engine::{
    Context, JsResult, Module,
    module::{ModuleRequest, Referrer},
};

use super::{Loader, evaluate, graph, load, record::Kind, resolve, working_folder};
use crate::engine::state;

/// The module that `import(specifier)` in the referrer means.
///
/// It has been evaluated, or waits; the engine finds its promise when it evaluates it again.
pub(super) fn import(
    loader: &Loader,
    referrer: &Referrer,
    request: &ModuleRequest,
    context: &mut Context,
) -> JsResult<Module> {
    if let Some(relay) = loader.importers.import(referrer, request, context)? {
        return Ok(relay);
    }
    let base = base(referrer, context);
    let specifier = request.specifier().to_std_string_lossy();
    let target = super::resolved(&specifier, &base, context);
    let target = target.map_err(|failure| failure.into_error(context))?;
    let attributes = load::attributes(request);
    let root = graph::prepare(loader, &target, &attributes, context)?;
    let promise = evaluate::evaluate(&root, context)?;
    if let Kind::Builtin(name) = root.kind {
        super::builtin::fetch(name, crate::engine::syntax::ALL, context)?;
    }
    // The engine takes the same promise and tells the caller.
    state::of(context).rejections.forget(&promise.into());
    Ok(root.module())
}

/// The URL that a referrer's specifiers are relative to.
pub(super) fn base(referrer: &Referrer, context: &Context) -> String {
    let Some(path) = referrer.path() else { return working_folder(context) };
    match referrer {
        Referrer::Module(_) => path.to_string_lossy().into_owned(),
        _ => of_script(path, context),
    }
}

/// Scripts are known by their paths or URLs; those without a file are in the working folder, where those of the
/// command line have a name.
fn of_script(path: &Path, context: &Context) -> String {
    let name = path.to_string_lossy();
    if name.starts_with("file:") || name.starts_with("data:") {
        return name.into_owned();
    }
    if path.is_absolute() {
        return resolve::file_url(path);
    }
    let folder = working_folder(context);
    match &*name {
        "[eval]" => folder + "%5Beval%5D",
        "[stdin]" => folder + "%5Bstdin%5D",
        _ => folder,
    }
}
