//! Colours: `util.inspect.colors`, `util.inspect.styles`, and who applies them.

use boa_engine::{
    Context, JsObject, JsResult, JsString, JsValue, js_string, object::builtins::JsArray,
};

use super::{regexp_colors, state::State, text::Text};
use crate::engine::natives::{arg, closure, define_accessor, define_value, function};

/// Who adds the colours.
#[derive(Clone)]
pub(super) enum Stylize {
    /// Nobody.
    Plain,
    /// `util.inspect.styles` and `util.inspect.colors`.
    Colors,
    /// A function of the caller's.
    Custom(JsObject),
}

impl Stylize {
    /// Recognises our own functions when custom functions pass their options on.
    pub(super) fn from_js(value: &JsValue, state: &State) -> Self {
        let Some(function) = value.as_object() else { return Self::Plain };
        let is = |own: &std::cell::OnceCell<JsObject>| {
            own.get().is_some_and(|own| JsObject::equals(own, &function))
        };
        if is(&state.plain_stylize) {
            Self::Plain
        } else if is(&state.color_stylize) {
            Self::Colors
        } else {
            Self::Custom(function)
        }
    }

    /// The function that custom functions find as `options.stylize`.
    pub(super) fn to_js(&self, context: &mut Context) -> JsObject {
        let state = State::of(context);
        match self {
            Self::Plain => state
                .plain_stylize
                .get_or_init(|| function("stylizeNoColor", 1, stylize_plain, context).into())
                .clone(),
            Self::Colors => state
                .color_stylize
                .get_or_init(|| function("stylizeWithColor", 2, stylize_color, context).into())
                .clone(),
            Self::Custom(function) => function.clone(),
        }
    }

    /// The text in the colours of a style.
    pub(super) fn apply(
        &self,
        text: Text,
        style: &'static str,
        context: &mut Context,
    ) -> JsResult<Text> {
        match self {
            Self::Plain => Ok(text),
            Self::Colors => colored(text, style, context),
            Self::Custom(function) => {
                let args = [text.to_js().into(), JsString::from(style).into()];
                let styled = function.call(&JsValue::undefined(), &args, context)?;
                Ok(Text::from(&styled.to_string(context)?))
            }
        }
    }
}

fn stylize_plain(_: &JsValue, args: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    Ok(arg(args, 0))
}

fn stylize_color(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let text = Text::from(&arg(args, 0).to_string(context)?);
    let style = arg(args, 1).to_string(context)?.to_std_string_lossy();
    Ok(colored(text, &style, context)?.to_js().into())
}

/// Wraps the text in the escape codes of its style.
fn colored(text: Text, style: &str, context: &mut Context) -> JsResult<Text> {
    if let Some(inspect) = State::of(context).function.get() {
        return colored_by_tables(text, style, inspect, context);
    }
    // Nobody can have changed the tables.
    if style == "regexp" {
        return regexp_colors::highlight(&text, &regexp_colors::default_palette(), context);
    }
    Ok(default_color(style).map_or_else(|| text.clone(), |color| wrapped(&text, color)))
}

/// The escape codes of a style before a script changes the tables.
fn default_color(style: &str) -> Option<(u8, u8)> {
    let &(_, color) = STYLES.iter().find(|(name, _)| *name == style)?;
    let color = ALIASES.iter().find(|(_, alias)| *alias == color).map_or(color, |(name, _)| name);
    COLORS.iter().find(|(name, ..)| *name == color).map(|&(_, set, reset)| (set, reset))
}

fn wrapped(text: &Text, (set, reset): (u8, u8)) -> Text {
    let mut out = Text::from(format!("\u{1b}[{set}m"));
    out.push(text);
    out.push_str(&format!("\u{1b}[{reset}m"));
    out
}

fn colored_by_tables(
    text: Text,
    style: &str,
    inspect: &JsObject,
    context: &mut Context,
) -> JsResult<Text> {
    let styles = inspect.get(js_string!("styles"), context)?.to_object(context)?;
    let style = styles.get(JsString::from(style), context)?;
    if let Some(function) = style.as_callable() {
        let args = [text.to_js().into()];
        let styled = function.call(&JsValue::undefined(), &args, context)?;
        return Ok(Text::from(&styled.to_string(context)?));
    }
    if style.is_undefined() {
        return Ok(text);
    }
    let name = style.to_string(context)?;
    Ok(match escape_codes(&name, inspect, context)? {
        Some((set, reset)) => {
            let mut out = set;
            out.push(&text);
            out.push(&reset);
            out
        }
        None => text,
    })
}

/// The escape codes of a colour in `util.inspect.colors`.
pub(super) fn escape_codes(
    name: &JsString,
    inspect: &JsObject,
    context: &mut Context,
) -> JsResult<Option<(Text, Text)>> {
    let colors = inspect.get(js_string!("colors"), context)?.to_object(context)?;
    let Some(pair) = colors.get(name.clone(), context)?.as_object() else { return Ok(None) };
    let code = |index: u32, context: &mut Context| -> JsResult<Text> {
        let code = pair.get(index, context)?.to_string(context)?;
        let mut text = Text::from("\u{1b}[");
        text.push_js(code.as_str());
        text.push_str("m");
        Ok(text)
    };
    Ok(Some((code(0, context)?, code(1, context)?)))
}

/// `util.inspect.colors`, fresh.
pub(super) fn colors_object(context: &mut Context) -> JsObject {
    let colors = JsObject::with_null_proto();
    for (name, set, reset) in COLORS {
        let pair = JsArray::from_iter([JsValue::from(set), JsValue::from(reset)], context);
        define_value(&colors, JsString::from(name), pair, true);
    }
    for (target, alias) in ALIASES {
        let get = closure("get", 0, JsString::from(target), read_alias, context);
        let set = closure("set", 1, JsString::from(target), write_alias, context);
        define_accessor(&colors, JsString::from(alias), Some(get), Some(set), false);
    }
    colors
}

fn read_alias(
    this: &JsValue,
    _: &[JsValue],
    target: &JsString,
    context: &mut Context,
) -> JsResult<JsValue> {
    this.to_object(context)?.get(target.clone(), context)
}

fn write_alias(
    this: &JsValue,
    args: &[JsValue],
    target: &JsString,
    context: &mut Context,
) -> JsResult<JsValue> {
    this.to_object(context)?.set(target.clone(), arg(args, 0), true, context)?;
    Ok(JsValue::undefined())
}

/// `util.inspect.styles`, fresh.
pub(super) fn styles_object(context: &mut Context) -> JsObject {
    let styles = JsObject::with_null_proto();
    for (style, color) in STYLES {
        let value: JsValue = match style {
            "regexp" => regexp_colors::style_function(context).into(),
            _ => JsString::from(color).into(),
        };
        define_value(&styles, JsString::from(style), value, true);
    }
    styles
}

/// What each kind of thing looks like. `regexp` has a function of its own.
const STYLES: [(&str, &str); 11] = [
    ("special", "cyan"),
    ("number", "yellow"),
    ("bigint", "yellow"),
    ("boolean", "yellow"),
    ("undefined", "grey"),
    ("null", "bold"),
    ("string", "green"),
    ("symbol", "green"),
    ("date", "magenta"),
    ("regexp", ""),
    ("module", "underline"),
];

/// Select Graphic Rendition: name, code that sets, code that resets (ECMA-48, 8.3.117).
pub(super) const COLORS: [(&str, u8, u8); 44] = [
    ("reset", 0, 0),
    ("bold", 1, 22),
    ("dim", 2, 22),
    ("italic", 3, 23),
    ("underline", 4, 24),
    ("blink", 5, 25),
    ("inverse", 7, 27),
    ("hidden", 8, 28),
    ("strikethrough", 9, 29),
    ("doubleunderline", 21, 24),
    ("black", 30, 39),
    ("red", 31, 39),
    ("green", 32, 39),
    ("yellow", 33, 39),
    ("blue", 34, 39),
    ("magenta", 35, 39),
    ("cyan", 36, 39),
    ("white", 37, 39),
    ("bgBlack", 40, 49),
    ("bgRed", 41, 49),
    ("bgGreen", 42, 49),
    ("bgYellow", 43, 49),
    ("bgBlue", 44, 49),
    ("bgMagenta", 45, 49),
    ("bgCyan", 46, 49),
    ("bgWhite", 47, 49),
    ("framed", 51, 54),
    ("overlined", 53, 55),
    ("gray", 90, 39),
    ("redBright", 91, 39),
    ("greenBright", 92, 39),
    ("yellowBright", 93, 39),
    ("blueBright", 94, 39),
    ("magentaBright", 95, 39),
    ("cyanBright", 96, 39),
    ("whiteBright", 97, 39),
    ("bgGray", 100, 49),
    ("bgRedBright", 101, 49),
    ("bgGreenBright", 102, 49),
    ("bgYellowBright", 103, 49),
    ("bgBlueBright", 104, 49),
    ("bgMagentaBright", 105, 49),
    ("bgCyanBright", 106, 49),
    ("bgWhiteBright", 107, 49),
];

/// Second names of colours.
const ALIASES: [(&str, &str); 12] = [
    ("gray", "grey"),
    ("gray", "blackBright"),
    ("bgGray", "bgGrey"),
    ("bgGray", "bgBlackBright"),
    ("dim", "faint"),
    ("strikethrough", "crossedout"),
    ("strikethrough", "strikeThrough"),
    ("strikethrough", "crossedOut"),
    ("hidden", "conceal"),
    ("inverse", "swapColors"),
    ("inverse", "swapcolors"),
    ("doubleunderline", "doubleUnderline"),
];
