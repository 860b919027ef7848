//! The names that a CommonJS module seems to export, read off its text.
//!
//! `import { a } from './x.cjs'` must know the names of `./x.cjs` before it runs. Node guesses them
//! by the forms that people and compilers write; what it finds and what it does not is known to
//! programs, so it is the same here.
//!
//! Source: Node's documentation, "Modules: ECMAScript modules", section "CommonJS namespaces", and
//! the forms that the documentation of the npm package `cjs-module-lexer` lists.

use super::{cursor::Tokens, lexer::Kind};

/// What a text exports.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct CommonJsExports {
    /// Names, each once.
    pub(crate) names: Vec<String>,
    /// Specifiers of modules whose exports are this module's too.
    pub(crate) reexports: Vec<String>,
}

impl CommonJsExports {
    fn name(&mut self, name: String) {
        // Half of a surrogate pair, which an escape may name, is no name of an export.
        if !name.contains(char::REPLACEMENT_CHARACTER) && !self.names.contains(&name) {
            self.names.push(name);
        }
    }

    fn reexport(&mut self, specifier: String) {
        if !self.reexports.contains(&specifier) {
            self.reexports.push(specifier);
        }
    }
}

/// Reads the exports of a text.
pub(crate) fn commonjs_exports(text: &str) -> CommonJsExports {
    let tokens = Tokens::of(text);
    let mut reader =
        Reader { tokens: &tokens, found: CommonJsExports::default(), required: Vec::new() };
    let mut depth = 0_usize;
    for index in 0..tokens.len() {
        match tokens.kind(index) {
            Some(Kind::Punctuator) => match tokens.word(index) {
                "{" | "(" | "[" => depth += 1,
                "}" | ")" | "]" => depth = depth.saturating_sub(1),
                _ => {}
            },
            Some(Kind::Word) => reader.word(index, depth == 0),
            _ => {}
        }
    }
    reader.found
}

struct Reader<'t, 'a> {
    tokens: &'t Tokens<'a>,
    found: CommonJsExports,
    /// Variables that hold what `require` returned, with the specifier.
    required: Vec<(&'a str, String)>,
}

impl Reader<'_, '_> {
    fn word(&mut self, index: usize, at_top: bool) {
        let tokens = self.tokens;
        let is_property = tokens.is_property(index);
        match tokens.word(index) {
            "exports" if !is_property => self.member(index + 1),
            "module" if !is_property && tokens.reads(index + 1, &[".", "exports"]) => {
                if tokens.word(index + 3) == "=" {
                    self.assigned(index + 4);
                } else {
                    self.member(index + 3);
                }
            }
            "Object" if tokens.reads(index + 1, &[".", "defineProperty", "("]) => {
                self.defined(index + 4);
            }
            "Object" if at_top && tokens.reads(index + 1, &[".", "keys", "("]) => {
                self.copied(index + 4);
            }
            "__export" | "__exportStar" if at_top && tokens.word(index + 1) == "(" => {
                if let Some((specifier, _)) = self.require(index + 2) {
                    self.found.reexport(specifier);
                }
            }
            "var" | "let" | "const" if at_top => self.variable(index + 1),
            _ => {}
        }
    }

    /// `.name =` or `['name'] =` after `exports`.
    fn member(&mut self, index: usize) {
        let tokens = self.tokens;
        let (name, next) = match tokens.word(index) {
            "." if tokens.kind(index + 1) == Some(Kind::Word) => {
                (tokens.name(index + 1), index + 2)
            }
            "[" if tokens.word(index + 2) == "]" => (tokens.string(index + 1), index + 3),
            _ => return,
        };
        if matches!(tokens.word(next), "=" | "==" | "===")
            && let Some(name) = name
        {
            self.found.name(name);
        }
    }

    /// The value of `module.exports =`.
    fn assigned(&mut self, index: usize) {
        self.found.reexports.clear();
        if self.tokens.word(index) == "{" {
            self.literal(index + 1);
        } else if let Some((specifier, _)) = self.require(index) {
            self.found.reexport(specifier);
        }
    }

    /// The properties of `module.exports = {`, up to the first that is not simple.
    fn literal(&mut self, mut index: usize) {
        let tokens = self.tokens;
        loop {
            if tokens.word(index) == "..." {
                if let Some((specifier, next)) = self.require(index + 1) {
                    self.found.reexport(specifier);
                    index = next;
                } else if tokens.kind(index + 1) == Some(Kind::Word) {
                    index += 2;
                } else {
                    return;
                }
            } else if let Some(name) = tokens.name(index) {
                let is_word = tokens.kind(index) == Some(Kind::Word);
                if tokens.word(index + 1) == ":" {
                    index += 2;
                    if tokens.kind(index) != Some(Kind::Word) {
                        return;
                    }
                } else if !is_word || name == "get" && tokens.name(index + 1).is_some() {
                    return;
                }
                self.found.name(name);
                index += 1;
            }
            if tokens.word(index) != "," {
                return;
            }
            index += 1;
        }
    }

    /// `exports, 'name', {` after `Object.defineProperty(`.
    fn defined(&mut self, index: usize) {
        let tokens = self.tokens;
        let index =
            if tokens.reads(index, &["module", ".", "exports"]) { index + 2 } else { index };
        if !tokens.reads(index, &["exports", ","]) || !tokens.reads(index + 3, &[",", "{"]) {
            return;
        }
        let Some(name) = tokens.string(index + 2) else { return };
        let is_enumerable = tokens.reads(index + 5, &["enumerable", ":", "true", ","]);
        let descriptor = if is_enumerable { index + 9 } else { index + 5 };
        let is_value = tokens.reads(descriptor, &["value", ":"]);
        if is_value || self.is_plain_getter(descriptor) {
            self.found.name(name);
        }
    }

    /// `get: function () { return a.b; }` or `get() { return a['b'] }`.
    fn is_plain_getter(&self, index: usize) -> bool {
        let tokens = self.tokens;
        if tokens.word(index) != "get" {
            return false;
        }
        let mut index = index + 1;
        if tokens.reads(index, &[":", "function"]) {
            index += 2;
            if tokens.kind(index) == Some(Kind::Word) {
                index += 1;
            }
        }
        if !tokens.reads(index, &["(", ")", "{", "return"])
            || tokens.kind(index + 4) != Some(Kind::Word)
        {
            return false;
        }
        index += 5;
        if tokens.word(index) == "." {
            index += 2;
        } else if tokens.word(index) == "[" && tokens.string(index + 1).is_some() {
            index += 3;
        }
        let index = if tokens.word(index) == ";" { index + 1 } else { index };
        // Nothing else may be in the descriptor.
        let end = if tokens.word(index + 1) == "," { index + 2 } else { index + 1 };
        tokens.word(index) == "}" && tokens.reads(end, &["}", ")"])
    }

    /// `require('x')`: the specifier, and where it ends.
    fn require(&self, index: usize) -> Option<(String, usize)> {
        let tokens = self.tokens;
        if !tokens.reads(index, &["require", "("]) || tokens.word(index + 3) != ")" {
            return None;
        }
        Some((tokens.string(index + 2)?, index + 4))
    }

    /// `x = require('y')`, `x = _interopRequireWildcard(require('y'))`.
    fn variable(&mut self, index: usize) {
        let tokens = self.tokens;
        if tokens.word(index + 1) != "=" {
            return;
        }
        let wrapped = tokens.word(index + 2).starts_with("_interopRequire");
        let call = if wrapped { index + 4 } else { index + 2 };
        if let Some((specifier, _)) = self.require(call) {
            self.required.push((tokens.word(index), specifier));
        }
    }

    /// `Object.keys(x).forEach(function (k) { …`: compilers copy all exports of `x` so.
    fn copied(&mut self, index: usize) {
        /// The longest of the known bodies has fewer tokens.
        const BODY: usize = 90;
        let tokens = self.tokens;
        let variable = tokens.word(index);
        if !tokens.reads(index + 1, &[")", ".", "forEach", "(", "function", "("])
            || !tokens.reads(index + 8, &[")", "{", "if", "("])
        {
            return;
        }
        let key = tokens.word(index + 7);
        let body = index + 12;
        let skips_default = tokens.word(body) == key
            && matches!(tokens.word(body + 1), "===" | "!==")
            && tokens.string(body + 2).is_some_and(|name| name == "default");
        let copies = (body..body + BODY).any(|at| {
            tokens.reads(at, &["exports", "[", key, "]", "=", variable, "[", key, "]"])
                || tokens.reads(at, &["return", variable, "[", key, "]"])
        });
        if skips_default
            && copies
            && let Some((_, specifier)) = self.required.iter().find(|(name, _)| *name == variable)
        {
            let specifier = specifier.clone();
            self.found.reexport(specifier);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, names: &[&str], reexports: &[&str]) {
        let mut found = commonjs_exports(text);
        found.names.sort();
        found.reexports.sort();
        assert_eq!((found.names, found.reexports), (owned(names), owned(reexports)), "{text}");
    }

    fn owned(names: &[&str]) -> Vec<String> {
        names.iter().map(|&name| name.to_owned()).collect()
    }

    #[test]
    fn assignments() {
        check("exports.a = exports.b = 1; exports['c'] = 2; exports.e += 1", &["a", "b", "c"], &[]);
        check("x.exports.f = 1; module.exports.g = 2; module.exports['h'] = 2", &["g", "h"], &[]);
        check("function x() { exports.deep = 1 } // exports.no = 1", &["deep"], &[]);
        check("this.a = 1; const e = exports; e.b = 1; module['exports'] = { c }", &[], &[]);
    }

    #[test]
    fn objects() {
        check("module.exports = { a, b: c, 'd': e, f: 'no', g }", &["a", "b", "d"], &[]);
        check("module.exports = { a, ...d, b: require('c'), c: 1 }", &["a", "b"], &[]);
        check("module.exports = { a() {}, b }", &["a"], &[]);
        check("module.exports = { get a() { return 1 }, b }", &[], &[]);
        check("module.exports = { async a() {}, b }", &["async"], &[]);
        check("module.exports = { a: -1, b }", &[], &[]);
        check("module.exports = { a: true, b: null, c: `t`, d }", &["a", "b"], &[]);
        check("exports = module.exports = { a, b, }", &["a", "b"], &[]);
        check("module.exports = exports = { a, b }", &[], &[]);
        check("0 && (module.exports = { a, ...require('x') })", &["a"], &["x"]);
        check(
            "module.exports = { z }; exports.a = 1; module.exports = { y }",
            &["a", "y", "z"],
            &[],
        );
    }

    #[test]
    fn reexports() {
        check("module.exports = require('a'); module.exports = require('b')", &[], &["b"]);
        check("module.exports = require('a'); module.exports = { z }", &["z"], &[]);
        check(
            "__export(require('a')); tslib.__exportStar(require('b'), exports)",
            &[],
            &["a", "b"],
        );
        check("(0, tslib.__exportStar)(require('a'), exports)", &[], &[]);
        let copy = "Object.keys(_x).forEach(function (key) {
            if (key === 'default' || key === '__esModule') return;
            if (key in exports && exports[key] === _x[key]) return;
            Object.defineProperty(exports, key, { enumerable: true, get: function () { return _x[key]; } });
        });";
        check(&format!("var _x = require('a'); {copy}"), &[], &["a"]);
        check(&format!("var _x = _interopRequireWildcard(require('a')); {copy}"), &[], &["a"]);
        check(&format!("var _y = require('a'); {copy}"), &[], &[]);
    }

    #[test]
    fn definitions() {
        let define =
            |descriptor: &str| format!("Object.defineProperty(exports, 'a', {descriptor})");
        for descriptor in [
            "{ value: 1 }",
            "{ enumerable: true, value: 1 }",
            "{ enumerable: true, get: function () { return q.p; } }",
            "{ enumerable: true, get: function get() { return q['p'] } }",
            "{ enumerable: true, get() { return q } }",
            "{ get: function () { return q.p } }",
            "{ get() { return q.p }, }",
        ] {
            check(&define(descriptor), &["a"], &[]);
        }
        for descriptor in [
            "{ get: () => q.p }",
            "{ enumerable: false, value: 1 }",
            "{ enumerable: true, get() { return q.p }, set(v) {} }",
            "{ enumerable: true, get: function () { return f(1) } }",
            "{ enumerable: true, get: getter }",
        ] {
            check(&define(descriptor), &[], &[]);
        }
        check(
            "Object.defineProperty(module.exports, '__esModule', { value: true })",
            &["__esModule"],
            &[],
        );
    }
}
