//! The bytes of a blob: immutable, shared by its slices.

use std::{ops::Range, rc::Rc};

use boa_engine::{JsData, JsString};
use boa_gc::{Finalize, Trace};

/// What an object of class `Blob` holds.
#[derive(Clone, Trace, Finalize, JsData)]
#[boa_gc(unsafe_empty_trace)]
pub(crate) struct BlobData {
    bytes: Rc<[u8]>,
    range: Range<usize>,
    /// The media type, in lower case; empty where it is unknown.
    pub(super) media_type: JsString,
    /// What makes it a `File`.
    pub(super) file: Option<FileData>,
}

/// What an object of class `File` holds beside its bytes.
#[derive(Clone)]
pub(super) struct FileData {
    pub(super) name: JsString,
    /// Milliseconds since 1970, as the script gave it.
    pub(super) last_modified: f64,
}

impl BlobData {
    pub(super) fn new(bytes: Vec<u8>, media_type: JsString, file: Option<FileData>) -> Self {
        let range = 0..bytes.len();
        Self { bytes: bytes.into(), range, media_type, file }
    }

    /// The content.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes[self.range.clone()]
    }

    /// A blob over a part of the same bytes; positions count from this blob's beginning.
    pub(super) fn slice(&self, start: usize, end: usize, media_type: JsString) -> Self {
        let end = end.min(self.range.len());
        let start = start.min(end);
        let range = self.range.start + start..self.range.start + end;
        Self { bytes: self.bytes.clone(), range, media_type, file: None }
    }
}
