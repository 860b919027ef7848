//! The event loop. It has never heard of JavaScript.

use std::{io, marker::PhantomData};

/// Whom the loop runs callbacks for.
pub(crate) trait Host: Sized + 'static {
    /// Called after every callback.
    fn after_callback(&mut self);
    /// True once the program was told to end.
    fn is_stopping(&self) -> bool {
        false
    }
}

/// An event loop for a host.
pub(crate) struct EventLoop<H: Host>(PhantomData<H>);

impl<H: Host> EventLoop<H> {
    pub(crate) fn new() -> io::Result<Self> {
        Ok(Self(PhantomData))
    }

    /// Turns until nothing is left to wait for.
    pub(crate) fn run(&self, host: &mut H) {
        let _ = self.0;
        host.after_callback();
    }
}
