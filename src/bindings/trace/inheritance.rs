//! What a child is told of the trace that it belongs to: one variable of its environment, which its
//! program does not see.

use std::{path::PathBuf, time::Duration};

/// `ipc=1;origin=NANOSECONDS;recorder=PID;channel=NAME;processes=FILE`, in any order, the file last.
pub(super) const VARIABLE: &str = "RJS_TRACE";

/// What the variable says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Inheritance {
    /// Messages are printed.
    pub(super) ipc: bool,
    /// When the tree began, on the monotonic clock.
    pub(super) origin: Option<Duration>,
    /// Who records the birth and the end of its children.
    pub(super) recorder: Option<i32>,
    /// What the recorder calls its channel to this child.
    pub(super) channel: Option<String>,
    /// The file of the tree.
    pub(super) path: Option<PathBuf>,
}

impl Inheritance {
    /// Takes the variable out of the environment; `None` if there is none.
    pub(super) fn take(env: &mut Vec<(String, String)>) -> Option<Self> {
        let text = env.iter().rev().find(|(name, _)| name == VARIABLE)?.1.clone();
        env.retain(|(name, _)| name != VARIABLE);
        Some(Self::parse(&text))
    }

    fn parse(mut text: &str) -> Self {
        let mut found = Self::default();
        while let Some((name, rest)) = text.split_once('=') {
            if name == "processes" {
                found.path = Some(rest.into());
                break;
            }
            let (value, rest) = rest.split_once(';').unwrap_or((rest, ""));
            match name {
                "ipc" => found.ipc = value == "1",
                "origin" => found.origin = value.parse().ok().map(Duration::from_nanos),
                "recorder" => found.recorder = value.parse().ok(),
                "channel" => found.channel = Some(value.to_owned()),
                _ => {}
            }
            text = rest;
        }
        found
    }

    /// The variable's value.
    pub(super) fn text(&self) -> String {
        let mut text = format!("ipc={}", u8::from(self.ipc));
        if let Some(origin) = self.origin {
            text.push_str(&format!(";origin={}", origin.as_nanos()));
        }
        if let Some(recorder) = self.recorder {
            text.push_str(&format!(";recorder={recorder}"));
        }
        if let Some(channel) = &self.channel {
            text.push_str(&format!(";channel={channel}"));
        }
        if let Some(path) = &self.path {
            text.push_str(&format!(";processes={}", path.display()));
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_child_reads_what_its_parent_wrote() {
        let given = Inheritance {
            ipc: true,
            origin: Some(Duration::from_nanos(12)),
            recorder: Some(7),
            channel: Some("7.1".to_owned()),
            path: Some("/tmp/a;b=c".into()),
        };
        let mut env = vec![
            ("A".to_owned(), "1".to_owned()),
            (VARIABLE.to_owned(), "ipc=0".to_owned()),
            (VARIABLE.to_owned(), given.text()),
        ];
        assert_eq!(Inheritance::take(&mut env), Some(given));
        assert_eq!(env, [("A".to_owned(), "1".to_owned())]);
        assert_eq!(Inheritance::take(&mut env), None);
        assert_eq!(Inheritance::parse("nonsense"), Inheritance::default());
    }
}
