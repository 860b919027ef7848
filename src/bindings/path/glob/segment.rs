//! One component of a pattern against one component of a path.

/// A parsed component.
pub(super) struct Segment {
    tokens: Vec<Token>,
}

enum Token {
    Literal(char),
    /// `?`
    AnyChar,
    /// `*`
    AnyText,
    /// `[a-z]`
    Class(Class),
    /// `+(a|b)`
    Group(Repeat, Vec<Vec<Token>>),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Repeat {
    /// `@( )`
    Once,
    /// `?( )`
    AtMostOnce,
    /// `*( )`
    Any,
    /// `+( )`
    AtLeastOnce,
    /// `!( )`: anything but.
    Not,
}

type CharTest = fn(char) -> bool;

struct Class {
    negated: bool,
    ranges: Vec<(char, char)>,
    named: Vec<CharTest>,
}

impl Class {
    fn contains(&self, c: char) -> bool {
        let found = self.ranges.iter().any(|(first, last)| (*first..=*last).contains(&c))
            || self.named.iter().any(|is_in| is_in(c));
        found != self.negated
    }
}

impl Segment {
    pub(super) fn parse(text: &str) -> Self {
        let chars: Vec<char> = text.chars().collect();
        Self { tokens: parse_tokens(&chars) }
    }

    /// The only text that matches, where there is just one.
    pub(super) fn literal(&self) -> Option<String> {
        let literal = |token: &Token| match token {
            Token::Literal(c) => Some(*c),
            _ => None,
        };
        self.tokens.iter().map(literal).collect()
    }

    pub(super) fn matches(&self, text: &str) -> bool {
        let chars: Vec<char> = text.chars().collect();
        match self.tokens.as_slice() {
            // Nothing at all is no component that a star alone means.
            [Token::AnyText] if text.is_empty() => return false,
            // Neither `.` nor `..` is meant by a dot and a wildcard.
            [Token::Literal('.'), rest @ ..]
                if matches!(text, "." | "..") && !rest.iter().all(Token::is_literal) =>
            {
                return false;
            }
            _ => {}
        }
        match_sequence(&self.tokens, &chars, 0, true, &mut |end| end == chars.len())
    }
}

impl Token {
    const fn is_literal(&self) -> bool {
        matches!(self, Self::Literal(_))
    }
}

fn parse_tokens(chars: &[char]) -> Vec<Token> {
    let (mut tokens, mut at) = (Vec::new(), 0);
    while at < chars.len() {
        let (token, next) = parse_token(chars, at);
        at = next;
        // Several stars in a row mean no more than one.
        let repeated = matches!((&token, tokens.last()), (Token::AnyText, Some(Token::AnyText)));
        if !repeated {
            tokens.push(token);
        }
    }
    tokens
}

fn parse_token(chars: &[char], at: usize) -> (Token, usize) {
    let c = chars[at];
    let repeat = match c {
        '@' => Some(Repeat::Once),
        '?' => Some(Repeat::AtMostOnce),
        '*' => Some(Repeat::Any),
        '+' => Some(Repeat::AtLeastOnce),
        '!' => Some(Repeat::Not),
        _ => None,
    };
    if let Some(repeat) = repeat
        && let Some((alternatives, next)) = parse_group(chars, at + 1)
    {
        return (Token::Group(repeat, alternatives), next);
    }
    match c {
        '?' => (Token::AnyChar, at + 1),
        '*' => (Token::AnyText, at + 1),
        '[' => match parse_class(chars, at + 1) {
            Some((class, next)) => (Token::Class(class), next),
            None => (Token::Literal(c), at + 1),
        },
        _ => (Token::Literal(c), at + 1),
    }
}

/// `(a|b)` at a position, and where it ends.
fn parse_group(chars: &[char], at: usize) -> Option<(Vec<Vec<Token>>, usize)> {
    if chars.get(at) != Some(&'(') {
        return None;
    }
    let (mut alternatives, mut start, mut depth) = (Vec::new(), at + 1, 0);
    for (index, c) in chars.iter().enumerate().skip(at) {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            '|' if depth == 1 => {
                alternatives.push(parse_tokens(&chars[start..index]));
                start = index + 1;
            }
            _ => {}
        }
        if depth == 0 {
            alternatives.push(parse_tokens(&chars[start..index]));
            return Some((alternatives, index + 1));
        }
    }
    None
}

/// What follows `[`, and where it ends.
fn parse_class(chars: &[char], mut at: usize) -> Option<(Class, usize)> {
    let negated = matches!(chars.get(at), Some('!' | '^'));
    at += usize::from(negated);
    let mut class = Class { negated, ranges: Vec::new(), named: Vec::new() };
    let start = at;
    loop {
        let c = *chars.get(at)?;
        if c == ']' && at > start {
            return Some((class, at + 1));
        }
        if let Some((is_in, next)) = named_class(chars, at) {
            class.named.push(is_in);
            at = next;
            continue;
        }
        let last = chars.get(at + 2).filter(|last| chars[at + 1] == '-' && **last != ']');
        match last {
            Some(last) => {
                class.ranges.push((c, *last));
                at += 3;
            }
            None => {
                class.ranges.push((c, c));
                at += 1;
            }
        }
    }
}

/// `[:alpha:]` and its kin inside of a class.
fn named_class(chars: &[char], at: usize) -> Option<(CharTest, usize)> {
    if chars.get(at..at + 2)? != ['[', ':'] {
        return None;
    }
    let end =
        (at + 2..chars.len().saturating_sub(1)).find(|end| chars[*end..*end + 2] == [':', ']'])?;
    let name: String = chars[at + 2..end].iter().collect();
    let is_in: CharTest = match name.as_str() {
        "alnum" => char::is_alphanumeric,
        "alpha" => char::is_alphabetic,
        "ascii" => |c| c.is_ascii(),
        "blank" => |c| c == ' ' || c == '\t',
        "cntrl" => char::is_control,
        "digit" => char::is_numeric,
        "graph" => |c| !c.is_whitespace() && !c.is_control(),
        "lower" => char::is_lowercase,
        "print" => |c| !c.is_control(),
        "punct" => |c| c.is_ascii_punctuation(),
        "space" => char::is_whitespace,
        "upper" => char::is_uppercase,
        "word" => |c| c.is_alphanumeric() || c == '_',
        "xdigit" => |c| c.is_ascii_hexdigit(),
        _ => return None,
    };
    Some((is_in, end + 2))
}

/// Tries every way in which the tokens match from a position on; `then` says whether the rest
/// matches from where they end. At the `start` of the component a leading dot has to be written
/// out.
fn match_sequence(
    tokens: &[Token],
    text: &[char],
    at: usize,
    start: bool,
    then: &mut dyn FnMut(usize) -> bool,
) -> bool {
    let is_hidden = start && text.first() == Some(&'.');
    let needs_the_dot = match tokens.first() {
        Some(Token::AnyChar | Token::AnyText | Token::Class(_)) => true,
        Some(Token::Group(repeat, _)) => *repeat == Repeat::Not,
        _ => false,
    };
    if is_hidden && needs_the_dot {
        return false;
    }
    match_tokens(tokens, text, at, start, then)
}

fn match_tokens(
    tokens: &[Token],
    text: &[char],
    at: usize,
    start: bool,
    then: &mut dyn FnMut(usize) -> bool,
) -> bool {
    let Some((token, rest)) = tokens.split_first() else { return then(at) };
    let mut after = |end: usize| match_tokens(rest, text, end, false, then);
    match token {
        Token::Literal(c) => text.get(at) == Some(c) && after(at + 1),
        Token::AnyChar => at < text.len() && after(at + 1),
        Token::Class(class) => text.get(at).is_some_and(|c| class.contains(*c)) && after(at + 1),
        Token::AnyText => (at..=text.len()).any(after),
        Token::Group(Repeat::Not, alternatives) => {
            let to_the_end =
                |end: usize| match_tokens(rest, text, end, false, &mut |end| end == text.len());
            let is_excluded = alternatives.iter().any(|alternative| {
                match_sequence(alternative, text, at, start, &mut |end| to_the_end(end))
            });
            !is_excluded && (at..=text.len()).any(after)
        }
        Token::Group(repeat, alternatives) => {
            match_group(*repeat, alternatives, text, at, start, &mut after)
        }
    }
}

fn match_group(
    repeat: Repeat,
    alternatives: &[Vec<Token>],
    text: &[char],
    at: usize,
    start: bool,
    then: &mut dyn FnMut(usize) -> bool,
) -> bool {
    let may_be_absent = matches!(repeat, Repeat::AtMostOnce | Repeat::Any);
    let may_repeat = matches!(repeat, Repeat::Any | Repeat::AtLeastOnce);
    if may_be_absent && then(at) {
        return true;
    }
    alternatives.iter().any(|alternative| {
        match_sequence(alternative, text, at, start, &mut |end| {
            // An empty repetition leads nowhere new.
            let again = may_repeat && end > at;
            then(end)
                || (again && match_group(Repeat::AtLeastOnce, alternatives, text, end, false, then))
        })
    })
}
