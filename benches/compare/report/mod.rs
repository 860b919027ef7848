//! What was measured, for people and for programs.

pub mod json;
pub mod markdown;

use crate::{
    rows::{Better, Row},
    spread::Spread,
};

/// A row with the samples of each who takes part.
pub struct Measured {
    pub row: &'static Row,
    pub values: Vec<Vec<f64>>,
}

impl Measured {
    pub fn spread(&self, index: usize) -> Option<Spread> {
        Spread::of(self.values.get(index)?)
    }

    /// How many times as good as the first the one at an index is.
    pub fn ratio(&self, index: usize) -> Option<f64> {
        let (first, own) = (self.spread(0)?.median, self.spread(index)?.median);
        Some(match self.row.better {
            Better::Less => first / own,
            Better::More => own / first,
        })
    }
}
