//! Sets of variables of the environment.

use crate::sys::channel::{FD_VARIABLE, MODE_VARIABLE};

/// What a runtime tells its children by itself, and hides from them again: no grant is needed.
const ALWAYS: &[&str] = &[FD_VARIABLE, MODE_VARIABLE, "NODE_UNIQUE_ID"];

/// Whether a variable is one that runtimes talk by.
fn passes_always(name: &str) -> bool {
    ALWAYS.contains(&name)
}

/// Names, of which those that end with `*` stand for all that begin so.
#[derive(Clone, Debug, Default)]
pub(super) struct Variables {
    /// `None`: all of them.
    names: Option<Vec<String>>,
}

impl Variables {
    /// Those that a text of [`Self::names`] lists.
    pub(super) fn of(names: Option<Vec<String>>) -> Self {
        Self { names }
    }

    pub(super) fn add(&mut self, name: &str) {
        let names = self.names.get_or_insert_default();
        if !name.is_empty() {
            names.push(name.to_owned());
        }
    }

    /// `None`: all.
    pub(super) fn names(&self) -> Option<&[String]> {
        self.names.as_deref()
    }

    pub(super) fn is_all(&self) -> bool {
        self.names.as_ref().is_none_or(|names| names.iter().any(|name| name == "*"))
    }

    pub(super) fn hold(&self, name: &str) -> bool {
        let Some(names) = &self.names else { return true };
        passes_always(name) || names.iter().any(|pattern| covers(pattern, name))
    }

    /// What both hold.
    pub(super) fn within(&self, other: &Self) -> Self {
        let (Some(ours), Some(theirs)) = (&self.names, &other.names) else {
            return Self { names: self.names.clone().or_else(|| other.names.clone()) };
        };
        let mut names = Vec::new();
        for one in ours {
            for two in theirs {
                // Of two patterns that have something in common, one holds the other.
                let narrow = if covers(two, one) {
                    one
                } else if covers(one, two) {
                    two
                } else {
                    continue;
                };
                if !names.contains(narrow) {
                    names.push(narrow.clone());
                }
            }
        }
        Self { names: Some(names) }
    }
}

/// Whether a pattern stands for all that another one, or a name, stands for.
fn covers(pattern: &str, name: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(prefix) => name.starts_with(prefix),
        None => name == pattern,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(names: &[&str]) -> Variables {
        let mut variables = Variables::default();
        for name in names {
            variables.add(name);
        }
        variables
    }

    #[test]
    fn names_and_beginnings() {
        assert!(Variables::default().hold("ANY") && Variables::default().is_all());
        let some = of(&["A", "LC_*"]);
        assert!(some.hold("A") && some.hold("LC_ALL") && some.hold("NODE_UNIQUE_ID"));
        assert!(!some.hold("AB") && !some.hold("LC") && !some.hold("") && !some.is_all());
        assert!(!of(&[""]).hold("A") && of(&["*"]).is_all());
    }

    #[test]
    fn two_sets_have_in_common_what_both_hold() {
        let both = of(&["A", "LC_*", "X"]).within(&of(&["LC_ALL", "X*", "L*"]));
        assert_eq!(both.names(), Some(&["LC_ALL", "LC_*", "X"].map(str::to_owned)[..]));
        assert_eq!(of(&["A"]).within(&Variables::default()).names(), of(&["A"]).names());
    }
}
