//! `using x = …` and `await using x = …`, which the engine's parser takes and its machine does not know:
//! the statements of the block from there on become those of a `try`, and its `finally` disposes of what
//! was declared, last first. No line is added, so places keep their lines.
//!
//! Source: the language's proposal "Explicit Resource Management", `DisposeResources`.

use super::{
    cursor::Tokens,
    lexer::Kind,
    using::{WORD, declares},
};

/// A block that declares something so.
#[derive(Clone, Copy)]
struct Block {
    number: usize,
    awaits: bool,
}

/// What is open around a token.
#[derive(Default)]
struct Frame {
    /// Statements stand in it.
    is_block: bool,
    /// The index of its first token.
    begins: usize,
    block: Option<Block>,
    /// The head of a loop over what is disposed of after each round: its name, whether that is awaited.
    each: Option<(String, bool)>,
    /// The head of a loop, then its body, behind which is disposed of what the head declares.
    whole: Option<Block>,
}

/// The text without such declarations; `None` where one stands that is not understood: before an export,
/// in the head of a loop without a block, with what follows being named before it.
pub(crate) fn with_disposal_written_out(text: &str) -> Option<String> {
    let tokens = Tokens::of(text);
    let mut writer = Writer {
        text,
        tokens: &tokens,
        written: String::with_capacity(text.len() + 1024),
        copied: 0,
        number: 0,
        frames: vec![Frame { is_block: true, ..Frame::default() }],
        head: Frame::default(),
    };
    let mut at = 0;
    while at < tokens.len() {
        at = writer.take(at)? + 1;
    }
    writer.finish()
}

struct Writer<'a> {
    text: &'a str,
    tokens: &'a Tokens<'a>,
    written: String,
    /// So much of the text is written.
    copied: usize,
    number: usize,
    frames: Vec<Frame>,
    /// What the head of a loop that was just closed says of its body.
    head: Frame,
}

impl Writer<'_> {
    /// Takes the token at an index. Returns the index of the last token that is dealt with.
    fn take(&mut self, at: usize) -> Option<usize> {
        let token = self.tokens.get(at)?;
        match (token.kind, self.tokens.word(at)) {
            (Kind::Word, WORD) if is_declaration(self.tokens, at) => return self.declaration(at),
            (Kind::Word, "export" | "import") if self.is_in_written_top(at) => return None,
            (Kind::Punctuator, "{" | "(" | "[")
            | (Kind::Template { closes: false, opens: true }, _) => self.open(at),
            (Kind::Punctuator, "}" | ")" | "]")
            | (Kind::Template { closes: true, opens: false }, _) => self.close(at)?,
            _ => {}
        }
        Some(at)
    }

    /// Whether a declaration of a module would stand in the `try` of its top.
    fn is_in_written_top(&self, at: usize) -> bool {
        let is_call = matches!(self.tokens.word(at + 1), "(" | ".");
        let is_top = self.frames.len() == 1 && self.frames[0].block.is_some();
        is_top && !is_call && !self.tokens.is_property(at)
    }

    fn copy_to(&mut self, place: usize) {
        self.written.push_str(&self.text[self.copied..place]);
        self.copied = place;
    }

    fn next_block(&mut self, awaits: bool) -> Block {
        self.number += 1;
        Block { number: self.number, awaits }
    }

    fn open(&mut self, at: usize) {
        let is_block = self.tokens.word(at) == "{";
        let head = std::mem::take(&mut self.head);
        let mut frame = Frame { is_block, begins: at + 1, ..Frame::default() };
        if is_block {
            frame.whole = head.whole;
            if let (Some((name, awaits)), Some(token)) = (head.each, self.tokens.get(at)) {
                let block = self.next_block(awaits);
                self.copy_to(token.end);
                self.written.push_str(&opening(block.number));
                self.written.push_str(&entry(block.number, &name, awaits));
                frame.block = Some(block);
            }
        }
        self.frames.push(frame);
    }

    fn close(&mut self, at: usize) -> Option<()> {
        let frame = self.frames.pop().filter(|_| !self.frames.is_empty())?;
        let token = self.tokens.get(at)?;
        if !frame.is_block && (frame.each.is_some() || frame.whole.is_some()) {
            // A body that is no block has no place for what is added.
            self.head = Frame { each: frame.each, whole: frame.whole, ..Frame::default() };
            return (self.tokens.word(at + 1) == "{").then_some(());
        }
        if let Some(block) = frame.block {
            self.copy_to(token.start);
            self.written.push_str(&closing(&block));
        }
        if let Some(block) = frame.whole {
            self.copy_to(token.end);
            self.written.push_str(&closing(&block));
            self.written.push('}');
        }
        Some(())
    }

    fn declaration(&mut self, at: usize) -> Option<usize> {
        let awaits = at > 0 && self.tokens.word(at - 1) == "await";
        let start =
            if awaits { self.tokens.get(at - 1)?.start } else { self.tokens.get(at)?.start };
        if !self.frames.last()?.is_block {
            return self.loop_head(at, (start, awaits));
        }
        if self.tokens.word(at + 2) != "=" {
            return None;
        }
        let (list, end) = declarators(self.tokens, at)?;
        let begins = self.frames.last()?.begins;
        if self.frames.last()?.block.is_none() && names_what_follows(self.tokens, begins, at, end) {
            return None;
        }
        self.copy_to(start);
        let block = match self.frames.last()?.block {
            Some(block) => Block { awaits: block.awaits || awaits, ..block },
            None => {
                let block = self.next_block(awaits);
                self.written.push_str(&opening(block.number));
                block
            }
        };
        self.frames.last_mut()?.block = Some(block);
        self.write_declarators(&list, block.number, awaits)?;
        self.copied = self.tokens.get(end)?.end;
        Some(end)
    }

    fn write_declarators(
        &mut self,
        list: &[(usize, usize)],
        number: usize,
        awaits: bool,
    ) -> Option<()> {
        for &(name, last) in list {
            let (from, to) = (self.tokens.get(name)?.start, self.tokens.get(last)?.end);
            self.written.push_str("const ");
            self.written.push_str(&self.text[from..to]);
            self.written.push(';');
            self.written.push_str(&entry(number, self.tokens.word(name), awaits));
        }
        Some(())
    }

    /// `for (using x of …) {` and `for (using x = …; …; …) {`.
    fn loop_head(&mut self, at: usize, (start, awaits): (usize, bool)) -> Option<usize> {
        let opening_at = self.frames.last()?.begins.checked_sub(1)?;
        let mut keyword = opening_at.checked_sub(1)?;
        if self.tokens.word(keyword) == "await" {
            keyword = keyword.checked_sub(1)?;
        }
        let is_first = at == opening_at + 1 + usize::from(awaits);
        if self.tokens.word(keyword) != "for" || self.tokens.word(opening_at) != "(" || !is_first {
            return None;
        }
        if self.tokens.word(at + 2) == "of" {
            self.copy_to(start);
            self.written.push_str("const");
            self.copied = self.tokens.get(at)?.end;
            self.frames.last_mut()?.each = Some((self.tokens.word(at + 1).to_owned(), awaits));
            return Some(at);
        }
        // Around a loop with a label there is no place for a block.
        let is_labelled = keyword > 0 && self.tokens.word(keyword - 1) == ":";
        let (list, end) = declarators(self.tokens, at)?;
        if is_labelled || self.tokens.word(end) != ";" {
            return None;
        }
        let keyword_start = self.tokens.get(keyword)?.start;
        let block = self.next_block(awaits);
        self.copy_to(keyword_start);
        self.written.push('{');
        self.written.push_str(&opening(block.number));
        self.write_declarators(&list, block.number, awaits)?;
        self.written.push_str("for(;");
        self.copied = self.tokens.get(end)?.end;
        self.frames.last_mut()?.whole = Some(block);
        Some(end)
    }

    fn finish(mut self) -> Option<String> {
        let top = self.frames.pop().filter(|_| self.frames.is_empty())?;
        self.copy_to(self.text.len());
        if let Some(block) = top.block {
            // The last line may be a comment.
            self.written.push('\n');
            self.written.push_str(&closing(&block));
        }
        (self.number > 0).then_some(self.written)
    }
}

fn is_declaration(tokens: &Tokens<'_>, at: usize) -> bool {
    !tokens.is_property(at) && declares(tokens, at) && matches!(tokens.word(at + 2), "=" | "of")
}

/// The declarators behind the word: the first and the last token of each; and the last token of the
/// declaration, its semicolon if it has one.
fn declarators(tokens: &Tokens<'_>, at: usize) -> Option<(Vec<(usize, usize)>, usize)> {
    let mut list = Vec::new();
    let mut name = at + 1;
    loop {
        if tokens.kind(name)? != Kind::Word || tokens.word(name + 1) != "=" {
            return None;
        }
        let last = end_of_value(tokens, name + 2)?;
        list.push((name, last));
        match tokens.word(last + 1) {
            "," => name = last + 2,
            ";" => return Some((list, last + 1)),
            _ => return Some((list, last)),
        }
    }
}

/// The last token of the expression that begins here.
fn end_of_value(tokens: &Tokens<'_>, begin: usize) -> Option<usize> {
    let mut depth = 0_usize;
    for index in begin..tokens.len() {
        let (kind, word) = (tokens.kind(index)?, tokens.word(index));
        if depth == 0
            && index > begin
            && (matches!(word, ";" | ",") || begins_statement(tokens, index))
        {
            return Some(index - 1);
        }
        match (kind, word) {
            (Kind::Punctuator, "{" | "(" | "[")
            | (Kind::Template { closes: false, opens: true }, _) => depth += 1,
            (Kind::Punctuator, "}" | ")" | "]")
            | (Kind::Template { closes: true, opens: false }, _)
                if depth == 0 =>
            {
                return (index > begin).then(|| index - 1);
            }
            (Kind::Punctuator, "}" | ")" | "]")
            | (Kind::Template { closes: true, opens: false }, _) => depth -= 1,
            _ => {}
        }
    }
    tokens.len().checked_sub(1).filter(|last| *last >= begin)
}

/// Whether a line ends before a token in such a way that a statement does.
fn begins_statement(tokens: &Tokens<'_>, at: usize) -> bool {
    let (Some(token), Some(before)) = (tokens.get(at), tokens.get(at - 1)) else { return false };
    if !token.after_line {
        return false;
    }
    let is_complete = match (before.kind, tokens.word(at - 1)) {
        (Kind::Punctuator, word) => matches!(word, ")" | "]" | "}" | "++" | "--"),
        (Kind::Word, word) => !matches!(
            word,
            "new"
                | "await"
                | "typeof"
                | "void"
                | "delete"
                | "in"
                | "instanceof"
                | "yield"
                | "async"
        ),
        (Kind::Template { closes, .. }, _) => closes,
        _ => true,
    };
    let goes_on = match (token.kind, tokens.word(at)) {
        (Kind::Punctuator, word) => !matches!(word, "{" | "}" | "++" | "--" | "!" | "~" | "@"),
        (Kind::Word, word) => matches!(word, "in" | "instanceof"),
        (Kind::Template { opens, .. }, _) => opens,
        _ => false,
    };
    is_complete && !goes_on
}

/// Whether something that the block declares behind a declaration is named before it: there it would not
/// be seen any more.
fn names_what_follows(tokens: &Tokens<'_>, begins: usize, at: usize, end: usize) -> bool {
    let mut depth = 0_usize;
    let mut declared = Vec::new();
    let mut index = end + 1;
    while index < tokens.len() {
        match tokens.word(index) {
            "{" | "(" | "[" => depth += 1,
            "}" | ")" | "]" if depth == 0 => break,
            "}" | ")" | "]" => depth -= 1,
            "const" | "let" | "class" | "function" if depth == 0 => {
                // Of a pattern all names, until its value begins.
                let rest = (index + 1..tokens.len()).take_while(|&next| {
                    !matches!(tokens.word(next), "=" | ";" | "(" | "extends") && next < index + 64
                });
                declared.extend(rest.filter(|&next| tokens.kind(next) == Some(Kind::Word)));
            }
            _ => {}
        }
        index += 1;
    }
    let declared: std::collections::HashSet<&str> =
        declared.into_iter().map(|index| tokens.word(index)).collect();
    (begins..at).any(|index| {
        tokens.kind(index) == Some(Kind::Word)
            && !tokens.is_property(index)
            && declared.contains(tokens.word(index))
    })
}

// The names below have U+0261 in the place of their g, as those of `super::using`.

fn opening(number: usize) -> String {
    format!("const usin\u{261}{number}=[];let usin\u{261}Error{number};try{{")
}

/// Remembers what was declared; that it cannot be disposed of is an error at once.
fn entry(number: usize, name: &str, awaits: bool) -> String {
    let method = if awaits {
        format!("{name}[Symbol.asyncDispose]??{name}[Symbol.dispose]")
    } else {
        format!("{name}[Symbol.dispose]")
    };
    format!(
        "if({name}!=null&&typeof({method})!=='function')throw new TypeError(\
         'Symbol.{symbol} is not a function');\
         usin\u{261}{number}.push([{name},{name}==null?undefined:{method},{awaits}]);",
        symbol = if awaits { "asyncDispose" } else { "dispose" },
    )
}

fn closing(block: &Block) -> String {
    let number = block.number;
    let call = "method.call(value)";
    let dispose = if block.awaits {
        format!("if(awaits)await(method&&{call});else if(method){call};")
    } else {
        format!("if(method){call};")
    };
    format!(
        "}}catch(error){{usin\u{261}Error{number}=[error];}}finally{{\
         while(usin\u{261}{number}.length){{\
         const[value,method,awaits]=usin\u{261}{number}.pop();\
         try{{{dispose}}}catch(error){{\
         usin\u{261}Error{number}=[usin\u{261}Error{number}?Object.assign(new Error(\
         'An error was suppressed during disposal'),{{name:'SuppressedError',error,\
         suppressed:usin\u{261}Error{number}[0]}}):error];}}}}\
         if(usin\u{261}Error{number})throw usin\u{261}Error{number}[0];}}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_understood_is_written_out() {
        for text in [
            "{ using x = f(';', [1, 2]); g(x); }",
            "async () => { await using x = f(); }",
            "import a from 'a'; using x = f();\nimport('b'); g();",
            "{ using x = f() }",
            "{ using x = f()\n g() }",
            "{ using x = f(), y = g(); }",
            "for (using x of y) {}",
            "for await (await using x of y) { z(); }",
            "for (using x = f(); x.more(); ) { x.next(); }",
        ] {
            let written = with_disposal_written_out(text);
            assert!(written.is_some_and(|written| !written.contains("using ")), "{text}");
        }
        for text in [
            "using x = f(); export const y = 1;",
            "for (using x of y) z();",
            "a: for (using x = f(); ; ) { continue a; }",
            "{ g(); using x = f(); function g() {} }",
            "{ using(x); }",
        ] {
            assert_eq!(with_disposal_written_out(text), None, "{text}");
        }
    }

    #[test]
    fn a_declaration_ends_where_its_statement_does() {
        let values = |text: &str| {
            let tokens = Tokens::of(text);
            let (list, _) = declarators(&tokens, 0).expect("a declaration");
            let place = |index: usize| tokens.get(index).expect("a token");
            list.iter()
                .map(|&(name, last)| text[place(name).start..place(last).end].to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(values("using a = b, c = d(1, 2); e"), ["a = b", "c = d(1, 2)"]);
        assert_eq!(values("using a = b\nc()"), ["a = b"]);
        assert_eq!(values("using a = b\n(c)"), ["a = b\n(c)"]);
        assert_eq!(values("using a = b\n  .c()\n  .d()\ne"), ["a = b\n  .c()\n  .d()"]);
        assert_eq!(values("using a = new\nB\n{}"), ["a = new\nB"]);
        assert_eq!(values("using a = `x`\nlet b"), ["a = `x`"]);
        assert_eq!(values("using a = {\n b\n}\nc"), ["a = {\n b\n}"]);
    }

    #[test]
    fn lines_stay_where_they_are() {
        let text = "{\n  using a = f();\n  {\n    using b = g();\n    h();\n  }\n}\n";
        let written = with_disposal_written_out(text).expect("two declarations");
        assert_eq!(written.lines().count(), text.lines().count());
        assert!(written.lines().nth(4) == Some("    h();"), "{written}");
    }
}
