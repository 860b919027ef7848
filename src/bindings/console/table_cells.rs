//! `console.table`: cells in boxes.

use boa_engine::Context;

use crate::bindings::inspect::{Text, string_width};

/// A heading and the cells below it; a missing cell is empty.
pub(super) struct Column {
    heading: Text,
    cells: Vec<Option<Text>>,
}

impl Column {
    pub(super) fn new(heading: &str, cells: Vec<Option<Text>>) -> Self {
        Self { heading: Text::from(heading), cells }
    }

    /// A column without cells yet.
    pub(super) fn of(heading: Text) -> Self {
        Self { heading, cells: Vec::new() }
    }

    /// Puts a text into a row.
    pub(super) fn set(&mut self, row: usize, cell: Text) {
        if self.cells.len() <= row {
            self.cells.resize(row + 1, None);
        }
        self.cells[row] = Some(cell);
    }

    fn cell(&self, row: usize) -> Text {
        self.cells.get(row).cloned().flatten().unwrap_or_default()
    }

    fn width(&self, context: &mut Context) -> usize {
        let cells = self.cells.iter().flatten();
        let widths = cells.chain([&self.heading]).map(|cell| string_width(cell, true, context));
        widths.max().unwrap_or(0)
    }
}

/// The table as text, without a line break at its end.
pub(super) fn render(columns: &[Column], context: &mut Context) -> Text {
    let widths: Vec<usize> = columns.iter().map(|column| column.width(context)).collect();
    let rows = columns.iter().map(|column| column.cells.len()).max().unwrap_or(0);
    let headings: Vec<Text> = columns.iter().map(|column| column.heading.clone()).collect();
    let mut out = Text::new();
    rule(&mut out, &widths, ["┌", "┬", "┐\n"]);
    row(&mut out, &headings, &widths, context);
    rule(&mut out, &widths, ["├", "┼", "┤\n"]);
    for index in 0..rows {
        let cells: Vec<Text> = columns.iter().map(|column| column.cell(index)).collect();
        row(&mut out, &cells, &widths, context);
    }
    rule(&mut out, &widths, ["└", "┴", "┘"]);
    out
}

fn rule(out: &mut Text, widths: &[usize], [left, middle, right]: [&str; 3]) {
    out.push_str(left);
    for (i, width) in widths.iter().enumerate() {
        if i > 0 {
            out.push_str(middle);
        }
        out.push_str(&"─".repeat(width + 2));
    }
    out.push_str(right);
}

fn row(out: &mut Text, cells: &[Text], widths: &[usize], context: &mut Context) {
    for (i, (cell, width)) in cells.iter().zip(widths).enumerate() {
        out.push_str(if i == 0 { "│ " } else { " │ " });
        out.push(cell);
        out.push_spaces(width.saturating_sub(string_width(cell, true, context)));
    }
    out.push_str(" │\n");
}
