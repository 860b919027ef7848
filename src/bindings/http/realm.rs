//! What the natives of `http` share in a realm: the hidden keys of messages, the classes and the methods that are ours.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use boa_engine::{
    Context, JsObject, JsResult, JsString, JsSymbol, JsValue, js_string, property::PropertyKey,
};

use super::message::{self, FIELDS, PARTS};
use crate::{
    bindings::events,
    engine::{
        builtins,
        classes::Class,
        natives::{arg, define_value},
        reflect, state,
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

/// Which way a message goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Incoming,
    Outgoing,
}

/// The slots of the messages of a kind that natives make.
pub(super) struct Slots {
    kind: Kind,
    keys: RefCell<Vec<PropertyKey>>,
    /// What is in them at first.
    beginning: RefCell<Vec<JsValue>>,
}

impl Slots {
    fn new(kind: Kind, keys: Vec<PropertyKey>) -> Self {
        let beginning = vec![JsValue::undefined(); keys.len()];
        Self { kind, keys: RefCell::new(keys), beginning: RefCell::new(beginning) }
    }

    /// The key of a slot that natives know.
    pub(super) fn key(&self, index: usize) -> PropertyKey {
        self.keys.borrow()[index].clone()
    }

    /// The slots of a new message.
    pub(super) fn fresh(&self) -> Vec<JsValue> {
        self.beginning.borrow().clone()
    }

    /// Shows the slots that an object names on a prototype; its values are what messages say at first.
    fn adopt(
        &self,
        prototype: &JsObject,
        defaults: &JsObject,
        context: &mut Context,
    ) -> JsResult<()> {
        for key in reflect::own_keys(defaults, context)? {
            let value = defaults.get(key.clone(), context)?;
            let index = self.index_of(&key);
            self.beginning.borrow_mut()[index] = value.clone();
            message::show_slot(prototype, self.kind, (key, index), value, context);
        }
        Ok(())
    }

    fn index_of(&self, key: &PropertyKey) -> usize {
        let mut keys = self.keys.borrow_mut();
        if let Some(index) = keys.iter().position(|known| known == key) {
            return index;
        }
        keys.push(key.clone());
        self.beginning.borrow_mut().push(JsValue::undefined());
        keys.len() - 1
    }
}

/// The keys of [`Field`], in its order.
fn outgoing_keys(keys: &Keys) -> [PropertyKey; FIELDS] {
    [
        js_string!("req").into(),
        js_string!("_header").into(),
        js_string!("_headerSent").into(),
        js_string!("finished").into(),
        js_string!("destroyed").into(),
        js_string!("_closed").into(),
        js_string!("_contentLength").into(),
        js_string!("strictContentLength").into(),
        js_string!("_hasBody").into(),
        js_string!("chunkedEncoding").into(),
        js_string!("useChunkedEncodingByDefault").into(),
        js_string!("shouldKeepAlive").into(),
        js_string!("maxRequestsOnConnectionReached").into(),
        js_string!("sendDate").into(),
        js_string!("_defaultKeepAlive").into(),
        js_string!("_keepAliveTimeout").into(),
        js_string!("_maxRequestsPerSocket").into(),
        js_string!("_last").into(),
        js_string!("_removedConnection").into(),
        js_string!("_removedContLen").into(),
        js_string!("_removedTE").into(),
        js_string!("_trailer").into(),
        js_string!("statusCode").into(),
        js_string!("statusMessage").into(),
        js_string!("_sent100").into(),
        js_string!("_expect_continue").into(),
        keys.fields.clone(),
        keys.unique.clone(),
        keys.corked.clone(),
        keys.waiting.clone(),
        keys.socket.clone(),
        keys.served.clone(),
    ]
}

/// The keys of [`Part`], in its order.
fn incoming_keys(keys: &Keys) -> [PropertyKey; PARTS] {
    [
        js_string!("socket").into(),
        js_string!("method").into(),
        js_string!("url").into(),
        js_string!("httpVersion").into(),
        js_string!("httpVersionMinor").into(),
        js_string!("upgrade").into(),
        js_string!("joinDuplicateHeaders").into(),
        js_string!("complete").into(),
        keys.reader.clone(),
        keys.trailers.clone(),
    ]
}

/// A class of messages.
#[derive(Clone)]
pub(super) struct Messages {
    pub(super) class: JsObject,
    pub(super) prototype: JsObject,
}

/// What a class's prototype was, and when it was last seen to be so.
struct Known {
    messages: Messages,
    /// The names of methods and these methods, as they were made.
    methods: Vec<(JsString, JsValue)>,
    /// The turn of the loop in which the prototype was last seen to have them.
    seen: Cell<Option<u64>>,
}

/// What natives call of a message if a program has put it in the place of ours.
const METHODS: [fn() -> JsString; 6] = [
    || js_string!("emit"),
    || js_string!("writeHead"),
    || js_string!("_implicitHeader"),
    || js_string!("_finish"),
    || js_string!("assignSocket"),
    || js_string!("detachSocket"),
];

pub(super) struct Http {
    pub(super) keys: Keys,
    pub(super) outgoing: Slots,
    pub(super) incoming: Slots,
    requests: RefCell<Option<Known>>,
    responses: RefCell<Option<Known>>,
    /// The class `Outgoing`, of lists of fields.
    pub(super) lists: Class,
    event_loop: Rc<state::Loop>,
}

impl Http {
    fn known(&self, kind: Kind) -> &RefCell<Option<Known>> {
        match kind {
            Kind::Incoming => &self.requests,
            Kind::Outgoing => &self.responses,
        }
    }

    /// `IncomingMessage` or `ServerResponse`, if it is this class.
    pub(super) fn class(&self, kind: Kind, class: &JsObject) -> Option<Messages> {
        let known = self.known(kind).borrow();
        let messages = known.as_ref().map(|known| &known.messages);
        messages.filter(|messages| JsObject::equals(&messages.class, class)).cloned()
    }

    /// Whether a message is one that natives made, of no class but ours, and has all of its methods from there.
    pub(super) fn is_usual(&self, message: &JsObject, context: &mut Context) -> JsResult<bool> {
        let Some(kind) = message::kind_of(message) else { return Ok(false) };
        let known = self.known(kind).borrow();
        let Some(Known { messages, methods, seen }) = known.as_ref() else { return Ok(false) };
        {
            let object = message.borrow();
            let is_ours = object.prototype().as_ref() == Some(&messages.prototype);
            let has = |(name, _): &(JsString, JsValue)| {
                object.properties().contains_key(&name.clone().into())
            };
            if !is_ours || methods.iter().any(has) {
                return Ok(false);
            }
        }
        let turn = Some(self.event_loop.turns());
        if seen.get() == turn {
            return Ok(true);
        }
        for (name, method) in methods {
            // Getters that a program has put there may do anything.
            if reflect::get(&messages.prototype, &name.clone().into(), context)? != *method {
                return Ok(false);
            }
        }
        seen.set(turn);
        Ok(true)
    }
}

/// Makes it, and exports its keys.
pub(super) fn begin(exports: &JsObject, lists: Class, context: &mut Context) {
    let keys = Keys::new();
    let http = Http {
        outgoing: Slots::new(Kind::Outgoing, outgoing_keys(&keys).into()),
        incoming: Slots::new(Kind::Incoming, incoming_keys(&keys).into()),
        keys,
        requests: RefCell::default(),
        responses: RefCell::default(),
        lists,
        event_loop: state::of(context).event_loop.clone(),
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

/// `adoptOutgoing(prototype, defaults)`: what messages that go out have in slots.
pub(super) fn adopt_outgoing(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let (prototype, defaults) =
        (arg(args, 0).to_object(context)?, arg(args, 1).to_object(context)?);
    events::leave_removed(&prototype, context)?;
    message::show_common(&prototype, Kind::Outgoing, context)?;
    of(context)?.outgoing.adopt(&prototype, &defaults, context)?;
    Ok(JsValue::undefined())
}

/// `adoptResponse(class, defaults)`: responses of this class are made natively.
pub(super) fn adopt_response(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let http = of(context)?;
    let messages = messages(args, &http.outgoing, context)?;
    *http.responses.borrow_mut() = Some(known(messages, context)?);
    Ok(JsValue::undefined())
}

/// `adoptIncoming(class, defaults)`: requests of this class are made natively.
pub(super) fn adopt_incoming(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let http = of(context)?;
    let messages = messages(args, &http.incoming, context)?;
    events::leave_removed(&messages.prototype, context)?;
    message::show_common(&messages.prototype, Kind::Incoming, context)?;
    *http.requests.borrow_mut() = Some(known(messages, context)?);
    Ok(JsValue::undefined())
}

fn messages(args: &[JsValue], slots: &Slots, context: &mut Context) -> JsResult<Messages> {
    let class = arg(args, 0).to_object(context)?;
    let prototype = class.get(js_string!("prototype"), context)?.to_object(context)?;
    let defaults = arg(args, 1).to_object(context)?;
    slots.adopt(&prototype, &defaults, context)?;
    Ok(Messages { class, prototype })
}

fn known(messages: Messages, context: &mut Context) -> JsResult<Known> {
    let mut methods = Vec::new();
    for name in METHODS {
        let method = messages.prototype.get(name(), context)?;
        if !method.is_undefined() {
            methods.push((name(), method));
        }
    }
    Ok(Known { messages, methods, seen: Cell::default() })
}
