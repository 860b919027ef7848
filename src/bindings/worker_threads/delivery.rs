//! From a queue to a program's listeners.

use boa_engine::{Context, JsResult, js_string};

use super::{
    message,
    port::{Open, ports},
    queue::{Item, Message},
};
use crate::{
    bindings::{event_target::dispatch_value, events},
    engine::{callbacks, errors::value_of, natives::arg, state},
};

/// How many messages a port takes before others of the loop have their turn.
const BATCH: usize = 1000;

/// Something came for a port.
pub(super) fn arrived(id: u64, context: &mut Context) {
    let Some(open) = ports(context).get(id) else { return };
    if !open.port.is_receiving.get() {
        if open.port.inbox.pop_close() {
            open.port.close(context);
        }
        return;
    }
    open.port.is_delivering.set(true);
    let is_closed = receive(&open, context);
    open.port.is_delivering.set(false);
    if is_closed || open.port.is_closing.get() {
        open.port.close(context);
    }
}

/// Delivers what is there, or a good part of it; true once the other end is gone.
fn receive(open: &Open, context: &mut Context) -> bool {
    let inbox = open.port.inbox.clone();
    let limit = inbox.len().max(BATCH);
    let engine = state::of(context);
    for _ in 0..limit {
        if !open.port.is_receiving.get() || engine.exit_code().is_some() {
            // Handed over, closed, or the program ends: whoever receives next looks itself.
            return false;
        }
        match inbox.pop() {
            Some(Item::Message(message)) => deliver(open, message, context),
            Some(Item::Close) => return true,
            None => return false,
        }
    }
    inbox.tell_again();
    false
}

/// Delivers all that is there, whether its loop was told of it or not.
pub(super) fn drain(open: &Open, context: &mut Context) {
    while let Some(message) = open.port.inbox.pop_message() {
        deliver(open, message, context);
        if state::of(context).exit_code().is_some() {
            return;
        }
    }
}

fn deliver(open: &Open, message: Message, context: &mut Context) {
    callbacks::enter(context, |context| {
        let (name, value) = match message::decode(message, context) {
            Ok((value, ports)) => {
                open.port.current_ports.replace(ports);
                (js_string!("message"), value)
            }
            Err(error) if state::of(context).exit_code().is_some() => return Err(error),
            Err(error) => (js_string!("messageerror"), value_of(error, context)),
        };
        if let Some(emitter) = &open.emitter {
            return events::emit(emitter, name, &[value], context).map(drop);
        }
        let outcome = dispatch_value(&open.object, &name, &value, context);
        open.port.current_ports.replace(Vec::new());
        outcome
    });
}

/// Emits `close`.
pub(super) fn emit_close(open: &Open, context: &mut Context) {
    callbacks::enter(context, |context| -> JsResult<()> {
        let value = arg(&[], 0);
        dispatch_value(&open.object, &js_string!("close"), &value, context)
    });
}
