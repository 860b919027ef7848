//! The class `Assert`: assertions with options of their own.

use boa_engine::{Context, JsData, JsResult, JsString, JsValue, js_string};
use boa_gc::{Finalize, Trace};

use crate::engine::{
    classes::instance,
    errors::{Code, coded},
    natives::{arg, define_value},
    validate,
};

/// The options of an `Assert`.
#[derive(Clone, Copy, Default, Trace, Finalize, JsData)]
#[boa_gc(unsafe_empty_trace)]
pub(super) struct AssertOptions {
    /// Messages are not shortened.
    pub(super) full_diff: bool,
    /// Deep comparisons do not look at prototypes.
    pub(super) skip_prototype: bool,
}

impl AssertOptions {
    /// Those of the `Assert` that a method was called on; the defaults for anything else.
    pub(super) fn of(this: &JsValue) -> Self {
        this.as_object()
            .and_then(|object| object.downcast_ref::<Self>().map(|options| *options))
            .unwrap_or_default()
    }

    /// The value of the error's `diff`.
    pub(super) fn diff(self) -> &'static str {
        if self.full_diff { "full" } else { "simple" }
    }
}

/// The methods that strict assertions go by another name.
pub(super) const STRICT: &[(&str, &str)] = &[
    ("equal", "strictEqual"),
    ("deepEqual", "deepStrictEqual"),
    ("notEqual", "notStrictEqual"),
    ("notDeepEqual", "notDeepStrictEqual"),
];

/// `new Assert(options)`.
pub(super) fn construct(
    this: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let Some(new_target) = this.as_object() else {
        let message = "Class constructor Assert cannot be invoked without `new`";
        return Err(coded(context, Code::ERR_CONSTRUCT_CALL_REQUIRED, message));
    };
    let (options, strict) = decode(&arg(args, 0), context)?;
    let state = super::of(context)?;
    let object = instance(&new_target, &state.class, options, context)?;
    let class = super::error::class(context)?;
    define_value(&object, js_string!("AssertionError"), class, true);
    if strict {
        for &(name, other) in STRICT {
            let method = object.get(JsString::from(other), context)?;
            define_value(&object, JsString::from(name), method, true);
        }
    }
    Ok(object.into())
}

fn decode(value: &JsValue, context: &mut Context) -> JsResult<(AssertOptions, bool)> {
    let mut options = AssertOptions::default();
    let Some(given) = value.as_object() else { return Ok((options, true)) };
    let diff = given.get(js_string!("diff"), context)?;
    if !diff.is_undefined() {
        options.full_diff = decode_diff(&diff, context)?;
    }
    options.skip_prototype = given.get(js_string!("skipPrototype"), context)?.to_boolean();
    let strict = given.get(js_string!("strict"), context)?;
    // Missing means strict; a given `undefined` means not.
    let is_given = given.has_property(js_string!("strict"), context)?;
    Ok((options, !is_given || strict.to_boolean()))
}

/// `'simple'` or `'full'`; true for the latter.
fn decode_diff(value: &JsValue, context: &mut Context) -> JsResult<bool> {
    match value.as_string().map(|text| text.to_std_string_lossy()).as_deref() {
        Some("simple") => Ok(false),
        Some("full") => Ok(true),
        _ => {
            let reason = "must be one of: 'simple', 'full'";
            Err(validate::invalid_arg_value(context, "options.diff", value, reason))
        }
    }
}
