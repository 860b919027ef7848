//! What `import()` does in texts that a program compiles itself (`vm`): it fails, goes the program's own
//! way, or asks a function of the program's.
//!
//! The engine wants a module at once; such a function has a promise. So the engine gets a *relay*, a module
//! that exports `then`, as which the promise of `import()` takes it: it settles as the function's promise
//! does.
//!
//! The engine's scripts and modules carry nothing for a host. They are known by the place in memory of
//! their own copy of their path; whoever compiles a text forgets what was known of an earlier one there.

use std::{
    cell::{Cell, RefCell},
    collections::{HashMap, VecDeque},
    rc::Rc,
};

use boa_engine::{
    Context, JsData, JsError, JsObject, JsResult, JsString, JsValue, Module, js_string,
    module::{ModuleRequest, Referrer, SyntheticModuleInitializer},
    object::builtins::JsPromise,
};
use boa_gc::{Finalize, GcRefCell, Trace};

use super::errors::Failure;
use crate::engine::{
    builtins,
    errors::Code,
    natives::{arg, closure, define_value},
};

/// How a text's `import()` is answered.
#[derive(Clone)]
pub(crate) enum Importer {
    /// It fails: the program did not say how.
    Absent,
    /// As in the program's own files.
    Program,
    /// By this function of a specifier and its attributes, which returns a promise of a namespace.
    Function(JsObject),
}

/// What is known of the texts that a program compiled itself.
#[derive(Default)]
pub(super) struct Importers {
    known: RefCell<HashMap<usize, Known>>,
    is_used: Cell<bool>,
    /// Somebody was told that going the program's own way is an experiment.
    is_warned: Cell<bool>,
}

#[derive(Clone)]
struct Known {
    importer: Importer,
    /// Fills `import.meta` of a module: a function of that object.
    meta: Option<JsObject>,
    relays: Rc<RefCell<HashMap<JsString, Relay>>>,
}

/// A module that stands for others, and what it is to become for who asked first, second, ….
#[derive(Clone)]
struct Relay {
    module: Module,
    promises: JsObject,
}

/// The promises of a relay.
#[derive(Default, Trace, Finalize, JsData)]
struct Promises(GcRefCell<VecDeque<JsObject>>);

/// The importer of the texts that have none of their own, in a realm: what `eval` was given where no
/// script calls it.
#[derive(Trace, Finalize, JsData)]
struct OfRealm(#[unsafe_ignore_trace] Known);

impl Known {
    fn new(importer: Importer, meta: Option<JsObject>) -> Self {
        Self { importer, meta, relays: Rc::default() }
    }
}

/// The place of a referrer's path.
fn key(referrer: &Referrer) -> Option<usize> {
    let path = referrer.path()?;
    (!path.as_os_str().is_empty()).then(|| path.as_os_str().as_encoded_bytes().as_ptr().addr())
}

/// Says how a script or module that was compiled now imports, and what fills its `import.meta`.
pub(crate) fn set(
    referrer: &Referrer,
    importer: Importer,
    meta: Option<JsObject>,
    context: &Context,
) {
    let loader = super::of(context);
    let Some(key) = key(referrer) else { return };
    loader.importers.is_used.set(true);
    loader.importers.known.borrow_mut().insert(key, Known::new(importer, meta));
}

/// Says how the texts of a realm import that are part of no script.
pub(crate) fn set_for_realm(importer: Importer, realm: &boa_engine::realm::Realm) {
    realm.host_defined_mut().insert(OfRealm(Known::new(importer, None)));
}

/// Forgets what was known of another text at the place of this one, which was compiled now.
pub(crate) fn forget(referrer: &Referrer, context: &Context) {
    let loader = super::of(context);
    if loader.importers.is_used.get()
        && let Some(key) = key(referrer)
    {
        loader.importers.known.borrow_mut().remove(&key);
    }
}

impl Importers {
    fn of(&self, referrer: &Referrer) -> Option<Known> {
        if let Referrer::Realm(realm) = referrer {
            return realm.host_defined().get::<OfRealm>().map(|known| known.0.clone());
        }
        if !self.is_used.get() {
            return None;
        }
        self.known.borrow().get(&key(referrer)?).cloned()
    }

    /// Fills `import.meta` of a module of the program's own; false if the loader knows it.
    pub(super) fn fill_meta(
        &self,
        module: &Module,
        meta: &JsObject,
        context: &mut Context,
    ) -> bool {
        let Some(known) = self.of(&Referrer::Module(module.clone())) else { return false };
        if let Some(fill) = known.meta
            && let Err(error) = fill.call(&JsValue::undefined(), &[meta.clone().into()], context)
        {
            // The engine goes on whatever happens here.
            crate::engine::state::uncaught(error, context);
        }
        true
    }

    /// What stands for the module that a text of the program's own imports; `None` where the text
    /// imports as the program's files do.
    pub(super) fn import(
        &self,
        referrer: &Referrer,
        request: &ModuleRequest,
        context: &mut Context,
    ) -> JsResult<Option<Module>> {
        let Some(known) = self.of(referrer) else { return Ok(None) };
        match &known.importer {
            Importer::Program => {
                if !self.is_warned.replace(true) {
                    let message = "vm.USE_MAIN_CONTEXT_DEFAULT_LOADER is an experimental feature and might \
                                   change at any time";
                    let args =
                        [js_string!(message).into(), js_string!("ExperimentalWarning").into()];
                    builtins::emit_warning(&args, context)?;
                }
                Ok(None)
            }
            Importer::Absent => Err(absent(context)),
            Importer::Function(function) => {
                let args = [request.specifier().clone().into(), attributes(request, context)];
                let promise = function.call(&JsValue::undefined(), &args, context)?;
                let promise = JsPromise::resolve(promise, context)?;
                Ok(Some(relay(&known, request.specifier(), promise, context)))
            }
        }
    }
}

/// What a program is told that did not say how to import.
fn absent(context: &mut Context) -> JsError {
    let message = "A dynamic import callback was not specified.".to_owned();
    Failure::new(Code::ERR_VM_DYNAMIC_IMPORT_CALLBACK_MISSING, message).into_error(context)
}

/// The attributes of a request as an object without a prototype.
fn attributes(request: &ModuleRequest, _: &mut Context) -> JsValue {
    let object = JsObject::with_null_proto();
    for attribute in request.attributes() {
        define_value(&object, attribute.key().clone(), attribute.value().clone(), true);
    }
    object.into()
}

/// The relay for one specifier in one text, always the same, with one more promise.
fn relay(known: &Known, specifier: &JsString, promise: JsPromise, context: &mut Context) -> Module {
    let made = known.relays.borrow().get(specifier).cloned();
    let relay = made.unwrap_or_else(|| {
        let promises = JsObject::from_proto_and_data(None, Promises::default());
        let steps = SyntheticModuleInitializer::from_copy_closure_with_captures(
            |module, promises: &JsObject, context| {
                let then = closure("then", 2, promises.clone(), then, context);
                module.set_export(&js_string!("then"), then.into())
            },
            promises.clone(),
        );
        let module = Module::synthetic(&[js_string!("then")], steps, None, None, context);
        let relay = Relay { module, promises };
        known.relays.borrow_mut().insert(specifier.clone(), relay.clone());
        relay
    });
    if let Some(promises) = relay.promises.downcast_ref::<Promises>() {
        promises.0.borrow_mut().push_back(promise.into());
    }
    relay.module
}

/// `then` of a relay: who asked first gets the first promise.
fn then(
    _: &JsValue,
    args: &[JsValue],
    promises: &JsObject,
    context: &mut Context,
) -> JsResult<JsValue> {
    let next = promises.downcast_ref::<Promises>().and_then(|p| p.0.borrow_mut().pop_front());
    let Some(next) = next else { return Ok(JsValue::undefined()) };
    let promise = JsPromise::from_object(next)?;
    let function = |index| {
        arg(args, index).as_object().and_then(boa_engine::object::builtins::JsFunction::from_object)
    };
    promise.then(function(0), function(1), context)?;
    Ok(JsValue::undefined())
}
