//! The messages of assertions that fail, as Node words them.

use boa_engine::{Context, JsObject, JsResult, JsValue, js_string};

use super::{
    diff::{self, Commas},
    palette::Palette,
};
use crate::{
    bindings::inspect::{self, Compact, Depth, Getters, Options, Sorted},
    engine::{kinds, natives::define_value, stack},
    sys::stdio::{is_terminal, terminal_size},
};

/// Longer texts of simple values are put one below the other.
const MAX_SHORT: usize = 12;

/// Longer values are shortened in the messages that show both sides in full.
const MAX_LONG: usize = 512;

/// What a message is about.
pub(super) struct Subject<'a> {
    pub(super) actual: &'a JsValue,
    pub(super) expected: &'a JsValue,
    pub(super) operator: &'a str,
    /// What the caller said instead of the usual first line.
    pub(super) custom: Option<String>,
    /// Nothing is left out.
    pub(super) full: bool,
}

/// The first line for an operator.
fn heading(operator: &str) -> Option<&'static str> {
    Some(match operator {
        "deepStrictEqual" => "Expected values to be strictly deep-equal:",
        "partialDeepStrictEqual" => "Expected values to be partially and strictly deep-equal:",
        "strictEqual" => "Expected values to be strictly equal:",
        "strictEqualObject" => "Expected \"actual\" to be reference-equal to \"expected\":",
        "deepEqual" => "Expected values to be loosely deep-equal:",
        "notDeepStrictEqual" => "Expected \"actual\" not to be strictly deep-equal to:",
        "notStrictEqual" => "Expected \"actual\" to be strictly unequal to:",
        "notStrictEqualObject" => "Expected \"actual\" not to be reference-equal to \"expected\":",
        "notDeepEqual" => "Expected \"actual\" not to be loosely deep-equal to:",
        "notIdentical" => "Values have same structure but are not reference-equal:",
        "notDeepEqualUnequal" => "Expected values not to be loosely deep-equal:",
        _ => return None,
    })
}

/// True for the operators whose message shows a difference whatever the caller says.
pub(super) fn shows_difference(operator: &str) -> bool {
    matches!(operator, "deepStrictEqual" | "strictEqual" | "partialDeepStrictEqual")
}

/// The message where the caller gave none.
pub(super) fn generated(subject: &Subject<'_>, context: &mut Context) -> JsResult<String> {
    match subject.operator {
        operator if shows_difference(operator) => difference(subject, context),
        "notDeepStrictEqual" | "notStrictEqual" => unwanted(subject, context),
        _ => both(subject, context),
    }
}

/// A value as messages show it: in full, one entry a line, whatever the program's defaults are.
fn shown(value: &JsValue, context: &mut Context) -> JsResult<String> {
    let mut options = Options::default();
    options.compact = Compact::Off;
    options.custom_inspect = false;
    options.depth = Depth::Levels(1000.0);
    options.max_array_length = f64::INFINITY;
    options.sorted = Sorted::Yes;
    options.getters = Getters::All;
    Ok(inspect::inspect(value, &options, context)?.into_string())
}

/// The message of the operators that compare: a heading, then what differs.
pub(super) fn difference(subject: &Subject<'_>, context: &mut Context) -> JsResult<String> {
    let palette = Palette::current(context)?;
    let (actual, expected) = (shown(subject.actual, context)?, shown(subject.expected, context)?);
    let (actual_lines, expected_lines): (Vec<_>, Vec<_>) =
        (actual.split('\n').collect(), expected.split('\n').collect());
    let mut operator = compared_as(subject);
    let mut legend =
        format!("{}+ actual{} {}- expected", palette.green, palette.plain, palette.red);
    legend.push_str(palette.plain);
    let mut skipped = false;
    let text = if is_simple(subject, &actual_lines, &expected_lines) {
        let (text, has_legend) = simple(subject, &actual, &expected, palette);
        if !has_legend {
            legend.clear();
        } else if palette.has_colors && both_strings(subject) {
            legend = format!("{}actual{} ", palette.green, palette.plain);
            legend.push_str(&format!("{}expected{}", palette.red, palette.plain));
        }
        text
    } else if actual == expected {
        operator = "notIdentical";
        legend.clear();
        let (text, is_shortened) = same_structure(&actual_lines, subject.full);
        skipped = is_shortened;
        text
    } else {
        let commas = if subject.actual.is_object() && !subject.actual.is_callable() {
            Commas::Ignored
        } else {
            Commas::Matter
        };
        let partial = operator == "partialDeepStrictEqual";
        if partial {
            let sign = if palette.has_colors { "" } else { "+ " };
            legend = format!("{}{sign}actual{} ", palette.gray, palette.plain);
            legend.push_str(&format!("{}- expected{}", palette.red, palette.plain));
        }
        let steps = diff::steps(&actual_lines, &expected_lines, commas);
        let (text, is_shortened) = diff::shown(&steps, partial, palette);
        skipped = is_shortened;
        text
    };
    let heading = match &subject.custom {
        Some(custom) if !custom.is_empty() => custom,
        _ => heading(operator).unwrap_or_default(),
    };
    let note = if skipped { "\n... Skipped lines" } else { "" };
    Ok(format!("{heading}\n{legend}{note}\n{text}\n"))
}

/// `strictEqual` of two objects is about references.
fn compared_as<'a>(subject: &Subject<'a>) -> &'a str {
    let (actual, expected) = (subject.actual, subject.expected);
    let both_objects = actual.is_object() && expected.is_object();
    if subject.operator == "strictEqual"
        && both_objects
        && actual.is_callable() == expected.is_callable()
    {
        return "strictEqualObject";
    }
    subject.operator
}

/// True for values of one line each, at least one of which is no object.
fn is_simple(subject: &Subject<'_>, actual: &[&str], expected: &[&str]) -> bool {
    let is_plain_object = |value: &JsValue| value.is_object() && !value.is_callable();
    actual.len() == 1
        && expected.len() == 1
        && !(is_plain_object(subject.actual) && is_plain_object(subject.expected))
}

fn both_strings(subject: &Subject<'_>) -> bool {
    subject.actual.is_string() && subject.expected.is_string()
}

/// Simple values side by side or one below the other; true if a legend belongs to it.
fn simple(subject: &Subject<'_>, actual: &str, expected: &str, palette: Palette) -> (String, bool) {
    let mut length = units(actual) + units(expected);
    // Without the quotes.
    length -= if subject.actual.is_string() { 2 } else { 0 };
    length -= if subject.expected.is_string() { 2 } else { 0 };
    let is_zero = |value: &JsValue| value.as_number() == Some(0.0);
    let zeros = is_zero(subject.actual) && is_zero(subject.expected);
    if length <= MAX_SHORT && !zeros {
        return (format!("{actual} !== {expected}"), false);
    }
    if palette.has_colors && both_strings(subject) {
        return (diff::characters(actual, expected, palette), true);
    }
    (stacked(actual, expected, palette), true)
}

/// Two texts one below the other, with a mark under the first character that differs.
fn stacked(actual: &str, expected: &str, palette: Palette) -> String {
    let Palette { green, red, plain, .. } = palette;
    let mut text = format!("\n{green}+{plain} {actual}\n{red}- {plain}{expected}");
    if units(actual) + units(expected) > terminal_width() {
        return text;
    }
    let (actual, expected): (Vec<u16>, Vec<u16>) =
        (actual.encode_utf16().collect(), expected.encode_utf16().collect());
    let differs = (0..actual.len()).find(|&at| expected.get(at) != Some(&actual[at]));
    // A difference in the first two characters can be seen without a mark.
    if let Some(at) = differs.filter(|&at| at >= 3) {
        text.push('\n');
        text.push_str(&" ".repeat(at + 2));
        text.push('^');
    }
    text
}

fn units(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}

/// The columns of the terminal that standard error is, or 80.
fn terminal_width() -> usize {
    if is_terminal(2) {
        return terminal_size(2).map_or(80, |(columns, _)| columns.into());
    }
    80
}

/// Values that look the same, without what is beyond line 50.
fn same_structure(lines: &[&str], full: bool) -> (String, bool) {
    if lines.len() > 50 && !full {
        return (format!("{}\n...}}", lines[..50].join("\n")), true);
    }
    (lines.join("\n"), false)
}

/// The message of `notStrictEqual` and `notDeepStrictEqual`: one value says it.
fn unwanted(subject: &Subject<'_>, context: &mut Context) -> JsResult<String> {
    let palette = Palette::current(context)?;
    let by_reference = subject.operator == "notStrictEqual" && subject.actual.is_object();
    let operator = if by_reference { "notStrictEqualObject" } else { subject.operator };
    let heading = heading(operator).unwrap_or_default();
    let text = shown(subject.actual, context)?;
    let mut lines: Vec<&str> = text.split('\n').collect();
    let dots = format!("{}...{}", palette.blue, palette.plain);
    if lines.len() > 50 && !subject.full {
        lines.truncate(46);
        lines.push(&dots);
    }
    if let [line] = lines.as_slice() {
        let gap = if units(line) > 5 { "\n\n" } else { " " };
        return Ok(format!("{heading}{gap}{line}"));
    }
    Ok(format!("{heading}\n\n{}\n", lines.join("\n")))
}

/// The message of all other operators: both values.
fn both(subject: &Subject<'_>, context: &mut Context) -> JsResult<String> {
    let operator = subject.operator;
    let (actual, expected) = (shown(subject.actual, context)?, shown(subject.expected, context)?);
    if operator == "notDeepEqual" && actual == expected {
        let text = format!("{}\n\n{actual}", heading(operator).unwrap_or_default());
        return Ok(shortened(text, 1024, 1021, subject.full));
    }
    let actual = shortened(actual, MAX_LONG, MAX_LONG - 3, subject.full);
    let expected = shortened(expected, MAX_LONG, MAX_LONG - 3, subject.full);
    Ok(match operator {
        "deepEqual" => {
            let heading = heading(operator).unwrap_or_default();
            format!("{heading}\n\n{actual}\n\nshould loosely deep-equal\n\n{expected}")
        }
        "notDeepEqual" => {
            let heading = heading("notDeepEqualUnequal").unwrap_or_default();
            format!("{heading}\n\n{actual}\n\nshould not loosely deep-equal\n\n{expected}")
        }
        _ => format!("{actual} {operator} {expected}"),
    })
}

/// A text longer than `max` code units cut to `kept`, with dots.
fn shortened(text: String, max: usize, kept: usize, full: bool) -> String {
    if full || units(&text) <= max {
        return text;
    }
    let units: Vec<u16> = text.encode_utf16().take(kept).collect();
    format!("{}...", String::from_utf16_lossy(&units))
}

/// What an error is compared by where both sides are errors: their stacks never are equal.
pub(super) fn without_stack(error: &JsValue, context: &mut Context) -> JsResult<JsValue> {
    let Some(source) = error.as_object() else { return Ok(error.clone()) };
    let copy = JsObject::with_object_proto(context.intrinsics());
    copy.set_prototype(source.prototype());
    copy.copy_data_properties::<boa_engine::property::PropertyKey>(error, Vec::new(), context)?;
    let message = source.get(js_string!("message"), context)?;
    define_value(&copy, js_string!("message"), message, false);
    if source.has_own_property(js_string!("cause"), context)? {
        let mut cause = source.get(js_string!("cause"), context)?;
        if is_error(&cause, context)? {
            cause = without_stack(&cause, context)?;
        }
        define_value(&copy, js_string!("cause"), cause, false);
    }
    Ok(copy.into())
}

/// An object of an error class, or one that inherits from `Error.prototype`.
pub(super) fn is_error(value: &JsValue, context: &mut Context) -> JsResult<bool> {
    let Some(object) = value.as_object() else { return Ok(false) };
    if kinds::is_error(&object) {
        return Ok(true);
    }
    value.instance_of(&stack::error_class(context).into(), context)
}
