//! Where a text asks whether its program may go on: in every round of a loop, and where functions
//! begin. That is how memory is looked at that only the thread itself can count.
//!
//! Not asked are functions that begin with a directive, arrow functions without braces, and loops over an
//! iterator whose body is no block.

use std::borrow::Cow;

use super::lexer::{Kind, Token};

/// The call that asks. It gives true. With U+1D19 in the place of an R, no program has it.
pub(crate) const CHECK: &str = "\u{1d19}ound()";

/// Its name.
pub(crate) const CHECK_NAME: &str = "\u{1d19}ound";

/// The places of a text that is walked through.
#[derive(Default)]
pub(super) struct Checkpoints {
    /// A keyword came, its parenthesis did not yet.
    head: Option<Keyword>,
    /// The heads of `for` around the place: the depth of brackets in them, and whether a `;` came.
    heads: Vec<(usize, bool)>,
    /// A place that depends on the next token.
    due: Option<(usize, Due)>,
    /// The head of a loop over an iterator has ended.
    ended: bool,
    /// The last token was `do`.
    is_do: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Keyword {
    While,
    For,
}

#[derive(Clone, Copy)]
enum Due {
    /// The body of a function, unless a directive comes.
    Body,
    /// The condition of a `for`, if there is one.
    Condition,
}

type Places = Vec<(usize, Cow<'static, str>)>;

impl Checkpoints {
    /// The next token, before its brackets count. `is_keyword`: a word there is no name.
    pub(super) fn token(
        &mut self,
        token: Token,
        word: &str,
        is_keyword: bool,
        depth: usize,
        places: &mut Places,
    ) {
        match self.due.take() {
            Some((at, Due::Body)) if token.kind != Kind::String => places.push(statement(at)),
            Some((at, Due::Condition)) if word == ";" => places.push((at, CHECK.into())),
            Some((at, Due::Condition)) => places.push(operand(at)),
            _ => {}
        }
        let begins_body = std::mem::take(&mut self.ended) || std::mem::take(&mut self.is_do);
        let head = self.head.take();
        match (token.kind, word) {
            (Kind::Punctuator, "{") if begins_body => places.push(statement(token.end)),
            (Kind::Punctuator, "(") => match head {
                Some(Keyword::While) => places.push(operand(token.end)),
                Some(Keyword::For) => self.heads.push((depth + 1, false)),
                None => {}
            },
            (Kind::Punctuator, ";") => self.semicolon(token.end, depth),
            (Kind::Word, "await") => self.head = head,
            (Kind::Word, "while") if is_keyword => self.head = Some(Keyword::While),
            (Kind::Word, "for") if is_keyword => self.head = Some(Keyword::For),
            (Kind::Word, "do") => self.is_do = true,
            _ => {}
        }
    }

    fn semicolon(&mut self, end: usize, depth: usize) {
        if let Some((of_head, has_semicolon)) = self.heads.last_mut()
            && *of_head == depth
            && !*has_semicolon
        {
            *has_semicolon = true;
            self.due = Some((end, Due::Condition));
        }
    }

    /// The body of a function has begun behind this byte.
    pub(super) fn function(&mut self, at: usize) {
        self.due = Some((at, Due::Body));
    }

    /// A bracket was closed; so many are left.
    pub(super) fn closed(&mut self, depth: usize) {
        if let Some(&(of_head, has_semicolon)) = self.heads.last()
            && of_head > depth
        {
            self.heads.pop();
            self.ended = !has_semicolon;
        }
    }
}

fn statement(at: usize) -> (usize, Cow<'static, str>) {
    (at, format!("{CHECK};").into())
}

fn operand(at: usize) -> (usize, Cow<'static, str>) {
    (at, format!("{CHECK},").into())
}

#[cfg(test)]
mod tests {
    use super::{super::additions_with_checks, CHECK};

    fn check(text: &str, expected: &str) {
        let found = additions_with_checks(text).insert(text).replace(CHECK, "T");
        assert_eq!(found, expected);
    }

    #[test]
    fn loops_of_every_kind() {
        check("while (a) b;", "while (T,a) b;");
        check("do { a } while (b)", "do {T; a } while (T,b)");
        check("do a; while (b)", "do a; while (T,b)");
        check("for (;;) a;", "for (;T;) a;");
        check("for (let i = (0, 1); i < 2; i++) { a }", "for (let i = (0, 1);T, i < 2; i++) { a }");
        check("for (const a of b) { c }", "for (const a of b) {T; c }");
        check(
            "for await (const a of b(() => { c; })) { d }",
            "for await (const a of b(() => {T; c; })) {T; d }",
        );
        check("for (a in b) c; { d }", "for (a in b) c; { d }");
        check("for (;;) for (;a;) { }", "for (;T;) for (;T,a;) { }");
    }

    #[test]
    fn functions_of_every_kind() {
        check("function f() { a }", "function f() {T; a }");
        check("function f() { 'use strict'; a }", "function f() { 'use strict'; a }");
        check("(a) => { b }", "(a) => {T; b }");
        check("a => ({ b })", "a => ({ b })");
        check("class A { m() { a } static { b } }", "class A { m() {T; a } static {T; b } }");
    }

    #[test]
    fn names_are_no_loops() {
        for text in
            ["a.while(b)", "x = { for: 1, do: 2, while: 3 }", "a.for(b); { c }", "if (a) { b }"]
        {
            check(text, text);
        }
        check("x = { while(a) { b }, for(c) { d } }", "x = { while(a) {T; b }, for(c) {T; d } }");
        check(
            "class A { do() { b } static for(c) { d } }",
            "class A { do() {T; b } static for(c) {T; d } }",
        );
    }
}
