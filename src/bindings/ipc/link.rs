//! What JavaScript of ours holds of an end: questions about sockets that were sent, news of those
//! that came.

use std::rc::Rc;

use boa_engine::{Context, JsObject, JsResult, JsString, JsValue, js_string};
use boa_gc::{Finalize, Trace};

use super::{Endpoint, EndpointRef, Phase, Token};
use crate::{
    bindings::events::{self, Position},
    engine::{
        errors::{Code, coded_object},
        natives::{arg, closure, define_value},
        state,
    },
    ipc::{codec::Command, sockets::Question},
};

/// A socket that is counted, by the key of its server.
#[derive(Trace, Finalize)]
#[boa_gc(unsafe_empty_trace)]
struct Counted {
    end: EndpointRef,
    key: JsString,
}

type Call = fn(&JsValue, &[JsValue], &EndpointRef, &mut Context) -> JsResult<JsValue>;

impl Endpoint {
    /// The object, made on first use.
    pub(super) fn link(self: &Rc<Self>, context: &mut Context) -> JsObject {
        if let Some(link) = self.link.borrow().clone() {
            return link;
        }
        let link = JsObject::with_object_proto(context.intrinsics());
        let calls: [(&str, Call); 2] = [
            ("askCount", |_, args, end, context| end.0.ask(args, Question::Count, context)),
            ("askClose", |_, args, end, context| end.0.ask(args, Question::Close, context)),
        ];
        for (name, call) in calls {
            let function = closure(name, 2, EndpointRef(self.clone()), call, context);
            define_value(&link, JsString::from(name), function, false);
        }
        if let Some(target) = self.target.borrow().clone() {
            define_value(&link, js_string!("target"), target, false);
        }
        *self.link.borrow_mut() = Some(link.clone());
        link
    }

    /// `link.askCount(key, callback)` and `link.askClose(key, callback)`.
    fn ask(
        self: &Rc<Self>,
        args: &[JsValue],
        question: Question,
        context: &mut Context,
    ) -> JsResult<JsValue> {
        let key = arg(args, 0).to_string(context)?;
        let Some(callback) = arg(args, 1).as_callable() else { return Ok(JsValue::undefined()) };
        if self.phase.get() != Phase::Open || self.is_disconnect_due.get() {
            tell_closed(&callback, context)?;
            return Ok(JsValue::undefined());
        }
        self.sockets.borrow_mut().ask(&key.to_std_string_lossy(), question, callback);
        match question {
            Question::Count => {
                self.send_command(Command::SocketGetCount, &key, None, false, context)
            }
            Question::Close => {
                self.send_command(Command::SocketNotifyClose, &key, None, true, context)
            }
        }?;
        Ok(JsValue::undefined())
    }

    /// Counts a socket of the peer's server until it is closed.
    pub(super) fn count_socket(
        self: &Rc<Self>,
        key: JsString,
        socket: &JsObject,
        context: &mut Context,
    ) -> JsResult<()> {
        self.sockets.borrow_mut().opened(&key.to_std_string_lossy());
        let counted = Counted { end: EndpointRef(self.clone()), key };
        let told = |_: &JsValue, _: &[JsValue], counted: &Counted, context: &mut Context| {
            counted.end.0.socket_closed(&counted.key, context)
        };
        let listener = closure("", 0, counted, told, context);
        events::add_once_listener(socket, js_string!("close"), listener, Position::Last, context)
    }

    fn socket_closed(self: &Rc<Self>, key: &JsString, context: &mut Context) -> JsResult<JsValue> {
        let tellings = self.sockets.borrow_mut().closed(&key.to_std_string_lossy());
        for _ in 0..tellings {
            self.send_command(Command::SocketAllClosed, key, None, true, context)?;
        }
        Ok(JsValue::undefined())
    }

    /// A message about sockets came.
    pub(super) fn about_sockets(
        self: &Rc<Self>,
        command: Command,
        message: &JsObject,
        context: &mut Context,
    ) -> JsResult<()> {
        let Some(key) = message.get(js_string!("key"), context)?.as_string() else {
            return Ok(());
        };
        let name = key.to_std_string_lossy();
        match command {
            Command::SocketGetCount => {
                let count = self.sockets.borrow().count(&name);
                let Some(count) = count else { return Ok(()) };
                self.send_command(Command::SocketCount, &key, Some(count), true, context)
            }
            Command::SocketNotifyClose => {
                let is_empty = self.sockets.borrow_mut().tell_when_empty(&name);
                if !is_empty {
                    return Ok(());
                }
                self.send_command(Command::SocketAllClosed, &key, None, true, context)
            }
            Command::SocketCount => {
                let count = message.get(js_string!("count"), context)?;
                self.tell(&name, Question::Count, &[JsValue::null(), count], context)
            }
            Command::SocketAllClosed => {
                self.tell(&name, Question::Close, &[JsValue::null()], context)
            }
            _ => Ok(()),
        }
    }

    fn tell(
        &self,
        key: &str,
        question: Question,
        answer: &[JsValue],
        context: &mut Context,
    ) -> JsResult<()> {
        let callbacks = self.sockets.borrow_mut().answered(key, question);
        for callback in callbacks {
            callback.call(&JsValue::undefined(), answer, context)?;
        }
        Ok(())
    }

    /// Nobody answers questions any more.
    pub(super) fn abandon_questions(&self, context: &mut Context) -> JsResult<()> {
        let callbacks = self.sockets.borrow_mut().abandon();
        for callback in callbacks {
            tell_closed(&callback, context)?;
        }
        Ok(())
    }

    /// Sends a message between runtimes; one whose loss is nobody's business is `silent`.
    fn send_command(
        self: &Rc<Self>,
        command: Command,
        key: &JsString,
        count: Option<u32>,
        silent: bool,
        context: &mut Context,
    ) -> JsResult<()> {
        if self.phase.get() != Phase::Open {
            return Ok(());
        }
        let name = command.name().unwrap_or_default();
        let message = JsObject::with_object_proto(context.intrinsics());
        define_value(&message, js_string!("cmd"), JsString::from(name), true);
        define_value(&message, js_string!("key"), key.clone(), true);
        if let Some(count) = count {
            define_value(&message, js_string!("count"), count, true);
        }
        let token = Token { callback: None, is_silent: silent, is_detached: false };
        let frame = self.opened_frame(&message.into(), context)?;
        self.push(frame, token, context);
        Ok(())
    }
}

fn tell_closed(callback: &JsObject, context: &mut Context) -> JsResult<()> {
    let message = "Child closed before reply received";
    let error = coded_object(context, Code::ERR_CHILD_CLOSED_BEFORE_REPLY, message);
    callback.call(&JsValue::undefined(), &[error.into()], context).map(drop)
}

impl Endpoint {
    /// Calls what waits for the end of the questions, in a tick of its own.
    pub(super) fn schedule_abandoning(self: &Rc<Self>, context: &mut Context) {
        let endpoint = self.clone();
        state::of(context).ticks.push_native(move |context| endpoint.abandon_questions(context));
    }
}
