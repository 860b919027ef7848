//! `using x = …;` and `await using x = …;`, which the engine's parser takes and its machine does not know:
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
struct Block {
    number: usize,
    awaits: bool,
}

/// The text without such declarations; `None` where one stands that is not understood: in the head of a
/// loop, at the top of a module, one of several in a statement, without its semicolon.
pub(crate) fn with_disposal_written_out(text: &str) -> Option<String> {
    let tokens = Tokens::of(text);
    let mut written = String::with_capacity(text.len() + 1024);
    let mut copied = 0;
    let mut number = 0;
    let mut brackets: Vec<(bool, Option<Block>)> = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let token = tokens.get(at)?;
        match (token.kind, tokens.word(at)) {
            (Kind::Word, WORD) if is_declaration(&tokens, at) => {
                let (is_block, block) = brackets.last_mut()?;
                let end = end_of_declaration(&tokens, at).filter(|_| *is_block)?;
                let awaits = at > 0 && tokens.word(at - 1) == "await";
                let start = if awaits { tokens.get(at - 1)?.start } else { token.start };
                written.push_str(&text[copied..start]);
                if block.is_none() {
                    number += 1;
                    written.push_str(&opening(number));
                }
                let block = block.get_or_insert(Block { number, awaits });
                block.awaits |= awaits;
                let behind = tokens.get(end)?.end;
                written.push_str("const");
                written.push_str(&text[token.end..behind]);
                written.push_str(&entry(block.number, tokens.word(at + 1), awaits));
                copied = behind;
                at = end;
            }
            (Kind::Punctuator, "{" | "(" | "[")
            | (Kind::Template { closes: false, opens: true }, _) => {
                brackets.push((tokens.word(at) == "{", None));
            }
            (Kind::Punctuator, "}" | ")" | "]")
            | (Kind::Template { closes: true, opens: false }, _) => {
                if let Some((_, Some(block))) = brackets.pop() {
                    written.push_str(&text[copied..token.start]);
                    written.push_str(&closing(&block));
                    copied = token.start;
                }
            }
            _ => {}
        }
        at += 1;
    }
    written.push_str(&text[copied..]);
    (number > 0).then_some(written)
}

fn is_declaration(tokens: &Tokens<'_>, at: usize) -> bool {
    !tokens.is_property(at) && declares(tokens, at) && matches!(tokens.word(at + 2), "=" | "of")
}

/// The semicolon of `using x = …;`.
fn end_of_declaration(tokens: &Tokens<'_>, at: usize) -> Option<usize> {
    if tokens.word(at + 2) != "=" {
        return None;
    }
    let mut depth = 0_usize;
    for index in at + 3..tokens.len() {
        match (tokens.kind(index)?, tokens.word(index)) {
            (Kind::Punctuator, "{" | "(" | "[")
            | (Kind::Template { closes: false, opens: true }, _) => depth += 1,
            (Kind::Punctuator, "}" | ")" | "]")
            | (Kind::Template { closes: true, opens: false }, _) => depth = depth.checked_sub(1)?,
            (Kind::Punctuator, ";") if depth == 0 => return Some(index),
            (Kind::Punctuator, ",") if depth == 0 => return None,
            _ => {}
        }
    }
    None
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
        assert!(with_disposal_written_out("{ using x = f(';', [1, 2]); g(x); }").is_some());
        assert!(with_disposal_written_out("async () => { await using x = f(); }").is_some());
        for text in [
            "using x = f();",
            "{ using x = f() }",
            "{ using x = f(), y = g(); }",
            "for (using x of y) {}",
            "{ using(x); }",
        ] {
            assert_eq!(with_disposal_written_out(text), None, "{text}");
        }
    }

    #[test]
    fn lines_stay_where_they_are() {
        let text = "{\n  using a = f();\n  {\n    using b = g();\n    h();\n  }\n}\n";
        let written = with_disposal_written_out(text).expect("two declarations");
        assert_eq!(written.lines().count(), text.lines().count());
        assert!(written.lines().nth(4) == Some("    h();"), "{written}");
    }
}
