//! What the engine is given beside a program's text, so that the text means what it says and does not
//! take longer than it must.
//!
//! **`this` in arrow functions that stand in arrow functions.** The engine gives a function an
//! environment, where its `this` is found by arrow functions, if one of these mentions `this`; but it
//! looks only one arrow function up. For `() => () => this` the method around them gets none, and the
//! inner arrow finds another `this`, or none. What the engine does notice at any depth is
//! `new.target`: functions of which an inner arrow function could need `this` get that as their last
//! statement, which does nothing. A block that is taken for a function by mistake does no harm: the
//! function around it only gets an environment that it does not need.
//!
//! **Long regular expressions in functions.** The engine compiles a literal each time that it is
//! evaluated; packages that measure text return one of 10 kB for each character. Such a literal is
//! made once and copied (`engine::intrinsics::literals`).

use std::{
    borrow::Cow,
    hash::{DefaultHasher, Hash, Hasher},
};

use super::{
    checkpoints::Checkpoints,
    lexer::{Kind, Lexer, Token},
};

/// The statement that gives a function its environment.
const KEEPER: &str = ";new.target";

/// The global function that makes a literal once. With U+1D19 in the place of an R, no program has it.
pub(crate) const LITERAL: &str = "\u{1d19}egExpLiteral";

/// From this length on a literal is worth it.
const LONG_LITERAL: usize = 200;

/// What a text is given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Additions {
    /// The bytes of the text before which something is inserted, in order, and what.
    pub(crate) places: Vec<(usize, Cow<'static, str>)>,
    /// The text itself needs an environment, if it is the body of a function.
    pub(crate) at_end: bool,
}

impl Additions {
    /// The text with them.
    pub(crate) fn insert<'a>(&self, text: &'a str) -> Cow<'a, str> {
        if self.places.is_empty() {
            return text.into();
        }
        let mut whole = String::with_capacity(text.len() + self.places.len() * 16);
        let mut copied = 0;
        for (place, added) in &self.places {
            whole.push_str(&text[copied..*place]);
            whole.push_str(added);
            copied = *place;
        }
        whole.push_str(&text[copied..]);
        whole.into()
    }

    /// These and others, which stand at other places.
    pub(crate) fn and(&self, others: &[(usize, Cow<'static, str>)]) -> Self {
        let mut all = self.clone();
        if !others.is_empty() {
            all.places.extend_from_slice(others);
            all.places.sort_by_key(|(place, _)| *place);
        }
        all
    }

    /// What belongs behind a text that is the body of a function.
    pub(crate) fn end(&self) -> &'static str {
        if self.at_end { "\n;new.target" } else { "" }
    }
}

/// What a bracket is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Open {
    /// A block, `[`, or the substitution of a template.
    Other,
    /// `(`; what follows its end is the body of a function.
    Parameters,
    /// Another `(`.
    Group,
    Object,
    Class,
    Arrow,
    Function,
}

struct Bracket {
    open: Open,
    /// Arrow functions without braces whose bodies are at this level.
    arrows: u32,
    /// Conditionals whose `:` is still to come.
    conditionals: u32,
    /// The function around a function or class, while that lasts.
    outer: Option<Function>,
}

/// A function that is no arrow function, or the text.
#[derive(Default)]
struct Function {
    /// How many arrow functions there are around the place.
    depth: u32,
    /// One arrow function has stood in another.
    nests: bool,
    /// An arrow function has mentioned `this`.
    mentions: bool,
}

impl Function {
    fn enter_arrow(&mut self) {
        self.depth += 1;
        self.nests |= self.depth > 1;
    }

    fn needs_keeper(&self) -> bool {
        self.nests && self.mentions
    }
}

/// As [`additions`], for a program whose memory is limited: see [`super::checkpoints`].
pub(crate) fn additions_with_checks(text: &str) -> Additions {
    walk(text, Some(Checkpoints::default()))
}

/// Finds what a text needs.
pub(crate) fn additions(text: &str) -> Additions {
    let bytes = text.as_bytes();
    let has_arrows = memchr::memmem::find(bytes, b"=>").is_some()
        && memchr::memmem::find(bytes, b"this").is_some();
    if !has_arrows && !has_long_line(bytes) {
        return Additions::default();
    }
    walk(text, None)
}

fn walk(text: &str, checks: Option<Checkpoints>) -> Additions {
    let mut walk = Walk::new(text);
    walk.checks = checks;
    for token in Lexer::new(text) {
        walk.step(token);
    }
    walk.found.at_end = walk.function.needs_keeper();
    walk.found
}

fn has_long_line(bytes: &[u8]) -> bool {
    let mut start = 0;
    let mut ends = memchr::memchr_iter(b'\n', bytes);
    std::iter::from_fn(|| {
        let end = ends.next().unwrap_or(bytes.len());
        let length = end.checked_sub(start)?;
        start = end + 1;
        Some(length)
    })
    .any(|length| length > LONG_LITERAL)
}

struct Walk<'a> {
    text: &'a str,
    brackets: Vec<Bracket>,
    function: Function,
    found: Additions,
    /// The token before.
    last: (Kind, &'a str),
    /// `function` came, its parameters did not yet.
    is_function: bool,
    /// `class` came at this depth of brackets, its body did not yet.
    class: Option<usize>,
    /// The bracket that closed last.
    closed: Open,
    /// The last `:` ended the condition of a conditional, or the key of an object.
    is_value: bool,
    /// `case` came, its `:` did not yet.
    is_case: bool,
    checks: Option<Checkpoints>,
}

impl<'a> Walk<'a> {
    fn new(text: &'a str) -> Self {
        Self {
            text,
            brackets: vec![Bracket { open: Open::Other, arrows: 0, conditionals: 0, outer: None }],
            function: Function::default(),
            found: Additions::default(),
            last: (Kind::Punctuator, ""),
            is_function: false,
            class: None,
            closed: Open::Other,
            is_value: false,
            is_case: false,
            checks: None,
        }
    }

    fn step(&mut self, token: Token) {
        let word = &self.text[token.start..token.end];
        self.check(token, word);
        if self.last.1 == "=>" && word != "{" {
            // Without a brace the body lasts as long as the expression.
            self.innermost().arrows += 1;
            self.function.enter_arrow();
        }
        // As keys of an object these words mean nothing.
        if self.last.1 == "class" && token.kind != Kind::Word && word != "{" {
            self.class = None;
        }
        if self.last.1 == "function" && token.kind != Kind::Word && !matches!(word, "(" | "*") {
            self.is_function = false;
        }
        match token.kind {
            Kind::Word if !matches!(self.last.1, "." | "?.") => self.word(word),
            Kind::Punctuator => self.punctuator(word, token.start),
            Kind::RegExp if word.len() > LONG_LITERAL => self.literal(token, word),
            Kind::Template { opens, closes } => {
                if !opens {
                    self.close(token.start);
                }
                if !closes {
                    self.open(Open::Other);
                }
            }
            _ => {}
        }
        self.last = (token.kind, word);
    }

    fn check(&mut self, token: Token, word: &str) {
        let is_name = self.is_in(Open::Object) || self.is_in(Open::Class);
        let is_keyword = !is_name && !matches!(self.last.1, "." | "?.");
        if let Some(checks) = &mut self.checks {
            let places = &mut self.found.places;
            checks.token(token, word, is_keyword, self.brackets.len(), places);
        }
    }

    fn word(&mut self, word: &str) {
        match word {
            "this" if self.function.depth > 0 => self.function.mentions = true,
            "function" => self.is_function = true,
            "class" => self.class = Some(self.brackets.len()),
            "case" => self.is_case = true,
            _ => {}
        }
    }

    fn literal(&mut self, token: Token, word: &str) {
        // Outside of functions it is evaluated once.
        if self.brackets.len() < 2 && self.function.depth == 0 {
            return;
        }
        let mut hasher = DefaultHasher::new();
        word.hash(&mut hasher);
        let begin = format!("{LITERAL}('{:x}',()=>", hasher.finish());
        self.found.places.push((token.start, begin.into()));
        self.found.places.push((token.end, ")".into()));
    }

    fn punctuator(&mut self, word: &str, start: usize) {
        match word {
            "(" => {
                let open = self.parenthesis();
                self.open(open);
            }
            "[" => self.open(Open::Other),
            "{" => {
                let open = self.brace();
                self.open(open);
                if let (Open::Function | Open::Arrow, Some(checks)) = (open, &mut self.checks) {
                    checks.function(start + 1);
                }
            }
            ")" | "]" | "}" => self.close(start),
            "," | ";" => self.end_arrows(),
            "?" => self.innermost().conditionals += 1,
            ":" => self.colon(),
            _ => {}
        }
    }

    fn innermost(&mut self) -> &mut Bracket {
        self.brackets.last_mut().expect("the text's own level is never closed")
    }

    fn is_in(&self, open: Open) -> bool {
        self.brackets.last().is_some_and(|bracket| bracket.open == open)
    }

    fn end_arrows(&mut self) {
        let arrows = std::mem::take(&mut self.innermost().arrows);
        self.function.depth = self.function.depth.saturating_sub(arrows);
    }

    fn colon(&mut self) {
        let in_object = self.is_in(Open::Object);
        let bracket = self.innermost();
        let is_conditional = bracket.conditionals > 0;
        bracket.conditionals = bracket.conditionals.saturating_sub(1);
        self.is_value = is_conditional || (in_object && !self.is_case);
        if !is_conditional {
            self.is_case = false;
        }
    }

    fn parenthesis(&mut self) -> Open {
        let is_name =
            matches!(self.last.0, Kind::Word | Kind::String | Kind::Number | Kind::PrivateName)
                || matches!(self.last.1, "]");
        let is_member = (self.is_in(Open::Class) || self.is_in(Open::Object)) && is_name;
        if std::mem::take(&mut self.is_function) || is_member {
            Open::Parameters
        } else {
            Open::Group
        }
    }

    fn brace(&mut self) -> Open {
        if self.class == Some(self.brackets.len()) {
            self.class = None;
            return Open::Class;
        }
        match self.last {
            (Kind::Punctuator, "=>") => Open::Arrow,
            (Kind::Punctuator, ")") if self.closed == Open::Parameters => Open::Function,
            (Kind::Word, "static") if self.is_in(Open::Class) => Open::Function,
            (Kind::Punctuator, ":") if self.is_value => Open::Object,
            (Kind::Punctuator, ")" | ";" | "}" | "{" | "" | ":") => Open::Other,
            (Kind::Punctuator | Kind::Template { closes: false, .. }, _)
            | (
                Kind::Word,
                "return" | "default" | "yield" | "await" | "of" | "in" | "typeof" | "throw"
                | "case" | "void" | "delete" | "new" | "instanceof",
            ) => Open::Object,
            _ => Open::Other,
        }
    }

    fn open(&mut self, open: Open) {
        let mut outer = None;
        match open {
            Open::Function | Open::Class => outer = Some(std::mem::take(&mut self.function)),
            Open::Arrow => self.function.enter_arrow(),
            _ => {}
        }
        self.brackets.push(Bracket { open, arrows: 0, conditionals: 0, outer });
    }

    fn close(&mut self, start: usize) {
        // The text's own level stays.
        if self.brackets.len() < 2 {
            return;
        }
        self.end_arrows();
        let Some(bracket) = self.brackets.pop() else { return };
        self.closed = bracket.open;
        if let Some(checks) = &mut self.checks {
            checks.closed(self.brackets.len());
        }
        match (bracket.open, bracket.outer) {
            (Open::Arrow, _) => self.function.depth = self.function.depth.saturating_sub(1),
            (open, Some(outer)) => {
                if open == Open::Function && self.function.needs_keeper() {
                    self.found.places.push((start, KEEPER.into()));
                }
                self.function = outer;
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &str) {
        assert_eq!(additions(text).insert(text).replace(KEEPER, "<>"), expected);
    }

    #[test]
    fn functions_of_every_kind() {
        check(
            "function f(a) { a(() => b(() => this)) }",
            "function f(a) { a(() => b(() => this)) <>}",
        );
        check(
            "x = { m() { a((b) => { (c) => this.d }) } }",
            "x = { m() { a((b) => { (c) => this.d }) <>} }",
        );
        check(
            "class A extends B { catch(x) { return x => y => { this.z } } static { () => () => this } }",
            "class A extends B { catch(x) { return x => y => { this.z } <>} static { () => () => this <>} }",
        );
        check(
            "class A { get [b]() { () => { () => this } } }",
            "class A { get [b]() { () => { () => this } <>} }",
        );
        check(
            "async function* f() { (a = this) => () => a }",
            "async function* f() { (a = this) => () => a }",
        );
        check(
            "f = function () { if (x) { () => () => `${this}` } }",
            "f = function () { if (x) { () => () => `${this}` } <>}",
        );
    }

    #[test]
    fn functions_that_need_none() {
        for text in [
            "function f() { a(() => this.b); c(() => this.d) }",
            "function f() { a(() => { b(function () { this.c }) }) }",
            "function f() { const a = () => 1, b = () => this; return { this: 1 } }",
            "function f() { const a = () => 1; const b = () => this; }",
            "const f = () => { () => { class A { m() { this.x } } } }",
            "f(() => () => x.this)",
        ] {
            check(text, text);
        }
    }

    #[test]
    fn the_text_itself() {
        let found = additions("exports.a = () => { if (b) { return () => this } }");
        assert_eq!(found, Additions { places: vec![], at_end: true });
        assert!(!additions("exports.a = () => this").at_end);
    }

    #[test]
    fn blocks_are_no_functions() {
        check(
            "function f() { switch (a) { case 1: { if (b) { () => () => this } } } }",
            "function f() { switch (a) { case 1: { if (b) { () => () => this } } } <>}",
        );
        check(
            "function f() { a: { g() \n { () => () => this } } }",
            "function f() { a: { g() \n { () => () => this } } <>}",
        );
        check(
            "function f() { a ? { m() { () => () => this } } : b }",
            "function f() { a ? { m() { () => () => this <>} } : b }",
        );
    }

    #[test]
    fn long_literals_in_functions() {
        let literal = format!("/{}/g", "a|".repeat(LONG_LITERAL));
        let text = format!("export default () => {literal};");
        let changed = additions(&text).insert(&text).into_owned();
        assert!(changed.starts_with(&format!("export default () => {LITERAL}('")));
        assert!(changed.ends_with(&format!("',()=>{literal});")));
        let once = format!("const a = {literal};");
        assert_eq!(additions(&once), Additions::default());
    }
}
