//! Links the binary at a fixed address: a position-independent executable of this size spends a good
//! part of its start-up on relocations, each of which also makes a page of its own.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rustc-link-arg-bins=-no-pie");
}
