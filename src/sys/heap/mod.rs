//! An allocator for programs whose memory is mostly small objects of one thread.
//!
//! The engine allocates for every object, property table, string and call. Here a block of up to [`LARGEST`] bytes
//! is taken off a list of the thread's own, or cut off a chunk, in some ten instructions; all else is the system
//! allocator's. What a thread frees in excess goes to a store, a batch at a time, so that a thread which only allocates
//! gets back what another one only frees; a thread that ends leaves there all that it has.

#[cfg(test)]
mod tests;

use std::{
    alloc::{GlobalAlloc, Layout, System},
    cell::UnsafeCell,
    ptr,
    sync::{
        Mutex, MutexGuard,
        atomic::{AtomicU8, AtomicU32, Ordering},
    },
};

use super::{
    lock::lock,
    mapping::{LARGE_PAGE, LargePage, map},
    stack,
};

/// Sizes of blocks are multiples of this, bytes; so are their addresses.
const STEP: usize = 16;

/// The largest block that is ours, bytes.
const LARGEST: usize = 512;

/// How many sizes there are: as many as [`FILLED`] has bits.
const SIZES: usize = LARGEST / STEP;

/// What is asked of the system at once, bytes.
const CHUNK: usize = 64 * 1024;

/// How many free blocks of a size change between a thread and the store. A thread keeps twice as many.
const BATCH: usize = 256;

/// What a program that runs JavaScript takes at the least, beside its first chunk, bytes.
const CERTAIN: usize = 448 * 1024;

/// What a copy of a process takes for itself before its program runs, about, bytes.
const SETTLING: usize = 128 * 1024;

/// Which chunk is asked of the system next.
static NEXT: AtomicU8 = AtomicU8::new(FIRST);

const FIRST: u8 = 0;
const SECOND: u8 = 1;
const FURTHER: u8 = 2;
const LARGE: u8 = 3;
const NEWBORN: u8 = 4;

/// Says that this process will be copied: it takes a page of the largest size for what it allocates next, if the system has
/// any. A copy of the process finds it with one entry of its page table in place of hundreds.
pub(crate) fn expect_copies() {
    NEXT.store(LARGE, Ordering::Relaxed);
}

/// To be called first in a copy of a process that has one thread: it takes none of the blocks that the other one has free. They lie on
/// pages that it shares with it, of which each would have to be copied for a block or two.
pub(super) fn begin_anew() {
    NEXT.store(NEWBORN, Ordering::Relaxed);
    store().forget();
    with_room(Room::forget);
}

/// The allocator, for `#[global_allocator]` in an executable that embeds rjs.
///
/// Small blocks are never given back to the system: a process keeps what it needed at its peak.
///
/// ```
/// #[global_allocator]
/// static ALLOCATOR: rjs::PoolAllocator = rjs::PoolAllocator;
///
/// assert_eq!(vec![1, 2, 3].len(), 3);
/// ```
#[derive(Debug)]
pub struct PoolAllocator;

// SAFETY: a block is either on one list or in use, and a list belongs to one thread or is behind the store's lock;
// blocks do not overlap, as they are cut off chunks one after the other; what `size_of_block` says of a layout is the same when the
// block is freed. None of it panics or allocates by this allocator.
unsafe impl GlobalAlloc for PoolAllocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        match size_of_block(layout) {
            Some(size) => with_room(|room| room.take(size)),
            None => {
                count_large(layout.size() as isize);
                // SAFETY: the caller's, handed on.
                unsafe { System.alloc(layout) }
            }
        }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        match size_of_block(layout) {
            Some(size) => with_room(|room| room.put(size, block.cast())),
            None => {
                count_large(-(layout.size() as isize));
                // SAFETY: the caller's, handed on.
                unsafe { System.dealloc(block, layout) }
            }
        }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        if size_of_block(layout).is_none() {
            count_large(layout.size() as isize);
            // SAFETY: the caller's, handed on.
            return unsafe { System.alloc_zeroed(layout) };
        }
        // SAFETY: the caller's, handed on.
        let block = unsafe { self.alloc(layout) };
        if !block.is_null() {
            // SAFETY: the block has at least the layout's bytes, and nobody else knows of it yet.
            unsafe { ptr::write_bytes(block, 0, layout.size()) };
        }
        block
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        stack::look();
        // SAFETY: the caller guarantees that the new size is valid for this alignment.
        let new = unsafe { Layout::from_size_align_unchecked(new_size, layout.align()) };
        match (size_of_block(layout), size_of_block(new)) {
            (Some(before), Some(after)) if before == after => return block,
            (None, None) => {
                count_large(new_size as isize - layout.size() as isize);
                // SAFETY: the caller's, handed on: the block is the system's.
                return unsafe { System.realloc(block, layout, new_size) };
            }
            _ => {}
        }
        // SAFETY: the new layout is not empty, as the caller guarantees.
        let moved = unsafe { self.alloc(new) };
        if !moved.is_null() {
            let length = layout.size().min(new_size);
            // SAFETY: both blocks have so many bytes, and one of them is new.
            unsafe { ptr::copy_nonoverlapping(block, moved, length) };
            // SAFETY: the caller's block, which it gives up.
            unsafe { self.dealloc(block, layout) };
        }
        moved
    }
}

/// Which size of block serves a layout: the `n`th has `(n + 1) * STEP` bytes. `None`: the system's.
fn size_of_block(layout: Layout) -> Option<usize> {
    (layout.size() <= LARGEST && layout.align() <= STEP)
        .then(|| layout.size().saturating_sub(1) / STEP)
}

/// A free block.
struct Block {
    /// The next one of its list.
    next: *mut Block,
    /// In the first one of a batch in the store: the first one of the next batch.
    next_batch: *mut Block,
}

/// The free blocks of one size that a thread keeps.
#[derive(Clone, Copy)]
struct Free {
    first: *mut Block,
    count: usize,
    /// A whole batch, so that a thread that frees and allocates in turn does not go to the store.
    spare: *mut Block,
}

/// What is left of a chunk.
#[derive(Clone, Copy)]
struct Rest {
    start: *mut Block,
    length: usize,
}

impl Rest {
    const NONE: Self = Self { start: ptr::null_mut(), length: 0 };
}

/// What a thread allocates from.
struct Room {
    free: [Free; SIZES],
    rest: Rest,
    /// What was taken for small blocks less what was given away, free ones included, bytes.
    acquired: isize,
    /// What was taken of the system for large blocks less what was given back, bytes.
    large: isize,
    /// The thread is ending: it keeps nothing any more.
    is_leaving: bool,
}

thread_local! {
    static ROOM: UnsafeCell<Room> = const { UnsafeCell::new(Room::new()) };
    /// Dropped when the thread ends.
    static LEAVING: Leaving = const { Leaving };
}

struct Leaving;

/// Has [`Leaving`] dropped when the thread ends. If the thread is just ending it has been.
fn expect_the_end() {
    let _ = LEAVING.try_with(|_| ());
}

impl Drop for Leaving {
    fn drop(&mut self) {
        with_room(Room::leave);
    }
}

fn with_room<T>(act: impl FnOnce(&mut Room) -> T) -> T {
    // SAFETY: the room is this thread's, and what is done with it neither allocates nor frees by this allocator.
    ROOM.with(|room| act(unsafe { &mut *room.get() }))
}

impl Room {
    const fn new() -> Self {
        // As if it were full: the thread's first block of a size takes the slow way too.
        let none = Free { first: ptr::null_mut(), count: BATCH, spare: ptr::null_mut() };
        Self { free: [none; SIZES], rest: Rest::NONE, acquired: 0, large: 0, is_leaving: false }
    }

    /// A block of this size; null if the system has no memory left.
    fn take(&mut self, size: usize) -> *mut u8 {
        let free = &mut self.free[size];
        let block = free.first;
        if block.is_null() {
            return self.take_further(size);
        }
        // SAFETY: a block on the list is free, and the list is this thread's.
        free.first = unsafe { (*block).next };
        free.count -= 1;
        block.cast()
    }

    /// As [`Self::take`] when the list is empty.
    fn take_further(&mut self, size: usize) -> *mut u8 {
        let free = &mut self.free[size];
        if free.spare.is_null() && FILLED.load(Ordering::Relaxed) & 1 << size != 0 {
            free.spare = store().take(size);
            if !free.spare.is_null() {
                self.acquired += bytes_of(BATCH, size);
            }
            expect_the_end();
        }
        if free.spare.is_null() {
            free.count = 0;
            return self.cut((size + 1) * STEP);
        }
        free.first = std::mem::replace(&mut free.spare, ptr::null_mut());
        free.count = BATCH;
        self.take(size)
    }

    fn cut(&mut self, bytes: usize) -> *mut u8 {
        if self.rest.length < bytes && !self.find_rest(bytes) {
            return ptr::null_mut();
        }
        let block = self.rest.start;
        self.rest =
            Rest { start: block.wrapping_byte_add(bytes), length: self.rest.length - bytes };
        if self.is_leaving {
            self.leave();
        }
        block.cast()
    }

    /// Finds a chunk, or what a thread left of one, to cut so many bytes off. False: there is no memory.
    #[cold]
    fn find_rest(&mut self, bytes: usize) -> bool {
        stack::look();
        expect_the_end();
        let left = store().take_rest();
        self.acquired -= self.rest.length as isize;
        self.rest = if left.length < bytes { chunk() } else { left };
        self.acquired += self.rest.length as isize;
        !self.rest.start.is_null()
    }

    /// Frees a block of this size.
    fn put(&mut self, size: usize, block: *mut Block) {
        if self.free[size].count >= BATCH || self.is_leaving {
            self.put_aside(size);
        }
        let free = &mut self.free[size];
        // SAFETY: the caller gives the block up, and no block is smaller than this.
        unsafe { (*block).next = free.first };
        free.first = block;
        free.count += 1;
    }

    /// Makes the list empty.
    fn put_aside(&mut self, size: usize) {
        expect_the_end();
        let free = &mut self.free[size];
        let batch = std::mem::replace(&mut free.first, ptr::null_mut());
        free.count = 0;
        if free.spare.is_null() && !self.is_leaving {
            free.spare = batch;
        } else {
            self.acquired -= bytes_of(BATCH, size);
            store().put(size, batch);
        }
    }

    /// What is in use of what the thread has taken, bytes. Nothing is counted for it where blocks are handed out.
    fn held(&self) -> isize {
        let free = |(size, free): (usize, &Free)| {
            let listed = if free.first.is_null() { 0 } else { free.count };
            let spare = if free.spare.is_null() { 0 } else { BATCH };
            bytes_of(listed + spare, size)
        };
        let free: isize = self.free.iter().enumerate().map(free).sum();
        self.acquired + self.large - free - self.rest.length as isize
    }

    /// Gives up what is free, to nobody.
    fn forget(&mut self) {
        self.acquired = self.held() - self.large;
        self.free = Self::new().free;
        self.rest = Rest::NONE;
    }

    /// Leaves everything to others, now and from now on.
    fn leave(&mut self) {
        self.is_leaving = true;
        let mut store = store();
        for (size, free) in self.free.iter_mut().enumerate() {
            store.put(size, std::mem::replace(&mut free.first, ptr::null_mut()));
            store.put(size, std::mem::replace(&mut free.spare, ptr::null_mut()));
            free.count = 0;
        }
        store.put_rest(std::mem::replace(&mut self.rest, Rest::NONE));
    }
}

/// So many blocks of a size, in bytes.
const fn bytes_of(count: usize, size: usize) -> isize {
    (count * (size + 1) * STEP) as isize
}

fn count_large(bytes: isize) {
    with_room(|room| room.large += bytes);
}

/// The bytes that this thread has taken of this allocator and not given back, about; `None` where it is not the
/// program's.
pub(super) fn held_by_this_thread() -> Option<isize> {
    with_room(|room| (room.acquired != 0).then(|| room.held()))
}

/// A chunk of the system's, none if it has no memory left.
fn chunk() -> Rest {
    let which = NEXT.load(Ordering::Relaxed);
    NEXT.store(if which == FIRST { SECOND } else { FURTHER }, Ordering::Relaxed);
    let chosen = match which {
        SECOND => populated(CERTAIN),
        LARGE => large_page(),
        NEWBORN => populated(SETTLING),
        _ => Rest::NONE,
    };
    if chosen.length > 0 { chosen } else { small_chunk() }
}

fn small_chunk() -> Rest {
    let layout = const {
        match Layout::from_size_align(CHUNK, STEP) {
            Ok(layout) => layout,
            Err(_) => panic!("both are powers of two"),
        }
    };
    // SAFETY: the layout is not empty.
    let start = unsafe { System.alloc(layout) };
    if start.is_null() { Rest::NONE } else { Rest { start: start.cast(), length: CHUNK } }
}

/// A chunk of which it is known that all will be needed: to ask for its pages at once takes the system two thirds of the time.
fn populated(length: usize) -> Rest {
    map(length, libc::MAP_POPULATE).map_or(Rest::NONE, |start| Rest { start: start.cast(), length })
}

/// Room for a large page; none if the system has no memory left.
fn large_page() -> Rest {
    LargePage::new()
        .map_or(Rest::NONE, |page| Rest { start: page.keep().cast(), length: LARGE_PAGE })
}

/// What no thread has.
struct Store {
    /// Batches of free blocks of each size.
    batches: [*mut Block; SIZES],
    /// Rests of chunks, each with this at its start.
    rests: *mut LeftRest,
}

/// A rest that no thread has.
struct LeftRest {
    next: *mut LeftRest,
    length: usize,
}

// SAFETY: the blocks and rests in it are no thread's.
unsafe impl Send for Store {}

static STORE: Mutex<Store> = Mutex::new(Store::new());

/// Of which sizes the store has batches: a bit each, changed under its lock.
static FILLED: AtomicU32 = AtomicU32::new(0);

fn store() -> MutexGuard<'static, Store> {
    lock(&STORE)
}

impl Store {
    const fn new() -> Self {
        Self { batches: [ptr::null_mut(); SIZES], rests: ptr::null_mut() }
    }

    /// Gives up all that is in it, to nobody.
    fn forget(&mut self) {
        *self = Self::new();
        FILLED.store(0, Ordering::Relaxed);
    }

    /// A batch; null if there is none.
    fn take(&mut self, size: usize) -> *mut Block {
        let batch = self.batches[size];
        if batch.is_null() {
            return batch;
        }
        // SAFETY: what is in the store is free, and behind its lock.
        self.batches[size] = unsafe { (*batch).next_batch };
        if self.batches[size].is_null() {
            FILLED.fetch_and(!(1 << size), Ordering::Relaxed);
        }
        batch
    }

    /// Takes a batch, or nothing if it is null.
    fn put(&mut self, size: usize, batch: *mut Block) {
        if batch.is_null() {
            return;
        }
        // SAFETY: the caller gives the batch up, and no block is smaller than this.
        unsafe { (*batch).next_batch = self.batches[size] };
        self.batches[size] = batch;
        FILLED.fetch_or(1 << size, Ordering::Relaxed);
    }

    fn take_rest(&mut self) -> Rest {
        let left = self.rests;
        if left.is_null() {
            return Rest::NONE;
        }
        // SAFETY: what is in the store is free, and behind its lock.
        let LeftRest { next, length } = unsafe { left.read() };
        self.rests = next;
        Rest { start: left.cast(), length }
    }

    /// Takes a rest. One that is too small to be told of is lost.
    fn put_rest(&mut self, rest: Rest) {
        if rest.length < size_of::<LeftRest>() {
            return;
        }
        let left = rest.start.cast::<LeftRest>();
        // SAFETY: the caller gives the rest up, and it is large enough.
        unsafe { left.write(LeftRest { next: self.rests, length: rest.length }) };
        self.rests = left;
    }
}
