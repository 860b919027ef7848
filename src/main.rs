//! The `rjs` binary.

#[global_allocator]
static ALLOCATOR: rjs::PoolAllocator = rjs::PoolAllocator;

fn main() {
    rjs::cli::main()
}
