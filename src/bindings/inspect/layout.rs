//! Lines and columns: how the entries of an object become one text.

use boa_engine::{Context, JsObject, JsResult};

use super::{
    Inspector,
    options::Compact,
    text::{self, Text},
    width::{string_width, without_colors},
};

/// What stands around the entries.
pub(super) struct Braces {
    pub(super) open: Text,
    pub(super) close: &'static str,
}

impl Braces {
    pub(super) fn new(open: &str, close: &'static str) -> Self {
        Self { open: Text::from(open), close }
    }
}

/// The entries of an object.
pub(super) struct List {
    pub(super) entries: Vec<Text>,
    /// True of elements, which may be put in columns.
    pub(super) is_array: bool,
    /// The array whose elements they are: columns of numbers are aligned to the right.
    pub(super) array: Option<JsObject>,
}

/// More entries than these are put in columns.
const FEW_ENTRIES: usize = 6;

/// A comma and a space.
const SEPARATOR: usize = 2;

impl Inspector {
    /// Puts entries into their braces: on one line if they are few and short, else below one another.
    pub(super) fn reduce(
        &mut self,
        mut list: List,
        base: &Text,
        braces: &Braces,
        level: i64,
        context: &mut Context,
    ) -> JsResult<Text> {
        if self.options.compact == Compact::On {
            return Ok(self.reduce_compactly(&list.entries, base, braces));
        }
        if let Some(levels) = self.options.compact.levels() {
            let count = list.entries.len();
            if list.is_array && count > FEW_ENTRIES {
                list.entries = self.in_columns(list.entries, list.array.as_ref(), context)?;
            }
            let is_known = level >= 0 && self.current_level >= 0;
            let is_innermost = is_known && ((self.current_level - level) as f64) < levels;
            if is_innermost && count == list.entries.len() {
                let start = count + self.indentation + braces.open.units() + base.units() + 10;
                if self.fits_on_line(&list.entries, start, base)
                    && !list.entries.iter().any(Text::has_line_break)
                {
                    return Ok(on_one_line(&list.entries, base, braces));
                }
            }
        }
        Ok(self.below_one_another(list.entries, base, braces))
    }

    fn below_one_another(&self, mut entries: Vec<Text>, base: &Text, braces: &Braces) -> Text {
        let mut before = base.clone();
        if !base.is_empty() {
            before.push_str(" ");
        }
        before.push(&braces.open);
        // The last entry, the longest in what is deeply nested, is where the text is made.
        let last = entries.pop();
        for (i, entry) in entries.iter().enumerate() {
            before.push_str(if i == 0 { "\n" } else { ",\n" });
            before.push_spaces(self.indentation + 2);
            before.push(entry);
        }
        before.push_str(if entries.is_empty() { "\n" } else { ",\n" });
        before.push_spaces(self.indentation + 2);
        let mut out = last.unwrap_or_default();
        out.prepend(&before);
        out.push_str("\n");
        out.push_spaces(self.indentation);
        out.push_str(braces.close);
        out
    }

    /// The layout of `compact: true`.
    fn reduce_compactly(&self, entries: &[Text], base: &Text, braces: &Braces) -> Text {
        let is_short = self.fits_on_line(entries, 0, base);
        let mut out = braces.open.clone();
        if !base.is_empty() {
            out.push_str(" ");
            out.push(base);
        }
        if is_short || (base.is_empty() && braces.open.units() == 1) {
            out.push_str(" ");
        } else {
            // After a long opening the first entry could not line up with the others.
            out.push_str("\n");
            out.push_spaces(self.indentation + 2);
        }
        for (i, entry) in entries.iter().enumerate() {
            if i > 0 && is_short {
                out.push_str(", ");
            } else if i > 0 {
                out.push_str(",\n");
                out.push_spaces(self.indentation + 2);
            }
            out.push(entry);
        }
        out.push_str(" ");
        out.push_str(braces.close);
        out
    }

    /// True if the entries, `start` characters and what separates them fit into a line.
    fn fits_on_line(&self, entries: &[Text], start: usize, base: &Text) -> bool {
        let limit = self.options.break_length;
        let mut total = entries.len() + start;
        if (total + entries.len()) as f64 > limit {
            return false;
        }
        for entry in entries {
            total += if self.options.colors {
                text::units(&without_colors(entry.as_bytes()))
            } else {
                entry.units()
            };
            if total as f64 > limit {
                return false;
            }
        }
        base.is_empty() || !base.has_line_break()
    }

    /// Puts the elements of a list in columns, as near to a square as the line allows.
    fn in_columns(
        &mut self,
        mut entries: Vec<Text>,
        array: Option<&JsObject>,
        context: &mut Context,
    ) -> JsResult<Vec<Text>> {
        // The note about further items is no element.
        let has_note = self.options.max_array_length < entries.len() as f64;
        let shown = entries.len() - usize::from(has_note);
        let mut widths = Vec::with_capacity(shown);
        for entry in &entries[..shown] {
            widths.push(string_width(entry, self.options.colors, context));
        }
        let Some(columns) = self.columns(&widths, entries.len()) else { return Ok(entries) };
        let column_widths: Vec<usize> = (0..columns)
            .map(|column| {
                let widths = widths.iter().skip(column).step_by(columns);
                widths.max().map_or(0, |&widest| widest) + SEPARATOR
            })
            .collect();
        let is_right_aligned = match array {
            Some(array) => holds_numbers(array, entries.len(), context)?,
            None => true,
        };
        let note = if has_note { entries.pop() } else { None };
        let mut rows: Vec<Text> = entries
            .chunks(columns)
            .zip(widths.chunks(columns))
            .map(|(row, widths)| line_up(row, widths, &column_widths, is_right_aligned))
            .collect();
        rows.extend(note);
        Ok(rows)
    }

    /// How many columns there are to be; `None` if they would not pay.
    fn columns(&self, widths: &[usize], entries: usize) -> Option<usize> {
        let total: usize = widths.iter().map(|width| width + SEPARATOR).sum();
        let widest = widths.iter().max().copied().unwrap_or(0);
        let column = (widest + SEPARATOR) as f64;
        let line = self.options.break_length;
        let indentation = self.indentation as f64;
        // Three must fit next to one another, and no entry may be far longer than the others.
        if column * 3.0 + indentation >= line || (total as f64 / column <= 5.0 && widest > 6) {
            return None;
        }
        // A character is some two and a half times as high as wide. Shorter entries than the widest
        // allow for more columns.
        let bias = (column - total as f64 / entries as f64).sqrt();
        let biased = f64::max(column - 3.0 - bias, 1.0);
        let square = ((2.5 * biased * widths.len() as f64).sqrt() / biased + 0.5).floor();
        let columns = square
            .min(((line - indentation) / column).floor())
            .min(self.options.compact.levels().unwrap_or(0.0) * 4.0)
            .min(15.0);
        (columns > 1.0).then_some(columns as usize)
    }
}

fn on_one_line(entries: &[Text], base: &Text, braces: &Braces) -> Text {
    let mut out = base.clone();
    if !base.is_empty() {
        out.push_str(" ");
    }
    out.push(&braces.open);
    out.push_str(" ");
    for (i, entry) in entries.iter().enumerate() {
        if i > 0 {
            out.push_str(", ");
        }
        out.push(entry);
    }
    out.push_str(" ");
    out.push_str(braces.close);
    out
}

/// One row of columns.
fn line_up(row: &[Text], widths: &[usize], columns: &[usize], is_right_aligned: bool) -> Text {
    let mut out = Text::new();
    for (i, (entry, width)) in row.iter().zip(widths).enumerate() {
        let is_last = i + 1 == row.len();
        let padding = columns[i].saturating_sub(width + SEPARATOR);
        if is_right_aligned {
            out.push_spaces(padding);
        }
        out.push(entry);
        if !is_last {
            out.push_str(", ");
            if !is_right_aligned {
                out.push_spaces(padding);
            }
        }
    }
    out
}

/// True if the first `count` elements are numbers, big ones included.
fn holds_numbers(array: &JsObject, count: usize, context: &mut Context) -> JsResult<bool> {
    for index in 0..count {
        let element = array.get(index as u64, context)?;
        if !element.is_number() && !element.is_bigint() {
            return Ok(false);
        }
    }
    Ok(true)
}
