//! Which number an object has: a map by its address.

use std::{
    collections::HashMap,
    hash::{BuildHasherDefault, Hasher},
};

use boa_engine::JsObject;

/// Hashes objects by their address.
#[derive(Default)]
pub(super) struct AddressHasher(u64);

impl Hasher for AddressHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.write_usize(usize::from(*byte));
        }
    }

    fn write_usize(&mut self, address: usize) {
        self.0 = (self.0.rotate_left(5) ^ address as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        self.0 ^= self.0 >> 32;
    }
}

/// The objects so far, with their numbers.
pub(super) type Numbers = HashMap<JsObject, u32, BuildHasherDefault<AddressHasher>>;
