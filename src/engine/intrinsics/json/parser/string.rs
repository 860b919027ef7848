//! String literals.

use boa_engine::{JsString, string::JsStr};

use super::{
    super::{runs::Run, spelled::MAX_BYTES},
    Parsed, Parser, Reason, Recorder, Text,
};

impl<T: Text, R: Recorder> Parser<'_, T, R> {
    /// Reads a string literal; the text stands at its opening quote.
    pub(super) fn string(&mut self) -> Parsed<JsString> {
        let from = self.at + 1;
        let run = self.text.run(from);
        self.at = run.end;
        if self.text.unit(run.end) == Some(u16::from(b'"')) {
            self.at += 1;
            return Ok(self.plain_string(from, run));
        }
        self.work.buffer.clear();
        self.text.append(from, run, &mut self.work.buffer);
        self.rest_of_string()?;
        Ok(self.work.buffer.string())
    }

    /// The string that a run of the text spells. A short one is often there already.
    fn plain_string(&mut self, from: usize, run: Run) -> JsString {
        let text = self.text;
        if run.is_ascii
            && run.end - from <= MAX_BYTES
            && let Some(bytes) = text.bytes(from, run.end)
        {
            let strings = &mut self.work.strings;
            let place = strings.place(bytes, || JsStr::latin1(bytes).into());
            if let Some((_, string)) = strings.at(place) {
                return string.clone();
            }
        }
        text.string(from, run)
    }

    /// Reads on to the closing quote, from the first character that is more than itself.
    fn rest_of_string(&mut self) -> Parsed<()> {
        loop {
            match self.text.unit(self.at) {
                None => return self.fail(Reason::UnterminatedString),
                Some(0x22) => {
                    self.at += 1;
                    return Ok(());
                }
                Some(0x5C) => {
                    self.at += 1;
                    let unit = self.escape()?;
                    self.work.buffer.push_utf16(&[unit]);
                }
                Some(_) => return self.fail(Reason::BadControlCharacter),
            }
            let from = self.at;
            let run = self.text.run(from);
            self.text.append(from, run, &mut self.work.buffer);
            self.at = run.end;
        }
    }

    /// Reads what follows a backslash: the code unit that it stands for.
    fn escape(&mut self) -> Parsed<u16> {
        let Some(unit) = self.text.unit(self.at) else {
            return self.fail(Reason::UnexpectedEnd);
        };
        let meaning = match u8::try_from(unit) {
            Ok(b'"' | b'\\' | b'/') => unit,
            Ok(b'b') => 0x08,
            Ok(b'f') => 0x0C,
            Ok(b'n') => 0x0A,
            Ok(b'r') => 0x0D,
            Ok(b't') => 0x09,
            Ok(b'u') => return self.unicode_escape(),
            _ => return self.fail(Reason::BadEscape),
        };
        self.at += 1;
        Ok(meaning)
    }

    fn unicode_escape(&mut self) -> Parsed<u16> {
        self.at += 1;
        let mut value = 0;
        for _ in 0..4 {
            let unit = self.text.unit(self.at).map_or(0, u32::from);
            let Some(digit) = char::from_u32(unit).and_then(|digit| digit.to_digit(16)) else {
                return self.fail(Reason::BadUnicodeEscape);
            };
            value = value << 4 | digit as u16;
            self.at += 1;
        }
        Ok(value)
    }
}
