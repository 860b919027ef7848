//! `RegExp.prototype`: matching on the regular expressions that the engine matches with, without
//! the engine's way there.
//!
//! For every single match the engine copies the compiled expression, and the whole string if it
//! has one byte a unit; a split goes unit by unit. So going through a text takes time in the
//! square of its length. Here an expression is compiled a second time, by the same crate, kept,
//! and run on one copy of the text. What a program has changed (its own `exec`, a subclass) and
//! what is sticky in a loop goes the standard's long way, which is the engine's.

mod compiled;
mod exec;
mod r#match;
mod pristine;
mod replace;
mod source;
mod split;
#[cfg(test)]
mod tests;

use std::rc::Rc;

use boa_engine::{Context, JsObject, JsResult, JsString, JsSymbol, JsValue};

use self::{
    compiled::{Compiled, Compiler},
    pristine::Pristine,
};
use super::originals::{Wrapper, wrap_method, wrap_methods};

/// What matching keeps for each context. Get it with [`State::of`].
struct State {
    compiler: Compiler,
    pristine: Pristine,
}

impl State {
    fn of(context: &Context) -> Rc<Self> {
        context.get_data::<Rc<Self>>().expect("install put it into the context").clone()
    }

    /// The receiver of a method, and what it is compiled to, if it is a regular expression as the
    /// language made it.
    fn usual(
        &self,
        this: &JsValue,
        context: &mut Context,
    ) -> JsResult<Option<(JsObject, Rc<Compiled>)>> {
        let object = this.as_object().filter(|object| self.pristine.is_pristine(object));
        let Some(object) = object else { return Ok(None) };
        let compiled = self.compiler.compiled(&object, context)?;
        Ok(compiled.map(|compiled| (object, compiled)))
    }
}

/// Puts these methods in the place of the engine's.
pub(super) fn install(context: &mut Context) -> JsResult<()> {
    let prototype = context.intrinsics().constructors().regexp().prototype();
    let compiler = Compiler::new(&prototype).expect("the engine has these getters");
    source::install(context)?;
    wrap_methods(
        &prototype,
        &[("exec", 1, exec::exec), ("test", 1, exec::test), ("compile", 2, compile)],
        context,
    )?;
    let symbols: [(JsSymbol, &str, usize, Wrapper); 4] = [
        (JsSymbol::r#match(), "[Symbol.match]", 1, r#match::r#match),
        (JsSymbol::replace(), "[Symbol.replace]", 2, replace::replace),
        (JsSymbol::search(), "[Symbol.search]", 1, r#match::search),
        (JsSymbol::split(), "[Symbol.split]", 2, split::split),
    ];
    for (symbol, name, length, call) in symbols {
        wrap_method(&prototype, symbol, name, length, call, context)?;
    }
    let state = State { compiler, pristine: Pristine::new(context)? };
    context.insert_data(Rc::new(state));
    Ok(())
}

/// `RegExp.prototype.compile(pattern, flags)`: the object means something else from now on.
fn compile(
    this: &JsValue,
    args: &[JsValue],
    original: &JsObject,
    context: &mut Context,
) -> JsResult<JsValue> {
    let result = original.call(this, args, context);
    if let Some(object) = this.as_object() {
        State::of(context).compiler.forget(&object);
    }
    result
}

/// A part of the string that was searched, as a value; `undefined` for a group that took no part.
fn part_value(string: &JsString, range: Option<&std::ops::Range<usize>>) -> JsValue {
    range.map_or_else(JsValue::undefined, |range| {
        super::strings::part(string, range.start, range.end).into()
    })
}
