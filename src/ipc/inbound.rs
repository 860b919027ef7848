//! Cuts the bytes that arrive into frames.

use std::ops::{Range, RangeInclusive};

use super::codec::{Codec, FrameError};

/// A carry with more capacity than this is given back once its frame is done with (bytes).
const KEPT_CAPACITY: usize = 4096;

/// How much more than a frame's beginning is read at once behind it, at least and at most (bytes).
const EXTENSION: RangeInclusive<usize> = 64 * 1024..=1024 * 1024;

/// The beginning of a frame that has not come whole.
///
/// A frame that lies within one chunk is never copied. What belongs to one that does not can be read
/// right behind its beginning ([`Self::extend`]); every byte is looked at once.
#[derive(Debug)]
pub(super) struct Inbound {
    carry: Vec<u8>,
    /// What is before it in the carry was handed out.
    start: usize,
    /// No frame ends between the start and this.
    searched: usize,
    limit: usize,
}

impl Inbound {
    /// `limit` is the longest frame that is accepted, in bytes, its bounds included.
    pub(super) const fn new(limit: usize) -> Self {
        Self { carry: Vec::new(), start: 0, searched: 0, limit }
    }

    /// Lets `read` append the bytes that come next to those of the frame that has begun;
    /// [`Self::next_frame`] finds them there. `read` is told how many bytes to make room for.
    pub(super) fn extend<R>(&mut self, read: impl FnOnce(&mut Vec<u8>, usize) -> R) -> R {
        self.drop_spent();
        let room = (2 * self.carry.len()).clamp(*EXTENSION.start(), *EXTENSION.end());
        read(&mut self.carry, room)
    }

    /// The next whole frame; `chunk` loses what was used of it. With `None`, all of it was.
    pub(super) fn next_frame<'a, 'c: 'a>(
        &'a mut self,
        codec: &dyn Codec,
        chunk: &mut &'c [u8],
    ) -> Result<Option<&'a [u8]>, FrameError> {
        if let Some(frame) = self.next_in_carry(codec)? {
            return Ok(Some(&self.carry[frame]));
        }
        let end = codec.frame_end(&self.carry, chunk);
        let length = end.unwrap_or(chunk.len());
        self.check_length(self.carry.len().saturating_add(length))?;
        let (taken, rest) = chunk.split_at(length);
        *chunk = rest;
        if end.is_some() && self.carry.is_empty() {
            return Ok(Some(taken));
        }
        self.carry.extend_from_slice(taken);
        self.searched = self.carry.len();
        if end.is_none() {
            return Ok(None);
        }
        self.start = self.carry.len();
        Ok(Some(self.carry.as_slice()))
    }

    /// The next whole frame that lies in the carry; without one, only a frame's beginning is left.
    fn next_in_carry(&mut self, codec: &dyn Codec) -> Result<Option<Range<usize>>, FrameError> {
        let (known, new) = self.carry.split_at(self.searched);
        if !new.is_empty() {
            let found = codec.frame_end(&known[self.start..], new);
            let end = self.searched + found.unwrap_or(new.len());
            let frame = self.start..end;
            self.check_length(frame.len())?;
            self.searched = end;
            if found.is_some() {
                self.start = end;
                return Ok(Some(frame));
            }
        }
        self.drop_spent();
        Ok(None)
    }

    fn check_length(&mut self, length: usize) -> Result<(), FrameError> {
        if length <= self.limit {
            return Ok(());
        }
        *self = Self::new(self.limit);
        Err(FrameError::TooLong { limit: self.limit })
    }

    /// Whether part of a frame has come.
    pub(super) fn is_within_frame(&self) -> bool {
        self.start < self.carry.len()
    }

    /// The end of the bytes: an error if it came within a frame.
    pub(super) fn end(&mut self) -> Result<(), FrameError> {
        let received = self.carry.len() - self.start;
        *self = Self::new(self.limit);
        if received == 0 { Ok(()) } else { Err(FrameError::Truncated { received }) }
    }

    fn drop_spent(&mut self) {
        self.carry.drain(..self.start);
        self.searched -= self.start;
        self.start = 0;
        if self.carry.is_empty() && self.carry.capacity() > KEPT_CAPACITY {
            self.carry = Vec::new();
        } else if self.carry.capacity() / 4 > self.carry.len().max(*EXTENSION.end()) {
            self.carry.shrink_to(*EXTENSION.end());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{super::codec::Serialization, *};

    const FRAMES: [&str; 8] =
        ["{\"a\":1}\n", "\n", "\"\u{4e16}\u{754c}\"\n", "x\n", "\n", "\0\0\n", "12345678\n", "é\n"];

    fn frames_of(chunks: &[&[u8]], limit: usize) -> Result<Vec<Vec<u8>>, FrameError> {
        let codec = Serialization::Json.codec();
        let mut inbound = Inbound::new(limit);
        let mut frames = Vec::new();
        for chunk in chunks {
            let mut rest = *chunk;
            while let Some(frame) = inbound.next_frame(&*codec, &mut rest)? {
                frames.push(frame.to_vec());
            }
            assert!(rest.is_empty());
        }
        inbound.end()?;
        Ok(frames)
    }

    #[test]
    fn every_split_position_gives_the_same_frames() {
        let stream = FRAMES.concat().into_bytes();
        let whole: Vec<Vec<u8>> = FRAMES.iter().map(|frame| frame.as_bytes().to_vec()).collect();
        for first in 0..=stream.len() {
            for second in first..=stream.len() {
                let chunks = [&stream[..first], &stream[first..second], &stream[second..]];
                assert_eq!(frames_of(&chunks, 100).unwrap(), whole, "{first} {second}");
            }
        }
        let bytes: Vec<&[u8]> = stream.chunks(1).collect();
        assert_eq!(frames_of(&bytes, 100).unwrap(), whole);
    }

    /// As [`frames_of`], every chunk but the first read behind what has begun, where something has.
    fn frames_in_place(chunks: &[&[u8]], limit: usize) -> Result<Vec<Vec<u8>>, FrameError> {
        let codec = Serialization::Json.codec();
        let mut inbound = Inbound::new(limit);
        let mut frames = Vec::new();
        for chunk in chunks {
            let mut rest = *chunk;
            if inbound.is_within_frame() {
                inbound.extend(|carry, _| carry.extend_from_slice(chunk));
                rest = &[];
            }
            while let Some(frame) = inbound.next_frame(&*codec, &mut rest)? {
                frames.push(frame.to_vec());
            }
        }
        inbound.end()?;
        Ok(frames)
    }

    #[test]
    fn frames_read_in_place_are_the_same() {
        let stream = FRAMES.concat().into_bytes();
        let whole: Vec<Vec<u8>> = FRAMES.iter().map(|frame| frame.as_bytes().to_vec()).collect();
        for first in 0..=stream.len() {
            for second in first..=stream.len() {
                let chunks = [&stream[..first], &stream[first..second], &stream[second..]];
                assert_eq!(frames_in_place(&chunks, 100).unwrap(), whole, "{first} {second}");
            }
        }
        let bytes: Vec<&[u8]> = stream.chunks(1).collect();
        assert_eq!(frames_in_place(&bytes, 100).unwrap(), whole);
        let cut = [b"1\n12".as_slice(), b"3\n1234", b"\n5"];
        assert_eq!(frames_in_place(&cut, 5), Err(FrameError::Truncated { received: 1 }));
    }

    #[test]
    fn a_frame_as_long_as_the_limit_passes_and_one_byte_more_does_not() {
        for split in 0..=5 {
            let chunks = |text: &'static [u8]| [&text[..split], &text[split..]];
            assert_eq!(frames_of(&chunks(b"1234\n"), 5).unwrap(), [b"1234\n"]);
            let long = frames_of(&chunks(b"12345\n"), 5);
            assert_eq!(long, Err(FrameError::TooLong { limit: 5 }));
            let endless = frames_of(&chunks(b"123456"), 5);
            assert_eq!(endless, Err(FrameError::TooLong { limit: 5 }));
            for text in [b"12345\n".as_slice(), b"123456"] {
                let long = frames_in_place(&[&text[..split], &text[split..]], 5);
                assert_eq!(long, Err(FrameError::TooLong { limit: 5 }));
            }
        }
    }

    #[test]
    fn the_end_within_a_frame_is_told() {
        assert_eq!(frames_of(&[b"{}\n{\"a"], 100), Err(FrameError::Truncated { received: 3 }));
        assert_eq!(frames_of(&[b"{}\n"], 100).unwrap(), [b"{}\n"]);
        assert_eq!(frames_of(&[], 100).unwrap(), [[0_u8; 0]; 0]);
    }

    #[test]
    fn a_large_frame_is_found_in_linear_time_and_its_memory_given_back() {
        let codec = Serialization::Json.codec();
        let mut inbound = Inbound::new(usize::MAX);
        let chunk = vec![b'a'; 1024];
        // Were each chunk's search to begin at the frame's start, this would look at 2 TB.
        for _ in 0..64 * 1024 {
            assert_eq!(inbound.next_frame(&*codec, &mut chunk.as_slice()), Ok(None));
            assert!(inbound.is_within_frame());
        }
        let frame = inbound.next_frame(&*codec, &mut b"\n".as_slice()).unwrap().unwrap();
        assert_eq!(frame.len(), 64 * 1024 * 1024 + 1);
        assert!(!inbound.is_within_frame());
        let mut small = b"1\n2".as_slice();
        assert_eq!(inbound.next_frame(&*codec, &mut small), Ok(Some(b"1\n".as_slice())));
        assert_eq!(inbound.next_frame(&*codec, &mut small), Ok(None));
        assert!(inbound.carry.capacity() <= KEPT_CAPACITY);
    }
}
