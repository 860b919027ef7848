//! Texts that are compiled before anybody asks for them.
//!
//! To parse and compile its text is most of what a program does before it does anything. Where it can be told what a
//! program will load, a realm that waits for it has done so. Nothing of it runs, and what was compiled is only taken for the
//! very text that it was made of, and where names mean what they meant then.

use std::{cell::RefCell, collections::HashMap, rc::Rc};

use boa_engine::{Context, realm::Realm};

use super::{
    scripts::{self, Compiled},
    state, syntax,
};

/// What has been made of texts in advance, by their names, and in which realm.
pub(in crate::engine) struct Store<T>(RefCell<HashMap<String, (Realm, T)>>);

impl<T: 'static> Store<T> {
    pub(in crate::engine) fn of(context: &mut Context) -> Rc<Self> {
        if let Some(store) = context.get_data::<Rc<Self>>() {
            return store.clone();
        }
        let store = Rc::new(Self(RefCell::default()));
        context.insert_data(store.clone());
        store
    }

    pub(in crate::engine) fn keep(name: &str, made: T, context: &mut Context) {
        let kept = (context.realm().clone(), made);
        Self::of(context).0.borrow_mut().insert(name.to_owned(), kept);
    }

    /// Gives up what was made of a text.
    pub(in crate::engine) fn forget(name: &str, context: &mut Context) {
        Self::of(context).0.borrow_mut().remove(name);
    }

    /// What was made of a text in this realm, if it `is_right`. It can be used once: it is kept no longer.
    pub(in crate::engine) fn take(
        name: &str,
        is_right: impl FnOnce(&T) -> bool,
        context: &Context,
    ) -> Option<T> {
        let store = context.get_data::<Rc<Self>>()?.clone();
        let mut all = store.0.borrow_mut();
        // Where time is counted, texts are compiled with what counts it.
        if state::of(context).is_counted() {
            all.clear();
            return None;
        }
        let (realm, made) = all.get(name)?;
        if realm != context.realm() || !is_right(made) {
            return None;
        }
        all.remove(name).map(|(_, made)| made)
    }

    /// The names of what is kept.
    #[cfg(test)]
    pub(in crate::engine) fn names(context: &mut Context) -> Vec<String> {
        let mut names: Vec<String> = Self::of(context).0.borrow().keys().cloned().collect();
        names.sort();
        names
    }
}

/// A text as the body of a function.
struct Script {
    compiled: Compiled,
    /// How many `let`, `const` and `class` the realm's scripts had declared. The engine decides when it compiles a text what its
    /// free names are: these, or properties of the global object.
    declared: u32,
}

/// Compiles `source` as the body of a function, for whoever will ask [`take`] for it. A text that does not compile is left to
/// them.
pub(crate) fn foresee(source: &str, name: &str, parameters: &str, context: &mut Context) {
    // A text that ends the function that is put around it might declare names for all.
    if syntax::stray_brace(source).is_some() || scripts::ensure_depth(source, context).is_err() {
        return;
    }
    let Ok(compiled) = Compiled::parse(source, name, parameters, context) else { return };
    if compiled.finish(context).is_ok() {
        let declared = context.realm().scope().num_bindings();
        Store::keep(name, Script { compiled, declared }, context);
    }
}

/// Gives up what was compiled of a text.
pub(in crate::engine) fn forget(name: &str, context: &mut Context) {
    Store::<Script>::forget(name, context);
}

/// What was compiled of this text, once.
pub(in crate::engine) fn take(
    source: &str,
    name: &str,
    parameters: &str,
    context: &Context,
) -> Option<Compiled> {
    let is_right = |script: &Script| {
        script.compiled.is_of(source, parameters)
            && script.declared == context.realm().scope().num_bindings()
    };
    Store::take(name, is_right, context).map(|script: Script| script.compiled)
}

/// The names of what is kept.
#[cfg(test)]
pub(in crate::engine) fn names(context: &mut Context) -> Vec<String> {
    Store::<Script>::names(context)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::realm;

    const TEXT: &str = "return 1;";

    fn context() -> Context {
        let mut context = realm::create(Vec::new()).expect("a realm can be made");
        foresee(TEXT, "/t.js", "exports", &mut context);
        context
    }

    fn taken(source: &str, name: &str, parameters: &str, context: &mut Context) -> bool {
        take(source, name, parameters, context).is_some()
    }

    #[test]
    fn what_was_compiled_serves_its_text_once() {
        let mut context = context();
        assert!(taken(TEXT, "/t.js", "exports", &mut context));
        assert!(!taken(TEXT, "/t.js", "exports", &mut context));
    }

    #[test]
    fn nothing_serves_another_text() {
        let mut context = context();
        assert!(!taken("return 2;", "/t.js", "exports", &mut context));
        assert!(!taken("return 1", "/t.js", "exports", &mut context));
        assert!(!taken("return 1;;", "/t.js", "exports", &mut context));
        assert!(!taken(TEXT, "/t.js", "", &mut context));
        assert!(!taken(TEXT, "/u.js", "exports", &mut context));
        assert!(taken(TEXT, "/t.js", "exports", &mut context), "it is still there");
    }

    #[test]
    fn functions_are_the_same_as_if_nothing_were_foreseen() {
        let mut context = context();
        let function =
            scripts::compile_wrapper(TEXT, "/t.js", "exports", &mut context).expect("it compiles");
        assert_eq!(names(&mut context), [""; 0], "it was used");
        let value = function.call(&boa_engine::JsValue::undefined(), &[], &mut context);
        assert_eq!(value.ok(), Some(1.into()));
    }

    #[test]
    fn names_that_were_declared_since_are_seen() {
        let mut context = context();
        scripts::evaluate("let declared = 1", "/s.js", &mut context).expect("it is a script");
        assert!(!taken(TEXT, "/t.js", "exports", &mut context));
    }

    #[test]
    fn what_was_compiled_stays_in_its_realm() {
        let mut context = context();
        let other = context.create_realm().expect("a realm can be made");
        let own = context.enter_realm(other);
        assert!(!taken(TEXT, "/t.js", "exports", &mut context));
        context.enter_realm(own);
        assert!(taken(TEXT, "/t.js", "exports", &mut context));
    }

    #[test]
    fn what_was_given_up_serves_nobody() {
        let mut context = context();
        forget("/t.js", &mut context);
        assert!(!taken(TEXT, "/t.js", "exports", &mut context));
    }

    #[test]
    fn a_text_that_is_no_body_is_left_alone() {
        let mut context = context();
        for text in ["}}); let leaked; ({a(){", "let 1", "}"] {
            foresee(text, "/no.js", "exports", &mut context);
        }
        assert_eq!(names(&mut context), ["/t.js"]);
        let leaked = context.eval(boa_engine::Source::from_bytes("typeof leaked"));
        assert_eq!(leaked.ok(), Some(boa_engine::js_string!("undefined").into()));
    }
}
