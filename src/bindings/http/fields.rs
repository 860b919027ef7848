//! The fields of a message as JavaScript sees them: made when they are asked for.

use std::ops::Range;

use boa_engine::{
    Context, JsData, JsObject, JsResult, JsString, JsValue, js_string,
    object::builtins::JsArray,
    property::{PropertyDescriptor, PropertyKey},
};
use boa_gc::{Finalize, Trace};

use super::{incoming, wire::Field};
use crate::{bindings::encoding, engine::natives::arg};

/// How many fields are kept where nothing else is said.
const USUAL_COUNT: usize = 1000;

/// Fields that mean something once: what comes later is dropped.
const SINGLE: &[&str] = &[
    "age",
    "authorization",
    "content-length",
    "content-type",
    "etag",
    "expires",
    "from",
    "host",
    "if-modified-since",
    "if-unmodified-since",
    "last-modified",
    "location",
    "max-forwards",
    "proxy-authorization",
    "referer",
    "retry-after",
    "server",
    "user-agent",
];

/// The fields of a head or of trailers.
#[derive(Trace, Finalize, JsData)]
#[boa_gc(unsafe_empty_trace)]
pub(super) struct Fields {
    bytes: Vec<u8>,
    fields: Vec<Field>,
}

impl Fields {
    /// An object that holds fields, for the functions of this room. `most` is how many count (0: all).
    pub(super) fn object(
        bytes: Vec<u8>,
        fields: Vec<Field>,
        most: Option<usize>,
        context: &Context,
    ) -> JsObject {
        JsObject::new(context.root_shape(), None, Self::new(bytes, fields, most)).upcast()
    }

    /// Fields. `most` is how many count (0: all).
    pub(super) fn new(bytes: Vec<u8>, mut fields: Vec<Field>, most: Option<usize>) -> Self {
        match most {
            Some(0) => {}
            most => fields.truncate(most.unwrap_or(USUAL_COUNT)),
        }
        Self { bytes, fields }
    }

    fn text(&self, range: &Range<usize>) -> JsString {
        let bytes = &self.bytes[range.clone()];
        if !bytes.contains(&b'\n') {
            return latin1(bytes);
        }
        // A value on several lines, which only a lenient parser lets pass.
        latin1(
            &bytes
                .iter()
                .copied()
                .filter(|byte| !matches!(byte, b'\r' | b'\n'))
                .collect::<Vec<_>>(),
        )
    }

    /// Name in lower case and value of each.
    fn pairs(&self) -> impl Iterator<Item = (JsString, JsString)> {
        self.fields.iter().map(|field| {
            let name = self.bytes[field.name.clone()].to_ascii_lowercase();
            (latin1(&name), self.text(&field.value))
        })
    }
}

/// A string of bytes.
pub(super) fn latin1(bytes: &[u8]) -> JsString {
    encoding::decode(bytes, encoding::Encoding::Latin1)
}

fn with<T>(args: &[JsValue], look: impl FnOnce(&Fields) -> T) -> Option<T> {
    let object = arg(args, 0).as_object()?;
    if let Some(fields) = object.downcast_ref::<Fields>() {
        return Some(look(&fields));
    }
    incoming::with_fields(&object, look)
}

/// `rawFields(fields)`: names and values in one array, as they came.
pub(super) fn raw(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let all = with(args, |fields| {
        let pair = |field: &Field| [fields.text(&field.name), fields.text(&field.value)];
        fields.fields.iter().flat_map(pair).map(JsValue::from).collect::<Vec<_>>()
    });
    Ok(JsArray::from_iter(all.unwrap_or_default(), context).into())
}

/// What becomes of a field that comes a second time.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Again {
    Dropped,
    Listed,
    Joined(&'static str),
}

fn again(name: &JsString, joins_all: bool) -> Again {
    if name == &js_string!("set-cookie") {
        return Again::Listed;
    }
    if name == &js_string!("cookie") {
        return Again::Joined("; ");
    }
    if joins_all || !is_single(name) { Again::Joined(", ") } else { Again::Dropped }
}

/// Whether the field of a name (in lower case) means something once.
pub(super) fn is_single(name: &JsString) -> bool {
    let name = name.to_std_string_lossy();
    SINGLE.binary_search(&name.as_str()).is_ok()
}

/// The fields by name.
fn by_name(object: JsObject, pairs: Vec<(JsString, JsValue)>) -> JsValue {
    let prototype = js_string!("__proto__");
    for (name, value) in pairs {
        // As where a program assigns: a text is no prototype.
        if name == prototype {
            continue;
        }
        let property = PropertyDescriptor::builder().value(value);
        let property = property.writable(true).enumerable(true).configurable(true);
        object.insert_property(PropertyKey::from(name), property.build());
    }
    object.into()
}

/// `headers(fields, joinsAll)`: an object of the values by name.
pub(super) fn headers(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let joins_all = arg(args, 1).to_boolean();
    let pairs: Vec<_> = with(args, |fields| fields.pairs().collect()).unwrap_or_default();
    let mut made: Vec<(JsString, Vec<JsString>, Again)> = Vec::with_capacity(pairs.len());
    let mut places = std::collections::HashMap::with_capacity(pairs.len());
    for (name, value) in pairs {
        match places.get(&name) {
            None => {
                places.insert(name.clone(), made.len());
                let again = again(&name, joins_all);
                made.push((name, vec![value], again));
            }
            Some(&place) => {
                let (_, values, again): &mut (_, Vec<JsString>, _) = &mut made[place];
                if *again != Again::Dropped {
                    values.push(value);
                }
            }
        }
    }
    let mut named = Vec::with_capacity(made.len());
    for (name, values, again) in made {
        named.push((name, joined(values, again, context)));
    }
    Ok(by_name(JsObject::with_object_proto(context.intrinsics()), named))
}

fn joined(mut values: Vec<JsString>, again: Again, context: &mut Context) -> JsValue {
    let separator = match again {
        Again::Listed => {
            return JsArray::from_iter(values.into_iter().map(JsValue::from), context).into();
        }
        Again::Joined(separator) => separator,
        Again::Dropped => "",
    };
    if values.len() == 1 {
        return values.swap_remove(0).into();
    }
    let separator = JsString::from(separator);
    let mut parts = Vec::with_capacity(values.len() * 2);
    for value in &values {
        if !parts.is_empty() {
            parts.push(separator.as_str());
        }
        parts.push(value.as_str());
    }
    JsString::concat_array(&parts).into()
}

/// `distinct(fields)`: an object of arrays with all values by name.
pub(super) fn distinct(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let pairs: Vec<_> = with(args, |fields| fields.pairs().collect()).unwrap_or_default();
    let mut made: Vec<(JsString, Vec<JsValue>)> = Vec::with_capacity(pairs.len());
    let mut places = std::collections::HashMap::with_capacity(pairs.len());
    for (name, value) in pairs {
        let place = *places.entry(name.clone()).or_insert_with(|| {
            made.push((name, Vec::new()));
            made.len() - 1
        });
        made[place].1.push(value.into());
    }
    let lists: Vec<_> = made
        .into_iter()
        .map(|(name, values)| (name, JsArray::from_iter(values, context).into()))
        .collect();
    Ok(by_name(JsObject::with_object_proto(context.intrinsics()), lists))
}
