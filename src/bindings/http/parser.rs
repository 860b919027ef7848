//! The class `Parser`: a machine that JavaScript feeds with what was read and asks for what it is.
//!
//! `feed(buffer)` gives it bytes; `next()` says what comes next, as a number; the methods say more of it. So no
//! JavaScript runs while a machine works, and a message without a body costs three calls.

use std::cell::{Cell, RefCell};

use boa_engine::{
    Context, JsData, JsNativeError, JsObject, JsResult, JsString, JsValue, js_string,
    object::builtins::JsArray,
};
use boa_gc::{Finalize, GcRefCell, Trace};

use super::{
    fields::{Fields, latin1},
    status,
    wire::{Event, Failure, Field, Head, Limits, Machine, Meaning, Start, Verdict},
};
use crate::{
    bindings::buffer::{self, View},
    engine::{
        classes::{ClassSpec, new_target, prototype_from},
        natives::{arg, define_value},
        time,
    },
};

/// What `next()` answers: one of these, and for a head its flags.
pub(super) const NUMBERS: &[(&str, i32)] = &[
    ("MORE", MORE),
    ("HEAD", HEAD),
    ("BODY", BODY),
    ("END", END),
    ("UPGRADED", UPGRADED),
    ("FAILED", FAILED),
    ("KEEPS_ALIVE", KEEPS_ALIVE << 8),
    ("ASKS_FOR_UPGRADE", ASKS_FOR_UPGRADE << 8),
    ("NAMES_HOST", NAMES_HOST << 8),
    ("EXPECTS", EXPECTS << 8),
    ("SAYS_LENGTH", SAYS_LENGTH << 8),
];

pub(super) const MORE: i32 = 0;
pub(super) const HEAD: i32 = 1;
pub(super) const BODY: i32 = 2;
pub(super) const END: i32 = 3;
pub(super) const UPGRADED: i32 = 4;
pub(super) const FAILED: i32 = 5;

/// The flags of a head.
pub(super) const KEEPS_ALIVE: i32 = 1;
pub(super) const ASKS_FOR_UPGRADE: i32 = 2;
pub(super) const NAMES_HOST: i32 = 4;
pub(super) const EXPECTS: i32 = 8;
pub(super) const SAYS_LENGTH: i32 = 16;

pub(super) const PARSER: ClassSpec = ClassSpec {
    methods: &[
        ("feed", 1, feed),
        ("next", 0, next),
        ("fill", 2, fill),
        ("judge", 1, judge),
        ("body", 0, body),
        ("rest", 0, rest),
        ("trailers", 0, trailers),
        ("failure", 0, failure),
        ("finish", 0, finish),
        ("begin", 0, begin),
    ],
    ..ClassSpec::new("Parser", 3, construct)
};

/// What was told last.
enum Told {
    Nothing,
    Head(Box<Head>),
    Body(usize, usize),
    Trailers(Vec<u8>, Vec<Field>),
    Failure(Failure),
}

/// The native data of a parser.
#[derive(Trace, Finalize, JsData)]
pub(super) struct Parser {
    #[unsafe_ignore_trace]
    machine: RefCell<Machine>,
    input: GcRefCell<JsValue>,
    #[unsafe_ignore_trace]
    at: Cell<usize>,
    #[unsafe_ignore_trace]
    told: RefCell<Told>,
    /// When the message under way began, in milliseconds; between messages none.
    #[unsafe_ignore_trace]
    pub(super) began: Cell<Option<f64>>,
    /// Where it stands in the list of connections.
    #[unsafe_ignore_trace]
    pub(super) place: Cell<Option<usize>>,
}

impl Parser {
    /// Whether the head of the message under way is not there yet.
    pub(super) fn is_in_head(&self) -> bool {
        self.machine.borrow().is_in_head()
    }
}

/// This moment, in milliseconds.
pub(super) fn now(context: &Context) -> f64 {
    time::monotonic(context).as_secs_f64() * 1000.0
}

/// `new Parser(isRequest, maxHeaderSize, isLenient)`.
fn construct(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let target = new_target(this, "Parser")?;
    let head = arg(args, 1).to_length(context)? as usize;
    let limits = Limits { head, is_lenient: arg(args, 2).to_boolean() };
    let parser = Parser {
        machine: RefCell::new(Machine::new(arg(args, 0).to_boolean(), limits)),
        input: GcRefCell::new(JsValue::undefined()),
        at: Cell::new(0),
        told: RefCell::new(Told::Nothing),
        began: Cell::new(None),
        place: Cell::new(None),
    };
    let prototype = prototype_from(&target, context)?;
    Ok(JsObject::new(context.root_shape(), prototype, parser).upcast().into())
}

fn with<T>(this: &JsValue, work: impl FnOnce(&Parser) -> JsResult<T>) -> JsResult<T> {
    let object = this.as_object();
    match object.as_ref().and_then(JsObject::downcast_ref::<Parser>) {
        Some(parser) => work(&parser),
        None => Err(JsNativeError::typ().with_message("Illegal invocation").into()),
    }
}

/// `feed(buffer)`.
fn feed(this: &JsValue, args: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    give(this, arg(args, 0))?;
    Ok(JsValue::undefined())
}

/// Gives a parser what has come in.
pub(super) fn give(this: &JsValue, chunk: JsValue) -> JsResult<()> {
    with(this, |parser| {
        *parser.input.borrow_mut() = chunk;
        parser.at.set(0);
        Ok(())
    })
}

/// `begin()`: the time that the next message may take begins now, whether anything comes or not.
fn begin(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    with(this, |parser| {
        parser.began.set(Some(now(context)));
        Ok(JsValue::undefined())
    })
}

/// `next()`.
fn next(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    advance(this, context).map(JsValue::from)
}

/// What comes next: one of [`NUMBERS`].
pub(super) fn advance(this: &JsValue, context: &mut Context) -> JsResult<i32> {
    with(this, |parser| {
        let input = parser.input.borrow().clone();
        let view = View::of_uint8_array(&input, context);
        let at = parser.at.get();
        let mut machine = parser.machine.borrow_mut();
        let length = view.as_ref().map_or(0, View::len);
        if parser.began.get().is_none() && at < length && machine.is_between() {
            parser.began.set(Some(now(context)));
        }
        let (event, at) = match view {
            Some(view) => view.read(|bytes| machine.next(bytes, at)),
            None => machine.next(&[], 0),
        };
        parser.at.set(at);
        Ok(tell(parser, event))
    })
}

/// `finish()`: nothing more comes. As `next()`.
fn finish(this: &JsValue, _: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    with(this, |parser| {
        let event = parser.machine.borrow_mut().finish();
        Ok(tell(parser, event).into())
    })
}

fn tell(parser: &Parser, event: Event) -> i32 {
    let (number, told) = match event {
        Event::More => (MORE, Told::Nothing),
        Event::Head(head, meaning) => (HEAD | flags(meaning) << 8, Told::Head(head)),
        Event::Body(start, end) => (BODY, Told::Body(start, end)),
        Event::End(bytes, fields) => {
            parser.began.set(None);
            (END, Told::Trailers(bytes, fields))
        }
        Event::Upgraded => (UPGRADED, Told::Nothing),
        Event::Failed(failure) => (FAILED, Told::Failure(failure)),
    };
    *parser.told.borrow_mut() = told;
    number
}

fn flags(meaning: Meaning) -> i32 {
    let Meaning { keeps_alive, asks_for_upgrade, names_host, expects, says_length } = meaning;
    let flag = |is: bool, flag: i32| if is { flag } else { 0 };
    flag(keeps_alive, KEEPS_ALIVE)
        | flag(asks_for_upgrade, ASKS_FOR_UPGRADE)
        | flag(names_host, NAMES_HOST)
        | flag(expects, EXPECTS)
        | flag(says_length, SAYS_LENGTH)
}

/// `fill(message, maxCount)`: gives a message what its head says, but the fields, which it returns.
fn fill(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let Some(message) = arg(args, 0).as_object() else { return Ok(JsValue::undefined()) };
    let Some(head) = take_head(this)? else { return Ok(JsValue::undefined()) };
    let most = arg(args, 1).as_number().map(|most| most as usize);
    Ok(describe(&message, head, most, context).into())
}

/// The head that was told.
pub(super) fn take_head(this: &JsValue) -> JsResult<Option<Head>> {
    match with(this, |parser| Ok(parser.told.replace(Told::Nothing)))? {
        Told::Head(head) => Ok(Some(*head)),
        _ => Ok(None),
    }
}

/// Gives a message what its head says, but the fields, which it returns.
pub(super) fn describe(
    message: &JsObject,
    head: Head,
    most: Option<usize>,
    context: &Context,
) -> JsObject {
    let Head { bytes, start, minor, fields } = head;
    let set = |name: JsString, value: JsValue| define_value(message, name, value, true);
    match start {
        Start::Request { method, target } => {
            set(js_string!("method"), JsString::from(method).into());
            set(js_string!("url"), latin1(&bytes[target]).into());
        }
        Start::Response { status, reason } => {
            set(js_string!("statusCode"), status.into());
            let reason = &bytes[reason];
            let known = status::message(status).filter(|known| known.as_bytes() == reason);
            let text = known.map_or_else(|| latin1(reason), JsString::from);
            set(js_string!("statusMessage"), text.into());
        }
    }
    set_version(message, minor);
    Fields::object(bytes, fields, most, context)
}

/// Says of a message that it is of the older version, if it is.
pub(super) fn set_version(message: &JsObject, minor: u8) {
    if minor == 0 {
        define_value(message, js_string!("httpVersionMinor"), 0, true);
        define_value(message, js_string!("httpVersion"), js_string!("1.0"), true);
    }
}

/// `judge(verdict)`: 0 the usual, 1 no body, 2 another protocol.
fn judge(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let verdict = match arg(args, 0).to_i32(context)? {
        1 => Verdict::NoBody,
        2 => Verdict::Upgrade,
        _ => Verdict::Usual,
    };
    decide(this, verdict)?;
    Ok(JsValue::undefined())
}

/// Says what the message is whose head was told.
pub(super) fn decide(this: &JsValue, verdict: Verdict) -> JsResult<()> {
    with(this, |parser| {
        parser.machine.borrow_mut().judge(verdict);
        Ok(())
    })
}

/// `body()`: the piece of a body that was told, without a copy.
pub(super) fn body(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let (input, told) = with(this, |parser| {
        let range = match *parser.told.borrow() {
            Told::Body(start, end) => (start, end),
            _ => (0, 0),
        };
        Ok((parser.input.borrow().clone(), range))
    })?;
    part(&input, told, context)
}

/// `rest()`: what was not looked at.
fn rest(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let (input, at) = with(this, |parser| Ok((parser.input.borrow().clone(), parser.at.get())))?;
    part(&input, (at, usize::MAX), context)
}

fn part(input: &JsValue, (start, end): (usize, usize), context: &mut Context) -> JsResult<JsValue> {
    match View::of_uint8_array(input, context) {
        Some(view) if start == 0 && end >= view.len() => Ok(input.clone()),
        Some(view) => Ok(buffer::over(&view.part(start, end), context)?.into()),
        None => Ok(buffer::from_slice(&[], context)?.into()),
    }
}

/// `trailers()`: the fields behind the last chunk, or none.
pub(super) fn trailers(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let told = with(this, |parser| Ok(parser.told.replace(Told::Nothing)))?;
    match told {
        Told::Trailers(bytes, fields) if !fields.is_empty() => {
            Ok(Fields::object(bytes, fields, None, context).into())
        }
        _ => Ok(JsValue::undefined()),
    }
}

/// `failure()`: code, reason and place.
fn failure(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    with(this, |parser| {
        let Told::Failure(failure) = &*parser.told.borrow() else {
            return Ok(JsValue::undefined());
        };
        let parts: [JsValue; 3] = [
            JsString::from(failure.code).into(),
            JsString::from(failure.reason).into(),
            failure.at.into(),
        ];
        Ok(JsArray::from_iter(parts, context).into())
    })
}
