//! Node's character encodings: text to bytes and back, with Node's leniency.
//!
//! Source: Node's documentation, "Buffer", section "Buffers and character encodings".

mod base64;
mod hex;
mod latin1;
mod utf16;
mod utf8;

use boa_engine::{JsStr, JsString, string::JsStrVariant};
use encoding_rs::mem;

/// The longest string that V8, and so rjs, can hold, in UTF-16 code units.
pub(crate) const MAX_STRING_LENGTH: usize = 0x1fff_ffe8;

/// One of the encodings that `Buffer` knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Encoding {
    Utf8,
    Utf16le,
    Latin1,
    Ascii,
    Base64,
    Base64url,
    Hex,
}

/// The longest name of an encoding, `base64url`, in characters.
const LONGEST_NAME: usize = 9;

impl Encoding {
    /// The encoding of this name or alias, in any case; `None` if there is none (the empty name
    /// included: what it means depends on the caller).
    pub(crate) fn parse(name: &JsString) -> Option<Self> {
        let mut lower = [0; LONGEST_NAME];
        let lower = lower.get_mut(..name.len())?;
        for (slot, unit) in lower.iter_mut().zip(name.iter()) {
            *slot = u8::try_from(unit).ok()?.to_ascii_lowercase();
        }
        match &*lower {
            b"utf8" | b"utf-8" => Some(Self::Utf8),
            b"ucs2" | b"ucs-2" | b"utf16le" | b"utf-16le" => Some(Self::Utf16le),
            b"latin1" | b"binary" => Some(Self::Latin1),
            b"ascii" => Some(Self::Ascii),
            b"base64" => Some(Self::Base64),
            b"base64url" => Some(Self::Base64url),
            b"hex" => Some(Self::Hex),
            _ => None,
        }
    }

    /// The name without aliases, as `StringDecoder` shows it.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "utf8",
            Self::Utf16le => "utf16le",
            Self::Latin1 => "latin1",
            Self::Ascii => "ascii",
            Self::Base64 => "base64",
            Self::Base64url => "base64url",
            Self::Hex => "hex",
        }
    }
}

/// The text that these bytes stand for. Malformed UTF-8 becomes U+FFFD, an odd last byte of
/// UTF-16 is dropped; nothing fails.
pub(crate) fn decode(bytes: &[u8], encoding: Encoding) -> JsString {
    match encoding {
        Encoding::Utf8 => utf8::decode(bytes),
        Encoding::Utf16le => utf16::decode(bytes),
        Encoding::Latin1 => latin1_string(bytes),
        Encoding::Ascii => latin1::decode_ascii(bytes),
        Encoding::Base64 => latin1_string(&base64::encode(bytes, &base64::STANDARD)),
        Encoding::Base64url => latin1_string(&base64::encode(bytes, &base64::URL)),
        Encoding::Hex => latin1_string(&hex::encode(bytes)),
    }
}

/// How many code units [`decode`] would make of so many bytes, at most.
pub(crate) fn decoded_length(bytes: usize, encoding: Encoding) -> usize {
    match encoding {
        Encoding::Utf8 | Encoding::Latin1 | Encoding::Ascii => bytes,
        Encoding::Utf16le => bytes / 2,
        Encoding::Base64 => bytes.div_ceil(3) * 4,
        Encoding::Base64url => (bytes * 4).div_ceil(3),
        Encoding::Hex => bytes * 2,
    }
}

/// The bytes of a text where they are those that the string itself consists of.
pub(crate) fn own_bytes(text: &JsString, encoding: Encoding) -> Option<&[u8]> {
    let JsStrVariant::Latin1(units) = text.as_str().variant() else { return None };
    match encoding {
        Encoding::Latin1 | Encoding::Ascii => Some(units),
        Encoding::Utf8 if units.is_ascii() => Some(units),
        _ => None,
    }
}

/// The bytes of a text. What is no text of the encoding is skipped or ends it, as in Node.
pub(crate) fn encode(text: &JsString, encoding: Encoding) -> Vec<u8> {
    match (encoding, text.as_str().variant()) {
        (Encoding::Utf8, JsStrVariant::Latin1(units)) => utf8::encode_latin1(units),
        (Encoding::Utf8, JsStrVariant::Utf16(units)) => utf8::encode_utf16(units),
        (Encoding::Latin1 | Encoding::Ascii, JsStrVariant::Latin1(units)) => units.to_vec(),
        _ => {
            let mut bytes = vec![0; byte_length(text, encoding)];
            let written = encode_into(text, encoding, &mut bytes);
            bytes.truncate(written);
            bytes
        }
    }
}

/// Writes as much of the text as fits, whole characters only; returns the number of bytes.
pub(crate) fn encode_into(text: &JsString, encoding: Encoding, bytes: &mut [u8]) -> usize {
    let units = text.as_str().variant();
    match encoding {
        Encoding::Utf8 => utf8::encode_into(units, bytes).1,
        Encoding::Utf16le => utf16::encode_into(units, bytes),
        Encoding::Latin1 | Encoding::Ascii => latin1::encode_into(units, bytes),
        Encoding::Base64 | Encoding::Base64url => base64::decode_into(units, bytes),
        Encoding::Hex => hex::decode_into(units, bytes),
    }
}

/// As [`encode_into`] for UTF-8: code units read and bytes written (`TextEncoder.encodeInto`).
pub(crate) fn utf8_encode_into(text: &JsString, bytes: &mut [u8]) -> (usize, usize) {
    utf8::encode_into(text.as_str().variant(), bytes)
}

/// What `Buffer.byteLength` answers: exact for all but base64, where it is an upper bound that
/// counts characters which [`encode`] skips.
pub(crate) fn byte_length(text: &JsString, encoding: Encoding) -> usize {
    match encoding {
        Encoding::Utf8 => utf8::byte_length(text.as_str().variant()),
        Encoding::Utf16le => text.len() * 2,
        Encoding::Latin1 | Encoding::Ascii => text.len(),
        Encoding::Base64 | Encoding::Base64url => base64::decoded_length(text.as_str()),
        Encoding::Hex => text.len() / 2,
    }
}

/// A string of these Latin-1 characters.
pub(crate) fn latin1_string(units: &[u8]) -> JsString {
    JsString::from(JsStr::latin1(units))
}

/// A string of these code units that takes one byte a character where that suffices.
pub(crate) fn narrow_string(units: &[u16]) -> JsString {
    if !mem::is_utf16_latin1(units) {
        return JsString::from(units);
    }
    let mut narrow = vec![0; units.len()];
    mem::convert_utf16_to_latin1_lossy(units, &mut narrow);
    latin1_string(&narrow)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(units: &str) -> JsString {
        JsString::from(units)
    }

    #[test]
    fn names_are_found_in_any_case_and_by_alias() {
        assert_eq!(Encoding::parse(&text("UTF-8")), Some(Encoding::Utf8));
        assert_eq!(Encoding::parse(&text("uCs-2")), Some(Encoding::Utf16le));
        assert_eq!(Encoding::parse(&text("binary")), Some(Encoding::Latin1));
        assert_eq!(Encoding::parse(&text("base64URL")), Some(Encoding::Base64url));
        assert_eq!(Encoding::parse(&text("")), None);
        assert_eq!(Encoding::parse(&text("utf8 ")), None);
        assert_eq!(Encoding::parse(&text("a name longer than any")), None);
    }

    #[test]
    fn utf8_replaces_what_is_malformed() {
        let lone = JsString::from(&[0x61, 0xd800, 0x62][..]);
        assert_eq!(encode(&lone, Encoding::Utf8), b"a\xef\xbf\xbdb");
        assert_eq!(byte_length(&lone, Encoding::Utf8), 5);
        let cut = decode(b"\xe2\x82x", Encoding::Utf8);
        assert_eq!(cut, JsString::from("\u{fffd}x"));
    }

    #[test]
    fn utf8_writes_whole_characters_only() {
        let mut bytes = [b'.'; 4];
        assert_eq!(encode_into(&text("é€"), Encoding::Utf8, &mut bytes), 2);
        assert_eq!(&bytes, b"\xc3\xa9..");
        assert_eq!(utf8_encode_into(&text("a😀"), &mut bytes), (1, 1));
    }

    #[test]
    fn every_text_survives_utf8_and_utf16() {
        for sample in ["", "ascii", "é\u{ff}", "€uro", "😀 and 𝒳", "\u{feff}mark"] {
            for encoding in [Encoding::Utf8, Encoding::Utf16le] {
                let bytes = encode(&text(sample), encoding);
                assert_eq!(bytes.len(), byte_length(&text(sample), encoding), "{sample}");
                assert_eq!(decode(&bytes, encoding), text(sample), "{sample} as {encoding:?}");
            }
        }
    }

    #[test]
    fn base64_skips_strangers_and_stops_at_padding() {
        let cases: &[(&str, &[u8])] = &[
            ("YWJj", b"abc"),
            ("YW Jj\n", b"abc"),
            ("YWI=YWJj", b"ab"),
            ("=bad", b""),
            ("Y-_W", b"\x63\xef\xd6"),
            ("Y+/W", b"\x63\xef\xd6"),
            ("YWJj!YWJj", b"abcabc"),
            ("YWJ", b"ab"),
            ("Y", b""),
            // Only the low byte of a wide character counts: U+0159 reads as `Y`.
            ("\u{159}YWJj", b"\x61\x85\x89"),
        ];
        for (source, bytes) in cases {
            assert_eq!(encode(&text(source), Encoding::Base64), *bytes, "{source}");
        }
    }

    #[test]
    fn base64_is_padded_and_base64url_is_not() {
        assert_eq!(decode(b"\xfb\xff", Encoding::Base64), text("+/8="));
        assert_eq!(decode(b"\xfb\xff", Encoding::Base64url), text("-_8"));
        for length in 0..9 {
            let bytes: Vec<u8> = (0..length).map(|byte| byte * 31).collect();
            for encoding in [Encoding::Base64, Encoding::Base64url, Encoding::Hex] {
                let written = decode(&bytes, encoding);
                assert_eq!(written.len(), decoded_length(bytes.len(), encoding));
                assert_eq!(encode(&written, encoding), bytes);
            }
        }
    }

    #[test]
    fn hex_stops_at_the_first_pair_that_is_none() {
        assert_eq!(encode(&text("abCDx0ff"), Encoding::Hex), b"\xab\xcd");
        assert_eq!(encode(&text("abc"), Encoding::Hex), b"\xab");
    }

    #[test]
    fn latin1_and_ascii_take_the_low_bits() {
        assert_eq!(encode(&text("€é"), Encoding::Latin1), b"\xac\xe9");
        assert_eq!(encode(&text("é"), Encoding::Ascii), b"\xe9");
        assert_eq!(decode(b"\xe9a", Encoding::Ascii), text("ia"));
        assert_eq!(decode(b"\xe9", Encoding::Latin1), text("é"));
    }
}
