//! From the specifier of an `import` to a URL. No JavaScript here.
//!
//! Source: Node's documentation, "Modules: ECMAScript modules", section "Resolution Algorithm
//! Specification". Packages and their `exports` are CommonJS's too: `commonjs::package`.

use std::{
    fs,
    path::{Path, PathBuf},
};

use url::Url;

use super::errors::Failure;
use crate::engine::{
    builtins::BuiltinTable,
    commonjs::{
        package::{self, ImportTarget, Package},
        resolve::{self as files, Resolver, is_relative},
    },
    errors::Code,
};

/// What a specifier means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// A builtin, by its name without `node:`.
    Builtin(&'static str),
    /// A `node:` URL that no builtin has, which is found out when it is loaded.
    UnknownBuiltin(String),
    /// A file, with the URL that tells its instances apart: query and fragment count.
    File { path: PathBuf, url: String },
    /// A `data:` URL.
    Data(String),
}

impl Target {
    /// The URL.
    pub(super) fn url(&self) -> String {
        match self {
            Self::Builtin(name) => format!("node:{name}"),
            Self::File { url, .. } | Self::Data(url) | Self::UnknownBuiltin(url) => url.clone(),
        }
    }

    /// The target of a file that is known to be there.
    pub(super) fn of_path(path: &Path) -> Self {
        Self::File { path: path.to_path_buf(), url: file_url(path) }
    }
}

/// The `file:` URL of an absolute path.
pub(crate) fn file_url(path: &Path) -> String {
    let Ok(mut url) = Url::from_file_path(path) else { return path.to_string_lossy().into_owned() };
    // A folder's URL ends with a slash where its path does.
    if path.to_string_lossy().ends_with('/') && !url.path().ends_with('/') {
        url.set_path(&format!("{}/", url.path()));
    }
    url.into()
}

/// How an error names the module that asked: by its path if it has one.
pub(super) fn shown(base: &str) -> String {
    let url = Url::parse(base).ok().filter(|url| url.scheme() == "file");
    match url.as_ref().and_then(|url| url.to_file_path().ok()) {
        Some(path) if base.ends_with('/') => format!("{}/", path.display()).replace("//", "/"),
        Some(path) => path.display().to_string(),
        None => base.to_owned(),
    }
}

/// One resolution.
pub(super) struct Resolution<'a> {
    pub(super) resolver: &'a Resolver,
    pub(super) builtins: &'a BuiltinTable,
    /// The conditions of `exports` that hold.
    pub(super) conditions: &'a [String],
    /// The URL of the module that asks.
    pub(super) base: &'a str,
}

/// The extensions and index files that a package's `main` may leave out.
const LEGACY: [&str; 7] = ["", ".js", ".json", ".node", "/index.js", "/index.json", "/index.node"];

impl Resolution<'_> {
    /// The target of a specifier.
    pub(super) fn resolve(&self, specifier: &str) -> Result<Target, Failure> {
        if let Some(name) = self.builtins.host(specifier) {
            return Ok(Target::Builtin(name));
        }
        if is_relative(specifier) || specifier.starts_with('/') {
            let joined = Url::parse(self.base).ok().filter(|base| !base.cannot_be_a_base());
            return match joined.and_then(|base| base.join(specifier).ok()) {
                Some(url) => self.absolute(&url, specifier),
                None => Err(Failure::unresolvable(specifier, self.base)),
            };
        }
        if specifier.starts_with('#') {
            return self.internal(specifier);
        }
        match Url::parse(specifier) {
            Ok(url) => self.absolute(&url, specifier),
            Err(_) => self.bare(specifier),
        }
    }

    fn absolute(&self, url: &Url, specifier: &str) -> Result<Target, Failure> {
        match url.scheme() {
            "file" => self.file(url, specifier),
            "data" => Ok(Target::Data(url.to_string())),
            "node" => match self.builtins.public(specifier) {
                Some(row) => Ok(Target::Builtin(row.name)),
                None => Ok(Target::UnknownBuiltin(specifier.to_owned())),
            },
            other => Err(Failure::unsupported_scheme(other)),
        }
    }

    /// A file that must be there.
    fn file(&self, url: &Url, specifier: &str) -> Result<Target, Failure> {
        let encoded = url.path().to_ascii_lowercase();
        if encoded.contains("%2f") || encoded.contains("%5c") {
            let reason = "must not include encoded \"/\" or \"\\\" characters";
            return Err(self.invalid_specifier(url.path(), reason));
        }
        if url.host_str().is_some_and(|host| !host.is_empty()) {
            return Err(Failure::foreign_host(url.to_string(), self.base));
        }
        let Some(mut path) = url.to_file_path().ok().filter(|_| has_only_escapes(url.path()))
        else {
            return Err(Failure::malformed(url.to_string(), self.base));
        };
        // The path that is shown has its slash still.
        if url.path().ends_with('/') {
            path.push("");
        }
        // A path with a slash behind it counts as equal.
        if let Some(real) = self.resolver.found_in_graph(&path)
            && !url.path().ends_with('/')
        {
            return Ok(Self::target(real, url));
        }
        match fs::metadata(&path) {
            Ok(found) if found.is_dir() => Err(self.folder(&path, url, specifier)),
            Ok(_) if !url.path().ends_with('/') => Ok(self.found(path, url)),
            _ => Err(self.missing(&path, url, specifier)),
        }
    }

    fn found(&self, path: PathBuf, url: &Url) -> Target {
        let real = if self.resolver.settings.borrow().preserve_symlinks {
            None
        } else {
            self.resolver.without_links(&path)
        };
        let real = real.unwrap_or_else(|| path.clone());
        self.resolver.remember_in_graph(path, real.clone());
        Self::target(real, url)
    }

    fn target(path: PathBuf, url: &Url) -> Target {
        let mut found = file_url(&path);
        if let Some(query) = url.query() {
            found.push('?');
            found.push_str(query);
        }
        if let Some(fragment) = url.fragment() {
            found.push('#');
            found.push_str(fragment);
        }
        Target::File { path, url: found }
    }

    fn folder(&self, path: &Path, url: &Url, specifier: &str) -> Failure {
        let mut message = format!(
            "Directory import '{}' is not supported resolving ES modules imported from {}",
            path.display(),
            shown(self.base)
        );
        message.push_str(&self.hint(specifier));
        Failure::new(Code::ERR_UNSUPPORTED_DIR_IMPORT, message).at(url.to_string())
    }

    fn missing(&self, path: &Path, url: &Url, specifier: &str) -> Failure {
        let from = shown(self.base);
        let mut message = format!("Cannot find module '{}' imported from {from}", path.display());
        message.push_str(&self.hint(specifier));
        Failure::new(Code::ERR_MODULE_NOT_FOUND, message).at(url.to_string())
    }

    /// What `require` would have found for the specifier, as advice.
    fn hint(&self, specifier: &str) -> String {
        let from = PathBuf::from(shown(self.base));
        let Some(home) = from.parent() else { return String::new() };
        let path = Url::parse(specifier).ok().and_then(|url| url.to_file_path().ok());
        let path = path.map(|path| path.to_string_lossy().into_owned());
        let specifier = path.as_deref().unwrap_or(specifier);
        let folders = if is_relative(specifier) {
            vec![home.to_path_buf()]
        } else if specifier.starts_with('/') {
            vec![PathBuf::new()]
        } else {
            files::node_modules_paths(home)
        };
        let extensions = [".js", ".json", ".node"].map(str::to_owned);
        let Ok(Some(found)) = self.resolver.find(specifier, &folders, &extensions, false) else {
            return String::new();
        };
        let found = found.to_string_lossy().into_owned();
        let advice = if is_relative(specifier) {
            relative(home, Path::new(&found))
        } else if specifier.starts_with('/') {
            found
        } else {
            let package = specifier.split('/').next().unwrap_or_default();
            found.rfind(package).map(|at| found[at..].to_owned()).unwrap_or(found)
        };
        format!("\nDid you mean to import {}?", serde_json::Value::from(advice))
    }

    fn invalid_specifier(&self, specifier: &str, reason: &str) -> Failure {
        let message =
            format!("Invalid module \"{specifier}\" {reason} imported from {}", shown(self.base));
        Failure::new(Code::ERR_INVALID_MODULE_SPECIFIER, message)
    }

    /// The path of the module that asks, if it is a file.
    fn base_path(&self) -> Option<PathBuf> {
        Url::parse(self.base).ok().filter(|url| url.scheme() == "file")?.to_file_path().ok()
    }

    /// `#name`: the `imports` of the package.
    fn internal(&self, specifier: &str) -> Result<Target, Failure> {
        if specifier == "#" || specifier.ends_with('/') {
            let reason = "is not a valid internal imports specifier name";
            return Err(self.invalid_specifier(specifier, reason));
        }
        let package = match self.base_path() {
            Some(path) => self.of_file(&path)?,
            None => None,
        };
        let Some(package) = package.filter(|package| package.imports.is_some()) else {
            let from = shown(self.base);
            let message = format!(
                "Package import specifier \"{specifier}\" is not defined imported from {from}"
            );
            return Err(Failure::new(Code::ERR_PACKAGE_IMPORT_NOT_DEFINED, message));
        };
        let target = package::resolve_imports(&package, specifier, self.conditions);
        let from = shown(self.base);
        let told = |error| Failure::of_package_while(&error, Some(&from), self.base);
        match target.map_err(told)? {
            ImportTarget::File(path) => self.listed(&path, specifier),
            ImportTarget::Package(name) => {
                let base = file_url(&package.path);
                Resolution { base: &base, ..*self }.bare(&name)
            }
        }
    }

    fn of_file(&self, path: &Path) -> Result<Option<std::rc::Rc<Package>>, Failure> {
        let package = self.resolver.packages.of_file(path);
        package.map_err(|error| Failure::of_package(&error, None))
    }

    /// A file that `exports` or `imports` name.
    fn listed(&self, path: &Path, specifier: &str) -> Result<Target, Failure> {
        match Url::from_file_path(path) {
            Ok(url) => self.file(&url, specifier),
            Err(()) => Err(Failure::unresolvable(specifier, self.base)),
        }
    }

    /// A builtin or a package.
    fn bare(&self, specifier: &str) -> Result<Target, Failure> {
        if let Some(row) = self.builtins.public(specifier) {
            return Ok(Target::Builtin(row.name));
        }
        let Some((name, subpath)) = package_name(specifier) else {
            return Err(self.invalid_specifier(specifier, "is not a valid package name"));
        };
        let Some(from) = self.base_path() else {
            return Err(Failure::unresolvable(specifier, self.base));
        };
        if let Some(own) = self.of_file(&from)?
            && own.exports.is_some()
            && own.name.as_deref() == Some(name)
        {
            return self.exported(&own, &subpath, specifier);
        }
        let home = if self.base.ends_with('/') { Some(&*from) } else { from.parent() };
        for folder in files::node_modules_paths(home.unwrap_or(Path::new("/"))) {
            let folder = folder.join(name);
            if folder.is_dir() {
                return self.in_package(&folder, &subpath, specifier);
            }
        }
        Err(self.no_package(name))
    }

    fn no_package(&self, name: &str) -> Failure {
        let message = format!("Cannot find package '{name}' imported from {}", shown(self.base));
        Failure::new(Code::ERR_MODULE_NOT_FOUND, message)
    }

    fn in_package(&self, folder: &Path, subpath: &str, specifier: &str) -> Result<Target, Failure> {
        let package = self.resolver.packages.in_folder(folder);
        let package = package.map_err(|error| {
            let importing = format!("\"{specifier}\" from {}", shown(self.base));
            Failure::of_package_while(&error, None, &importing)
        })?;
        if let Some(package) = &package
            && package.exports.is_some()
        {
            return self.exported(package, subpath, specifier);
        }
        if subpath != "." {
            return self.listed(&files::normalized(&folder.join(subpath)), specifier);
        }
        let main = package.as_ref().and_then(|package| package.main.as_deref());
        let candidates = main
            .into_iter()
            .flat_map(|main| LEGACY.map(|end| folder.join(format!("{main}{end}"))))
            .chain(["index.js", "index.json", "index.node"].map(|name| folder.join(name)));
        let found = candidates.map(|path| files::normalized(&path)).find(|path| path.is_file());
        match found {
            Some(path) => self.listed(&path, specifier),
            None => {
                let wanted = main.map_or_else(
                    || folder.join("index.js"),
                    |main| files::normalized(&folder.join(main)),
                );
                Err(self.no_package(&wanted.to_string_lossy()))
            }
        }
    }

    fn exported(
        &self,
        package: &Package,
        subpath: &str,
        specifier: &str,
    ) -> Result<Target, Failure> {
        let file = package::resolve_exports(package, subpath, self.conditions);
        let from = shown(self.base);
        let told = |error| Failure::of_package_while(&error, Some(&from), self.base);
        let file = file.map_err(told)?;
        self.listed(&file, specifier)
    }
}

/// True if every percent sign begins an escape.
fn has_only_escapes(path: &str) -> bool {
    path.split('%')
        .skip(1)
        .all(|rest| rest.len() >= 2 && rest.as_bytes()[..2].iter().all(u8::is_ascii_hexdigit))
}

/// `@scope/name/sub` as (`@scope/name`, `./sub`); `None` for what can be no package.
fn package_name(specifier: &str) -> Option<(&str, String)> {
    let slash = specifier.find('/');
    let end = match slash {
        Some(at) if specifier.starts_with('@') => {
            specifier[at + 1..].find('/').map_or(specifier.len(), |next| at + 1 + next)
        }
        None if specifier.starts_with('@') => return None,
        Some(at) => at,
        None => specifier.len(),
    };
    let (name, rest) = specifier.split_at(end);
    if name.starts_with('.') || name.contains(['\\', '%']) {
        return None;
    }
    Some((name, format!(".{rest}")))
}

/// A path below or beside a folder, as a specifier.
fn relative(folder: &Path, path: &Path) -> String {
    let mut up = String::new();
    for base in folder.ancestors() {
        if let Ok(rest) = path.strip_prefix(base) {
            let start = if up.is_empty() { "./" } else { &up };
            return format!("{start}{}", rest.display());
        }
        up.push_str("../");
    }
    path.display().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_packages() {
        assert_eq!(package_name("a/b/c"), Some(("a", "./b/c".into())));
        assert_eq!(package_name("a"), Some(("a", ".".into())));
        assert_eq!(package_name("@s/a/b"), Some(("@s/a", "./b".into())));
        assert_eq!(package_name("@s/a"), Some(("@s/a", ".".into())));
        assert_eq!(package_name("@s"), None);
        assert_eq!(package_name(".a"), None);
        assert_eq!(package_name("a%2fb"), None);
    }

    #[test]
    fn urls_of_files() {
        assert_eq!(file_url(Path::new("/a b/c#d.mjs")), "file:///a%20b/c%23d.mjs");
        assert_eq!(file_url(Path::new("/a/")), "file:///a/");
        assert_eq!(shown("file:///a%20b/c.mjs"), "/a b/c.mjs");
        assert_eq!(shown("file:///a/"), "/a/");
        assert_eq!(shown("data:text/javascript,1"), "data:text/javascript,1");
    }

    #[test]
    fn advice_is_relative() {
        assert_eq!(relative(Path::new("/a/b"), Path::new("/a/b/c.js")), "./c.js");
        assert_eq!(relative(Path::new("/a/b"), Path::new("/a/c.js")), "../c.js");
    }
}
