//! The table of `fs`'s functions: one row makes all forms.

use super::{
    calls::{content, descriptors, folders, paths},
    forms::{ByScript, Decode, Function, Kind},
};

/// A function of `required` to `arguments` arguments, besides the callback.
const fn row(name: &'static str, [required, arguments]: [usize; 2], decode: Decode) -> Function {
    Function {
        name,
        decode,
        decode_sync: decode,
        arguments,
        required,
        lengths: [arguments, arguments + 1, arguments],
        kind: Kind::Plain,
        by_script: [None, None],
    }
}

/// A function of descriptors.
const fn of_fd(name: &'static str, arguments: [usize; 2], decode: Decode) -> Function {
    row(name, arguments, decode).of(Kind::Descriptor)
}

impl Function {
    const fn lengths(mut self, synchronous: usize, callback: usize, promise: usize) -> Self {
        self.lengths = [synchronous, callback, promise];
        self
    }

    const fn of(mut self, kind: Kind) -> Self {
        self.kind = kind;
        self
    }

    const fn sync_as(mut self, decode: Decode) -> Self {
        self.decode_sync = decode;
        self
    }

    const fn by_script(mut self, promised: ByScript, otherwise: Option<ByScript>) -> Self {
        self.by_script = [Some(promised), otherwise];
        self
    }
}

const READ: Kind = Kind::Buffer(["bytesRead", "buffer"]);
const READ_ALL: Kind = Kind::Buffer(["bytesRead", "buffers"]);
const WRITTEN: Kind = Kind::Buffer(["bytesWritten", "buffer"]);
const WRITTEN_ALL: Kind = Kind::Buffer(["bytesWritten", "buffers"]);

/// Every function.
pub(super) static FUNCTIONS: &[Function] = &[
    row("appendFile", [2, 3], content::append_file)
        .by_script(content::is_written_by_script, Some(content::flushes)),
    row("access", [1, 2], paths::access).lengths(2, 3, 1),
    row("chown", [3, 3], paths::chown),
    row("chmod", [2, 2], paths::chmod),
    row("close", [1, 1], descriptors::close).lengths(1, 1, 1).of(Kind::Close),
    row("copyFile", [2, 3], paths::copy_file),
    row("exists", [1, 1], paths::exists).of(Kind::Exists).sync_as(paths::exists_sync),
    of_fd("fchown", [3, 3], descriptors::fchown),
    of_fd("fchmod", [2, 2], descriptors::fchmod),
    of_fd("fdatasync", [1, 1], descriptors::fdatasync),
    of_fd("fstat", [1, 2], descriptors::fstat).lengths(1, 1, 1),
    of_fd("fsync", [1, 1], descriptors::fsync),
    of_fd("ftruncate", [1, 2], descriptors::ftruncate).lengths(1, 1, 1),
    of_fd("futimes", [3, 3], descriptors::futimes),
    row("lchown", [3, 3], paths::lchown),
    row("link", [2, 2], paths::link),
    row("lstat", [1, 2], paths::lstat).lengths(1, 1, 1),
    row("lutimes", [3, 3], paths::lutimes),
    row("mkdir", [1, 2], folders::mkdir),
    row("mkdtemp", [1, 2], folders::mkdtemp),
    of_fd("open", [1, 3], descriptors::open),
    row("readdir", [1, 2], folders::readdir),
    row("read", [1, 5], descriptors::read).of(READ).sync_as(descriptors::read_sync),
    row("readv", [2, 3], descriptors::readv).of(READ_ALL),
    row("readFile", [1, 2], content::read_file).by_script(content::may_be_handle, None),
    row("readlink", [1, 2], paths::readlink),
    row("realpath", [1, 2], paths::realpath),
    row("rename", [2, 2], paths::rename),
    row("rm", [1, 2], folders::rm),
    row("rmdir", [1, 2], folders::rmdir),
    row("stat", [1, 2], paths::stat).lengths(1, 1, 1),
    row("statfs", [1, 2], paths::statfs).lengths(1, 1, 1),
    row("symlink", [2, 3], paths::symlink),
    row("truncate", [1, 2], paths::truncate).lengths(2, 3, 1),
    row("unlink", [1, 1], paths::unlink),
    row("utimes", [3, 3], paths::utimes),
    row("writeFile", [2, 3], content::write_file)
        .by_script(content::is_written_by_script, Some(content::flushes)),
    row("write", [2, 5], descriptors::write).of(WRITTEN),
    row("writev", [2, 3], descriptors::writev).of(WRITTEN_ALL),
];

/// `fs.realpath.native`, and `fs.promises.realpath`: they ask the system.
pub(super) static NATIVE_REALPATH: Function = row("native", [1, 2], paths::realpath_native);

/// What only our own JavaScript calls.
pub(super) static INTERNAL: &[Function] = &[
    row("openFolder", [1, 1], folders::open_folder),
    row("readFolder", [4, 4], folders::read_folder),
    row("readOfHandle", [1, 5], descriptors::read_of_handle).of(READ),
];
