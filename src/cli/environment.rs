//! What the environment says where the command line does not: `NODE_OPTIONS`, `RJS_OPTIONS` and
//! the variables that stand for single options.
//!
//! Source: Node's documentation, "Command-line API", section "Environment variables".

use super::{
    options::Settings,
    parse::{self, Origin},
};
use crate::{NodeCommand, WarmFork};

/// The variables that hold options, in the order in which they apply.
const OPTION_VARIABLES: [&str; 2] = ["NODE_OPTIONS", "RJS_OPTIONS"];

/// Applies what the environment says.
///
/// # Errors
/// One line that names the variable, or the option that may not stand there.
pub(super) fn apply(
    settings: &mut Settings,
    variable: impl Fn(&str) -> Option<String>,
) -> Result<(), String> {
    let is_one = |name| variable(name).is_some_and(|value| value == "1");
    settings.warnings.silent |= is_one("NODE_NO_WARNINGS");
    settings.warnings.pending_deprecations |= is_one("NODE_PENDING_DEPRECATION");
    if let Some(path) = variable("NODE_REDIRECT_WARNINGS").filter(|path| !path.is_empty()) {
        settings.warnings.redirected_to = Some(path.into());
    }
    settings.warm_fork = match variable("RJS_WARM_FORK").as_deref() {
        Some("0") => Some(WarmFork::Never),
        Some("1") => Some(WarmFork::Always),
        _ => None,
    };
    if variable("RJS_NODE_LINK").as_deref() == Some("0") {
        settings.node_command = Some(NodeCommand::OfPath);
    }
    for name in OPTION_VARIABLES {
        let Some(text) = variable(name) else { continue };
        let words = words(&text).map_err(|what| format!("invalid value for {name} ({what})\n"))?;
        parse::options(words, Origin::Environment(name), settings)?;
    }
    Ok(())
}

/// Splits at spaces, save between double quotes; a backslash between quotes makes the next character
/// an ordinary one.
fn words(text: &str) -> Result<Vec<String>, &'static str> {
    let mut words: Vec<String> = Vec::new();
    let (mut is_quoted, mut begins) = (false, true);
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        let character = match character {
            '"' => {
                is_quoted = !is_quoted;
                continue;
            }
            ' ' if !is_quoted => {
                begins = true;
                continue;
            }
            '\\' if is_quoted => characters.next().ok_or("invalid escape")?,
            other => other,
        };
        if std::mem::take(&mut begins) {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut() {
            word.push(character);
        }
    }
    if is_quoted { Err("unterminated string") } else { Ok(words) }
}

#[cfg(test)]
mod tests {
    use super::words;

    #[test]
    fn words_are_split_as_node_splits_them() {
        let split = |text| words(text).unwrap();
        assert_eq!(split("--a  --b=c "), ["--a", "--b=c"]);
        assert_eq!(split("--title=\"two words\" -r x"), ["--title=two words", "-r", "x"]);
        assert_eq!(split(r#""a\"b\\c""#), ["a\"b\\c"]);
        assert_eq!(split("a\\b"), ["a\\b"]);
        assert!(split("").is_empty());
        assert_eq!(words("--a \"b"), Err("unterminated string"));
        assert_eq!(words("\"b\\"), Err("invalid escape"));
    }
}
