//! Programs without a file: `-e`, `-p`, standard input.

use std::rc::Rc;

use boa_engine::{Context, JsError, JsResult, JsString, js_string};

use super::InputType;
use crate::{
    bindings::repl::scope,
    engine::{
        builtins, commonjs,
        errors::{Code, coded},
        esm::{self, Entry},
        folder,
        natives::define_value,
        report, scripts,
    },
};

/// What the text of `-e` and `-p` is called; builtin modules are known by their names in it.
const EVALUATED: &str = "[eval]";

/// A program text, and how it is to run.
pub(super) struct Text<'a> {
    pub(super) source: &'a str,
    pub(super) name: &'a str,
    pub(super) print: bool,
    pub(super) input_type: InputType,
}

/// Runs a text after what `imports` name.
pub(super) fn run(text: &Text<'_>, imports: &[String], context: &mut Context) -> JsResult<()> {
    if text.name == EVALUATED {
        scope::name_builtins(&context.global_object(), context)?;
    }
    let is_module = match text.input_type {
        InputType::Module => true,
        InputType::CommonJs => false,
        InputType::Detect => esm::is_module_text(text.source),
    };
    if is_module && text.print {
        return Err(cannot_print(context));
    }
    if !is_module && imports.is_empty() {
        return run_script(text.source, text.name, text.print, context);
    }
    let (source, name) = (text.source.to_owned(), text.name.to_owned());
    let last = if is_module {
        let file = folder::current(context).join("[eval1]");
        // The brackets stay as they are, as in Node.
        let url = esm::url_of(&file).replace("%5B", "[").replace("%5D", "]");
        Entry::Source { url, text: source }
    } else {
        let print = text.print;
        Entry::Script(Rc::new(move |context| run_script(&source, &name, print, context)))
    };
    let steps = imports.iter().cloned().map(Entry::Import).chain([last]);
    esm::run(steps.collect(), context);
    Ok(())
}

fn cannot_print(context: &mut Context) -> JsError {
    let message = "--print cannot be used with ESM input";
    coded(context, Code::ERR_EVAL_ESM_CANNOT_PRINT, message)
}

/// A script in the global scope that has `require` and `module`.
fn run_script(source: &str, name: &str, print: bool, context: &mut Context) -> JsResult<()> {
    let folder = folder::current(context);
    let (module, require) = commonjs::module_without_file(name, &folder, context)?;
    let global = context.global_object();
    let exports = module.get(js_string!("exports"), context)?;
    define_value(&global, js_string!("__filename"), JsString::from(name), true);
    define_value(&global, js_string!("module"), module, true);
    define_value(&global, js_string!("exports"), exports, true);
    define_value(&global, js_string!("__dirname"), js_string!("."), true);
    define_value(&global, js_string!("require"), require, true);
    let value = scripts::evaluate(source, name, context)
        .inspect_err(|_| report::note_text_threw(context))?;
    if print {
        let console = builtins::load_object("console", context)?;
        let log = console.get(js_string!("log"), context)?.to_object(context)?;
        log.call(&console.into(), &[value], context)?;
    }
    Ok(())
}
