//! All samples as JSON.

use serde_json::{Map, Value, json};

use super::Measured;
use crate::rows::Better;

/// The document: for each row its samples by name, and the ratios to the first.
pub fn document(names: &[String], all: &[Measured]) -> String {
    let rows: Vec<Value> = all.iter().map(|measured| row(names, measured)).collect();
    let document = json!({ "compared": names, "rows": rows });
    format!("{document:#}\n")
}

fn row(names: &[String], measured: &Measured) -> Value {
    let samples: Map<String, Value> =
        names.iter().cloned().zip(measured.values.iter().map(|values| json!(values))).collect();
    let ratios: Map<String, Value> = names
        .iter()
        .enumerate()
        .skip(1)
        .filter_map(|(index, name)| Some((name.clone(), json!(measured.ratio(index)?))))
        .collect();
    json!({
        "name": measured.row.name,
        "unit": measured.row.unit,
        "better": if measured.row.better == Better::Less { "less" } else { "more" },
        "samples": samples,
        "ratios": ratios,
        "wanted": measured.row.target,
    })
}
