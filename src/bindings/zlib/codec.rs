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
    /// Of a stream that is compressed piece by piece.
    past: Past,
    /// What comes is gzip, which may be followed by more of it.
    is_gzip: bool,
    has_begun: bool,
}

impl Codec {
    pub(super) fn new(settings: Settings) -> Result<Self, Failure> {
        let engine = engine_of(&settings)?;
        let is_gzip = settings.mode == Mode::Gunzip;
        Ok(Self { settings, engine, past: Past::default(), is_gzip, has_begun: false })
    }

    /// Begins anew.
    pub(super) fn reset(&mut self) -> Result<(), Failure> {
        *self = Self::new(self.settings.clone())?;
        Ok(())
    }

    /// Another level and strategy from now on. The library cannot change both in the middle of a stream, so what follows
    /// comes from a codec that knows what came before; the stream is to be flushed.
    pub(super) fn set_params(&mut self, level: i32, strategy: i32) -> Result<(), Failure> {
        self.settings.level = level;
        self.settings.strategy = strategy;
        let Engine::Deflate(deflate) = &self.engine else { return Ok(()) };
        if self.past.is_over {
            return Ok(());
        }
        if deflate.total_out() == 0 && !self.past.goes_on {
            self.engine = engine_of(&self.settings)?;
            return Ok(());
        }
        let dictionary = self.past.window.clone();
        self.engine =
            engine_of(&Settings { mode: Mode::DeflateRaw, dictionary, ..self.settings.clone() })?;
        self.past.goes_on = true;
        Ok(())
    }

    /// Reads as much as it can, writes as much as fits.
    pub(super) fn step(
        &mut self,
        input: &[u8],
        output: &mut [u8],
        flush: i32,
    ) -> Result<Step, Failure> {
        let step = match &mut self.engine {
            Engine::Deflate(_) if self.past.is_over => Step {
                consumed: 0,
                produced: self.past.end(output),
                has_ended: self.past.has_said_all(),
            },
            Engine::Deflate(deflate) => {
                let mut step = compress(deflate, input, output, flush)?;
                self.past.note(&input[..step.consumed], self.settings.mode);
                if step.has_ended {
                    self.past.close(self.settings.mode);
                    step.produced += self.past.end(&mut output[step.produced..]);
                    step.has_ended = self.past.has_said_all();
                }
                step
            }
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
        self.past.is_whole = true;
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

/// What a stream that is compressed has been so far: what a codec has to know that goes on with it.
#[derive(Default)]
struct Past {
    /// The last of what was read, as far as it can be referred to.
    window: Vec<u8>,
    checksum: Option<u32>,
    length: u32,
    /// Another codec than the first is at work, which does not know how the stream ends.
    goes_on: bool,
    /// Nothing will go on with it: the stream is made at once.
    is_whole: bool,
    is_over: bool,
    /// The end of the stream, as far as it was not written.
    trailer: Vec<u8>,
}

impl Past {
    const WINDOW: usize = 32 * 1024;

    /// Takes note of bytes that were read.
    fn note(&mut self, bytes: &[u8], mode: Mode) {
        if self.is_whole {
            return;
        }
        let last = &bytes[bytes.len().saturating_sub(Self::WINDOW)..];
        let kept = Self::WINDOW - last.len();
        self.window.drain(..self.window.len().saturating_sub(kept));
        self.window.extend_from_slice(last);
        self.length = self.length.wrapping_add(bytes.len() as u32);
        self.checksum = match mode {
            Mode::Deflate => Some(zlib_rs::adler32::adler32(self.checksum.unwrap_or(1), bytes)),
            Mode::Gzip => Some(zlib_rs::crc32::crc32(self.checksum.unwrap_or(0), bytes)),
            _ => None,
        };
    }

    /// The codec has said all.
    fn close(&mut self, mode: Mode) {
        self.is_over = true;
        let (true, Some(checksum)) = (self.goes_on, self.checksum) else { return };
        if mode == Mode::Gzip {
            self.trailer.extend_from_slice(&checksum.to_le_bytes());
            self.trailer.extend_from_slice(&self.length.to_le_bytes());
        } else {
            self.trailer.extend_from_slice(&checksum.to_be_bytes());
        }
    }

    /// Writes what is left of the end: how many bytes.
    fn end(&mut self, output: &mut [u8]) -> usize {
        let count = self.trailer.len().min(output.len());
        output[..count].copy_from_slice(&self.trailer[..count]);
        self.trailer.drain(..count);
        count
    }

    fn has_said_all(&self) -> bool {
        self.trailer.is_empty()
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
    fn other_levels_and_strategies_in_the_middle_of_a_stream() {
        let text: Vec<u8> = (0..200_000_u32).map(|n| (n % 251 + n / 5000) as u8).collect();
        for (there, back) in [
            (Mode::Deflate, Mode::Inflate),
            (Mode::Gzip, Mode::Gunzip),
            (Mode::DeflateRaw, Mode::InflateRaw),
        ] {
            let mut codec = Codec::new(settings(there)).expect("a codec");
            let mut packed = Vec::new();
            let changes = [(9, 0), (0, 0), (1, 2), (6, 3), (9, 4)];
            for (round, piece) in text.chunks(40_000).enumerate() {
                let (level, strategy) = changes[round];
                codec.set_params(level, strategy).expect("another engine");
                let flush = if round == changes.len() - 1 { FINISH } else { 2 };
                let mut at = 0;
                loop {
                    let mut output = [0; 1000];
                    let step = codec.step(&piece[at..], &mut output, flush).expect("a step");
                    at += step.consumed;
                    packed.extend_from_slice(&output[..step.produced]);
                    if step.has_ended || step.produced < output.len() {
                        break;
                    }
                }
            }
            assert_eq!(whole(back, &packed), Ok(Some(text.clone())), "{there:?}");
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
