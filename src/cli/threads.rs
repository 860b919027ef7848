//! The options of threads: `execArgv` of a `Worker`, and the `NODE_OPTIONS` of its environment.

use super::{
    environment,
    options::Settings,
    parse::{self, Origin},
};
use crate::{Runtime, ThreadOptions};

/// Reads the options of a thread.
///
/// # Errors
/// Those that a thread cannot have.
pub(super) fn read(
    options: &[String],
    environment: &[(String, String)],
) -> Result<ThreadOptions, Vec<String>> {
    let mut settings = Settings::default();
    let variable = |name: &str| {
        let found = environment.iter().rev().find(|(known, _)| known == name);
        found.map(|(_, value)| value.clone())
    };
    environment::apply(&mut settings, variable).map_err(|message| vec![message])?;
    let refused = refused(options, &mut settings);
    if refused.is_empty() { Ok(threaded(settings)) } else { Err(refused) }
}

/// Applies options one by one; those that were refused.
fn refused(options: &[String], settings: &mut Settings) -> Vec<String> {
    let mut refused = Vec::new();
    let mut words = options.iter().peekable();
    while let Some(word) = words.next() {
        if word == "--" {
            break;
        }
        let name = word.split('=').next().unwrap_or(word);
        let next = words.peek().map(|next| next.as_str());
        let is_wide = parse::find(name).is_some_and(|row| row.is_process_wide);
        match parse::take(word, next, Origin::CommandLine, settings) {
            Ok(took_next) => {
                if is_wide {
                    refused.push(word.clone());
                }
                if took_next {
                    words.next();
                }
            }
            Err(_) => refused.push(word.clone()),
        }
    }
    refused
}

/// Reads the options that a program was started with, for a thread that has none of its own.
pub(super) fn inherit(options: &[String], environment: &[(String, String)]) -> ThreadOptions {
    read(options, environment).unwrap_or_else(|_| {
        let mut settings = Settings::default();
        refused(options, &mut settings);
        threaded(settings)
    })
}

fn threaded(settings: Settings) -> ThreadOptions {
    let mut builder = Runtime::builder()
        .warnings(settings.warnings)
        .unhandled_rejections(settings.rejections)
        .modules(settings.modules)
        .http(settings.http)
        .expose_gc(settings.expose_gc);
    if let Some(limit) = settings.stack_trace_limit {
        builder = builder.stack_trace_limit(limit);
    }
    ThreadOptions::new(builder)
        .preload(settings.requires)
        .import_first(settings.imports)
        .input_type(settings.input_type)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(words: &[&str]) -> Vec<String> {
        words.iter().map(|&word| word.to_owned()).collect()
    }

    #[test]
    fn what_is_the_process_s_own_is_refused() {
        let options = words(&["--no-warnings", "--title=x", "--nope", "-r", "./a.js"]);
        assert_eq!(read(&options, &[]).map(drop), Err(words(&["--title=x", "--nope"])));
        assert!(read(&words(&["--trace-warnings"]), &[]).is_ok());
        for option in ["--env-file-if-exists=x", "--no-warm-fork", "--allow-fs-read=*"] {
            assert_eq!(read(&words(&[option]), &[]).map(drop), Err(words(&[option])));
        }
    }

    #[test]
    fn an_environment_s_options_are_read() {
        let environment = |text: &str| [("NODE_OPTIONS".to_owned(), text.to_owned())];
        assert!(read(&[], &environment("--no-warnings")).is_ok());
        let refused = read(&[], &environment("--nope")).map(drop);
        assert_eq!(refused, Err(words(&["--nope is not allowed in NODE_OPTIONS"])));
    }
}
