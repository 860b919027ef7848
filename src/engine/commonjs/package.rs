//! `package.json` files and what their `exports` and `imports` say. No JavaScript here.
//!
//! Source: Node's documentation, "Modules: Packages", and the resolver algorithm in "ECMAScript modules".

use std::{
    cell::RefCell,
    collections::HashMap,
    path::{Path, PathBuf},
    rc::Rc,
    sync::Arc,
};

use serde_json::Value;
use url::Url;

use super::resolve::ResolveError;
use crate::engine::permission::{self, Denied, Permissions};

/// The fields of a `package.json` that resolution looks at.
#[derive(Debug, Default)]
pub(crate) struct Package {
    /// The file itself.
    pub(crate) path: PathBuf,
    pub(crate) name: Option<String>,
    pub(crate) main: Option<String>,
    /// `"module"` or `"commonjs"`, where it says so.
    pub(crate) kind: Option<String>,
    pub(crate) exports: Option<Value>,
    pub(crate) imports: Option<Value>,
}

impl Package {
    fn folder(&self) -> &Path {
        self.path.parent().unwrap_or(Path::new("/"))
    }
}

/// The package files read so far, absent ones too.
#[derive(Debug, Default)]
pub(crate) struct Packages {
    known: RefCell<HashMap<PathBuf, Option<Rc<Package>>>>,
    /// What may be read, if that is limited.
    permissions: RefCell<Option<Arc<Permissions>>>,
}

impl Packages {
    /// Reads from now on what this grants.
    pub(super) fn limit(&self, permissions: Option<Arc<Permissions>>) {
        *self.permissions.borrow_mut() = permissions;
    }

    fn read(&self, path: &Path) -> Result<Option<Package>, ResolveError> {
        match permission::read_within(self.permissions.borrow().as_deref(), path) {
            Ok(Ok(bytes)) => parse(path, &bytes).map(Some),
            // A folder without a readable package.json is a folder without a package, as in Node.
            Ok(Err(_)) => Ok(None),
            Err(Denied) => Err(ResolveError::Denied(path.into())),
        }
    }

    /// The package whose folder this is, if there is a `package.json` in it.
    pub(crate) fn in_folder(&self, folder: &Path) -> Result<Option<Rc<Package>>, ResolveError> {
        let path = folder.join("package.json");
        if let Some(known) = self.known.borrow().get(&path) {
            return Ok(known.clone());
        }
        let package = self.read(&path)?.map(Rc::new);
        self.known.borrow_mut().insert(path, package.clone());
        Ok(package)
    }

    /// The package that a file belongs to: the nearest `package.json` upward, none past a
    /// `node_modules` folder. One that may not be read is none, as in Node.
    pub(crate) fn of_file(&self, file: &Path) -> Result<Option<Rc<Package>>, ResolveError> {
        let mut folder = file.parent();
        while let Some(at) = folder {
            if at.ends_with("node_modules") {
                return Ok(None);
            }
            match self.in_folder(at) {
                Ok(None) => {}
                Err(ResolveError::Denied(_)) => return Ok(None),
                found => return found,
            }
            folder = at.parent();
        }
        Ok(None)
    }
}

fn parse(path: &Path, bytes: &[u8]) -> Result<Package, ResolveError> {
    let invalid = || ResolveError::InvalidPackageConfig { path: path.into(), reason: None };
    let text = String::from_utf8_lossy(bytes);
    let value: Value =
        serde_json::from_str(text.trim_start_matches('\u{feff}')).map_err(|_| invalid())?;
    let Value::Object(mut fields) = value else { return Err(invalid()) };
    // Of the other fields Node takes what it can use.
    if ["name", "type"].iter().any(|&key| fields.get(key).is_some_and(|value| !value.is_string())) {
        return Err(invalid());
    }
    let string = |name: &str| match fields.get(name) {
        Some(Value::String(text)) => Some(text.clone()),
        _ => None,
    };
    let (name, main, kind) = (string("name"), string("main"), string("type"));
    Ok(Package {
        path: path.into(),
        name,
        main,
        kind,
        exports: fields
            .remove("exports")
            .filter(|value| value.is_object() || value.is_array() || value.is_string()),
        imports: fields.remove("imports").filter(Value::is_object),
    })
}

/// The file that `exports` gives for a subpath (`"."`, `"./x"`).
pub(crate) fn resolve_exports(
    package: &Package,
    subpath: &str,
    conditions: &[String],
) -> Result<PathBuf, ResolveError> {
    let exports = package.exports.as_ref().unwrap_or(&Value::Null);
    let not_exported = || ResolveError::PathNotExported {
        package: package.path.clone(),
        subpath: subpath.to_owned(),
    };
    let targets = Targets { package, conditions, field: "exports" };
    // Only `imports` lead to other packages.
    let file = |target| match target {
        ImportTarget::File(path) => Some(path),
        ImportTarget::Package(_) => None,
    };
    if !has_subpaths(package, exports)? {
        if subpath != "." {
            return Err(not_exported());
        }
        return targets.resolve(exports, subpath, None)?.and_then(file).ok_or_else(not_exported);
    }
    targets.matching(exports, subpath)?.and_then(file).ok_or_else(not_exported)
}

/// The file that `imports` gives for a specifier (`"#x"`); `None` where another package is meant,
/// whose specifier comes back instead.
pub(crate) fn resolve_imports(
    package: &Package,
    specifier: &str,
    conditions: &[String],
) -> Result<ImportTarget, ResolveError> {
    let not_defined = || ResolveError::ImportNotDefined {
        specifier: specifier.to_owned(),
        package: package.path.clone(),
    };
    let imports = package.imports.as_ref().ok_or_else(not_defined)?;
    if specifier == "#" {
        return Err(ResolveError::InvalidImport { specifier: specifier.to_owned() });
    }
    let targets = Targets { package, conditions, field: "imports" };
    targets.matching(imports, specifier)?.ok_or_else(not_defined)
}

/// What an entry of `exports` or `imports` leads to.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum ImportTarget {
    File(PathBuf),
    /// A specifier to be resolved from the package that imports it.
    Package(String),
}

/// True if the keys of `exports` are subpaths (`"./x"`), false if they are conditions.
fn has_subpaths(package: &Package, exports: &Value) -> Result<bool, ResolveError> {
    let Value::Object(entries) = exports else { return Ok(false) };
    let dotted = entries.keys().filter(|key| key.starts_with('.')).count();
    if dotted != 0 && dotted != entries.len() {
        return Err(ResolveError::InvalidPackageConfig {
            path: package.path.clone(),
            reason: Some(
                "\"exports\" cannot contain some keys starting with '.' and some not. The exports object \
                 must either be an object of package subpath keys or an object of main entry condition \
                 name keys only.",
            ),
        });
    }
    Ok(dotted != 0)
}

/// What a target answers.
enum Answer {
    Leads(ImportTarget),
    /// `null`: nothing, and nobody else is asked.
    Excludes,
    /// No condition holds.
    Silent,
}

/// Resolution of targets within one field of one package.
struct Targets<'a> {
    package: &'a Package,
    conditions: &'a [String],
    field: &'static str,
}

impl Targets<'_> {
    /// Looks `key` up among entries that may be patterns (`"./x/*"`).
    fn matching(&self, entries: &Value, key: &str) -> Result<Option<ImportTarget>, ResolveError> {
        let Value::Object(entries) = entries else { return Ok(None) };
        if let Some(target) = entries.get(key)
            && !key.contains('*')
            && !key.ends_with('/')
        {
            return self.resolve(target, key, None);
        }
        let best = entries
            .keys()
            .filter_map(|pattern| Some((pattern, matched(pattern, key)?)))
            .max_by_key(|(pattern, _)| (pattern.find('*'), pattern.len()));
        match best {
            Some((pattern, star)) => {
                let found = self.resolve(&entries[pattern], key, Some(star));
                found.map_err(|error| error.of_pattern(pattern))
            }
            None => Ok(None),
        }
    }

    /// What one target leads to; `None` where it excludes.
    fn resolve(
        &self,
        target: &Value,
        key: &str,
        star: Option<&str>,
    ) -> Result<Option<ImportTarget>, ResolveError> {
        Ok(match self.answer(target, key, star)? {
            Answer::Leads(target) => Some(target),
            Answer::Excludes | Answer::Silent => None,
        })
    }

    fn answer(
        &self,
        target: &Value,
        key: &str,
        star: Option<&str>,
    ) -> Result<Answer, ResolveError> {
        match target {
            Value::String(text) => self.named(text, key, star).map(Answer::Leads),
            Value::Object(conditions) => {
                if conditions.keys().any(|key| is_index(key)) {
                    return Err(ResolveError::InvalidPackageConfig {
                        path: self.package.path.clone(),
                        reason: Some("\"exports\" cannot contain numeric property keys."),
                    });
                }
                for (condition, target) in conditions {
                    if condition == "default" || self.conditions.iter().any(|c| c == condition) {
                        match self.answer(target, key, star)? {
                            Answer::Silent => {}
                            answer => return Ok(answer),
                        }
                    }
                }
                Ok(Answer::Silent)
            }
            Value::Array(alternatives) if alternatives.is_empty() => Ok(Answer::Excludes),
            Value::Array(alternatives) => self.first(alternatives, key, star),
            Value::Null => Ok(Answer::Excludes),
            other => Err(self.invalid(&Value::from(other.to_string()).to_string(), key)),
        }
    }

    fn first(
        &self,
        alternatives: &[Value],
        key: &str,
        star: Option<&str>,
    ) -> Result<Answer, ResolveError> {
        let mut last = Ok(Answer::Silent);
        for target in alternatives {
            match self.answer(target, key, star) {
                Ok(Answer::Silent) => {}
                Ok(Answer::Excludes) => last = Ok(Answer::Excludes),
                Err(error @ ResolveError::InvalidPackageTarget { .. }) => last = Err(error),
                done => return done,
            }
        }
        last
    }

    /// What a text names: a file of the package, or in `imports` another package.
    fn named(
        &self,
        target: &str,
        key: &str,
        star: Option<&str>,
    ) -> Result<ImportTarget, ResolveError> {
        let invalid = || self.invalid(&Value::from(target).to_string(), key);
        let Some(rest) = target.strip_prefix("./") else {
            let is_package = self.field == "imports" && !target.starts_with(['.', '/']);
            if !is_package || Url::parse(target).is_ok_and(|url| url.scheme() != "node") {
                return Err(invalid());
            }
            let name = star.map_or_else(|| target.to_owned(), |star| target.replace('*', star));
            return Ok(ImportTarget::Package(name));
        };
        if rest.split(['/', '\\']).any(forbidden_segment) {
            return Err(invalid());
        }
        let invalid_specifier = || ResolveError::InvalidSpecifier {
            specifier: key.to_owned(),
            pattern: String::new(),
            field: self.field,
            package: self.package.path.clone(),
        };
        if star.is_some_and(|star| star.split(['/', '\\']).any(forbidden_segment)) {
            return Err(invalid_specifier());
        }
        let path = star.map_or_else(|| rest.to_owned(), |star| rest.replace('*', star));
        self.file(&path).map(ImportTarget::File)
    }

    /// The file at a relative URL.
    fn file(&self, relative: &str) -> Result<PathBuf, ResolveError> {
        // As in URLs, more slashes than one begin nothing new.
        let plain = self.package.folder().join(relative.trim_start_matches('/'));
        if !relative.contains(['%', '?', '#']) {
            return Ok(plain);
        }
        let lower = relative.to_ascii_lowercase();
        if lower.contains("%2f") || lower.contains("%5c") {
            return Err(ResolveError::EncodedSeparator { path: plain });
        }
        let base = Url::from_directory_path(self.package.folder());
        let url = base.ok().and_then(|base| base.join(&format!("./{relative}")).ok());
        Ok(url.and_then(|url| url.to_file_path().ok()).unwrap_or(plain))
    }

    fn invalid(&self, target: &str, key: &str) -> ResolveError {
        ResolveError::InvalidPackageTarget {
            field: self.field,
            target: target.to_owned(),
            key: key.to_owned(),
            package: self.package.path.clone(),
        }
    }
}

/// True for the keys that the language puts first: they have no order of their own.
fn is_index(key: &str) -> bool {
    key.parse::<u32>().is_ok_and(|index| index != u32::MAX && index.to_string() == key)
}

/// What `*` stands for, if the pattern matches the key.
fn matched<'k>(pattern: &str, key: &'k str) -> Option<&'k str> {
    let (head, tail) = pattern.split_once('*')?;
    if tail.contains('*') {
        return None;
    }
    let star = key.strip_prefix(head)?.strip_suffix(tail)?;
    (!star.is_empty()).then_some(star)
}

fn forbidden_segment(segment: &str) -> bool {
    let plain = segment.to_ascii_lowercase().replace("%2e", ".");
    matches!(plain.as_str(), "." | ".." | "node_modules")
}
