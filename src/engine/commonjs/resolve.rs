//! From a specifier to a file: `Module._findPath` and its neighbours. No JavaScript here.
//!
//! Source: Node's documentation, "Modules: CommonJS modules", section "All together".

use std::{
    cell::RefCell,
    collections::HashMap,
    fs,
    path::{Component, Path, PathBuf},
};

use super::{
    package::{self, ImportTarget, Package, Packages},
    settings::ModuleSettings,
};

/// Why a specifier leads nowhere. Becomes a JavaScript error in [`super::errors`].
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum ResolveError {
    /// A `package.json` that the program may not read.
    Denied(PathBuf),
    InvalidPackageConfig {
        path: PathBuf,
        reason: Option<&'static str>,
    },
    InvalidPackageTarget {
        field: &'static str,
        target: String,
        key: String,
        package: PathBuf,
    },
    /// A target whose path has a separator as an escape.
    EncodedSeparator {
        path: PathBuf,
    },
    /// What `*` stands for goes up, or into other packages.
    InvalidSpecifier {
        specifier: String,
        pattern: String,
        field: &'static str,
        package: PathBuf,
    },
    /// `#` alone.
    InvalidImport {
        specifier: String,
    },
    PathNotExported {
        package: PathBuf,
        subpath: String,
    },
    ImportNotDefined {
        specifier: String,
        package: PathBuf,
    },
    /// `exports` led to a file that is not there.
    ExportedFileMissing {
        file: PathBuf,
        package: PathBuf,
    },
    /// `main` led to a file that is not there, and there is no index file either.
    MainMissing {
        file: PathBuf,
        package: PathBuf,
        request: String,
    },
}

/// How files are found.
#[derive(Debug)]
pub(crate) struct Resolver {
    pub(crate) packages: Packages,
    /// The conditions of `exports` that hold, `default` aside.
    pub(crate) conditions: RefCell<Vec<String>>,
    /// The same for `import`.
    pub(crate) import_conditions: RefCell<Vec<String>>,
    pub(crate) settings: RefCell<ModuleSettings>,
    /// The last package whose `main` is not there and whose index file was taken instead.
    pub(crate) missing_main: RefCell<Option<(PathBuf, String)>>,
    /// What folders are without symbolic links.
    real_folders: RefCell<HashMap<PathBuf, PathBuf>>,
    /// What the files of a graph of ES modules that is being loaded are without symbolic links: most
    /// are imported by several of the others.
    of_graph: RefCell<Option<HashMap<PathBuf, PathBuf>>>,
}

impl Default for Resolver {
    fn default() -> Self {
        let conditions = |own: &str| {
            RefCell::new(["node", own, "module-sync", "node-addons"].map(str::to_owned).to_vec())
        };
        Self {
            packages: Packages::default(),
            conditions: conditions("require"),
            import_conditions: conditions("import"),
            settings: RefCell::default(),
            missing_main: RefCell::default(),
            real_folders: RefCell::default(),
            of_graph: RefCell::default(),
        }
    }
}

impl ResolveError {
    /// The same where this pattern was followed.
    pub(super) fn of_pattern(self, followed: &str) -> Self {
        match self {
            Self::InvalidSpecifier { specifier, field, package, .. } => {
                Self::InvalidSpecifier { specifier, pattern: followed.to_owned(), field, package }
            }
            other => other,
        }
    }
}

impl Resolver {
    /// The file that `request` means in one of the folders, tried in their order.
    pub(crate) fn find(
        &self,
        request: &str,
        folders: &[PathBuf],
        extensions: &[String],
        is_main: bool,
    ) -> Result<Option<PathBuf>, ResolveError> {
        let found = self.find_link(request, folders, extensions)?;
        Ok(found.map(|path| if is_main { self.real_main(path) } else { self.real(&path) }))
    }

    fn find_link(
        &self,
        request: &str,
        folders: &[PathBuf],
        extensions: &[String],
    ) -> Result<Option<PathBuf>, ResolveError> {
        let trailing_slash = matches!(request.rsplit('/').next(), Some("" | "." | ".."));
        // What leaves the folder may be there when the folder is not.
        let is_inside = !is_relative(request) || !normalized_request(request).starts_with("..");
        for folder in folders {
            if is_inside && !folder.as_os_str().is_empty() && !folder.is_dir() {
                continue;
            }
            if is_bare(request)
                && let Some(found) = self.exported(folder, request)?
            {
                return Ok(Some(found));
            }
            let base = normalized(&folder.join(request));
            if let Some(found) = self.file_or_folder(&base, request, trailing_slash, extensions)? {
                return Ok(Some(found));
            }
        }
        Ok(None)
    }

    /// A file as it stands, with an extension, or a folder's main.
    fn file_or_folder(
        &self,
        base: &Path,
        request: &str,
        trailing_slash: bool,
        extensions: &[String],
    ) -> Result<Option<PathBuf>, ResolveError> {
        let kind = fs::metadata(base);
        if !trailing_slash {
            if kind.as_ref().is_ok_and(|meta| !meta.is_dir()) {
                return Ok(Some(base.to_path_buf()));
            }
            if let Some(found) = with_extension(base, extensions) {
                return Ok(Some(found));
            }
        }
        if kind.is_ok_and(|meta| meta.is_dir()) {
            return self.folder_main(base, request, extensions);
        }
        Ok(None)
    }

    fn folder_main(
        &self,
        folder: &Path,
        request: &str,
        extensions: &[String],
    ) -> Result<Option<PathBuf>, ResolveError> {
        let index = || with_extension(&folder.join("index"), extensions);
        let Some(package) = self.packages.in_folder(folder)? else { return Ok(index()) };
        let Some(main) = package.main.as_deref().filter(|main| !main.is_empty()) else {
            return Ok(index());
        };
        let file = normalized(&folder.join(main));
        if file.is_file() {
            return Ok(Some(file));
        }
        let found = with_extension(&file, extensions)
            .or_else(|| with_extension(&file.join("index"), extensions));
        if found.is_some() {
            return Ok(found);
        }
        match index() {
            Some(found) => {
                *self.missing_main.borrow_mut() = Some((package.path.clone(), main.to_owned()));
                Ok(Some(found))
            }
            None => Err(ResolveError::MainMissing {
                file,
                package: package.path.clone(),
                request: request.to_owned(),
            }),
        }
    }

    /// The file that the `exports` of a package in this `node_modules` folder give.
    fn exported(&self, folder: &Path, request: &str) -> Result<Option<PathBuf>, ResolveError> {
        let Some((name, subpath)) = split_bare(request) else { return Ok(None) };
        let Some(package) = self.packages.in_folder(&folder.join(name))? else { return Ok(None) };
        if package.exports.is_none() {
            return Ok(None);
        }
        self.exported_by(&package, &subpath).map(Some)
    }

    fn exported_by(&self, package: &Package, subpath: &str) -> Result<PathBuf, ResolveError> {
        let file = package::resolve_exports(package, subpath, &self.conditions.borrow())?;
        self.existing(file, package)
    }

    fn existing(&self, file: PathBuf, package: &Package) -> Result<PathBuf, ResolveError> {
        if file.is_file() {
            return Ok(self.real(&file));
        }
        let package = package.path.parent().unwrap_or(Path::new("/")).to_path_buf();
        Err(ResolveError::ExportedFileMissing { file, package })
    }

    /// The file that a package's own name gives inside of the package, by its `exports`.
    pub(crate) fn self_reference(
        &self,
        from: &Path,
        request: &str,
    ) -> Result<Option<PathBuf>, ResolveError> {
        let Some((name, subpath)) = split_bare(request) else { return Ok(None) };
        let Some(package) = self.packages.of_file(from)? else { return Ok(None) };
        if package.exports.is_none() || package.name.as_deref() != Some(name) {
            return Ok(None);
        }
        self.exported_by(&package, &subpath).map(Some)
    }

    /// What a specifier that begins with `#` leads to; `None` outside of a package with imports.
    pub(crate) fn imported(
        &self,
        from: &Path,
        request: &str,
    ) -> Result<Option<ImportTarget>, ResolveError> {
        let Some(package) = self.packages.of_file(from)? else { return Ok(None) };
        if package.imports.is_none() {
            return Ok(None);
        }
        match package::resolve_imports(&package, request, &self.conditions.borrow())? {
            ImportTarget::File(file) => {
                self.existing(file, &package).map(ImportTarget::File).map(Some)
            }
            package @ ImportTarget::Package(_) => Ok(Some(package)),
        }
    }

    fn real(&self, path: &Path) -> PathBuf {
        if self.settings.borrow().preserve_symlinks {
            return path.to_path_buf();
        }
        self.without_links(path).unwrap_or_else(|| path.to_path_buf())
    }

    /// A graph begins to be loaded, or is loaded: then files may change again.
    pub(in crate::engine) fn loads_graph(&self, loads: bool) {
        *self.of_graph.borrow_mut() = loads.then(HashMap::new);
    }

    /// The file of a graph that was found under this path, without symbolic links.
    pub(in crate::engine) fn found_in_graph(&self, path: &Path) -> Option<PathBuf> {
        self.of_graph.borrow().as_ref()?.get(path).cloned()
    }

    /// See [`Self::found_in_graph`].
    pub(in crate::engine) fn remember_in_graph(&self, path: PathBuf, real: PathBuf) {
        if let Some(known) = self.of_graph.borrow_mut().as_mut() {
            known.insert(path, real);
        }
    }

    /// `realpath`, with the folders of files that were looked for before remembered.
    pub(in crate::engine) fn without_links(&self, path: &Path) -> Option<PathBuf> {
        let (Some(folder), Some(name)) = (path.parent(), path.file_name()) else {
            return fs::canonicalize(path).ok();
        };
        let known = self.real_folders.borrow().get(folder).cloned();
        let real = match known {
            Some(real) => real,
            None => {
                let real = fs::canonicalize(folder).ok()?;
                self.real_folders.borrow_mut().insert(folder.to_path_buf(), real.clone());
                real
            }
        };
        let file = real.join(name);
        match fs::symlink_metadata(&file) {
            Ok(found) if !found.is_symlink() => Some(file),
            _ => fs::canonicalize(path).ok(),
        }
    }

    fn real_main(&self, path: PathBuf) -> PathBuf {
        if self.settings.borrow().preserve_symlinks_main {
            return path;
        }
        fs::canonicalize(&path).unwrap_or(path)
    }
}

/// The first file whose name is the path and one of the extensions.
fn with_extension(base: &Path, extensions: &[String]) -> Option<PathBuf> {
    extensions.iter().find_map(|extension| {
        let mut name = base.as_os_str().to_owned();
        name.push(extension);
        let file = PathBuf::from(name);
        file.is_file().then_some(file)
    })
}

/// The `node_modules` folders that a file in `folder` sees, nearest first.
pub(crate) fn node_modules_paths(folder: &Path) -> Vec<PathBuf> {
    folder
        .ancestors()
        .filter(|at| !at.ends_with("node_modules"))
        .map(|at| at.join("node_modules"))
        .collect()
}

/// A relative request without `.` and without `..` behind a name.
fn normalized_request(request: &str) -> PathBuf {
    let mut out = PathBuf::new();
    for component in Path::new(request).components() {
        let is_down = matches!(out.components().next_back(), Some(Component::Normal(_)));
        match component {
            Component::CurDir => {}
            Component::ParentDir if is_down => drop(out.pop()),
            other => out.push(other),
        }
    }
    out
}

/// True for `./x`, `../x`, `.` and `..`.
pub(crate) fn is_relative(request: &str) -> bool {
    matches!(request, "." | "..") || request.starts_with("./") || request.starts_with("../")
}

/// True for what names a package: neither relative nor absolute.
pub(crate) fn is_bare(request: &str) -> bool {
    !is_relative(request) && !request.starts_with('/')
}

/// `@scope/name/sub` as (`@scope/name`, `./sub`); a name alone has the subpath `.`.
fn split_bare(request: &str) -> Option<(&str, String)> {
    let slash = if request.starts_with('@') {
        let first = request.find('/')?;
        request[first + 1..].find('/').map(|second| first + 1 + second)
    } else {
        request.find('/')
    };
    let (name, rest) = slash.map_or((request, ""), |at| request.split_at(at));
    if name.is_empty() || name.starts_with('.') || name.contains(['\\', '%']) {
        return None;
    }
    Some((name, format!(".{rest}")))
}

/// The path without `.`, `..` and doubled slashes, without looking at the disk.
pub(crate) fn normalized(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                out.pop();
            }
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bare_specifiers_split_at_the_package_name() {
        assert_eq!(split_bare("a"), Some(("a", ".".into())));
        assert_eq!(split_bare("a/b/c"), Some(("a", "./b/c".into())));
        assert_eq!(split_bare("@s/a"), Some(("@s/a", ".".into())));
        assert_eq!(split_bare("@s/a/b"), Some(("@s/a", "./b".into())));
        assert_eq!(split_bare("@s"), None);
        assert_eq!(split_bare(".a"), None);
    }

    #[test]
    fn node_modules_folders_are_not_nested_in_themselves() {
        let paths = node_modules_paths(Path::new("/a/node_modules/b"));
        let expected = ["/a/node_modules/b/node_modules", "/a/node_modules", "/node_modules"];
        assert_eq!(paths, expected.map(PathBuf::from));
    }

    #[test]
    fn relative_is_what_begins_with_dots_and_a_slash() {
        for request in [".", "..", "./a", "../a"] {
            assert!(is_relative(request), "{request}");
        }
        for request in ["a", ".a", "..a", "/a", ""] {
            assert!(!is_relative(request), "{request}");
        }
    }

    #[test]
    fn normalized_requests_keep_the_dots_that_lead_out() {
        assert_eq!(normalized_request("./a/../b"), PathBuf::from("b"));
        assert_eq!(normalized_request("./a/../../b"), PathBuf::from("../b"));
        assert_eq!(normalized_request("../../b/."), PathBuf::from("../../b"));
    }

    #[test]
    fn normalized_paths_have_no_dots() {
        assert_eq!(normalized(Path::new("/a/./b/../c//d")), PathBuf::from("/a/c/d"));
        assert_eq!(normalized(Path::new("/../a")), PathBuf::from("/a"));
    }
}
