//! What a module's text says about other modules: its imports and exports, and where it awaits.
//!
//! The engine's parser knows all this and tells nobody. The loader must know it before the engine
//! links: which files a graph needs, which names must be there (the engine's own words for one that
//! is missing do not say where), and whether the graph can be evaluated at once.

use super::{cursor::Tokens, lexer::Kind};

/// The name of an import of everything: `import * as x`, `export * from`.
pub(crate) const ALL: &str = "*";

/// What stands between an `import` or `export` and its end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Declarations {
    /// The modules asked for, each once, in the order of the text.
    pub(crate) requests: Vec<Request>,
    /// The names that must be exported by them.
    pub(crate) imports: Vec<Imported>,
    /// There is an `import`, an `export` or `import.meta`: no script may have these.
    pub(crate) is_module: bool,
    /// Where `await` stands outside of functions: byte offsets.
    pub(crate) awaits: Vec<usize>,
}

/// A specifier with its attributes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Request {
    pub(crate) specifier: String,
    /// `with { key: value }`, by key.
    pub(crate) attributes: Vec<(String, String)>,
}

/// One name in `import { name as local } from` or `export { name } from`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Imported {
    /// The index of its request.
    pub(crate) request: usize,
    pub(crate) name: String,
    /// What the module calls it.
    pub(crate) local: String,
    /// The bytes of the name in the text.
    pub(crate) span: (usize, usize),
    /// The same for all names of one declaration.
    pub(crate) declaration: usize,
}

/// Reads the declarations of a text, which need not be a module at all.
pub(crate) fn declarations(text: &str) -> Declarations {
    let tokens = Tokens::of(text);
    let mut reader =
        Reader { tokens: &tokens, found: Declarations::default(), scopes: Scopes::default() };
    let mut index = 0;
    while index < tokens.len() {
        index = reader.step(index);
    }
    reader.found
}

struct Reader<'t, 'a> {
    tokens: &'t Tokens<'a>,
    found: Declarations,
    scopes: Scopes,
}

impl Reader<'_, '_> {
    /// Looks at one token; returns where to go on.
    fn step(&mut self, index: usize) -> usize {
        let tokens = self.tokens;
        let word = tokens.word(index);
        match tokens.kind(index) {
            Some(Kind::Word) if !tokens.is_property(index) => match word {
                "import" if tokens.reads(index + 1, &[".", "meta"]) => self.found.is_module = true,
                "import" if self.scopes.is_top() && tokens.word(index + 1) != "(" => {
                    return self.import(index);
                }
                "export" if self.scopes.is_top() => return self.export(index),
                "await" => self.awaited(index),
                _ => {}
            },
            Some(Kind::Punctuator | Kind::Template { .. }) => self.scopes.follow(tokens, index),
            _ => {}
        }
        index + 1
    }

    fn awaited(&mut self, index: usize) {
        let is_key = self.tokens.word(index + 1) == ":";
        if !is_key
            && !self.scopes.in_function(self.tokens, index)
            && let Some(token) = self.tokens.get(index)
        {
            self.found.awaits.push(token.start);
        }
    }

    /// `import 'x'`, `import a, { b } from 'x'`.
    fn import(&mut self, start: usize) -> usize {
        let tokens = self.tokens;
        let mut index = start + 1;
        if tokens.kind(index) == Some(Kind::String) {
            return self.from(index, Vec::new(), start);
        }
        if tokens.word(index) == "." {
            return index;
        }
        let mut names = Vec::new();
        if tokens.kind(index) == Some(Kind::Word) && tokens.word(index + 1) != "*" {
            names.push(("default".to_owned(), tokens.word(index).to_owned(), index));
            index += 1;
        }
        while !matches!(tokens.word(index), "from" | "") {
            if tokens.word(index) == "{" {
                index = self.names(index, &mut names);
            } else if tokens.reads(index, &["*", "as"]) {
                names.push((ALL.to_owned(), tokens.word(index + 2).to_owned(), index));
                index += 3;
            } else {
                index += 1;
            }
            if tokens.kind(index) == Some(Kind::String) || index > start + 10_000 {
                break;
            }
        }
        self.from(index + 1, names, start)
    }

    /// `export * from 'x'`, `export { a } from 'x'`; other exports only make a module.
    fn export(&mut self, start: usize) -> usize {
        let tokens = self.tokens;
        self.found.is_module = true;
        let mut names = Vec::new();
        let index = match tokens.word(start + 1) {
            "{" => self.names(start + 1, &mut names),
            "*" => {
                let is_named = tokens.word(start + 2) == "as";
                names.push((ALL.to_owned(), ALL.to_owned(), start + 1));
                start + if is_named { 4 } else { 2 }
            }
            _ => return start + 1,
        };
        if tokens.word(index) == "from" && tokens.kind(index + 1) == Some(Kind::String) {
            return self.from(index + 1, names, start);
        }
        index
    }

    /// `{ a, b as c, "d" as e }`; returns the index after it.
    fn names(&self, open: usize, names: &mut Vec<(String, String, usize)>) -> usize {
        let tokens = self.tokens;
        let mut index = open + 1;
        while !matches!(tokens.word(index), "}" | "") {
            let Some(name) = tokens.name(index) else {
                index += 1;
                continue;
            };
            let at = index;
            let mut local = name.clone();
            if tokens.word(index + 1) == "as" {
                local = tokens.name(index + 2).unwrap_or(local);
                index += 2;
            }
            names.push((name, local, at));
            index += 1;
        }
        index + 1
    }

    /// The specifier, its attributes, and the names asked of it.
    fn from(
        &mut self,
        at: usize,
        names: Vec<(String, String, usize)>,
        declaration: usize,
    ) -> usize {
        let Some(specifier) = self.tokens.string(at) else { return at };
        self.found.is_module = true;
        let (attributes, next) = self.attributes(at + 1);
        let request = Request { specifier, attributes };
        let known = self.found.requests.iter().position(|other| *other == request);
        let request = known.unwrap_or_else(|| {
            self.found.requests.push(request);
            self.found.requests.len() - 1
        });
        for (name, local, index) in names {
            let Some(token) = self.tokens.get(index) else { continue };
            let span = (token.start, token.end);
            self.found.imports.push(Imported { request, name, local, span, declaration });
        }
        next
    }

    fn attributes(&self, at: usize) -> (Vec<(String, String)>, usize) {
        let tokens = self.tokens;
        let mut found = Vec::new();
        if tokens.word(at) != "with" || tokens.word(at + 1) != "{" {
            return (found, at);
        }
        let mut index = at + 2;
        while !matches!(tokens.word(index), "}" | "") {
            if tokens.word(index + 1) == ":"
                && let (Some(key), Some(value)) = (tokens.name(index), tokens.string(index + 2))
            {
                found.push((key, value));
                index += 2;
            }
            index += 1;
        }
        found.sort();
        (found, index + 1)
    }
}

/// The brackets that are open at a token, and what they are.
#[derive(Default)]
struct Scopes {
    open: Vec<Scope>,
    /// The bracket that closed last, and the one that it closed.
    closed: Option<(usize, usize)>,
    /// An arrow function without braces has begun outside of any bracket.
    arrow: bool,
}

struct Scope {
    /// The index of the bracket.
    at: usize,
    is_function: bool,
    /// An arrow function without braces has begun in here.
    arrow: bool,
}

/// After these words parentheses hold no parameters.
const HEADS: &[&str] = &["if", "for", "while", "switch", "catch", "with", "await"];

impl Scopes {
    fn is_top(&self) -> bool {
        self.open.is_empty()
    }

    fn arrow(&mut self) -> &mut bool {
        self.open.last_mut().map_or(&mut self.arrow, |scope| &mut scope.arrow)
    }

    /// True where an `await` belongs to a function.
    fn in_function(&mut self, tokens: &Tokens<'_>, index: usize) -> bool {
        // Two expressions side by side: a line ended, and with it the arrow function before.
        let on_new_line = tokens.get(index).is_some_and(|token| token.after_line);
        if on_new_line && index > 0 && ends_expression(tokens, index - 1) {
            *self.arrow() = false;
        }
        self.arrow || self.open.iter().any(|scope| scope.is_function || scope.arrow)
    }

    fn follow(&mut self, tokens: &Tokens<'_>, index: usize) {
        if let Some(Kind::Template { opens, closes }) = tokens.kind(index) {
            match (opens, closes) {
                (true, false) => self.push(index, false),
                (false, true) => drop(self.open.pop()),
                _ => {}
            }
            return;
        }
        match tokens.word(index) {
            "{" => self.push(index, self.is_body(tokens, index)),
            "(" | "[" => self.push(index, false),
            ")" | "]" | "}" => {
                self.closed = self.open.pop().map(|scope| (index, scope.at));
            }
            ";" | "," => *self.arrow() = false,
            "=>" if tokens.word(index + 1) != "{" => *self.arrow() = true,
            _ => {}
        }
    }

    fn push(&mut self, at: usize, is_function: bool) {
        self.open.push(Scope { at, is_function, arrow: false });
    }

    /// True if this `{` begins the body of a function: it follows `=>` or parameters.
    fn is_body(&self, tokens: &Tokens<'_>, index: usize) -> bool {
        let Some(before) = index.checked_sub(1) else { return false };
        if tokens.word(before) == "=>" {
            return true;
        }
        match self.closed {
            Some((close, open)) if close == before && tokens.word(close) == ")" => {
                let head = open.checked_sub(1).map_or("", |head| tokens.word(head));
                !HEADS.contains(&head)
            }
            _ => false,
        }
    }
}

fn ends_expression(tokens: &Tokens<'_>, index: usize) -> bool {
    match tokens.kind(index) {
        Some(Kind::Punctuator) => matches!(tokens.word(index), ")" | "]" | "}" | "++" | "--"),
        Some(Kind::Template { closes, .. }) => closes,
        Some(Kind::Word) => {
            !matches!(tokens.word(index), "await" | "void" | "typeof" | "in" | "of")
        }
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn specifiers(text: &str) -> Vec<String> {
        declarations(text).requests.into_iter().map(|request| request.specifier).collect()
    }

    fn names(text: &str) -> Vec<(String, String)> {
        let found = declarations(text).imports;
        let found = found.into_iter().filter(|import| import.name != ALL);
        found.map(|import| (import.name, import.local)).collect()
    }

    fn awaits(text: &str) -> usize {
        declarations(text).awaits.len()
    }

    #[test]
    fn every_form_of_import_and_export() {
        let text =
            "import 'a'; import b from 'b'\nimport * as c from \"c\"; import d, { e } from 'd'
            export * from 'e'; export * as f from 'f'; export { g } from 'g'; export { b };
            import h, * as i from 'h'; import {} from 'i'; import('no'); export default import('no')
            export const x = 1; if (x) { y.import }";
        assert_eq!(specifiers(text), ["a", "b", "c", "d", "e", "f", "g", "h", "i"]);
        assert!(declarations(text).is_module);
        assert!(!declarations("import('a'); ({ import: 1, export: 2 }); a.import").is_module);
        assert!(declarations("f(import.meta.url)").is_module);
    }

    #[test]
    fn names_with_the_local_ones() {
        let pair = |name: &str, local: &str| (name.to_owned(), local.to_owned());
        assert_eq!(
            names("import d, { a, b as c, 'x-y' as z, default as w, from } from 'm'"),
            [
                pair("default", "d"),
                pair("a", "a"),
                pair("b", "c"),
                pair("x-y", "z"),
                pair("default", "w"),
                pair("from", "from"),
            ]
        );
        assert_eq!(names("export { a as b } from 'm'; export { q }"), [pair("a", "b")]);
        let text = "import { abc } from 'm'";
        let found = declarations(text);
        let (start, end) = found.imports[0].span;
        assert_eq!(&text[start..end], "abc");
    }

    #[test]
    fn attributes_tell_requests_apart() {
        let text = "import a from './a' with { type: 'json' }; import './a'; import './a'";
        let found = declarations(text);
        assert_eq!(found.requests.len(), 2);
        assert_eq!(found.requests[0].attributes, [("type".to_owned(), "json".to_owned())]);
    }

    #[test]
    fn awaits_outside_of_functions() {
        assert_eq!(awaits("await 1; if (x) { await 2 } for await (const a of b) { await a }"), 4);
        assert_eq!(awaits("f(await 1, `${await 2}`, [await 3], { a: await 4 })"), 4);
        assert_eq!(
            awaits(
                "async function f() { await 1 } async () => { await 2 }; async () => await 3;
                 class A { async m() { await 4 } static async *[x]() { for await (const a of b); } }
                 const o = { async m() { await 5 }, await: 6 }; o.await"
            ),
            0
        );
        assert_eq!(awaits("const f = async (x) =>\n await x\nawait f(1)"), 1);
        assert_eq!(awaits("g(async () => await 1, await 2)"), 1);
        assert_eq!(awaits("try { await 1 } catch (e) { await 2 } finally { await 3 }"), 3);
        assert_eq!(awaits("switch (a) { case 1: await 1 } while (x) { await 2 }"), 2);
    }

    #[test]
    fn broken_texts_end() {
        for text in [
            "import",
            "import {",
            "import { a",
            "export",
            "export {",
            "import a from",
            "export * as",
        ] {
            declarations(text);
        }
    }
}
