//! Links the binary at a fixed address and, where the C library's archives are installed, statically.
//!
//! What a process does before its `main` is a good part of the time that a small program takes: a
//! position-independent executable of this size spends it on relocations, each of which makes a page of its own,
//! and a dynamic one on finding, mapping and binding its libraries; the copies that warm fork makes have their
//! mappings to copy. ARCHITECTURE.md, "Where rjs departs from the obvious".

use std::{
    env, fs, io,
    path::{Path, PathBuf},
    process::Command,
};

/// The libraries that the standard library names as shared ones, and the archives that stand for them.
const LIBRARIES: &[(&str, &[&str])] =
    &[("c", &["libc.a"]), ("m", &["libm.a"]), ("gcc_s", &["libgcc_eh.a", "libc.a"])];

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-env-changed=RJS_DYNAMIC");
    println!("cargo::rustc-link-arg-bins=-no-pie");
    if !is_possible() {
        return;
    }
    let folder = PathBuf::from(env::var_os("OUT_DIR").expect("Cargo names it"));
    if stand_in(&folder).is_ok_and(|complete| complete) {
        println!("cargo::rustc-link-arg-bins=-static");
        // Before the system's own folders.
        println!("cargo::rustc-link-arg-bins=-L{}", folder.display());
    }
}

/// Whether this builds for the machine that it runs on, and that has the GNU C library.
fn is_possible() -> bool {
    let is_set = |name: &str, value: &str| env::var(name).is_ok_and(|given| given == value);
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
