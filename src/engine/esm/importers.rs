//! What `import()` does in texts that a program compiles itself (`vm`): it fails, goes the program's own
//! way, or asks a function of the program's.
//!
//! The engine wants a module at once; such a function has a promise. So the engine gets a *relay*, a module
//! that exports `then`, as which the promise of `import()` takes it: it settles as the function's promise
//! does.
//!
//! The engine's scripts and modules carry nothing for a host, and tell nobody when they are gone. What is known
//! of a script lives as long as its code block; what is known of a module is held by its last import (`hoist`),
//! and found by the place in memory of the module's own copy of its path.

use std::{
    cell::{Cell, RefCell},
    collections::{HashMap, VecDeque},
};

use boa_engine::{
    Context, JsData, JsError, JsObject, JsResult, JsString, JsValue, Module, Script, js_string,
    module::{ModuleRequest, Referrer, SyntheticModuleInitializer},
    object::builtins::JsPromise,
    vm::CodeBlock,
};
use boa_gc::{Finalize, Gc, GcRefCell, Trace, WeakGc, WeakMap};

use super::errors::Failure;
use crate::engine::{
    builtins,
    errors::Code,
    natives::{arg, closure, define_value},
};

/// How a text's `import()` is answered.
#[derive(Clone, Trace, Finalize)]
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
    /// By their code blocks.
    scripts: RefCell<Option<WeakMap<CodeBlock, Known>>>,
    /// By the places of their paths. Where one is gone, another may have its place.
    modules: RefCell<HashMap<usize, WeakGc<Known>>>,
    relays: RefCell<Relays>,
    /// Somebody was told that going the program's own way is an experiment.
    is_warned: Cell<bool>,
}

/// What is known of one text.
#[derive(Clone, Trace, Finalize)]
pub(super) struct Known {
    importer: Importer,
    /// Fills `import.meta` of a module: a function of that object.
    meta: Option<JsObject>,
    relays: Gc<RelaysOfText>,
}

/// By specifier.
type RelaysOfText = GcRefCell<HashMap<JsString, Relay>>;

/// A module that stands for others, and what it is to become for who asked first, second, ….
#[derive(Clone, Trace, Finalize)]
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
struct OfRealm(Known);

impl Known {
    pub(super) fn new(importer: Importer, meta: Option<JsObject>) -> Self {
        Self { importer, meta, relays: Gc::new(GcRefCell::default()) }
    }
}

/// The place of a module's path.
fn place(module: &Module) -> Option<usize> {
    let path = module.path()?;
    (!path.as_os_str().is_empty()).then(|| path.as_os_str().as_encoded_bytes().as_ptr().addr())
}

/// Says how a script that was compiled now imports.
pub(crate) fn set(script: &Script, importer: Importer, context: &mut Context) {
    // Who runs it is told why that cannot be.
    let Ok(code) = script.codeblock(context) else { return };
    let loader = super::of(context);
    let mut scripts = loader.importers.scripts.borrow_mut();
    scripts.get_or_insert_with(WeakMap::new).insert(&code, Known::new(importer, None));
}

/// Says how the texts of a realm import that are part of no script.
pub(crate) fn set_for_realm(importer: Importer, realm: &boa_engine::realm::Realm) {
    realm.host_defined_mut().insert(OfRealm(Known::new(importer, None)));
}

impl Importers {
    /// Says what is known of a module, which holds that itself.
    pub(super) fn set_for_module(&self, module: &Module, known: &Gc<Known>) {
        let Some(place) = place(module) else { return };
        let mut modules = self.modules.borrow_mut();
        if modules.len() == modules.capacity() {
            modules.retain(|_, known| known.is_upgradable());
        }
        modules.insert(place, WeakGc::new(known));
    }

    fn of(&self, referrer: &Referrer, context: &mut Context) -> Option<Known> {
        match referrer {
            Referrer::Realm(realm) => {
                realm.host_defined().get::<OfRealm>().map(|known| known.0.clone())
            }
            Referrer::Script(script) => {
                let scripts = self.scripts.borrow().clone()?;
                let code = script.codeblock(context).ok()?;
                let known = scripts.get(&code)?;
                known.value().map(|known| known.clone())
            }
            Referrer::Module(module) => {
                let known = self.modules.borrow().get(&place(module)?)?.upgrade()?;
                Some((*known).clone())
            }
        }
    }

    /// Fills `import.meta` of a module of the program's own; false if the loader knows it.
    pub(super) fn fill_meta(
        &self,
        module: &Module,
        meta: &JsObject,
        context: &mut Context,
    ) -> bool {
        let Some(known) = self.of(&Referrer::Module(module.clone()), context) else { return false };
        if let Some(fill) = &known.meta
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
        let Some(known) = self.of(referrer, context) else { return Ok(None) };
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
                Ok(Some(self.relay(&known, request.specifier(), promise, context)))
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

impl Importers {
    /// The relay for one specifier in one text, always the same, with one more promise.
    fn relay(
        &self,
        known: &Known,
        specifier: &JsString,
        promise: JsPromise,
        context: &mut Context,
    ) -> Module {
        let made = known.relays.borrow().get(specifier).cloned();
        let relay = made.unwrap_or_else(|| {
            let free = self.relays.borrow_mut().take_free();
            let relay = free.unwrap_or_else(|| new_relay(context));
            self.relays.borrow_mut().lend(&relay, &known.relays);
            known.relays.borrow_mut().insert(specifier.clone(), relay.clone());
            relay
        });
        if let Some(promises) = relay.promises.downcast_ref::<Promises>() {
            promises.0.borrow_mut().push_back(promise.into());
        }
        relay.module.clone()
    }
}

fn new_relay(context: &mut Context) -> Relay {
    let promises = JsObject::from_proto_and_data(None, Promises::default());
    let steps = SyntheticModuleInitializer::from_copy_closure_with_captures(
        |module, promises: &JsObject, context| {
            let then = closure("then", 2, promises.clone(), then, context);
            module.set_export(&js_string!("then"), then.into())
        },
        promises.clone(),
    );
    let module = Module::synthetic(&[js_string!("then")], steps, None, None, context);
    Relay { module, promises }
}

/// The relays of a realm. The engine never frees a module whose namespace was looked at, so those of texts that are
/// gone serve others.
#[derive(Default)]
struct Relays {
    lent: Vec<(WeakGc<RelaysOfText>, Relay)>,
    free: Vec<Relay>,
}

impl Relays {
    fn take_free(&mut self) -> Option<Relay> {
        // Asked for all of them only when there are twice as many as the last time.
        if self.free.is_empty() && self.lent.len() == self.lent.capacity() {
            let (lent, back) = std::mem::take(&mut self.lent)
                .into_iter()
                .partition(|(text, _)| text.is_upgradable());
            self.lent = lent;
            self.free = back.into_iter().map(|(_, relay)| relay).collect();
            self.lent.reserve(self.lent.len().max(16));
        }
        self.free.pop()
    }

    fn lend(&mut self, relay: &Relay, text: &Gc<RelaysOfText>) {
        self.lent.push((WeakGc::new(text), relay.clone()));
    }
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
