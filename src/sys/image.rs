//! What a process is called, and with which arguments and environment, where that is not what
//! `execve` made it: for the C library, and for everybody who looks into `/proc`.
//!
//! Source: `prctl(2)`, `PR_SET_MM_MAP`; `proc_pid_stat(5)`.

use std::{
    ffi::{CString, c_char},
    fs, mem, ptr,
    sync::Mutex,
};

use super::errno::Errno;
use super::lock::lock;

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
        layout.show().is_ok().then_some(layout)
    }

    /// Shows in `/proc` what this says.
    pub(super) fn show(self) -> Result<(), Errno> {
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

/// The arguments and the environment of a process, as they lie in its memory.
#[derive(Debug)]
pub(super) struct Image {
    /// The strings, one behind the other, each with its NUL.
    block: Vec<u8>,
    /// How much of the block are arguments, bytes.
    args_length: usize,
}

impl Image {
    pub(super) fn new(args: &[CString], env: &[CString]) -> Self {
        let mut block =
            args.iter().flat_map(CString::as_bytes_with_nul).copied().collect::<Vec<_>>();
        let args_length = block.len();
        block.extend(env.iter().flat_map(CString::as_bytes_with_nul));
        Self { block, args_length }
    }

    /// Shows them in `/proc` as this process's, as `execve` would have. They have to stay where they are until something
    /// else is shown.
    pub(super) fn show(&self, layout: Layout) -> Result<(), Errno> {
        let start = self.block.as_ptr().addr() as u64;
        let args_end = start + self.args_length as u64;
        let end = start + self.block.len() as u64;
        let map = Map {
            arg_start: start,
            arg_end: args_end,
            env_start: args_end,
            env_end: end,
            ..layout.0
        };
        Layout(map).show()
    }

    /// Keeps them for as long as the process lives, and makes the environment the one that the C library and the
    /// standard library read. The process must have one thread only.
    pub(super) fn keep(self) {
        let variables = Vec::leak(self.block).get_mut(self.args_length..).unwrap_or_default();
        let mut pointers: Vec<*mut c_char> = variables
            .split_inclusive_mut(|byte| *byte == 0)
            .map(|variable| variable.as_mut_ptr().cast())
            .collect();
        pointers.push(ptr::null_mut());
        let list = Vec::leak(pointers).as_mut_ptr();
        // SAFETY: one thread, as the caller vouches; the list ends with a null pointer, and it and
        // its strings are never freed.
        unsafe { environ = list };
    }
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
    let mut shown = lock(&TITLE);
    if Layout(map).show().is_ok() {
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
    fn an_image_is_shown_and_taken_back() {
        alone(|| {
            let layout = Layout::of_this_process().unwrap();
            let before = (command_line(), fs::read("/proc/self/environ").unwrap());
            let strings = |texts: [&str; 3]| texts.map(|text| CString::new(text).unwrap());
            let (args, env) = (strings(["one", "", "two words"]), strings(["A=1", "B=", "C=ü"]));
            let image = Image::new(&args, &env);
            image.show(layout).unwrap();
            assert_eq!(command_line(), "one\0\0two words\0");
            assert_eq!(fs::read_to_string("/proc/self/environ").unwrap(), "A=1\0B=\0C=ü\0");
            assert!(std::env::var_os("A").is_none(), "it is shown only");
            layout.show().unwrap();
            assert_eq!((command_line(), fs::read("/proc/self/environ").unwrap()), before);
            image.keep();
            let variables: Vec<_> = std::env::vars().collect();
            let expected = [("A", "1"), ("B", ""), ("C", "ü")].map(|(k, v)| (k.into(), v.into()));
            assert_eq!(variables, expected);
        });
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
