//! What assigning to a property of a URL does (<https://url.spec.whatwg.org/#api>).

use super::{
    parser::{State, parse_into},
    percent::{Set, encoded},
    record::{Path, Record},
};

impl Record {
    pub(super) fn set_protocol(&mut self, text: &str) {
        parse_into(self, &format!("{text}:"), State::SchemeStart);
    }

    pub(super) fn set_username(&mut self, text: &str) {
        if !self.is_without_authority() {
            self.username = encoded(text, Set::UserInfo);
        }
    }

    pub(super) fn set_password(&mut self, text: &str) {
        if !self.is_without_authority() {
            self.password = encoded(text, Set::UserInfo);
        }
    }

    pub(super) fn set_host(&mut self, text: &str) {
        if !self.has_opaque_path() {
            parse_into(self, text, State::Host);
        }
    }

    pub(super) fn set_hostname(&mut self, text: &str) {
        if !self.has_opaque_path() {
            parse_into(self, text, State::Hostname);
        }
    }

    pub(super) fn set_port(&mut self, text: &str) {
        if self.is_without_authority() {
            return;
        }
        if text.is_empty() {
            self.port = None;
        } else {
            parse_into(self, text, State::Port);
        }
    }

    pub(super) fn set_pathname(&mut self, text: &str) {
        if !self.has_opaque_path() {
            self.path = Path::default();
            parse_into(self, text, State::PathStart);
        }
    }

    pub(super) fn set_search(&mut self, text: &str) {
        if text.is_empty() {
            self.query = None;
            return;
        }
        self.query = Some(String::new());
        parse_into(self, text.strip_prefix('?').unwrap_or(text), State::Query);
    }

    pub(super) fn set_hash(&mut self, text: &str) {
        if text.is_empty() {
            self.fragment = None;
            return;
        }
        self.fragment = Some(String::new());
        parse_into(self, text.strip_prefix('#').unwrap_or(text), State::Fragment);
    }
}
