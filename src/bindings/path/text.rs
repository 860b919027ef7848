//! Paths as UTF-16 code units: what both platforms' rules share.

pub(super) use crate::bindings::encoding::narrow_string as string;

/// A path, or a part of one.
pub(super) type Units = [u16];

pub(super) const SLASH: u16 = b'/' as u16;
pub(super) const BACKSLASH: u16 = b'\\' as u16;
pub(super) const DOT: u16 = b'.' as u16;
pub(super) const COLON: u16 = b':' as u16;
pub(super) const QUESTION: u16 = b'?' as u16;

/// True for the separator of POSIX.
pub(super) const fn is_slash(unit: u16) -> bool {
    unit == SLASH
}

/// True for either separator of Windows.
pub(super) const fn is_either_slash(unit: u16) -> bool {
    unit == SLASH || unit == BACKSLASH
}

/// The code units of ASCII text.
pub(super) fn units(text: &str) -> Vec<u16> {
    text.encode_utf16().collect()
}

/// True for the segment `..`.
pub(super) fn is_dot_dot(segment: &Units) -> bool {
    segment == [DOT, DOT]
}

/// Resolves `.` and `..` and drops empty segments. Leading `..` stay where `above_root` says
/// that there is something above.
pub(super) fn normalize_segments(
    path: &Units,
    above_root: bool,
    separator: u16,
    is_separator: fn(u16) -> bool,
) -> Vec<u16> {
    let mut segments: Vec<&Units> = Vec::new();
    for segment in path.split(|unit| is_separator(*unit)) {
        if segment.is_empty() || segment == [DOT] {
            continue;
        }
        if !is_dot_dot(segment) {
            segments.push(segment);
            continue;
        }
        match segments.last() {
            Some(last) if !is_dot_dot(last) => drop(segments.pop()),
            _ if above_root => segments.push(segment),
            _ => {}
        }
    }
    segments.join(&separator)
}

/// Where the last component of a path stands.
pub(super) struct Component {
    /// Its first code unit.
    pub(super) start: usize,
    /// The end of it, before any trailing separators; `None` where the path is nothing but
    /// separators (behind its root).
    pub(super) end: Option<usize>,
}

/// Finds the last component behind `root`.
pub(super) fn last_component(
    path: &Units,
    root: usize,
    is_separator: fn(u16) -> bool,
) -> Component {
    let rest = &path[root..];
    let Some(last) = rest.iter().rposition(|unit| !is_separator(*unit)) else {
        return Component { start: root, end: None };
    };
    let start = rest[..=last].iter().rposition(|unit| is_separator(*unit)).map_or(0, |at| at + 1);
    Component { start: root + start, end: Some(root + last + 1) }
}

/// Where the extension of a component begins: at its last dot, unless that is its first
/// character or the component is `..`.
pub(super) fn extension_start(component: &Units) -> Option<usize> {
    let dot = component.iter().rposition(|unit| *unit == DOT)?;
    (dot > 0 && !is_dot_dot(component)).then_some(dot)
}

/// `basename` behind `root`, with Node's treatment of suffixes: one that is longer than the
/// component and ends with it leaves trailing separators in place.
pub(super) fn basename(
    path: &Units,
    root: usize,
    suffix: Option<&Units>,
    is_separator: fn(u16) -> bool,
) -> Vec<u16> {
    let Component { start, end } = last_component(path, root, is_separator);
    let suffix = suffix.filter(|suffix| !suffix.is_empty() && suffix.len() <= path.len());
    let Some(suffix) = suffix else {
        return end.map_or_else(Vec::new, |end| path[start..end].to_vec());
    };
    if suffix == path {
        return Vec::new();
    }
    let component = end.map_or(&[][..], |end| &path[start..end]);
    if component == suffix {
        return component.to_vec();
    }
    if let Some(stem) = component.strip_suffix(suffix) {
        return stem.to_vec();
    }
    if suffix.ends_with(component) { path[start..].to_vec() } else { component.to_vec() }
}

/// The fields of `path.parse()`.
#[derive(Default)]
pub(super) struct Parsed {
    pub(super) root: Vec<u16>,
    pub(super) dir: Vec<u16>,
    pub(super) base: Vec<u16>,
    pub(super) ext: Vec<u16>,
    pub(super) name: Vec<u16>,
}

impl Parsed {
    /// Sets `base`, `name` and `ext`, which begins at `extension` if there is one.
    pub(super) fn set_base(&mut self, base: &Units, extension: Option<usize>) {
        let dot = extension.unwrap_or(base.len());
        self.base = base.to_vec();
        self.name = base[..dot].to_vec();
        self.ext = base[dot..].to_vec();
    }
}
