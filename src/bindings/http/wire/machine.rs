//! A parser that is fed with bytes as they come and says what they are: heads, pieces of bodies, ends.

use super::{
    Failure,
    chunks::{Chunks, Piece},
    framing::{self, Length},
    gather::{Found, Gathered},
    head::{self, Field, Head, Start, Trailers},
};

/// What a machine is allowed.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Limits {
    /// The bytes of a head's target, names and values.
    pub(in super::super) head: usize,
    /// Lets pass what other implementations send against the standard.
    pub(in super::super) is_lenient: bool,
}

/// What comes next.
#[derive(Debug)]
pub(in super::super) enum Event {
    /// All was looked at.
    More,
    Head(Box<Head>, Meaning),
    /// A piece of the body, from and to a place of the input.
    Body(usize, usize),
    /// The end of a message, with its trailers and their bytes.
    End(Vec<u8>, Vec<Field>),
    /// What follows is no HTTP any more.
    Upgraded,
    Failed(Failure),
}

/// What a head says about what follows.
#[derive(Clone, Copy, Debug)]
#[allow(clippy::struct_excessive_bools)] // each is one field's
pub(in super::super) struct Meaning {
    pub(in super::super) keeps_alive: bool,
    pub(in super::super) asks_for_upgrade: bool,
    pub(in super::super) names_host: bool,
    pub(in super::super) expects: bool,
    pub(in super::super) says_length: bool,
}

/// What the program says about a head.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Verdict {
    /// It has the body that it says.
    Usual,
    /// It has none (the answer to HEAD).
    NoBody,
    /// What follows is another protocol.
    Upgrade,
}

#[derive(Debug)]
enum State {
    /// Between messages, or in a head of which a part is there.
    Head,
    /// A head was told, its body not begun.
    Told(Length),
    Bytes(u64),
    Chunked(Chunks),
    Trailers,
    UntilEnd,
    /// A message is over that the connection does not survive.
    Last,
    Upgraded,
    Failed(Failure),
}

/// The parser of one side of a connection.
#[derive(Debug)]
pub(in super::super) struct Machine {
    is_request: bool,
    limits: Limits,
    state: State,
    /// The part of a head or of trailers that came before.
    pending: Gathered,
    keeps_alive: bool,
}

impl Machine {
    pub(in super::super) fn new(is_request: bool, limits: Limits) -> Self {
        Self {
            is_request,
            limits,
            state: State::Head,
            pending: Gathered::default(),
            keeps_alive: true,
        }
    }

    /// Whether no message is under way.
    pub(in super::super) fn is_between(&self) -> bool {
        matches!(self.state, State::Head) && self.pending.is_empty()
    }

    /// Whether a head is under way or expected.
    pub(in super::super) fn is_in_head(&self) -> bool {
        matches!(self.state, State::Head)
    }

    /// What the program says about the head that was told last. Without it, the usual.
    pub(in super::super) fn judge(&mut self, verdict: Verdict) {
        let State::Told(length) = &mut self.state else { return };
        match verdict {
            Verdict::Usual => {}
            Verdict::NoBody => *length = Length::Bytes(0),
            Verdict::Upgrade => self.state = State::Upgraded,
        }
    }

    /// Looks at the input from `from` on: what comes next, and how far it was looked at.
    pub(in super::super) fn next(&mut self, input: &[u8], from: usize) -> (Event, usize) {
        match self.step(input, from) {
            Ok(told) => told,
            Err(failure) => {
                self.pending = Gathered::default();
                self.state = State::Failed(failure);
                (Event::Failed(failure), from)
            }
        }
    }

    /// How often a head that is not whole was parsed.
    #[cfg(test)]
    pub(super) fn doubts(&self) -> u32 {
        self.pending.doubts()
    }

    /// The input is over.
    pub(in super::super) fn finish(&mut self) -> Event {
        match self.state {
            State::UntilEnd => {
                self.state = State::Last;
                Event::End(Vec::new(), Vec::new())
            }
            // What has failed was told.
            State::Last | State::Upgraded | State::Failed(_) => Event::More,
            State::Head if self.pending.is_empty() => Event::More,
            _ => {
                let failure = Failure::new("HPE_INVALID_EOF_STATE", "Invalid EOF state", 0);
                self.state = State::Failed(failure);
                Event::Failed(failure)
            }
        }
    }

    fn step(&mut self, input: &[u8], from: usize) -> Result<(Event, usize), Failure> {
        if let State::Told(length) = self.state {
            return self.begin_body(length, input, from);
        }
        if matches!(self.state, State::Upgraded) {
            return Ok((Event::Upgraded, from));
        }
        if from >= input.len() {
            return Ok((Event::More, from));
        }
        match &mut self.state {
            State::Head => self.head(input, from),
            State::Bytes(rest) => {
                let length = (*rest).min((input.len() - from) as u64);
                *rest -= length;
                if *rest == 0 {
                    self.state = State::Told(Length::Bytes(0));
                }
                let end = from + length as usize;
                Ok((Event::Body(from, end), end))
            }
            State::Chunked(chunks) => match chunks.next(input, from)? {
                Piece::More => Ok((Event::More, input.len())),
                Piece::Data(start, end) => Ok((Event::Body(start, end), end)),
                Piece::Last(end) => {
                    self.state = State::Trailers;
                    self.trailers(input, end)
                }
            },
            State::Trailers => self.trailers(input, from),
            State::UntilEnd => Ok((Event::Body(from, input.len()), input.len())),
            State::Last => {
                let is_empty = |byte: &u8| matches!(byte, b'\r' | b'\n');
                match input[from..].iter().position(|byte| !is_empty(byte)) {
                    None => Ok((Event::More, input.len())),
                    Some(at) => {
                        let reason = "Data after `Connection: close`";
                        Err(Failure::new("HPE_CLOSED_CONNECTION", reason, from + at + 1))
                    }
                }
            }
            // Both were dealt with.
            State::Told(_) | State::Upgraded => Ok((Event::More, from)),
            State::Failed(failure) => Err(*failure),
        }
    }

    fn head(&mut self, input: &[u8], mut from: usize) -> Result<(Event, usize), Failure> {
        let before = self.pending.bytes().len();
        if before == 0 {
            // Empty lines between messages are nothing.
            let is_empty = |byte: &u8| matches!(byte, b'\r' | b'\n');
            let Some(empty) = input[from..].iter().position(|byte| !is_empty(byte)) else {
                return Ok((Event::More, input.len()));
            };
            from += empty;
        }
        let Limits { is_lenient, .. } = self.limits;
        let parse = |bytes: &[u8]| head::parse(bytes, self.is_request, is_lenient);
        let found = gather(&mut self.pending, &input[from..], is_lenient, parse);
        let Some((head, length)) = found.map_err(|failure| placed(failure, from, before))? else {
            check_size(self.pending.size(), self.limits, input.len())?;
            return Ok((Event::More, input.len()));
        };
        self.pending = Gathered::default();
        check_size(size_of(&head), self.limits, input.len())?;
        let framing = framing::of(&head, is_lenient);
        let framing = framing.map_err(|failure| placed(failure, from, before))?;
        self.keeps_alive = framing.meaning.keeps_alive;
        let length_of_body = match (&head.start, framing.length) {
            (Start::Response { status: 100..=199 | 204 | 304, .. }, _) => Length::Bytes(0),
            (_, length) => length,
        };
        self.state = State::Told(length_of_body);
        Ok((Event::Head(Box::new(head), framing.meaning), from + length - before))
    }

    fn begin_body(
        &mut self,
        length: Length,
        input: &[u8],
        from: usize,
    ) -> Result<(Event, usize), Failure> {
        self.state = match length {
            Length::Bytes(0) => return Ok((self.end(Vec::new(), Vec::new()), from)),
            Length::Unsaid if self.is_request => {
                return Ok((self.end(Vec::new(), Vec::new()), from));
            }
            Length::Bytes(bytes) => State::Bytes(bytes),
            Length::Chunked => State::Chunked(Chunks::new()),
            Length::Encoded if self.is_request => {
                let reason = "Request has invalid `Transfer-Encoding`";
                return Err(Failure::new("HPE_INVALID_TRANSFER_ENCODING", reason, from));
            }
            Length::Unsaid | Length::Encoded => {
                self.keeps_alive = false;
                State::UntilEnd
            }
        };
        self.step(input, from)
    }

    fn trailers(&mut self, input: &[u8], from: usize) -> Result<(Event, usize), Failure> {
        let before = self.pending.bytes().len();
        // Most messages have none.
        if before == 0 && input[from..].starts_with(b"\r\n") {
            return Ok((self.end(Vec::new(), Vec::new()), from + 2));
        }
        if before == 0 {
            self.pending = Gathered::of_trailers();
        }
        let Limits { is_lenient, .. } = self.limits;
        let parse = |bytes: &[u8]| head::parse_trailers(bytes, is_lenient);
        let found = gather(&mut self.pending, &input[from..], is_lenient, parse);
        let found = found.map_err(|failure| placed(failure, from, before))?;
        let Some(Trailers { bytes, fields }) = found else {
            check_size(self.pending.size(), self.limits, input.len())?;
            return Ok((Event::More, input.len()));
        };
        self.pending = Gathered::default();
        let size = fields.iter().map(|field| field.name.len() + field.value.len()).sum();
        check_size(size, self.limits, input.len())?;
        framing::check_trailers(&bytes, &fields)
            .map_err(|failure| placed(failure, from, before))?;
        let length = bytes.len();
        Ok((self.end(bytes, fields), from + length - before))
    }

    fn end(&mut self, bytes: Vec<u8>, fields: Vec<Field>) -> Event {
        self.state = if self.keeps_alive { State::Head } else { State::Last };
        Event::End(bytes, fields)
    }
}

/// The bytes of a head that its limit counts.
fn size_of(head: &Head) -> usize {
    let start = match &head.start {
        Start::Request { target, .. } => target.len(),
        Start::Response { reason, .. } => reason.len(),
    };
    start + head.fields.iter().map(|field| field.name.len() + field.value.len()).sum::<usize>()
}

/// Parses what came, with what came before it, where that may say something.
fn gather<T>(
    pending: &mut Gathered,
    fresh: &[u8],
    is_lenient: bool,
    parse: impl Fn(&[u8]) -> Result<Option<T>, Failure>,
) -> Result<Option<T>, Failure> {
    if pending.is_empty() {
        // Most come in one piece.
        let parsed = parse(fresh)?;
        if parsed.is_none() {
            pending.add(fresh);
        }
        return Ok(parsed);
    }
    let is_due = match pending.add(fresh) {
        Found::Whole => true,
        Found::More => false,
        // A lenient parser lets doubtful things pass.
        Found::Doubt => !is_lenient && pending.asks(),
    };
    if is_due { parse(pending.bytes()) } else { Ok(None) }
}

/// A place of what was gathered as a place of the input.
fn placed(failure: Failure, from: usize, before: usize) -> Failure {
    Failure { at: (failure.at + from).saturating_sub(before), ..failure }
}

fn check_size(size: usize, limits: Limits, at: usize) -> Result<(), Failure> {
    if size < limits.head {
        return Ok(());
    }
    Err(Failure::new("HPE_HEADER_OVERFLOW", "Header overflow", at))
}
