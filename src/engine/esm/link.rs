//! Every name that a module imports must be exported: told before the engine links, which does not
//! say where the name stands and cannot undo a cycle that it has linked in part.

use boa_engine::{Context, JsError, JsResult, JsString};
use boa_gc::Gc;

use super::record::{Kind, Record};
use crate::engine::{
    sources::{self, SourceText},
    stack,
    syntax::{ALL, Imported},
};

/// Checks the imports of modules that are new.
pub(super) fn check(fresh: &[Gc<Record>], context: &mut Context) -> JsResult<()> {
    for record in fresh {
        for import in record.declarations.imports.iter().filter(|import| import.name != ALL) {
            let Some(child) = record.children().get(import.request) else { continue };
            let names = child.module().namespace(context);
            if !names.has_property(JsString::from(import.name.as_str()), context)? {
                return Err(missing(record, child, import, context));
            }
        }
    }
    Ok(())
}

/// The `SyntaxError` of a name that is not there, with its place.
fn missing(record: &Record, child: &Record, import: &Imported, context: &mut Context) -> JsError {
    let specifier = &record.declarations.requests[import.request].specifier;
    let name = &import.name;
    let message = match child.kind {
        Kind::CommonJs(_) => format!(
            "Named export '{name}' not found. The requested module '{specifier}' is a CommonJS module, \
             which may not support all module.exports as named exports.\nCommonJS modules can always be \
             imported via the default export, for example using:\n\nimport pkg from '{specifier}';\n{}",
            // As in Node, for an import on one line.
            if is_on_one_line(record, import, context) {
                destructured(record, import)
            } else {
                String::new()
            }
        ),
        _ => {
            format!("The requested module '{specifier}' does not provide an export named '{name}'")
        }
    };
    let source = sources::of(context).get(&record.url);
    let place = source.as_deref().map(|source| place(record, source, import.span));
    JsError::from_opaque(stack::syntax_error(&message, place, context).into())
}

fn place(record: &Record, source: &SourceText, (start, end): (usize, usize)) -> String {
    let (line, _) = source.position(start);
    format!("{}:{line}\n{}\n", record.url, source.marked(start, end))
}

/// Whether all names of the declaration stand on one line.
fn is_on_one_line(record: &Record, import: &Imported, context: &mut Context) -> bool {
    let Some(source) = sources::of(context).get(&record.url) else { return false };
    let same = record.declarations.imports.iter();
    let same = same.filter(|other| other.declaration == import.declaration);
    let lines: Vec<u32> = same.map(|other| source.position(other.span.0).0).collect();
    let whole = lines.first().and_then(|line| source.line(*line)).unwrap_or_default();
    lines.iter().all(|line| line == &lines[0]) && whole.contains("import")
}

/// `const { a, b: c } = pkg;` with the names of the same declaration.
fn destructured(record: &Record, import: &Imported) -> String {
    let same = |other: &&Imported| {
        other.declaration == import.declaration && !matches!(&*other.name, "default" | ALL)
    };
    let names: Vec<String> = record
        .declarations
        .imports
        .iter()
        .filter(same)
        .map(|other| {
            let Imported { name, local, .. } = other;
            if name == local { name.clone() } else { format!("{name}: {local}") }
        })
        .collect();
    if names.is_empty() {
        String::new()
    } else {
        format!("const {{ {} }} = pkg;\n", names.join(", "))
    }
}
