//! The lines of a stack: which repeat themselves, and how they are coloured.

use std::collections::HashMap;

use boa_engine::{Context, JsResult};
use memchr::memmem;

use super::{style::Stylize, text::Text};
use crate::engine::folder;

/// A run of fewer lines than this is shown in full.
const SHORTEST_RUN: usize = 4;

/// The first run of at least four lines that two stacks share: where it begins in the first, and
/// its length.
pub(super) fn shared_run(lines: &[Text], others: &[&[u8]]) -> Option<(usize, usize)> {
    for at in 0..lines.len().saturating_sub(SHORTEST_RUN - 1) {
        let rest = &lines[at..];
        let Some(other) = others.iter().position(|other| rest[0].as_bytes() == *other) else {
            continue;
        };
        let pairs = rest.iter().zip(&others[other..]);
        let length = pairs.take_while(|(line, other)| line.as_bytes() == **other).count();
        if length >= SHORTEST_RUN {
            return Some((at, length));
        }
    }
    None
}

/// A block of lines that follows an equal block, perhaps many times.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Repeat {
    /// Where the repetition begins: after the block itself.
    pub(super) at: usize,
    /// The length of the block.
    block: usize,
    /// How often it is repeated.
    times: usize,
}

impl Repeat {
    /// How many lines the note stands for.
    pub(super) fn lines(&self) -> usize {
        self.block * self.times
    }

    /// The line that stands for the repetition.
    pub(super) fn note(&self) -> String {
        let lines = self.lines();
        let source = match self.times {
            1 => "lines ...".to_owned(),
            times => format!("{} lines {times} times...", self.block),
        };
        format!("    ... collapsed {lines} duplicate lines matching above {source}")
    }
}

/// The repetitions in a stack, first to last; they do not overlap.
pub(super) fn repeats(lines: &[Text]) -> Vec<Repeat> {
    let mut places: HashMap<&[u8], Vec<usize>> = HashMap::new();
    for (i, line) in lines.iter().enumerate() {
        places.entry(line.as_bytes()).or_default().push(i);
    }
    let mut found = Vec::new();
    if lines.len() - places.len() < SHORTEST_RUN {
        return found;
    }
    let mut at = 0;
    while at + 3 < lines.len() {
        let later: Vec<usize> = places[lines[at].as_bytes()]
            .iter()
            .filter(|&&place| place > at)
            .map(|&place| place - at)
            .collect();
        match best_block(lines, at, &later) {
            Some((block, times)) if block * times >= 3 => {
                found.push(Repeat { at: at + block, block, times });
                at += block * (times + 1);
            }
            _ => at += 1,
        }
    }
    found
}

/// The length of the block at `at` that hides the most lines, and how often it is repeated.
///
/// `distances` are those to the later places of its first line. As in Node, the candidates are their
/// greatest common divisor and the steps on the way to it, the former first, then the last found.
fn best_block(lines: &[Text], at: usize, distances: &[usize]) -> Option<(usize, usize)> {
    let &farthest = distances.last()?;
    if farthest < 3 {
        return None;
    }
    let mut candidates = candidates(distances);
    let mut best: Option<(usize, usize)> = None;
    while let Some(block) = candidates.pop() {
        let times = repetitions(lines, at, block);
        if times > 0 && best.is_none_or(|(block, best)| block * best < block * times) {
            best = Some((block, times));
        }
    }
    best
}

/// Lengths that the block may have; the most likely comes last.
fn candidates(distances: &[usize]) -> Vec<usize> {
    if let [only] = distances {
        return vec![*only];
    }
    let mut steps = Vec::new();
    let mut divisor = 0;
    for &distance in distances {
        let (mut a, mut b) = (divisor, distance);
        while b != 0 {
            if a != 0 && !steps.contains(&a) {
                steps.push(a);
            }
            (a, b) = (b, a % b);
        }
        divisor = a;
        if divisor == 1 {
            break;
        }
    }
    steps.retain(|&step| step != divisor);
    steps.push(divisor);
    steps
}

/// How often the block at `at` follows itself.
fn repetitions(lines: &[Text], at: usize, block: usize) -> usize {
    let Some(pattern) = lines.get(at..at + block) else { return 0 };
    lines[at + block..].chunks_exact(block).take_while(|chunk| *chunk == pattern).count()
}

/// Writes a line of a stack: rjs's own lines and the working directory are dimmed, names of packages
/// underlined.
pub(super) fn push_colored(
    out: &mut Text,
    line: &Text,
    stylize: &Stylize,
    context: &mut Context,
) -> JsResult<()> {
    if is_builtin(line.as_bytes()) {
        out.push(&stylize.apply(line.clone(), "undefined", context)?);
        return Ok(());
    }
    let line = with_packages(line, stylize, context)?;
    let Ok(directory) = folder::cwd(context) else {
        out.push(&line);
        return Ok(());
    };
    match with_directory(&line, &directory, stylize, context)? {
        Some(line) => out.push(&line),
        None => out.push(&line),
    }
    Ok(())
}

/// `    at f (node:events:1:2)`.
fn is_builtin(line: &[u8]) -> bool {
    let Some(rest) = line.strip_prefix(b"    at ") else { return false };
    let place = match memchr::memchr(b'(', rest) {
        Some(at) if rest[..at].ends_with(b" ") => &rest[at + 1..],
        _ => rest,
    };
    place.starts_with(b"node:")
}

/// Underlines the names of packages: what follows `/node_modules/`.
fn with_packages(line: &Text, stylize: &Stylize, context: &mut Context) -> JsResult<Text> {
    const FOLDER: &[u8] = b"/node_modules/";
    let bytes = line.as_bytes();
    let mut out = Text::new();
    let mut done = 0;
    while let Some(at) = memmem::find(&bytes[done..], FOLDER) {
        let start = done + at + FOLDER.len();
        let end_of_part = |from: usize| memchr::memchr(b'/', &bytes[from..]).map(|at| from + at);
        let Some(mut end) = end_of_part(start) else { break };
        if bytes[start..].starts_with(b"@") {
            let Some(scoped) = end_of_part(end + 1) else { break };
            end = scoped;
        }
        out.push_bytes(&bytes[done..start]);
        out.push(&stylize.apply(Text::from(&bytes[start..end]), "module", context)?);
        done = end;
    }
    out.push_bytes(&bytes[done..]);
    Ok(out)
}

/// Dims the working directory where it stands in a line; `None` if it does not.
fn with_directory(
    line: &Text,
    directory: &str,
    stylize: &Stylize,
    context: &mut Context,
) -> JsResult<Option<Text>> {
    let bytes = line.as_bytes();
    let Some(mut at) = memmem::find(bytes, directory.as_bytes()) else { return Ok(None) };
    let path_end = (at + directory.len() + 1).min(bytes.len());
    if bytes[..at].ends_with(b"file://") {
        at -= b"file://".len();
    }
    let is_enclosed = bytes[..at].ends_with(b"(");
    let start = if is_enclosed { at - 1 } else { at };
    let is_closed = is_enclosed && bytes.ends_with(b")");
    let end = if is_closed { bytes.len() - 1 } else { bytes.len() };
    let mut out = Text::from(&bytes[..start]);
    out.push(&stylize.apply(Text::from(&bytes[start..path_end]), "undefined", context)?);
    out.push_bytes(bytes.get(path_end..end).unwrap_or_default());
    if is_closed {
        out.push(&stylize.apply(Text::from(")"), "undefined", context)?);
    }
    Ok(Some(out))
}
