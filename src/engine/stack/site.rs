//! Where in the source an exception was thrown, for the report of one that nobody caught.

use std::{cell::RefCell, rc::Rc};

use boa_engine::{
    Context, JsError, JsObject, JsValue,
    builtins::{error::Error, proxy::Proxy},
    js_string,
};

use super::{
    call_text, of,
    trace::{self, Place, RawFrame},
    trace_of,
};
use crate::engine::sources::{self, SourceText, Sources};

/// A place in a compiled text.
pub(crate) struct Site {
    /// The name of the text: a path, `[eval]`.
    pub(crate) file: Rc<str>,
    pub(crate) source: Rc<SourceText>,
    /// The byte in the text.
    pub(crate) offset: usize,
}

/// The last exception that reached the bottom of the stack and is no error object, with the
/// engine's text of its frames. Errors keep theirs themselves.
#[derive(Default)]
pub(super) struct LastThrown(RefCell<Option<(JsValue, String)>>);

/// Remembers where an exception was thrown that reached the bottom of the stack.
pub(crate) fn remember_throw(error: &JsError, context: &mut Context) {
    let Some(value) = error.as_opaque() else { return };
    // The way to the frames goes through the text of the value: a large one is not worth it.
    let text = is_small(value, context).then(|| trace_of(error));
    *of(context).last_thrown.0.borrow_mut() = text.map(|text| (value.clone(), text));
}

/// How many objects a value may hold to count as small.
const SMALL: usize = 64;

/// True for what is quickly written down: nothing large, nothing that runs JavaScript. Errors keep
/// their frames themselves.
fn is_small(value: &JsValue, context: &mut Context) -> bool {
    let Some(object) = value.as_object() else { return true };
    if object.is::<Error>() {
        return false;
    }
    let mut seen = vec![object];
    let mut next = 0;
    while let Some(object) = seen.get(next).cloned() {
        next += 1;
        if object.is::<Proxy>() || seen.len() > SMALL {
            return false;
        }
        let keys = object.own_property_keys(context).unwrap_or_default();
        if keys.len() > SMALL {
            return false;
        }
        let object = object.borrow();
        for key in keys {
            let value = object.properties().get(&key).and_then(|found| found.value().cloned());
            if let Some(held) = value.and_then(|value| value.as_object())
                && !seen.iter().any(|known| JsObject::equals(known, &held))
            {
                seen.push(held);
            }
        }
    }
    true
}

/// Where this exception was thrown, as far as anybody knows.
pub(crate) fn thrown_at(value: &JsValue, context: &mut Context) -> Option<Site> {
    let stacks = of(context);
    let last = stacks.last_thrown.0.borrow().clone();
    if let Some((thrown, text)) = last
        && JsValue::same_value(&thrown, value)
    {
        return first_script(&text, context);
    }
    let object = value.as_object()?;
    let data = object.downcast_ref::<Error>().map(|data| data.clone())?;
    let text = stacks.engine_text(data, context).ok()?;
    first_script(&text, context).or_else(|| made_at(&object, context))
}

/// The innermost frame whose source is known.
fn first_script(text: &str, context: &mut Context) -> Option<Site> {
    let sources = sources::of(context);
    trace::read(text, &sources).iter().find_map(|frame| site(frame, &sources))
}

fn site(frame: &RawFrame, sources: &Sources) -> Option<Site> {
    let RawFrame::Script { place: Place::Named(file), line, column, .. } = frame else {
        return None;
    };
    let source = sources.get(file)?;
    let offset = call_text::thrown_at(&source, *line, *column)?;
    Some(Site { file: file.clone(), source, offset })
}

/// Where an error was made, which is all that is known of one that was never thrown: the first
/// place that its stack names.
fn made_at(error: &JsObject, context: &mut Context) -> Option<Site> {
    let stack = error.get(js_string!("stack"), context).ok()?.as_string()?.to_std_string_lossy();
    let sources = sources::of(context);
    stack.lines().filter_map(|line| line.strip_prefix("    at ")).find_map(|line| {
        let place = line.rsplit_once(" (").map_or(line, |(_, place)| place.trim_end_matches(')'));
        let (rest, column) = place.rsplit_once(':')?;
        let (file, line) = rest.rsplit_once(':')?;
        let source = sources.get(file)?;
        let offset = source.offset_of(line.parse().ok()?, column.parse().ok()?)?;
        Some(Site { file: file.into(), source, offset })
    })
}
