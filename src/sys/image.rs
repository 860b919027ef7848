//! What a process is called, and with which arguments and environment, where that is not what
//! `execve` made it: for the C library, and for everybody who looks into `/proc`.
//!
//! Source: `prctl(2)`, `PR_SET_MM_MAP`; `proc_pid_stat(5)`.

use std::{
    ffi::{CString, c_char},
    fs, mem, ptr,
    sync::{Mutex, PoisonError},
};

use super::errno::Errno;

unsafe extern "C" {
    static mut environ: *mut *mut c_char;
}

/// What the kernel knows about the layout of a process: `struct prctl_mm_map`.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
struct Map {
    start_code: u64,
    end_code: u64,
    start_data: u64,
    end_data: u64,
    start_brk: u64,
    brk: u64,
    start_stack: u64,
    arg_start: u64,
    arg_end: u64,
    env_start: u64,
    env_end: u64,
    auxv: u64,
    auxv_size: u32,
    exe_fd: u32,
}

/// The layout that a process was started with; its copies share it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Layout(Map);

/// The title that `/proc` shows now; the kernel reads it from here.
static TITLE: Mutex<Option<CString>> = Mutex::new(None);

impl Layout {
    /// The layout of this process; `None` where the kernel does not tell or lets nobody change it.
    pub(super) fn of_this_process() -> Option<Self> {
        let stat = fs::read_to_string("/proc/self/stat").ok()?;
        // The name in the second field may hold spaces, and ends with the last parenthesis.
        let (_, fields) = stat.rsplit_once(')')?;
        let fields: Vec<u64> =
            fields.split_ascii_whitespace().map(|field| field.parse().unwrap_or(0)).collect();
        // Fields count from 1, and two stand before the parenthesis.
        let field = |number: usize| fields.get(number - 3).copied().filter(|value| *value != 0);
        let layout = Self(Map {
            start_code: field(26)?,
            end_code: field(27)?,
            start_stack: field(28)?,
            start_data: field(45)?,
            end_data: field(46)?,
            start_brk: field(47)?,
            arg_start: field(48)?,
            arg_end: field(49)?,
            env_start: field(50)?,
            env_end: field(51)?,
            brk: 0,
            auxv: 0,
            auxv_size: 0,
            exe_fd: u32::MAX,
        });
        layout.apply().is_ok().then_some(layout)
    }

    fn apply(self) -> Result<(), Errno> {
        // SAFETY: sbrk of nothing only tells where the break is.
        let brk = unsafe { libc::sbrk(0) };
        let map = Map { brk: brk.addr() as u64, ..self.0 };
        // SAFETY: the kernel reads one map of the size given, checks every address in it, and
        // changes only what /proc shows; the break is the one there is.
        let result = unsafe {
            libc::prctl(
                libc::PR_SET_MM,
                libc::c_long::from(libc::PR_SET_MM_MAP),
                &raw const map,
                mem::size_of::<Map>(),
                0,
            )
        };
        if result == 0 { Ok(()) } else { Err(Errno::last()) }
    }
}

/// Gives this process arguments and an environment, as `execve` would have. They live as long as
/// the process. The process must have one thread only.
pub(super) fn replace(layout: Layout, args: &[CString], env: &[CString]) -> Result<(), Errno> {
    let block: Vec<u8> =
        args.iter().chain(env).flat_map(CString::as_bytes_with_nul).copied().collect();
    let length =
        |strings: &[CString]| strings.iter().map(|s| s.as_bytes_with_nul().len()).sum::<usize>();
    let (args_length, env_length) = (length(args), length(env));
    let block = Vec::leak(block);
    let start = block.as_ptr().addr() as u64;
    let args_end = start + args_length as u64;
    publish(block.get_mut(args_length..).unwrap_or_default(), env);
    let map = Map {
        arg_start: start,
        arg_end: args_end,
        env_start: args_end,
        env_end: args_end + env_length as u64,
        ..layout.0
    };
    Layout(map).apply()
}

/// Makes `block`, which holds the strings of `env` one behind the other, the environment that the
/// C library and the standard library read.
fn publish(block: &'static mut [u8], env: &[CString]) {
    let mut rest = block;
    let mut pointers = Vec::with_capacity(env.len() + 1);
    for string in env {
        let (variable, behind) = rest.split_at_mut(string.as_bytes_with_nul().len());
        pointers.push(variable.as_mut_ptr().cast::<c_char>());
        rest = behind;
    }
    pointers.push(ptr::null_mut());
    let list = Vec::leak(pointers).as_mut_ptr();
    // SAFETY: one thread, as the caller vouches; the list ends with a null pointer, and it and
    // its strings are never freed.
    unsafe { environ = list };
}

/// Calls this process by another name, in `/proc` and so in `ps` and `top`: as its command line, and
/// cut to 15 bytes as its command.
///
/// Where the kernel lets nobody change the command line, only the command changes.
pub(crate) fn set_title(title: CString) {
    // SAFETY: the kernel reads at most 16 bytes of a C string.
    unsafe { libc::prctl(libc::PR_SET_NAME, title.as_ptr()) };
    let Some(layout) = Layout::of_this_process() else { return };
    let start = title.as_ptr().addr() as u64;
    let length = title.as_bytes_with_nul().len() as u64;
    let map = Map { arg_start: start, arg_end: start + length, ..layout.0 };
    // Nothing panics while it holds this lock.
    let mut shown = TITLE.lock().unwrap_or_else(PoisonError::into_inner);
    if Layout(map).apply().is_ok() {
        // The title before is no longer read from its place.
        *shown = Some(title);
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{super::alone::alone, *};

    fn command_line() -> String {
        fs::read_to_string("/proc/self/cmdline").unwrap()
    }

    #[test]
    fn a_title_is_seen_by_everybody() {
        alone(|| {
            let environment = fs::read("/proc/self/environ").unwrap();
            for title in ["short", "one that is longer than the command may be", ""] {
                set_title(CString::new(title).unwrap());
                assert_eq!(command_line(), format!("{title}\0"));
                let command = fs::read_to_string("/proc/thread-self/comm").unwrap();
                assert_eq!(command.trim_end(), &title[..title.len().min(15)]);
            }
            assert_eq!(fs::read("/proc/self/environ").unwrap(), environment);
        });
    }
}
