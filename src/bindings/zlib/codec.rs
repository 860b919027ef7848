//! Compressing and decompressing, without an engine: what zlib does, on the crate `zlib-rs`.

use zlib_rs::{
    Deflate, DeflateConfig, DeflateFlush, Inflate, InflateError, InflateFlush, Status, Strategy,
};

/// The numbers of zlib's answers.
pub(super) const NEED_DICTIONARY: i32 = 2;
pub(super) const STREAM_ERROR: i32 = -2;
pub(super) const DATA_ERROR: i32 = -3;
pub(super) const MEMORY_ERROR: i32 = -4;
pub(super) const BUFFER_ERROR: i32 = -5;

/// The flush that ends a stream.
pub(super) const FINISH: i32 = 4;

/// What a codec does, as JavaScript numbers it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    Deflate,
    Inflate,
    Gzip,
    Gunzip,
    DeflateRaw,
    InflateRaw,
    Unzip,
}

impl Mode {
    /// The mode of a number from 1 on.
    pub(super) fn from_number(number: i32) -> Option<Self> {
        use Mode::{Deflate, DeflateRaw, Gunzip, Gzip, Inflate, InflateRaw, Unzip};
        let all = [Deflate, Inflate, Gzip, Gunzip, DeflateRaw, InflateRaw, Unzip];
        let index = usize::try_from(number).ok()?.checked_sub(1)?;
        all.get(index).copied()
    }

    /// What zlib is told beside the size of the window, as its own numbers have it.
    fn window(self, bits: i32) -> i32 {
        match self {
            Self::Deflate | Self::Inflate => bits,
            Self::Gzip | Self::Gunzip => bits + 16,
            Self::DeflateRaw | Self::InflateRaw => -bits,
            Self::Unzip => bits + 32,
        }
    }
}

/// How a codec works.
#[derive(Clone, Debug)]
pub(super) struct Settings {
    pub(super) mode: Mode,
    /// -1 to 9.
    pub(super) level: i32,
    /// 8 to 15; 0 for what the stream says.
    pub(super) window_bits: i32,
    /// 1 to 9.
    pub(super) memory_level: i32,
    /// 0 to 4.
    pub(super) strategy: i32,
    pub(super) dictionary: Vec<u8>,
}

/// An error of zlib's: its number and its words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Failure {
    pub(super) errno: i32,
    pub(super) message: &'static str,
}

/// What one step did.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) consumed: usize,
    pub(super) produced: usize,
    /// The stream is over.
    pub(super) has_ended: bool,
}

enum Engine {
    Deflate(Deflate),
    Inflate(Inflate),
}

/// A stream that is compressed or decompressed.
pub(super) struct Codec {
    settings: Settings,
    engine: Engine,
    /// What comes is gzip, which may be followed by more of it.
    is_gzip: bool,
    has_begun: bool,
}

impl Codec {
    pub(super) fn new(settings: Settings) -> Result<Self, Failure> {
        let engine = engine_of(&settings)?;
        let is_gzip = settings.mode == Mode::Gunzip;
        Ok(Self { settings, engine, is_gzip, has_begun: false })
    }

    /// Begins anew.
    pub(super) fn reset(&mut self) -> Result<(), Failure> {
        *self = Self::new(self.settings.clone())?;
        Ok(())
    }

    /// Another level from now on, where the library can change it in the middle of a stream; else from the next
    /// reset on. What is written can be read either way.
    pub(super) fn set_level(&mut self, level: i32) {
        self.settings.level = level;
        if let Engine::Deflate(deflate) = &mut self.engine {
            // It refuses where the new level works in another way than the old one.
            let _ = deflate.set_level(level);
        }
    }

    /// Reads as much as it can, writes as much as fits.
    pub(super) fn step(
        &mut self,
        input: &[u8],
        output: &mut [u8],
        flush: i32,
    ) -> Result<Step, Failure> {
        let step = match &mut self.engine {
            Engine::Deflate(deflate) => compress(deflate, input, output, flush)?,
            Engine::Inflate(_) => self.decompress(input, output, flush)?,
        };
        if flush == FINISH && !step.has_ended && step.produced < output.len() {
            return Err(Failure { errno: BUFFER_ERROR, message: "unexpected end of file" });
        }
        Ok(step)
    }

    fn decompress(&mut self, input: &[u8], output: &mut [u8], flush: i32) -> Result<Step, Failure> {
        if !self.has_begun
            && let Some(first) = input.first()
        {
            self.has_begun = true;
            self.is_gzip |= self.settings.mode == Mode::Unzip && *first == 0x1f;
        }
        let (mut consumed, mut produced) = (0, 0);
        while let Engine::Inflate(inflate) = &mut self.engine {
            let before = (inflate.total_in(), inflate.total_out());
            let outcome = inflate.decompress(
                &input[consumed..],
                &mut output[produced..],
                inflate_flush(flush),
            );
            consumed += (inflate.total_in() - before.0) as usize;
            produced += (inflate.total_out() - before.1) as usize;
            match outcome {
                Ok(Status::StreamEnd) => {
                    // Another member may follow; zeros are padding.
                    let more = input.get(consumed).is_some_and(|byte| *byte != 0);
                    if !(self.is_gzip && more) {
                        return Ok(Step { consumed, produced, has_ended: true });
                    }
                    self.engine =
                        engine_of(&Settings { mode: Mode::Gunzip, ..self.settings.clone() })?;
                }
                Ok(Status::Ok | Status::BufError) => break,
                Err(InflateError::NeedDict { .. }) => self.give_dictionary()?,
                Err(error) => return Err(failure_of(error, inflate.error_message())),
            }
        }
        Ok(Step { consumed, produced, has_ended: false })
    }

    fn give_dictionary(&mut self) -> Result<(), Failure> {
        let failure = |message| Failure { errno: NEED_DICTIONARY, message };
        let dictionary = &self.settings.dictionary;
        if dictionary.is_empty() {
            return Err(failure("Missing dictionary"));
        }
        let Engine::Inflate(inflate) = &mut self.engine else { return Ok(()) };
        inflate.set_dictionary(dictionary).map(drop).map_err(|_| failure("Bad dictionary"))
    }

    /// The whole of a stream, of at most `most` bytes; `None` where it is longer.
    pub(super) fn whole(
        &mut self,
        input: &[u8],
        flush: i32,
        most: usize,
    ) -> Result<Option<Vec<u8>>, Failure> {
        const PIECE: usize = 64 * 1024;
        let mut output = Vec::new();
        let mut at = 0;
        loop {
            let start = output.len();
            output.resize(start + PIECE.max(start / 2), 0);
            let space = output.len() - start;
            let step = self.step(&input[at..], &mut output[start..], flush)?;
            at += step.consumed;
            output.truncate(start + step.produced);
            if output.len() > most {
                return Ok(None);
            }
            // What it leaves of the input follows the end of the stream.
            if step.has_ended || step.produced < space {
                output.shrink_to_fit();
                return Ok(Some(output));
            }
        }
    }
}

fn engine_of(settings: &Settings) -> Result<Engine, Failure> {
    let invalid = |message| Failure { errno: STREAM_ERROR, message };
    let bits = if settings.window_bits == 0 { 15 } else { settings.window_bits };
    match settings.mode {
        Mode::Deflate | Mode::Gzip | Mode::DeflateRaw => {
            // A window of 256 bytes, which zlib itself has never had.
            let bits = bits.max(9);
            let config = DeflateConfig {
                level: settings.level,
                window_bits: settings.mode.window(bits),
                mem_level: settings.memory_level,
                strategy: strategy_of(settings.strategy),
                ..DeflateConfig::default()
            };
            let mut deflate = Deflate::new_with_config(config);
            if !settings.dictionary.is_empty() && settings.mode != Mode::Gzip {
                deflate
                    .set_dictionary(&settings.dictionary)
                    .map_err(|_| invalid("Failed to set dictionary"))?;
            }
            Ok(Engine::Deflate(deflate))
        }
        mode => {
            let is_raw = mode == Mode::InflateRaw;
            let bits = mode.window(bits).unsigned_abs() as u8;
            let mut inflate = Inflate::new(!is_raw, bits);
            if is_raw && !settings.dictionary.is_empty() {
                inflate
                    .set_dictionary(&settings.dictionary)
                    .map_err(|_| invalid("Failed to set dictionary"))?;
            }
            Ok(Engine::Inflate(inflate))
        }
    }
}

const fn strategy_of(number: i32) -> Strategy {
    match number {
        1 => Strategy::Filtered,
        2 => Strategy::HuffmanOnly,
        3 => Strategy::Rle,
        4 => Strategy::Fixed,
        _ => Strategy::Default,
    }
}

fn compress(
    deflate: &mut Deflate,
    input: &[u8],
    output: &mut [u8],
    flush: i32,
) -> Result<Step, Failure> {
    let before = (deflate.total_in(), deflate.total_out());
    let flush = match flush {
        1 => DeflateFlush::PartialFlush,
        2 => DeflateFlush::SyncFlush,
        3 => DeflateFlush::FullFlush,
        FINISH => DeflateFlush::Finish,
        5 => DeflateFlush::Block,
        _ => DeflateFlush::NoFlush,
    };
    let outcome = deflate.compress(input, output, flush);
    let consumed = (deflate.total_in() - before.0) as usize;
    let produced = (deflate.total_out() - before.1) as usize;
    match outcome {
        Ok(status) => Ok(Step { consumed, produced, has_ended: status == Status::StreamEnd }),
        Err(error) => Err(Failure { errno: STREAM_ERROR, message: error.as_str() }),
    }
}

const fn inflate_flush(flush: i32) -> InflateFlush {
    match flush {
        0 => InflateFlush::NoFlush,
        FINISH => InflateFlush::Finish,
        _ => InflateFlush::SyncFlush,
    }
}

fn failure_of(error: InflateError, message: Option<&'static str>) -> Failure {
    let errno = match error {
        InflateError::NeedDict { .. } => NEED_DICTIONARY,
        InflateError::StreamError => STREAM_ERROR,
        InflateError::DataError => DATA_ERROR,
        InflateError::MemError => MEMORY_ERROR,
    };
    Failure { errno, message: message.unwrap_or_else(|| error.as_str()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(mode: Mode) -> Settings {
        let dictionary = Vec::new();
        Settings { mode, level: -1, window_bits: 15, memory_level: 8, strategy: 0, dictionary }
    }

    fn whole(mode: Mode, input: &[u8]) -> Result<Option<Vec<u8>>, Failure> {
        Codec::new(settings(mode))?.whole(input, FINISH, usize::MAX)
    }

    #[test]
    fn there_and_back_in_every_format() {
        let text: Vec<u8> = (0..300_000_u32).map(|n| (n.wrapping_mul(n) >> 7) as u8).collect();
        for (there, back) in [
            (Mode::Deflate, Mode::Inflate),
            (Mode::Gzip, Mode::Gunzip),
            (Mode::DeflateRaw, Mode::InflateRaw),
            (Mode::Gzip, Mode::Unzip),
            (Mode::Deflate, Mode::Unzip),
        ] {
            let packed = whole(there, &text).expect("compresses").expect("fits");
            assert!(packed.len() < text.len());
            assert_eq!(whole(back, &packed), Ok(Some(text.clone())), "{there:?} {back:?}");
            let mut cut = Codec::new(settings(back)).expect("a codec");
            let outcome = cut.whole(&packed[..packed.len() / 2], FINISH, usize::MAX);
            assert_eq!(outcome.map_err(|failure| failure.errno), Err(BUFFER_ERROR));
        }
    }

    #[test]
    fn members_padding_and_limits() {
        let mut packed = whole(Mode::Gzip, b"abc").expect("compresses").expect("fits");
        let second = whole(Mode::Gzip, b"def").expect("compresses").expect("fits");
        packed.extend_from_slice(&second);
        packed.extend_from_slice(&[0; 10]);
        assert_eq!(whole(Mode::Gunzip, &packed), Ok(Some(b"abcdef".to_vec())));
        let zeros = whole(Mode::Gzip, &vec![0; 1 << 20]).expect("compresses").expect("fits");
        let mut codec = Codec::new(settings(Mode::Gunzip)).expect("a codec");
        assert_eq!(codec.whole(&zeros, FINISH, 1000), Ok(None));
    }

    #[test]
    fn random_bytes_never_panic() {
        let mut seed = 0x9e37_79b9_7f4a_7c15_u64;
        let packed = whole(Mode::Gzip, &[7; 5000]).expect("compresses").expect("fits");
        for round in 0..3000_usize {
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            let mut bytes = packed.clone();
            let at = seed as usize % bytes.len();
            bytes[at] ^= (seed >> 32) as u8;
            let mode = [Mode::Gunzip, Mode::Unzip, Mode::Inflate, Mode::InflateRaw][round % 4];
            let mut codec = Codec::new(settings(mode)).expect("a codec");
            drop(codec.whole(&bytes, FINISH, 1 << 20));
        }
    }
}
