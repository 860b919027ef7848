//! The lines between chunks: sizes, extensions, ends.

use super::{Failure, head::is_token};

/// How many bytes of extensions a chunk may have.
const MAX_EXTENSIONS: usize = 16 * 1024;

/// Where in a chunked body the next byte stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum At {
    Size { digits: u32 },
    Extension(Extension),
    SizeLineFeed,
    Data,
    DataReturn,
    DataLineFeed,
}

/// Where in an extension.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Extension {
    Begin,
    Name,
    Value,
    Quoted,
    Escaped,
    QuoteEnd,
}

/// What came of some bytes of a chunked body.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece {
    /// All bytes were looked at; there is more to come.
    More,
    /// Data up to here from the second place on.
    Data(usize, usize),
    /// The last chunk's line ends here; trailers follow.
    Last(usize),
}

/// The state of a chunked body.
#[derive(Clone, Debug)]
pub(super) struct Chunks {
    at: At,
    size: u64,
    extensions: usize,
}

impl Chunks {
    pub(super) const fn new() -> Self {
        Self { at: At::Size { digits: 0 }, size: 0, extensions: 0 }
    }

    /// Reads from `from` on, up to the next piece.
    pub(super) fn next(&mut self, input: &[u8], from: usize) -> Result<Piece, Failure> {
        let mut index = from;
        while let Some(&byte) = input.get(index) {
            match self.at {
                At::Data => {
                    let rest = (input.len() - index) as u64;
                    let length = self.size.min(rest);
                    self.size -= length;
                    if self.size == 0 {
                        self.at = At::DataReturn;
                    }
                    return Ok(Piece::Data(index, index + length as usize));
                }
                At::SizeLineFeed => {
                    expect(byte, b'\n', "Expected LF after chunk size", index)?;
                    if self.size == 0 {
                        return Ok(Piece::Last(index + 1));
                    }
                    self.at = At::Data;
                }
                At::DataReturn => {
                    if byte == b'\n' {
                        let reason = "Missing expected CR after chunk data";
                        return Err(Failure::new("HPE_CR_EXPECTED", reason, index + 1));
                    }
                    expect(byte, b'\r', "Expected LF after chunk data", index)?;
                    self.at = At::DataLineFeed;
                }
                At::DataLineFeed => {
                    expect(byte, b'\n', "Expected LF after chunk data", index)?;
                    self.at = At::Size { digits: 0 };
                }
                At::Size { digits } => self.at = self.size_byte(byte, digits, index)?,
                At::Extension(extension) => {
                    self.extensions += 1;
                    if self.extensions > MAX_EXTENSIONS {
                        let reason = "Chunk extensions overflow";
                        let code = "HPE_CHUNK_EXTENSIONS_OVERFLOW";
                        return Err(Failure::new(code, reason, index));
                    }
                    self.at = extension_byte(byte, extension, index)?;
                }
            }
            index += 1;
        }
        Ok(Piece::More)
    }

    fn size_byte(&mut self, byte: u8, digits: u32, index: usize) -> Result<At, Failure> {
        let invalid = |reason| Err(Failure::new("HPE_INVALID_CHUNK_SIZE", reason, index));
        if let Some(digit) = (byte as char).to_digit(16) {
            if digits == 0 {
                (self.size, self.extensions) = (0, 0);
            }
            if self.size >> 60 != 0 {
                return Err(Failure::new(
                    "HPE_INVALID_CHUNK_SIZE",
                    "Chunk size overflow",
                    index + 1,
                ));
            }
            self.size = self.size << 4 | u64::from(digit);
            // Zeros in front are many, not endless: lines have the limit of extensions.
            self.extensions += usize::from(digits >= 16);
            if self.extensions > MAX_EXTENSIONS {
                return invalid("Chunk size overflow");
            }
            return Ok(At::Size { digits: digits.saturating_add(1) });
        }
        match byte {
            _ if digits == 0 => invalid("Invalid character in chunk size"),
            b'\r' => Ok(At::SizeLineFeed),
            b';' => Ok(At::Extension(Extension::Begin)),
            b'\n' => {
                let reason = "Missing expected CR after chunk size";
                Err(Failure::new("HPE_CR_EXPECTED", reason, index + 1))
            }
            _ => invalid("Invalid character in chunk size"),
        }
    }
}

fn extension_byte(byte: u8, extension: Extension, index: usize) -> Result<At, Failure> {
    use Extension::{Begin, Escaped, Name, QuoteEnd, Quoted, Value};
    let strict = |reason| Err(Failure::new("HPE_STRICT", reason, index));
    let next = match (extension, byte) {
        (Begin, b'\r' | b' ') => return strict("Invalid character in chunk extensions"),
        (Name | Value | QuoteEnd, b'\r') => return Ok(At::SizeLineFeed),
        (Name | Value | QuoteEnd, b';') => Begin,
        (Name, b'=') => Value,
        (Quoted, b'"') => QuoteEnd,
        (Quoted, b'\\') => Escaped,
        (Value, b'"') | (Quoted | Escaped, b'\t' | b' '..=b'~' | 0x80..) => Quoted,
        (Begin | Name, byte) if is_token(&[byte]) => Name,
        (Value, byte) if is_token(&[byte]) => Value,
        (Begin | Name, _) => return strict("Invalid character in chunk extensions name"),
        (Value, _) => return strict("Invalid character in chunk extensions value"),
        (Quoted, _) => return strict("Invalid character in chunk extensions quoted value"),
        (Escaped, _) => return strict("Invalid quoted-pair in chunk extensions quoted value"),
        (QuoteEnd, _) => return strict("Invalid character in chunk extensions quote value"),
    };
    Ok(At::Extension(next))
}

fn expect(byte: u8, expected: u8, reason: &'static str, index: usize) -> Result<(), Failure> {
    if byte == expected { Ok(()) } else { Err(Failure::new("HPE_STRICT", reason, index)) }
}
