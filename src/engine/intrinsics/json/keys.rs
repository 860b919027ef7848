//! A cache of property keys: messages name the same few properties over and over.

use boa_engine::{JsString, property::PropertyKey, string::JsStr};

/// Keys of more bytes are made anew each time: they are rare.
const MAX_BYTES: usize = 32;

/// How many keys are kept; a power of two.
const SLOTS: usize = 512;

struct Slot {
    bytes: [u8; MAX_BYTES],
    length: u8,
    key: PropertyKey,
}

/// Property keys by the ASCII bytes that spell them. A new key takes the place of an older one
/// with the same hash, so the cache never grows.
pub(crate) struct KeyCache {
    slots: Vec<Option<Slot>>,
}

impl Default for KeyCache {
    fn default() -> Self {
        let mut slots = Vec::new();
        slots.resize_with(SLOTS, || None);
        Self { slots }
    }
}

impl KeyCache {
    /// The key that these ASCII bytes spell.
    pub(crate) fn key(&mut self, ascii: &[u8]) -> PropertyKey {
        if ascii.len() > MAX_BYTES {
            return made(ascii);
        }
        let slot = &mut self.slots[hash(ascii)];
        if let Some(known) = slot
            && known.bytes[..usize::from(known.length)] == *ascii
        {
            return known.key.clone();
        }
        let key = made(ascii);
        let mut bytes = [0; MAX_BYTES];
        bytes[..ascii.len()].copy_from_slice(ascii);
        *slot = Some(Slot { bytes, length: ascii.len() as u8, key: key.clone() });
        key
    }
}

fn made(ascii: &[u8]) -> PropertyKey {
    JsString::from(JsStr::latin1(ascii)).into()
}

/// Good enough to keep the few dozen keys of a program's messages apart, in a few nanoseconds.
fn hash(bytes: &[u8]) -> usize {
    let mut state = bytes.len() as u64;
    for chunk in bytes.chunks(8) {
        let mut word = [0; 8];
        word[..chunk.len()].copy_from_slice(chunk);
        state =
            (state.rotate_left(5) ^ u64::from_le_bytes(word)).wrapping_mul(0x517c_c1b7_2722_0a95);
    }
    (state >> 40) as usize % SLOTS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_what_the_bytes_spell() {
        let mut cache = KeyCache::default();
        let long = "x".repeat(100);
        for _ in 0..2 {
            for i in 0..2000 {
                for text in [format!("key{i}"), format!("{i}"), format!("{long}{i}"), String::new()]
                {
                    let key = PropertyKey::from(JsString::from(text.as_str()));
                    assert_eq!(cache.key(text.as_bytes()), key);
                }
            }
        }
    }
}
