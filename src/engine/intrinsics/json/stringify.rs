//! `JSON.stringify`: `SerializeJSONProperty` of ECMA-262.
//!
//! The writer keeps its own stack, so the depth of a value costs memory and no native stack.
//! JavaScript runs only where a value asks for it (`toJSON`, a getter, a proxy, a replacer);
//! everything else is read from the objects directly.

use std::{collections::HashSet, rc::Rc};

use boa_engine::{
    Context, JsBigInt, JsError, JsNativeError, JsObject, JsResult, JsString, JsValue, JsVariant,
    builtins::object::OrdinaryObject, js_string, property::PropertyKey, string::JsStrVariant,
};

use super::{
    super::string_buffer::{MAX_STRING_LENGTH, too_long},
    circle::{Step, circle_error},
    options::Options,
    output::Output,
    quote::quote,
    raw::RawJson,
    shapes::{Name, ShapeNames},
    state::{MAX_DEPTH, State, array_length, too_deep},
};
use crate::engine::natives::define_value;

/// What is to be written for a value.
enum Item {
    /// The value has no JSON; an array has `null` in its place.
    Nothing,
    Null,
    Boolean(bool),
    Integer(i32),
    Number(f64),
    String(JsString),
    Raw(JsString),
    Array(JsObject),
    Object(JsObject),
}

/// The names of the properties to write.
enum Names {
    Indices(u64),
    /// Those of the object's shape.
    Shape(Rc<ShapeNames>),
    Keys(Rc<[PropertyKey]>),
}

impl Names {
    fn key(&self, index: usize) -> Option<PropertyKey> {
        match self {
            Self::Indices(length) => ((index as u64) < *length).then(|| index.into()),
            Self::Shape(shape) => shape.names.get(index).map(|name| name.key.clone()),
            Self::Keys(keys) => keys.get(index).cloned(),
        }
    }
}

/// An array or object that is being written.
struct Level {
    object: JsObject,
    names: Names,
    /// The index of the name to write next.
    next: usize,
    /// Whether something was written in it.
    is_filled: bool,
    /// Whether JavaScript ran to get here.
    is_made: bool,
}

/// How many levels are searched one by one for a circle; those beyond are looked up.
const SHALLOW: usize = 64;

/// The state of one call.
pub(super) struct Writer<'a, O> {
    out: &'a mut O,
    options: &'a Options,
    state: &'a State,
    context: &'a mut Context,
    object_prototype: JsObject,
    array_prototype: JsObject,
    levels: Vec<Level>,
    /// The addresses of the open objects beyond [`SHALLOW`].
    deep: HashSet<usize>,
    /// How many open levels JavaScript made.
    made: usize,
    /// Whether JavaScript ran since the current property began.
    ran: bool,
    /// Whether the prototypes of plain objects and arrays are without `toJSON`, once looked up;
    /// forgotten whenever JavaScript runs.
    lacks_to_json: Option<bool>,
}

impl<'a, O: Output> Writer<'a, O> {
    pub(super) fn new(
        out: &'a mut O,
        options: &'a Options,
        state: &'a State,
        context: &'a mut Context,
    ) -> Self {
        let constructors = context.intrinsics().constructors();
        Self {
            out,
            options,
            state,
            object_prototype: constructors.object().prototype(),
            array_prototype: constructors.array().prototype(),
            context,
            levels: Vec::new(),
            deep: HashSet::new(),
            made: 0,
            ran: false,
            lacks_to_json: None,
        }
    }

    /// Writes a value; false if it has no JSON.
    pub(super) fn write(mut self, value: &JsValue) -> JsResult<bool> {
        let key = PropertyKey::from(js_string!(""));
        let holder = self.root(&key, value);
        let value = self.replaced(value.clone(), &key, &holder)?;
        match self.item(&value)? {
            Item::Nothing => return Ok(false),
            item => self.begin(item)?,
        }
        while let Some(level) = self.levels.last_mut() {
            let index = level.next;
            level.next += 1;
            match level.names.key(index) {
                Some(key) => {
                    let holder = level.object.clone();
                    self.ran = false;
                    let value = self.read(&holder, &key)?;
                    let value = self.replaced(value, &key, &holder)?;
                    let item = self.item(&value)?;
                    self.member(index, &key, item)?;
                }
                None => self.close(),
            }
        }
        Ok(true)
    }

    /// The object that a replacer sees as the holder of the whole value.
    fn root(&self, key: &PropertyKey, value: &JsValue) -> JsObject {
        if self.options.function.is_none() {
            // Nobody will see it.
            return self.object_prototype.clone();
        }
        let root = JsObject::with_object_proto(self.context.intrinsics());
        define_value(&root, key.clone(), value.clone(), true);
        root
    }

    /// `holder[key]`, without a call if it is a data property of the holder's own.
    fn read(&mut self, holder: &JsObject, key: &PropertyKey) -> JsResult<JsValue> {
        if holder.is::<OrdinaryObject>() || holder.is_array() {
            let property = holder.borrow().properties().get(key);
            if let Some(value) = property.as_ref().and_then(|property| property.value()) {
                return Ok(value.clone());
            }
        }
        self.ran();
        holder.get(key.clone(), self.context)
    }

    /// What `toJSON` and the replacer make of a value.
    fn replaced(
        &mut self,
        mut value: JsValue,
        key: &PropertyKey,
        holder: &JsObject,
    ) -> JsResult<JsValue> {
        if let Some(to_json) = self.own_words(&value)? {
            self.ran();
            value = to_json.call(&value, &[key.clone().into()], self.context)?;
        }
        if let Some(function) = &self.options.function {
            let args = [key.clone().into(), value];
            value = function.call(&holder.clone().into(), &args, self.context)?;
            self.ran();
        }
        Ok(value)
    }

    /// The value's `toJSON`, if it has one.
    fn own_words(&mut self, value: &JsValue) -> JsResult<Option<JsObject>> {
        let object = match value.variant() {
            JsVariant::Object(object) if self.plainly_lacks_to_json(&object) => return Ok(None),
            JsVariant::Object(object) => object,
            JsVariant::BigInt(_) => value.to_object(self.context)?,
            _ => return Ok(None),
        };
        self.ran();
        let to_json = object.get(js_string!("toJSON"), self.context)?;
        Ok(to_json.as_callable())
    }

    /// Whether it is certain without running JavaScript that the object has no `toJSON`.
    fn plainly_lacks_to_json(&mut self, object: &JsObject) -> bool {
        let to_json = js_string!("toJSON").into();
        let is_plain = if object.is::<OrdinaryObject>() {
            let object = object.borrow();
            let mut shapes = self.state.shapes.borrow_mut();
            shapes.names(&object, &self.object_prototype).is_some_and(|names| names.is_plain)
        } else {
            let object_is_array = object.is_array();
            let object = object.borrow();
            object_is_array
                && object.prototype().as_ref() == Some(&self.array_prototype)
                && !object.properties().contains_key(&to_json)
        };
        is_plain && self.prototypes_lack_to_json(&to_json)
    }

    fn prototypes_lack_to_json(&mut self, to_json: &PropertyKey) -> bool {
        *self.lacks_to_json.get_or_insert_with(|| {
            let arrays = self.array_prototype.borrow();
            arrays.prototype().as_ref() == Some(&self.object_prototype)
                && !arrays.properties().contains_key(to_json)
                && !self.object_prototype.borrow().properties().contains_key(to_json)
        })
    }

    /// Notes that JavaScript runs or ran.
    fn ran(&mut self) {
        self.ran = true;
        self.lacks_to_json = None;
    }

    /// What to write for a value.
    fn item(&mut self, value: &JsValue) -> JsResult<Item> {
        Ok(match value.variant() {
            JsVariant::Null => Item::Null,
            JsVariant::Boolean(value) => Item::Boolean(value),
            JsVariant::Integer32(value) => Item::Integer(value),
            JsVariant::Float64(value) => Item::Number(value),
            JsVariant::String(value) => Item::String(value),
            JsVariant::Undefined | JsVariant::Symbol(_) => Item::Nothing,
            JsVariant::BigInt(_) => return Err(big_int()),
            JsVariant::Object(object) if object.is::<OrdinaryObject>() => Item::Object(object),
            JsVariant::Object(object) if object.is_array() => Item::Array(object),
            JsVariant::Object(object) => return self.item_of_exotic(value, object),
        })
    }

    fn item_of_exotic(&mut self, value: &JsValue, object: JsObject) -> JsResult<Item> {
        self.ran();
        Ok(if object.is::<f64>() {
            Item::Number(value.to_number(self.context)?)
        } else if object.is::<JsString>() {
            Item::String(value.to_string(self.context)?)
        } else if let Some(value) = object.downcast_ref::<bool>() {
            Item::Boolean(*value)
        } else if object.is::<JsBigInt>() {
            return Err(big_int());
        } else if object.is::<RawJson>() {
            Item::Raw(object.get(js_string!("rawJSON"), self.context)?.to_string(self.context)?)
        } else if object.is_callable() {
            Item::Nothing
        } else if self.state.is_array(&object, self.context)? {
            Item::Array(object)
        } else {
            Item::Object(object)
        })
    }

    /// Writes an element or a property of the innermost level, with all that precedes it.
    fn member(&mut self, index: usize, key: &PropertyKey, item: Item) -> JsResult<()> {
        let depth = self.levels.len();
        let level = self.levels.last_mut().expect("a member belongs to an open level");
        let is_element = matches!(level.names, Names::Indices(_));
        let item = match item {
            Item::Nothing if is_element => Item::Null,
            Item::Nothing => return Ok(()),
            item => item,
        };
        if level.is_filled {
            self.out.ascii(b",");
        }
        level.is_filled = true;
        break_line(self.out, &self.options.gap, depth);
        if !is_element {
            write_key(self.out, &level.names, index, key);
            if !self.options.gap.is_empty() {
                self.out.ascii(b" ");
            }
        }
        self.begin(item)
    }

    /// Writes a primitive, or opens an array or object.
    fn begin(&mut self, item: Item) -> JsResult<()> {
        match item {
            Item::String(value) if self.out.len() + value.len() > MAX_STRING_LENGTH => {
                return Err(too_long());
            }
            Item::Boolean(true) => self.out.ascii(b"true"),
            Item::Boolean(false) => self.out.ascii(b"false"),
            Item::Integer(value) => self.out.ascii(itoa::Buffer::new().format(value).as_bytes()),
            Item::Number(value) if value.is_finite() => {
                self.out.ascii(ryu_js::Buffer::new().format_finite(value).as_bytes());
            }
            Item::Nothing | Item::Null | Item::Number(_) => self.out.ascii(b"null"),
            Item::String(value) => quote(value.as_str(), self.out),
            Item::Raw(text) => write_raw(self.out, &text),
            Item::Array(object) => self.open_array(object)?,
            Item::Object(object) => self.open_object(object)?,
        }
        if self.out.len() > MAX_STRING_LENGTH {
            return Err(too_long());
        }
        Ok(())
    }

    fn open_array(&mut self, object: JsObject) -> JsResult<()> {
        self.check_circle(&object)?;
        let length = array_length(&object, self.context)?;
        self.out.ascii(b"[");
        self.push(object, Names::Indices(length))
    }

    fn open_object(&mut self, object: JsObject) -> JsResult<()> {
        self.check_circle(&object)?;
        let names = match &self.options.list {
            Some(list) => Names::Keys(list.clone()),
            None => self.names(&object)?,
        };
        self.out.ascii(b"{");
        self.push(object, names)
    }

    fn names(&mut self, object: &JsObject) -> JsResult<Names> {
        if object.is::<OrdinaryObject>() {
            let object = object.borrow();
            let has_indices = object.properties().index_property_keys().next().is_some();
            let mut shapes = self.state.shapes.borrow_mut();
            if !has_indices && let Some(names) = shapes.names(&object, &self.object_prototype) {
                return Ok(Names::Shape(names));
            }
        } else {
            self.ran();
        }
        Ok(Names::Keys(self.state.enumerable_keys(object, self.context)?.into()))
    }

    fn push(&mut self, object: JsObject, names: Names) -> JsResult<()> {
        if self.ran {
            self.made += 1;
            if self.made > MAX_DEPTH {
                return Err(too_deep());
            }
        }
        if self.levels.len() >= SHALLOW {
            self.deep.insert(address(&object));
        }
        let is_made = self.ran;
        self.levels.push(Level { object, names, next: 0, is_filled: false, is_made });
        Ok(())
    }

    fn close(&mut self) {
        let Some(level) = self.levels.pop() else { return };
        self.made -= usize::from(level.is_made);
        if self.levels.len() >= SHALLOW {
            self.deep.remove(&address(&level.object));
        }
        if level.is_filled {
            break_line(self.out, &self.options.gap, self.levels.len());
        }
        self.out.ascii(if matches!(level.names, Names::Indices(_)) { b"]" } else { b"}" });
    }

    /// Throws if the object is being written already.
    fn check_circle(&self, object: &JsObject) -> JsResult<()> {
        let is_open = self.levels.iter().take(SHALLOW).any(|level| level.object == *object)
            || (self.levels.len() > SHALLOW && self.deep.contains(&address(object)));
        if !is_open {
            return Ok(());
        }
        let circle = self.levels.iter().skip_while(|level| level.object != *object);
        let (objects, steps): (Vec<_>, Vec<_>) =
            circle.map(|level| (level.object.clone(), level.step())).unzip();
        Err(circle_error(&objects, &steps))
    }
}

impl Level {
    /// How the value that is being written hangs on this object.
    fn step(&self) -> Step {
        let index = self.next - 1;
        match (&self.names, self.names.key(index)) {
            (Names::Shape(_) | Names::Keys(_), Some(key)) => Step::Property(key),
            _ => Step::Index(index as u64),
        }
    }
}

fn address(object: &JsObject) -> usize {
    std::ptr::from_ref(object.as_ref()).addr()
}

fn write_key(out: &mut impl Output, names: &Names, index: usize, key: &PropertyKey) {
    if let Names::Shape(shape) = names
        && let Some(Name { quoted: Some(quoted), .. }) = shape.names.get(index)
    {
        return out.ascii(quoted);
    }
    match key {
        PropertyKey::String(name) => quote(name.as_str(), out),
        PropertyKey::Index(index) => {
            out.ascii(b"\"");
            out.ascii(itoa::Buffer::new().format(index.get()).as_bytes());
            out.ascii(b"\"");
        }
        PropertyKey::Symbol(_) => {}
    }
    out.ascii(b":");
}

fn write_raw(out: &mut impl Output, text: &JsString) {
    match text.variant() {
        JsStrVariant::Latin1(units) => out.latin1(units),
        JsStrVariant::Utf16(units) => out.utf16(units),
    }
}

fn break_line(out: &mut impl Output, gap: &JsString, depth: usize) {
    if gap.is_empty() {
        return;
    }
    out.ascii(b"\n");
    for _ in 0..depth {
        write_raw(out, gap);
    }
}

fn big_int() -> JsError {
    JsNativeError::typ().with_message("Do not know how to serialize a BigInt").into()
}
