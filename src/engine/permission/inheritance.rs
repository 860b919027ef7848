//! What children inherit of the limits of their parent.
//!
//! A child that is rjs reads them from a variable that no script can take from it; it has what both this
//! and its own options grant. A child that is Node has them as options in `NODE_OPTIONS`.

use std::path::Path;

use serde_json::{Map, Value, json};

use super::{Permissions, SCOPES, Scope, paths::Paths, variables::Variables};

/// The variable that tells a child what its parent may do, paths where they lead.
pub(crate) const VARIABLE: &str = "RJS_PERMISSIONS";

/// The value of [`VARIABLE`]. What is no Unicode is not granted.
pub(crate) fn variable(permissions: &Permissions) -> String {
    let Permissions { read, write, programs, variables, switches, .. } = permissions;
    let name = |scope: &Scope| SCOPES.iter().find(|row| row.0 == *scope).map(|row| row.1);
    let files =
        programs.files().filter_map(|(found, file)| Some([found.to_str()?, file.to_str()?]));
    json!({
        "read": read.coded().collect::<Vec<_>>(),
        "write": write.coded().collect::<Vec<_>>(),
        "run": files.collect::<Vec<_>>(),
        "env": variables.names(),
        "also": switches.iter().filter_map(name).collect::<Vec<_>>(),
    })
    .to_string()
}

/// Takes what the parent grants out of an environment; `None` if it is not limited.
///
/// # Errors
/// One line that says that the variable is none of ours.
pub(crate) fn take_inherited(
    env: &mut Vec<(String, String)>,
) -> Result<Option<Permissions>, String> {
    let mut inherited: Option<Permissions> = None;
    for (_, value) in env.extract_if(.., |(name, _)| name == VARIABLE) {
        let granted = understood(&value)?;
        inherited = Some(inherited.map_or(granted.clone(), |before| before.within(&granted)));
    }
    Ok(inherited)
}

/// What the process itself was started with.
///
/// # Errors
/// As [`take_inherited`].
pub(crate) fn inherited_by_process() -> Result<Option<Permissions>, String> {
    match std::env::var_os(VARIABLE) {
        Some(value) => understood(&value.to_string_lossy()).map(Some),
        None => Ok(None),
    }
}

fn understood(text: &str) -> Result<Permissions, String> {
    read(text).ok_or_else(|| format!("{VARIABLE} holds no permissions"))
}

fn read(text: &str) -> Option<Permissions> {
    let value: Map<String, Value> = serde_json::from_str(text).ok()?;
    let list = |name: &str| value.get(name)?.as_array();
    let paths = |name: &str| Paths::decoded(list(name)?.iter().map(Value::as_str));
    let mut permissions =
        Permissions { read: paths("read")?, write: paths("write")?, ..Permissions::default() };
    for pair in list("run")? {
        let [found, file] = &pair.as_array()?[..] else { return None };
        permissions.programs.add_found(found.as_str()?.into(), file.as_str()?.into());
    }
    if !value.get("env")?.is_null() {
        let names = list("env")?.iter().map(|name| name.as_str().map(str::to_owned));
        permissions.variables = Variables::of(Some(names.collect::<Option<_>>()?));
    }
    for name in list("also")? {
        let scope = SCOPES.iter().find(|row| Some(row.1) == name.as_str())?.0;
        permissions.switches.push(scope);
    }
    Some(permissions)
}

/// What has Node, and rjs, limit itself so.
pub(crate) fn options_of_node(permissions: &Permissions) -> Vec<String> {
    let paths = |option: &str, paths: &Paths| {
        let options = paths.options().map(|path| format!("{option}={path}"));
        options.collect::<Vec<_>>()
    };
    let mut options = vec!["--permission".to_owned()];
    options.extend(paths("--allow-fs-read", &permissions.read));
    options.extend(paths("--allow-fs-write", &permissions.write));
    options.extend(permissions.switch_options());
    options
}

/// What rjs has to be told beside that.
pub(crate) fn options_of_rjs(permissions: &Permissions) -> Vec<String> {
    let mut options: Vec<_> = permissions.programs.options().collect();
    if let Some(names) = permissions.variables.names() {
        options.push(format!("--allow-env={}", names.join(",")));
    }
    options
}

/// A path as options write it; `None` where they would mean more.
pub(super) fn plain(path: &Path) -> Option<&str> {
    path.to_str().filter(|text| !text.contains('*'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_inherited_is_what_was_granted() {
        let granted = Permissions::none()
            .allow_fs_read("/usr/")
            .allow_fs_read("/etc/pass*")
            .allow_fs_write("*")
            .allow_run("/bin/sh")
            .allow_env("A")
            .allow_net();
        let text = variable(&granted);
        let mut env = vec![("X".to_owned(), "1".to_owned()), (VARIABLE.to_owned(), text.clone())];
        let taken = take_inherited(&mut env).unwrap().expect("it is there");
        assert_eq!(variable(&taken), text);
        assert_eq!(env.len(), 1);
        assert!(take_inherited(&mut env).unwrap().is_none());
        assert_eq!(
            options_of_node(&taken),
            [
                "--permission",
                "--allow-fs-read=/usr/",
                "--allow-fs-read=/etc/pass*",
                "--allow-fs-write=*",
                "--allow-net"
            ]
        );
        assert_eq!(options_of_rjs(&taken), ["--allow-run=/bin/sh", "--allow-env=A"]);
        for nonsense in ["", "{}", "[]", r#"{"read":1}"#] {
            let mut env = vec![(VARIABLE.to_owned(), nonsense.to_owned())];
            assert!(take_inherited(&mut env).is_err(), "{nonsense}");
        }
    }
}
