//! What options do with their values.

use super::{Settings, Shell};
use crate::{InputType, Permissions, UnhandledRejections};

pub(super) fn eval(settings: &mut Settings, text: &str) -> Result<(), &'static str> {
    settings.eval = Some(text.to_owned());
    Ok(())
}

pub(super) fn print(settings: &mut Settings, text: Option<&str>) {
    settings.print = true;
    if let Some(text) = text {
        settings.eval = Some(text.to_owned());
    }
}

pub(super) fn require(settings: &mut Settings, module: &str) -> Result<(), &'static str> {
    settings.requires.push(module.to_owned());
    Ok(())
}

pub(super) fn stack_trace_limit(settings: &mut Settings, limit: &str) -> Result<(), &'static str> {
    settings.stack_trace_limit = Some(limit.parse().map_err(|_| "a whole number")?);
    Ok(())
}

pub(super) fn import(settings: &mut Settings, module: &str) -> Result<(), &'static str> {
    settings.imports.push(module.to_owned());
    Ok(())
}

pub(super) fn condition(settings: &mut Settings, name: &str) -> Result<(), &'static str> {
    settings.modules.conditions.push(name.to_owned());
    Ok(())
}

pub(super) fn input_type(settings: &mut Settings, name: &str) -> Result<(), &'static str> {
    settings.input_type = match name {
        "module" => InputType::Module,
        "commonjs" => InputType::CommonJs,
        _ => return Err("\"module\" or \"commonjs\""),
    };
    Ok(())
}

pub(super) fn rejections(settings: &mut Settings, mode: &str) -> Result<(), &'static str> {
    settings.rejections = match mode {
        "throw" => UnhandledRejections::Throw,
        "strict" => UnhandledRejections::Strict,
        "warn" => UnhandledRejections::Warn,
        "none" => UnhandledRejections::None,
        "warn-with-error-code" => UnhandledRejections::WarnWithErrorCode,
        _ => return Err(""),
    };
    Ok(())
}

/// Read as Node reads numbers: digits, up to what is none.
pub(super) fn http_head(settings: &mut Settings, bytes: &str) -> Result<(), &'static str> {
    let end = bytes.find(|letter: char| !letter.is_ascii_digit()).unwrap_or(bytes.len());
    let digits = &bytes[..end];
    let too_many = if digits.is_empty() { 0 } else { u64::MAX };
    settings.http.max_header_size = digits.parse().unwrap_or(too_many);
    Ok(())
}

pub(super) fn title(settings: &mut Settings, title: &str) -> Result<(), &'static str> {
    settings.title = Some(title.to_owned());
    Ok(())
}

pub(super) fn trace_processes(settings: &mut Settings, path: &str) -> Result<(), &'static str> {
    settings.trace_processes = Some(path.to_owned());
    Ok(())
}

pub(super) fn env_file(settings: &mut Settings, path: &str) -> Result<(), &'static str> {
    settings.env_files.push((path.to_owned(), false));
    Ok(())
}

pub(super) fn env_file_if_exists(settings: &mut Settings, path: &str) -> Result<(), &'static str> {
    settings.env_files.push((path.to_owned(), true));
    Ok(())
}

pub(super) fn disable_warning(settings: &mut Settings, name: &str) -> Result<(), &'static str> {
    settings.warnings.disabled.push(name.to_owned());
    Ok(())
}

pub(super) fn redirect_warnings(settings: &mut Settings, path: &str) -> Result<(), &'static str> {
    settings.warnings.redirected_to = Some(path.into());
    Ok(())
}

pub(super) fn completions(settings: &mut Settings, shell: &str) -> Result<(), &'static str> {
    settings.completions = Some(match shell {
        "bash" => Shell::Bash,
        "zsh" => Shell::Zsh,
        "fish" => Shell::Fish,
        _ => return Err("bash, zsh or fish"),
    });
    Ok(())
}

pub(super) fn allow_fs_read(settings: &mut Settings, path: &str) -> Result<(), &'static str> {
    grant(settings, |permissions| permissions.allow_fs_read(path));
    Ok(())
}

pub(super) fn allow_fs_write(settings: &mut Settings, path: &str) -> Result<(), &'static str> {
    grant(settings, |permissions| permissions.allow_fs_write(path));
    Ok(())
}

pub(super) fn allow_run(settings: &mut Settings, programs: &str) -> Result<(), &'static str> {
    for program in programs.split(',').filter(|program| !program.is_empty()) {
        grant(settings, |permissions| permissions.allow_run(program));
    }
    Ok(())
}

/// No name at all hides all variables.
pub(super) fn allow_env(settings: &mut Settings, names: &str) -> Result<(), &'static str> {
    for name in names.split(',') {
        grant(settings, |permissions| permissions.allow_env(name));
    }
    Ok(())
}

/// Adds to what is allowed.
pub(super) fn grant(settings: &mut Settings, add: impl FnOnce(Permissions) -> Permissions) {
    settings.permissions = add(std::mem::take(&mut settings.permissions));
}
