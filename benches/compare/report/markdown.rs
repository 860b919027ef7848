//! A Markdown table: medians (min..max), then how many times as good as the first each is.

use super::Measured;

/// The head of the table.
pub fn head(names: &[String]) -> String {
    let mut head = String::from("| workload | unit |");
    let mut rule = String::from("|---|---|");
    for name in names {
        head.push_str(&format!(" {name} |"));
        rule.push_str("---|");
    }
    for name in &names[1..] {
        head.push_str(&format!(" {name} against {} |", names[0]));
        rule.push_str("---|");
    }
    format!("{head} wanted |\n{rule}---|")
}

/// One row.
pub fn line(measured: &Measured) -> String {
    let mut text = format!("| {} | {} |", measured.row.name, measured.row.unit);
    for index in 0..measured.values.len() {
        match measured.spread(index) {
            Some(spread) => text.push_str(&format!(
                " {} ({}..{}) |",
                short(spread.median),
                short(spread.low),
                short(spread.high)
            )),
            None => text.push_str(" |"),
        }
    }
    for index in 1..measured.values.len() {
        match measured.ratio(index) {
            Some(ratio) => text.push_str(&format!(" {}× |", short(ratio))),
            None => text.push_str(" |"),
        }
    }
    match measured.row.target {
        Some(target) => format!("{text} {target}× |"),
        None => format!("{text} |"),
    }
}

/// The whole table.
pub fn page(names: &[String], all: &[Measured]) -> String {
    let lines = all.iter().map(line);
    let mut text: Vec<String> = std::iter::once(head(names)).chain(lines).collect();
    text.push(String::new());
    text.join("\n")
}

/// Three significant digits.
fn short(value: f64) -> String {
    match value {
        v if v >= 100.0 => format!("{v:.0}"),
        v if v >= 10.0 => format!("{v:.1}"),
        v => format!("{v:.2}"),
    }
}
