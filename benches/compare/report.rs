//! Medians, ranges and ratios as a Markdown table.

use crate::workload::{Better, Samples, Workload};

/// The head of the table.
pub fn header(names: &[&str]) -> String {
    let mut head = String::from("| workload |");
    let mut rule = String::from("|---|");
    for name in names {
        head.push_str(&format!(" {name} |"));
        rule.push_str("---|");
    }
    for name in &names[1..] {
        head.push_str(&format!(" {name} against {} |", names[0]));
        rule.push_str("---|");
    }
    format!("{head}\n{rule}")
}

/// One row: median (min..max) of each runtime, then how many times as good as the first each is.
pub fn row(workload: &Workload, samples: &Samples) -> String {
    let mut text = format!("| {} |", workload.name);
    for (_, values) in samples {
        let (low, middle, high) = spread(values);
        text.push_str(&format!(
            " {} {} ({}..{}) |",
            short(middle),
            workload.unit,
            short(low),
            short(high)
        ));
    }
    let base = spread(&samples[0].1).1;
    for (_, values) in &samples[1..] {
        let own = spread(values).1;
        let ratio = match workload.better {
            Better::Less => base / own,
            Better::More => own / base,
        };
        text.push_str(&format!(" {ratio:.2}× |"));
    }
    text
}

/// Minimum, median, maximum.
fn spread(values: &[f64]) -> (f64, f64, f64) {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    match sorted.as_slice() {
        [] => (f64::NAN, f64::NAN, f64::NAN),
        sorted => (sorted[0], sorted[sorted.len() / 2], sorted[sorted.len() - 1]),
    }
}

/// Three significant digits.
fn short(value: f64) -> String {
    match value {
        v if v >= 100.0 => format!("{v:.0}"),
        v if v >= 10.0 => format!("{v:.1}"),
        v => format!("{v:.2}"),
    }
}
