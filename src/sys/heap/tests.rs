//! Blocks of every size, in one thread and in many.

use std::{collections::HashSet, sync::mpsc, thread};

use super::*;

fn layout(size: usize) -> Layout {
    Layout::from_size_align(size, 8).unwrap()
}

/// A block that holds `value` in all of its bytes.
struct Filled {
    address: usize,
    size: usize,
    value: u8,
}

impl Filled {
    fn new(size: usize, value: u8) -> Self {
        // SAFETY: the layout is not empty.
        let block = unsafe { PoolAllocator.alloc(layout(size)) };
        assert!(!block.is_null() && block.addr() % STEP.min(8) == 0);
        // SAFETY: the block has so many bytes.
        unsafe { block.write_bytes(value, size) };
        Self { address: block.expose_provenance(), size, value }
    }

    fn block(&self) -> *mut u8 {
        ptr::with_exposed_provenance_mut(self.address)
    }

    fn assert_whole(&self) {
        // SAFETY: the block has so many bytes, all of them written.
        let bytes = unsafe { std::slice::from_raw_parts(self.block(), self.size) };
        assert!(bytes.iter().all(|&byte| byte == self.value));
    }

    fn resize(&mut self, size: usize) {
        // SAFETY: the block is this allocator's, of this layout.
        let block = unsafe { PoolAllocator.realloc(self.block(), layout(self.size), size) };
        self.address = block.expose_provenance();
        self.size = self.size.min(size);
        self.assert_whole();
        self.size = size;
        // SAFETY: the block has so many bytes.
        unsafe { block.write_bytes(self.value, size) };
    }
}

impl Drop for Filled {
    fn drop(&mut self) {
        // SAFETY: the block is this allocator's, of this layout, and given up.
        unsafe { PoolAllocator.dealloc(self.block(), layout(self.size)) };
    }
}

#[test]
fn blocks_keep_what_is_written_to_them() {
    let mut blocks: Vec<Filled> =
        (0..5000).map(|n| Filled::new(1 + n * 7 % 1200, n.to_le_bytes()[0])).collect();
    for (n, block) in blocks.iter_mut().enumerate() {
        block.assert_whole();
        block.resize(1 + n * 11 % 1300);
    }
    blocks.retain(|block| block.size % 3 != 0);
    blocks.extend((0..2000).map(|n| Filled::new(1 + n * 5 % 600, 0xee)));
    blocks.iter().for_each(Filled::assert_whole);
}

#[test]
fn what_is_freed_is_used_again() {
    let address = Filled::new(40, 1).address;
    assert_eq!(Filled::new(48, 2).address, address);
}

#[test]
fn zeroed_blocks_are_zero_whatever_was_in_them() {
    drop(Filled::new(64, 0xff));
    // SAFETY: the layout is not empty.
    let block = unsafe { PoolAllocator.alloc_zeroed(layout(64)) };
    Filled { address: block.expose_provenance(), size: 64, value: 0 }.assert_whole();
}

#[test]
fn what_one_thread_frees_another_can_allocate() {
    const AT_ONCE: usize = 5000;
    let (to_other, received) = mpsc::sync_channel::<Vec<Filled>>(0);
    let (freed, is_freed) = mpsc::sync_channel(0);
    let other = thread::spawn(move || {
        for blocks in received {
            drop(blocks);
            freed.send(()).unwrap();
        }
    });
    let mut addresses = HashSet::new();
    for _ in 0..20 {
        let blocks: Vec<Filled> = (0..AT_ONCE).map(|_| Filled::new(208, 7)).collect();
        addresses.extend(blocks.iter().map(|block| block.address));
        to_other.send(blocks).unwrap();
        is_freed.recv().unwrap();
    }
    drop(to_other);
    other.join().unwrap();
    assert!(addresses.len() < 2 * AT_ONCE, "{} blocks for {AT_ONCE}", addresses.len());
}

#[test]
fn a_thread_that_ends_leaves_its_blocks_to_the_next() {
    let mut addresses = HashSet::new();
    for _ in 0..50 {
        let used = thread::spawn(|| {
            let blocks: Vec<Filled> = (0..1000).map(|_| Filled::new(304, 7)).collect();
            blocks.iter().map(|block| block.address).collect::<Vec<_>>()
        });
        addresses.extend(used.join().unwrap());
    }
    assert!(addresses.len() < 5000, "{} blocks for 1000", addresses.len());
}
