//! The shortest way from one list to another: Myers, "An O(ND) Difference Algorithm and Its
//! Variations" (1986).

/// One step, with the index of what it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// In both: the index in the first list and in the second.
    Keep(usize, usize),
    /// Only in the first list.
    Insert(usize),
    /// Only in the second list.
    Delete(usize),
}

/// The steps from the second list to the first, in order. `equal` compares an element of the first
/// with one of the second.
pub(crate) fn diff(
    first: usize,
    second: usize,
    mut equal: impl FnMut(usize, usize) -> bool,
) -> Vec<Step> {
    let trace = forward(first, second, &mut equal);
    let mut steps = backward(first, second, &trace);
    steps.reverse();
    steps
}

/// How far every second diagonal was come with so many edits; diagonal `k` stands at `k + level`.
type Level = Vec<isize>;

/// The reach of a diagonal, before the level that is `level` edits long.
fn reach(previous: Option<&Level>, level: isize, diagonal: isize) -> isize {
    // Before the first edit everything is at its start.
    let Some(previous) = previous else { return 0 };
    let at = diagonal + level - 1;
    usize::try_from(at).ok().and_then(|at| previous.get(at)).copied().unwrap_or(0)
}

/// Where a diagonal is entered: from the one above, a deletion, or from the one below.
fn is_deletion(previous: Option<&Level>, level: isize, diagonal: isize) -> bool {
    diagonal == -level
        || diagonal != level
            && reach(previous, level, diagonal - 1) < reach(previous, level, diagonal + 1)
}

fn forward(
    first: usize,
    second: usize,
    equal: &mut impl FnMut(usize, usize) -> bool,
) -> Vec<Level> {
    let mut trace: Vec<Level> = Vec::new();
    for level in 0..=(first + second) as isize {
        let mut current = vec![0; 2 * level as usize + 1];
        for diagonal in (-level..=level).step_by(2) {
            let previous = trace.last();
            let mut x = if is_deletion(previous, level, diagonal) {
                reach(previous, level, diagonal + 1)
            } else {
                reach(previous, level, diagonal - 1) + 1
            };
            while is_inside(x, first)
                && is_inside(x - diagonal, second)
                && equal(x as usize, (x - diagonal) as usize)
            {
                x += 1;
            }
            current[(diagonal + level) as usize] = x;
            if x >= first as isize && x - diagonal >= second as isize {
                return trace;
            }
        }
        trace.push(current);
    }
    trace
}

fn is_inside(at: isize, length: usize) -> bool {
    at >= 0 && at < length as isize
}

fn backward(first: usize, second: usize, trace: &[Level]) -> Vec<Step> {
    let (mut x, mut y) = (first as isize, second as isize);
    let mut steps = Vec::new();
    for level in (0..=trace.len() as isize).rev() {
        let previous = usize::try_from(level - 1).ok().and_then(|at| trace.get(at));
        let diagonal = x - y;
        let from = if is_deletion(previous, level, diagonal) { diagonal + 1 } else { diagonal - 1 };
        let from_x = reach(previous, level, from);
        let from_y = from_x - from;
        while x > from_x && y > from_y && x > 0 && y > 0 {
            x -= 1;
            y -= 1;
            steps.push(Step::Keep(x as usize, y as usize));
        }
        if level == 0 {
            break;
        }
        if x > from_x {
            x -= 1;
            steps.push(Step::Insert(x as usize));
        } else {
            y -= 1;
            steps.push(Step::Delete(y as usize));
        }
    }
    steps
}

#[cfg(test)]
mod tests {
    use super::{Step, diff};

    fn shown(first: &str, second: &str) -> String {
        let (a, b) = (first.as_bytes(), second.as_bytes());
        let steps = diff(a.len(), b.len(), |i, j| a[i] == b[j]);
        steps
            .iter()
            .map(|step| match *step {
                Step::Keep(i, _) => format!(" {}", a[i] as char),
                Step::Insert(i) => format!("+{}", a[i] as char),
                Step::Delete(j) => format!("-{}", b[j] as char),
            })
            .collect()
    }

    #[test]
    fn the_steps_are_the_shortest() {
        assert_eq!(shown("abc", "axc"), " a+b-x c");
        assert_eq!(shown("ab", "bc"), "+a b-c");
        assert_eq!(shown("", "ab"), "-a-b");
        assert_eq!(shown("ab", ""), "+a+b");
        assert_eq!(shown("abcabba", "cbabac"), "+a+b c-b a b+b a-c");
    }
}
