//! The `rjs` binary.

fn main() {
    rjs::cli::main()
}
