//! From a target to a module: reading, and making a module of what was read.

use std::{
    collections::HashSet,
    path::{Path, PathBuf},
};

use boa_engine::{
    Context, JsResult, JsString, JsValue, Module, Source, js_string,
    module::{ModuleRequest, SyntheticModuleInitializer},
};
use boa_gc::Gc;

use super::{
    Loader, builtin,
    errors::Failure,
    foreseen,
    format::{self, Format},
    record::{Kind, Record},
    resolve::Target,
};
use crate::engine::{
    commonjs,
    errors::Code,
    scripts,
    sources::{self, SourceText},
    state,
    syntax::{self, Additions, Declarations},
};

/// The attributes of a request as the engine has them, and as the text had them, say the same.
pub(super) fn has_same_attributes(known: &[(String, String)], request: &ModuleRequest) -> bool {
    let given = request.attributes();
    given.len() == known.len()
        && given.iter().zip(known).all(|(given, (key, value))| {
            given.key().to_std_string_lossy() == *key
                && given.value().to_std_string_lossy() == *value
        })
}

/// The attributes of a request of the engine's.
pub(super) fn attributes(request: &ModuleRequest) -> Vec<(String, String)> {
    let text = |text: &JsString| text.to_std_string_lossy();
    request.attributes().iter().map(|given| (text(given.key()), text(given.value()))).collect()
}

/// What a module is to be, before it is read.
enum Plan {
    Builtin(&'static str),
    File(PathBuf, Format),
    Data { format: Format, text: String },
}

/// The module of a target: the one that is known, or a new one, which has no children yet.
///
/// True if it is new.
pub(super) fn module(
    loader: &Loader,
    target: &Target,
    attributes: &[(String, String)],
    context: &mut Context,
) -> JsResult<(Gc<Record>, bool)> {
    let url = target.url();
    let unknown = |(key, _): &&(String, String)| key != "type";
    if let Some(attribute) = attributes.iter().find(unknown) {
        return Err(unsupported(&url, attribute).into_error(context));
    }
    let plan = plan(target, context)?;
    let is_json = check_attributes(&plan, &url, attributes).map_err(|e| e.into_error(context))?;
    if let Some(known) = loader.records.get(&url, is_json) {
        return Ok((known, false));
    }
    let record = Gc::new(match plan {
        Plan::Builtin(name) => builtin::record(name, context)?,
        Plan::Data { format: Format::Json, text } => json(url, None, &text, context)?,
        Plan::Data { text, .. } => source(url, text, None, context)?,
        Plan::File(path, Format::Json) => {
            let text = text_of(&path, context)?;
            json(url, Some(&path), &text, context)?
        }
        Plan::File(path, Format::CommonJs) => common_js(url, path, None, context)?,
        Plan::File(path, Format::Module) => {
            let text = text_of(&path, context)?;
            source(url, text, None, context)?
        }
        Plan::File(path, Format::Undeclared) => undeclared(url, path, context)?,
    });
    loader.records.add(&record);
    Ok((record, true))
}

fn plan(target: &Target, context: &mut Context) -> JsResult<Plan> {
    match target {
        Target::Builtin(name) => Ok(Plan::Builtin(name)),
        Target::UnknownBuiltin(url) => {
            let message = format!("No such built-in module: {url}");
            Err(Failure::new(Code::ERR_UNKNOWN_BUILTIN_MODULE, message).into_error(context))
        }
        Target::Data(url) => data(url).map_err(|failure| failure.into_error(context)),
        Target::File { path, .. } => {
            let given = state::of(context).module_hook.kind(path);
            if let Some(kind) = given {
                return Ok(Plan::File(path.clone(), Format::of_host(kind)));
            }
            let resolver = commonjs::resolver(context);
            let format = format::of_import(path, &resolver).map_err(|e| e.into_error(context))?;
            Ok(Plan::File(path.clone(), format))
        }
    }
}

/// An attribute that means nothing.
fn unsupported(url: &str, (key, value): &(String, String)) -> Failure {
    let message =
        format!("Import attribute \"{key}\" with value \"{value}\" is not supported in {url}");
    Failure::new(Code::ERR_IMPORT_ATTRIBUTE_UNSUPPORTED, message)
}

/// True if it is to be a JSON module, which the attributes have to say.
fn check_attributes(
    plan: &Plan,
    url: &str,
    attributes: &[(String, String)],
) -> Result<bool, Failure> {
    if let Some(attribute) = attributes.iter().find(|(_, value)| value != "json") {
        return Err(unsupported(url, attribute));
    }
    let is_json =
        matches!(plan, Plan::File(_, Format::Json) | Plan::Data { format: Format::Json, .. });
    match (is_json, attributes.is_empty()) {
        (true, true) => {
            let message = format!("Module \"{url}\" needs an import attribute of \"type: json\"");
            Err(Failure::new(Code::ERR_IMPORT_ATTRIBUTE_MISSING, message))
        }
        (false, false) => {
            let message = format!("Module \"{url}\" is not of type \"json\"");
            Err(Failure::new(Code::ERR_IMPORT_ATTRIBUTE_TYPE_INCOMPATIBLE, message))
        }
        _ => Ok(is_json),
    }
}

/// The text in a `data:` URL.
fn data(url: &str) -> Result<Plan, Failure> {
    let invalid = || Failure::new(Code::ERR_INVALID_URL, "Invalid URL".to_owned());
    let parsed = data_url::DataUrl::process(url).map_err(|_| invalid())?;
    let mime = parsed.mime_type();
    let format = match (&*mime.type_, &*mime.subtype) {
        ("text", "javascript") => Format::Module,
        ("application", "json") => Format::Json,
        (kind, subtype) => {
            let message = format!("Unknown module format: {kind}/{subtype} for URL {url}");
            return Err(Failure::new(Code::ERR_UNKNOWN_MODULE_FORMAT, message));
        }
    };
    let (bytes, _) = parsed.decode_to_vec().map_err(|_| invalid())?;
    Ok(Plan::Data { format, text: String::from_utf8_lossy(&bytes).into_owned() })
}

/// A file's text, without a byte order mark.
fn text_of(path: &Path, context: &mut Context) -> JsResult<String> {
    Ok(commonjs::read_source(path, context)?.to_std_string_lossy())
}

/// A text as an ES module, and what is known of it.
pub(super) struct Parsed {
    pub(super) text: String,
    module: Module,
    additions: Additions,
    pub(super) declarations: Declarations,
}

impl Parsed {
    /// Parses a text without a hashbang.
    pub(super) fn of(
        url: &str,
        text: String,
        declarations: Option<Declarations>,
        context: &mut Context,
    ) -> JsResult<Self> {
        let declarations = declarations.unwrap_or_else(|| syntax::declarations(&text));
        let names = syntax::import_names(&text, &declarations);
        let (additions, parsed) = scripts::with_additions(&text, context, |additions, context| {
            parse(url, &text, &additions.and(&names), "", context)
        });
        let (module, additions) = (parsed?, additions.and(&names));
        Ok(Self { text, module, additions, declarations })
    }

    /// The module as the loader keeps it.
    pub(super) fn into_record(self, url: String, context: &mut Context) -> Record {
        let text = SourceText::new(self.text, 0).with_additions(&self.additions);
        sources::of(context).add(&url, text);
        Record::new(url, Kind::Source, self.module, self.declarations)
    }
}

/// An ES module of a text of the program's realm.
pub(super) fn source(
    url: String,
    text: String,
    declarations: Option<Declarations>,
    context: &mut Context,
) -> JsResult<Record> {
    let text = commonjs::without_hashbang(text);
    let parsed = match foreseen::take(&url, &text, context) {
        Some(ready) => ready,
        None => Parsed::of(&url, text, declarations, context)?,
    };
    Ok(parsed.into_record(url, context))
}

pub(super) fn parse(
    url: &str,
    text: &str,
    additions: &Additions,
    end: &str,
    context: &mut Context,
) -> JsResult<Module> {
    // The engine's parser does not end a declaration where the text ends.
    let closed = format!("{}{end}\n;", additions.insert(text));
    let parsed = scripts::tolerantly(&closed, context, |text, context| {
        Module::parse(Source::from_bytes(text).with_path(Path::new(url)), None, context)
    });
    parsed.map_err(|error| scripts::refused(error, text, url, syntax::Goal::Module, context))
}

/// Parses the module once more so that the engine evaluates it as one that awaits: it depends on
/// one that does, and the engine loses what such a module throws otherwise.
pub(super) fn make_async(record: &Record, context: &mut Context) -> JsResult<()> {
    if !record.declarations.awaits.is_empty() || record.kind != Kind::Source {
        return Ok(());
    }
    if let Some(parsed) = parse_again(record, "", "", context)? {
        *record.module.borrow_mut() = parsed;
    }
    Ok(())
}

/// A module of the same text with something before and behind it.
pub(super) fn parse_again(
    record: &Record,
    start: &str,
    end: &str,
    context: &mut Context,
) -> JsResult<Option<Module>> {
    const AWAITS: &str = "\nif (0) await 0;";
    let Some(source) = sources::of(context).get(&record.url) else { return Ok(None) };
    let makes_async = record.is_async.get() && record.declarations.awaits.is_empty();
    let end = format!("{end}{}", if makes_async { AWAITS } else { "" });
    let mut more = syntax::import_names(source.text(), &record.declarations);
    if !start.is_empty() {
        more.insert(0, (0, start.to_owned().into()));
    }
    let (additions, parsed) = scripts::with_additions(source.text(), context, |given, context| {
        parse(&record.url, source.text(), &given.and(&more), &end, context)
    });
    let text = SourceText::new(source.text().to_owned(), 0);
    let text = text.with_additions(&additions.and(&more));
    sources::of(context).add(&record.url, text);
    parsed.map(Some)
}

/// A file whose text says what it is.
fn undeclared(url: String, path: PathBuf, context: &mut Context) -> JsResult<Record> {
    let text = text_of(&path, context)?;
    let declarations = syntax::declarations(&text);
    if !format::reads_as_module(&text, &declarations) {
        return common_js(url, path, Some(text), context);
    }
    let resolver = commonjs::resolver(context);
    format::warn_of_missing_type(&path, &resolver, context)?;
    source(url, text, None, context)
}

/// A JSON module; `path` is what errors name.
fn json(url: String, path: Option<&Path>, text: &str, context: &mut Context) -> JsResult<Record> {
    let value = match path.filter(|_| !url.contains(['?', '#'])) {
        Some(path) => commonjs::shared_json(text, path, context)?,
        None => commonjs::parse_json(text, path, context)?,
    };
    let steps = SyntheticModuleInitializer::from_copy_closure_with_captures(
        |module, value: &JsValue, _| module.set_export(&js_string!("default"), value.clone()),
        value,
    );
    let module = Module::synthetic(
        &[js_string!("default")],
        steps,
        Some(PathBuf::from(&url)),
        None,
        context,
    );
    Ok(Record::new(url, Kind::Json, module, Declarations::default()))
}

/// A module that stands for a CommonJS file. Its names are read off the text, its values come when
/// it is evaluated: then the file runs, if it did not before.
fn common_js(
    url: String,
    path: PathBuf,
    text: Option<String>,
    context: &mut Context,
) -> JsResult<Record> {
    let text = match text {
        Some(text) => text,
        None => text_of(&path, context)?,
    };
    let mut names = Vec::new();
    collect_names(&path, &text, &mut names, &mut HashSet::from([path.clone()]), context);
    names.retain(|name| !matches!(&**name, "default" | "module.exports"));
    let names: Vec<JsString> = names.into_iter().map(JsString::from).collect();
    let mut exported = names.clone();
    exported.extend([js_string!("default"), js_string!("module.exports")]);
    let steps = SyntheticModuleInitializer::from_copy_closure_with_captures(
        run_common_js,
        (names, JsString::from(&*path.to_string_lossy())),
    );
    let module = Module::synthetic(&exported, steps, Some(PathBuf::from(&url)), None, context);
    Ok(Record::new(url, Kind::CommonJs(path), module, Declarations::default()))
}

fn run_common_js(
    module: &boa_engine::module::SyntheticModule,
    (names, path): &(Vec<JsString>, JsString),
    context: &mut Context,
) -> JsResult<()> {
    let is_main = super::entry::take_main(path, context);
    let exports = commonjs::load_path(path.clone(), is_main, context)?;
    if let Some(object) = exports.as_object() {
        for name in names {
            if !object.has_own_property(name.clone(), context)? {
                continue;
            }
            // A getter that throws leaves its name undefined.
            if let Ok(value) = object.get(name.clone(), context) {
                module.set_export(name, value)?;
            }
        }
    }
    module.set_export(&js_string!("default"), exports.clone())?;
    module.set_export(&js_string!("module.exports"), exports)
}

/// The names that a text exports, and those of the files that it passes on.
fn collect_names(
    path: &Path,
    text: &str,
    names: &mut Vec<String>,
    seen: &mut HashSet<PathBuf>,
    context: &mut Context,
) {
    let found = syntax::commonjs_exports(text);
    for name in found.names {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    for specifier in found.reexports {
        // What cannot be found or read is told when the file runs.
        let Some(file) = commonjs::resolve_from(path, &specifier, context) else { continue };
        let is_script =
            matches!(file.extension().and_then(|e| e.to_str()), None | Some("js" | "cjs"));
        if is_script
            && seen.insert(file.clone())
            && let Ok(text) = text_of(&file, context)
        {
            collect_names(&file, &text, names, seen, context);
        }
    }
}
