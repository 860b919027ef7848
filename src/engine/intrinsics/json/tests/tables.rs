//! What Node 25.8.1 answers: the text of a `SyntaxError`, or `String(result)` of an expression.

pub(super) const SYNTAX_ERRORS: &[(&str, &str)] = &[
    ("", "Unexpected end of JSON input"),
    (" ", "Unexpected end of JSON input"),
    ("abc", "Unexpected token 'a', \"abc\" is not valid JSON"),
    ("{", "Expected property name or '}' in JSON at position 1 (line 1 column 2)"),
    ("{a", "Expected property name or '}' in JSON at position 1 (line 1 column 2)"),
    ("{\"a\"", "Expected ':' after property name in JSON at position 4 (line 1 column 5)"),
    ("{\"a\"}", "Expected ':' after property name in JSON at position 4 (line 1 column 5)"),
    ("{\"a\":", "Unexpected end of JSON input"),
    ("{\"a\":}", "Unexpected token '}', \"{\"a\":}\" is not valid JSON"),
    (
        "{\"a\":1",
        "Expected ',' or '}' after property value in JSON at position 6 (line 1 column 7)",
    ),
    ("{\"a\":1,", "Expected double-quoted property name in JSON at position 7 (line 1 column 8)"),
    ("{\"a\":1,}", "Expected double-quoted property name in JSON at position 7 (line 1 column 8)"),
    (
        "{\"a\":1 2",
        "Expected ',' or '}' after property value in JSON at position 7 (line 1 column 8)",
    ),
    (
        "{\"a\":1]",
        "Expected ',' or '}' after property value in JSON at position 6 (line 1 column 7)",
    ),
    ("{1:2}", "Expected property name or '}' in JSON at position 1 (line 1 column 2)"),
    ("{\"a\":1,2}", "Expected double-quoted property name in JSON at position 7 (line 1 column 8)"),
    ("[", "Unexpected end of JSON input"),
    ("[,", "Unexpected token ',', \"[,\" is not valid JSON"),
    ("[1", "Expected ',' or ']' after array element in JSON at position 2 (line 1 column 3)"),
    ("[1,", "Unexpected end of JSON input"),
    ("[1,]", "Unexpected token ']', \"[1,]\" is not valid JSON"),
    ("[1 2]", "Expected ',' or ']' after array element in JSON at position 3 (line 1 column 4)"),
    ("[1}", "Expected ',' or ']' after array element in JSON at position 2 (line 1 column 3)"),
    ("]", "Unexpected token ']', \"]\" is not valid JSON"),
    ("\"", "Unterminated string in JSON at position 1 (line 1 column 2)"),
    ("\"abc", "Unterminated string in JSON at position 4 (line 1 column 5)"),
    ("\"a\nb\"", "Bad control character in string literal in JSON at position 2 (line 1 column 3)"),
    ("\"\\", "Unexpected end of JSON input"),
    ("\"\\x\"", "Bad escaped character in JSON at position 2 (line 1 column 3)"),
    ("\"\\u", "Bad Unicode escape in JSON at position 3 (line 1 column 4)"),
    ("\"\\u12g4\"", "Bad Unicode escape in JSON at position 5 (line 1 column 6)"),
    ("{\"a\\x\":1}", "Bad escaped character in JSON at position 4 (line 1 column 5)"),
    (
        "{\"a\n\":1}",
        "Bad control character in string literal in JSON at position 3 (line 1 column 4)",
    ),
    ("-", "No number after minus sign in JSON at position 1 (line 1 column 2)"),
    ("-a", "No number after minus sign in JSON at position 1 (line 1 column 2)"),
    ("01", "Unexpected number in JSON at position 1 (line 1 column 2)"),
    ("-01", "Unexpected number in JSON at position 2 (line 1 column 3)"),
    ("1.", "Unterminated fractional number in JSON at position 2 (line 1 column 3)"),
    ("1.e1", "Unterminated fractional number in JSON at position 2 (line 1 column 3)"),
    ("1e", "Exponent part is missing a number in JSON at position 2 (line 1 column 3)"),
    ("1e+", "Exponent part is missing a number in JSON at position 3 (line 1 column 4)"),
    ("1e-x", "Exponent part is missing a number in JSON at position 3 (line 1 column 4)"),
    ("1 1", "Unexpected non-whitespace character after JSON at position 2 (line 1 column 3)"),
    ("1a", "Unexpected non-whitespace character after JSON at position 1 (line 1 column 2)"),
    ("0x1", "Unexpected non-whitespace character after JSON at position 1 (line 1 column 2)"),
    ("+1", "Unexpected token '+', \"+1\" is not valid JSON"),
    (".5", "Unexpected token '.', \".5\" is not valid JSON"),
    ("tru", "Unexpected end of JSON input"),
    ("trux", "Unexpected token 'x', \"trux\" is not valid JSON"),
    ("tru1", "Unexpected number in JSON at position 3 (line 1 column 4)"),
    ("tru\"", "Unexpected string in JSON at position 3 (line 1 column 4)"),
    ("[tru 1", "Unexpected token ' ', \"[tru 1\" is not valid JSON"),
    ("truee", "Unexpected non-whitespace character after JSON at position 4 (line 1 column 5)"),
    ("nulL", "Unexpected token 'L', \"nulL\" is not valid JSON"),
    ("undefined", "\"undefined\" is not valid JSON"),
    ("undefinedx", "Unexpected token 'u', \"undefinedx\" is not valid JSON"),
    ("NaN", "\"NaN\" is not valid JSON"),
    ("{\"a\":NaN}", "Unexpected token 'N', \"{\"a\":NaN}\" is not valid JSON"),
    ("Infinity", "\"Infinity\" is not valid JSON"),
    ("-Infinity", "No number after minus sign in JSON at position 1 (line 1 column 2)"),
    ("[object Object]", "\"[object Object]\" is not valid JSON"),
    ("\u{a0}1", "Unexpected token '\u{a0}', \"\u{a0}1\" is not valid JSON"),
    ("\u{feff}1", "Unexpected token '\u{feff}', \"\u{feff}1\" is not valid JSON"),
    ("\u{2028}1", "Unexpected token '\u{2028}', \"\u{2028}1\" is not valid JSON"),
    (
        "\"\u{2028}\n",
        "Bad control character in string literal in JSON at position 2 (line 1 column 3)",
    ),
    ("[1\n\r2", "Expected ',' or ']' after array element in JSON at position 4 (line 3 column 1)"),
    (
        "[1\r\n\r2",
        "Expected ',' or ']' after array element in JSON at position 5 (line 3 column 1)",
    ),
    ("[1,\u{2028}x", "Unexpected token '\u{2028}', \"[1,\u{2028}x\" is not valid JSON"),
    (
        "{\"a\":1}\r\nx",
        "Unexpected non-whitespace character after JSON at position 9 (line 2 column 1)",
    ),
    (
        "{\"a\":\"b\",\"c\":d,\"e\":\"ffffffffffffffffffffffffffffffffff\"}",
        "Unexpected token 'd', ...\"\":\"b\",\"c\":d,\"e\":\"fff\"... is not valid JSON",
    ),
    (
        "{\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\":d}",
        "Unexpected token 'd', ...\"aaaaaaaa\":d}\" is not valid JSON",
    ),
    ("xaaaaaaaaaaaaaaaaaaaaaaaaaaa", "Unexpected token 'x', \"xaaaaaaaaa\"... is not valid JSON"),
    (
        "[\"\u{4e16}\u{754c}\u{4e16}\u{754c}\u{4e16}\u{754c}\u{4e16}\u{754c}\u{4e16}\u{754c}\u{4e16}\u{754c}\u{4e16}\u{754c}\u{4e16}\u{754c}\", x, \"\u{4e16}\u{754c}\u{4e16}\u{754c}\u{4e16}\u{754c}\u{4e16}\u{754c}\u{4e16}\u{754c}\u{4e16}\u{754c}\"]",
        "Unexpected token 'x', ...\"\u{754c}\u{4e16}\u{754c}\u{4e16}\u{754c}\u{4e16}\u{754c}\", x, \"\u{4e16}\u{754c}\u{4e16}\u{754c}\u{4e16}\u{754c}\"... is not valid JSON",
    ),
    ("\"\u{e9}\u{4e16}\u{1f600}", "Unterminated string in JSON at position 5 (line 1 column 6)"),
    ("[\u{4e16}]", "Unexpected token '\u{4e16}', \"[\u{4e16}]\" is not valid JSON"),
    ("'a'", "Unexpected token ''', \"'a'\" is not valid JSON"),
    ("/* */1", "Unexpected token '/', \"/* */1\" is not valid JSON"),
    (
        "{\"a\":1}{\"b\":2}",
        "Unexpected non-whitespace character after JSON at position 7 (line 1 column 8)",
    ),
];

pub(super) const PARSED: &[(&str, &str)] = &[
    (
        "JSON.stringify(JSON.parse('[1,-0,1.5,-1e3,1E-7,1e400,123456789012345678,0.1,-2147483648,2147483648,1.0]'))",
        "[1,0,1.5,-1000,1e-7,null,123456789012345680,0.1,-2147483648,2147483648,1]",
    ),
    ("Object.is(JSON.parse(\"-0\"), -0)", "true"),
    (
        "JSON.parse('\"\\\\ud83d\\\\ude00\\\\ud800\\\\u0041\\\\/\\\\b\\\\f\\\\n\\\\r\\\\t\\\\\"\\\\\\\\\"') === \"\\ud83d\\ude00\\ud800A/\\b\\f\\n\\r\\t\\\"\\\\\"",
        "true",
    ),
    ("JSON.parse('\"\\ud800\\u2028\"') === \"\\ud800\\u2028\"", "true"),
    (
        "JSON.stringify(JSON.parse('{\"b\":1,\"2\":2,\"1\":1,\"a\":{\"b\":[]},\"b\":3}'))",
        "{\"1\":1,\"2\":2,\"b\":3,\"a\":{\"b\":[]}}",
    ),
    (
        "var o = JSON.parse('{\"__proto__\":{\"x\":1},\"constructor\":2}'); Object.getPrototypeOf(o) === Object.prototype && Object.keys(o).join() + o.x",
        "__proto__,constructorundefined",
    ),
    (
        "JSON.stringify(Object.getOwnPropertyDescriptor(JSON.parse('{\"a\":1}'), \"a\"))",
        "{\"value\":1,\"writable\":true,\"enumerable\":true,\"configurable\":true}",
    ),
    ("JSON.parse(' \\t\\n\\r[ 1 , { \"a\" : [ ] , \"b\" : { } } ] ').length", "2"),
    ("JSON.parse(JSON.stringify({ toString: null, length: 3 })).length", "3"),
    ("JSON.parse({ toString() { return \"[7]\"; } })[0]", "7"),
    ("JSON.parse({})", "SyntaxError: \"[object Object]\" is not valid JSON"),
    ("JSON.parse(undefined)", "SyntaxError: \"undefined\" is not valid JSON"),
    ("JSON.parse()", "SyntaxError: \"undefined\" is not valid JSON"),
    ("JSON.parse(null)", "null"),
    ("JSON.parse(12)", "12"),
];

pub(super) const REVIVED: &[(&str, &str)] = &[
    (
        "var log = []; JSON.parse('{\"a\":1.50,\"b\":[1,\"x\",{\"c\":null}],\"a\":2e3,\"10\":true,\"2\":\"\\\\u0041\"}', function (k, v, c) { log.push(k + \"=\" + JSON.stringify(v) + JSON.stringify(c)); return v; }); log.join(\" \")",
        "2=\"A\"{\"source\":\"\\\"\\\\u0041\\\"\"} 10=true{\"source\":\"true\"} a=2000{\"source\":\"2e3\"} 0=1{\"source\":\"1\"} 1=\"x\"{\"source\":\"\\\"x\\\"\"} c=null{\"source\":\"null\"} 2={\"c\":null}{} b=[1,\"x\",{\"c\":null}]{} ={\"2\":\"A\",\"10\":true,\"a\":2000,\"b\":[1,\"x\",{\"c\":null}]}{}",
    ),
    (
        "var log = []; JSON.parse('{\"a\":1,\"b\":2,\"c\":[1,2]}', function (k, v, c) { log.push(k + JSON.stringify(c)); if (k === \"a\") { this.b = 3; this.c = [1, 2, 4]; } return v; }); log.join(\" \")",
        "a{\"source\":\"1\"} b{} 0{} 1{} 2{} c{} {}",
    ),
    (
        "var log = []; JSON.parse('[1,{\"x\":1},-0,0]', function (k, v, c) { log.push(k + JSON.stringify(c)); if (k === \"0\") { this[1].x = 1; this[2] = 0; this[3] = -0; } return v; }); log.join(\" \")",
        "0{\"source\":\"1\"} x{\"source\":\"1\"} 1{} 2{} 3{} {}",
    ),
    ("JSON.stringify(JSON.parse('[1,2,3]', (k, v) => k === \"1\" ? undefined : v))", "[1,null,3]"),
    ("JSON.parse('[1,2,3]', (k, v) => k === \"1\" ? undefined : v).hasOwnProperty(1)", "false"),
    (
        "JSON.stringify(JSON.parse('{\"a\":1,\"b\":{\"a\":2,\"c\":3}}', (k, v) => k === \"a\" ? undefined : v))",
        "{\"b\":{\"c\":3}}",
    ),
    (
        "JSON.stringify(JSON.parse('{\"__proto__\":[1],\"b\":1}', (k, v) => typeof v === \"number\" ? v + 1 : v))",
        "{\"__proto__\":[2],\"b\":2}",
    ),
    ("JSON.parse('[1,2]', function (k, v) { return k === \"\" ? this[\"\"] === v : v; })", "true"),
    ("JSON.parse(\"1\", {})", "1"),
    ("JSON.parse(\"[1]\", null)[0]", "1"),
    ("JSON.parse(\"1\", () => { throw new Error(\"no\") })", "Error: no"),
    (
        "JSON.stringify(JSON.parse('[0,0,0]', function (k, v) { if (k === \"0\") { this.length = 1; } return v; }))",
        "[0]",
    ),
    (
        "JSON.stringify(JSON.parse('{\"a\":1,\"b\":2}', function (k, v) { if (k === \"a\") { delete this.b; } return v; }))",
        "{\"a\":1}",
    ),
    (
        "JSON.stringify(JSON.parse('{\"a\":1,\"b\":2}', function (k, v) { if (k === \"a\") { Object.freeze(this); return 5; } return undefined; }))",
        "undefined",
    ),
    (
        "JSON.parse('{\"a\":1,\"b\":2}', function (k, v) { if (k === \"a\") { Object.freeze(this); return 5; } return k === \"\" ? JSON.stringify(v) : undefined; })",
        "{\"a\":1,\"b\":2}",
    ),
    (
        "JSON.parse('{\"a\":1,\"b\":2}', function (k, v) { if (k === \"a\") { this.b = new Proxy([7, 8], {}); } return k === \"\" ? JSON.stringify(v) : typeof v === \"number\" ? v * 2 : v; })",
        "{\"a\":2,\"b\":[14,16]}",
    ),
];

pub(super) const STRINGIFIED: &[(&str, &str)] = &[
    (
        "JSON.stringify([undefined, Symbol(), () => 1, NaN, Infinity, -0, 1e21, 1e-7, 123456789012345680000, 0.1, -5, true, null])",
        "[null,null,null,null,null,0,1e+21,1e-7,123456789012345680000,0.1,-5,true,null]",
    ),
    (
        "JSON.stringify({ a: undefined, b: Symbol(), c() {}, d: null, [Symbol(\"x\")]: 1 })",
        "{\"d\":null}",
    ),
    ("JSON.stringify(undefined)", "undefined"),
    ("JSON.stringify(() => 1)", "undefined"),
    ("JSON.stringify(Symbol())", "undefined"),
    ("JSON.stringify()", "undefined"),
    ("JSON.stringify(null)", "null"),
    ("JSON.stringify(\"x\")", "\"x\""),
    (
        "JSON.stringify([new Number(3), new String(\"x\"), new Boolean(false), Object(Symbol()), new Date(0), new Date(NaN), /x/, new Map([[1, 2]]), new Uint8Array([1, 2]), new Error(\"x\")])",
        "[3,\"x\",false,{},\"1970-01-01T00:00:00.000Z\",null,{},{},{\"0\":1,\"1\":2},{}]",
    ),
    (
        "var n = new Number(3); n.valueOf = () => 7; var s = new String(\"x\"); s.toString = () => \"y\"; var b = new Boolean(false); b.valueOf = () => true; JSON.stringify([n, s, b])",
        "[7,\"y\",false]",
    ),
    (
        "JSON.stringify(\"\\ud800 \\udc00 \\ud83d\\ude00 \\udc00\\ud800 \\u2028 \\u007f \\u0000\\b\\t\\n\\f\\r\\u001f\\\"\\\\/ \\u00e9\")",
        "\"\\ud800 \\udc00 \u{1f600} \\udc00\\ud800 \u{2028} \u{7f} \\u0000\\b\\t\\n\\f\\r\\u001f\\\"\\\\/ \u{e9}\"",
    ),
    (
        "JSON.stringify({ \"\\ud800\\\"\\n\\u00e9\\u4e16\": 1, \"\": 2 })",
        "{\"\\ud800\\\"\\n\u{e9}\u{4e16}\":1,\"\":2}",
    ),
    (
        "JSON.stringify({ b: [1, {}, [], { c: 2 }], c: {}, d: [[]] }, null, 2)",
        "{\n  \"b\": [\n    1,\n    {},\n    [],\n    {\n      \"c\": 2\n    }\n  ],\n  \"c\": {},\n  \"d\": [\n    []\n  ]\n}",
    ),
    ("JSON.stringify({ b: [1] }, null, \"\\t\")", "{\n\t\"b\": [\n\t\t1\n\t]\n}"),
    ("JSON.stringify({ b: 1 }, null, 20)", "{\n          \"b\": 1\n}"),
    ("JSON.stringify({ b: 1 }, null, -1)", "{\"b\":1}"),
    ("JSON.stringify({ b: 1 }, null, 3.9)", "{\n   \"b\": 1\n}"),
    ("JSON.stringify({ b: 1 }, null, \"abcdefghijklmnop\")", "{\nabcdefghij\"b\": 1\n}"),
    ("JSON.stringify({ b: 1 }, null, NaN)", "{\"b\":1}"),
    ("JSON.stringify({ b: 1 }, null, Infinity)", "{\n          \"b\": 1\n}"),
    ("JSON.stringify({ b: 1 }, null, true)", "{\"b\":1}"),
    ("JSON.stringify({ b: 1 }, null, new Number(2))", "{\n  \"b\": 1\n}"),
    ("JSON.stringify({ b: 1 }, null, new String(\"--\"))", "{\n--\"b\": 1\n}"),
    ("JSON.stringify({ \"\\u4e16\": 1 }, null, \"\\u754c\")", "{\n\u{754c}\"\u{4e16}\": 1\n}"),
    (
        "JSON.stringify({ a: 1, b: 2, 1: 3, c: { a: 4, z: 5 } }, [\"c\", \"a\", 1, 1, \"c\", new String(\"z\"), new Number(1), {}, null, true])",
        "{\"c\":{\"a\":4,\"z\":5},\"a\":1,\"1\":3}",
    ),
    ("JSON.stringify({ a: 1 }, [])", "{}"),
    ("JSON.stringify([{ a: 1, b: 2 }], new Proxy([\"a\"], {}))", "[{\"a\":1}]"),
    ("JSON.stringify({ a: 1, b: 2 }, { 0: \"a\", length: 1 })", "{\"a\":1,\"b\":2}"),
    ("JSON.stringify(Object.create({ a: 1 }), [\"a\"])", "{\"a\":1}"),
    (
        "JSON.stringify({ a: 1, b: { c: 2 } }, function (k, v) { return k === \"\" ? v : typeof this + k + JSON.stringify(v); })",
        "{\"a\":\"objecta1\",\"b\":\"objectb{\\\"c\\\":2}\"}",
    ),
    (
        "JSON.stringify([1, [2]], (k, v) => typeof v === \"number\" ? { v: String(v) } : v)",
        "[{\"v\":\"1\"},[{\"v\":\"2\"}]]",
    ),
    ("JSON.stringify({ a: 1 }, () => undefined)", "undefined"),
    (
        "JSON.stringify(1, function (k, v) { return Object.keys(this).length + k + this[k]; })",
        "\"11\"",
    ),
    ("JSON.stringify({ toJSON(k) { return \"k\" + k + typeof k; } })", "\"kstring\""),
    (
        "JSON.stringify({ x: [{ toJSON(k) { return \"k\" + k + typeof k; } }], toJSON: 5 })",
        "{\"x\":[\"k0string\"],\"toJSON\":5}",
    ),
    ("JSON.stringify({ a: { toJSON() {} }, b: [{ toJSON() {} }] })", "{\"b\":[null]}"),
    (
        "Array.prototype.toJSON = function () { return \"array\"; }; try { JSON.stringify([[1], { a: [] }]); } finally { delete Array.prototype.toJSON; }",
        "\"array\"",
    ),
    (
        "Object.prototype.toJSON = function () { return \"object\"; }; try { JSON.stringify([1]) + JSON.stringify({}); } finally { delete Object.prototype.toJSON; }",
        "\"object\"\"object\"",
    ),
    (
        "JSON.stringify([{ get a() { Object.prototype.toJSON = () => \"late\"; return 1; } }, {}]) + delete Object.prototype.toJSON",
        "[{\"a\":1},\"late\"]true",
    ),
    (
        "BigInt.prototype.toJSON = function () { return \"big\" + this; }; try { JSON.stringify([1n, Object(2n)]); } finally { delete BigInt.prototype.toJSON; }",
        "[\"big1\",\"big2\"]",
    ),
    ("JSON.stringify(1n)", "TypeError: Do not know how to serialize a BigInt"),
    ("JSON.stringify({ a: [Object(1n)] })", "TypeError: Do not know how to serialize a BigInt"),
    ("JSON.stringify([, 1])", "[null,1]"),
    ("JSON.stringify(Object.assign([1], { x: 1 }))", "[1]"),
    (
        "Array.prototype[0] = \"inherited\"; try { JSON.stringify([, 1]); } finally { delete Array.prototype[0]; }",
        "[\"inherited\",1]",
    ),
    ("JSON.stringify({ b: 1, 2: 1, a: 1, 1: 1 })", "{\"1\":1,\"2\":1,\"b\":1,\"a\":1}"),
    ("JSON.stringify(Object.defineProperty({ b: 1 }, \"a\", { value: 1 }))", "{\"b\":1}"),
    (
        "JSON.stringify(Object.create({ inherited: 1 }, { own: { value: 1, enumerable: true } }))",
        "{\"own\":1}",
    ),
    ("JSON.stringify(Object.create(null, { own: { value: 1, enumerable: true } }))", "{\"own\":1}"),
    ("JSON.stringify(new Proxy([1, 2], {}))", "[1,2]"),
    (
        "JSON.stringify(new Proxy({ a: 1 }, { ownKeys: () => [\"a\", \"b\"], getOwnPropertyDescriptor: (t, k) => ({ value: 1, enumerable: k === \"a\", configurable: true }), get: (t, k) => k === \"toJSON\" ? undefined : \"v\" + String(k) }))",
        "{\"a\":\"va\"}",
    ),
    ("JSON.stringify({ get a() { throw new Error(\"getter\"); } })", "Error: getter"),
    ("JSON.stringify({ a: 1, get b() { delete this.c; return 2; }, c: 3 })", "{\"a\":1,\"b\":2}"),
    (
        "JSON.stringify({ a: 1, get b() { this.d = 4; this.c = 5; return 2; }, c: 3 })",
        "{\"a\":1,\"b\":2,\"c\":5}",
    ),
    (
        "var a = [1, { toJSON() { a.length = 1; return \"x\"; } }, 3]; JSON.stringify(a)",
        "[1,\"x\",null]",
    ),
    ("var a = [1, { toJSON() { a.push(9); return \"x\"; } }, 3]; JSON.stringify(a)", "[1,\"x\",3]"),
    (
        "JSON.stringify({ r: JSON.rawJSON(\"1e1000\"), a: [JSON.rawJSON('\"\\u4e16\"')] })",
        "{\"r\":1e1000,\"a\":[\"\u{4e16}\"]}",
    ),
    (
        "JSON.stringify({ a: 1 }, (k, v) => k === \"\" ? v : JSON.rawJSON(\"12345678901234567890\"))",
        "{\"a\":12345678901234567890}",
    ),
    (
        "JSON.isRawJSON(JSON.rawJSON(\"1\")) + \",\" + JSON.isRawJSON({}) + \",\" + Object.isFrozen(JSON.rawJSON(\"1\")) + Object.getPrototypeOf(JSON.rawJSON(\"1\"))",
        "true,false,truenull",
    ),
    ("JSON.rawJSON(\"\")", "SyntaxError: Invalid value for JSON.rawJSON"),
    ("JSON.rawJSON(\"{}\")", "SyntaxError: Unexpected token '{', \"{}\" is not valid JSON"),
    ("JSON.rawJSON(\"1 \")", "SyntaxError: Invalid value for JSON.rawJSON"),
    ("JSON.rawJSON(\" 1\")", "SyntaxError: Unexpected token ' ', \" 1\" is not valid JSON"),
    ("JSON.rawJSON(\"1 x\")", "SyntaxError: Invalid value for JSON.rawJSON"),
    ("JSON.rawJSON(\"nul\")", "SyntaxError: Unexpected end of JSON input"),
    ("JSON.rawJSON(undefined)", "SyntaxError: \"undefined\" is not valid JSON"),
    ("JSON.stringify((function () { return arguments; })(1, \"a\"))", "{\"0\":1,\"1\":\"a\"}"),
    ("JSON.stringify(Object(\"ab\"))", "\"ab\""),
    ("class A { x = 1; #y = 2; get z() { return 3; } }; JSON.stringify(new A())", "{\"x\":1}"),
    (
        "JSON.stringify({ \"0\": 1, \"-1\": 2, \"1.5\": 3, \"4294967295\": 4, \"4294967294\": 5 })",
        "{\"0\":1,\"4294967294\":5,\"-1\":2,\"1.5\":3,\"4294967295\":4}",
    ),
];

pub(super) const CIRCLES: &[(&str, &str)] = &[
    (
        "var a = {}; a.a = a; JSON.stringify(a)",
        "TypeError: Converting circular structure to JSON\n    --> starting at object with constructor 'Object'\n    --- property 'a' closes the circle",
    ),
    (
        "var a = {}; a.a = { b: [1, a] }; JSON.stringify(a)",
        "TypeError: Converting circular structure to JSON\n    --> starting at object with constructor 'Object'\n    |     property 'a' -> object with constructor 'Object'\n    |     property 'b' -> object with constructor 'Array'\n    --- index 1 closes the circle",
    ),
    (
        "var a = []; a[0] = a; JSON.stringify(a)",
        "TypeError: Converting circular structure to JSON\n    --> starting at object with constructor 'Array'\n    --- index 0 closes the circle",
    ),
    (
        "var a = {}; a.a = { b: { c: { d: { e: { f: a } } } } }; JSON.stringify(a)",
        "TypeError: Converting circular structure to JSON\n    --> starting at object with constructor 'Object'\n    |     property 'a' -> object with constructor 'Object'\n    |     property 'b' -> object with constructor 'Object'\n    |     ...\n    |     property 'e' -> object with constructor 'Object'\n    --- property 'f' closes the circle",
    ),
    (
        "var a = {}; a.z = [{ \"w-x\": a }]; JSON.stringify({ x: { y: a } })",
        "TypeError: Converting circular structure to JSON\n    --> starting at object with constructor 'Object'\n    |     property 'z' -> object with constructor 'Array'\n    |     index 0 -> object with constructor 'Object'\n    --- property 'w-x' closes the circle",
    ),
    (
        "class Foo { constructor() { this.m = new Map(); this.m.x = [this]; } } JSON.stringify({ q: new Foo() })",
        "TypeError: Converting circular structure to JSON\n    --> starting at object with constructor 'Foo'\n    |     property 'm' -> object with constructor 'Map'\n    |     property 'x' -> object with constructor 'Array'\n    --- index 0 closes the circle",
    ),
    (
        "var a = Object.create(null); a.a = a; JSON.stringify(a)",
        "TypeError: Converting circular structure to JSON\n    --> starting at object with constructor 'Object'\n    --- property 'a' closes the circle",
    ),
    (
        "var a = { [Symbol.toStringTag]: \"Tag\" }; a.a = { a }; JSON.stringify(a)",
        "TypeError: Converting circular structure to JSON\n    --> starting at object with constructor 'Tag'\n    |     property 'a' -> object with constructor 'Object'\n    --- property 'a' closes the circle",
    ),
    (
        "var a = { constructor: { name: \"Fake\" } }; a.a = { a }; JSON.stringify(a)",
        "TypeError: Converting circular structure to JSON\n    --> starting at object with constructor 'Object'\n    |     property 'a' -> object with constructor 'Object'\n    --- property 'a' closes the circle",
    ),
    (
        "var a = {}; a[1] = { \"12\": { \"-1\": { \"\": { \"a b\": { \"\\u00fc\": a } } } } }; JSON.stringify(a)",
        "TypeError: Converting circular structure to JSON\n    --> starting at object with constructor 'Object'\n    |     property '1' -> object with constructor 'Object'\n    |     property '12' -> object with constructor 'Object'\n    |     ...\n    |     property 'a b' -> object with constructor 'Object'\n    --- property '\u{fc}' closes the circle",
    ),
    (
        "var a = {}; a.p = new Proxy([a], {}); JSON.stringify(a)",
        "TypeError: Converting circular structure to JSON\n    --> starting at object with constructor 'Object'\n    |     property 'p' -> object with constructor 'Object'\n    --- index 0 closes the circle",
    ),
    (
        "var a = {}; JSON.stringify({ x: 1 }, (k, v) => a.b = a)",
        "TypeError: Converting circular structure to JSON\n    --> starting at object with constructor 'Object'\n    --- property 'b' closes the circle",
    ),
    (
        "var a = [[[]]]; a[0][0][0] = [a]; JSON.stringify(a)",
        "TypeError: Converting circular structure to JSON\n    --> starting at object with constructor 'Array'\n    |     index 0 -> object with constructor 'Array'\n    |     index 0 -> object with constructor 'Array'\n    |     index 0 -> object with constructor 'Array'\n    --- index 0 closes the circle",
    ),
    ("var shared = {}; JSON.stringify([shared, shared, { shared }])", "[{},{},{\"shared\":{}}]"),
    (
        "var a = {}, o = a; for (var i = 0; i < 200; i++) o = o.k = {}; o.z = a; JSON.stringify(a)",
        "TypeError: Converting circular structure to JSON\n    --> starting at object with constructor 'Object'\n    |     property 'k' -> object with constructor 'Object'\n    |     property 'k' -> object with constructor 'Object'\n    |     ...\n    |     property 'k' -> object with constructor 'Object'\n    --- property 'z' closes the circle",
    ),
    (
        "var a = {}, o = a; for (var i = 0; i < 200; i++) o = o.k = {}; o.z = o; JSON.stringify(a)",
        "TypeError: Converting circular structure to JSON\n    --> starting at object with constructor 'Object'\n    --- property 'z' closes the circle",
    ),
    (
        "var a = {}; a.toJSON = function () { return { a: this }; }; JSON.stringify(a)",
        "RangeError: Maximum call stack size exceeded",
    ),
];
