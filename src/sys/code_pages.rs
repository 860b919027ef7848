//! The program's own text and constants on large pages, for a process that will be copied.
//!
//! A copy of a process has no page table for what is mapped from a file: it finds each page anew that it runs or reads,
//! sixteen at a time. Memory of no file it finds as the original had it, two megabytes with one entry.

use std::{
    fs::{self, File},
    io,
    ops::Range,
    os::unix::fs::FileExt,
    process, ptr,
};

use super::{
    mapping::{LARGE_PAGE, LargePage},
    usage,
};

/// The size of a small page, bytes. Some machines have others, and then others of the large ones.
const PAGE: usize = 4096;

/// How many small pages of a large one have been used if the copy of it is worth its memory.
const WORTH_WHILE: usize = LARGE_PAGE / PAGE / 4;

/// Moves to large pages what this process has used much of among its executable's text and constants, where the system gives
/// such pages. What cannot be copied stays; if the system fails in the middle of a move the process ends. It must have one
/// thread only, and be one that others can do without.
pub(crate) fn enlarge() {
    if usage::page_size() != PAGE as u64 || !are_given() {
        return;
    }
    let Ok(pages) = File::open("/proc/self/pagemap") else { return };
    for segment in constant_segments() {
        for start in large_pages(&segment.range) {
            if used(&pages, start).is_ok_and(|used| used >= WORTH_WHILE) {
                move_to_large_page(start, segment.protection);
            }
        }
    }
}

/// Whether the system gives large pages to who asks for them.
fn are_given() -> bool {
    let setting = fs::read_to_string("/sys/kernel/mm/transparent_hugepage/enabled");
    setting.is_ok_and(|setting| !setting.contains("[never]"))
}

/// A part of the executable that is in memory as it is in the file.
struct Segment {
    range: Range<usize>,
    /// `PROT_READ`, and `PROT_EXEC` if it is text.
    protection: libc::c_int,
}

/// Those parts of the executable that are never written.
fn constant_segments() -> Vec<Segment> {
    let mut segments = Vec::new();
    // SAFETY: the function has the type that is asked for, and the pointer that it gets is to the vector, which nobody else uses
    // meanwhile.
    unsafe { libc::dl_iterate_phdr(Some(list_segments), (&raw mut segments).cast()) };
    segments
}

/// Lists the constant segments of the first object, which is the executable.
extern "C" fn list_segments(
    object: *mut libc::dl_phdr_info,
    _: usize,
    list: *mut libc::c_void,
) -> libc::c_int {
    // SAFETY: dl_iterate_phdr(3) gives a valid object.
    let object = unsafe { &*object };
    // SAFETY: [`constant_segments`] gives its vector.
    let list = unsafe { &mut *list.cast::<Vec<Segment>>() };
    // SAFETY: the object has so many headers there.
    let headers =
        unsafe { std::slice::from_raw_parts(object.dlpi_phdr, usize::from(object.dlpi_phnum)) };
    let constant = headers
        .iter()
        .filter(|part| part.p_type == libc::PT_LOAD && part.p_flags & libc::PF_W == 0);
    list.extend(constant.map(|part| {
        let start = (object.dlpi_addr + part.p_vaddr) as usize;
        let text = if part.p_flags & libc::PF_X == 0 { 0 } else { libc::PROT_EXEC };
        Segment { range: start..start + part.p_memsz as usize, protection: libc::PROT_READ | text }
    }));
    1
}

/// Where large pages would begin that lie wholly in the range.
fn large_pages(range: &Range<usize>) -> impl Iterator<Item = usize> {
    let first = range.start.next_multiple_of(LARGE_PAGE);
    (first..range.end.saturating_sub(LARGE_PAGE - 1)).step_by(LARGE_PAGE)
}

/// How many of the small pages from `start` on this process has found (`proc_pid_pagemap(5)`).
fn used(pages: &File, start: usize) -> io::Result<usize> {
    const PRESENT: u64 = 1 << 63;
    let mut entries = [0; LARGE_PAGE / PAGE * size_of::<u64>()];
    pages.read_exact_at(&mut entries, (start / PAGE * size_of::<u64>()) as u64)?;
    let (entries, _) = entries.as_chunks::<{ size_of::<u64>() }>();
    Ok(entries.iter().filter(|entry| u64::from_ne_bytes(**entry) & PRESENT != 0).count())
}

/// Puts a copy that is no file's in the place of the memory at `start`.
fn move_to_large_page(start: usize, protection: libc::c_int) {
    let Some(copy) = LargePage::new() else { return };
    let there = ptr::with_exposed_provenance_mut::<u8>(start);
    // SAFETY: the large page lies in a segment that can be read and is not written, the copy is new.
    unsafe { ptr::copy_nonoverlapping(there, copy.start(), LARGE_PAGE) };
    // SAFETY: the range is the copy's own. Where it may not be executed it stays where it is, and goes.
    if unsafe { libc::mprotect(copy.start().cast(), LARGE_PAGE, protection) } != 0 {
        return;
    }
    let flags = libc::MREMAP_MAYMOVE | libc::MREMAP_FIXED;
    // SAFETY: what stands there afterwards has the same bytes and the same protection, and no thread but this one runs it.
    let moved = unsafe {
        libc::mremap(
            copy.start().cast(),
            LARGE_PAGE,
            LARGE_PAGE,
            flags,
            there.cast::<libc::c_void>(),
        )
    };
    if moved == libc::MAP_FAILED {
        // The system takes away what is in the place before it puts the other there: it may be gone.
        process::abort();
    }
}

#[cfg(test)]
mod tests {
    use super::{super::alone::alone, *};

    /// The large pages of the executable that have been read to the end, with the sum of their bytes.
    fn read_all() -> Vec<(usize, u64)> {
        let segments = constant_segments();
        let starts = segments.iter().flat_map(|segment| large_pages(&segment.range));
        let sum = |start: usize| -> u64 {
            // SAFETY: a segment that can be read, and is not written.
            let page = unsafe {
                std::slice::from_raw_parts(ptr::with_exposed_provenance::<u8>(start), LARGE_PAGE)
            };
            page.iter().map(|byte| u64::from(*byte)).sum()
        };
        starts.map(|start| (start, sum(start))).collect()
    }

    /// The lines of `/proc/self/maps` that are of a file, as ranges.
    fn files() -> Vec<Range<usize>> {
        let number = |text: &str| usize::from_str_radix(text, 16).unwrap();
        let maps = fs::read_to_string("/proc/self/maps").unwrap();
        let of_files = maps.lines().filter(|line| line.contains('/'));
        let range = |line: &str| {
            let (start, rest) = line.split_once('-').unwrap();
            number(start)..number(rest.split_once(' ').unwrap().0)
        };
        of_files.map(range).collect()
    }

    #[test]
    fn what_has_been_used_is_moved_and_stays_the_same() {
        if usage::page_size() != PAGE as u64 || !are_given() {
            return;
        }
        alone(|| {
            let before = read_all();
            assert!(!before.is_empty(), "the executable is larger than that");
            let is_of_a_file = |start: usize| files().iter().any(|range| range.contains(&start));
            assert!(before.iter().all(|(start, _)| is_of_a_file(*start)));
            enlarge();
            assert!(before.iter().all(|(start, _)| !is_of_a_file(*start)));
            assert_eq!(read_all(), before);
        });
    }

    #[test]
    fn pages_lie_wholly_in_their_range() {
        let starts = |range| large_pages(&range).collect::<Vec<_>>();
        assert_eq!(starts(0..LARGE_PAGE - 1), [0; 0]);
        assert_eq!(starts(0..LARGE_PAGE), [0]);
        assert_eq!(starts(1..2 * LARGE_PAGE), [LARGE_PAGE]);
        assert_eq!(starts(1..3 * LARGE_PAGE + 1), [LARGE_PAGE, 2 * LARGE_PAGE]);
        assert_eq!(starts(0..0), [0; 0]);
    }
}
