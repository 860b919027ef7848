//! Which file to execute, and with what: made by the parent, since the child may not allocate.
//!
//! Source: `execvp(3)`: a name without a slash is looked for in each folder of the child's `PATH`;
//! a file that the system cannot execute is given to the shell.

use std::{
    ffi::{CStr, CString, c_char},
    ptr,
};

use super::super::errno::Errno;

/// Where to look if the child has no `PATH` at all, as the C library has it.
const DEFAULT_PATH: &[u8] = b"/bin:/usr/bin";

/// The longest name of a file, in bytes.
const NAME_MAX: usize = 255;

/// Who runs files that have no program header.
pub(super) const SHELL: &CStr = c"/bin/sh";

/// The files to try, in order.
#[derive(Debug)]
pub(super) struct Search {
    pub(super) candidates: Vec<CString>,
    /// What to report if there is no candidate at all.
    pub(super) errno_of_none: Errno,
}

impl Search {
    pub(super) fn new(file: &CStr, env: &[CString]) -> Self {
        let name = file.to_bytes();
        if name.contains(&b'/') {
            return Self { candidates: vec![file.to_owned()], errno_of_none: Errno(libc::ENOENT) };
        }
        if name.len() > NAME_MAX {
            return Self { candidates: vec![], errno_of_none: Errno(libc::ENAMETOOLONG) };
        }
        let candidates = if name.is_empty() { vec![] } else { in_path(name, path_of(env)) };
        Self { candidates, errno_of_none: Errno(libc::ENOENT) }
    }
}

/// `name` in each folder of `path`. An empty entry is the working directory; one that is too long
/// to be a path is passed over.
fn in_path(name: &[u8], path: &[u8]) -> Vec<CString> {
    path.split(|byte| *byte == b':')
        .filter(|folder| folder.len() < libc::PATH_MAX as usize)
        .map(|folder| {
            let slash: &[u8] = if folder.is_empty() { b"" } else { b"/" };
            let file = [folder, slash, name].concat();
            CString::new(file).expect("parts of C strings hold no NUL")
        })
        .collect()
}

/// The value of `PATH` in an environment.
fn path_of(env: &[CString]) -> &[u8] {
    let value = env.iter().find_map(|variable| variable.to_bytes().strip_prefix(b"PATH="));
    value.unwrap_or(DEFAULT_PATH)
}

/// The arguments, for a program and for the shell in its stead.
#[derive(Debug)]
pub(super) struct Arguments {
    own: Vec<*const c_char>,
    of_shell: Vec<*const c_char>,
}

impl Arguments {
    /// Points into `args`, which has to outlive it.
    pub(super) fn new(args: &[CString]) -> Self {
        let own = pointers(args);
        let mut of_shell = vec![SHELL.as_ptr(), ptr::null()];
        of_shell.extend(own.iter().skip(1.min(args.len())));
        Self { own, of_shell }
    }

    /// The arguments as they were given, ended by a null pointer.
    pub(super) fn own(&self) -> &[*const c_char] {
        &self.own
    }

    /// The shell's: itself, the file, then the given ones without the zeroth.
    pub(super) fn of_shell(&mut self, file: &CStr) -> &[*const c_char] {
        if let Some(place) = self.of_shell.get_mut(1) {
            *place = file.as_ptr();
        }
        &self.of_shell
    }
}

/// Pointers to strings, ended by a null pointer. The strings have to outlive them.
pub(super) fn pointers(strings: &[CString]) -> Vec<*const c_char> {
    strings.iter().map(|string| string.as_ptr()).chain([ptr::null()]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidates(file: &str, env: &[&str]) -> Vec<String> {
        let env: Vec<CString> = env.iter().map(|text| CString::new(*text).unwrap()).collect();
        let search = Search::new(&CString::new(file).unwrap(), &env);
        search.candidates.into_iter().map(|file| file.into_string().unwrap()).collect()
    }

    #[test]
    fn a_slash_means_a_path() {
        for file in ["/bin/true", "./true", "a/b", "dir/"] {
            assert_eq!(candidates(file, &["PATH=/x"]), [file]);
        }
    }

    #[test]
    fn a_name_is_looked_for_in_the_childs_path() {
        assert_eq!(candidates("p", &["A=1", "PATH=/x:/y/:z"]), ["/x/p", "/y//p", "z/p"]);
        assert_eq!(candidates("p", &["PATH=:/x::"]), ["p", "/x/p", "p", "p"]);
        assert_eq!(candidates("p", &["PATH="]), ["p"]);
        assert_eq!(candidates("p", &["XPATH=/x", "PATHS=/y"]), ["/bin/p", "/usr/bin/p"]);
        assert_eq!(candidates("p", &["PATH=/first", "PATH=/second"]), ["/first/p"]);
        let long = format!("PATH={}:/x", "y".repeat(5000));
        assert_eq!(candidates("p", &[&long]), ["/x/p"]);
    }

    #[test]
    fn no_name_and_a_name_too_long_have_no_candidates() {
        let none = |file: &str| Search::new(&CString::new(file).unwrap(), &[]);
        assert_eq!(none("").errno_of_none, Errno(libc::ENOENT));
        assert!(none("").candidates.is_empty());
        assert_eq!(none(&"x".repeat(256)).errno_of_none, Errno(libc::ENAMETOOLONG));
        assert!(none(&"x".repeat(256)).candidates.is_empty());
        assert_eq!(none(&"x".repeat(255)).candidates.len(), 2);
    }

    #[test]
    fn the_shell_gets_the_file_and_the_arguments_behind_the_zeroth() {
        let args = [c"zero".to_owned(), c"one".to_owned()];
        let mut arguments = Arguments::new(&args);
        let file = c"/a/script";
        let expected = [SHELL.as_ptr(), file.as_ptr(), args[1].as_ptr(), ptr::null()];
        assert_eq!(arguments.of_shell(file), expected);
        assert_eq!(
            Arguments::new(&[]).of_shell(file),
            &[SHELL.as_ptr(), file.as_ptr(), ptr::null()]
        );
    }
}
