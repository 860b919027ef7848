//! The search for a string in a string, in linear time whatever is searched.

use std::borrow::Cow;

use boa_engine::string::{JsStr, JsStrVariant};
use encoding_rs::mem;
use memchr::memmem;

/// A string and what is to be found in it, as bytes of one width.
///
/// Strings of two bytes a unit are searched as bytes too; what is found at an odd byte is nothing.
pub(super) struct Search<'a> {
    haystack: &'a [u8],
    needle: Cow<'a, [u8]>,
    width: usize,
}

impl<'a> Search<'a> {
    /// `None` if the needle has units that the haystack cannot have.
    pub(super) fn new(haystack: JsStr<'a>, needle: JsStr<'a>) -> Option<Self> {
        let (haystack, needle, width) = match (haystack.variant(), needle.variant()) {
            (JsStrVariant::Latin1(haystack), JsStrVariant::Latin1(needle)) => {
                (haystack, Cow::Borrowed(needle), 1)
            }
            (JsStrVariant::Latin1(haystack), JsStrVariant::Utf16(needle)) => {
                if !mem::is_utf16_latin1(needle) {
                    return None;
                }
                (haystack, needle.iter().map(|&unit| unit as u8).collect(), 1)
            }
            (JsStrVariant::Utf16(haystack), JsStrVariant::Latin1(needle)) => {
                let needle = needle.iter().flat_map(|&unit| u16::from(unit).to_ne_bytes());
                (bytemuck::cast_slice(haystack), needle.collect(), 2)
            }
            (JsStrVariant::Utf16(haystack), JsStrVariant::Utf16(needle)) => {
                let needle = Cow::Borrowed(bytemuck::cast_slice(needle));
                (bytemuck::cast_slice(haystack), needle, 2)
            }
        };
        Some(Self { haystack, needle, width })
    }

    /// The first place, from the unit at `from` on.
    pub(super) fn first(&self, from: usize) -> Option<usize> {
        self.next(from, |bytes| memmem::find(bytes, &self.needle))
    }

    /// The last place that is not after the unit at `latest`.
    pub(super) fn last(&self, latest: usize) -> Option<usize> {
        let mut end = latest.saturating_mul(self.width).saturating_add(self.needle.len());
        loop {
            end = end.min(self.haystack.len());
            let at = memmem::rfind(&self.haystack[..end], &self.needle)?;
            if at.is_multiple_of(self.width) {
                return Some(at / self.width);
            }
            end = at + self.needle.len() - 1;
        }
    }

    /// All places, none overlapping the one before it. The needle is not empty.
    pub(super) fn all(&self) -> impl Iterator<Item = usize> {
        let finder = memmem::Finder::new(&self.needle);
        let length = self.needle.len() / self.width;
        let mut from = 0;
        std::iter::from_fn(move || {
            let at = self.next(from, |bytes| finder.find(bytes))?;
            from = at + length;
            Some(at)
        })
    }

    fn next(&self, from: usize, find: impl Fn(&[u8]) -> Option<usize>) -> Option<usize> {
        let mut start = from * self.width;
        loop {
            let at = start + find(self.haystack.get(start..)?)?;
            if at.is_multiple_of(self.width) {
                return Some(at / self.width);
            }
            start = at + 1;
        }
    }
}

/// `StringIndexOf`: the first place from the unit at `from` on.
pub(super) fn index_of(haystack: JsStr<'_>, needle: JsStr<'_>, from: usize) -> Option<usize> {
    if needle.is_empty() {
        return (from <= haystack.len()).then_some(from);
    }
    Search::new(haystack, needle)?.first(from)
}

/// `StringLastIndexOf`: the last place that is not after the unit at `latest`.
pub(super) fn last_index_of(
    haystack: JsStr<'_>,
    needle: JsStr<'_>,
    latest: usize,
) -> Option<usize> {
    if needle.is_empty() {
        return Some(latest.min(haystack.len()));
    }
    Search::new(haystack, needle)?.last(latest)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every way to keep a text: as narrow as it can be, and wide.
    fn wide(text: &str) -> Vec<u16> {
        text.encode_utf16().collect()
    }

    fn slow_first(haystack: &[u16], needle: &[u16], from: usize) -> Option<usize> {
        (from..=haystack.len()).find(|&at| haystack[at..].starts_with(needle))
    }

    fn slow_last(haystack: &[u16], needle: &[u16], latest: usize) -> Option<usize> {
        (0..=latest.min(haystack.len())).rev().find(|&at| haystack[at..].starts_with(needle))
    }

    #[test]
    fn finds_what_a_slow_search_finds_in_every_width() {
        let texts =
            ["", "a", "abcabcab", "aaaaaaa", "āaāaā", "ĀāaĀ", "\u{101}\u{101}\u{1}\u{1}", "世界世"];
        let needles = ["a", "ab", "bc", "aa", "ā", "Āā", "\u{1}", "\u{101}", "世", "界世", "x", ""];
        for text in texts {
            for needle in needles {
                let (text, needle) = (wide(text), wide(needle));
                for (haystack, sought) in widths(&text).iter().flat_map(|haystack| {
                    widths(&needle).into_iter().map(move |needle| (haystack.clone(), needle))
                }) {
                    let (haystack, sought) = (haystack.as_str(), sought.as_str());
                    for from in 0..=text.len() + 1 {
                        let first = slow_first(&text, &needle, from);
                        assert_eq!(index_of(haystack, sought, from), first);
                        let last = slow_last(&text, &needle, from);
                        assert_eq!(last_index_of(haystack, sought, from), last);
                    }
                }
            }
        }
    }

    fn widths(text: &[u16]) -> Vec<boa_engine::JsString> {
        let mut strings = vec![JsStr::utf16(text).into()];
        if mem::is_utf16_latin1(text) {
            let narrow: Vec<u8> = text.iter().map(|&unit| unit as u8).collect();
            strings.push(JsStr::latin1(&narrow).into());
        }
        strings
    }

    #[test]
    fn all_places_do_not_overlap() {
        let search = Search::new(JsStr::latin1(b"aaaaa"), JsStr::latin1(b"aa")).expect("possible");
        assert_eq!(search.all().collect::<Vec<_>>(), [0, 2]);
        let text = wide("\u{101}\u{101}a\u{101}");
        let search = Search::new(JsStr::utf16(&text), JsStr::utf16(&text[..1])).expect("possible");
        assert_eq!(search.all().collect::<Vec<_>>(), [0, 1, 3]);
    }
}
