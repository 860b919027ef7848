//! Links the binary at a fixed address, with what it starts with in one place and, where the C library's archives are
//! installed, statically.
//!
//! What a process does before its `main` is a good part of the time that a small program takes: a
//! position-independent executable of this size spends it on relocations, each of which makes a page of its own,
//! and a dynamic one on finding, mapping and binding its libraries; the copies that warm fork makes have their
//! mappings to copy. Functions that run at the start, one here and one there, take a page of memory each, and the
//! pages around it. ARCHITECTURE.md, "Where rjs departs from the obvious".

use std::{
    env, fs, io,
    path::{Path, PathBuf},
    process::Command,
};

/// The libraries that the standard library names as shared ones, and the archives that stand for them.
const LIBRARIES: &[(&str, &[&str])] =
    &[("c", &["libc.a"]), ("m", &["libm.a"]), ("gcc_s", &["libgcc_eh.a", "libgcc.a", "libc.a"])];

/// The first functions begin where a large page can (bytes): `sys::code_pages` puts them on one.
const LARGE_PAGE: usize = 2 << 20;

/// The functions that programs start with, a pattern a line. Made by link/record.sh.
const FIRST_FUNCTIONS: &str = "link/first-functions.txt";

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed={FIRST_FUNCTIONS}");
    println!("cargo::rerun-if-env-changed=RJS_DYNAMIC");
    println!("cargo::rustc-link-arg-bins=-no-pie");
    let folder = PathBuf::from(env::var_os("OUT_DIR").expect("Cargo names it"));
    if takes_scripts() {
        let script = put_together(&folder).expect("the folder is Cargo's, the list the package's");
        println!("cargo::rustc-link-arg-bins=-Wl,-T,{}", script.display());
    }
    if !is_possible() {
        return;
    }
    if stand_in(&folder).is_ok_and(|complete| complete) {
        println!("cargo::rustc-link-arg-bins=-static");
        // Before the system's own folders.
        println!("cargo::rustc-link-arg-bins=-L{}", folder.display());
    }
}

/// Whether Cargo's variable has this value.
fn is_set(name: &str, value: &str) -> bool {
    env::var(name).is_ok_and(|given| given == value)
}

/// Whether the linker understands GNU's scripts, and it is worth while.
fn takes_scripts() -> bool {
    let flags = env::var("CARGO_ENCODED_RUSTFLAGS").unwrap_or_default();
    is_set("PROFILE", "release")
        && is_set("CARGO_CFG_TARGET_OS", "linux")
        && !flags.contains("mold")
}

/// Writes a linker script that puts the first functions before all others; what of them is not there
/// does no harm.
fn put_together(folder: &Path) -> io::Result<PathBuf> {
    let rule = |pattern: &str| {
        if pattern.starts_with("libc.a:") {
            format!("    *{pattern}(.text .text.*)\n")
        } else {
            format!("    *(.text.{pattern} .text.unlikely.{pattern})\n")
        }
    };
    let rules: String = fs::read_to_string(FIRST_FUNCTIONS)?.lines().map(rule).collect();
    let script = folder.join("first-functions.ld");
    fs::write(
        &script,
        format!(
            "SECTIONS {{\n  .text.first : ALIGN({LARGE_PAGE}) {{\n{rules}  }}\n}}\nINSERT BEFORE .text;\n"
        ),
    )?;
    Ok(script)
}

/// Whether this builds for the machine that it runs on, and that has the GNU C library.
fn is_possible() -> bool {
    env::var_os("RJS_DYNAMIC").is_none()
        && is_set("CARGO_CFG_TARGET_OS", "linux")
        && is_set("CARGO_CFG_TARGET_ENV", "gnu")
        && env::var_os("HOST") == env::var_os("TARGET")
}

/// Writes, for each shared library that will be asked for, a linker script that gives its archives.
/// Cargo has the linker look for shared ones whatever a build script says, unless the whole build is
/// made so by flags. `false`: an archive is not installed.
fn stand_in(folder: &Path) -> io::Result<bool> {
    for (library, archives) in LIBRARIES {
        let Some(paths) = archives.iter().map(|name| installed(name)).collect::<Option<Vec<_>>>()
        else {
            return Ok(false);
        };
        fs::write(
            folder.join(format!("lib{library}.so")),
            format!("GROUP({})\n", paths.join(" ")),
        )?;
    }
    Ok(true)
}

/// Where the compiler that links finds this file.
fn installed(name: &str) -> Option<String> {
    let output = Command::new("cc").arg(format!("-print-file-name={name}")).output().ok()?;
    let path = String::from_utf8(output.stdout).ok()?.trim().to_owned();
    Path::new(&path).is_absolute().then_some(path)
}
