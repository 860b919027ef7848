//! The search for the end of a run of ordinary units, which is where JSON spends its time.

/// The first index from `from` on whose unit is an end; the length if there is none.
///
/// It goes block by block, all units of a block compared at once (the compiler makes vector
/// instructions of the fold), then unit by unit in the block that has the end.
pub(super) fn find<U: Copy>(units: &[U], from: usize, is_end: impl Fn(U) -> bool) -> usize {
    const BLOCK: usize = 16;
    let mut at = from;
    for block in units[from..].chunks_exact(BLOCK) {
        if block.iter().fold(false, |found, &unit| found | is_end(unit)) {
            break;
        }
        at += BLOCK;
    }
    units[at..].iter().position(|&unit| is_end(unit)).map_or(units.len(), |more| at + more)
}

/// Whether a unit cannot stand for itself in a string literal, as far as a byte can tell.
pub(super) const fn is_special(unit: u8) -> bool {
    unit == b'"' || unit == b'\\' || unit < 0x20
}

/// As [`is_special`], for wider units.
pub(super) const fn is_special_wide(unit: u16) -> bool {
    unit == b'"' as u16 || unit == b'\\' as u16 || unit < 0x20
}
