//! Number literals.

use boa_engine::JsValue;

use super::{Parsed, Parser, Reason, Recorder, Text};

/// How many decimal digits a double holds exactly.
const MAX_EXACT_DIGITS: usize = 15;

impl<T: Text, R: Recorder> Parser<'_, T, R> {
    /// Reads a number; the text stands at its minus sign or first digit.
    pub(super) fn number(&mut self) -> Parsed<JsValue> {
        let from = self.at;
        let is_negative = self.skip(b"-");
        let (magnitude, digits) = self.integer()?;
        let has_fraction = self.fraction()?;
        let has_exponent = self.exponent()?;
        if has_fraction || has_exponent || digits > MAX_EXACT_DIGITS {
            return Ok(self.parsed_by_std(from));
        }
        Ok(match i32::try_from(magnitude) {
            Ok(0) if is_negative => JsValue::rational(-0.0),
            Ok(small) => JsValue::new(if is_negative { -small } else { small }),
            Err(_) if is_negative => JsValue::rational(-(magnitude as f64)),
            Err(_) => JsValue::rational(magnitude as f64),
        })
    }

    /// The value of the number from `from` to here, which is known to be well formed.
    fn parsed_by_std(&mut self, from: usize) -> JsValue {
        self.text.ascii(from, self.at, &mut self.work.bytes);
        let spelling =
            std::str::from_utf8(&self.work.bytes).expect("digits, signs and points are ASCII");
        let value: f64 = spelling.parse().expect("every JSON number is a number to Rust");
        let whole = value as i32;
        // Negative zero is not the integer zero, hence the bits.
        if f64::from(whole).to_bits() == value.to_bits() {
            JsValue::new(whole)
        } else {
            JsValue::rational(value)
        }
    }

    /// Reads the digits before the point: their value (if it fits) and their count.
    fn integer(&mut self) -> Parsed<(u64, usize)> {
        let from = self.at;
        let mut value: u64 = 0;
        while let Some(digit) = self.digit() {
            if self.at == from + 1 && value == 0 {
                return self.fail(Reason::UnexpectedNumber);
            }
            value = value.wrapping_mul(10).wrapping_add(digit);
            self.at += 1;
        }
        if self.at == from {
            return self.fail(Reason::MissingNumber);
        }
        Ok((value, self.at - from))
    }

    fn fraction(&mut self) -> Parsed<bool> {
        if !self.skip(b".") {
            return Ok(false);
        }
        self.some_digits(Reason::UnterminatedFraction)
    }

    fn exponent(&mut self) -> Parsed<bool> {
        if !self.skip(b"eE") {
            return Ok(false);
        }
        self.skip(b"+-");
        self.some_digits(Reason::MissingExponent)
    }

    fn some_digits(&mut self, otherwise: Reason) -> Parsed<bool> {
        if self.digit().is_none() {
            return self.fail(otherwise);
        }
        while self.digit().is_some() {
            self.at += 1;
        }
        Ok(true)
    }

    fn digit(&self) -> Option<u64> {
        match self.text.unit(self.at) {
            Some(unit @ 0x30..=0x39) => Some(u64::from(unit - 0x30)),
            _ => None,
        }
    }

    /// Steps over one character if it is one of these.
    fn skip(&mut self, any_of: &[u8]) -> bool {
        let found = self
            .text
            .unit(self.at)
            .is_some_and(|unit| any_of.iter().any(|&byte| u16::from(byte) == unit));
        if found {
            self.at += 1;
        }
        found
    }
}
