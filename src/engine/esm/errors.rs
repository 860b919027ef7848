//! What the ES module loader throws.

use std::path::PathBuf;

use boa_engine::{Context, JsError, JsString, builtins::error::ErrorKind, js_string};

use crate::engine::{
    commonjs::{self, resolve::ResolveError},
    errors::{Code, coded_object},
    natives::define_value,
    permission::{self, Scope},
    script_error::ScriptError,
    stack,
};

/// Why a module cannot be found or loaded; becomes an error with a code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Failure {
    code: Code,
    message: String,
    /// The URL that led nowhere.
    url: Option<String>,
    /// It is about the URL itself, and names the module that asks.
    asked_by: Option<String>,
    /// What a host's loader says.
    thrown: Option<Box<ScriptError>>,
    /// A file that the program may not read.
    denied: Option<PathBuf>,
}

impl Failure {
    pub(super) fn new(code: Code, message: String) -> Self {
        Self { code, message, url: None, asked_by: None, thrown: None, denied: None }
    }

    /// What a host's loader says.
    pub(super) fn of_host(error: ScriptError) -> Self {
        let failure = Self::new(Code::ERR_INVALID_RETURN_VALUE, error.message.clone());
        Self { thrown: Some(Box::new(error)), ..failure }
    }

    /// With an own property `url`.
    pub(super) fn at(mut self, url: String) -> Self {
        self.url = Some(url);
        self
    }

    /// A percent sign that begins no escape.
    pub(super) fn malformed(url: String, module: &str) -> Self {
        let failure = Self::new(Code::ERR_INVALID_URI, "URI malformed".to_owned());
        Self { asked_by: Some(module.to_owned()), ..failure.at(url) }
    }

    /// The URL of a file on another machine.
    pub(super) fn foreign_host(url: String, module: &str) -> Self {
        let message = "File URL host must be \"localhost\" or empty on linux".to_owned();
        let failure = Self::new(Code::ERR_INVALID_FILE_URL_HOST, message);
        Self { asked_by: Some(module.to_owned()), ..failure.at(url) }
    }

    /// The URL of a file that is not there, or is a folder.
    pub(super) fn url(&self) -> Option<&str> {
        self.url.as_deref().filter(|_| self.asked_by.is_none())
    }

    /// What a `package.json` says is wrong, or refuses; `from` is the module that asked.
    pub(super) fn of_package(error: &ResolveError, from: Option<&str>) -> Self {
        let (code, message) = commonjs::describe(error, from);
        let denied = match error {
            ResolveError::Denied(path) => Some(path.clone()),
            _ => None,
        };
        Self { denied, ..Self::new(code, message) }
    }

    /// As [`Failure::of_package`], while `importing` is looked for, which the error of a broken file says.
    pub(super) fn of_package_while(
        error: &ResolveError,
        from: Option<&str>,
        importing: &str,
    ) -> Self {
        let ResolveError::InvalidPackageConfig { path, reason } = error else {
            return Self::of_package(error, from);
        };
        let mut message =
            format!("Invalid package config {} while importing {importing}.", path.display());
        if let Some(reason) = reason {
            message.push(' ');
            message.push_str(reason);
        }
        Self::new(Code::ERR_INVALID_PACKAGE_CONFIG, message)
    }

    /// A specifier that a base like `data:` cannot resolve.
    pub(super) fn unresolvable(specifier: &str, base: &str) -> Self {
        let message = format!(
            "Failed to resolve module specifier \"{specifier}\" from \"{base}\": Invalid relative URL or \
             base scheme is not hierarchical."
        );
        Self::new(Code::ERR_UNSUPPORTED_RESOLVE_REQUEST, message)
    }

    pub(super) fn unsupported_scheme(scheme: &str) -> Self {
        let known = if matches!(scheme, "http" | "https") {
            "file and data"
        } else {
            "file, data, and node"
        };
        let message = format!(
            "Only URLs with a scheme in: {known} are supported by the default ESM loader. Received \
             protocol '{scheme}:'"
        );
        Self::new(Code::ERR_UNSUPPORTED_ESM_URL_SCHEME, message)
    }

    /// The error object, to be thrown.
    pub(super) fn into_error(self, context: &mut Context) -> JsError {
        if let Some(thrown) = self.thrown {
            return thrown.into_js(context);
        }
        if let Some(path) = self.denied {
            return permission::denied(Scope::FsRead, &path.to_string_lossy(), context);
        }
        if let (Some(module), Some(url)) = (self.asked_by, &self.url) {
            let error = match self.code {
                // It has no code.
                Code::ERR_INVALID_URI => {
                    stack::new_error(ErrorKind::Uri, None, &self.message, context)
                }
                code => coded_object(context, code, self.message),
            };
            define_value(&error, js_string!("input"), JsString::from(url.as_str()), true);
            define_value(&error, js_string!("module"), JsString::from(module), true);
            return JsError::from_opaque(error.into());
        }
        let error = coded_object(context, self.code, self.message);
        if let Some(url) = self.url {
            define_value(&error, js_string!("url"), JsString::from(url), true);
        }
        JsError::from_opaque(error.into())
    }
}
