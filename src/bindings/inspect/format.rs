//! `util.format`: printf-like placeholders.

use boa_engine::{
    Context, JsObject, JsResult, JsString, JsSymbol, JsValue, js_string, property::PropertyKey,
    value::JsVariant,
};

use super::{
    Compact, Depth, Options, inspect,
    names::is_javascript_global,
    primitive::{big_int, number},
    text::Text,
};
use crate::engine::{
    errors::value_of,
    proxies::{self, Behind},
    reflect,
};

/// `util.format(...args)`.
pub(crate) fn format(args: &[JsValue], context: &mut Context) -> JsResult<Text> {
    format_with_options(None, args, context)
}

/// `util.formatWithOptions(options, ...args)`; without options, the defaults of `util.inspect`.
pub(crate) fn format_with_options(
    options: Option<&Options>,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<Text> {
    let Some(first) = args.first() else { return Ok(Text::new()) };
    let Some(template) = first.as_string() else {
        let mut out = shown(first, options, context)?;
        append(&mut out, &args[1..], options, context)?;
        return Ok(out);
    };
    let template = Text::from(&template);
    if args.len() == 1 {
        return Ok(template);
    }
    let mut formatter = Formatter { options, rest: &args[1..], out: Text::new() };
    formatter.fill(template.as_bytes(), context)?;
    let Formatter { mut out, rest, .. } = formatter;
    append(&mut out, rest, options, context)?;
    Ok(out)
}

/// Appends values, each after a space.
fn append(
    out: &mut Text,
    values: &[JsValue],
    options: Option<&Options>,
    context: &mut Context,
) -> JsResult<()> {
    for value in values {
        out.push_str(" ");
        out.push(&shown(value, options, context)?);
    }
    Ok(())
}

/// Strings as they are, all else as `util.inspect` shows it.
fn shown(value: &JsValue, options: Option<&Options>, context: &mut Context) -> JsResult<Text> {
    match (value.as_string(), options) {
        (Some(text), _) => Ok(Text::from(&text)),
        (None, Some(options)) => inspect(value, options, context),
        (None, None) => inspect(value, &Options::current(context)?, context),
    }
}

struct Formatter<'a> {
    options: Option<&'a Options>,
    /// The arguments that no placeholder has taken yet.
    rest: &'a [JsValue],
    out: Text,
}

impl Formatter<'_> {
    /// Copies the template with its placeholders replaced.
    fn fill(&mut self, template: &[u8], context: &mut Context) -> JsResult<()> {
        let mut plain = 0;
        let mut at = 0;
        while let Some(found) = memchr::memchr(b'%', &template[at..]) {
            let percent = at + found;
            let Some(&kind) = template.get(percent + 1) else { break };
            at = percent + 2;
            if kind == b'%' {
                self.out.push_bytes(&template[plain..=percent]);
                plain = at;
            } else if b"sjdOoifc".contains(&kind)
                && let Some((value, rest)) = self.rest.split_first()
            {
                self.out.push_bytes(&template[plain..percent]);
                self.rest = rest;
                self.replace(kind, value, context)?;
                plain = at;
            }
        }
        self.out.push_bytes(&template[plain..]);
        Ok(())
    }

    fn replace(&mut self, kind: u8, value: &JsValue, context: &mut Context) -> JsResult<()> {
        let text = match kind {
            b's' => self.string(value, context)?,
            b'j' => json(value, context)?,
            b'd' => self.decimal(value, context)?,
            b'i' => self.parsed(value, Self::parse_int, context)?,
            b'f' if value.is_symbol() => Text::from("NaN"),
            b'f' => number(Self::parse_float(value, context)?, self.grouped(context)?),
            b'O' => inspect(value, &self.current(context)?, context)?,
            b'o' => {
                let options = Options {
                    show_hidden: true,
                    show_proxy: true,
                    depth: Depth::Levels(4.0),
                    ..self.current(context)?
                };
                inspect(value, &options, context)?
            }
            // `%c` is for the consoles of browsers: it takes its argument and shows nothing.
            _ => Text::new(),
        };
        self.out.push(&text);
        Ok(())
    }

    fn current(&self, context: &mut Context) -> JsResult<Options> {
        match self.options {
            Some(options) => Ok(options.clone()),
            None => Options::current(context),
        }
    }

    fn grouped(&self, context: &mut Context) -> JsResult<bool> {
        Ok(self.current(context)?.numeric_separator)
    }

    /// `%s`.
    fn string(&self, value: &JsValue, context: &mut Context) -> JsResult<Text> {
        let object = match value.variant() {
            JsVariant::Integer32(_) | JsVariant::Float64(_) | JsVariant::BigInt(_) => {
                return self.numeric(value, context);
            }
            JsVariant::Object(object) if !object.is_callable() => object,
            JsVariant::Symbol(symbol) => return Ok(Text::from(&symbol.descriptive_string())),
            _ => return Ok(Text::from(&value.to_string(context)?)),
        };
        if !has_builtin_to_string(&object, context)? {
            return Ok(Text::from(&value.to_string(context)?));
        }
        let options = Options {
            compact: Compact::Levels(3.0),
            colors: false,
            depth: Depth::Levels(0.0),
            stylize: super::style::Stylize::Plain,
            ..self.current(context)?
        };
        inspect(value, &options, context)
    }

    fn numeric(&self, value: &JsValue, context: &mut Context) -> JsResult<Text> {
        let grouped = self.grouped(context)?;
        Ok(match value.as_bigint() {
            Some(n) => big_int(&n.to_string(), grouped),
            None => number(value.as_number().unwrap_or(f64::NAN), grouped),
        })
    }

    /// `%d`.
    fn decimal(&self, value: &JsValue, context: &mut Context) -> JsResult<Text> {
        self.parsed(value, JsValue::to_number, context)
    }

    fn parsed(
        &self,
        value: &JsValue,
        parse: fn(&JsValue, &mut Context) -> JsResult<f64>,
        context: &mut Context,
    ) -> JsResult<Text> {
        if value.is_symbol() {
            return Ok(Text::from("NaN"));
        }
        if value.is_bigint() {
            return self.numeric(value, context);
        }
        Ok(number(parse(value, context)?, self.grouped(context)?))
    }

    fn parse_int(value: &JsValue, context: &mut Context) -> JsResult<f64> {
        let parse = context.intrinsics().objects().parse_int();
        let parsed = parse.call(&JsValue::undefined(), std::slice::from_ref(value), context)?;
        Ok(parsed.as_number().unwrap_or(f64::NAN))
    }

    fn parse_float(value: &JsValue, context: &mut Context) -> JsResult<f64> {
        let parse = context.intrinsics().objects().parse_float();
        let parsed = parse.call(&JsValue::undefined(), std::slice::from_ref(value), context)?;
        Ok(parsed.as_number().unwrap_or(f64::NAN))
    }
}

/// `%j`.
fn json(value: &JsValue, context: &mut Context) -> JsResult<Text> {
    let json = context.intrinsics().objects().json();
    let stringify = json.get(js_string!("stringify"), context)?;
    let Some(stringify) = stringify.as_callable() else { return Ok(Text::from("undefined")) };
    match stringify.call(&JsValue::undefined(), std::slice::from_ref(value), context) {
        Ok(text) => {
            Ok(text.as_string().map_or_else(|| Text::from("undefined"), |t| Text::from(&t)))
        }
        Err(error) if error.as_engine().is_some() => Err(error),
        Err(error) => {
            let error = value_of(error, context);
            if is_cycle_error(&error, context)? {
                return Ok(Text::from("[Circular]"));
            }
            Err(boa_engine::JsError::from_opaque(error))
        }
    }
}

/// True of what `JSON.stringify` throws for an object that contains itself.
fn is_cycle_error(error: &JsValue, context: &mut Context) -> JsResult<bool> {
    let Some(error) = error.as_object() else { return Ok(false) };
    let name = error.get(js_string!("name"), context)?;
    if name.as_string() != Some(js_string!("TypeError")) {
        return Ok(false);
    }
    let message = error.get(js_string!("message"), context)?;
    let message = message.as_string().map(|m| m.to_std_string_lossy()).unwrap_or_default();
    Ok(message.contains("circular structure") || message.contains("cyclic object"))
}

/// True if the object's text would be JavaScript's own, such as `[object Object]`: then `%s` shows
/// the object instead.
fn has_builtin_to_string(object: &JsObject, context: &mut Context) -> JsResult<bool> {
    let object = match proxies::behind(object, context) {
        Behind::NoProxy => object.clone(),
        Behind::Revoked => return Ok(true),
        Behind::Proxy(details) => details.target.clone(),
    };
    let to_string = PropertyKey::from(js_string!("toString"));
    let to_primitive = PropertyKey::from(JsSymbol::to_primitive());
    let mut wanted = Vec::new();
    for key in [to_string, to_primitive] {
        if object.get(key.clone(), context)?.is_callable() {
            if reflect::has_own(&object, &key, context)? {
                return Ok(false);
            }
            wanted.push(key);
        }
    }
    if wanted.is_empty() {
        return Ok(true);
    }
    let mut holder = object;
    loop {
        let Some(prototype) = reflect::prototype(&holder, context)? else { return Ok(true) };
        holder = prototype;
        let mut is_holder = false;
        for key in &wanted {
            is_holder = is_holder || reflect::has_own(&holder, key, context)?;
        }
        if is_holder {
            return names_builtin(&holder, context);
        }
    }
}

fn names_builtin(prototype: &JsObject, context: &mut Context) -> JsResult<bool> {
    let key = PropertyKey::from(js_string!("constructor"));
    let Some(property) = reflect::own_property(prototype, &key, context)? else { return Ok(false) };
    let Some(constructor) = property.value().and_then(JsValue::as_callable) else {
        return Ok(false);
    };
    let name: Option<JsString> = constructor.get(js_string!("name"), context)?.as_string();
    Ok(name.is_some_and(|name| is_javascript_global(Text::from(&name).as_bytes())))
}
