//! States of the authority: user, password, host and port.

use super::{Parser, State, Step};
use crate::bindings::url::{
    host,
    percent::{self, Set},
    record::{Path, default_port, is_drive_letter, is_normalized_drive_letter},
};

impl Parser<'_> {
    pub(super) fn authority(&mut self, c: Option<char>) -> Step {
        if c == Some('@') {
            self.take_credentials();
            return Step::Next(State::Authority);
        }
        if self.ends_authority(c) {
            if self.at_sign_seen && self.buffer.is_empty() {
                return Step::Fail;
            }
            // What was read since the last at-sign is the host.
            let start = self.position - self.buffer.chars().count();
            self.buffer.clear();
            return Step::From(start, State::Host);
        }
        self.buffer.extend(c);
        Step::Next(State::Authority)
    }

    /// The buffer belongs to user and password; an at-sign before it does, too.
    fn take_credentials(&mut self) {
        let mut text = std::mem::take(&mut self.buffer);
        if self.at_sign_seen {
            text.insert_str(0, "%40");
        }
        self.at_sign_seen = true;
        for c in text.chars() {
            if c == ':' && !self.password_seen {
                self.password_seen = true;
                continue;
            }
            let part =
                if self.password_seen { &mut self.url.password } else { &mut self.url.username };
            percent::push(part, c, Set::UserInfo);
        }
    }

    pub(super) fn host(&mut self, state: State, c: Option<char>) -> Step {
        if self.is_setter() && self.url.scheme == "file" {
            return Step::Again(State::FileHost);
        }
        if c == Some(':') && !self.inside_brackets {
            if self.buffer.is_empty() || self.started_by == Some(State::Hostname) {
                return Step::Fail;
            }
            return if self.take_host() { Step::Next(State::Port) } else { Step::Fail };
        }
        if self.ends_authority(c) {
            return self.end_host();
        }
        match c {
            Some('[') => self.inside_brackets = true,
            Some(']') => self.inside_brackets = false,
            _ => {}
        }
        self.buffer.extend(c);
        Step::Next(state)
    }

    fn end_host(&mut self) -> Step {
        let needed = self.url.is_special()
            || self.is_setter() && (self.url.has_credentials() || self.url.port.is_some());
        if self.buffer.is_empty() && needed || !self.take_host() {
            return Step::Fail;
        }
        if self.is_setter() { Step::Done } else { Step::Again(State::PathStart) }
    }

    /// False where the buffer is no host.
    fn take_host(&mut self) -> bool {
        let text = std::mem::take(&mut self.buffer);
        let Some(host) = host::parse(&text, self.url.is_special()) else { return false };
        self.url.host = Some(host);
        true
    }

    pub(super) fn port(&mut self, c: Option<char>) -> Step {
        if let Some(digit) = c.filter(char::is_ascii_digit) {
            self.buffer.push(digit);
            return Step::Next(State::Port);
        }
        if !self.ends_authority(c) && !self.is_setter() {
            return Step::Fail;
        }
        if !self.buffer.is_empty() {
            let Ok(port) = std::mem::take(&mut self.buffer).parse::<u16>() else {
                return Step::Fail;
            };
            self.url.port = Some(port).filter(|_| default_port(&self.url.scheme) != Some(port));
            if self.is_setter() {
                return Step::Done;
            }
        }
        if self.is_setter() { Step::Fail } else { Step::Again(State::PathStart) }
    }

    pub(super) fn file_slash(&mut self, c: Option<char>) -> Step {
        if matches!(c, Some('/' | '\\')) {
            return Step::Next(State::FileHost);
        }
        if let Some(base) = self.base.filter(|base| base.scheme == "file") {
            self.url.host.clone_from(&base.host);
            if !self.at_drive_letter()
                && let Path::Segments(segments) = &base.path
                && let Some(first) = segments.first()
                && is_normalized_drive_letter(first)
            {
                self.url.push_segment(first.clone());
            }
        }
        Step::Again(State::Path)
    }

    pub(super) fn file_host(&mut self, c: Option<char>) -> Step {
        if !matches!(c, None | Some('/' | '\\' | '?' | '#')) {
            self.buffer.extend(c);
            return Step::Next(State::FileHost);
        }
        if !self.is_setter() && is_drive_letter(&self.buffer) {
            // The buffer is the first segment of the path.
            return Step::Again(State::Path);
        }
        if self.buffer.is_empty() {
            self.url.host = Some(String::new());
        } else {
            if !self.take_host() {
                return Step::Fail;
            }
            if self.url.host.as_deref() == Some("localhost") {
                self.url.host = Some(String::new());
            }
        }
        if self.is_setter() { Step::Done } else { Step::Again(State::PathStart) }
    }

    /// True where a drive letter and the end of a segment follow.
    pub(super) fn at_drive_letter(&self) -> bool {
        match &self.input[self.position..] {
            [letter, ':' | '|', rest @ ..] if letter.is_ascii_alphabetic() => {
                matches!(rest, [] | ['/' | '\\' | '?' | '#', ..])
            }
            _ => false,
        }
    }
}
