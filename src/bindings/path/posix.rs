//! The rules of POSIX.

use super::text::{
    DOT, Parsed, SLASH, Units, basename as last_part, extension_start, is_slash, last_component,
    normalize_segments,
};

pub(super) fn is_absolute(path: &Units) -> bool {
    path.first() == Some(&SLASH)
}

pub(super) fn normalize(path: &Units) -> Vec<u16> {
    let Some(last) = path.last() else { return vec![DOT] };
    let absolute = is_absolute(path);
    let mut normal = normalize_segments(path, !absolute, SLASH, is_slash);
    if normal.is_empty() {
        if absolute {
            return vec![SLASH];
        }
        normal.push(DOT);
    }
    if *last == SLASH {
        normal.push(SLASH);
    }
    if absolute {
        normal.insert(0, SLASH);
    }
    normal
}

pub(super) fn join(parts: &[Vec<u16>]) -> Vec<u16> {
    let parts: Vec<&Units> =
        parts.iter().map(Vec::as_slice).filter(|part| !part.is_empty()).collect();
    normalize(&parts.join(&SLASH))
}

/// Resolves the parts from right to left; `cwd` is asked only if none of them is absolute.
///
/// # Errors
/// Those of `part` and `cwd`.
pub(super) fn resolve<E>(
    count: usize,
    mut part: impl FnMut(usize) -> Result<Vec<u16>, E>,
    cwd: impl FnOnce() -> Result<Vec<u16>, E>,
) -> Result<Vec<u16>, E> {
    let mut resolved = Vec::new();
    for index in (0..count).rev() {
        prepend(&mut resolved, &part(index)?);
        if is_absolute(&resolved) {
            return Ok(finish(&resolved));
        }
    }
    prepend(&mut resolved, &cwd()?);
    Ok(finish(&resolved))
}

fn prepend(resolved: &mut Vec<u16>, part: &Units) {
    if !part.is_empty() {
        let mut longer = part.to_vec();
        longer.push(SLASH);
        longer.append(resolved);
        *resolved = longer;
    }
}

fn finish(resolved: &Units) -> Vec<u16> {
    let absolute = is_absolute(resolved);
    let mut normal = normalize_segments(resolved, !absolute, SLASH, is_slash);
    if absolute {
        normal.insert(0, SLASH);
    }
    if normal.is_empty() { vec![DOT] } else { normal }
}

/// The way from one resolved path to another.
pub(super) fn relative(from: &Units, to: &Units) -> Vec<u16> {
    let segments = |path: &'_ Units| -> Vec<Vec<u16>> {
        path.split(|unit| is_slash(*unit)).filter(|s| !s.is_empty()).map(<[u16]>::to_vec).collect()
    };
    let (from, to) = (segments(from), segments(to));
    let common = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    let mut way = vec![vec![DOT, DOT]; from.len() - common];
    way.extend_from_slice(&to[common..]);
    way.join(&SLASH)
}

pub(super) fn dirname(path: &Units) -> Vec<u16> {
    if path.is_empty() {
        return vec![DOT];
    }
    let absolute = is_absolute(path);
    // A leading slash is the root: it neither begins nor ends a component.
    let component = last_component(path, 1, is_slash);
    let last_slash = match component.end {
        Some(_) if component.start > 1 => Some(component.start - 1),
        _ => None,
    };
    match last_slash {
        None if absolute => vec![SLASH],
        None => vec![DOT],
        Some(1) if absolute => vec![SLASH, SLASH],
        Some(end) => path[..end].to_vec(),
    }
}

pub(super) fn basename(path: &Units, suffix: Option<&Units>) -> Vec<u16> {
    last_part(path, 0, suffix, is_slash)
}

pub(super) fn extname(path: &Units) -> Vec<u16> {
    let component = last_component(path, 0, is_slash);
    let Some(end) = component.end else { return Vec::new() };
    let base = &path[component.start..end];
    extension_start(base).map_or_else(Vec::new, |dot| base[dot..].to_vec())
}

pub(super) fn parse(path: &Units) -> Parsed {
    let mut parsed = Parsed::default();
    if path.is_empty() {
        return parsed;
    }
    let root = usize::from(is_absolute(path));
    if root == 1 {
        parsed.root = vec![SLASH];
    }
    let component = last_component(path, root, is_slash);
    if let Some(end) = component.end {
        let base = &path[component.start..end];
        parsed.set_base(base, parsed_extension(base, component.start == 1 && root == 1));
    }
    parsed.dir = if component.start > root && component.end.is_some() {
        path[..component.start - 1].to_vec()
    } else {
        parsed.root.clone()
    };
    parsed
}

/// As [`extension_start`]; Node overlooks that `..` right behind the root is no name.
fn parsed_extension(base: &Units, behind_root: bool) -> Option<usize> {
    if behind_root && super::text::is_dot_dot(base) { Some(1) } else { extension_start(base) }
}
