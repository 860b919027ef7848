//! `--completions=SHELL`: a script with which a shell completes command lines, from the table of
//! options.

use super::options::{OptionRow, Shell, Value, rows};

/// The script.
pub(super) fn script(shell: Shell) -> String {
    match shell {
        Shell::Bash => bash(),
        Shell::Zsh => zsh(),
        Shell::Fish => fish(),
    }
}

fn names(row: &OptionRow) -> impl Iterator<Item = &'static str> {
    std::iter::once(row.long).chain(row.short)
}

/// The name of an option's value, if it needs one.
fn value_name(row: &OptionRow) -> Option<&'static str> {
    match row.value {
        Value::Required(name, _) => Some(name),
        Value::None(_) | Value::Optional(..) => None,
    }
}

/// Whether files are what the value names.
fn takes_file(row: &OptionRow) -> bool {
    matches!(value_name(row), Some("FILE" | "MODULE"))
}

fn bash() -> String {
    let words: Vec<_> = rows().flat_map(names).collect();
    let files: Vec<_> = rows().filter(|row| takes_file(row)).flat_map(names).collect();
    let mut cases =
        format!("        {}) COMPREPLY=($(compgen -f -- \"$word\")); return ;;\n", files.join("|"));
    for row in rows().filter(|row| !row.choices.is_empty()) {
        cases.push_str(&format!(
            "        {}) COMPREPLY=($(compgen -W '{}' -- \"$word\")); return ;;\n",
            row.long,
            row.choices.join(" ")
        ));
    }
    format!(
        "# rjs --completions=bash > /usr/share/bash-completion/completions/rjs\n\
         _rjs() {{\n    \
         local word=${{COMP_WORDS[COMP_CWORD]}} option=${{COMP_WORDS[COMP_CWORD-1]}}\n    \
         # bash makes three words of --name=value.\n    \
         [ \"$option\" = = ] && option=${{COMP_WORDS[COMP_CWORD-2]}}\n    \
         [ \"$word\" = = ] && word= && option=${{COMP_WORDS[COMP_CWORD-1]}}\n    \
         case $option in\n{cases}    esac\n    \
         case $word in\n        \
         -*) COMPREPLY=($(compgen -W '{}' -- \"$word\")) ;;\n        \
         *) COMPREPLY=($(compgen -f -- \"$word\")) ;;\n    \
         esac\n}}\n\
         complete -o filenames -F _rjs rjs\n",
        words.join(" ")
    )
}

fn zsh() -> String {
    let mut script = String::from("#compdef rjs\n_arguments -S \\\n");
    for row in rows() {
        let help = row.help.replace('\'', "'\\''").replace('[', "\\[").replace(']', "\\]");
        let value = match value_name(row) {
            None => String::new(),
            Some(name) if takes_file(row) => format!(":{name}:_files"),
            Some(name) if row.choices.is_empty() => format!(":{name}:"),
            Some(name) => format!(":{name}:({})", row.choices.join(" ")),
        };
        let equals = if value.is_empty() { "" } else { "=" };
        script.push_str(&format!("  '*{}{equals}[{help}]{value}' \\\n", row.long));
        if let Some(short) = row.short {
            script.push_str(&format!("  '*{short}[{help}]{value}' \\\n"));
        }
    }
    script.push_str("  '1:script:_files' '*::argument:_files'\n");
    script
}

fn fish() -> String {
    let mut script = String::new();
    for row in rows() {
        script.push_str(&format!("complete -c rjs -l {}", row.long.trim_start_matches('-')));
        if let Some(short) = row.short {
            script.push_str(&format!(" -s {}", short.trim_start_matches('-')));
        }
        match value_name(row) {
            None => {}
            Some(_) if takes_file(row) => script.push_str(" -r -F"),
            Some(_) if row.choices.is_empty() => script.push_str(" -x"),
            Some(_) => script.push_str(&format!(" -x -a '{}'", row.choices.join(" "))),
        }
        if !row.help.is_empty() {
            script.push_str(&format!(" -d '{}'", row.help.replace('\'', "\\'")));
        }
        script.push('\n');
    }
    script
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_option_is_in_every_script() {
        for shell in [Shell::Bash, Shell::Zsh, Shell::Fish] {
            let script = script(shell);
            for row in rows() {
                assert!(script.contains(row.long.trim_start_matches('-')), "{}", row.long);
            }
        }
    }
}
