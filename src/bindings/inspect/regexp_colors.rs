//! Colours for regular expressions: each level of nesting has its own.
//!
//! Node: `util.inspect.styles.regexp`. The scan is tolerant: text that is no regular expression
//! comes out whole, only its colours mean less.

use boa_engine::object::builtins::JsArray;
use boa_engine::{Context, JsObject, JsResult, JsString, JsValue, js_string};

use super::{
    state::State,
    style::{COLORS, escape_codes},
    text::{self, Text},
};
use crate::engine::natives::{arg, define_value, function};

/// The colours by level; a script can change them in `util.inspect.styles.regexp.colors`.
const LEVELS: [&str; 5] = ["green", "red", "yellow", "cyan", "magenta"];

/// The escape codes of each level: the one that sets the colour and the one that resets it.
pub(super) type Palette = Vec<(Text, Text)>;

/// The colours before a script changes them.
pub(super) fn default_palette() -> Palette {
    let codes = LEVELS.iter().filter_map(|level| COLORS.iter().find(|(name, ..)| name == level));
    codes.map(|(_, set, reset)| (escape(*set), escape(*reset))).collect()
}

fn escape(code: u8) -> Text {
    Text::from(format!("\u{1b}[{code}m"))
}

/// `util.inspect.styles.regexp`.
pub(super) fn style_function(context: &mut Context) -> JsObject {
    let style: JsObject = function("highlightRegExp", 1, highlight_regexp, context).into();
    let levels = LEVELS.map(|name| JsValue::from(JsString::from(name)));
    define_value(&style, js_string!("colors"), JsArray::from_iter(levels, context), true);
    style
}

fn highlight_regexp(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let text = Text::from(&arg(args, 0).to_string(context)?);
    let palette = current_palette(context)?;
    Ok(highlight(&text, &palette, context)?.to_js().into())
}

/// The colours that `util.inspect.styles.regexp.colors` names now.
fn current_palette(context: &mut Context) -> JsResult<Palette> {
    let Some(inspect) = State::of(context).function.get().cloned() else {
        return Ok(default_palette());
    };
    let styles = inspect.get(js_string!("styles"), context)?.to_object(context)?;
    let style = styles.get(js_string!("regexp"), context)?;
    let Some(style) = style.as_object() else { return Ok(default_palette()) };
    let Some(names) = style.get(js_string!("colors"), context)?.as_object() else {
        return Ok(default_palette());
    };
    let count = names.get(js_string!("length"), context)?.to_length(context)?;
    if count == 0 {
        return Ok(default_palette());
    }
    let mut palette = Palette::new();
    for index in 0..count {
        let name = names.get(index, context)?.to_string(context)?;
        palette.extend(escape_codes(&name, &inspect, context)?);
    }
    Ok(palette)
}

/// The source and flags of a regular expression in colours.
pub(super) fn highlight(text: &Text, palette: &Palette, _: &mut Context) -> JsResult<Text> {
    let characters: Vec<u32> = text::points(text.as_bytes()).collect();
    let mut painter =
        Painter { characters: &characters, at: 0, level: 0, palette, out: Text::new() };
    painter.run();
    Ok(painter.out)
}

struct Painter<'a> {
    characters: &'a [u32],
    at: usize,
    level: i32,
    palette: &'a Palette,
    out: Text,
}

impl Painter<'_> {
    fn run(&mut self) {
        self.paint("/", 0);
        self.level = 1;
        self.at = 1;
        while let Some(next) = self.peek(0) {
            match next {
                '/' => break,
                '[' => self.class(),
                '(' => self.group_start(),
                ')' => self.close(")"),
                '\\' => self.escape(),
                '|' | '+' | '*' | '?' | ',' | '^' | '$' => self.take_one(3),
                '{' => self.braces(),
                '.' => self.take_one(2),
                _ => self.take_one(1),
            }
        }
        self.paint("/", -1);
        self.at += 1;
        if self.at < self.characters.len() {
            self.paint_range(self.at, self.characters.len(), 0);
        }
    }

    /// The character `ahead` of the current one.
    fn peek(&self, ahead: usize) -> Option<char> {
        let &point = self.characters.get(self.at + ahead)?;
        Some(char::from_u32(point).unwrap_or(char::REPLACEMENT_CHARACTER))
    }

    /// Writes in the colour of the current level plus `deeper`.
    fn paint(&mut self, text: &str, deeper: i32) {
        self.paint_text(&Text::from(text), deeper);
    }

    fn paint_range(&mut self, from: usize, to: usize, deeper: i32) {
        let to = to.min(self.characters.len());
        let mut text = Text::new();
        for &point in &self.characters[from.min(to)..to] {
            match char::from_u32(point) {
                Some(character) => text.push_char(character),
                None => text.push_units(&[point as u16]),
            }
        }
        self.paint_text(&text, deeper);
    }

    fn paint_text(&mut self, text: &Text, deeper: i32) {
        let count = self.palette.len() as i32;
        let index = if count == 0 { 0 } else { (self.level + deeper) % count };
        let color = usize::try_from(index).ok().and_then(|index| self.palette.get(index));
        match color.or_else(|| self.palette.first()) {
            Some((set, reset)) => {
                self.out.push(set);
                self.out.push(text);
                self.out.push(reset);
            }
            None => self.out.push(text),
        }
    }

    /// Writes the current character.
    fn take_one(&mut self, deeper: i32) {
        self.paint_range(self.at, self.at + 1, deeper);
        self.at += 1;
    }

    fn open(&mut self, text: &str) {
        self.paint(text, 0);
        self.level += 1;
        self.at += 1;
    }

    fn close(&mut self, text: &str) {
        self.level -= 1;
        self.paint(text, 0);
        self.at += 1;
    }

    /// `(`, and what may say which kind of group it opens.
    fn group_start(&mut self) {
        self.open("(");
        if self.peek(0) != Some('?') {
            return;
        }
        self.at += 1;
        match (self.peek(0), self.peek(1)) {
            (Some(kind @ (':' | '=' | '!')), _) => {
                self.paint(&format!("?{kind}"), -1);
                self.at += 1;
            }
            (Some('<'), Some(kind @ ('=' | '!'))) => {
                self.paint(&format!("?<{kind}"), -1);
                self.at += 2;
            }
            (Some('<'), _) => self.group_name(),
            _ => self.paint("?", 0),
        }
    }

    /// `<name>` after `(?`.
    fn group_name(&mut self) {
        self.at += 1;
        let start = self.at;
        while self.peek(0).is_some_and(|c| c != '>') {
            self.at += 1;
        }
        if self.peek(0).is_some() {
            self.level -= 1;
            self.paint("?<", 0);
            self.paint_range(start, self.at, 1);
            self.paint(">", 0);
            self.level += 1;
            self.at += 1;
        } else {
            self.paint("?<", -1);
            self.paint_range(start, self.at, 0);
        }
    }

    /// A character class up to its end.
    fn class(&mut self) {
        self.open("[");
        while let Some(next) = self.peek(0) {
            match next {
                ']' => return self.close("]"),
                '\\' => self.class_escape(),
                '-' if self.is_range_dash() => self.take_one(1),
                _ => self.take_one(0),
            }
        }
    }

    fn is_range_dash(&self) -> bool {
        let before = self.characters[self.at - 1];
        before != u32::from('[') && self.peek(1).is_some_and(|next| next != ']')
    }

    fn class_escape(&mut self) {
        let start = self.at;
        let kind = self.peek(1);
        self.at = (self.at + 2).min(self.characters.len());
        if matches!(kind, Some('u' | 'p' | 'P')) && self.peek(0) == Some('{') {
            return self.enclosed(start, '}', 0);
        }
        if kind == Some('x') {
            self.at += 2;
        }
        self.paint_range(start, self.at, 0);
    }

    fn escape(&mut self) {
        let start = self.at;
        let kind = self.peek(1);
        self.at = (self.at + 2).min(self.characters.len());
        match (kind, self.peek(0)) {
            (Some('u' | 'p' | 'P'), Some('{')) => return self.enclosed(start, '}', 0),
            (Some('k'), Some('<')) => return self.enclosed(start, '>', 1),
            (Some('x'), Some(_)) => self.at += 2,
            (Some('0'..='9'), Some(_)) => self.skip_digits(),
            _ => {}
        }
        self.paint_range(start, self.at, 1);
    }

    /// What stands between the delimiter at the current place and `end`; the opening is painted
    /// from `start` on.
    fn enclosed(&mut self, start: usize, end: char, up: i32) {
        let opening = self.at + 1;
        self.at = opening;
        while self.peek(0).is_some_and(|c| c != end) {
            self.at += 1;
        }
        if self.peek(0).is_none() {
            self.paint_range(start, opening, 1);
            self.at = opening;
            return;
        }
        self.level -= up;
        self.paint_range(start, opening, 0);
        self.paint_range(opening, self.at, 1);
        self.at += 1;
        self.paint(&end.to_string(), 0);
        self.level += up;
    }

    fn skip_digits(&mut self) {
        while self.peek(0).is_some_and(|c| c.is_ascii_digit()) {
            self.at += 1;
        }
    }

    /// `{2,3}` and what only looks like it.
    fn braces(&mut self) {
        self.at += 1;
        let digits = self.at;
        self.skip_digits();
        let has_digits = self.at > digits;
        if has_digits {
            self.paint("{", 0);
            self.level += 1;
            self.paint_range(digits, self.at, 1);
        }
        match self.peek(0) {
            Some(',') => {
                if !has_digits {
                    self.paint("{", 0);
                    self.level += 1;
                }
                self.take_one(0);
            }
            Some(_) if !has_digits => return self.paint("{", 1),
            _ => {}
        }
        let digits = self.at;
        self.skip_digits();
        if self.at > digits {
            self.paint_range(digits, self.at, 1);
        }
        if self.peek(0) == Some('}') {
            self.close("}");
        }
        if self.peek(0) == Some('?') {
            self.take_one(3);
        }
    }
}
