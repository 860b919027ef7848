//! Whether a regular expression is as the language made it: no `exec`, flag or property of a
//! program's own decides what a match is.

use boa_engine::{
    Context, JsObject, JsResult, JsString, JsSymbol, JsValue, builtins::regexp::RegExp, js_string,
    property::PropertyKey,
};

/// The getters that the flags are made of.
const GETTERS: [&str; 9] = [
    "dotAll",
    "flags",
    "global",
    "hasIndices",
    "ignoreCase",
    "multiline",
    "sticky",
    "unicode",
    "unicodeSets",
];

/// What `RegExp` and its prototype have before a program can change them.
pub(super) struct Pristine {
    constructor: JsObject,
    prototype: JsObject,
    /// Our own `exec`.
    exec: JsObject,
    getters: Vec<(PropertyKey, JsObject)>,
    species: JsObject,
    /// A regular expression; most have its shape.
    example: JsObject,
}

impl Pristine {
    pub(super) fn new(context: &mut Context) -> JsResult<Self> {
        let constructors = context.intrinsics().constructors().regexp();
        let (constructor, prototype) = (constructors.constructor(), constructors.prototype());
        let getters = GETTERS
            .into_iter()
            .filter_map(|name| {
                let key = PropertyKey::from(JsString::from(name));
                getter(&prototype, &key).map(|getter| (key, getter))
            })
            .collect();
        Ok(Self {
            exec: prototype.get(js_string!("exec"), context)?.to_object(context)?,
            species: getter(&constructor, &JsSymbol::species().into())
                .expect("the engine's RegExp has a species"),
            example: constructor.construct(&[js_string!("").into()], None, context)?,
            getters,
            constructor,
            prototype,
        })
    }

    /// Whether matching with this object is up to us: nothing that a program did can be seen.
    pub(super) fn is_pristine(&self, object: &JsObject) -> bool {
        object.is::<RegExp>()
            && self.has_only_last_index(object)
            && value(&self.prototype, &js_string!("exec").into()).as_ref() == Some(&self.exec)
            && self
                .getters
                .iter()
                .all(|(key, original)| getter(&self.prototype, key).as_ref() == Some(original))
    }

    /// Whether a copy of this object, as the standard's `split` makes one, would be pristine too.
    pub(super) fn has_pristine_species(&self) -> bool {
        let constructor = value(&self.prototype, &js_string!("constructor").into());
        constructor.as_ref() == Some(&self.constructor)
            && getter(&self.constructor, &JsSymbol::species().into()).as_ref()
                == Some(&self.species)
    }

    /// Whether the object has no property of its own but `lastIndex`, and inherits as it should.
    fn has_only_last_index(&self, object: &JsObject) -> bool {
        let (object, example) = (object.borrow(), self.example.borrow());
        let (shape, usual) = (object.shape(), example.shape());
        if usual.is_shared() && shape.to_addr_usize() == usual.to_addr_usize() {
            return true;
        }
        shape.prototype().as_ref() == Some(&self.prototype)
            && shape.keys().len() == 1
            && object.properties().index_property_keys().len() == 0
    }
}

fn getter(object: &JsObject, key: &PropertyKey) -> Option<JsObject> {
    object.borrow().properties().get(key)?.get()?.as_object()
}

fn value(object: &JsObject, key: &PropertyKey) -> Option<JsObject> {
    object.borrow().properties().get(key)?.value().and_then(JsValue::as_object)
}
