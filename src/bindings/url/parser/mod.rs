//! The basic URL parser of the URL standard (<https://url.spec.whatwg.org/#concept-basic-url-parser>).
//!
//! Each state is one method; it looks at one character and says where to go on. The setters of a
//! URL start in the middle, at the state of what they set.

mod authority;
mod path;
mod scheme;

use super::record::Record;

/// The states, under the standard's names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    SchemeStart,
    Scheme,
    NoScheme,
    SpecialRelativeOrAuthority,
    PathOrAuthority,
    Relative,
    RelativeSlash,
    SpecialAuthoritySlashes,
    SpecialAuthorityIgnoreSlashes,
    Authority,
    Host,
    Hostname,
    Port,
    File,
    FileSlash,
    FileHost,
    PathStart,
    Path,
    OpaquePath,
    Query,
    Fragment,
}

/// What a state makes of a character.
enum Step {
    /// On to the next character.
    Next(State),
    /// The same character again, in another state.
    Again(State),
    /// From this character on.
    From(usize, State),
    /// All is said (only when a setter started the parser).
    Done,
    /// Not a URL.
    Fail,
}

/// A parser in the midst of its work.
struct Parser<'a> {
    input: Vec<char>,
    /// Index of the character that is looked at; the end is one past the last.
    position: usize,
    url: &'a mut Record,
    base: Option<&'a Record>,
    /// The state that a setter started in.
    started_by: Option<State>,
    buffer: String,
    at_sign_seen: bool,
    password_seen: bool,
    inside_brackets: bool,
}

/// Parses a whole URL.
pub(super) fn parse(input: &str, base: Option<&Record>) -> Option<Record> {
    let input = input.trim_matches(|c| c <= ' ');
    let mut url = Record::default();
    let mut parser = Parser::new(input, &mut url, base, None);
    parser.run(State::SchemeStart).then_some(url)
}

/// What a setter does: parses `input` from `state` on, into `url`. What was set before the parser
/// failed stays set, as the standard has it. True unless it failed.
pub(super) fn parse_into(url: &mut Record, input: &str, state: State) -> bool {
    Parser::new(input, url, None, Some(state)).run(state)
}

impl<'a> Parser<'a> {
    fn new(
        input: &str,
        url: &'a mut Record,
        base: Option<&'a Record>,
        started_by: Option<State>,
    ) -> Self {
        Self {
            input: input.chars().filter(|c| !matches!(c, '\t' | '\n' | '\r')).collect(),
            position: 0,
            url,
            base,
            started_by,
            buffer: String::new(),
            at_sign_seen: false,
            password_seen: false,
            inside_brackets: false,
        }
    }

    /// True unless the parser failed.
    fn run(&mut self, mut state: State) -> bool {
        loop {
            let c = self.input.get(self.position).copied();
            match self.step(state, c) {
                Step::Next(_) if c.is_none() => return true,
                Step::Next(next) => {
                    self.position += 1;
                    state = next;
                }
                Step::Again(next) => state = next,
                Step::From(position, next) => {
                    self.position = position;
                    state = next;
                }
                Step::Done => return true,
                Step::Fail => return false,
            }
        }
    }

    fn step(&mut self, state: State, c: Option<char>) -> Step {
        match state {
            State::SchemeStart => self.scheme_start(c),
            State::Scheme => self.scheme(c),
            State::NoScheme => self.no_scheme(c),
            State::SpecialRelativeOrAuthority => self.special_relative_or_authority(c),
            State::PathOrAuthority => Self::path_or_authority(c),
            State::Relative => self.relative(c),
            State::RelativeSlash => self.relative_slash(c),
            State::SpecialAuthoritySlashes => self.special_authority_slashes(c),
            State::SpecialAuthorityIgnoreSlashes => Self::special_authority_ignore_slashes(c),
            State::Authority => self.authority(c),
            State::Host | State::Hostname => self.host(state, c),
            State::Port => self.port(c),
            State::File => self.file(c),
            State::FileSlash => self.file_slash(c),
            State::FileHost => self.file_host(c),
            State::PathStart => self.path_start(c),
            State::Path => self.path(c),
            State::OpaquePath => self.opaque_path(c),
            State::Query => self.query(c),
            State::Fragment => self.fragment(c),
        }
    }

    fn is_setter(&self) -> bool {
        self.started_by.is_some()
    }

    /// The character after the one that is looked at.
    fn following(&self) -> Option<char> {
        self.input.get(self.position + 1).copied()
    }

    /// True for a slash, and for a backslash where that counts as one.
    fn is_slash(&self, c: Option<char>) -> bool {
        c == Some('/') || c == Some('\\') && self.url.is_special()
    }

    /// True where the authority of a URL ends.
    fn ends_authority(&self, c: Option<char>) -> bool {
        matches!(c, None | Some('?' | '#')) || self.is_slash(c)
    }
}
