//! Bytes that wait to be written, and whom to tell when they are.

use std::{collections::VecDeque, io::IoSlice};

/// Frames are gathered into one buffer until it holds this much (bytes): fewer, larger writes.
const CHUNK: usize = 64 * 1024;

/// How many buffers one write takes at most.
const SLICES: usize = 8;

/// What became of a send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Completion {
    /// The operating system has all of it.
    Written,
    /// It cannot be delivered any more, or not whole.
    Lost,
}

/// The bytes to write next.
#[derive(Debug)]
pub(crate) struct Write<'a, H> {
    slices: [IoSlice<'a>; SLICES],
    used: usize,
    /// A handle that has to go with the first of these bytes.
    pub(crate) handle: Option<&'a H>,
}

impl<H> Write<'_, H> {
    /// The bytes, in order. Never empty.
    pub(crate) fn slices(&self) -> &[IoSlice<'_>] {
        &self.slices[..self.used]
    }
}

#[derive(Debug)]
struct Chunk {
    bytes: Vec<u8>,
    /// The handle in flight goes with the first byte.
    carries_handle: bool,
}

/// The end of a frame in the stream of all bytes ever queued.
#[derive(Debug)]
struct Mark<T> {
    end: u64,
    token: Option<T>,
}

/// The queue of bytes. At most one chunk in it carries the handle in flight, and that one holds the
/// handle's frame alone.
#[derive(Debug)]
pub(super) struct Outbox<T> {
    chunks: VecDeque<Chunk>,
    /// So many bytes of the first chunk are written.
    front_written: usize,
    marks: VecDeque<Mark<T>>,
    queued: u64,
    written: u64,
    completions: VecDeque<(T, Completion)>,
    /// The end of the last frame that was told of.
    announced: u64,
}

impl<T> Outbox<T> {
    pub(super) const fn new() -> Self {
        Self {
            chunks: VecDeque::new(),
            front_written: 0,
            marks: VecDeque::new(),
            queued: 0,
            written: 0,
            completions: VecDeque::new(),
            announced: 0,
        }
    }

    /// Queues a frame and empties `frame`: a small one is copied behind the last, of a large one
    /// the buffer itself is taken.
    pub(super) fn push(&mut self, frame: &mut Vec<u8>, carries_handle: bool, token: Option<T>) {
        self.queued += frame.len() as u64;
        self.marks.push_back(Mark { end: self.queued, token });
        match self.chunks.back_mut() {
            Some(last)
                if !carries_handle
                    && !last.carries_handle
                    && last.bytes.len() + frame.len() <= CHUNK =>
            {
                last.bytes.append(frame);
            }
            _ if frame.len() < CHUNK / 2 => {
                let bytes = frame.clone();
                frame.clear();
                self.chunks.push_back(Chunk { bytes, carries_handle });
            }
            _ => self.chunks.push_back(Chunk { bytes: std::mem::take(frame), carries_handle }),
        }
    }

    /// Bytes queued and not written.
    pub(super) fn pending(&self) -> usize {
        (self.queued - self.written) as usize
    }

    pub(super) fn is_empty(&self) -> bool {
        self.queued == self.written
    }

    /// What to write next; `handle` is the one in flight. A handle ends a write before its chunk:
    /// descriptors belong to the first byte that they are sent with.
    pub(super) fn next_write<'a, H>(&'a self, handle: Option<&'a H>) -> Option<Write<'a, H>> {
        let front = self.chunks.front()?;
        let mut slices = [IoSlice::new(&[]); SLICES];
        slices[0] = IoSlice::new(&front.bytes[self.front_written..]);
        let mut used = 1;
        for chunk in self.chunks.iter().skip(1).take(SLICES - 1) {
            if chunk.carries_handle {
                break;
            }
            slices[used] = IoSlice::new(&chunk.bytes);
            used += 1;
        }
        let handle = handle.filter(|_| front.carries_handle);
        Some(Write { slices, used, handle })
    }

    /// Tells of the frames of the next write that were not told of before. If this is called before
    /// every write, none is left out. A frame with a handle is told of alone: it may be refused.
    pub(super) fn announce(&mut self, mut tell: impl FnMut(&[u8])) {
        let mut start = self.written - self.front_written as u64;
        let told = self.announced;
        let mut marks = self.marks.iter().skip_while(|mark| mark.end <= told).peekable();
        for (at, chunk) in self.chunks.iter().take(SLICES).enumerate() {
            if at > 0 && chunk.carries_handle {
                break;
            }
            let end = start + chunk.bytes.len() as u64;
            while let Some(mark) = marks.next_if(|mark| mark.end <= end) {
                let begin = self.announced.max(start);
                tell(&chunk.bytes[(begin - start) as usize..(mark.end - start) as usize]);
                self.announced = mark.end;
            }
            if chunk.carries_handle {
                break;
            }
            start = end;
        }
    }

    /// So many bytes of the last [`Self::next_write`] were taken. True if the handle went with them.
    pub(super) fn wrote(&mut self, count: usize) -> bool {
        let handle_went = count > 0
            && self.chunks.front_mut().is_some_and(|f| std::mem::take(&mut f.carries_handle));
        self.written += count as u64;
        self.front_written += count;
        while let Some(front) = self.chunks.front()
            && front.bytes.len() <= self.front_written
        {
            self.front_written -= front.bytes.len();
            self.chunks.pop_front();
        }
        self.complete_written(Completion::Written);
        handle_went
    }

    /// Takes the handle's frame out again, if it is first and nothing of it is written.
    pub(super) fn reject_handle(&mut self) -> bool {
        if !self.chunks.front().is_some_and(|front| front.carries_handle) {
            return false;
        }
        let bytes = self.chunks.pop_front().map_or(0, |front| front.bytes.len());
        self.written += bytes as u64;
        self.complete_written(Completion::Lost);
        true
    }

    /// Nothing is written any more: everything queued is lost.
    pub(super) fn abort(&mut self) {
        self.chunks = VecDeque::new();
        self.front_written = 0;
        self.written = self.queued;
        for mark in std::mem::take(&mut self.marks) {
            self.complete(mark.token, Completion::Lost);
        }
    }

    /// Tells every frame that lies before `written` what became of it.
    fn complete_written(&mut self, completion: Completion) {
        while let Some(mark) = self.marks.front()
            && mark.end <= self.written
        {
            let token = self.marks.pop_front().and_then(|mark| mark.token);
            self.complete(token, completion);
        }
    }

    pub(super) fn complete(&mut self, token: Option<T>, completion: Completion) {
        self.completions.extend(token.map(|token| (token, completion)));
    }

    pub(super) fn next_completion(&mut self) -> Option<(T, Completion)> {
        self.completions.pop_front()
    }
}
