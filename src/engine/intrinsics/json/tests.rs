//! Values and texts as Node has them, and what no text may do.

mod tables;

use std::fmt::Write;

use boa_engine::{JsValue, js_string};

use super::{
    super::expressions::{check, context, evaluated},
    append_json, parse_bytes,
};

fn message_of(result: boa_engine::JsResult<JsValue>, context: &mut boa_engine::Context) -> String {
    let error = result.expect_err("the text is no JSON");
    error.try_native(context).expect("a native error").message().to_owned()
}

#[test]
fn syntax_errors_read_as_in_node() {
    let context = &mut context();
    let parse = context.intrinsics().objects().json().get(js_string!("parse"), context);
    let parse = parse.ok().and_then(|parse| parse.as_callable()).expect("JSON.parse is there");
    for &(text, expected) in tables::SYNTAX_ERRORS {
        let from_bytes = parse_bytes(text.as_bytes(), context);
        assert_eq!(message_of(from_bytes, context), expected, "{text:?} in UTF-8");
        let wide: Vec<u16> = text.encode_utf16().collect();
        for string in [boa_engine::JsString::from(text), wide.as_slice().into()] {
            let result = parse.call(&JsValue::undefined(), &[string.into()], context);
            assert_eq!(message_of(result, context), expected, "{text:?}");
        }
    }
}

#[test]
fn parses_as_node_does() {
    check(tables::PARSED);
}

#[test]
fn revives_as_node_does() {
    check(tables::REVIVED);
}

#[test]
fn stringifies_as_node_does() {
    check(tables::STRINGIFIED);
}

#[test]
fn circles_are_described_as_in_node() {
    check(tables::CIRCLES);
}

#[test]
fn functions_look_like_the_standards() {
    let context = &mut context();
    let source = "['parse', 'stringify', 'rawJSON', 'isRawJSON'].map((name) => {
        const { value, writable, enumerable, configurable } = Object.getOwnPropertyDescriptor(JSON, name);
        let constructs = true;
        try { new value('1'); } catch { constructs = false; }
        return [value.name, value.length, writable, enumerable, configurable, constructs, 'prototype' in value];
    }).join('|')";
    assert_eq!(
        evaluated(source, context),
        "parse,2,true,false,true,false,false|stringify,3,true,false,true,false,false\
         |rawJSON,1,true,false,true,false,false|isRawJSON,1,true,false,true,false,false"
    );
}

/// A text of every kind of value and of characters of every width.
fn mixed_text(seed: usize) -> String {
    let mut text = String::from("{");
    for i in 0..20 {
        let n = seed * 31 + i * 7;
        let _ = match n % 6 {
            0 => write!(text, "\"k{n}\":{},", n as f64 / 8.0 - 5.0),
            1 => write!(text, "\"{n}\":\"é{n}世界😀\","),
            2 => write!(text, "\"naïve{n}\":[null,true,false,[],{{}}],"),
            3 => write!(text, "\"ключ\":\"plain {n} and a longer run of characters\","),
            4 => write!(text, "\"\\u0061{n}\":\"\\ud83d\\ude00\\n\\\"é\","),
            _ => write!(text, "\"o{n}\":{{\"a\":[{n},{{\"b\":\"\\ud800\"}}]}},"),
        };
    }
    text + "\"end\":0}"
}

#[test]
fn every_encoding_of_a_text_gives_the_same_value() {
    let context = &mut context();
    for seed in 0..50 {
        let text = mixed_text(seed);
        let value = parse_bytes(text.as_bytes(), context).expect("the text is JSON");
        let mut bytes = Vec::new();
        assert!(append_json(&mut bytes, &value, context).expect("the value is plain"));
        context.global_object().set(js_string!("v"), value, true, context).expect("v can be set");
        let text = boa_engine::JsString::from(text);
        context.global_object().set(js_string!("t"), text, true, context).expect("t can be set");
        let same = evaluated(
            "JSON.stringify(v) === JSON.stringify(JSON.parse(t)) && JSON.stringify(v)",
            context,
        );
        assert_eq!(same.as_bytes(), bytes);
    }
}

#[test]
fn invalid_utf8_reads_as_replacement_characters() {
    let context = &mut context();
    for (bytes, expected) in [
        (&b"\"a\xFFb\""[..], "a\u{FFFD}b"),
        (b"\"\xE4\xB8\"", "\u{FFFD}"),
        (b"\"\xF0\x9F\x98\\n\"", "\u{FFFD}\n"),
        (b"\"\xED\xA0\x80\"", "\u{FFFD}\u{FFFD}\u{FFFD}"),
        (b"\"\xC0\xAF\"", "\u{FFFD}\u{FFFD}"),
    ] {
        let value = parse_bytes(bytes, context).expect("the text is JSON");
        assert_eq!(value, js_string!(expected).into(), "{bytes:?}");
    }
    assert!(parse_bytes(b"[1\xFF]", context).is_err());
    assert!(parse_bytes(b"\0", context).is_err());
}

#[test]
fn depth_costs_no_native_stack() {
    let context = &mut context();
    for (source, expected) in [
        (
            "const deep = JSON.parse('['.repeat(100000) + ']'.repeat(100000));
             JSON.stringify(deep).length",
            "200000",
        ),
        (
            "let chain = {}; for (let i = 0; i < 100000; i++) chain = { a: chain };
             JSON.stringify(chain).length",
            "600002",
        ),
        ("JSON.stringify(deep, (key, value) => value).length", "200000"),
        ("typeof JSON.parse(JSON.stringify(deep), (key, value) => value)", "object"),
        (
            "let got = {};
             for (let i = 0; i < 50000; i++) { const inner = got; got = { get a() { return inner; } }; }
             JSON.stringify(got).length",
            "300002",
        ),
        ("JSON.parse('{\"a\":['.repeat(100000))", "SyntaxError: Unexpected end of JSON input"),
    ] {
        assert_eq!(evaluated(source, context), expected, "{source}");
    }
}

#[test]
fn numbers_come_and_go_as_they_are() {
    let context = &mut context();
    let mut state = 1_u64;
    let mut random = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    for round in 0..20_000 {
        let whole = (random() >> (round % 64)) as i64 as f64;
        let value = match round % 4 {
            0 => whole / 1000.0,
            1 => whole / 8.0,
            2 => f64::from_bits(random()),
            _ => -whole / 1e7,
        };
        if !value.is_finite() {
            continue;
        }
        let spelled = ryu_js::Buffer::new().format_finite(value).to_owned();
        let mut bytes = Vec::new();
        let number = JsValue::rational(value);
        assert!(append_json(&mut bytes, &number, context).expect("a number has JSON"));
        assert_eq!(String::from_utf8_lossy(&bytes), spelled);
        let parsed = parse_bytes(spelled.as_bytes(), context).expect("a number is JSON");
        assert_eq!(parsed.as_number(), Some(value), "{spelled}");
        let trimmed = format!("{value:.6}");
        let parsed = parse_bytes(trimmed.as_bytes(), context).expect("a number is JSON");
        assert_eq!(parsed.as_number(), trimmed.parse().ok(), "{trimmed}");
    }
}
