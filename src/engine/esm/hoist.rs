//! A module's `var`s are there, as `undefined`, as soon as it is linked; the engine makes them when it runs.
//!
//! That shows where a module can be looked at before it runs: in a cycle, and where a program links it itself
//! (`vm`). Such a module gets one more function, which the engine makes when it links; `for (name of list)` in it
//! sets a variable whether that is there or not. Nobody is to see its export: others import a *front* that passes on
//! the rest. It is hidden by the language's own rule that a name which two modules behind `export *` have is not
//! exported.
//!
//! The engine makes the variables once more when the module begins. What functions of the module put into them
//! before is kept when its last import is evaluated, the *tail*, and is put back by its first statement. The tail
//! of a module of the program's own holds what is known of that, too (`importers`).

use std::{cell::Cell, rc::Rc};

use boa_engine::{
    Context, JsObject, JsResult, JsSymbol, JsValue, Module, Source,
    ast::{operations::var_declared_names, scope::Scope},
    interner::{Interner, Sym},
    js_string,
    module::{SyntheticModule, SyntheticModuleInitializer},
    parser::Parser,
};
use boa_gc::{Finalize, Gc, GcRefCell, Trace};

use super::{
    evaluate, frames, graph,
    importers::Known,
    load,
    record::{Behind, Kind, Record},
};
use crate::engine::{
    natives::{closure, define_value},
    scripts, sources,
    syntax::Additions,
};

/// The function and its export. No program has a name with U+1D19 in the place of an R.
const FUNCTION: &str = "\u{1d19}eset";
/// The specifiers of the parts.
const BODY: &str = "\u{1d19}body";
const TAIL: &str = "\u{1d19}tail";

/// What a text says of its variables.
struct Variables {
    names: Vec<String>,
    has_default: bool,
}

/// Gives the modules of a graph's cycles that need it a front.
pub(super) fn prepare_cycles(
    root: &Gc<Record>,
    fresh: &[Gc<Record>],
    context: &mut Context,
) -> JsResult<()> {
    if !fresh.iter().any(|record| may_have_variables(record, context)) {
        return Ok(());
    }
    let is_fresh = |record: &&Gc<Record>| fresh.iter().any(|other| Gc::ptr_eq(other, record));
    for cycle in evaluate::order(root) {
        let imports_itself =
            |record: &Gc<Record>| record.children().iter().any(|child| Gc::ptr_eq(child, record));
        if cycle.len() > 1 || cycle.iter().any(imports_itself) {
            cycle.iter().filter(is_fresh).try_for_each(|record| prepare(record, context))?;
        }
    }
    Ok(())
}

fn may_have_variables(record: &Record, context: &mut Context) -> bool {
    record.kind == Kind::Source
        && sources::of(context).get(&record.url).is_some_and(|source| source.text().contains("var"))
}

/// Gives a module that the engine has not loaded a front, if it declares variables.
fn prepare(record: &Record, context: &mut Context) -> JsResult<()> {
    let Some(source) = sources::of(context).get(&record.url) else { return Ok(()) };
    match variables(source.text(), context) {
        Some(variables) if !variables.names.is_empty() => {
            put_behind(record, &variables, None, context)
        }
        _ => Ok(()),
    }
}

/// Gives a new module of the program's own a tail that holds what is known of it, and a front if it declares
/// variables.
pub(super) fn prepare_own(
    record: &Record,
    known: Gc<Known>,
    context: &mut Context,
) -> JsResult<()> {
    let Some(source) = sources::of(context).get(&record.url) else { return Ok(()) };
    match variables(source.text(), context) {
        Some(variables) if !variables.names.is_empty() => {
            put_behind(record, &variables, Some(known), context)
        }
        _ => {
            let end = format!("\nimport'{TAIL}';");
            let Some(module) = load::parse_again(record, "", &end, context)? else { return Ok(()) };
            *record.module.borrow_mut() = module;
            let tail = tail(Tail { resetter: Resetter::default(), _known: Some(known) }, context);
            *record.behind.borrow_mut() = Some(Behind { body: None, door: None, tail });
            Ok(())
        }
    }
}

fn put_behind(
    record: &Record,
    variables: &Variables,
    known: Option<Gc<Known>>,
    context: &mut Context,
) -> JsResult<()> {
    let (start, end) = additions(&variables.names);
    let Some(body) = load::parse_again(record, &start, &end, context)? else { return Ok(()) };
    let door = module(record, &format!("export{{{FUNCTION}}}from'{BODY}'"), context)?;
    let default = if variables.has_default {
        format!("export{{default}}from'{BODY}';")
    } else {
        String::new()
    };
    let front = format!("export*from'{BODY}';export*from'{TAIL}';{default}");
    *record.module.borrow_mut() = module(record, &front, context)?;
    let resetter = Resetter::default();
    let tail = tail(Tail { resetter: resetter.clone(), _known: known }, context);
    let (body, door) = (Some(body), Some((door, resetter)));
    *record.behind.borrow_mut() = Some(Behind { body, door, tail });
    Ok(())
}

/// A part of ours.
fn module(record: &Record, text: &str, context: &mut Context) -> JsResult<Module> {
    load::parse(&record.url, text, &Additions::default(), "", context)
}

/// What is put before and behind a module's text.
fn additions(names: &[String]) -> (String, String) {
    let fields: Vec<String> =
        names.iter().enumerate().map(|(index, name)| format!("{index}:{name}")).collect();
    let fields = fields.join(",");
    let loops: Vec<String> = names.iter().map(|name| format!("for({name} of l);")).collect();
    let loops = loops.concat();
    let start = format!("({{{fields}}}={FUNCTION}.s);{FUNCTION}.s=0;");
    let keep = format!("{FUNCTION}.s={{__proto__:null,{fields}}}");
    let function = format!("export function {FUNCTION}(l){{if(l){{{loops}}}else {keep}}}");
    (start, format!("\nimport'{TAIL}';{function}"))
}

/// The function of a body, once that is linked.
#[derive(Clone, Default, Trace, Finalize)]
pub(super) struct Resetter(Gc<GcRefCell<Option<JsObject>>>);

/// What the last import of a body holds.
#[derive(Clone, Trace, Finalize)]
struct Tail {
    resetter: Resetter,
    _known: Option<Gc<Known>>,
}

/// The module that a body evaluates last before it runs.
fn tail(held: Tail, context: &mut Context) -> Module {
    let keep = |_: &SyntheticModule, held: &Tail, context: &mut Context| {
        let function = held.resetter.0.borrow_mut().take();
        let kept = function.map(|function| function.call(&JsValue::undefined(), &[], context));
        kept.transpose().map(drop)
    };
    let steps = SyntheticModuleInitializer::from_copy_closure_with_captures(keep, held);
    Module::synthetic(&[js_string!(FUNCTION)], steps, None, None, context)
}

/// The variables outside of functions; `None` for a text that only the engine's own rules refuse.
fn variables(text: &str, context: &mut Context) -> Option<Variables> {
    if !text.contains("var") {
        return None;
    }
    // The engine's parser does not end a declaration where the text ends.
    let closed = format!("{text}\n;");
    let read = scripts::tolerantly(&closed, context, |text, _| {
        let mut interner = Interner::new();
        let mut parser = Parser::new(Source::from_bytes(text));
        let Ok(module) = parser.parse_module(&Scope::new_global(), &mut interner) else {
            return Ok(None);
        };
        let name = |symbol: Sym| interner.resolve_expect(symbol).to_string();
        let names = var_declared_names(module.items()).into_iter().map(name).collect();
        let mut exported = module.items().exported_names().into_iter().map(name);
        Ok(Some(Variables { names, has_default: exported.any(|name| name == "default") }))
    });
    read.ok().flatten()
}

/// The part that the engine asks for on behalf of another.
pub(super) fn part(record: &Record, specifier: &str) -> Option<Module> {
    let behind = record.behind.borrow();
    let behind = behind.as_ref()?;
    match specifier {
        BODY => behind.body.clone(),
        TAIL => Some(behind.tail.clone()),
        _ => None,
    }
}

/// Sets the variables of a module that was linked and did not run.
pub(super) fn begin(record: &Record, context: &mut Context) -> JsResult<()> {
    let door = record.behind.borrow().as_ref().and_then(|behind| behind.door.clone());
    let Some((door, resetter)) = door else { return Ok(()) };
    // It is never evaluated: a module of the engine's that waits for another is best left out.
    graph::load_in_engine(&door, context)?;
    frames::link(&door, context)?;
    // It is of no use from now on.
    if let Some(behind) = record.behind.borrow_mut().as_mut() {
        behind.door = None;
    }
    let function = door.namespace(context).get(js_string!(FUNCTION), context)?;
    let Some(function) = function.as_callable() else { return Ok(()) };
    let list = once(context);
    function.call(&JsValue::undefined(), &[list.into()], context)?;
    *resetter.0.borrow_mut() = Some(function);
    Ok(())
}

/// Whether it is the iterator's turn to end.
#[derive(Clone, Default, Trace, Finalize)]
struct Turn(#[unsafe_ignore_trace] Rc<Cell<bool>>);

/// A list with `undefined` in it once, which no program can change.
fn once(context: &mut Context) -> JsObject {
    let list = JsObject::with_null_proto();
    let next = |_: &JsValue, _: &[JsValue], turn: &Turn, _: &mut Context| {
        let step = JsObject::with_null_proto();
        define_value(&step, js_string!("done"), turn.0.get(), true);
        turn.0.set(!turn.0.get());
        Ok(step.into())
    };
    let next = closure("next", 0, Turn::default(), next, context);
    define_value(&list, js_string!("next"), next, true);
    let itself = |this: &JsValue, _: &[JsValue], (): &(), _: &mut Context| Ok(this.clone());
    let itself = closure("", 0, (), itself, context);
    define_value(&list, JsSymbol::iterator(), itself, true);
    list
}
