//! How errors are shown: their stack, with the name put right and repetition left out.

use boa_engine::{Context, JsError, JsObject, JsResult, JsValue, js_string, property::PropertyKey};
use memchr::memmem;

use super::{Inspector, NO_LEVEL, error_stack, names::prefix, slots::inherits_error, text::Text};
use crate::engine::{kinds, reflect};

impl Inspector {
    /// The stack of an error as it is shown; takes the keys that it shows already off `keys`.
    pub(super) fn error_base(
        &mut self,
        error: &JsObject,
        constructor: Option<&Text>,
        tag: &Text,
        keys: &mut Vec<PropertyKey>,
        context: &mut Context,
    ) -> JsResult<Text> {
        let stack = match self.stack_of(error, context) {
            Ok(stack) => stack,
            Err(failure) if is_final(&failure) => return Err(failure),
            Err(_) => {
                return Ok(kinds::class_of(error, context)
                    .as_ref()
                    .map_or_else(Text::new, Text::from));
            }
        };
        let message = readable(error.get(js_string!("message"), context))?;
        let name = readable(error.get(js_string!("name"), context))?;
        if !self.options.show_hidden {
            drop_shown_keys(keys, &stack, message.as_ref(), name.as_ref());
        }
        add_hidden_keys(error, keys, context)?;
        let stack = improve_name(stack, constructor, name, tag, context)?;
        let mut stack = self.with_frames(error, stack, message.as_ref(), context)?;
        stack = stack.indented(self.indentation);
        Ok(stack)
    }

    /// The error's `stack`; without one, what its `toString` says.
    fn stack_of(&mut self, error: &JsObject, context: &mut Context) -> JsResult<Text> {
        let stack = match error.get(js_string!("stack"), context) {
            Ok(stack) => stack,
            Err(failure) if is_final(&failure) => return Err(failure),
            Err(_) => JsValue::undefined(),
        };
        if !stack.to_boolean() {
            return heading(error, context);
        }
        if let Some(stack) = stack.as_string() {
            return Ok(Text::from(&stack));
        }
        self.seen.push(error.clone());
        self.indentation += 4;
        let shown = self.value(&stack, NO_LEVEL, context)?;
        self.indentation -= 4;
        self.seen.pop();
        let mut out = heading(error, context)?;
        out.push_str("\n    ");
        out.push(&shown);
        Ok(out)
    }

    /// Puts an error without frames in brackets and shortens the frames of others.
    fn with_frames(
        &mut self,
        error: &JsObject,
        stack: Text,
        message: Option<&JsValue>,
        context: &mut Context,
    ) -> JsResult<Text> {
        let after_message = message.map_or(0, |message| end_of_message(&stack, message));
        let bytes = stack.as_bytes();
        let Some(start) = memmem::find(&bytes[after_message..], b"\n    at") else {
            let mut out = Text::from("[");
            out.push(&stack);
            out.push_str("]");
            return Ok(out);
        };
        let start = after_message + start;
        let mut out = Text::from(&bytes[..start]);
        for line in self.frames(error, &bytes[start + 1..], context)? {
            out.push_str("\n");
            if self.options.colors {
                error_stack::push_colored(&mut out, &line, &self.options.stylize, context)?;
            } else {
                out.push(&line);
            }
        }
        Ok(out)
    }

    /// The lines of a stack, without those that say nothing new.
    fn frames(
        &mut self,
        error: &JsObject,
        frames: &[u8],
        context: &mut Context,
    ) -> JsResult<Vec<Text>> {
        let mut lines: Vec<Text> = frames.split(|&b| b == b'\n').map(Text::from).collect();
        let cause = readable(error.get(js_string!("cause"), context))?;
        if let Some(cause) = cause.as_ref().and_then(JsValue::as_object)
            && is_error(&cause, context)?
        {
            let stack = self.stack_of(&cause, context)?;
            if let Some(start) = stack.find(b"\n    at") {
                let frames = stack.as_bytes()[start + 1..].split(|&b| b == b'\n');
                let frames: Vec<&[u8]> = frames.collect();
                if let Some((at, length)) = error_stack::shared_run(&lines, &frames) {
                    let skipped = length - 2;
                    let note = format!("    ... {skipped} lines matching cause stack trace ...");
                    let note = self.stylize(&note, "undefined", context)?;
                    lines.splice(at + 1..at + 1 + skipped, [note]);
                }
            }
        }
        if lines.len() > 10 {
            for repeat in error_stack::repeats(&lines).into_iter().rev() {
                let note = self.stylize(&repeat.note(), "undefined", context)?;
                lines.splice(repeat.at..repeat.at + repeat.lines(), [note]);
            }
        }
        Ok(lines)
    }
}

/// True of what scripts cannot catch: the program's end.
fn is_final(error: &JsError) -> bool {
    error.as_engine().is_some()
}

/// `None` of a property whose getter throws.
fn readable(value: JsResult<JsValue>) -> JsResult<Option<JsValue>> {
    match value {
        Ok(value) => Ok(Some(value)),
        Err(error) if is_final(&error) => Err(error),
        Err(_) => Ok(None),
    }
}

/// Node: `isError`.
pub(crate) fn is_error(object: &JsObject, context: &mut Context) -> JsResult<bool> {
    Ok(kinds::is_error(object) || inherits_error(object, context)?)
}

/// `Error.prototype.toString`, as the standard has it.
fn heading(error: &JsObject, context: &mut Context) -> JsResult<Text> {
    let part = |key, default: &str, context: &mut Context| -> JsResult<Text> {
        let value = error.get(key, context)?;
        if value.is_undefined() {
            return Ok(Text::from(default));
        }
        Ok(Text::from(&value.to_string(context)?))
    };
    let mut out = part(js_string!("name"), "Error", context)?;
    let message = part(js_string!("message"), "", context)?;
    if !out.is_empty() && !message.is_empty() {
        out.push_str(": ");
    }
    out.push(&message);
    Ok(out)
}

/// Takes off what the stack shows already: a property that is no string, or text that is in it.
fn drop_shown_keys(
    keys: &mut Vec<PropertyKey>,
    stack: &Text,
    message: Option<&JsValue>,
    name: Option<&JsValue>,
) {
    let is_shown = |value: &JsValue| {
        value.as_string().is_none_or(|text| stack.contains(Text::from(&text).as_bytes()))
    };
    let mut shown = vec![js_string!("stack")];
    if message.is_some_and(is_shown) {
        shown.push(js_string!("message"));
    }
    if name.is_some_and(is_shown) {
        shown.push(js_string!("name"));
    }
    keys.retain(|key| !shown.iter().any(|shown| *key == PropertyKey::from(shown.clone())));
}

/// `cause` and the `errors` of an `AggregateError` are shown although they are not enumerable.
fn add_hidden_keys(
    error: &JsObject,
    keys: &mut Vec<PropertyKey>,
    context: &mut Context,
) -> JsResult<()> {
    let cause = PropertyKey::from(js_string!("cause"));
    if !keys.contains(&cause) && reflect::has_own(error, &cause, context)? {
        keys.push(cause);
    }
    let errors = PropertyKey::from(js_string!("errors"));
    if keys.contains(&errors) || !reflect::has_own(error, &errors, context)? {
        return Ok(());
    }
    let list = readable(error.get(errors.clone(), context))?;
    if list.as_ref().and_then(JsValue::as_object).is_some_and(|list| list.is_array()) {
        keys.push(errors);
    }
    Ok(())
}

/// Makes the stack's heading name the constructor where the `name` property alone would hide it.
fn improve_name(
    mut stack: Text,
    constructor: Option<&Text>,
    name: Option<JsValue>,
    tag: &Text,
    context: &mut Context,
) -> JsResult<Text> {
    let name = name.filter(|name| !name.is_null_or_undefined());
    let name = name.unwrap_or_else(|| js_string!("Error").into());
    let is_string = name.is_string();
    let name = Text::from(&name.to_string(context)?);
    if !is_string && let Some(at) = stack.find(name.as_bytes()) {
        let end = at + name.as_bytes().len();
        let mut out = Text::from(&stack.as_bytes()[..end]);
        out.push_str(" [");
        out.push_bytes(trimmed(&prefix(constructor, tag, "Error", None)));
        out.push_str("]");
        out.push_bytes(&stack.as_bytes()[end..]);
        stack = out;
    }
    let looks_normal = name.as_bytes().ends_with(b"Error")
        && stack.as_bytes().strip_prefix(name.as_bytes()).is_some_and(|rest| {
            rest.is_empty() || rest.starts_with(b":") || rest.starts_with(b"\n")
        });
    if constructor.is_some() && !looks_normal {
        return Ok(stack);
    }
    let (fallback, length) = match constructor {
        Some(_) => ("Error".to_owned(), name.as_bytes().len()),
        None => match name_in_heading(stack.as_bytes()) {
            Some(found) => (Text::from(found).into_string(), found.len()),
            None => ("Error".to_owned(), 0),
        },
    };
    let prefix = prefix(constructor, tag, &fallback, None);
    let prefix = Text::from(trimmed(&prefix));
    if prefix == name {
        return Ok(stack);
    }
    let rest = &stack.as_bytes()[length..];
    let mut out = prefix.clone();
    if !prefix.contains(name.as_bytes()) {
        out.push_str(" [");
        out.push(&name);
        out.push_str("]");
    } else if length == 0 {
        out.push_str(": ");
    }
    out.push_bytes(rest);
    Ok(out)
}

/// Without the space at the end.
fn trimmed(prefix: &Text) -> &[u8] {
    prefix.as_bytes().strip_suffix(b" ").unwrap_or(prefix.as_bytes())
}

/// What a stack's first line begins with, if that looks like an error's name.
fn name_in_heading(stack: &[u8]) -> Option<&[u8]> {
    let is_part = |b: &&u8| b.is_ascii_alphanumeric() || b"_ []()-".contains(*b);
    let length = stack.iter().take_while(is_part).count();
    let rest = &stack[length..];
    let is_followed = rest.starts_with(b":") || rest.starts_with(b"\n    at");
    if length > 1 && stack[0].is_ascii_uppercase() && is_followed {
        return Some(&stack[..length]);
    }
    let is_word = |b: &u8| b.is_ascii_alphanumeric() || *b == b'_' || *b == b'-';
    (stack.ends_with(b"Error") && stack.iter().all(is_word)).then_some(stack)
}

/// Where the frames may begin: a message may itself look like frames.
fn end_of_message(stack: &Text, message: &JsValue) -> usize {
    let Some(message) = message.as_string().filter(|message| !message.is_empty()) else { return 0 };
    let message = Text::from(&message);
    match stack.find(message.as_bytes()) {
        Some(at) if at > 0 => at + message.as_bytes().len(),
        _ => 0,
    }
}
