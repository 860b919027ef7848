//! Regular expressions compiled for our own use, and the texts they run on.

use std::{cell::RefCell, collections::HashMap, ops::Deref, rc::Rc};

use boa_engine::{
    Context, JsObject, JsResult, JsString, JsValue,
    builtins::regexp::RegExp,
    object::builtins::JsRegExp,
    property::PropertyKey,
    string::{CodePoint, JsStrVariant},
};
use regress::{Flags, Match, Regex};

use super::source::unescaped;

/// How many objects' expressions are at hand; a power of two.
const SLOTS: usize = 64;

/// How many expressions are kept by their text, for objects made over and over.
const MAX_SOURCES: usize = 256;

/// A text shorter than this is copied for each match.
const LONG: usize = 256;

/// A compiled expression and its flags.
#[derive(Debug)]
pub(super) struct Compiled {
    regex: Regex,
    flags: String,
}

impl Compiled {
    /// Flag `g`.
    pub(super) fn is_global(&self) -> bool {
        self.flags.contains('g')
    }

    /// Flag `y`.
    pub(super) fn is_sticky(&self) -> bool {
        self.flags.contains('y')
    }

    /// Flag `d`.
    pub(super) fn has_indices(&self) -> bool {
        self.flags.contains('d')
    }

    /// Flag `u` or `v`: a match steps by code point.
    fn is_unicode(&self) -> bool {
        self.flags.contains(['u', 'v'])
    }

    /// The first match from the unit at `start` on.
    pub(super) fn find(&self, text: &[u16], start: usize) -> Option<Match> {
        if self.is_unicode() {
            self.regex.find_from_utf16(text, start).next()
        } else {
            self.regex.find_from_ucs2(text, start).next()
        }
    }

    /// `AdvanceStringIndex`.
    pub(super) fn advance(&self, text: &[u16], index: usize) -> usize {
        let is_pair = matches!(text.get(index..), Some([0xD800..=0xDBFF, 0xDC00..=0xDFFF, ..]));
        index + if self.is_unicode() && is_pair { 2 } else { 1 }
    }

    /// All matches, as a global expression finds them.
    pub(super) fn find_all(&self, text: &[u16]) -> Vec<Match> {
        let mut matches = Vec::new();
        let mut start = 0;
        while start <= text.len()
            && let Some(found) = self.find(text, start)
        {
            start = found.end();
            if found.range.is_empty() {
                start = self.advance(text, start);
            }
            matches.push(found);
        }
        matches
    }
}

/// The units of a string.
pub(super) enum Text<'a> {
    Its(&'a [u16]),
    Copied(Rc<[u16]>),
}

impl Deref for Text<'_> {
    type Target = [u16];

    fn deref(&self) -> &[u16] {
        match self {
            Self::Its(units) => units,
            Self::Copied(units) => units,
        }
    }
}

/// Compiles expressions and remembers them.
pub(super) struct Compiler {
    /// The engine's getters of internal slots that it has no other way to.
    source: JsObject,
    unicode_sets: JsObject,
    /// By the address of the object, which is kept alive so that it stays this object's.
    objects: RefCell<HashMap<usize, (JsObject, Rc<Compiled>)>>,
    sources: RefCell<HashMap<(JsString, String), Rc<Compiled>>>,
    /// The long text that was searched last: a loop of `exec` searches it again and again.
    text: RefCell<Option<(JsString, Rc<[u16]>)>>,
}

impl Compiler {
    /// Takes the engine's getters before a program, or we, can replace them.
    pub(super) fn new(prototype: &JsObject) -> Option<Self> {
        let getter = |name: &str| {
            let key = PropertyKey::from(JsString::from(name));
            let property = prototype.borrow().properties().get(&key)?;
            property.get()?.as_callable()
        };
        Some(Self {
            source: getter("source")?,
            unicode_sets: getter("unicodeSets")?,
            objects: RefCell::default(),
            sources: RefCell::default(),
            text: RefCell::default(),
        })
    }

    /// The expression of an object; `None` if it is no regular expression.
    pub(super) fn compiled(
        &self,
        object: &JsObject,
        context: &mut Context,
    ) -> JsResult<Option<Rc<Compiled>>> {
        if !object.is::<RegExp>() {
            return Ok(None);
        }
        let slot = slot(object);
        if let Some((known, compiled)) = self.objects.borrow().get(&slot)
            && known == object
        {
            return Ok(Some(compiled.clone()));
        }
        let compiled = self.compile(object, context)?;
        if let Some(compiled) = &compiled {
            self.objects.borrow_mut().insert(slot, (object.clone(), compiled.clone()));
        }
        Ok(compiled)
    }

    /// Forgets what the object was: it is something else now.
    pub(super) fn forget(&self, object: &JsObject) {
        self.objects.borrow_mut().remove(&slot(object));
    }

    fn compile(&self, object: &JsObject, context: &mut Context) -> JsResult<Option<Rc<Compiled>>> {
        let key = self.key(object, context)?;
        if let Some(compiled) = self.sources.borrow().get(&key) {
            return Ok(Some(compiled.clone()));
        }
        let (source, flags) = &key;
        // What the engine compiled, the same crate compiles again.
        let Ok(regex) = compile(source, flags) else { return Ok(None) };
        let compiled = Rc::new(Compiled { regex, flags: flags.clone() });
        let mut sources = self.sources.borrow_mut();
        if sources.len() == MAX_SOURCES {
            sources.clear();
        }
        sources.insert(key, compiled.clone());
        Ok(Some(compiled))
    }

    /// The pattern and the flags of an expression, from its internal slots.
    fn key(&self, object: &JsObject, context: &mut Context) -> JsResult<(JsString, String)> {
        let this = JsValue::from(object.clone());
        let expression = JsRegExp::from_object(object.clone())?;
        let mut flags = String::new();
        for (flag, is_set) in [
            ('d', expression.has_indices(context)?),
            ('g', expression.global(context)?),
            ('i', expression.ignore_case(context)?),
            ('m', expression.multiline(context)?),
            ('s', expression.dot_all(context)?),
            ('u', expression.unicode(context)?),
            ('v', self.unicode_sets.call(&this, &[], context)?.to_boolean()),
            ('y', expression.sticky(context)?),
        ] {
            if is_set {
                flags.push(flag);
            }
        }
        let source = self.source.call(&this, &[], context)?.to_string(context)?;
        Ok((unescaped(&source), flags))
    }

    /// The units of a string to search in.
    pub(super) fn text<'a>(&self, string: &'a JsString) -> Text<'a> {
        let units = match string.variant() {
            JsStrVariant::Utf16(units) => return Text::Its(units),
            JsStrVariant::Latin1(units) => units,
        };
        let widened = || units.iter().copied().map(u16::from).collect::<Rc<[u16]>>();
        if units.len() < LONG {
            return Text::Copied(widened());
        }
        let mut last = self.text.borrow_mut();
        if let Some((known, text)) = &*last
            && is_same_memory(known, units)
        {
            return Text::Copied(text.clone());
        }
        let text = widened();
        *last = Some((string.clone(), text.clone()));
        Text::Copied(text)
    }

    /// Lets go of the text that was searched last.
    pub(super) fn forget_text(&self) {
        self.text.take();
    }
}

fn slot(object: &JsObject) -> usize {
    (std::ptr::from_ref(object.as_ref()).addr() >> 4) % SLOTS
}

fn is_same_memory(string: &JsString, units: &[u8]) -> bool {
    match string.variant() {
        JsStrVariant::Latin1(known) => std::ptr::eq(known, units),
        JsStrVariant::Utf16(_) => false,
    }
}

/// Compiles as the engine does: by code point if the expression is of those, else by code unit.
fn compile(source: &JsString, flags: &str) -> Result<Regex, regress::Error> {
    let flags_of_crate = Flags::from(flags);
    if flags.contains(['u', 'v']) {
        let points = source.code_points().map(|point| match point {
            CodePoint::Unicode(point) => u32::from(point),
            CodePoint::UnpairedSurrogate(unit) => u32::from(unit),
        });
        Regex::from_unicode(points, flags_of_crate)
    } else {
        Regex::from_unicode(source.iter().map(u32::from), flags_of_crate)
    }
}
