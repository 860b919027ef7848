//! The options of `util.inspect`: their defaults, and their way in from JavaScript and out to it.

use boa_engine::{
    Context, JsNativeError, JsObject, JsResult, JsString, JsValue, property::PropertyKey,
    value::JsVariant,
};

use super::{state::State, style::Stylize};
use crate::engine::{natives::define_value, reflect};

/// How a value is shown. Node: the options of `util.inspect`.
#[allow(clippy::struct_excessive_bools)] // Node's options are what they are
#[derive(Clone)]
pub(crate) struct Options {
    /// Non-enumerable properties and prototype properties are shown too.
    pub(crate) show_hidden: bool,
    /// How many levels of nested objects are shown.
    pub(crate) depth: Depth,
    /// ANSI colour codes are added.
    pub(crate) colors: bool,
    /// `[util.inspect.custom]` functions are called.
    pub(crate) custom_inspect: bool,
    /// Proxies are shown as such instead of as their target.
    pub(crate) show_proxy: bool,
    /// How many elements of arrays, sets and maps are shown. As all numbers here it comes from
    /// JavaScript and may be NaN.
    pub(crate) max_array_length: f64,
    /// How many characters of a string are shown.
    pub(crate) max_string_length: f64,
    /// The length at which a line is broken.
    pub(crate) break_length: f64,
    /// How many inner levels go on one line.
    pub(crate) compact: Compact,
    /// Whether and how properties and entries are sorted.
    pub(crate) sorted: Sorted,
    /// Which getters are called.
    pub(crate) getters: Getters,
    /// Underscores group the digits of numbers.
    pub(crate) numeric_separator: bool,
    /// Who adds the colours.
    pub(super) stylize: Stylize,
    /// The caller's object, if it has properties beyond these: custom functions get them back.
    pub(super) user: Option<JsObject>,
}

/// The option `depth`.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Depth {
    /// `null`: unlimited.
    Null,
    /// `undefined`: unlimited too, but custom functions are told so.
    Undefined,
    /// A number, perhaps `Infinity`.
    Levels(f64),
}

impl Depth {
    /// True if a value this many levels down is not shown any more.
    pub(super) fn is_exceeded_at(self, level: i64) -> bool {
        matches!(self, Self::Levels(levels) if level as f64 > levels)
    }

    /// What is left of it that many levels down, as custom functions are told.
    pub(super) fn at(self, level: i64) -> JsValue {
        match self {
            Self::Null => JsValue::null(),
            Self::Undefined => JsValue::nan(),
            Self::Levels(levels) => JsValue::from(levels - level as f64),
        }
    }

    fn to_js(self) -> JsValue {
        match self {
            Self::Null => JsValue::null(),
            Self::Undefined => JsValue::undefined(),
            Self::Levels(levels) => JsValue::from(levels),
        }
    }
}

/// The option `compact`.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Compact {
    /// Each property on its own line.
    Off,
    /// Everything on as few lines as possible.
    On,
    /// That many inner levels on one line.
    Levels(f64),
}

impl Compact {
    /// The number of levels, where there is one.
    pub(super) fn levels(self) -> Option<f64> {
        match self {
            Self::Levels(levels) if levels >= 1.0 => Some(levels),
            _ => None,
        }
    }
}

/// The option `sorted`.
#[derive(Clone)]
pub(crate) enum Sorted {
    No,
    Yes,
    By(JsObject),
}

/// The option `getters`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Getters {
    No,
    All,
    WithoutSetter,
    WithSetter,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            show_hidden: false,
            depth: Depth::Levels(2.0),
            colors: false,
            custom_inspect: true,
            show_proxy: false,
            max_array_length: 100.0,
            max_string_length: 10_000.0,
            break_length: 80.0,
            compact: Compact::Levels(3.0),
            sorted: Sorted::No,
            getters: Getters::No,
            numeric_separator: false,
            stylize: Stylize::Plain,
            user: None,
        }
    }
}

/// The names of the options in Node's order.
const NAMES: [&str; 12] = [
    "showHidden",
    "depth",
    "colors",
    "customInspect",
    "showProxy",
    "maxArrayLength",
    "maxStringLength",
    "breakLength",
    "compact",
    "sorted",
    "getters",
    "numericSeparator",
];

impl Options {
    /// The defaults, as a script may have changed them in `util.inspect.defaultOptions`.
    pub(crate) fn current(context: &mut Context) -> JsResult<Self> {
        let mut options = Self::default();
        let state = State::of(context);
        if let Some(defaults) = state.default_options.get() {
            options.read(defaults, context)?;
            options.user = None;
        }
        Ok(options)
    }

    /// The defaults, overwritten by the own properties of an options object.
    pub(crate) fn from_js(value: &JsValue, context: &mut Context) -> JsResult<Self> {
        let mut options = Self::current(context)?;
        if let Some(object) = value.as_object() {
            options.read(&object, context)?;
        }
        Ok(options)
    }

    /// Takes over the own enumerable properties that are options.
    pub(crate) fn read(&mut self, object: &JsObject, context: &mut Context) -> JsResult<()> {
        let keys = object.own_property_keys(context)?;
        for key in reflect::only_enumerable(object, keys, context)? {
            let name = match &key {
                PropertyKey::String(name) => name.to_std_string_lossy(),
                PropertyKey::Index(_) => String::new(),
                PropertyKey::Symbol(_) => continue,
            };
            if name == "stylize" || NAMES.contains(&name.as_str()) {
                let value = object.get(key, context)?;
                self.set(&name, &value, context)?;
            } else {
                self.user.get_or_insert_with(|| object.clone());
            }
        }
        Ok(())
    }

    /// Sets one option from JavaScript.
    fn set(&mut self, name: &str, value: &JsValue, context: &mut Context) -> JsResult<()> {
        match name {
            "showHidden" => self.show_hidden = value.to_boolean(),
            "depth" => self.depth = depth(value),
            "colors" => self.colors = value.to_boolean(),
            "customInspect" => self.custom_inspect = value.to_boolean(),
            "showProxy" => self.show_proxy = value.to_boolean(),
            "maxArrayLength" => self.max_array_length = limit(value),
            "maxStringLength" => self.max_string_length = limit(value),
            "breakLength" => self.break_length = loose_number(value),
            "compact" => self.compact = compact(value),
            "sorted" => self.sorted = sorted(value)?,
            "getters" => self.getters = getters(value),
            "numericSeparator" => self.numeric_separator = value.to_boolean(),
            _ => self.stylize = Stylize::from_js(value, &State::of(context)),
        }
        Ok(())
    }

    /// Sets the option `depth` from JavaScript: the old third argument of `util.inspect`.
    pub(super) fn set_depth(&mut self, value: &JsValue) {
        self.depth = depth(value);
    }

    /// The options as properties of an object, in Node's order.
    pub(super) fn write(&self, object: &JsObject) {
        for name in NAMES {
            define_value(object, JsString::from(name), self.value_of(name), true);
        }
    }

    fn value_of(&self, name: &str) -> JsValue {
        match name {
            "showHidden" => self.show_hidden.into(),
            "depth" => self.depth.to_js(),
            "colors" => self.colors.into(),
            "customInspect" => self.custom_inspect.into(),
            "showProxy" => self.show_proxy.into(),
            "maxArrayLength" => JsValue::from(self.max_array_length),
            "maxStringLength" => JsValue::from(self.max_string_length),
            "breakLength" => JsValue::from(self.break_length),
            "compact" => match self.compact {
                Compact::Off => false.into(),
                Compact::On => true.into(),
                Compact::Levels(levels) => JsValue::from(levels),
            },
            "sorted" => match &self.sorted {
                Sorted::No => false.into(),
                Sorted::Yes => true.into(),
                Sorted::By(function) => function.clone().into(),
            },
            "getters" => match self.getters {
                Getters::No => false.into(),
                Getters::All => true.into(),
                Getters::WithoutSetter => boa_engine::js_string!("get").into(),
                Getters::WithSetter => boa_engine::js_string!("set").into(),
            },
            _ => self.numeric_separator.into(),
        }
    }
}

fn depth(value: &JsValue) -> Depth {
    match value.variant() {
        JsVariant::Null => Depth::Null,
        JsVariant::Undefined => Depth::Undefined,
        _ => Depth::Levels(loose_number(value)),
    }
}

fn limit(value: &JsValue) -> f64 {
    if value.is_null() { f64::INFINITY } else { loose_number(value) }
}

fn compact(value: &JsValue) -> Compact {
    match value.variant() {
        JsVariant::Boolean(true) => Compact::On,
        JsVariant::Integer32(_) | JsVariant::Float64(_) => Compact::Levels(loose_number(value)),
        _ => Compact::Off,
    }
}

fn sorted(value: &JsValue) -> JsResult<Sorted> {
    if let Some(function) = value.as_callable() {
        return Ok(Sorted::By(function));
    }
    match value.as_boolean() {
        Some(true) => Ok(Sorted::Yes),
        None if value.to_boolean() => {
            let message = "The comparison function must be either a function or undefined";
            Err(JsNativeError::typ().with_message(message).into())
        }
        _ => Ok(Sorted::No),
    }
}

fn getters(value: &JsValue) -> Getters {
    match value.variant() {
        JsVariant::Boolean(true) => Getters::All,
        JsVariant::String(text) if text == "get" => Getters::WithoutSetter,
        JsVariant::String(text) if text == "set" => Getters::WithSetter,
        _ => Getters::No,
    }
}

/// A number as JavaScript's comparisons see a primitive; NaN of what is none.
fn loose_number(value: &JsValue) -> f64 {
    match value.variant() {
        JsVariant::Integer32(n) => n.into(),
        JsVariant::Float64(n) => n,
        JsVariant::Null => 0.0,
        JsVariant::Boolean(b) => f64::from(u8::from(b)),
        JsVariant::String(text) => text.to_number(),
        _ => f64::NAN,
    }
}
