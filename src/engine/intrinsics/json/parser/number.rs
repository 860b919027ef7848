//! Number literals.

use boa_engine::JsValue;

use super::{Parsed, Parser, Reason, Recorder, Text};

/// How many decimal digits a double holds exactly.
const MAX_EXACT_DIGITS: usize = 15;

/// Those powers of ten that decimals of so few digits are divided by.
const POWERS_OF_TEN: [f64; MAX_EXACT_DIGITS + 1] =
    [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];

/// Digits read so far, whatever side of the point they are on.
#[derive(Default)]
struct Digits {
    /// Of all, if they are not too many.
    value: u64,
    count: usize,
}

impl Digits {
    fn add(&mut self, digit: u64) {
        self.value = self.value.wrapping_mul(10).wrapping_add(digit);
        self.count += 1;
    }
}

/// A number as the engine likes it best: an integer, if it is one and small.
fn narrowed(value: f64) -> JsValue {
    let whole = value as i32;
    // Negative zero is not the integer zero, hence the bits.
    if f64::from(whole).to_bits() == value.to_bits() {
        JsValue::new(whole)
    } else {
        JsValue::rational(value)
    }
}

impl<T: Text, R: Recorder> Parser<'_, T, R> {
    /// Reads a number; the text stands at its minus sign or first digit.
    pub(super) fn number(&mut self) -> Parsed<JsValue> {
        let from = self.at;
        let is_negative = self.skip(b"-");
        let mut digits = Digits::default();
        self.integer(&mut digits)?;
        let whole = digits.count;
        let has_fraction = self.fraction(&mut digits)?;
        let has_exponent = self.exponent()?;
        if has_exponent || digits.count > MAX_EXACT_DIGITS {
            return Ok(self.parsed_by_std(from));
        }
        let magnitude = digits.value;
        if has_fraction {
            // Both are exact, so the quotient is the nearest double there is.
            let value = magnitude as f64 / POWERS_OF_TEN[digits.count - whole];
            return Ok(narrowed(if is_negative { -value } else { value }));
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
        narrowed(spelling.parse().expect("every JSON number is a number to Rust"))
    }

    /// Reads the digits before the point.
    fn integer(&mut self, digits: &mut Digits) -> Parsed<()> {
        while let Some(digit) = self.digit() {
            if digits.count == 1 && digits.value == 0 {
                return self.fail(Reason::UnexpectedNumber);
            }
            digits.add(digit);
            self.at += 1;
        }
        if digits.count == 0 { self.fail(Reason::MissingNumber) } else { Ok(()) }
    }

    /// Reads the point and the digits behind it, if there is one.
    fn fraction(&mut self, digits: &mut Digits) -> Parsed<bool> {
        if !self.skip(b".") {
            return Ok(false);
        }
        let before = digits.count;
        while let Some(digit) = self.digit() {
            digits.add(digit);
            self.at += 1;
        }
        if digits.count == before { self.fail(Reason::UnterminatedFraction) } else { Ok(true) }
    }

    fn exponent(&mut self) -> Parsed<bool> {
        if !self.skip(b"eE") {
            return Ok(false);
        }
        self.skip(b"+-");
        if self.digit().is_none() {
            return self.fail(Reason::MissingExponent);
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
