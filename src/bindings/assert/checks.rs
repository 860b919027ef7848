//! The assertions: native as long as they hold.

use boa_engine::{Context, JsError, JsResult, JsString, JsValue, object::builtins::JsRegExp};

use super::{
    Failure,
    class::AssertOptions,
    error::{self, falsy_message, is_error},
};
use crate::{
    bindings::{
        deep_equal::{self, Mode},
        inspect::{self, Options},
    },
    engine::{
        kinds,
        natives::{Native, arg},
        validate,
    },
};

/// `assert(value, message)`.
pub(super) fn assert(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    truthy("assert", args, context)
}

/// `assert.ok(value, message)`.
pub(super) fn ok(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    truthy("ok", args, context)
}

/// `assert.strict(value, message)`.
pub(super) fn strict(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    truthy("strict", args, context)
}

fn truthy(function: &str, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let value = arg(args, 0);
    if value.to_boolean() {
        return Ok(JsValue::undefined());
    }
    let given = arg(args, 1);
    let generated = args.is_empty() || given.is_null_or_undefined();
    if !generated && is_error(&given, context) {
        return Err(JsError::from_opaque(given));
    }
    let message = if args.is_empty() {
        JsString::from("No value argument passed to `assert.ok()`").into()
    } else if generated {
        falsy_message(function, context)?
    } else {
        given
    };
    let failure = Failure {
        actual: value,
        expected: true.into(),
        message,
        operator: "==",
        function,
        options: AssertOptions::default(),
    };
    Err(with_generated(failure, generated, context)?)
}

/// The error of a failure whose message was generated here, or was not.
fn with_generated(
    failure: Failure<'_>,
    generated: bool,
    context: &mut Context,
) -> JsResult<JsError> {
    let error = error::create(failure, context)?;
    error.set(boa_engine::js_string!("generatedMessage"), generated, true, context)?;
    Ok(JsError::from_opaque(error.into()))
}

/// `assert.fail(message)`.
pub(super) fn fail(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let given = arg(args, 0);
    if is_error(&given, context) {
        return Err(JsError::from_opaque(given));
    }
    let generated = given.is_undefined();
    let message = if generated { JsString::from("Failed").into() } else { given.clone() };
    let failure = Failure {
        actual: JsValue::undefined(),
        expected: JsValue::undefined(),
        operator: "fail",
        message,
        function: "fail",
        options: AssertOptions::of(this),
    };
    // A message that is falsy but given counts as generated, as anywhere else.
    let generated = generated || !given.to_boolean();
    Err(with_generated(failure, generated, context)?)
}

/// Two values and what the caller says if they do not compare as wanted.
struct Pair<'a> {
    this: &'a JsValue,
    actual: JsValue,
    expected: JsValue,
    message: JsValue,
}

impl<'a> Pair<'a> {
    fn new(this: &'a JsValue, args: &[JsValue], context: &mut Context) -> JsResult<Self> {
        if args.len() < 2 {
            return Err(validate::missing_args(context, &["actual", "expected"]));
        }
        let message = arg(args, 2);
        Ok(Self { this, actual: args[0].clone(), expected: args[1].clone(), message })
    }

    /// Fails unless the values compare as wanted.
    fn check(
        self,
        holds: bool,
        operator: &str,
        function: &str,
        context: &mut Context,
    ) -> JsResult<JsValue> {
        if holds {
            return Ok(JsValue::undefined());
        }
        let failure = Failure {
            actual: self.actual,
            expected: self.expected,
            message: self.message,
            operator,
            function,
            options: AssertOptions::of(self.this),
        };
        Err(failure.into_error(context)?)
    }

    fn loosely_equal(&self, context: &mut Context) -> JsResult<bool> {
        let is_nan = |value: &JsValue| value.as_number().is_some_and(f64::is_nan);
        Ok(self.actual.equals(&self.expected, context)?
            || (is_nan(&self.actual) && is_nan(&self.expected)))
    }

    fn deeply_equal(&self, mode: Mode, context: &mut Context) -> JsResult<bool> {
        deep_equal::deep_equal(&self.actual, &self.expected, mode, context)
    }

    /// The strict comparison that the options ask for.
    fn strict_mode(&self) -> Mode {
        if AssertOptions::of(self.this).skip_prototype {
            Mode::StrictWithoutPrototypes
        } else {
            Mode::Strict
        }
    }
}

pub(super) fn equal(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let pair = Pair::new(this, args, context)?;
    let holds = pair.loosely_equal(context)?;
    pair.check(holds, "==", "equal", context)
}

pub(super) fn not_equal(
    this: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let pair = Pair::new(this, args, context)?;
    let holds = !pair.loosely_equal(context)?;
    pair.check(holds, "!=", "notEqual", context)
}

pub(super) fn deep_equal(
    this: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let pair = Pair::new(this, args, context)?;
    let holds = pair.deeply_equal(Mode::Loose, context)?;
    pair.check(holds, "deepEqual", "deepEqual", context)
}

pub(super) fn not_deep_equal(
    this: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let pair = Pair::new(this, args, context)?;
    let holds = !pair.deeply_equal(Mode::Loose, context)?;
    pair.check(holds, "notDeepEqual", "notDeepEqual", context)
}

pub(super) fn deep_strict_equal(
    this: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let pair = Pair::new(this, args, context)?;
    let holds = pair.deeply_equal(pair.strict_mode(), context)?;
    pair.check(holds, "deepStrictEqual", "deepStrictEqual", context)
}

pub(super) fn not_deep_strict_equal(
    this: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let pair = Pair::new(this, args, context)?;
    let holds = !pair.deeply_equal(pair.strict_mode(), context)?;
    pair.check(holds, "notDeepStrictEqual", "notDeepStrictEqual", context)
}

pub(super) fn partial_deep_strict_equal(
    this: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let pair = Pair::new(this, args, context)?;
    let holds = pair.deeply_equal(Mode::Partial, context)?;
    pair.check(holds, "partialDeepStrictEqual", "partialDeepStrictEqual", context)
}

pub(super) fn strict_equal(
    this: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let pair = Pair::new(this, args, context)?;
    let holds = JsValue::same_value(&pair.actual, &pair.expected);
    pair.check(holds, "strictEqual", "strictEqual", context)
}

pub(super) fn not_strict_equal(
    this: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let pair = Pair::new(this, args, context)?;
    let holds = !JsValue::same_value(&pair.actual, &pair.expected);
    pair.check(holds, "notStrictEqual", "notStrictEqual", context)
}

/// `assert.match(string, regexp, message)`.
pub(super) fn matches(
    this: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    check_match(this, args, true, context)
}

/// `assert.doesNotMatch(string, regexp, message)`.
pub(super) fn does_not_match(
    this: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    check_match(this, args, false, context)
}

fn check_match(
    this: &JsValue,
    args: &[JsValue],
    wanted: bool,
    context: &mut Context,
) -> JsResult<JsValue> {
    let (value, pattern, given) = (arg(args, 0), arg(args, 1), arg(args, 2));
    let Some(regexp) = pattern.as_object().filter(kinds::is_reg_exp) else {
        let expected = "an instance of RegExp";
        return Err(validate::invalid_arg_type(context, "regexp", expected, &pattern));
    };
    if let Some(text) = value.as_string()
        && JsRegExp::from_object(regexp)?.exec(text, context)?.is_some() == wanted
    {
        return Ok(JsValue::undefined());
    }
    if is_error(&given, context) {
        return Err(JsError::from_opaque(given));
    }
    let generated = !given.to_boolean();
    let message =
        if generated { match_message(&value, &pattern, wanted, context)?.into() } else { given };
    let function = if wanted { "match" } else { "doesNotMatch" };
    let failure = Failure {
        actual: value,
        expected: pattern,
        message,
        operator: function,
        function,
        options: AssertOptions::of(this),
    };
    Err(with_generated(failure, generated, context)?)
}

fn match_message(
    value: &JsValue,
    pattern: &JsValue,
    wanted: bool,
    context: &mut Context,
) -> JsResult<JsString> {
    let shown = inspected(value, context)?;
    if !value.is_string() {
        let kind = value.type_of();
        return Ok(JsString::from(format!(
            "The \"string\" argument must be of type string. Received type {kind} ({shown})"
        )));
    }
    let did = if wanted {
        "The input did not match the regular expression"
    } else {
        "The input was expected to not match the regular expression"
    };
    let pattern = inspected(pattern, context)?;
    Ok(JsString::from(format!("{did} {pattern}. Input:\n\n{shown}\n")))
}

fn inspected(value: &JsValue, context: &mut Context) -> JsResult<String> {
    let options = Options::current(context)?;
    Ok(inspect::inspect(value, &options, context)?.into_string())
}

/// The functions of `assert` and of the prototype of `Assert`, in Node's order.
pub(super) const CHECKS: &[(&str, usize, Native)] = &[
    ("ok", 0, ok),
    ("fail", 1, fail),
    ("equal", 3, equal),
    ("notEqual", 3, not_equal),
    ("deepEqual", 3, deep_equal),
    ("notDeepEqual", 3, not_deep_equal),
    ("deepStrictEqual", 3, deep_strict_equal),
    ("notDeepStrictEqual", 3, not_deep_strict_equal),
    ("strictEqual", 3, strict_equal),
    ("notStrictEqual", 3, not_strict_equal),
    ("partialDeepStrictEqual", 3, partial_deep_strict_equal),
    ("match", 3, matches),
    ("doesNotMatch", 3, does_not_match),
];
