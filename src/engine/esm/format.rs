//! What a file is: by its extension, its package's `"type"`, and if neither says it, its text.
//!
//! Source: Node's documentation, "Modules: Packages", section "Determining module system".

use std::{
    collections::HashSet,
    path::{Path, PathBuf},
};

use boa_engine::{Context, JsObject, JsResult, JsString, js_string};

use super::errors::Failure;
use crate::engine::{
    builtins,
    commonjs::resolve::Resolver,
    errors::Code,
    module_hook::ModuleKind,
    syntax::{self, Declarations, Goal},
};

/// What a file is loaded as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    Module,
    CommonJs,
    Json,
    /// The text decides.
    Undeclared,
}

impl Format {
    /// That of a module that a host gave.
    pub(crate) const fn of_host(kind: ModuleKind) -> Self {
        match kind {
            ModuleKind::Detect => Self::Undeclared,
            ModuleKind::CommonJs => Self::CommonJs,
            ModuleKind::Module => Self::Module,
            ModuleKind::Json => Self::Json,
        }
    }
}

/// The format of a file as far as its name and its package tell; `None` for an extension that
/// means nothing to `import`.
pub(crate) fn of_path(path: &Path, resolver: &Resolver) -> Result<Option<Format>, (Code, String)> {
    let extension = path.extension().map(|extension| extension.to_string_lossy());
    Ok(Some(match extension.as_deref() {
        Some("mjs") => Format::Module,
        Some("cjs") => Format::CommonJs,
        Some("json") => Format::Json,
        Some("js") | None => {
            let package = resolver.packages.of_file(path);
            let package =
                package.map_err(|error| crate::engine::commonjs::describe(&error, None))?;
            match package.as_ref().and_then(|package| package.kind.as_deref()) {
                Some("module") => Format::Module,
                Some("commonjs") => Format::CommonJs,
                _ => Format::Undeclared,
            }
        }
        Some(_) => return Ok(None),
    }))
}

/// The format of a file that is imported.
pub(super) fn of_import(path: &Path, resolver: &Resolver) -> Result<Format, Failure> {
    let format = of_path(path, resolver).map_err(|(code, message)| Failure::new(code, message))?;
    format.ok_or_else(|| {
        let extension = path.extension().unwrap_or_default().to_string_lossy();
        let message = format!("Unknown file extension \".{extension}\" for {}", path.display());
        Failure::new(Code::ERR_UNKNOWN_FILE_EXTENSION, message)
    })
}

/// True for the text of an ES module: it says `import` or `export`, or it awaits outside of a function
/// and is no script.
pub(crate) fn is_module_text(text: &str) -> bool {
    reads_as_module(text, &syntax::declarations(text))
}

/// As [`is_module_text`], for a text whose declarations are known.
pub(super) fn reads_as_module(text: &str, declarations: &Declarations) -> bool {
    declarations.is_module
        || !declarations.awaits.is_empty()
            && syntax::explain(text, Goal::Body).is_some()
            && syntax::explain(text, Goal::Module).is_none()
}

/// The packages that were warned of.
#[derive(Default)]
struct Warned(HashSet<PathBuf>);

/// `MODULE_TYPELESS_PACKAGE_JSON`: a file had to be read twice because its package does not say
/// what it is. Nothing without a package.
pub(crate) fn warn_of_missing_type(
    path: &Path,
    resolver: &Resolver,
    context: &mut Context,
) -> JsResult<()> {
    let Ok(Some(package)) = resolver.packages.of_file(path) else { return Ok(()) };
    if !context.has_data::<std::cell::RefCell<Warned>>() {
        context.insert_data(std::cell::RefCell::new(Warned::default()));
    }
    let is_new = context
        .get_data::<std::cell::RefCell<Warned>>()
        .is_some_and(|warned| warned.borrow_mut().0.insert(package.path.clone()));
    if !is_new {
        return Ok(());
    }
    let message = format!(
        "Module type of {} is not specified and it doesn't parse as CommonJS.\nReparsing as ES module \
         because module syntax was detected. This incurs a performance overhead.\nTo eliminate this \
         warning, add \"type\": \"module\" to {}.",
        super::url_of(path),
        package.path.display()
    );
    let options = JsObject::with_object_proto(context.intrinsics());
    let code = js_string!("MODULE_TYPELESS_PACKAGE_JSON");
    crate::engine::natives::define_value(&options, js_string!("code"), code, true);
    builtins::emit_warning(&[JsString::from(message).into(), options.into()], context)
}
