//! `JSON.stringify`: `SerializeJSONProperty` of ECMA-262.
//!
//! The writer keeps its own stack, so the depth of a value costs memory and no native stack.
//! JavaScript runs only where a value asks for it (`toJSON`, a getter, a proxy, a replacer);
//! everything else is read from the objects directly.

mod layout;
mod plain;
mod values;

use std::{collections::HashSet, rc::Rc};

use boa_engine::{
    Context, JsObject, JsResult, JsValue, builtins::object::OrdinaryObject, js_string,
    property::PropertyKey,
};

use self::{
    layout::{break_line, write_lead, write_primitive},
    values::Item,
};
use super::{
    circle::{Step, circle_error},
    options::Options,
    output::Output,
    shapes::ShapeNames,
    state::{MAX_DEPTH, State, array_length, too_deep},
};
use crate::engine::natives::define_value;

/// The names of the properties to write.
enum Names {
    Indices(u64),
    /// Those of the object's shape.
    Shape(Rc<ShapeNames>),
    Keys(Rc<[PropertyKey]>),
}

impl Names {
    fn are_indices(&self) -> bool {
        matches!(self, Self::Indices(_))
    }

    fn key(&self, index: usize) -> Option<PropertyKey> {
        match self {
            Self::Indices(length) => ((index as u64) < *length).then(|| index.into()),
            Self::Shape(shape) => shape.names.get(index).map(|name| name.key.clone()),
            Self::Keys(keys) => keys.get(index).cloned(),
        }
    }
}

/// An array or object that is being written.
pub(super) struct Level {
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
    /// Whether the prototype of plain objects is without `toJSON`, once looked up; forgotten whenever
    /// JavaScript runs.
    objects_lack_to_json: Option<bool>,
    /// The same for that of arrays.
    arrays_lack_to_json: Option<bool>,
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
            levels: state.levels.take(),
            deep: HashSet::new(),
            made: 0,
            ran: false,
            objects_lack_to_json: None,
            arrays_lack_to_json: None,
        }
    }

    /// Writes a value; false if it has no JSON.
    pub(super) fn write(mut self, value: &JsValue) -> JsResult<bool> {
        let is_json = self.write_root(value)?;
        self.state.keep_levels(self.levels);
        Ok(is_json)
    }

    fn write_root(&mut self, value: &JsValue) -> JsResult<bool> {
        if !self.begin_root(value)? {
            return Ok(false);
        }
        loop {
            self.plain_run()?;
            let Some(level) = self.levels.last_mut() else { return Ok(true) };
            let index = level.next;
            level.next += 1;
            match level.names.key(index) {
                Some(key) => {
                    let holder = level.object.clone();
                    self.ran = false;
                    let value = self.read(&holder, &key)?;
                    let value = self.replaced(value, &key, &holder)?;
                    let item = self.item(&value)?;
                    self.member(index, item)?;
                }
                None => self.close(),
            }
        }
    }

    /// Writes a primitive, or opens an array or object; false if the value has no JSON.
    fn begin_root(&mut self, value: &JsValue) -> JsResult<bool> {
        if self.options.function.is_none()
            && let Some(object) = value.as_object()
            && let Some(names) = self.plain_names(&object)
        {
            self.open(object, names)?;
            return Ok(true);
        }
        let key = PropertyKey::from(js_string!(""));
        let holder = self.root(&key, value);
        let value = self.replaced(value.clone(), &key, &holder)?;
        match self.item(&value)? {
            Item::Nothing => Ok(false),
            item => self.begin(item).map(|()| true),
        }
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

    /// Writes an element or a property of the innermost level, with all that precedes it.
    fn member(&mut self, index: usize, item: Item) -> JsResult<()> {
        let depth = self.levels.len();
        let level = self.levels.last_mut().expect("a member belongs to an open level");
        if matches!(item, Item::Nothing) && !level.names.are_indices() {
            return Ok(());
        }
        write_lead(self.out, level, index, &self.options.gap, depth);
        self.begin(item)
    }

    /// Writes a primitive, or opens an array or object.
    fn begin(&mut self, item: Item) -> JsResult<()> {
        match item {
            Item::Array(object) => self.open_array(object)?,
            Item::Object(object) => self.open_object(object)?,
            item => write_primitive(self.out, &item)?,
        }
        Ok(())
    }

    fn open_array(&mut self, object: JsObject) -> JsResult<()> {
        self.check_circle(&object)?;
        let length = array_length(&object, self.context)?;
        self.open(object, Names::Indices(length))
    }

    fn open_object(&mut self, object: JsObject) -> JsResult<()> {
        self.check_circle(&object)?;
        let names = match &self.options.list {
            Some(list) => Names::Keys(list.clone()),
            None => self.names(&object)?,
        };
        self.open(object, names)
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

    fn open(&mut self, object: JsObject, names: Names) -> JsResult<()> {
        self.out.ascii(if names.are_indices() { b"[" } else { b"{" });
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
        self.out.ascii(if level.names.are_indices() { b"]" } else { b"}" });
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
