//! The difference between two sequences of lines, and how it is shown.
//!
//! Source: E. W. Myers, "An O(ND) Difference Algorithm and Its Variations", 1986.

use super::palette::Palette;

/// One step from the expected lines to the actual ones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step<'a> {
    /// Only the expected lines have it.
    Missing(&'a str),
    /// Both have it.
    Same(&'a str),
    /// Only the actual lines have it.
    Added(&'a str),
}

/// Which lines count as equal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Commas {
    Matter,
    /// A comma at the end of one of them makes no difference: the last property has none.
    Ignored,
}

impl Commas {
    fn equal(self, actual: &str, expected: &str) -> bool {
        actual == expected
            || (self == Self::Ignored
                && (actual.strip_suffix(',') == Some(expected)
                    || expected.strip_suffix(',') == Some(actual)))
    }
}

/// The furthest positions that a number of changes reaches, by diagonal.
struct Frontier {
    reach: Vec<usize>,
    /// The index of diagonal 0.
    origin: isize,
}

impl Frontier {
    fn at(&self, diagonal: isize) -> usize {
        usize::try_from(diagonal + self.origin)
            .ok()
            .and_then(|index| self.reach.get(index).copied())
            .unwrap_or(0)
    }

    fn set(&mut self, diagonal: isize, x: usize) {
        if let Some(reach) =
            usize::try_from(diagonal + self.origin).ok().and_then(|index| self.reach.get_mut(index))
        {
            *reach = x;
        }
    }

    /// True if the diagonal is best reached from the one above: by a missing line.
    fn comes_from_above(&self, diagonal: isize, changes: isize) -> bool {
        diagonal == -changes
            || (diagonal != changes && self.at(diagonal - 1) < self.at(diagonal + 1))
    }
}

/// The shortest way from `expected` to `actual`, first step first.
pub(super) fn steps<'a>(actual: &[&'a str], expected: &[&'a str], commas: Commas) -> Vec<Step<'a>> {
    let max = (actual.len() + expected.len()) as isize;
    let mut frontier = Frontier { reach: vec![0; 2 * max as usize + 3], origin: max + 1 };
    let mut history: Vec<Vec<usize>> = Vec::new();
    for changes in 0..=max {
        history.push(frontier.reach.clone());
        for diagonal in (-changes..=changes).step_by(2) {
            let mut x = if frontier.comes_from_above(diagonal, changes) {
                frontier.at(diagonal + 1)
            } else {
                frontier.at(diagonal - 1) + 1
            };
            let mut y = (x as isize - diagonal) as usize;
            while x < actual.len() && y < expected.len() && commas.equal(actual[x], expected[y]) {
                x += 1;
                y += 1;
            }
            frontier.set(diagonal, x);
            if x >= actual.len() && y >= expected.len() {
                let origin = frontier.origin;
                return way_back(&history, origin, actual, expected, commas);
            }
        }
    }
    Vec::new()
}

fn way_back<'a>(
    history: &[Vec<usize>],
    origin: isize,
    actual: &[&'a str],
    expected: &[&'a str],
    commas: Commas,
) -> Vec<Step<'a>> {
    let (mut x, mut y) = (actual.len(), expected.len());
    let mut steps = Vec::new();
    for (changes, reach) in history.iter().enumerate().rev() {
        let frontier = Frontier { reach: reach.clone(), origin };
        let diagonal = x as isize - y as isize;
        let above = frontier.comes_from_above(diagonal, changes as isize);
        let before = if above { diagonal + 1 } else { diagonal - 1 };
        let from_x = frontier.at(before);
        let from_y = from_x as isize - before;
        while x > from_x && y as isize > from_y {
            let own = actual[x - 1];
            let shown = if commas == Commas::Ignored && !own.ends_with(',') {
                expected[y - 1]
            } else {
                own
            };
            steps.push(Step::Same(shown));
            x -= 1;
            y -= 1;
        }
        if changes > 0 {
            if x > from_x {
                x -= 1;
                steps.push(Step::Added(actual[x]));
            } else {
                y -= 1;
                steps.push(Step::Missing(expected[y]));
            }
        }
    }
    steps.reverse();
    steps
}

/// How many equal lines in a row are shown before the others are left out.
const CONTEXT: usize = 5;

/// The steps as lines with a sign before each; true if lines were left out.
pub(super) fn shown(steps: &[Step<'_>], partial: bool, palette: Palette) -> (String, bool) {
    let Palette { green, red, gray, plain, .. } = palette;
    let mut text = String::from("\n");
    let mut skipped = false;
    let mut same = 0;
    for (index, step) in steps.iter().enumerate() {
        if !matches!(step, Step::Same(_)) && same > 0 {
            skipped |= end_of_run(&steps[..index], same, palette, &mut text);
            same = 0;
        }
        match step {
            Step::Added(line) if partial => {
                let sign = if palette.has_colors { ' ' } else { '+' };
                text.push_str(&format!("{gray}{sign} {line}{plain}\n"));
            }
            Step::Added(line) => text.push_str(&format!("{green}+{plain} {line}\n")),
            Step::Missing(line) => text.push_str(&format!("{red}-{plain} {line}\n")),
            Step::Same(line) => {
                if same < CONTEXT {
                    text.push_str(&format!("{plain}  {line}\n"));
                }
                same += 1;
            }
        }
    }
    let end = text.trim_end().len();
    // The line feed before the first line stays, even if it is all that there is.
    text.truncate(end.max(1));
    (text, skipped)
}

/// What follows a run of equal lines before a change: the last of those not yet shown. True if
/// others were left out.
fn end_of_run(before: &[Step<'_>], same: usize, palette: Palette, text: &mut String) -> bool {
    let Palette { blue, plain, .. } = palette;
    let hidden = same.saturating_sub(CONTEXT);
    let shown = if hidden > 2 { 1 } else { hidden };
    if hidden > 2 {
        text.push_str(&format!("{blue}...{plain}\n"));
    }
    for step in &before[before.len() - shown..] {
        if let Step::Same(line) = step {
            text.push_str(&format!("{plain}  {line}\n"));
        }
    }
    hidden > 2
}

/// Two strings character by character, each in the colour of where it stands.
pub(super) fn characters(actual: &str, expected: &str, palette: Palette) -> String {
    let (actual, expected) = (split(actual), split(expected));
    let mut text = String::from("\n");
    for step in steps(&actual, &expected, Commas::Matter) {
        let (color, part) = match step {
            Step::Added(part) => (palette.green, part),
            Step::Missing(part) => (palette.red, part),
            Step::Same(part) => (palette.plain, part),
        };
        text.push_str(&format!("{color}{part}{}", palette.plain));
    }
    text
}

fn split(text: &str) -> Vec<&str> {
    text.char_indices().map(|(at, c)| &text[at..at + c.len_utf8()]).collect()
}

#[cfg(test)]
mod tests {
    use super::{Commas, Palette, Step, shown, steps};

    const PLAIN: Palette =
        Palette { green: "", red: "", blue: "", gray: "", plain: "", has_colors: false };

    fn difference(actual: &str, expected: &str) -> (String, bool) {
        let (actual, expected): (Vec<_>, Vec<_>) =
            (actual.split(' ').collect(), expected.split(' ').collect());
        let steps = steps(&actual, &expected, Commas::Matter);
        shown(&steps, false, PLAIN)
    }

    #[test]
    fn additions_come_before_what_is_missing() {
        assert_eq!(difference("a b c", "a x c").0, "\n  a\n+ b\n- x\n  c");
    }

    #[test]
    fn nothing_in_common_is_all_change() {
        assert_eq!(difference("a b", "x y").0, "\n+ a\n+ b\n- x\n- y");
    }

    #[test]
    fn a_comma_at_the_end_is_no_difference() {
        let steps = steps(&["a,", "b"], &["a"], Commas::Ignored);
        assert_eq!(steps, [Step::Same("a,"), Step::Added("b")]);
    }

    #[test]
    fn seven_equal_lines_are_shown_and_eight_are_not() {
        let (text, skipped) = difference("1 2 3 4 5 6 7 x", "1 2 3 4 5 6 7 y");
        assert_eq!(text, "\n  1\n  2\n  3\n  4\n  5\n  6\n  7\n+ x\n- y");
        assert!(!skipped);
        let (text, skipped) = difference("1 2 3 4 5 6 7 8 x", "1 2 3 4 5 6 7 8 y");
        assert_eq!(text, "\n  1\n  2\n  3\n  4\n  5\n...\n  8\n+ x\n- y");
        assert!(skipped);
    }
}
