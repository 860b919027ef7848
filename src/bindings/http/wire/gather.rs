//! A head, or trailers, that comes in pieces: it is kept and looked at byte by byte, and parsed only when it is whole
//! or when something in it cannot be right. So the work grows with its length, however small the pieces are.

use super::head::{is_token, is_value};

/// How often something doubtful is shown to the parser before a head is whole. An honest head of one byte a piece needs
/// not half of it, and what comes later is told at the end of the head.
const MOST_DOUBTS: u32 = 32;

/// So many bytes of a first line are shown to the parser piece by piece: the longest method and a space.
const METHOD: usize = 14;

/// What is known of the bytes so far.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// The end is still to come, and nothing is known to be wrong.
    More,
    /// The end is still to come; something may be wrong.
    Doubt,
    /// The line that ends it is there.
    Whole,
}

/// Where in a line the next byte stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum At {
    #[default]
    First,
    Begin,
    Name,
    Value,
    /// Behind a carriage return; whether the line had anything before it.
    Return {
        is_empty: bool,
    },
    /// In a line that was doubted.
    Doubted,
}

/// The part that came so far.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    bytes: Vec<u8>,
    at: At,
    lines: usize,
    doubts: u32,
}

impl Gathered {
    /// For fields that have no first line before them.
    pub(super) fn of_trailers() -> Self {
        Self { at: At::Begin, ..Self::default() }
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub(super) fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// How often the parser was asked to look at what is not whole.
    #[cfg(test)]
    pub(super) fn doubts(&self) -> u32 {
        self.doubts
    }

    /// About the bytes that the limit of a head counts: without what stands between fields.
    pub(super) fn size(&self) -> usize {
        self.bytes.len() - 3 * self.lines.min(self.bytes.len() / 4)
    }

    /// Adds what came, up to the end of the head if that is there.
    pub(super) fn add(&mut self, fresh: &[u8]) -> Found {
        let mut is_doubtful = self.at == At::First && self.bytes.len() < METHOD;
        let mut length = fresh.len();
        let mut is_whole = false;
        for (index, &byte) in fresh.iter().enumerate() {
            self.lines += usize::from(byte == b'\n');
            let Some(next) = self.at.behind(byte) else {
                (is_whole, length) = (true, index + 1);
                break;
            };
            let is_new_doubt = next == At::Doubted && self.at != At::Doubted;
            // A first line that ended is looked at as a whole, and so is a line that ends by a line feed alone.
            let is_end = byte == b'\n' && self.at != At::Return { is_empty: false };
            is_doubtful |= is_new_doubt || is_end || (byte == b'\n' && self.lines == 1);
            self.at = next;
        }
        self.bytes.extend_from_slice(&fresh[..length]);
        if is_whole {
            return Found::Whole;
        }
        if is_doubtful { Found::Doubt } else { Found::More }
    }

    /// Whether a doubt is worth a look of the parser, which is counted.
    pub(super) fn asks(&mut self) -> bool {
        self.doubts += 1;
        self.doubts <= MOST_DOUBTS
    }
}

impl At {
    /// Where the byte behind this one stands; `None` behind the empty line.
    fn behind(self, byte: u8) -> Option<Self> {
        Some(match (self, byte) {
            (Self::Begin | Self::Return { is_empty: true }, b'\n') => return None,
            (_, b'\n') => Self::Begin,
            (Self::Begin, b'\r') => Self::Return { is_empty: true },
            (Self::First | Self::Value, b'\r') => Self::Return { is_empty: false },
            (Self::First | Self::Value, byte) if is_value(byte) => self,
            (Self::Name, b':') => Self::Value,
            (Self::Begin | Self::Name, byte) if is_token(&[byte]) => Self::Name,
            _ => Self::Doubted,
        })
    }
}

/// How many lines of a head, or of trailers, are in `bytes`: it has no more fields than that.
pub(super) fn lines(bytes: &[u8]) -> usize {
    let mut before = None;
    let mut count = 0;
    for at in memchr::memchr_iter(b'\n', bytes) {
        count += 1;
        let line = &bytes[before.map_or(0, |before| before + 1)..at];
        if before.is_some() && matches!(line, [] | [b'\r']) {
            break;
        }
        before = Some(at);
    }
    count
}
