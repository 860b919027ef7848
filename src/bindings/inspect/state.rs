//! What inspection keeps for each realm.

use std::{
    cell::{Cell, OnceCell},
    rc::Rc,
};

use boa_engine::{Context, JsObject, JsSymbol};

use super::custom;

/// The shared state; get it with [`State::of`].
pub(super) struct State {
    /// `Symbol.for('nodejs.util.inspect.custom')`.
    pub(super) custom: JsSymbol,
    /// Prototypes whose constructor's name is known, whatever became of their `constructor`.
    pub(super) well_known: Vec<(JsObject, &'static str)>,
    /// `util.inspect`, once a script has asked for it.
    pub(super) function: OnceCell<JsObject>,
    /// `util.inspect.defaultOptions`, once a script has asked for it.
    pub(super) default_options: OnceCell<JsObject>,
    /// The `stylize` functions that custom functions are given: without and with colours.
    pub(super) plain_stylize: OnceCell<JsObject>,
    pub(super) color_stylize: OnceCell<JsObject>,
    /// How many values are being shown inside of one another right now, through custom functions too.
    pub(super) nesting: Cell<usize>,
}

impl State {
    /// The state of this realm.
    pub(super) fn of(context: &mut Context) -> Rc<Self> {
        if let Some(state) = context.get_data::<Rc<Self>>() {
            return state.clone();
        }
        let state = Rc::new(Self {
            custom: custom_symbol(context),
            well_known: well_known(context),
            function: OnceCell::new(),
            default_options: OnceCell::new(),
            plain_stylize: OnceCell::new(),
            color_stylize: OnceCell::new(),
            nesting: Cell::new(0),
        });
        context.insert_data(state.clone());
        state
    }

    /// The name of the constructor that this prototype belongs to.
    pub(super) fn well_known_name(&self, prototype: &JsObject) -> Option<&'static str> {
        let found = self.well_known.iter().find(|(known, _)| JsObject::equals(known, prototype));
        found.map(|&(_, name)| name)
    }
}

/// The engine makes registered symbols itself; it cannot refuse this one.
fn custom_symbol(context: &mut Context) -> JsSymbol {
    custom::symbol(context).unwrap_or_else(|_| JsSymbol::to_string_tag())
}

/// The prototypes most often met come first.
fn well_known(context: &Context) -> Vec<(JsObject, &'static str)> {
    let known = context.intrinsics().constructors();
    vec![
        (known.object().prototype(), "Object"),
        (known.array().prototype(), "Array"),
        (known.function().prototype(), "Function"),
        (known.error().prototype(), "Error"),
        (known.map().prototype(), "Map"),
        (known.set().prototype(), "Set"),
        (known.promise().prototype(), "Promise"),
        (known.date().prototype(), "Date"),
        (known.regexp().prototype(), "RegExp"),
        (known.typed_array().prototype(), "TypedArray"),
        (known.array_buffer().prototype(), "ArrayBuffer"),
        (known.data_view().prototype(), "DataView"),
        (known.type_error().prototype(), "TypeError"),
        (known.range_error().prototype(), "RangeError"),
        (known.aggregate_error().prototype(), "AggregateError"),
        (known.boolean().prototype(), "Boolean"),
        (known.number().prototype(), "Number"),
        (known.string().prototype(), "String"),
        (known.weak_map().prototype(), "WeakMap"),
        (known.weak_set().prototype(), "WeakSet"),
    ]
}
