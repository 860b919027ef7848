//! What every handle has: its stream in the loop, `ref`, `unref`, `fd`.

use std::{
    cell::{Cell, RefCell},
    ffi::OsStr,
    os::{
        fd::{AsFd, AsRawFd, OwnedFd},
        unix::ffi::OsStrExt,
    },
    path::PathBuf,
    rc::Rc,
};

use boa_engine::{Context, JsData, JsNativeError, JsObject, JsResult, JsValue};
use boa_gc::{Finalize, Trace};

use super::{accept, closing::close, event_loop, listing, reading, status_of};
use crate::{
    bindings::buffer::View,
    engine::{
        classes::{Accessor, Class},
        descriptors,
        natives::{Method, arg},
        standard,
    },
    event_loop::stream::{Stream, StreamFd},
    sys::{errno::Errno, fd, stdio::Output},
};

/// What a handle is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    TcpSocket,
    TcpServer,
    PipeSocket,
    PipeServer,
    Tty,
}

impl Kind {
    /// The name that `process.getActiveResourcesInfo()` gives it.
    pub(super) const fn resource(self) -> &'static str {
        match self {
            Self::TcpSocket => "TCPSocketWrap",
            Self::TcpServer => "TCPServerWrap",
            Self::PipeSocket | Self::PipeServer => "PipeWrap",
            Self::Tty => "TTYWrap",
        }
    }
}

/// The native data of a handle object.
#[derive(Trace, Finalize, JsData)]
#[boa_gc(unsafe_empty_trace)]
struct Data(Rc<Handle>);

/// A handle. Until it is closed it keeps its JavaScript object, as Node does: somebody will call it.
pub(crate) struct Handle {
    pub(super) kind: Kind,
    pub(super) stream: Rc<Stream<Context>>,
    pub(super) object: RefCell<Option<JsObject>>,
    pub(super) bytes_read: Cell<u64>,
    pub(super) bytes_written: Cell<u64>,
    /// It is standard output or standard error: writes are not queued.
    pub(super) output: Cell<Option<Output>>,
    /// Such a one was told to end its writing, which a pipe does only when it is closed.
    pub(super) output_ended: Cell<bool>,
    /// `bind` found the address in use; `listen` and `connect` say so, as in libuv.
    pub(super) delayed_error: Cell<Option<Errno>>,
    /// `onread: { buffer }`: reads go there.
    pub(super) user_buffer: RefCell<Option<View>>,
    /// The file that `bind` made; closing the handle removes it.
    pub(super) path: RefCell<Option<PathBuf>>,
    pub(super) closed: Cell<bool>,
    id: u64,
    /// Whom it belongs to: a `Socket`, a `Server`.
    pub(super) owner: RefCell<JsValue>,
    /// What is told of reads and of connections.
    pub(super) on_read: RefCell<JsValue>,
    pub(super) on_connection: RefCell<JsValue>,
    /// What its owner has noted: whether it reads.
    pub(crate) is_reading: Cell<bool>,
    /// How many connections the next readiness is to bring.
    pub(super) accept_batch: Cell<usize>,
}

pub(super) const METHODS: &[Method] = &[
    ("close", 1, close),
    ("hasRef", 0, |this, _, _| {
        let handle = receiver(this)?;
        Ok((!handle.closed.get() && handle.stream.has_ref()).into())
    }),
    ("ref", 0, |this, _, _| set_ref(this, true)),
    ("unref", 0, |this, _, _| set_ref(this, false)),
];

pub(super) const ACCESSORS: &[Accessor] = &[
    (
        "reading",
        |this, _, _| with(this, |handle| handle.is_reading.get()),
        Some(|this, args, _| {
            receiver(this)?.is_reading.set(arg(args, 0).to_boolean());
            Ok(JsValue::undefined())
        }),
    ),
    (
        "onread",
        |this, _, _| with(this, |handle| handle.on_read.borrow().clone()),
        Some(|this, args, _| {
            receiver(this)?.on_read.replace(arg(args, 0));
            Ok(JsValue::undefined())
        }),
    ),
    (
        "onconnection",
        |this, _, _| with(this, |handle| handle.on_connection.borrow().clone()),
        Some(|this, args, _| {
            receiver(this)?.on_connection.replace(arg(args, 0));
            Ok(JsValue::undefined())
        }),
    ),
    ("writeQueueSize", |this, _, _| with(this, |handle| handle.stream.queued_bytes() as f64), None),
    ("fd", |this, _, _| with(this, Handle::descriptor), None),
    ("bytesRead", |this, _, _| with(this, |handle| handle.bytes_read.get() as f64), None),
    ("bytesWritten", |this, _, _| with(this, |handle| handle.bytes_written.get() as f64), None),
];

/// Makes a handle object of this kind, not open. It lives until it is closed.
pub(super) fn create(kind: Kind, context: &mut Context) -> JsObject {
    let handles = super::of(context);
    let class = match kind {
        Kind::TcpSocket | Kind::TcpServer => &handles.tcp,
        Kind::PipeSocket | Kind::PipeServer => &handles.pipe,
        Kind::Tty => &handles.tty,
    };
    create_as(kind, class, context)
}

fn create_as(kind: Kind, class: &Class, context: &mut Context) -> JsObject {
    let handles = super::of(context);
    let handle = Rc::new(Handle {
        kind,
        stream: Stream::new(event_loop(context)),
        object: RefCell::default(),
        bytes_read: Cell::new(0),
        bytes_written: Cell::new(0),
        output: Cell::new(None),
        output_ended: Cell::new(false),
        delayed_error: Cell::new(None),
        user_buffer: RefCell::default(),
        path: RefCell::default(),
        closed: Cell::new(false),
        id: handles.list.next_id(),
        owner: RefCell::default(),
        on_read: RefCell::default(),
        on_connection: RefCell::new(JsValue::null()),
        is_reading: Cell::new(false),
        accept_batch: Cell::new(1),
    });
    let object = crate::engine::classes::object(class, Data(handle.clone()), context);
    *handle.object.borrow_mut() = Some(object.clone());
    listing::enlist(&handle, context);
    object
}

/// The handle behind a handle object.
pub(super) fn of_object(object: &JsObject) -> Option<Rc<Handle>> {
    object.downcast_ref::<Data>().map(|data| data.0.clone())
}

/// The handle that a method was called on.
pub(super) fn receiver(this: &JsValue) -> JsResult<Rc<Handle>> {
    let handle = this.as_object().and_then(|object| of_object(&object));
    handle.ok_or_else(|| JsNativeError::typ().with_message("Illegal invocation").into())
}

/// The handle and the object that a method was called on.
pub(super) fn receiver_object(this: &JsValue) -> JsResult<(Rc<Handle>, JsObject)> {
    let handle = receiver(this)?;
    let object = this.as_object();
    let object = object.ok_or_else(|| JsNativeError::typ().with_message("Illegal invocation"))?;
    Ok((handle, object))
}

fn with<T: Into<JsValue>>(this: &JsValue, look: impl FnOnce(&Handle) -> T) -> JsResult<JsValue> {
    // On a prototype, where `util.inspect` may look, there is nothing.
    let Ok(handle) = receiver(this) else { return Ok(JsValue::undefined()) };
    Ok(look(&handle).into())
}

impl Handle {
    pub(super) fn stream(&self) -> &Rc<Stream<Context>> {
        &self.stream
    }

    /// The object, while the handle is open.
    pub(super) fn object(&self) -> Option<JsObject> {
        self.object.borrow().clone()
    }

    pub(super) fn descriptor(&self) -> i32 {
        self.stream.fd().map_or(-1, |fd| fd.as_fd().as_raw_fd())
    }

    /// Opens the handle on a descriptor that does not block.
    pub(super) fn open(self: &Rc<Self>, fd: StreamFd) {
        self.stream.open(fd);
        self.read_for_program();
    }

    /// What comes in goes to the handle's `onread` or `onconnection`.
    pub(super) fn read_for_program(self: &Rc<Self>) {
        let weak = Rc::downgrade(self);
        self.stream.set_on_readable(match self.kind {
            Kind::TcpSocket | Kind::PipeSocket | Kind::Tty => {
                Rc::new(move |context: &mut Context| {
                    if let Some(handle) = weak.upgrade() {
                        reading::readable(&handle, context);
                    }
                })
            }
            Kind::TcpServer | Kind::PipeServer => Rc::new(move |context: &mut Context| {
                if let Some(handle) = weak.upgrade() {
                    accept::readable(&handle, context);
                }
            }),
        });
    }

    /// From now on what comes in are connections, whatever the handle was made for: that a socket
    /// will listen cannot be seen on one that came from another process.
    pub(super) fn accept_connections(self: &Rc<Self>) {
        let weak = Rc::downgrade(self);
        self.stream.set_on_readable(Rc::new(move |context: &mut Context| {
            if let Some(handle) = weak.upgrade() {
                accept::readable(&handle, context);
            }
        }));
    }

    /// Opens the handle on the descriptor of this number, which becomes the handle's own, unless
    /// it is one of the standard three.
    pub(super) fn open_number(
        self: &Rc<Self>,
        number: i32,
        context: &mut Context,
    ) -> Result<(), Errno> {
        let fd = if (0..=2).contains(&number) {
            let meant = standard::descriptor(number, context).map_err(|error| error.errno)?;
            let meant = fd::borrow(meant.unwrap_or(number));
            StreamFd::Standard(meant.map_err(|error| error.errno)?)
        } else {
            StreamFd::Owned(own(number, context)?)
        };
        if number > 2 {
            // The standard three are shared with others, for whom they must go on blocking; reads
            // wait until there is something, and writes are meant to be done when they return.
            fd::set_nonblocking(&fd, true).map_err(|error| error.errno)?;
        }
        self.open(fd);
        self.note_output(number);
        Ok(())
    }

    /// Notes whether it was opened by the number of a standard stream to write to.
    pub(super) fn note_output(&self, number: i32) {
        self.output.set(match number {
            1 => Some(Output::Stdout),
            2 => Some(Output::Stderr),
            _ => None,
        });
    }

    /// Remembers the file that a Unix socket was bound to; an abstract name is none.
    pub(super) fn remember_path(&self, path: &[u8]) {
        if path.first() != Some(&0) {
            *self.path.borrow_mut() = Some(PathBuf::from(OsStr::from_bytes(path)));
        }
    }

    /// The file that a Unix socket was bound to by this handle.
    pub(super) fn bound_path(&self) -> Option<PathBuf> {
        self.path.borrow().clone()
    }

    pub(super) fn id(&self) -> u64 {
        self.id
    }

    /// Whether it counts for `process.getActiveResourcesInfo()`.
    pub(super) fn is_active(&self) -> bool {
        !self.closed.get() && self.stream.has_ref()
    }

    /// How many bytes were read and written.
    pub(crate) fn counts(&self) -> (f64, f64) {
        (self.bytes_read.get() as f64, self.bytes_written.get() as f64)
    }
}

/// Takes ownership of the program's descriptor of this number; of one that another handle has, a copy.
///
/// # Errors
/// EBADF if the program has none of this number.
pub(crate) fn own(number: i32, context: &Context) -> Result<OwnedFd, Errno> {
    let owned = if listing::has_descriptor(number, context) {
        fd::borrow(number).and_then(fd::duplicate)
    } else if descriptors::taken(number, context) {
        fd::adopt(number)
    } else {
        Err(descriptors::unknown())
    };
    owned.map_err(|error| error.errno)
}

fn set_ref(this: &JsValue, refed: bool) -> JsResult<JsValue> {
    let handle = receiver(this)?;
    if !handle.closed.get() {
        handle.stream.set_ref(refed);
    }
    Ok(JsValue::undefined())
}

/// `open(fd)`.
pub(super) fn open(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let handle = receiver(this)?;
    let number = arg(args, 0).to_i32(context)?;
    Ok(status_of(handle.open_number(number, context)).into())
}

/// What `new` makes: `kinds` are those that the argument's numbers name.
pub(super) fn construct(
    this: &JsValue,
    args: &[JsValue],
    name: &'static str,
    kinds: &[Kind],
    context: &mut Context,
) -> JsResult<JsValue> {
    let new_target = crate::engine::classes::new_target(this, name)?;
    let number = arg(args, 0).to_i32(context)?;
    let kind = usize::try_from(number).ok().and_then(|number| kinds.get(number).copied());
    let kind =
        kind.ok_or_else(|| JsNativeError::typ().with_message("type is not one of the class's"))?;
    let object = create(kind, context);
    let prototype = crate::engine::classes::prototype_from(&new_target, context)?;
    if prototype.is_some() && prototype != object.prototype() {
        object.set_prototype(prototype);
    }
    Ok(object.into())
}
