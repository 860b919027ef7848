//! The texts of the scripts that a realm has compiled, for stack traces and error reports.
//!
//! The engine keeps the texts to itself. Ours are kept by name: what an error's position says about
//! a line can only be read in the text that was compiled, not in a file that may have changed.

use std::{
    cell::{OnceCell, RefCell},
    collections::HashMap,
    rc::Rc,
};

use boa_engine::{Context, JsString};

use super::syntax::{Additions, lexer::is_line_end};

/// One compiled text.
#[derive(Debug)]
pub(crate) struct SourceText {
    text: Box<str>,
    /// How many bytes of the first line are ours and not the file's; they are ASCII.
    prefix: usize,
    /// Before which bytes the engine was given how many characters that are not in the text.
    added: Box<[(usize, usize)]>,
    /// The byte at which each line starts; found when the first error asks.
    lines: OnceCell<Box<[usize]>>,
}

impl SourceText {
    /// A text whose first `prefix` bytes are not the program's.
    pub(crate) fn new(text: String, prefix: usize) -> Self {
        Self { text: text.into_boxed_str(), prefix, added: [].into(), lines: OnceCell::new() }
    }

    /// Notes where the engine was given more than the text: positions that it tells count that.
    pub(crate) fn with_additions(mut self, additions: &Additions) -> Self {
        let places = additions.places.iter();
        self.added = places.map(|(at, added)| (at + self.prefix, added.chars().count())).collect();
        self
    }

    fn lines(&self) -> &[usize] {
        self.lines.get_or_init(|| line_starts(&self.text))
    }

    /// The whole text as the engine compiled it.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// The first `prefix` columns of line 1 are not the program's.
    pub(crate) fn prefix(&self) -> usize {
        self.prefix
    }

    /// A line as the program's author wrote it, without its end; lines count from 1.
    pub(crate) fn line(&self, line: u32) -> Option<&str> {
        let index = (line as usize).checked_sub(1)?;
        let start = *self.lines().get(index)?;
        let end = self.lines().get(index + 1).copied().unwrap_or(self.text.len());
        let start = if index == 0 { self.prefix.min(end) } else { start };
        self.text.get(start..end).map(|line| line.trim_end_matches(is_line_end))
    }

    /// The byte offset of an engine position: line and column in characters, both from 1.
    pub(crate) fn offset(&self, line: u32, column: u32) -> Option<usize> {
        let start = *self.lines().get((line as usize).checked_sub(1)?)?;
        let skipped = (column as usize).checked_sub(1)?;
        let skipped = skipped - self.added_before(line, start, skipped);
        let rest = self.text.get(start..)?;
        if skipped == 0 {
            return Some(start);
        }
        let (at, character) = rest.char_indices().nth(skipped - 1)?;
        Some(start + at + character.len_utf8())
    }

    /// How many of the characters that the engine skips on a line are not in the text.
    fn added_before(&self, line: u32, start: usize, skipped: usize) -> usize {
        if self.added.is_empty() {
            return 0;
        }
        let end = self.lines().get(line as usize).copied().unwrap_or(self.text.len() + 1);
        let mut ours = 0;
        for &(place, length) in self.added.iter().filter(|(place, _)| (start..end).contains(place))
        {
            let at = self.text[start..place].chars().count() + ours;
            if skipped < at + length {
                // A position in what was added is where that stands.
                return ours + skipped.saturating_sub(at);
            }
            ours += length;
        }
        ours
    }

    /// The byte offset of a position as V8 counts.
    pub(crate) fn offset_of(&self, line: u32, column: u32) -> Option<usize> {
        let start = if line == 1 {
            self.prefix
        } else {
            *self.lines().get((line as usize).checked_sub(1)?)?
        };
        let mut units = (column as usize).checked_sub(1)?;
        for (at, character) in self.text.get(start..)?.char_indices() {
            if units == 0 {
                return Some(start + at);
            }
            units = units.checked_sub(character.len_utf16())?;
        }
        None
    }

    /// The line at a byte, and below it carets under the bytes from `start` to `end` that are on
    /// that line: how Node shows a place.
    pub(crate) fn marked(&self, start: usize, end: usize) -> String {
        let (line, _) = self.position(start);
        let text = self.line(line).unwrap_or_default();
        let from = if line == 1 { self.prefix } else { self.lines()[line as usize - 1] };
        let column = start.saturating_sub(from).min(text.len());
        let stop = end.saturating_sub(from).clamp(column, text.len());
        // As in Node: neither blanks nor carets stand below what follows a NUL.
        let shown = |part: Option<&str>| {
            part.and_then(|part| part.split('\0').next()).unwrap_or_default().to_owned()
        };
        let mut marked = format!("{text}\n");
        let blanks = shown(text.get(..column));
        marked.extend(blanks.chars().map(|c| if c == '\t' { '\t' } else { ' ' }));
        let carets = shown(text.get(column..stop)).chars().count();
        marked.extend(std::iter::repeat_n('^', carets));
        marked
    }

    /// Line and column of a byte offset as V8 counts them: from 1, in UTF-16 units, without our
    /// prefix.
    pub(crate) fn position(&self, offset: usize) -> (u32, u32) {
        let index = self.lines().partition_point(|&start| start <= offset).saturating_sub(1);
        let start = if index == 0 { self.prefix } else { self.lines()[index] };
        let before = self.text.get(start..offset).unwrap_or_default();
        let column = before.encode_utf16().count() + 1;
        (index as u32 + 1, column as u32)
    }
}

fn line_starts(text: &str) -> Box<[usize]> {
    let mut starts = vec![0];
    let mut characters = text.char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        if !is_line_end(character) {
            continue;
        }
        let mut next = at + character.len_utf8();
        if character == '\r' && characters.next_if(|&(_, c)| c == '\n').is_some() {
            next += 1;
        }
        starts.push(next);
    }
    starts.into()
}

/// How many texts given to `eval` and `Function` are kept.
const EVALUATED: usize = 64;

/// The texts of a realm by the name that stack traces show.
#[derive(Debug, Default)]
pub(crate) struct Sources {
    named: RefCell<HashMap<String, Rc<SourceText>>>,
    /// The texts given to `eval` and `Function`, while none is missing.
    evaluated: RefCell<Vec<JsString>>,
}

impl Sources {
    /// Remembers a text; one that was compiled under the same name before is forgotten.
    pub(crate) fn add(&self, name: &str, source: SourceText) {
        self.named.borrow_mut().insert(name.to_owned(), Rc::new(source));
    }

    /// The text compiled under this name.
    pub(crate) fn get(&self, name: &str) -> Option<Rc<SourceText>> {
        self.named.borrow().get(name).cloned()
    }

    /// Remembers a text given to `eval` or `Function`.
    pub(crate) fn note_evaluated(&self, text: &JsString) {
        let mut texts = self.evaluated.borrow_mut();
        // Nothing but their text tells such texts apart: if one is not kept, none is of use.
        if texts.len() <= EVALUATED {
            texts.push(text.clone());
        }
    }

    /// The texts given to `eval` and `Function`, if all of them are known.
    pub(crate) fn evaluated(&self) -> Vec<SourceText> {
        let texts = self.evaluated.borrow();
        if texts.len() > EVALUATED {
            return Vec::new();
        }
        texts.iter().map(|text| SourceText::new(text.to_std_string_lossy(), 0)).collect()
    }
}

/// The texts of this realm.
pub(crate) fn of(context: &mut Context) -> Rc<Sources> {
    if let Some(sources) = context.get_data::<Rc<Sources>>() {
        return sources.clone();
    }
    let sources = Rc::new(Sources::default());
    context.insert_data(sources.clone());
    sources
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_the_authors() {
        let source = SourceText::new("(function () {let a;\r\nlet b;\n\u{2028}c\n})".into(), 14);
        assert_eq!(source.line(1), Some("let a;"));
        assert_eq!(source.line(2), Some("let b;"));
        assert_eq!(source.line(3), Some(""));
        assert_eq!(source.line(4), Some("c"));
        assert_eq!(source.line(6), None);
        assert_eq!(source.line(0), None);
    }

    #[test]
    fn a_place_is_marked_under_its_line() {
        let source = SourceText::new("__a;\n\tlet b\n".into(), 2);
        let marked = |word: &str, length| {
            let start = source.text().find(word).expect("the word is there");
            source.marked(start, start + length)
        };
        assert_eq!(marked("a", 1), "a;\n^");
        assert_eq!(marked("let", 3), "\tlet b\n\t^^^");
        assert_eq!(marked("b", 9), "\tlet b\n\t    ^");
        let end = source.text().len();
        assert_eq!(source.marked(end, end), "\n");
    }

    #[test]
    fn positions_leave_out_what_the_engine_was_given_more() {
        let places = vec![(3, ";new".into()), (6, ";new".into())];
        let additions = Additions { places, at_end: false };
        let source = SourceText::new("{ab} }c\nd".into(), 0).with_additions(&additions);
        let width = 4;
        assert_eq!(source.offset(1, 2), Some(1));
        assert_eq!(source.offset(1, 4 + width), Some(3));
        assert_eq!(source.offset(1, 5 + width), Some(4));
        assert_eq!(source.offset(1, 7 + 2 * width), Some(6));
        assert_eq!(source.offset(2, 1), Some(8));
    }

    #[test]
    fn positions_go_there_and_back() {
        let source = SourceText::new("xx'\u{1f600}' + a\nb".into(), 2);
        let a = source.offset(1, 9).expect("column 9 exists");
        assert_eq!(&source.text()[a..=a], "a");
        // The emoji is one character and two UTF-16 units; two columns are ours.
        assert_eq!(source.position(a), (1, 8));
        let b = source.offset(2, 1).expect("line 2 exists");
        assert_eq!(source.position(b), (2, 1));
        assert_eq!(source.offset_of(1, 8), Some(a));
        assert_eq!(source.offset_of(2, 1), Some(b));
        assert_eq!(source.offset_of(2, 3), None);
        assert_eq!(source.offset(9, 1), None);
        assert_eq!(source.offset(1, 99), None);
    }
}
