//! The floors of `ARCHITECTURE.md`, checked: imports point down, `unsafe` stays in `sys`, every
//! JavaScript file has its row, every fixture its recorded output.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// A floor and the floors below it that it may import.
const FLOORS: &[(&str, &[&str])] = &[
    ("sys", &[]),
    ("ipc", &[]),
    ("channel", &["ipc", "sys"]),
    ("event_loop", &["sys"]),
    ("engine", &["event_loop", "sys"]),
    ("bindings", &["engine", "ipc", "event_loop", "sys"]),
    ("builtins", &["bindings", "engine"]),
    ("runtime", &["builtins", "bindings", "engine", "ipc", "event_loop", "sys"]),
];

/// What must not be imported by whom, beyond the floors.
const OUTSIDERS: &[(&str, &[&str])] = &[
    ("sys", &["boa_engine", "boa_gc", "serde_json"]),
    ("ipc", &["boa_engine", "boa_gc", "nix", "libc"]),
    ("channel", &["boa_engine", "boa_gc", "nix"]),
    ("event_loop", &["boa_engine", "boa_gc", "nix", "libc", "serde_json"]),
    ("cli", &["boa_engine", "boa_gc", "nix", "libc"]),
];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Every file below a folder with this extension.
fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let Ok(entries) = fs::read_dir(folder) else { return found };
    for entry in entries {
        let path = entry.expect("the tree can be read").path();
        if path.is_dir() {
            found.extend(files(&path, extension));
        } else if path.extension().is_some_and(|e| e == extension) {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// The floor that a source file belongs to: its folder below `src`, or its own name.
fn floor(path: &Path) -> String {
    let relative = path.strip_prefix(root().join("src")).expect("a file of src");
    let first = relative.components().next().expect("a name");
    first.as_os_str().to_string_lossy().trim_end_matches(".rs").to_owned()
}

fn sources() -> Vec<(String, PathBuf, String)> {
    let files = files(&root().join("src"), "rs");
    assert!(files.len() > 20, "src/ was found");
    files
        .into_iter()
        .map(|path| {
            let text = fs::read_to_string(&path).expect("source files are text");
            (floor(&path), path, text)
        })
        .collect()
}

/// The code of a file without its comments.
fn code(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines().enumerate().map(|(at, line)| (at + 1, line.split("//").next().unwrap_or("")))
}

/// The names that follow `crate::` in a line or in the lines of a `use crate::{` block.
fn imported(text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut depth = 0_usize;
    for (at, line) in code(text) {
        if depth > 0 {
            if depth == 1 {
                let name: String =
                    line.trim().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                if !name.is_empty() {
                    found.push((at, name));
                }
            }
            depth += line.matches('{').count();
            depth = depth.saturating_sub(line.matches('}').count());
            continue;
        }
        for (start, _) in line.match_indices("crate::") {
            let rest = &line[start + "crate::".len()..];
            if let Some(list) = rest.strip_prefix('{') {
                depth = 1 + list.matches('{').count();
                depth = depth.saturating_sub(list.matches('}').count());
                let first: Vec<&str> = list.split(',').map(str::trim).collect();
                for item in first {
                    let name: String =
                        item.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                    if !name.is_empty() {
                        found.push((at, name));
                    }
                }
            } else {
                let name: String =
                    rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                found.push((at, name));
            }
        }
    }
    found
}

#[test]
fn imports_point_down() {
    let all: Vec<&str> = FLOORS.iter().map(|row| row.0).collect();
    let mut wrong = Vec::new();
    for (floor, path, text) in sources() {
        let Some((_, allowed)) = FLOORS.iter().find(|row| row.0 == floor) else { continue };
        for (line, name) in imported(&text) {
            if all.contains(&name.as_str()) && name != floor && !allowed.contains(&name.as_str()) {
                wrong.push(format!("{}:{line}: {floor} imports {name}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "imports that do not point down:\n{}", wrong.join("\n"));
}

#[test]
fn the_command_line_uses_the_public_api_only() {
    let mut wrong = Vec::new();
    for (floor, path, text) in sources().into_iter().filter(|source| source.0 == "cli") {
        for (line, name) in imported(&text) {
            if FLOORS.iter().any(|row| row.0 == name) {
                wrong.push(format!("{}:{line}: {floor} imports {name}", path.display()));
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "the command line reaches past the public API:\n{}",
        wrong.join("\n")
    );
}

#[test]
fn each_floor_knows_only_its_crates() {
    let mut wrong = Vec::new();
    for (floor, path, text) in sources() {
        let Some((_, foreign)) = OUTSIDERS.iter().find(|row| row.0 == floor) else { continue };
        // Unit tests stand on both sides of what they test.
        if path.to_string_lossy().contains("/tests") {
            continue;
        }
        for (line, code) in code(&text) {
            for name in *foreign {
                let used = format!("{name}::");
                let is_begun = |at: usize| !code[..at].ends_with(char::is_alphanumeric);
                if code.match_indices(&used).any(|(at, _)| is_begun(at)) {
                    wrong.push(format!("{}:{line}: {floor} uses {name}", path.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "floors that know too much:\n{}", wrong.join("\n"));
}

#[test]
fn unsafe_stays_in_sys() {
    let mut wrong = Vec::new();
    for (floor, path, text) in sources() {
        let lines: Vec<&str> = text.lines().collect();
        for (line, code) in code(&text) {
            let is_unsafe =
                code.split(|c: char| !c.is_alphanumeric() && c != '_').any(|word| word == "unsafe");
            if !is_unsafe {
                continue;
            }
            if floor != "sys" {
                wrong.push(format!("{}:{line}: unsafe outside of sys", path.display()));
                continue;
            }
            // The comment stands above the statement, which may begin a few lines before.
            let before = &lines[line.saturating_sub(12)..line];
            if code.contains("unsafe {") && !before.iter().any(|line| line.contains("SAFETY:")) {
                wrong.push(format!("{}:{line}: unsafe without SAFETY", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_script_has_its_row() {
    let table = fs::read_to_string(root().join("src/builtins.rs")).expect("the table exists");
    let scripts = files(&root().join("js"), "js");
    assert!(!scripts.is_empty(), "js/ was found");
    for script in scripts {
        let relative =
            script.strip_prefix(root()).expect("a file of js/").to_string_lossy().into_owned();
        assert!(
            table.contains(&format!("\"../{relative}\"")),
            "no row in builtins.rs loads {relative}"
        );
    }
}

#[test]
fn every_recorded_output_has_its_fixture() {
    let outputs = files(&root().join("fixtures"), "out");
    assert!(outputs.len() > 100, "fixtures/ was found");
    for output in outputs {
        let is_there = |extension| output.with_extension(extension).is_file();
        assert!(is_there("js") || is_there("mjs"), "{} has no fixture", output.display());
    }
}

#[test]
fn no_file_has_a_name_that_promises_nothing() {
    for (_, path, _) in sources() {
        let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let vague = ["util", "utils", "helper", "helpers", "common", "manager", "misc"];
        let is_builtin =
            path.ends_with("bindings/util.rs") || path.to_string_lossy().contains("bindings/util/");
        assert!(is_builtin || !vague.contains(&stem.as_str()), "{}", path.display());
    }
}
