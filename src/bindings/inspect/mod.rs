//! `util.inspect`: any value as text for people.
//!
//! Rust code calls [`inspect`]. Nothing here runs a program's JavaScript except where Node does:
//! custom functions, getters on request, what a `constructor.name` or `Symbol.toStringTag` may be.

mod collections;
pub(crate) mod custom;
mod depth;
mod elements;
mod error_stack;
mod errors;
mod format;
mod frame;
mod functions;
mod inspect_function;
mod layout;
mod names;
mod options;
mod outline;
mod primitive;
mod property;
mod regexp_colors;
mod slots;
mod state;
mod style;
mod text;
mod width;
mod width_table;

use std::rc::Rc;

use boa_engine::{Context, JsObject, JsResult, JsValue, js_string, property::PropertyKey};

use self::{depth::Nesting, state::State, style::Stylize};
pub(crate) use self::{
    errors::is_error,
    format::{format, format_with_options},
    inspect_function::inspect_function,
    options::{Compact, Depth, Getters, Options, Sorted},
    text::Text,
    width::{string_width, strip_control_sequences},
};
use crate::engine::{
    natives::define_value,
    proxies::{self, Behind},
    reflect, validate,
};

/// Shows a value.
///
/// # Errors
/// What a custom function or a getter of the program throws.
pub(crate) fn inspect(value: &JsValue, options: &Options, context: &mut Context) -> JsResult<Text> {
    Inspector::new(options.clone(), context).value(value, 0, context)
}

/// Lets error messages show values as `util.inspect` does.
pub(crate) fn install(context: &mut Context) {
    context.insert_data(validate::Inspect(for_error_message));
}

/// Objects in error messages: a short form, or as `util.inspect` shows them unasked.
fn for_error_message(value: &JsValue, is_short: bool, context: &mut Context) -> String {
    let mut options = Options::default();
    if is_short {
        options.depth = Depth::Levels(-1.0);
    }
    inspect(value, &options, context).map_or_else(|_| "[Object]".to_owned(), Text::into_string)
}

/// The level of what is shown in the place of a name or a stack: nothing there is cut, and nothing
/// goes on one line.
const NO_LEVEL: i64 = i64::MIN / 2;

/// One call of `util.inspect`: its options and how far it has come.
struct Inspector {
    options: Options,
    state: Rc<State>,
    /// How many spaces stand before the lines of the value at hand.
    indentation: usize,
    /// The level of the object that was shown last.
    current_level: i64,
    /// The objects around the one at hand.
    seen: Vec<JsObject>,
    /// The objects that contain themselves, in the order in which this was found out.
    circular: Vec<JsObject>,
    /// How much text was made at each indentation.
    budget: Vec<usize>,
}

impl Inspector {
    fn new(mut options: Options, context: &mut Context) -> Self {
        if options.colors {
            options.stylize = Stylize::Colors;
        }
        Self {
            options,
            state: State::of(context),
            indentation: 0,
            current_level: 0,
            seen: Vec::new(),
            circular: Vec::new(),
            budget: Vec::new(),
        }
    }

    fn stylize(
        &mut self,
        text: &str,
        style: &'static str,
        context: &mut Context,
    ) -> JsResult<Text> {
        self.options.stylize.apply(Text::from(text), style, context)
    }

    /// Shows a value that many levels below the first one.
    fn value(&mut self, value: &JsValue, level: i64, context: &mut Context) -> JsResult<Text> {
        match value.as_object() {
            Some(object) => self.object(object, level, false, context),
            None => self.primitive(value, context),
        }
    }

    /// Shows an object; `of_typed_array` if it is the `buffer` of one.
    fn object(
        &mut self,
        object: JsObject,
        level: i64,
        of_typed_array: bool,
        context: &mut Context,
    ) -> JsResult<Text> {
        let given = object.clone();
        let (mut object, mut is_proxy) = (object, false);
        loop {
            match proxies::behind(&object, context) {
                Behind::NoProxy => break,
                Behind::Revoked => return self.stylize("<Revoked Proxy>", "special", context),
                Behind::Proxy(details) if self.options.show_proxy => {
                    return self.proxy(&details, level, context);
                }
                Behind::Proxy(details) => (object, is_proxy) = (details.target.clone(), true),
            }
        }
        if self.options.custom_inspect
            && let Some(shown) = self.custom(&object, &given, is_proxy, level, context)?
        {
            return Ok(shown);
        }
        if self.seen.contains(&object) {
            let index = self.reference_to(&object);
            return self.stylize(&format!("[Circular *{index}]"), "special", context);
        }
        let nesting = Nesting::enter(&self.state);
        self.frame(&object, level, of_typed_array, nesting.is_too_deep(), context)
    }

    /// The number by which a circular reference is known.
    fn reference_to(&mut self, object: &JsObject) -> usize {
        if let Some(at) = self.circular.iter().position(|known| known == object) {
            return at + 1;
        }
        self.circular.push(object.clone());
        self.circular.len()
    }

    /// Shows a proxy as its target and its handler.
    fn proxy(
        &mut self,
        details: &proxies::Details,
        level: i64,
        context: &mut Context,
    ) -> JsResult<Text> {
        if self.options.depth.is_exceeded_at(level) {
            return self.stylize("Proxy [Array]", "special", context);
        }
        let nesting = Nesting::enter(&self.state);
        if nesting.is_too_deep() {
            return self.interrupted(&Text::from("Proxy"), context);
        }
        self.indentation += 2;
        let target = self.value(&details.target.clone().into(), level + 1, context)?;
        let handler = self.value(&details.handler.clone().into(), level + 1, context)?;
        self.indentation -= 2;
        let braces = layout::Braces::new("Proxy [", "]");
        let list = layout::List { entries: vec![target, handler], is_array: true, array: None };
        self.reduce(list, &Text::new(), &braces, level + 1, context)
    }

    /// Calls the object's `[util.inspect.custom]`; `None` if it has none or that returns `this`.
    fn custom(
        &mut self,
        object: &JsObject,
        given: &JsObject,
        is_proxy: bool,
        level: i64,
        context: &mut Context,
    ) -> JsResult<Option<Text>> {
        let custom = object.get(self.state.custom.clone(), context)?;
        let Some(custom) = custom.as_callable() else { return Ok(None) };
        if self.state.function.get().is_some_and(|own| JsObject::equals(own, &custom))
            || is_prototype_of_its_constructor(object, context)?
        {
            return Ok(None);
        }
        let depth = self.options.depth.at(level);
        let options = self.options_for_custom(given, is_proxy, context)?;
        let inspect = inspect_function(context);
        let nesting = Nesting::enter(&self.state);
        if nesting.is_too_deep() {
            return self.interrupted(&Text::from("Object"), context).map(Some);
        }
        let this = JsValue::from(given.clone());
        let returned = custom.call(&this, &[depth, options.into(), inspect.into()], context)?;
        drop(nesting);
        if returned.as_object().is_some_and(|returned| JsObject::equals(&returned, given)) {
            return Ok(None);
        }
        match returned.as_string() {
            Some(text) => Ok(Some(Text::from(&text).indented(self.indentation))),
            None => self.value(&returned, level, context).map(Some),
        }
    }

    /// The object that custom functions are given as `options`.
    fn options_for_custom(
        &self,
        given: &JsObject,
        is_proxy: bool,
        context: &mut Context,
    ) -> JsResult<JsObject> {
        let stylize = self.options.stylize.to_js(context);
        let is_foreign = is_proxy || !inherits_object_prototype(given, context);
        let options = if is_foreign {
            JsObject::with_null_proto()
        } else {
            JsObject::with_object_proto(context.intrinsics())
        };
        if !is_foreign {
            define_value(&options, js_string!("stylize"), stylize.clone(), true);
        }
        self.options.write(&options);
        if let Some(user) = &self.options.user {
            let keys = user.own_property_keys(context)?;
            for key in reflect::only_enumerable(user, keys, context)? {
                let value = user.get(key.clone(), context)?;
                if !(is_foreign && value.is_object()) {
                    define_value(&options, key, value, true);
                }
            }
        }
        if is_foreign {
            define_value(&options, js_string!("stylize"), stylize, true);
        }
        Ok(options)
    }

    /// What is shown instead of an object that is nested too deeply for the stack.
    fn interrupted(&mut self, name: &Text, context: &mut Context) -> JsResult<Text> {
        let mut out = Text::from("[");
        out.push(name);
        out.push_str(": Inspection interrupted prematurely. Maximum call stack size exceeded.]");
        self.options.stylize.apply(out, "special", context)
    }
}

/// `value.constructor.prototype === value`, by own properties.
fn is_prototype_of_its_constructor(object: &JsObject, context: &mut Context) -> JsResult<bool> {
    let key = PropertyKey::from(js_string!("constructor"));
    let Some(property) = reflect::own_property(object, &key, context)? else { return Ok(false) };
    let Some(constructor) = property.value().and_then(JsValue::as_object) else {
        return Ok(false);
    };
    let prototype = constructor.get(js_string!("prototype"), context)?;
    Ok(prototype.as_object().is_some_and(|prototype| JsObject::equals(&prototype, object)))
}

/// `value instanceof Object`, whatever a script did to `Object`.
fn inherits_object_prototype(object: &JsObject, context: &mut Context) -> bool {
    let root = context.intrinsics().constructors().object().prototype();
    let mut current = reflect::prototype(object, context).ok().flatten();
    while let Some(prototype) = current {
        if JsObject::equals(&prototype, &root) {
            return true;
        }
        current = reflect::prototype(&prototype, context).ok().flatten();
    }
    false
}
