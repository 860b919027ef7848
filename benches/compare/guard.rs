//! Keeps what was reached: ratios, since times differ from machine to machine.

use std::{fs, path::Path};

use serde_json::{Map, Value, json};

use crate::report::Measured;

/// How much worse than before a ratio may be: no two runs are the same.
const TOLERANCE: f64 = 0.75;

/// Compares the ratios of rjs with those that a file has, and says which have become worse; writes the
/// file if it is not there. True if none has.
pub fn check(path: &Path, names: &[String], all: &[Measured]) -> Result<bool, String> {
    let own = names.iter().position(|name| name == "rjs").unwrap_or_default();
    if !path.exists() {
        let ratios: Map<String, Value> = all
            .iter()
            .filter_map(|measured| {
                Some((measured.row.name.to_owned(), json!(measured.ratio(own)?)))
            })
            .collect();
        let text = format!("{:#}\n", Value::from(ratios));
        fs::write(path, text).map_err(|error| format!("{}: {error}", path.display()))?;
        return Ok(true);
    }
    let text = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let known: Map<String, Value> =
        serde_json::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))?;
    let mut is_good = true;
    for measured in all {
        let before = known.get(measured.row.name).and_then(Value::as_f64);
        let (Some(before), Some(now)) = (before, measured.ratio(own)) else { continue };
        if now < before * TOLERANCE {
            is_good = false;
            eprintln!("{}: {now:.2}× now, {before:.2}× before", measured.row.name);
        }
    }
    Ok(is_good)
}
