//! The bytes of a blob: immutable, shared by its slices.

use std::{ops::Range, sync::Arc};

use boa_engine::{JsData, JsString};
use boa_gc::{Finalize, Trace};

/// What an object of class `Blob` holds.
#[derive(Clone, Trace, Finalize, JsData)]
#[boa_gc(unsafe_empty_trace)]
pub(crate) struct BlobData {
    bytes: Arc<[u8]>,
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

/// A blob on its way to another thread. The bytes are not copied: they never change.
#[derive(Clone)]
pub(crate) struct SentBlob {
    bytes: Arc<[u8]>,
    range: Range<usize>,
    media_type: String,
    /// Name and time of a `File`.
    file: Option<(String, f64)>,
}

impl BlobData {
    /// The blob for another thread.
    pub(crate) fn to_sent(&self) -> SentBlob {
        let file = self.file.as_ref();
        SentBlob {
            bytes: self.bytes.clone(),
            range: self.range.clone(),
            media_type: self.media_type.to_std_string_lossy(),
            file: file.map(|file| (file.name.to_std_string_lossy(), file.last_modified)),
        }
    }

    /// The blob that another thread has sent.
    pub(super) fn of_sent(sent: &SentBlob) -> Self {
        let file = sent.file.as_ref().map(|(name, last_modified)| FileData {
            name: JsString::from(name.as_str()),
            last_modified: *last_modified,
        });
        Self {
            bytes: sent.bytes.clone(),
            range: sent.range.clone(),
            media_type: JsString::from(sent.media_type.as_str()),
            file,
        }
    }
}
