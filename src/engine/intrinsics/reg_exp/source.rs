//! `RegExp.prototype.source`: the engine escapes slashes that are escaped already.

use boa_engine::{
    Context, JsObject, JsResult, JsString, JsValue, js_string, property::PropertyKey,
};

use crate::engine::{
    natives::{closure, define_accessor},
    reflect,
};

/// Replaces the getter.
pub(super) fn install(context: &mut Context) -> JsResult<()> {
    let prototype = context.intrinsics().constructors().regexp().prototype();
    // The standard gives the prototype no `lastIndex`.
    prototype.delete_property_or_throw(js_string!("lastIndex"), context)?;
    let key = PropertyKey::from(js_string!("source"));
    let original = reflect::stored(&prototype, &key)
        .and_then(|property| property.get().and_then(JsValue::as_callable));
    if let Some(original) = original {
        let get = closure("get source", 0, original, source, context);
        define_accessor(&prototype, key, Some(get), None, false);
    }
    Ok(())
}

fn source(
    this: &JsValue,
    _: &[JsValue],
    original: &JsObject,
    context: &mut Context,
) -> JsResult<JsValue> {
    let escaped = original.call(this, &[], context)?;
    let Some(text) = escaped.as_string().filter(|text| text.contains(b'/')) else {
        return Ok(escaped);
    };
    Ok(JsString::from(escape_slashes(&text.to_vec()).as_slice()).into())
}

/// The pattern as it was written, from what the engine makes of it: a backslash more before every
/// slash.
pub(super) fn unescaped(overescaped: &JsString) -> JsString {
    let mut units = overescaped.to_vec();
    let mut at = 0;
    units.retain(|_| {
        at += 1;
        overescaped.code_unit_at(at) != Some(u16::from(b'/'))
    });
    JsString::from(units.as_slice())
}

/// From a pattern in which every slash has one backslash more than it was written with, the text
/// between the slashes of a literal: those stay bare that stand in a class or are escaped.
fn escape_slashes(overescaped: &[u16]) -> Vec<u16> {
    const BACKSLASH: u16 = b'\\' as u16;
    const SLASH: u16 = b'/' as u16;
    let mut out = Vec::with_capacity(overescaped.len());
    let (mut in_class, mut is_escaped) = (false, false);
    let mut rest = overescaped;
    loop {
        rest = match rest {
            [] => break,
            [BACKSLASH, SLASH, after @ ..] => {
                if !in_class && !is_escaped {
                    out.push(BACKSLASH);
                }
                out.push(SLASH);
                is_escaped = false;
                after
            }
            [unit, after @ ..] => {
                out.push(*unit);
                match u8::try_from(*unit) {
                    _ if is_escaped => {}
                    Ok(b'[') => in_class = true,
                    Ok(b']') => in_class = false,
                    _ => {}
                }
                is_escaped = !is_escaped && *unit == BACKSLASH;
                after
            }
        };
    }
    out
}

#[cfg(test)]
mod tests {
    use super::escape_slashes;

    #[test]
    fn slashes_are_escaped_once() {
        let cases =
            [(r"\/", r"\/"), (r"a\\/b", r"a\/b"), (r"[\/]\/", r"[/]\/"), (r"\[\/", r"\[\/")];
        for (overescaped, source) in cases {
            let units: Vec<u16> = overescaped.encode_utf16().collect();
            assert_eq!(String::from_utf16_lossy(&escape_slashes(&units)), source);
        }
    }
}
