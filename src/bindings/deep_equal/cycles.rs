//! Objects that contain themselves.

use boa_engine::JsObject;

/// How deep a comparison goes before it is suspected of going round in circles.
const SUSPICIOUS: usize = 400;

/// How deep it may go at all.
const DEEPEST: usize = 4_000;

/// What entering a pair of objects comes to.
pub(super) enum Visit {
    /// They must be compared.
    New,
    /// The answer is known without.
    Known(bool),
}

/// The pairs of objects around the one that is being compared.
pub(super) struct Cycles {
    pairs: Vec<(JsObject, JsObject)>,
    depth: usize,
    is_watched: bool,
    is_exhausted: bool,
}

impl Cycles {
    /// Counts only how deep the comparison is.
    pub(super) fn unwatched() -> Self {
        Self { pairs: Vec::new(), depth: 0, is_watched: false, is_exhausted: false }
    }

    /// Looks out for pairs that come back.
    pub(super) fn watched() -> Self {
        Self { is_watched: true, ..Self::unwatched() }
    }

    /// True if the comparison went too deep: then its answer is worth nothing.
    pub(super) fn is_exhausted(&self) -> bool {
        self.is_exhausted
    }

    /// Goes into a pair; [`Self::leave`] follows a [`Visit::New`].
    pub(super) fn enter(&mut self, a: &JsObject, b: &JsObject) -> Visit {
        let limit = if self.is_watched { DEEPEST } else { SUSPICIOUS };
        if self.is_exhausted || self.depth >= limit {
            self.is_exhausted = true;
            return Visit::Known(false);
        }
        if self.is_watched {
            if let Some(equal) = self.known(a, b) {
                return Visit::Known(equal);
            }
            self.pairs.push((a.clone(), b.clone()));
        }
        self.depth += 1;
        Visit::New
    }

    /// Comes out of the pair entered last.
    pub(super) fn leave(&mut self) {
        self.depth -= 1;
        if self.is_watched {
            self.pairs.pop();
        }
    }

    /// Two objects that are both around themselves are equal as far as anybody can tell; one that
    /// is, and one that is not, differ.
    fn known(&self, a: &JsObject, b: &JsObject) -> Option<bool> {
        if let [(first, second)] = self.pairs.as_slice() {
            return if first == a {
                Some(second == b)
            } else if second == b {
                Some(false)
            } else {
                None
            };
        }
        let is_around =
            |object: &JsObject| self.pairs.iter().any(|(a, b)| a == object || b == object);
        match (is_around(a), is_around(b)) {
            (false, false) => None,
            (a, b) => Some(a && b),
        }
    }
}
