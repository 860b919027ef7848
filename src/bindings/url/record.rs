//! A URL record of the WHATWG URL standard: what a URL consists of, and how it is written.

use super::parser;

/// What a URL consists of (<https://url.spec.whatwg.org/#concept-url>).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Record {
    /// Lower case, without the colon.
    pub(super) scheme: String,
    /// Percent-encoded.
    pub(super) username: String,
    /// Percent-encoded.
    pub(super) password: String,
    /// As it is written: a domain, an IPv4 address, an IPv6 address in brackets, an opaque host.
    pub(super) host: Option<String>,
    /// `None` where it is the scheme's default.
    pub(super) port: Option<u16>,
    pub(super) path: Path,
    /// Without the question mark.
    pub(super) query: Option<String>,
    /// Without the hash sign.
    pub(super) fragment: Option<String>,
}

/// The path of a URL, percent-encoded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Path {
    /// `mailto:x@y`: a text without structure.
    Opaque(String),
    /// The segments, each of which follows a slash.
    Segments(Vec<String>),
}

impl Default for Path {
    fn default() -> Self {
        Self::Segments(Vec::new())
    }
}

impl Record {
    /// Parses a URL, relative to `base` where there is one.
    pub(crate) fn parse(input: &str, base: Option<&Self>) -> Option<Self> {
        parser::parse(input, base)
    }

    /// True for the schemes that the standard gives a meaning.
    pub(super) fn is_special(&self) -> bool {
        is_special(&self.scheme)
    }

    pub(super) fn has_opaque_path(&self) -> bool {
        matches!(self.path, Path::Opaque(_))
    }

    pub(super) fn has_credentials(&self) -> bool {
        !self.username.is_empty() || !self.password.is_empty()
    }

    /// True where there is no room for user, password and port.
    pub(super) fn is_without_authority(&self) -> bool {
        self.host.as_deref().is_none_or(str::is_empty) || self.scheme == "file"
    }

    /// The whole URL.
    pub(crate) fn href(&self) -> String {
        let mut text = self.protocol();
        if self.host.is_some() {
            text.push_str("//");
            text.push_str(&self.credentials());
            text.push_str(&self.host());
        } else if self.path_looks_like_a_host() {
            text.push_str("/.");
        }
        text.push_str(&self.pathname());
        if let Some(query) = &self.query {
            text.push('?');
            text.push_str(query);
        }
        if let Some(fragment) = &self.fragment {
            text.push('#');
            text.push_str(fragment);
        }
        text
    }

    /// `user:password@`, or nothing.
    fn credentials(&self) -> String {
        if !self.has_credentials() {
            return String::new();
        }
        if self.password.is_empty() {
            return format!("{}@", self.username);
        }
        format!("{}:{}@", self.username, self.password)
    }

    /// A path that begins with two slashes would be read as a host.
    fn path_looks_like_a_host(&self) -> bool {
        matches!(&self.path, Path::Segments(list) if list.len() > 1 && list[0].is_empty())
    }

    /// The scheme with its colon.
    pub(super) fn protocol(&self) -> String {
        format!("{}:", self.scheme)
    }

    /// `null` where a URL of this kind has no origin.
    pub(super) fn origin(&self) -> String {
        match self.scheme.as_str() {
            "blob" => match Self::parse(&self.pathname(), None) {
                Some(inner) if matches!(inner.scheme.as_str(), "http" | "https") => inner.origin(),
                _ => "null".to_owned(),
            },
            "file" => "null".to_owned(),
            _ if self.is_special() => format!("{}://{}", self.scheme, self.host()),
            _ => "null".to_owned(),
        }
    }

    /// Host and port.
    pub(super) fn host(&self) -> String {
        let host = self.hostname();
        match self.port {
            Some(port) => format!("{host}:{port}"),
            None => host,
        }
    }

    pub(super) fn hostname(&self) -> String {
        self.host.clone().unwrap_or_default()
    }

    pub(super) fn port(&self) -> String {
        self.port.map(|port| port.to_string()).unwrap_or_default()
    }

    pub(crate) fn pathname(&self) -> String {
        match &self.path {
            Path::Opaque(path) => path.clone(),
            Path::Segments(segments) => {
                segments.iter().flat_map(|segment| ["/", segment.as_str()]).collect()
            }
        }
    }

    /// The query with its question mark, nothing where it is empty.
    pub(super) fn search(&self) -> String {
        with_sign('?', self.query.as_deref())
    }

    /// The fragment with its hash sign, nothing where it is empty.
    pub(super) fn hash(&self) -> String {
        with_sign('#', self.fragment.as_deref())
    }

    /// Removes the last segment; a file URL keeps its drive letter.
    pub(super) fn shorten_path(&mut self) {
        let Path::Segments(segments) = &mut self.path else { return };
        if self.scheme == "file"
            && let [only] = segments.as_slice()
            && is_normalized_drive_letter(only)
        {
            return;
        }
        segments.pop();
    }

    pub(super) fn push_segment(&mut self, segment: String) {
        if let Path::Segments(segments) = &mut self.path {
            segments.push(segment);
        }
    }
}

fn with_sign(sign: char, text: Option<&str>) -> String {
    match text {
        Some(text) if !text.is_empty() => format!("{sign}{text}"),
        _ => String::new(),
    }
}

/// True for the schemes that the standard gives a meaning.
pub(super) fn is_special(scheme: &str) -> bool {
    matches!(scheme, "http" | "https" | "ws" | "wss" | "ftp" | "file")
}

/// The port that a special scheme has by default.
pub(super) fn default_port(scheme: &str) -> Option<u16> {
    match scheme {
        "http" | "ws" => Some(80),
        "https" | "wss" => Some(443),
        "ftp" => Some(21),
        _ => None,
    }
}

/// `C:` or `C|`.
pub(super) fn is_drive_letter(text: &str) -> bool {
    matches!(text.as_bytes(), [letter, b':' | b'|'] if letter.is_ascii_alphabetic())
}

/// `C:`.
pub(super) fn is_normalized_drive_letter(text: &str) -> bool {
    is_drive_letter(text) && text.ends_with(':')
}
