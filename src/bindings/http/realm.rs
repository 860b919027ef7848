//! What the natives of `http` share in a realm: the hidden keys of messages, the classes and the methods that are ours.

use std::{cell::RefCell, rc::Rc};

use boa_engine::{
    Context, JsObject, JsResult, JsString, JsSymbol, JsValue, js_string, property::PropertyKey,
};

use crate::{
    bindings::events,
    engine::{
        builtins,
        natives::{arg, define_value},
    },
};

/// The keys under which messages, servers and sockets have what programs are not to see.
pub(super) struct Keys {
    /// A message's socket, while it has one.
    pub(super) socket: PropertyKey,
    /// The list of fields of a message.
    pub(super) fields: PropertyKey,
    pub(super) trailers: PropertyKey,
    /// The connection of a response.
    pub(super) served: PropertyKey,
    /// What a message does, of its own, when all of it was handed to the system.
    pub(super) on_finish: PropertyKey,
    pub(super) corked: PropertyKey,
    /// The queue of a message that says something before its turn.
    pub(super) waiting: PropertyKey,
    /// The connection of a socket.
    pub(super) connection: PropertyKey,
    pub(super) unique: PropertyKey,
    /// Who reads a request's body.
    pub(super) reader: PropertyKey,
    /// What a server makes requests and responses with, and whether it does without bodies that nobody announced.
    pub(super) incoming_class: PropertyKey,
    pub(super) response_class: PropertyKey,
    pub(super) skips_empty: PropertyKey,
}

impl Keys {
    fn new() -> Self {
        // The engine has run out of symbols: the name stands in.
        let key = |name: &'static str| {
            JsSymbol::new(Some(JsString::from(name)))
                .map_or_else(|| PropertyKey::from(JsString::from(name)), PropertyKey::from)
        };
        Self {
            socket: key("http.socket"),
            fields: key("http.fields"),
            trailers: key("http.trailerFields"),
            served: key("kServed"),
            on_finish: key("http.onFinish"),
            corked: key("http.corked"),
            waiting: key("http.waiting"),
            connection: key("kConnection"),
            unique: key("http.uniqueHeaders"),
            reader: key("http.reader"),
            incoming_class: key("IncomingMessage"),
            response_class: key("ServerResponse"),
            skips_empty: key("OptimizeEmptyRequestsOption"),
        }
    }

    /// The keys, with the names that JavaScript of ours knows them by.
    fn named(&self) -> [(&'static str, &PropertyKey); 13] {
        [
            ("kSocket", &self.socket),
            ("kFields", &self.fields),
            ("kTrailerFields", &self.trailers),
            ("kServed", &self.served),
            ("kOnFinish", &self.on_finish),
            ("kCorked", &self.corked),
            ("kWaiting", &self.waiting),
            ("kConnection", &self.connection),
            ("kUniqueHeaders", &self.unique),
            ("kReader", &self.reader),
            ("kIncomingMessage", &self.incoming_class),
            ("kServerResponse", &self.response_class),
            ("kOptimizesEmpty", &self.skips_empty),
        ]
    }
}

/// A class of messages, and its prototype.
#[derive(Clone)]
pub(super) struct Messages {
    pub(super) class: JsObject,
    pub(super) prototype: JsObject,
}

/// Methods as they were made: one that a program has put in its place is called instead.
#[derive(Clone)]
pub(super) struct Ours {
    pub(super) implicit_header: JsValue,
    pub(super) write_head: JsValue,
    pub(super) finish: JsValue,
}

pub(super) struct Http {
    pub(super) keys: Keys,
    incoming: RefCell<Option<Messages>>,
    response: RefCell<Option<(Messages, Ours)>>,
    /// The class `Outgoing`, of lists of fields.
    pub(super) lists: crate::engine::classes::Class,
}

impl Http {
    /// `IncomingMessage`, if it is this class.
    pub(super) fn incoming(&self, class: &JsObject) -> Option<Messages> {
        self.incoming.borrow().clone().filter(|known| JsObject::equals(&known.class, class))
    }

    /// `ServerResponse`, if it is this class.
    pub(super) fn response(&self, class: &JsObject) -> Option<Messages> {
        let known = self.response.borrow().as_ref().map(|(messages, _)| messages.clone());
        known.filter(|known| JsObject::equals(&known.class, class))
    }

    /// `ServerResponse.prototype`.
    pub(super) fn response_prototype(&self) -> Option<JsObject> {
        self.response.borrow().as_ref().map(|(messages, _)| messages.prototype.clone())
    }

    /// The methods of responses.
    pub(super) fn ours(&self) -> Option<Ours> {
        self.response.borrow().as_ref().map(|(_, ours)| ours.clone())
    }
}

/// Makes it, and exports its keys.
pub(super) fn begin(
    exports: &JsObject,
    lists: crate::engine::classes::Class,
    context: &mut Context,
) {
    let http = Http {
        keys: Keys::new(),
        incoming: RefCell::default(),
        response: RefCell::default(),
        lists,
    };
    for (name, key) in http.keys.named() {
        define_value(exports, JsString::from(name), JsValue::from(key), true);
    }
    context.insert_data(Rc::new(http));
}

/// What this realm has; the module is loaded if it was not.
pub(super) fn of(context: &mut Context) -> JsResult<Rc<Http>> {
    if let Some(http) = context.get_data::<Rc<Http>>() {
        return Ok(http.clone());
    }
    builtins::load("internal/http/native", context)?;
    let http = context.get_data::<Rc<Http>>().cloned();
    Ok(http.expect("loading the builtin inserts its state"))
}

fn messages(args: &[JsValue], context: &mut Context) -> JsResult<Messages> {
    let class = arg(args, 0).to_object(context)?;
    let prototype = class.get(js_string!("prototype"), context)?.to_object(context)?;
    Ok(Messages { class, prototype })
}

/// `adoptIncoming(class)`: requests of this class are made natively.
pub(super) fn adopt_incoming(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let messages = messages(args, context)?;
    events::leave_removed(&messages.prototype, context)?;
    super::incoming::show(&messages.prototype, context)?;
    *of(context)?.incoming.borrow_mut() = Some(messages);
    Ok(JsValue::undefined())
}

/// `adoptResponse(class)`: responses of this class are made natively.
pub(super) fn adopt_response(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let messages = messages(args, context)?;
    events::leave_removed(&messages.prototype, context)?;
    let mut method = |name: JsString| messages.prototype.get(name, context);
    let ours = Ours {
        implicit_header: method(js_string!("_implicitHeader"))?,
        write_head: method(js_string!("writeHead"))?,
        finish: method(js_string!("_finish"))?,
    };
    *of(context)?.response.borrow_mut() = Some((messages, ours));
    Ok(JsValue::undefined())
}
