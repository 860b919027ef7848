//! System calls. The only floor with `unsafe`.

pub(crate) mod address;
pub(crate) mod alarm;
pub(crate) mod allocation;
#[cfg(test)]
pub(crate) mod alone;
pub(crate) mod channel;
pub(crate) mod code_pages;
pub(crate) mod command;
pub(crate) mod constants;
pub(crate) mod content;
pub(crate) mod copying;
pub(crate) mod errno;
pub(crate) mod error;
#[cfg(not(test))]
mod faults;
#[cfg(test)]
pub(crate) mod faults;
pub(crate) mod fd;
pub(crate) mod files;
pub(crate) mod folders;
pub(crate) mod heap;
pub(crate) mod identity;
pub(crate) mod image;
pub(crate) mod inotify;
pub(crate) mod io;
pub(crate) mod limits;
pub(crate) mod lock;
pub(crate) mod machine;
mod mapping;
pub(crate) mod multicast;
pub(crate) mod names;
pub(crate) mod overwrite;
pub(crate) mod pin;
pub(crate) mod poll;
pub(crate) mod priority;
pub(crate) mod private_link;
pub(crate) mod random;
mod removal;
pub(crate) mod run;
pub(crate) mod shared_array;
pub(crate) mod signals;
pub(crate) mod socket;
pub(crate) mod spawn;
pub(crate) mod stack;
pub(crate) mod startup;
pub(crate) mod stdio;
pub(crate) mod strangers;
pub(crate) mod tree;
pub(crate) mod tty;
pub(crate) mod udp;
pub(crate) mod usage;
pub(crate) mod wait;
pub(crate) mod waker;
pub(crate) mod warm;
