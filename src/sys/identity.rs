//! Who this process is: ids, groups, working directory, umask.

use std::{env, ffi::CString, fs, path::Path};

use nix::{
    sys::stat::{Mode, umask as set_umask},
    unistd::{self, Gid, Group, Uid, User},
};

use super::{error::SysError, warm};

/// `getpid(2)`.
pub(crate) fn pid() -> i32 {
    std::process::id().cast_signed()
}

/// The group that this process is in: `getpgrp(2)`.
pub(crate) fn group() -> i32 {
    unistd::getpgrp().as_raw()
}

/// Whether a number is this process's, or that of one of its threads, which stands for it.
pub(crate) fn is_own(pid: i32) -> bool {
    pid == self::pid() || Path::new(&format!("/proc/self/task/{pid}")).exists()
}

/// Calls the calling thread by another name, cut to 15 bytes. `prctl(2)`.
///
/// # Errors
/// EINVAL: a NUL is in it.
pub(crate) fn name_thread(name: &str) -> Result<(), SysError> {
    let failed = |errno| SysError::new(errno, "prctl");
    let name = CString::new(name).map_err(|_| failed(nix::errno::Errno::EINVAL))?;
    nix::sys::prctl::set_name(&name).map_err(failed)
}

/// `getppid(2)`.
pub(crate) fn parent_pid() -> i32 {
    unistd::getppid().as_raw()
}

/// `getuid(2)`, `geteuid(2)`, `getgid(2)`, `getegid(2)`.
pub(crate) fn ids() -> Ids {
    Ids {
        uid: unistd::getuid().as_raw(),
        euid: unistd::geteuid().as_raw(),
        gid: unistd::getgid().as_raw(),
        egid: unistd::getegid().as_raw(),
    }
}

/// The four ids of a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ids {
    pub(crate) uid: u32,
    pub(crate) euid: u32,
    pub(crate) gid: u32,
    pub(crate) egid: u32,
}

/// Which id a call changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum IdKind {
    User,
    EffectiveUser,
    Group,
    EffectiveGroup,
}

/// `setuid(2)` and its relatives.
pub(crate) fn set_id(kind: IdKind, id: u32) -> Result<(), SysError> {
    let (result, syscall) = match kind {
        IdKind::User => (unistd::setuid(Uid::from_raw(id)), "setuid"),
        IdKind::EffectiveUser => (unistd::seteuid(Uid::from_raw(id)), "seteuid"),
        IdKind::Group => (unistd::setgid(Gid::from_raw(id)), "setgid"),
        IdKind::EffectiveGroup => (unistd::setegid(Gid::from_raw(id)), "setegid"),
    };
    warm::inheritance_changed();
    result.map_err(|errno| SysError::new(errno, syscall))
}

/// Has names looked up by the C library itself where the executable is static, in files and, those of
/// hosts, by DNS: it cannot load the modules that the library may be told to ask beyond, and dies of
/// the attempt. nsswitch.conf(5).
pub(super) fn settle_sources_of_names() {
    #[cfg(target_env = "gnu")]
    {
        use std::{
            ffi::{CStr, c_char},
            sync::Once,
        };
        unsafe extern "C" {
            fn __nss_configure_lookup(database: *const c_char, sources: *const c_char) -> i32;
        }
        const SOURCES: [(&CStr, &CStr); 5] = [
            (c"passwd", c"files"),
            (c"group", c"files"),
            (c"initgroups", c"files"),
            (c"services", c"files"),
            (c"hosts", c"files dns"),
        ];
        static SETTLED: Once = Once::new();
        SETTLED.call_once(|| {
            // SAFETY: getauxval only reads what the kernel gave this process.
            let loader = unsafe { libc::getauxval(libc::AT_BASE) };
            if loader != 0 {
                return;
            }
            for (database, sources) in SOURCES {
                // SAFETY: both are constant strings; glibc copies what it keeps of them.
                unsafe { __nss_configure_lookup(database.as_ptr(), sources.as_ptr()) };
            }
        });
    }
}

/// The id of a user's name, if there is such a user: `getpwnam(3)`.
pub(crate) fn user_id(name: &str) -> Option<u32> {
    settle_sources_of_names();
    User::from_name(name).ok().flatten().map(|user| user.uid.as_raw())
}

/// The id of a group's name, if there is such a group: `getgrnam(3)`.
pub(crate) fn group_id(name: &str) -> Option<u32> {
    settle_sources_of_names();
    Group::from_name(name).ok().flatten().map(|group| group.gid.as_raw())
}

/// `getgroups(2)`, with the effective group in any case, as Node has it.
pub(crate) fn groups() -> Result<Vec<u32>, SysError> {
    let mut groups: Vec<u32> = unistd::getgroups()
        .map_err(|errno| SysError::new(errno, "getgroups"))?
        .into_iter()
        .map(Gid::as_raw)
        .collect();
    let own = unistd::getegid().as_raw();
    if !groups.contains(&own) {
        groups.push(own);
    }
    Ok(groups)
}

/// `setgroups(2)`.
pub(crate) fn set_groups(groups: &[u32]) -> Result<(), SysError> {
    let groups: Vec<Gid> = groups.iter().copied().map(Gid::from_raw).collect();
    warm::inheritance_changed();
    unistd::setgroups(&groups).map_err(|errno| SysError::new(errno, "setgroups"))
}

/// `initgroups(3)`.
pub(crate) fn init_groups(user: &str, group: u32) -> Result<(), SysError> {
    let invalid = || SysError::new(nix::errno::Errno::EINVAL, "initgroups");
    let user = CString::new(user).map_err(|_| invalid())?;
    warm::inheritance_changed();
    settle_sources_of_names();
    unistd::initgroups(&user, Gid::from_raw(group))
        .map_err(|errno| SysError::new(errno, "initgroups"))
}

/// The name of a user's id, if it has one: `getpwuid(3)`.
pub(crate) fn user_name(id: u32) -> Option<String> {
    settle_sources_of_names();
    User::from_uid(Uid::from_raw(id)).ok().flatten().map(|user| user.name)
}

/// Sets the file mode creation mask and returns the one before: `umask(2)`.
pub(crate) fn umask(mask: Option<u32>) -> u32 {
    if let Some(mask) = mask {
        warm::inheritance_changed();
        return set_umask(Mode::from_bits_truncate(mask & 0o777)).bits();
    }
    // There is no call that only reads it.
    let before = set_umask(Mode::empty());
    set_umask(before);
    before.bits()
}

/// The mask as it is, without a call that changes it for a moment; 0 where the system does not tell.
pub(crate) fn present_umask() -> u32 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("Umask:"));
    mask.and_then(|mask| u32::from_str_radix(mask.trim(), 8).ok()).unwrap_or(0)
}

/// The working directory: `getcwd(2)`.
pub(crate) fn cwd() -> Result<String, SysError> {
    match env::current_dir() {
        Ok(path) => Ok(path.to_string_lossy().into_owned()),
        Err(error) => Err(SysError::new(super::errno::Errno::of(&error), "uv_cwd")),
    }
}

/// Changes the working directory: `chdir(2)`.
pub(crate) fn chdir(path: &Path) -> Result<(), SysError> {
    env::set_current_dir(path).map_err(|error| SysError::from_io(&error, "chdir", path))
}
