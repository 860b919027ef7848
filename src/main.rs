//! The `rjs` binary.

fn main() -> std::process::ExitCode {
    rjs::cli::main()
}
