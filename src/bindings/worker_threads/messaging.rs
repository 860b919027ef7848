//! `postMessageToThread`: from any thread of a program to any other.

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    rc::Rc,
};

use boa_engine::{Context, JsObject, JsResult, JsValue, js_string};

use super::{
    inside::inside,
    message::{decode, encode},
    queue::Message,
    relations,
    transfer::{self, Transfers},
};
use crate::{
    bindings::{events, process},
    engine::{
        callbacks,
        natives::{Method, arg, exports_of},
        state,
    },
    event_loop::Remote,
};

/// What the JavaScript half makes an outcome of.
#[derive(Clone, Copy)]
enum Answer {
    Taken = 0,
    Failed = 1,
    Errored = 2,
    SameThread = 4,
}

/// Who waits for an answer.
#[derive(Default)]
struct Sent {
    last: Cell<u64>,
    waiting: RefCell<HashMap<u64, JsObject>>,
}

/// The native half of `internal/worker/messaging`.
pub(crate) fn messaging_exports(context: &mut Context) -> JsResult<JsValue> {
    const METHODS: &[Method] = &[("send", 4, send)];
    Ok(exports_of(METHODS, context).into())
}

fn sent(context: &mut Context) -> Rc<Sent> {
    if let Some(sent) = context.get_data::<Rc<Sent>>() {
        return sent.clone();
    }
    let sent = Rc::<Sent>::default();
    context.insert_data(sent.clone());
    sent
}

/// `send(threadId, value, transferList, callback)`: the callback gets the answer.
fn send(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let callback = arg(args, 3).to_object(context)?;
    let own = inside(context).map_or(0, |inside| inside.id);
    let target = arg(args, 0).as_number().map(|id| id as u32);
    let list = transfer::decode(&arg(args, 2), context)?;
    let transfers = Transfers::of(&list, None, context)?;
    let answer = match target {
        Some(id) if id == own => Answer::SameThread,
        Some(id) => {
            let message = encode(&arg(args, 1), &transfers, context)?;
            match relations::of(context).remote(id) {
                Some(remote) => {
                    return Ok(dispatch(&remote, own, message, callback, context).into());
                }
                None => Answer::Failed,
            }
        }
        None => Answer::Failed,
    };
    callback.call(&JsValue::undefined(), &[(answer as i32).into()], context)
}

/// Has another thread take a message; its answer goes to the callback.
fn dispatch(
    target: &Remote<Context>,
    own: u32,
    message: Message,
    callback: JsObject,
    context: &mut Context,
) -> bool {
    let sent = sent(context);
    let number = sent.last.get() + 1;
    sent.last.set(number);
    sent.waiting.borrow_mut().insert(number, callback);
    let back = state::of(context).event_loop.remote();
    // The answer, or that there will be none, keeps this loop alive.
    let hold = back.hold();
    let ticket = Ticket { back, number, answer: Answer::Failed };
    target.post(Box::new(move |context| {
        let mut ticket = ticket;
        ticket.answer = receive(message, own, context);
        drop(ticket);
        drop(hold);
    }))
}

/// Answers when it is dropped, whatever becomes of the thread that has it.
struct Ticket {
    back: Remote<Context>,
    number: u64,
    answer: Answer,
}

impl Drop for Ticket {
    fn drop(&mut self) {
        let (number, answer) = (self.number, self.answer);
        self.back.post(Box::new(move |context| answered(number, answer, context)));
    }
}

fn answered(number: u64, answer: Answer, context: &mut Context) {
    let Some(callback) = sent(context).waiting.borrow_mut().remove(&number) else { return };
    callbacks::enter(context, |context| {
        callback.call(&JsValue::undefined(), &[(answer as i32).into()], context)
    });
}

/// Emits `workerMessage` on `process`.
fn receive(message: Message, source: u32, context: &mut Context) -> Answer {
    let process = process::state(context).object.clone();
    let name = js_string!("workerMessage");
    let mut answer = Answer::Failed;
    callbacks::enter(context, |context| {
        if events::listener_count(&process, name.clone(), context)? == 0 {
            return Ok(());
        }
        let outcome = decode(message, context)
            .and_then(|(value, _)| events::emit(&process, name, &[value, source.into()], context));
        answer = match outcome {
            Ok(_) => Answer::Taken,
            Err(error) if state::of(context).exit_code().is_some() => return Err(error),
            Err(_) => Answer::Errored,
        };
        Ok(())
    });
    answer
}
