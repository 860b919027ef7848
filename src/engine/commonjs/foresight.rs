//! What a program will load, as far as the texts of its modules tell, compiled in advance.
//!
//! Files are only read here. What a realm has of them in advance counts for the texts that they had then: a file that has
//! changed since is compiled when it is loaded, as ever.

use std::{
    cell::RefCell,
    collections::{HashMap, HashSet, VecDeque},
    fs::{self, File, Metadata},
    io::Read,
    os::unix::fs::{MetadataExt, OpenOptionsExt},
    path::{Path, PathBuf},
    rc::Rc,
    time::{Duration, Instant},
};

use boa_engine::Context;

use super::{
    compile::{PARAMETERS, without_hashbang},
    resolve::Resolver,
    text_of,
};
use crate::engine::{
    builtins,
    esm::{self, Format, foreseen::Imported},
    foreseen, state,
    syntax::{self, Required},
};

/// The most that is compiled in advance while a zygote lives, bytes of text: a megabyte takes a tenth of a second to half of one.
const MOST: u64 = 2 << 20;

/// The largest file that is: larger ones are made by tools, and hold much that no program runs.
const LARGEST: u64 = 256 << 10;

/// The most programs, and the most files: all of them are looked at again when a child is asked for.
const MANY: usize = 256;

/// The most that is looked for of what one text requires.
const MOST_REQUESTS: usize = 200;

/// How long files are taken to be as they were. Programs that start children one upon the other do not change them meanwhile,
/// and if one does, its children see that by themselves.
const FRESH: Duration = Duration::from_millis(50);

/// A text to be compiled.
enum Item {
    /// The file that a program begins with, as it was asked for.
    Main(PathBuf),
    File(PathBuf),
    Builtin(String),
}

/// What tells whether a file has changed.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Stamp {
    place: (u64, u64),
    size: u64,
    changed: (i64, i64),
}

impl Stamp {
    fn of(metadata: &Metadata) -> Self {
        Self {
            place: (metadata.dev(), metadata.ino()),
            size: metadata.size(),
            changed: (metadata.ctime(), metadata.ctime_nsec()),
        }
    }
}

/// What is known of the programs to come.
#[derive(Default)]
struct Foresight {
    mains: HashSet<PathBuf>,
    files: HashMap<PathBuf, Stamp>,
    /// What was compiled so far of files, bytes of text.
    spent: u64,
    builtins: HashSet<String>,
    waiting: VecDeque<Item>,
    /// What is only loaded when some function is called, or on some condition.
    perhaps: VecDeque<Item>,
    /// What the packages of the files said when they were last looked at.
    resolver: Resolver,
    looked: Option<Instant>,
}

/// Tells that a program will begin with this file, an absolute path. What that means is done by [`prepare`]; whether there is
/// anything to be done.
pub(crate) fn expect(main: &Path, context: &mut Context) -> bool {
    let foresight = of(context);
    let mut foresight = foresight.borrow_mut();
    foresight.look(main, context);
    !foresight.waiting.is_empty() || !foresight.perhaps.is_empty()
}

/// Compiles one of the texts that are to be; `false` if there is none.
pub(crate) fn prepare(context: &mut Context) -> bool {
    let foresight = of(context);
    let Some(item) = foresight.borrow_mut().next() else { return false };
    match item {
        Item::Main(path) => foresight.borrow_mut().main(&path),
        Item::File(path) => file(&foresight, &path, context),
        Item::Builtin(name) => builtin(&foresight, name, context),
    }
    true
}

fn of(context: &mut Context) -> Rc<RefCell<Foresight>> {
    if let Some(foresight) = context.get_data::<Rc<RefCell<Foresight>>>() {
        return foresight.clone();
    }
    let foresight = Rc::new(RefCell::new(Foresight::default()));
    context.insert_data(foresight.clone());
    foresight
}

impl Foresight {
    /// Notes a program, and which of the known files have changed.
    fn look(&mut self, main: &Path, context: &mut Context) {
        let is_new = self.mains.len() < MANY && self.mains.insert(main.to_owned());
        if is_new {
            self.waiting.push_back(Item::Main(main.to_owned()));
        } else if self.looked.is_some_and(|looked| looked.elapsed() < FRESH) {
            return;
        }
        self.looked = Some(Instant::now());
        self.resolver = Resolver::default();
        let has_changed = |(path, stamp): &(&PathBuf, &Stamp)| {
            fs::metadata(path).map_or(true, |metadata| Stamp::of(&metadata) != **stamp)
        };
        let changed: Vec<PathBuf> =
            self.files.iter().filter(has_changed).map(|(path, _)| path.clone()).collect();
        for path in changed {
            self.files.remove(&path);
            foreseen::forget(&path.to_string_lossy(), context);
            esm::foreseen::forget(&path, context);
            self.waiting.push_back(Item::File(path));
        }
    }

    fn next(&mut self) -> Option<Item> {
        self.waiting.pop_front().or_else(|| self.perhaps.pop_front())
    }

    fn add(&mut self, item: Option<Item>, is_certain: bool) {
        let list = if is_certain { &mut self.waiting } else { &mut self.perhaps };
        list.extend(item);
    }

    fn main(&mut self, path: &Path) {
        let extensions = super::extensions();
        let found =
            self.resolver.find(&path.to_string_lossy(), &[PathBuf::new()], &extensions, true);
        self.waiting.extend(found.ok().flatten().map(Item::File));
    }

    /// The text of a file that has not been read, and is not too large; whether it is an ES module.
    fn read(&mut self, path: &Path) -> Option<(String, bool)> {
        if self.files.len() >= MANY || self.files.contains_key(path) {
            return None;
        }
        let flags = libc::O_NONBLOCK | libc::O_NOCTTY;
        let file = File::options().read(true).custom_flags(flags).open(path).ok()?;
        let metadata = file.metadata().ok()?;
        // What the system makes up has no size, and perhaps no end.
        let size = metadata.size();
        let most = LARGEST.min(MOST.saturating_sub(self.spent));
        if !metadata.is_file() || size == 0 || size > most {
            return None;
        }
        let format = esm::format_of_path(path, &self.resolver).ok().flatten();
        let format = format.filter(|format| *format != Format::Json)?;
        let mut bytes = Vec::new();
        file.take(size).read_to_end(&mut bytes).ok()?;
        self.files.insert(path.to_owned(), Stamp::of(&metadata));
        self.spent += size;
        let text = without_hashbang(text_of(&bytes).into_owned());
        let is_module =
            format == Format::Module || format == Format::Undeclared && esm::is_module_text(&text);
        Some((text, is_module))
    }
}

fn file(foresight: &RefCell<Foresight>, path: &Path, context: &mut Context) {
    let read = foresight.borrow_mut().read(path);
    match read {
        Some((text, true)) => module(&mut foresight.borrow_mut(), path, text, context),
        Some((text, false)) => script(&mut foresight.borrow_mut(), path, &text, context),
        None => {}
    }
}

fn module(foresight: &mut Foresight, path: &Path, text: String, context: &mut Context) {
    for imported in esm::foreseen::foresee(path, text, &foresight.resolver, context) {
        foresight.waiting.push_back(match imported {
            Imported::File(path) => Item::File(path),
            Imported::Builtin(name) => Item::Builtin(name.to_owned()),
        });
    }
}

fn script(foresight: &mut Foresight, path: &Path, text: &str, context: &mut Context) {
    foreseen::foresee(text, &path.to_string_lossy(), PARAMETERS, context);
    for Required { specifier, is_certain } in syntax::required(text).into_iter().take(MOST_REQUESTS)
    {
        let item = match state::of(context).builtins.public(&specifier) {
            Some(row) => Some(Item::Builtin(row.name.to_owned())),
            None => super::found_from(&foresight.resolver, path, &specifier).map(Item::File),
        };
        foresight.add(item, is_certain);
    }
}

fn builtin(foresight: &RefCell<Foresight>, name: String, context: &mut Context) {
    if !foresight.borrow_mut().builtins.insert(name.clone()) {
        return;
    }
    let Some(source) = builtins::foresee(&name, context) else { return };
    for Required { specifier, is_certain } in syntax::required(source) {
        foresight.borrow_mut().add(Some(Item::Builtin(specifier)), is_certain);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::realm;

    /// A folder with files in it, removed at the end.
    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str, files: &[(&str, &str)]) -> Self {
            let path =
                std::env::temp_dir().join(format!("rjs-foresight-{name}-{}", std::process::id()));
            let folder = Self(path);
            for (name, text) in files {
                folder.write(name, text);
            }
            folder
        }

        fn path(&self, name: &str) -> PathBuf {
            self.0.join(name)
        }

        fn write(&self, name: &str, text: &str) {
            let path = self.path(name);
            fs::create_dir_all(path.parent().expect("it has a folder"))
                .expect("the folder is made");
            fs::write(path, text).expect("the file is written");
        }

        /// Of what is kept, the names below the folder.
        fn kept(&self, context: &mut Context) -> Vec<String> {
            let root = fs::canonicalize(&self.0).expect("it is there");
            let below = |name: String| {
                let path = Path::new(name.strip_prefix("file://").unwrap_or(&name));
                Some(path.strip_prefix(&root).ok()?.to_str()?.to_owned())
            };
            let names = foreseen::names(context).into_iter();
            names.chain(esm::foreseen::urls(context)).filter_map(below).collect()
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    fn foresee(main: &Path, context: &mut Context) {
        expect(main, context);
        while prepare(context) {}
    }

    #[test]
    fn what_the_modules_of_a_program_require_is_compiled() {
        let folder = Folder::new(
            "tree",
            &[
                (
                    "main.js",
                    "#!/usr/bin/env node\nrequire('./a'); if (0) { require('pack/sub'); require('fs') } require('./no')",
                ),
                (
                    "a/index.js",
                    "require('../data.json'); require('../main'); require('../module.mjs')",
                ),
                ("data.json", "{}"),
                (
                    "module.mjs",
                    "import './deep.mjs'; import 'pack/sub'; import './no.mjs'; import 'node:fs'",
                ),
                ("deep.mjs", "await 0; export {}"),
                ("node_modules/pack/package.json", "{ \"exports\": { \"./sub\": \"./deep.js\" } }"),
                ("node_modules/pack/deep.js", "exports.deep = true"),
                ("other.js", "exports.other = true"),
            ],
        );
        let mut context = realm::create(Vec::new()).expect("a realm can be made");
        foresee(&folder.path("main"), &mut context);
        let expected =
            ["a/index.js", "main.js", "node_modules/pack/deep.js", "deep.mjs", "module.mjs"];
        assert_eq!(folder.kept(&mut context), expected);
    }

    #[test]
    fn a_file_that_has_changed_is_compiled_again() {
        let folder = Folder::new("changes", &[("main.js", "require('./a')"), ("a.js", "1")]);
        let mut context = realm::create(Vec::new()).expect("a realm can be made");
        foresee(&folder.path("main.js"), &mut context);
        assert_eq!(folder.kept(&mut context), ["a.js", "main.js"]);
        folder.write("a.js", "require('./b')");
        folder.write("b.js", "2");
        of(&mut context).borrow_mut().looked = None;
        foresee(&folder.path("main.js"), &mut context);
        assert_eq!(folder.kept(&mut context), ["a.js", "b.js", "main.js"]);
        let name = fs::canonicalize(folder.path("a.js")).expect("it is there");
        let name = name.to_string_lossy();
        assert!(foreseen::take("require('./b')", &name, PARAMETERS, &context).is_some());
    }

    #[test]
    fn what_is_no_program_is_no_trouble() {
        let large = format!("/*{}*/", "x".repeat(LARGEST as usize));
        let folder = Folder::new(
            "none",
            &[("large.js", &large), ("broken.js", "let let"), ("bytes.js", "\u{feff}\0")],
        );
        let mut context = realm::create(Vec::new()).expect("a realm can be made");
        for name in ["", "no.js", "large.js", "broken.js", "bytes.js"] {
            foresee(&folder.path(name), &mut context);
        }
        foresee(Path::new("/dev/zero"), &mut context);
        assert_eq!(folder.kept(&mut context), [""; 0]);
    }
}
