//! What the command line, or an embedder, says about `http`.

/// What every parser of `http` is allowed, unless its server or request says otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct HttpSettings {
    /// The bytes of a head: its target, and the names and values of its fields. 16 KiB where nothing is said.
    pub max_header_size: u64,
    /// Lets pass what other implementations send against the standard. Two readers may read such a message differently:
    /// only for peers that are trusted.
    pub is_lenient: bool,
}

impl Default for HttpSettings {
    fn default() -> Self {
        Self { max_header_size: 16 * 1024, is_lenient: false }
    }
}
