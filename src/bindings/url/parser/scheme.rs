//! States up to the authority: the scheme, and what is taken from the base URL.

use super::{Parser, State, Step};
use crate::bindings::url::record::{Path, Record, default_port, is_special};

impl Parser<'_> {
    pub(super) fn scheme_start(&mut self, c: Option<char>) -> Step {
        match c {
            Some(c) if c.is_ascii_alphabetic() => {
                self.buffer.push(c.to_ascii_lowercase());
                Step::Next(State::Scheme)
            }
            _ if self.is_setter() => Step::Fail,
            _ => Step::Again(State::NoScheme),
        }
    }

    pub(super) fn scheme(&mut self, c: Option<char>) -> Step {
        match c {
            Some(c) if c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.') => {
                self.buffer.push(c.to_ascii_lowercase());
                Step::Next(State::Scheme)
            }
            Some(':') if self.is_setter() => self.replace_scheme(),
            Some(':') => self.after_scheme(),
            _ if self.is_setter() => Step::Fail,
            _ => {
                self.buffer.clear();
                Step::From(0, State::NoScheme)
            }
        }
    }

    /// Special schemes stay special, others do not become it.
    fn replace_scheme(&mut self) -> Step {
        let url = &mut *self.url;
        let to_file = self.buffer == "file";
        let impossible = url.is_special() != is_special(&self.buffer)
            || to_file && (url.has_credentials() || url.port.is_some())
            || url.scheme == "file" && url.host.as_deref().is_none_or(str::is_empty);
        if !impossible {
            url.scheme = std::mem::take(&mut self.buffer);
            if url.port == default_port(&url.scheme) {
                url.port = None;
            }
        }
        Step::Done
    }

    fn after_scheme(&mut self) -> Step {
        self.url.scheme = std::mem::take(&mut self.buffer);
        if self.url.scheme == "file" {
            return Step::Next(State::File);
        }
        if self.url.is_special() {
            let like_base = self.base.is_some_and(|base| base.scheme == self.url.scheme);
            return Step::Next(if like_base {
                State::SpecialRelativeOrAuthority
            } else {
                State::SpecialAuthoritySlashes
            });
        }
        if self.following() == Some('/') {
            return Step::From(self.position + 2, State::PathOrAuthority);
        }
        self.url.path = Path::Opaque(String::new());
        Step::Next(State::OpaquePath)
    }

    pub(super) fn no_scheme(&mut self, c: Option<char>) -> Step {
        let Some(base) = self.base else { return Step::Fail };
        if base.has_opaque_path() {
            if c != Some('#') {
                return Step::Fail;
            }
            self.take_path_and_query(base);
            self.url.scheme.clone_from(&base.scheme);
            self.url.fragment = Some(String::new());
            return Step::Next(State::Fragment);
        }
        Step::Again(if base.scheme == "file" { State::File } else { State::Relative })
    }

    pub(super) fn special_relative_or_authority(&mut self, c: Option<char>) -> Step {
        if c == Some('/') && self.following() == Some('/') {
            return Step::From(self.position + 2, State::SpecialAuthorityIgnoreSlashes);
        }
        Step::Again(State::Relative)
    }

    pub(super) fn path_or_authority(c: Option<char>) -> Step {
        match c {
            Some('/') => Step::Next(State::Authority),
            _ => Step::Again(State::Path),
        }
    }

    pub(super) fn relative(&mut self, c: Option<char>) -> Step {
        let Some(base) = self.base else { return Step::Fail };
        self.url.scheme.clone_from(&base.scheme);
        if self.is_slash(c) {
            return Step::Next(State::RelativeSlash);
        }
        self.take_authority(base);
        self.take_path_and_query(base);
        self.after_base_path(c)
    }

    /// Goes on where all up to the query was taken from the base URL.
    fn after_base_path(&mut self, c: Option<char>) -> Step {
        match c {
            Some('?') => self.begin_query(),
            Some('#') => self.begin_fragment(),
            None => Step::Next(State::Relative),
            Some(_) => {
                self.url.query = None;
                self.url.shorten_path();
                Step::Again(State::Path)
            }
        }
    }

    pub(super) fn relative_slash(&mut self, c: Option<char>) -> Step {
        if self.url.is_special() && matches!(c, Some('/' | '\\')) {
            return Step::Next(State::SpecialAuthorityIgnoreSlashes);
        }
        if c == Some('/') {
            return Step::Next(State::Authority);
        }
        if let Some(base) = self.base {
            self.take_authority(base);
        }
        Step::Again(State::Path)
    }

    pub(super) fn special_authority_slashes(&mut self, c: Option<char>) -> Step {
        if c == Some('/') && self.following() == Some('/') {
            return Step::From(self.position + 2, State::SpecialAuthorityIgnoreSlashes);
        }
        Step::Again(State::SpecialAuthorityIgnoreSlashes)
    }

    pub(super) fn special_authority_ignore_slashes(c: Option<char>) -> Step {
        match c {
            Some('/' | '\\') => Step::Next(State::SpecialAuthorityIgnoreSlashes),
            _ => Step::Again(State::Authority),
        }
    }

    pub(super) fn file(&mut self, c: Option<char>) -> Step {
        "file".clone_into(&mut self.url.scheme);
        self.url.host = Some(String::new());
        if matches!(c, Some('/' | '\\')) {
            return Step::Next(State::FileSlash);
        }
        let Some(base) = self.base.filter(|base| base.scheme == "file") else {
            return Step::Again(State::Path);
        };
        self.url.host.clone_from(&base.host);
        self.take_path_and_query(base);
        if c.is_some_and(|c| !matches!(c, '?' | '#')) && self.at_drive_letter() {
            self.url.query = None;
            self.url.path = Path::default();
            return Step::Again(State::Path);
        }
        self.after_base_path(c)
    }

    fn take_authority(&mut self, base: &Record) {
        self.url.username.clone_from(&base.username);
        self.url.password.clone_from(&base.password);
        self.url.host.clone_from(&base.host);
        self.url.port = base.port;
    }

    fn take_path_and_query(&mut self, base: &Record) {
        self.url.path.clone_from(&base.path);
        self.url.query.clone_from(&base.query);
    }
}
