//! The rules of Windows.

use std::ops::Range;

use super::text::{
    BACKSLASH, COLON, DOT, Parsed, QUESTION, Units, basename as last_part, extension_start,
    is_either_slash, last_component, normalize_segments, units,
};

/// The names of devices that exist in every folder.
const RESERVED_NAMES: &[&str] = &[
    "CON",
    "PRN",
    "AUX",
    "NUL",
    "COM1",
    "COM2",
    "COM3",
    "COM4",
    "COM5",
    "COM6",
    "COM7",
    "COM8",
    "COM9",
    "LPT1",
    "LPT2",
    "LPT3",
    "LPT4",
    "LPT5",
    "LPT6",
    "LPT7",
    "LPT8",
    "LPT9",
    "COM\u{b9}",
    "COM\u{b2}",
    "COM\u{b3}",
    "LPT\u{b9}",
    "LPT\u{b2}",
    "LPT\u{b3}",
];

fn is_drive_letter(unit: u16) -> bool {
    u8::try_from(unit).is_ok_and(|unit| unit.is_ascii_alphabetic())
}

fn is_separator_at(path: &Units, index: usize) -> bool {
    path.get(index).is_some_and(|unit| is_either_slash(*unit))
}

fn has_drive(path: &Units) -> bool {
    path.len() >= 2 && is_drive_letter(path[0]) && path[1] == COLON
}

fn is_reserved_name(name: &Units) -> bool {
    let name = String::from_utf16_lossy(name).to_uppercase();
    RESERVED_NAMES.contains(&&*name)
}

/// The text before the first colon; all but the last character where there is none.
fn before_colon(path: &Units) -> &Units {
    let end = path.iter().position(|unit| *unit == COLON).unwrap_or(path.len().saturating_sub(1));
    &path[..end]
}

/// Two names behind two separators: `\\server\share`.
struct Unc<'a> {
    server: &'a Units,
    share: &'a Units,
    /// Where the share's name ends.
    end: usize,
}

fn unc(path: &Units) -> Option<Unc<'_>> {
    if !is_separator_at(path, 0) || !is_separator_at(path, 1) {
        return None;
    }
    let run = |start: usize, separators: bool| {
        let rest = path[start..].iter().take_while(|unit| is_either_slash(**unit) == separators);
        start + rest.count()
    };
    let server_end = run(2, false);
    let share_start = run(server_end, true);
    if server_end == 2 || share_start == server_end || share_start == path.len() {
        return None;
    }
    let end = run(share_start, false);
    Some(Unc { server: &path[2..server_end], share: &path[share_start..end], end })
}

impl Unc<'_> {
    fn device(&self) -> Vec<u16> {
        [&[BACKSLASH, BACKSLASH], self.server, &[BACKSLASH], self.share].concat()
    }

    /// True for `\\.\` and `\\?\`, which name devices.
    fn is_device_namespace(&self) -> bool {
        self.server == [DOT] || self.server == [QUESTION]
    }
}

/// What a path begins with.
struct Root {
    /// A drive, a share or a device, without the separator behind it.
    device: Option<Vec<u16>>,
    /// Where the rest begins.
    end: usize,
    absolute: bool,
}

pub(super) fn is_absolute(path: &Units) -> bool {
    is_separator_at(path, 0) || (has_drive(path) && is_separator_at(path, 2))
}

pub(super) fn normalize(path: &Units) -> Vec<u16> {
    match path {
        [] => return vec![DOT],
        [unit] if is_either_slash(*unit) => return vec![BACKSLASH],
        [unit] => return vec![*unit],
        _ => {}
    }
    if let Some(unc) = unc(path)
        && !unc.is_device_namespace()
        && unc.end == path.len()
    {
        return [&unc.device()[..], &[BACKSLASH]].concat();
    }
    let root = normal_root(path);
    let rest = &path[root.end.min(path.len())..];
    let mut tail = normalize_segments(rest, !root.absolute, BACKSLASH, is_either_slash);
    if tail.is_empty() && !root.absolute {
        tail.push(DOT);
    }
    if !tail.is_empty() && path.last().is_some_and(|unit| is_either_slash(*unit)) {
        tail.push(BACKSLASH);
    }
    with_root(path, &root, tail)
}

fn with_root(path: &Units, root: &Root, tail: Vec<u16>) -> Vec<u16> {
    let here = [DOT, BACKSLASH];
    if !root.absolute && root.device.is_none() && could_be_taken_for_a_device(path, &tail) {
        return [&here[..], &tail].concat();
    }
    let device = root.device.as_deref().unwrap_or_default();
    if is_reserved_name(before_colon(path)) {
        return [&here[..], device, &tail].concat();
    }
    let separator: &Units = if root.absolute { &[BACKSLASH] } else { &[] };
    [device, separator, &tail].concat()
}

/// What was no drive before must not become one by normalization (CVE-2024-36139).
fn could_be_taken_for_a_device(path: &Units, tail: &Units) -> bool {
    if !path.contains(&COLON) {
        return false;
    }
    let ends_a_part =
        |(at, _): (usize, &u16)| at == path.len() - 1 || is_separator_at(path, at + 1);
    has_drive(tail) || path.iter().enumerate().filter(|(_, unit)| **unit == COLON).any(ends_a_part)
}

fn normal_root(path: &Units) -> Root {
    if is_separator_at(path, 0) {
        let Some(unc) = unc(path) else {
            let end = usize::from(!is_separator_at(path, 1));
            return Root { device: None, end, absolute: true };
        };
        if unc.is_device_namespace() {
            return namespace_root(path, &unc);
        }
        return Root { device: Some(unc.device()), end: unc.end, absolute: true };
    }
    if has_drive(path) {
        let absolute = is_separator_at(path, 2);
        let device = Some(path[..2].to_vec());
        return Root { device, end: if absolute { 3 } else { 2 }, absolute };
    }
    let colon = path.iter().position(|unit| *unit == COLON).filter(|at| *at > 0);
    match colon {
        Some(at) if is_reserved_name(&path[..at]) => {
            Root { device: Some(path[..=at].to_vec()), end: at + 1, absolute: false }
        }
        _ => Root { device: None, end: 0, absolute: false },
    }
}

/// `\\.\` or `\\?\`, with the reserved name behind it if there is one.
fn namespace_root(path: &Units, unc: &Unc<'_>) -> Root {
    let colon = path.iter().position(|unit| *unit == COLON).map_or(0, |at| at + 1);
    let possible = path.get(4..colon).unwrap_or_default();
    if !possible.is_empty() && is_reserved_name(&possible[..possible.len() - 1]) {
        let device = [&units("\\\\?\\")[..], possible].concat();
        return Root { device: Some(device), end: 4 + possible.len(), absolute: true };
    }
    let device = [&[BACKSLASH, BACKSLASH], unc.server].concat();
    Root { device: Some(device), end: 4, absolute: true }
}

pub(super) fn join(parts: &[Vec<u16>]) -> Vec<u16> {
    let parts: Vec<&Units> =
        parts.iter().map(Vec::as_slice).filter(|part| !part.is_empty()).collect();
    let Some(first) = parts.first() else { return vec![DOT] };
    let mut joined = parts.join(&BACKSLASH);
    // Two separators in front mean a share only if the first part means one: a name behind
    // exactly two separators.
    let leading = first.iter().take_while(|unit| is_either_slash(**unit)).count();
    let is_share = leading == 2 && first.len() > 2;
    if !is_share {
        let all = joined.iter().take_while(|unit| is_either_slash(**unit)).count();
        if all >= 2 {
            joined.splice(..all, [BACKSLASH]);
        }
    }
    normalize_joined(joined)
}

/// Normalizes unless a part is a device, whose name is left as it is.
fn normalize_joined(joined: Vec<u16>) -> Vec<u16> {
    let is_device = |part: &Units| {
        let colon = part.iter().position(|unit| *unit == COLON);
        colon.is_some_and(|at| is_reserved_name(&part[..at]))
    };
    let mut parts = joined.split(|unit| *unit == BACKSLASH).filter(|part| !part.is_empty());
    if !parts.any(is_device) {
        return normalize(&joined);
    }
    joined.iter().map(|unit| if is_either_slash(*unit) { BACKSLASH } else { *unit }).collect()
}

/// What a part contributes to `resolve`.
struct Piece {
    device: Vec<u16>,
    end: usize,
    absolute: bool,
}

fn piece(path: &Units) -> Piece {
    if path.len() > 1 && is_separator_at(path, 0) {
        let Some(unc) = unc(path) else {
            let end = usize::from(!is_separator_at(path, 1));
            return Piece { device: Vec::new(), end, absolute: true };
        };
        if unc.is_device_namespace() {
            let device = [&[BACKSLASH, BACKSLASH], unc.server].concat();
            return Piece { device, end: 4, absolute: true };
        }
        return Piece { device: unc.device(), end: unc.end, absolute: true };
    }
    if is_separator_at(path, 0) {
        return Piece { device: Vec::new(), end: 1, absolute: true };
    }
    if has_drive(path) {
        let absolute = is_separator_at(path, 2);
        let end = if absolute { 3 } else { 2 };
        return Piece { device: path[..2].to_vec(), end, absolute };
    }
    Piece { device: Vec::new(), end: 0, absolute: false }
}

fn lower(text: &Units) -> Vec<u16> {
    String::from_utf16(text)
        .map_or_else(|_| text.to_vec(), |text| text.to_lowercase().encode_utf16().collect())
}

fn is_of_another_device(piece: &Piece, device: &Units) -> bool {
    !piece.device.is_empty() && !device.is_empty() && lower(&piece.device) != lower(device)
}

/// Resolves the parts from right to left; `cwd` gives the working folder, of a drive if one is
/// named.
///
/// # Errors
/// Those of `part` and `cwd`.
pub(super) fn resolve<E>(
    count: usize,
    mut part: impl FnMut(usize) -> Result<Vec<u16>, E>,
    mut cwd: impl FnMut(&Units) -> Result<Vec<u16>, E>,
) -> Result<Vec<u16>, E> {
    let (mut device, mut tail, mut absolute) = (Vec::new(), Vec::new(), false);
    // The working folder comes last, where the parts do not suffice.
    for index in (0..count).rev().map(Some).chain([None]) {
        let path = match index {
            Some(index) => part(index)?,
            None => cwd(&device)?,
        };
        let piece = piece(&path);
        if path.is_empty() || is_of_another_device(&piece, &device) {
            continue;
        }
        if device.is_empty() {
            device = piece.device;
        }
        if !absolute {
            tail = [&path[piece.end..], &[BACKSLASH], &tail].concat();
            absolute = piece.absolute;
        }
        if absolute && !device.is_empty() {
            break;
        }
    }
    let tail = normalize_segments(&tail, !absolute, BACKSLASH, is_either_slash);
    let separator: &Units = if absolute { &[BACKSLASH] } else { &[] };
    let resolved = [&device[..], separator, &tail].concat();
    Ok(if resolved.is_empty() { vec![DOT] } else { resolved })
}

/// The way from one resolved path to another; letters of either case are the same.
pub(super) fn relative(from: &Units, to: &Units) -> Vec<u16> {
    if lower(from) == lower(to) {
        return Vec::new();
    }
    if lower(from).len() != from.len() || lower(to).len() != to.len() {
        return relative_by_folders(from, to);
    }
    let (from_part, to_part) = (&from[trimmed(from)], &to[trimmed(to)]);
    let from_low = lower(from_part);
    let Some(branch) = branch(&from_low, &lower(to_part)) else { return to.to_vec() };
    let at = match branch {
        // A separator at the end, which a share has, stays.
        Branch::Below(at) => return to[trimmed(to).start + at..].to_vec(),
        Branch::At(at) => at,
    };
    let ups = (at + 1..=from_low.len())
        .filter(|end| from_low.get(*end).is_none_or(|unit| *unit == BACKSLASH))
        .count();
    let rest = to_part.get(at..).unwrap_or_default();
    if ups == 0 {
        return rest.strip_prefix(&[BACKSLASH]).unwrap_or(rest).to_vec();
    }
    let mut way = vec![&[DOT, DOT][..]; ups].join(&BACKSLASH);
    way.extend_from_slice(rest);
    way
}

/// As [`relative`] where positions in the lower case are not those in the paths.
fn relative_by_folders(from: &Units, to: &Units) -> Vec<u16> {
    let folders = |path: &'_ Units| -> Vec<Vec<u16>> {
        let path = path.strip_suffix(&[BACKSLASH]).unwrap_or(path);
        path.split(|unit| *unit == BACKSLASH).map(<[u16]>::to_vec).collect()
    };
    let (from_folders, to_folders) = (folders(from), folders(to));
    let same = |(a, b): &(&Vec<u16>, &Vec<u16>)| lower(a) == lower(b);
    let common = from_folders.iter().zip(&to_folders).take_while(same).count();
    if common == 0 {
        return to.to_vec();
    }
    let mut way = vec![vec![DOT, DOT]; from_folders.len() - common];
    way.extend_from_slice(&to_folders[common..]);
    way.join(&BACKSLASH)
}

/// Where two paths part.
enum Branch {
    /// The second goes on below the first, from this position.
    Below(usize),
    /// At the separator in this position. Node takes 0 for one even where nothing separates there
    /// (`\\foo` and `\\foobar`), and what follows depends on it.
    At(usize),
}

/// `None` where the paths have no folder in common.
fn branch(from: &Units, to: &Units) -> Option<Branch> {
    let same = from.iter().zip(to).take_while(|(a, b)| a == b).count();
    let last_separator = from[..same].iter().rposition(|unit| *unit == BACKSLASH);
    if same < from.len().min(to.len()) {
        return last_separator.map(Branch::At);
    }
    match (from.get(same), to.get(same)) {
        (_, Some(&BACKSLASH)) => Some(Branch::Below(same + 1)),
        // Two units are a drive.
        (_, Some(_)) if same == 2 => Some(Branch::Below(same)),
        (Some(&BACKSLASH), _) => Some(Branch::At(same)),
        (Some(_), _) if same == 2 => Some(Branch::At(same + 1)),
        _ => Some(Branch::At(last_separator.unwrap_or(0))),
    }
}

/// The range without leading and trailing separators.
fn trimmed(path: &Units) -> Range<usize> {
    let start = path.iter().take_while(|unit| **unit == BACKSLASH).count();
    let trailing = path[start..].iter().rev().take_while(|unit| **unit == BACKSLASH).count();
    start..path.len() - trailing
}

/// The form that bypasses the limit on the length of paths, for a resolved path.
pub(super) fn to_namespaced_path(resolved: &Units) -> Option<Vec<u16>> {
    if resolved.len() <= 2 {
        return None;
    }
    if resolved[..2] == [BACKSLASH, BACKSLASH] {
        if resolved[2] == QUESTION || resolved[2] == DOT {
            return None;
        }
        return Some([&units("\\\\?\\UNC\\")[..], &resolved[2..]].concat());
    }
    if has_drive(resolved) && resolved[2] == BACKSLASH {
        return Some([&units("\\\\?\\")[..], resolved].concat());
    }
    None
}

/// Where the root ends that `dirname` and `parse` know, and whether it is more than one
/// separator.
fn plain_root(path: &Units) -> usize {
    if is_separator_at(path, 0) {
        return match unc(path) {
            // The separator behind a share belongs to it.
            Some(unc) if unc.end < path.len() => unc.end + 1,
            Some(unc) => unc.end,
            None => 1,
        };
    }
    if has_drive(path) {
        return if is_separator_at(path, 2) { 3 } else { 2 };
    }
    0
}

pub(super) fn dirname(path: &Units) -> Vec<u16> {
    match path {
        [] => return vec![DOT],
        [unit] => return vec![if is_either_slash(*unit) { *unit } else { DOT }],
        _ => {}
    }
    if unc(path).is_some_and(|unc| unc.end == path.len()) {
        return path.to_vec();
    }
    let root = plain_root(path);
    let component = last_component(path, root, is_either_slash);
    if component.end.is_some() && component.start > root {
        return path[..component.start - 1].to_vec();
    }
    if root == 0 { vec![DOT] } else { path[..root].to_vec() }
}

pub(super) fn basename(path: &Units, suffix: Option<&Units>) -> Vec<u16> {
    let root = if has_drive(path) { 2 } else { 0 };
    last_part(path, root, suffix, is_either_slash)
}

pub(super) fn extname(path: &Units) -> Vec<u16> {
    let root = if has_drive(path) { 2 } else { 0 };
    let component = last_component(path, root, is_either_slash);
    let Some(end) = component.end else { return Vec::new() };
    let base = &path[component.start..end];
    extension_start(base).map_or_else(Vec::new, |dot| base[dot..].to_vec())
}

pub(super) fn parse(path: &Units) -> Parsed {
    let mut parsed = Parsed::default();
    match path {
        [] => return parsed,
        [unit] if is_either_slash(*unit) => {
            parsed.root = path.to_vec();
            parsed.dir = path.to_vec();
            return parsed;
        }
        [_] => {
            parsed.set_base(path, None);
            return parsed;
        }
        _ => {}
    }
    let root = plain_root(path);
    parsed.root = path[..root].to_vec();
    let component = last_component(path, root, is_either_slash);
    if let Some(end) = component.end {
        let base = &path[component.start..end];
        parsed.set_base(base, extension_start(base));
    }
    parsed.dir = if component.start > root && component.end.is_some() {
        path[..component.start - 1].to_vec()
    } else {
        parsed.root.clone()
    };
    parsed
}
