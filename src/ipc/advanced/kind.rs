//! Tells internal messages from a program's.
//!
//! An ordinary message is told by a search for a short byte string. Only where that finds something
//! is the value walked, without making anything of it.

use memchr::memmem::Finder;

use super::super::{
    codec::{Command, Kind},
    value::{
        FormatError, copy,
        decode::{Builder, Hosted, Objects, decode},
        reader::{Container, End, ErrorPart, Leaf, Primitive, Reader, Text, ViewPart},
    },
};

/// What an internal command begins with.
const PREFIX: &str = "NODE_";

#[derive(Debug)]
pub(super) struct Classifier {
    one_byte: Finder<'static>,
    two_byte: Finder<'static>,
}

impl Classifier {
    pub(super) fn new() -> Self {
        Self { one_byte: Finder::new(b"NODE_"), two_byte: Finder::new(b"N\0O\0D\0E\0_") }
    }

    pub(super) fn kind(&self, payload: &[u8]) -> Kind {
        if self.one_byte.find(payload).is_none() && self.two_byte.find(payload).is_none() {
            return Kind::Message;
        }
        internal_command(payload).map_or(Kind::Message, Kind::Internal)
    }
}

/// The command of an object whose `cmd` is a string that begins with `NODE_` and is longer.
fn internal_command(payload: &[u8]) -> Option<Command> {
    let mut reader = Reader::new(payload);
    reader.header().ok()?;
    let mut look = Look { begun: 0, command: None };
    let whole = decode(&mut reader, &mut Objects::default(), &mut look).ok()?;
    (whole == Seen::Object(OUTERMOST)).then_some(look.command).flatten()
}

/// The number of the object that begins first.
const OUTERMOST: usize = 1;

/// What is told apart of values.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Seen {
    Nothing,
    Command(Command),
    Object(usize),
}

struct Look {
    begun: usize,
    /// That of the outermost object; the last one counts.
    command: Option<Command>,
}

type Answer = Result<Seen, FormatError>;
type Done = Result<(), FormatError>;

impl Builder for Look {
    type Value = Seen;
    /// Whether it is `cmd`.
    type Key = bool;
    type Error = FormatError;

    fn primitive(&mut self, primitive: Primitive<'_>) -> Answer {
        Ok(match primitive {
            Primitive::Text(text) => command_of(text).map_or(Seen::Nothing, Seen::Command),
            _ => Seen::Nothing,
        })
    }

    fn leaf(&mut self, _: Leaf<'_>) -> Answer {
        Ok(Seen::Nothing)
    }

    fn reference(&mut self, _: u32, value: &Seen) -> Answer {
        Ok(*value)
    }

    fn view(&mut self, _: &Seen, _: ViewPart) -> Answer {
        Ok(Seen::Nothing)
    }

    fn begin(&mut self, _: Container) -> Answer {
        self.begun += 1;
        Ok(Seen::Object(self.begun))
    }

    fn key(&mut self, primitive: Primitive<'_>) -> Result<bool, FormatError> {
        Ok(matches!(primitive, Primitive::Text(text) if text.is("cmd")))
    }

    fn property(&mut self, object: &Seen, is_command: bool, value: Seen) -> Done {
        if is_command && *object == Seen::Object(OUTERMOST) {
            self.command = match value {
                Seen::Command(command) => Some(command),
                _ => None,
            };
        }
        Ok(())
    }

    fn element(&mut self, _: &Seen, _: u32, _: Option<Seen>) -> Done {
        Ok(())
    }

    fn entry(&mut self, _: &Seen, _: Seen, _: Seen) -> Done {
        Ok(())
    }

    fn member(&mut self, _: &Seen, _: Seen) -> Done {
        Ok(())
    }

    fn error_part(&mut self, _: &Seen, _: ErrorPart<'_>) -> Done {
        Ok(())
    }

    fn cause(&mut self, _: &Seen, _: Seen) -> Done {
        Ok(())
    }

    fn end(&mut self, _: &Seen, _: End) -> Done {
        Ok(())
    }

    fn host(
        &mut self,
        reader: &mut Reader<'_>,
        _: &mut Objects<Seen>,
    ) -> Result<Hosted<Seen>, FormatError> {
        Ok(match copy::channel_view(reader)? {
            Some(_) => Hosted::Value(Seen::Nothing),
            None => Hosted::Nested,
        })
    }
}

fn command_of(text: Text<'_>) -> Option<Command> {
    if !text.is_longer_than(PREFIX) {
        return None;
    }
    let named = Command::NAMED.iter().find(|(name, _)| text.is(name));
    Some(named.map_or(Command::Other, |(_, command)| *command))
}
