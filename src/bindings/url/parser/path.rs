//! States from the path on: path, query and fragment.

use super::{Parser, State, Step};
use crate::bindings::url::{
    percent::{self, Set},
    record::{Path, is_drive_letter},
};

impl Parser<'_> {
    pub(super) fn path_start(&mut self, c: Option<char>) -> Step {
        if self.url.is_special() {
            return if self.is_slash(c) {
                Step::Next(State::Path)
            } else {
                Step::Again(State::Path)
            };
        }
        match c {
            Some('?') if !self.is_setter() => self.begin_query(),
            Some('#') if !self.is_setter() => self.begin_fragment(),
            Some('/') => Step::Next(State::Path),
            Some(_) => Step::Again(State::Path),
            None => {
                if self.is_setter() && self.url.host.is_none() {
                    self.url.push_segment(String::new());
                }
                Step::Next(State::PathStart)
            }
        }
    }

    pub(super) fn path(&mut self, c: Option<char>) -> Step {
        let ends = matches!(c, Some('?' | '#')) && !self.is_setter();
        if let Some(c) = c.filter(|&c| !ends && !self.is_slash(Some(c))) {
            percent::push(&mut self.buffer, c, Set::Path);
            return Step::Next(State::Path);
        }
        self.end_segment(c);
        match c {
            Some('?') if ends => self.begin_query(),
            Some('#') if ends => self.begin_fragment(),
            _ => Step::Next(State::Path),
        }
    }

    fn end_segment(&mut self, c: Option<char>) {
        let mut segment = std::mem::take(&mut self.buffer);
        let last = !self.is_slash(c);
        if is_double_dot(&segment) {
            self.url.shorten_path();
            if last {
                self.url.push_segment(String::new());
            }
        } else if is_single_dot(&segment) {
            if last {
                self.url.push_segment(String::new());
            }
        } else {
            if self.url.scheme == "file"
                && self.url.path == Path::default()
                && is_drive_letter(&segment)
            {
                segment.replace_range(1.., ":");
            }
            self.url.push_segment(segment);
        }
    }

    pub(super) fn opaque_path(&mut self, c: Option<char>) -> Step {
        match c {
            Some('?') => return self.begin_query(),
            Some('#') => return self.begin_fragment(),
            _ => {}
        }
        // The last space before query or fragment would be lost with them.
        let keep_space = c == Some(' ') && matches!(self.following(), Some('?' | '#'));
        if let (Some(c), Path::Opaque(path)) = (c, &mut self.url.path) {
            if keep_space { path.push_str("%20") } else { percent::push(path, c, Set::Control) }
        }
        Step::Next(State::OpaquePath)
    }

    /// Goes on after a question mark.
    pub(super) fn begin_query(&mut self) -> Step {
        self.url.query = Some(String::new());
        Step::Next(State::Query)
    }

    /// Goes on after a hash sign.
    pub(super) fn begin_fragment(&mut self) -> Step {
        self.url.fragment = Some(String::new());
        Step::Next(State::Fragment)
    }

    pub(super) fn query(&mut self, c: Option<char>) -> Step {
        if c == Some('#') && !self.is_setter() {
            return self.begin_fragment();
        }
        let set = if self.url.is_special() { Set::SpecialQuery } else { Set::Query };
        if let (Some(c), Some(query)) = (c, &mut self.url.query) {
            percent::push(query, c, set);
        }
        Step::Next(State::Query)
    }

    pub(super) fn fragment(&mut self, c: Option<char>) -> Step {
        if let (Some(c), Some(fragment)) = (c, &mut self.url.fragment) {
            percent::push(fragment, c, Set::Fragment);
        }
        Step::Next(State::Fragment)
    }
}

fn is_single_dot(segment: &str) -> bool {
    segment == "." || segment.eq_ignore_ascii_case("%2e")
}

fn is_double_dot(segment: &str) -> bool {
    ["..", ".%2e", "%2e.", "%2e%2e"].iter().any(|dots| segment.eq_ignore_ascii_case(dots))
}
