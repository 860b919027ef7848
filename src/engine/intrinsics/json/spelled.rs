//! Values by the short ASCII texts that spell them, in a table that never grows.

/// Longer texts are not kept.
pub(super) const MAX_BYTES: usize = 32;

/// How many texts are kept; a power of two.
const SLOTS: usize = 512;

struct Slot<V> {
    bytes: [u8; MAX_BYTES],
    length: u8,
    value: V,
}

impl<V> Slot<V> {
    fn spelling(&self) -> &[u8] {
        &self.bytes[..usize::from(self.length)]
    }
}

/// A new text takes the place of an older one with the same hash. Takes no memory until first used.
pub(super) struct Spelled<V> {
    slots: Vec<Option<Slot<V>>>,
}

impl<V> Default for Spelled<V> {
    fn default() -> Self {
        Self { slots: Vec::new() }
    }
}

impl<V> Spelled<V> {
    /// The place of the value that these bytes spell, [`MAX_BYTES`] at most; it is made if it is not
    /// there.
    #[inline]
    pub(super) fn place(&mut self, ascii: &[u8], make: impl FnOnce() -> V) -> usize {
        let place = hash(ascii);
        if !matches!(self.slots.get(place), Some(Some(known)) if known.spelling() == ascii) {
            self.put(place, ascii, make());
        }
        place
    }

    fn put(&mut self, place: usize, ascii: &[u8], value: V) {
        if self.slots.is_empty() {
            self.slots.resize_with(SLOTS, || None);
        }
        let mut bytes = [0; MAX_BYTES];
        bytes[..ascii.len()].copy_from_slice(ascii);
        self.slots[place] = Some(Slot { bytes, length: ascii.len() as u8, value });
    }

    /// What has this place, and how it is spelled.
    #[inline]
    pub(super) fn at(&self, place: usize) -> Option<(&[u8], &V)> {
        let slot = self.slots.get(place)?.as_ref()?;
        Some((slot.spelling(), &slot.value))
    }

    /// As [`Self::at`], to change it.
    #[inline]
    pub(super) fn at_mut(&mut self, place: usize) -> Option<(&[u8], &mut V)> {
        let slot = self.slots.get_mut(place)?.as_mut()?;
        Some((&slot.bytes[..usize::from(slot.length)], &mut slot.value))
    }
}

/// Good enough to keep the few dozen texts of a program's messages apart, in a few nanoseconds.
#[inline]
fn hash(bytes: &[u8]) -> usize {
    let mut state = mixed(bytes.len() as u64, ends(bytes));
    if bytes.len() > 16 {
        state = mixed(state, ends(&bytes[8..bytes.len() - 8]));
    }
    (state >> (u64::BITS - SLOTS.trailing_zeros())) as usize
}

#[inline]
const fn mixed(state: u64, (first, last): (u64, u64)) -> u64 {
    const FACTOR: u64 = 0x517c_c1b7_2722_0a95;
    let state = (state.rotate_left(5) ^ first).wrapping_mul(FACTOR);
    (state.rotate_left(5) ^ last).wrapping_mul(FACTOR)
}

/// The first and the last eight bytes, which overlap if there are fewer than sixteen.
#[inline]
fn ends(bytes: &[u8]) -> (u64, u64) {
    if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
        return (u64::from_le_bytes(*first), u64::from_le_bytes(*last));
    }
    if let (Some(first), Some(last)) = (bytes.first_chunk(), bytes.last_chunk()) {
        return (u32::from_le_bytes(*first).into(), u32::from_le_bytes(*last).into());
    }
    match *bytes {
        [first, .., last] => (first.into(), u64::from(last) << 8 | u64::from(bytes[1])),
        [only] => (only.into(), 0),
        [] => (0, 0),
    }
}
