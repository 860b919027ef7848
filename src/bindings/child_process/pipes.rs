//! The streams between parent and child, as long as no program has looked at them: handles that
//! are read natively. Whoever asks for `stdin`, `stdout`, `stderr` or `stdio` gets `net.Socket`s,
//! with everything in them that has come so far; a program that never asks loads none of that.

use std::{
    cell::{Cell, RefCell},
    os::fd::OwnedFd,
    rc::Rc,
};

use boa_engine::{Context, JsObject, JsResult, JsValue};
use boa_gc::{Finalize, Gc, GcRefCell, Trace};

use super::{child, ending, streams};
use crate::{
    bindings::handles::native,
    engine::{
        callbacks,
        errors::{Wording, throw_sys},
        state,
    },
    sys::{errno::Errno, error::SysError},
};

/// So much of what nobody reads is read ahead (bytes), as a `net.Socket` would.
const HIGH_WATER_MARK: usize = 64 * 1024;

/// What a child's pipes are, by slot.
#[derive(Trace, Finalize, Default)]
pub(super) struct Pipes(GcRefCell<Vec<Option<Gc<Pipe>>>>);

/// One of them.
#[derive(Trace, Finalize)]
pub(super) struct Pipe {
    handle: JsObject,
    #[unsafe_ignore_trace]
    slot: usize,
    /// The stream, once a program has asked for it: then nothing below counts any more.
    socket: GcRefCell<Option<JsObject>>,
    #[unsafe_ignore_trace]
    sink: RefCell<Sink>,
    /// The child has ended its side.
    #[unsafe_ignore_trace]
    has_ended: Cell<bool>,
    #[unsafe_ignore_trace]
    is_closed: Cell<bool>,
}

/// Where natively read bytes go.
enum Sink {
    /// They wait for somebody who asks for the stream.
    Kept(Vec<u8>),
    /// Nobody will.
    Dropped,
    Gathered(Rc<dyn Gatherer>),
}

/// Who takes all that comes through a pipe.
pub(super) trait Gatherer {
    /// Takes bytes; false if it can only take them from the stream.
    fn take(&self, bytes: &[u8]) -> bool;

    /// From now on they come from this stream.
    fn adopt(&self, stream: &JsObject, context: &mut Context) -> JsResult<()>;
}

impl Pipes {
    /// Makes room for so many slots.
    pub(super) fn reserve(&self, slots: usize) {
        *self.0.borrow_mut() = vec![None; slots];
    }

    pub(super) fn of_slot(&self, slot: usize) -> Option<Gc<Pipe>> {
        self.0.borrow().get(slot).cloned().flatten()
    }

    /// Lets go of whoever takes what comes: the program is gone.
    pub(super) fn abandon(&self) {
        for pipe in self.all() {
            drop((pipe.sink.replace(Sink::Dropped), pipe.socket.borrow_mut().take()));
        }
    }

    fn all(&self) -> Vec<Gc<Pipe>> {
        self.0.borrow().iter().flatten().cloned().collect()
    }

    /// What `stdio` is: a stream or null for each slot.
    pub(super) fn sockets(
        &self,
        child: &JsObject,
        context: &mut Context,
    ) -> JsResult<Vec<JsValue>> {
        let slots = self.0.borrow().len();
        (0..slots).map(|slot| self.socket(slot, child, context)).collect()
    }

    /// The stream of a slot, null if there is none.
    pub(super) fn socket(
        &self,
        slot: usize,
        child: &JsObject,
        context: &mut Context,
    ) -> JsResult<JsValue> {
        match self.of_slot(slot) {
            Some(pipe) => pipe.socket(child, context).map(JsValue::from),
            None => Ok(JsValue::null()),
        }
    }

    /// Opens the pipe of a slot over our end. All but standard input are read from now on.
    pub(super) fn open(
        &self,
        slot: usize,
        end: OwnedFd,
        child: &JsObject,
        context: &mut Context,
    ) -> JsResult<()> {
        let told = |errno, context: &mut Context| {
            throw_sys(context, &SysError::new(errno, "spawn"), Wording::Short)
        };
        let handle = native::adopt_pair_end(end, context).map_err(|errno| told(errno, context))?;
        if slot > 0 {
            let child = child.clone();
            let on_read = move |context: &mut Context, read: Result<&[u8], Errno>| {
                if let Some(pipe) = child::pipes(&child).and_then(|pipes| pipes.of_slot(slot)) {
                    pipe.on_read(read, &child, context);
                }
            };
            if let Err(errno) = native::read(&handle, Rc::new(on_read)) {
                native::close(&handle, |_| {}, context);
                return Err(told(errno, context));
            }
        }
        let pipe = Pipe {
            handle,
            slot,
            socket: GcRefCell::default(),
            sink: RefCell::new(Sink::Kept(Vec::new())),
            has_ended: Cell::new(false),
            is_closed: Cell::new(false),
        };
        if let Some(place) = self.0.borrow_mut().get_mut(slot) {
            *place = Some(Gc::new(pipe));
        }
        Ok(())
    }

    /// In the next tick, lets what nobody reads flow away, or a child that has ended would never
    /// close.
    pub(super) fn flush_later(&self, child: &JsObject, context: &mut Context) {
        let (pipes, child) = (self.all(), child.clone());
        state::of(context).ticks.push_native(move |context| {
            pipes.iter().try_for_each(|pipe| pipe.flush(&child, context))
        });
    }

    /// Destroys every stream.
    pub(super) fn destroy(&self, child: &JsObject, context: &mut Context) -> JsResult<()> {
        self.all().iter().try_for_each(|pipe| pipe.destroy(child, context))
    }
}

impl Pipe {
    /// Gives all that comes to `gatherer`.
    pub(super) fn gather(&self, gatherer: Rc<dyn Gatherer>) {
        *self.sink.borrow_mut() = Sink::Gathered(gatherer);
    }

    /// The stream, made if it was not.
    pub(super) fn socket(&self, child: &JsObject, context: &mut Context) -> JsResult<JsObject> {
        if let Some(socket) = self.socket.borrow().clone() {
            return Ok(socket);
        }
        if self.is_closed.get() {
            let socket = streams::closed_socket(self.slot, context)?;
            *self.socket.borrow_mut() = Some(socket.clone());
            return Ok(socket);
        }
        native::read_for_program(&self.handle);
        let socket = streams::socket(self.handle.clone(), self.slot, context)?;
        *self.socket.borrow_mut() = Some(socket.clone());
        if self.slot > 0 {
            streams::when_closed(&socket, child.clone(), ending::got_close, context)?;
        }
        match self.sink.replace(Sink::Dropped) {
            Sink::Kept(bytes) if bytes.is_empty() => {}
            Sink::Kept(bytes) => native::tell(&self.handle, Ok(&bytes), context)?,
            Sink::Dropped => streams::call(&socket, "resume", context)?,
            Sink::Gathered(gatherer) => gatherer.adopt(&socket, context)?,
        }
        Ok(socket)
    }

    fn on_read(&self, read: Result<&[u8], Errno>, child: &JsObject, context: &mut Context) {
        let is_taken = match (read, &mut *self.sink.borrow_mut()) {
            (Ok(_), Sink::Dropped) => true,
            (Ok(bytes), Sink::Kept(kept)) => {
                kept.extend_from_slice(bytes);
                if kept.len() >= HIGH_WATER_MARK {
                    self.set_reading(false);
                }
                true
            }
            (Ok(bytes), Sink::Gathered(gatherer)) => gatherer.take(bytes),
            (Err(Errno::EOF), Sink::Kept(kept)) if !kept.is_empty() => {
                self.has_ended.set(true);
                true
            }
            (Err(Errno::EOF), _) => {
                self.has_ended.set(true);
                false
            }
            (Err(_), _) => false,
        };
        if is_taken {
            return;
        }
        if self.has_ended.get() {
            self.close(child, context);
            return;
        }
        callbacks::enter(context, |context| {
            self.socket(child, context)?;
            native::tell(&self.handle, read, context)
        });
    }

    fn set_reading(&self, reading: bool) {
        let set = native::set_reading(&self.handle, reading);
        debug_assert!(set.is_ok(), "only a new source can be refused");
    }

    /// Closes it; in the closing phase `close` of the child is one step nearer.
    fn close(&self, child: &JsObject, context: &mut Context) {
        if self.is_closed.replace(true) {
            return;
        }
        let (child, counts) = (child.clone(), self.slot > 0);
        let closed = move |context: &mut Context| {
            if counts {
                callbacks::enter(context, |context| ending::got_close(&child, context));
            }
        };
        native::close(&self.handle, closed, context);
    }

    fn flush(&self, child: &JsObject, context: &mut Context) -> JsResult<()> {
        let socket = self.socket.borrow().clone();
        if let Some(socket) = socket {
            return streams::flush(&socket, context);
        }
        if self.slot == 0 || self.is_closed.get() {
            return Ok(());
        }
        if matches!(*self.sink.borrow(), Sink::Gathered(_)) {
            return Ok(());
        }
        self.sink.replace(Sink::Dropped);
        if self.has_ended.get() {
            self.close(child, context);
        } else {
            self.set_reading(true);
        }
        Ok(())
    }

    /// Destroys the stream.
    pub(super) fn destroy(&self, child: &JsObject, context: &mut Context) -> JsResult<()> {
        let socket = self.socket.borrow().clone();
        match socket {
            Some(socket) => streams::call(&socket, "destroy", context),
            None => {
                self.close(child, context);
                Ok(())
            }
        }
    }
}
