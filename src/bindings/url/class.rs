//! The class `URL`.

use std::cell::RefCell;

use boa_engine::{Context, JsNativeError, JsObject, JsResult, JsString, JsValue, object::JsData};
use boa_gc::{Finalize, GcRefCell, Trace};

use super::{
    Record, classes, errors, inspection,
    params::{self, ParamsData},
    text::text,
};
use crate::{
    bindings::{blob, inspect::custom},
    engine::{
        classes::{Accessor, ClassSpec, instance, new_target},
        natives::{Method, arg},
    },
};

/// What a `URL` object holds.
#[derive(Trace, Finalize)]
pub(super) struct UrlData {
    #[unsafe_ignore_trace]
    record: RefCell<Record>,
    /// `searchParams`, once somebody has asked for it.
    params: GcRefCell<Option<JsObject>>,
}

impl JsData for UrlData {}

impl UrlData {
    pub(super) fn new(record: Record) -> Self {
        Self { record: RefCell::new(record), params: GcRefCell::new(None) }
    }

    /// The address.
    pub(super) fn href(&self) -> String {
        self.record.borrow().href()
    }
}

/// The class without its last method and its inspection function, which `module` adds.
pub(super) const URL: ClassSpec = ClassSpec {
    methods: &[("toString", 0, get_href)],
    accessors: ACCESSORS,
    statics: &[
        ("parse", 1, parse),
        ("canParse", 1, can_parse),
        ("createObjectURL", 1, blob::create_object_url),
        ("revokeObjectURL", 1, blob::revoke_object_url),
    ],
    tag: Some("URL"),
    enumerable: true,
    ..ClassSpec::new("URL", 1, construct)
};

/// The method that follows the accessors.
pub(super) const TO_JSON: Method = ("toJSON", 0, get_href);

const ACCESSORS: &[Accessor] = &[
    ("href", get_href, Some(set_href)),
    ("origin", |this, _, _| read(this, Record::origin), None),
    ("protocol", |this, _, _| read(this, Record::protocol), Some(set_protocol)),
    ("username", |this, _, _| read(this, |url| url.username.clone()), Some(set_username)),
    ("password", |this, _, _| read(this, |url| url.password.clone()), Some(set_password)),
    ("host", |this, _, _| read(this, Record::host), Some(set_host)),
    ("hostname", |this, _, _| read(this, Record::hostname), Some(set_hostname)),
    ("port", |this, _, _| read(this, Record::port), Some(set_port)),
    ("pathname", |this, _, _| read(this, Record::pathname), Some(set_pathname)),
    ("search", get_search, Some(set_search)),
    ("searchParams", get_search_params, None),
    ("hash", |this, _, _| read(this, Record::hash), Some(set_hash)),
];

fn construct(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let new_target = new_target(this, "URL")?;
    let (input, base) = input_and_base(args, context)?;
    let Some(record) = parsed(&input, base.as_deref()) else {
        return Err(errors::invalid_url(&input, base.as_deref(), context));
    };
    let classes = classes(context)?;
    Ok(instance(&new_target, &classes.url, UrlData::new(record), context)?.into())
}

/// `URL.canParse(url, base)`.
fn can_parse(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let (input, base) = input_and_base(args, context)?;
    Ok(parsed(&input, base.as_deref()).is_some().into())
}

/// `URL.parse(url, base)`: the URL, or null.
fn parse(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let (input, base) = input_and_base(args, context)?;
    match parsed(&input, base.as_deref()) {
        Some(record) => Ok(super::create(record, context)?.into()),
        None => Ok(JsValue::null()),
    }
}

fn input_and_base(args: &[JsValue], context: &mut Context) -> JsResult<(String, Option<String>)> {
    if args.is_empty() {
        return Err(errors::missing_args(&["url"], context));
    }
    let input = text(&args[0], context)?;
    let base = match args.get(1) {
        Some(base) if !base.is_undefined() => Some(text(base, context)?),
        _ => None,
    };
    Ok((input, base))
}

fn parsed(input: &str, base: Option<&str>) -> Option<Record> {
    match base {
        Some(base) => Record::parse(input, Some(&Record::parse(base, None)?)),
        None => Record::parse(input, None),
    }
}

/// What V8 says where a private member is missing.
fn not_a_url(member: &str) -> JsNativeError {
    let message = format!(
        "Cannot read private member {member} from an object whose class did not declare it"
    );
    JsNativeError::typ().with_message(message)
}

/// What V8 says where a check for a private member fails.
fn wrong_receiver() -> JsNativeError {
    JsNativeError::typ().with_message("Receiver must be an instance of class URL")
}

/// The record of a `URL` object, while `look` looks at it.
fn with_record<T>(this: &JsValue, look: impl FnOnce(&Record) -> T) -> Option<T> {
    let object = this.as_object()?;
    let data = object.downcast_ref::<UrlData>()?;
    let record = data.record.borrow();
    Some(look(&record))
}

fn read(this: &JsValue, get: impl FnOnce(&Record) -> String) -> JsResult<JsValue> {
    let text = with_record(this, get).ok_or_else(|| not_a_url("#context"))?;
    Ok(JsString::from(text).into())
}

fn get_href(this: &JsValue, _: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    let href = with_record(this, Record::href).ok_or_else(wrong_receiver)?;
    Ok(JsString::from(href).into())
}

fn get_search(this: &JsValue, _: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    let search = with_record(this, Record::search).ok_or_else(wrong_receiver)?;
    Ok(JsString::from(search).into())
}

fn get_search_params(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let query = with_record(this, |url| url.query.clone().unwrap_or_default());
    let (Some(query), Some(object)) = (query, this.as_object()) else {
        return Err(not_a_url("#searchParams").into());
    };
    let classes = classes(context)?;
    let Some(url) = object.downcast_ref::<UrlData>() else {
        return Err(not_a_url("#searchParams").into());
    };
    let known = url.params.borrow().clone();
    if let Some(params) = known {
        return Ok(params.into());
    }
    let data = ParamsData::linked(&query, object.clone());
    let params = crate::engine::classes::object(&classes.params, data, context);
    *url.params.borrow_mut() = Some(params.clone());
    Ok(params.into())
}

/// Changes the URL; its search parameters follow where `search` may have changed.
fn write(
    this: &JsValue,
    args: &[JsValue],
    context: &mut Context,
    set: fn(&mut Record, &str),
) -> JsResult<JsValue> {
    if with_record(this, |_| ()).is_none() {
        return Err(not_a_url("#context").into());
    }
    let value = text(&arg(args, 0), context)?;
    change(this, |record| set(record, &value));
    Ok(JsValue::undefined())
}

fn change(this: &JsValue, set: impl FnOnce(&mut Record)) {
    let Some(object) = this.as_object() else { return };
    let Some(data) = object.downcast_ref::<UrlData>() else { return };
    let before = data.record.borrow().query.clone();
    set(&mut data.record.borrow_mut());
    let after = data.record.borrow().query.clone();
    if before != after {
        let params = data.params.borrow().clone();
        params::replace(params.as_ref(), &after.unwrap_or_default());
    }
}

/// Takes over what the search parameters of this URL have become.
pub(super) fn update_query(url: &JsObject, form: String) {
    if let Some(data) = url.downcast_ref::<UrlData>() {
        data.record.borrow_mut().query = Some(form).filter(|form| !form.is_empty());
    }
}

fn set_href(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    if with_record(this, |_| ()).is_none() {
        return Err(not_a_url("#context").into());
    }
    let value = text(&arg(args, 0), context)?;
    let Some(record) = Record::parse(&value, None) else {
        return Err(errors::invalid_url(&value, None, context));
    };
    change(this, |old| *old = record);
    Ok(JsValue::undefined())
}

macro_rules! setters {
    ($($name:ident,)*) => { $(
        fn $name(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
            write(this, args, context, Record::$name)
        }
    )* };
}

setters! {
    set_protocol,
    set_username,
    set_password,
    set_host,
    set_hostname,
    set_port,
    set_pathname,
    set_search,
    set_hash,
}

/// `URL.prototype[util.inspect.custom](depth, options, inspect)`.
pub(super) fn inspect(
    this: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    if custom::is_too_deep(args) {
        return Ok(this.clone());
    }
    let object = this.to_object(context)?;
    let names: Vec<&str> = ACCESSORS.iter().map(|&(name, ..)| name).collect();
    inspection::fields(&object, &names, args, context)
}
