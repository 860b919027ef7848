//! A cache of property keys: messages name the same few properties over and over.

use boa_engine::{JsString, property::PropertyKey, string::JsStr};

use super::spelled::{MAX_BYTES, Spelled};

/// Property keys by the ASCII bytes that spell them.
///
/// It also remembers which key came after which, so that the keys of a layout that was seen before
/// are recognized without a search: a guess is one comparison.
#[derive(Default)]
pub(crate) struct KeyCache {
    known: Spelled<Known>,
    /// The first key of a whole text's object.
    first: Option<Place>,
}

/// A known key's place in the cache. Another key may have it by now: it is only good for guesses.
pub(crate) type Place = u16;

#[derive(Clone)]
struct Known {
    key: PropertyKey,
    /// The key that followed in the same object.
    next: Option<Place>,
    /// The first key of the object that was this key's value, or in an array that was.
    first: Option<Place>,
}

/// Where in a layout a key stands: the key before it in its object, and the one whose value the object
/// is or is in.
#[derive(Clone, Copy, Default)]
pub(crate) struct Position {
    pub(crate) before: Option<Place>,
    pub(crate) above: Option<Place>,
}

impl KeyCache {
    /// The key that these ASCII bytes spell.
    pub(crate) fn key(&mut self, ascii: &[u8]) -> PropertyKey {
        self.placed(ascii).0
    }

    /// The key that these ASCII bytes spell, with its place if it is kept.
    fn placed(&mut self, ascii: &[u8]) -> (PropertyKey, Option<Place>) {
        if ascii.len() > MAX_BYTES {
            return (made(ascii), None);
        }
        let make = || Known { key: made(ascii), next: None, first: None };
        let place = self.known.place(ascii, make);
        let key = self.known.at(place).map_or_else(|| made(ascii), |(_, known)| known.key.clone());
        (key, Some(place as Place))
    }

    /// As [`Self::key`], for a key at a position; it is guessed there the next time.
    pub(super) fn key_at(
        &mut self,
        ascii: &[u8],
        position: Position,
    ) -> (PropertyKey, Option<Place>) {
        let (key, place) = self.placed(ascii);
        match position {
            Position { before: Some(before), .. } => {
                if let Some((_, known)) = self.known.at_mut(before.into()) {
                    known.next = place;
                }
            }
            Position { above: Some(above), .. } => {
                if let Some((_, known)) = self.known.at_mut(above.into()) {
                    known.first = place;
                }
            }
            _ => self.first = place,
        }
        (key, place)
    }

    /// The key that was at this position the last time: how it is spelled, what it is, and its place.
    #[inline]
    pub(super) fn guess(&self, position: Position) -> Option<(&[u8], &PropertyKey, Place)> {
        let place = match position {
            Position { before: Some(before), .. } => self.known.at(before.into())?.1.next,
            Position { above: Some(above), .. } => self.known.at(above.into())?.1.first,
            _ => self.first,
        }?;
        let (spelling, known) = self.known.at(place.into())?;
        Some((spelling, &known.key, place))
    }
}

fn made(ascii: &[u8]) -> PropertyKey {
    JsString::from(JsStr::latin1(ascii)).into()
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

    #[test]
    fn guesses_are_what_came_last() {
        let mut cache = KeyCache::default();
        let guessed = |cache: &KeyCache, position| {
            cache.guess(position).map(|(spelling, ..)| spelling.to_vec())
        };
        let start = Position::default();
        assert_eq!(guessed(&cache, start), None);
        let (_, a) = cache.key_at(b"a", start);
        let after = Position { before: a, above: None };
        let inside = Position { before: None, above: a };
        cache.key_at(b"b", after);
        cache.key_at(b"c", inside);
        assert_eq!(guessed(&cache, start), Some(b"a".to_vec()));
        assert_eq!(guessed(&cache, after), Some(b"b".to_vec()));
        assert_eq!(guessed(&cache, inside), Some(b"c".to_vec()));
        cache.key_at(b"d", after);
        assert_eq!(guessed(&cache, after), Some(b"d".to_vec()));
    }
}
