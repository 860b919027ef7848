//! What Node 25.8.1 answers: `String(result)` of each expression, or what it throws.

pub(super) const EXECUTED: &[(&str, &str)] = &[
    (
        "((m) => m && JSON.stringify([...m]) + m.index + m.input + JSON.stringify(m.groups) + JSON.stringify(m.indices) + JSON.stringify(m.indices && m.indices.groups) + Object.keys(m))(/b(c)?/.exec(\"abd\"))",
        "[\"b\",null]1abdundefinedundefinedundefined0,1,index,input,groups",
    ),
    (
        "((m) => m && JSON.stringify([...m]) + m.index + m.input + JSON.stringify(m.groups) + JSON.stringify(m.indices) + JSON.stringify(m.indices && m.indices.groups) + Object.keys(m))(/(?<x>b)(?<y>z)?/.exec(\"abd\"))",
        "[\"b\",\"b\",null]1abd{\"x\":\"b\"}undefinedundefined0,1,2,index,input,groups",
    ),
    (
        "((m) => m && JSON.stringify([...m]) + m.index + m.input + JSON.stringify(m.groups) + JSON.stringify(m.indices) + JSON.stringify(m.indices && m.indices.groups) + Object.keys(m))(/(?<x>b)(c)?/d.exec(\"abd\"))",
        "[\"b\",\"b\",null]1abd{\"x\":\"b\"}[[1,2],[1,2],null]{\"x\":[1,2]}0,1,2,index,input,groups,indices",
    ),
    (
        "((m) => m && JSON.stringify([...m]) + m.index + m.input + JSON.stringify(m.groups) + JSON.stringify(m.indices) + JSON.stringify(m.indices && m.indices.groups) + Object.keys(m))(/(b)(c)?/d.exec(\"abd\"))",
        "[\"b\",\"b\",null]1abdundefined[[1,2],[1,2],null]undefined0,1,2,index,input,groups,indices",
    ),
    (
        "((m) => m && JSON.stringify([...m]) + m.index + m.input + JSON.stringify(m.groups) + JSON.stringify(m.indices) + JSON.stringify(m.indices && m.indices.groups) + Object.keys(m))(/x/.exec(\"abd\"))",
        "null",
    ),
    (
        "((m) => m && JSON.stringify([...m]) + m.index + m.input + JSON.stringify(m.groups) + JSON.stringify(m.indices) + JSON.stringify(m.indices && m.indices.groups) + Object.keys(m))(/\\u4e16/.exec(\"a\\u4e16\"))",
        "[\"\u{4e16}\"]1a\u{4e16}undefinedundefinedundefined0,index,input,groups",
    ),
    (
        "((m) => m && JSON.stringify([...m]) + m.index + m.input + JSON.stringify(m.groups) + JSON.stringify(m.indices) + JSON.stringify(m.indices && m.indices.groups) + Object.keys(m))(/./u.exec(\"\\ud83d\\ude00\"))",
        "[\"\u{1f600}\"]0\u{1f600}undefinedundefinedundefined0,index,input,groups",
    ),
    (
        "((m) => m && JSON.stringify([...m]) + m.index + m.input + JSON.stringify(m.groups) + JSON.stringify(m.indices) + JSON.stringify(m.indices && m.indices.groups) + Object.keys(m))(/./.exec(\"\\ud83d\\ude00\"))",
        "[\"\\ud83d\"]0\u{1f600}undefinedundefinedundefined0,index,input,groups",
    ),
    (
        "((m) => m && JSON.stringify([...m]) + m.index + m.input + JSON.stringify(m.groups) + JSON.stringify(m.indices) + JSON.stringify(m.indices && m.indices.groups) + Object.keys(m))(/[^]/v.exec(\"\\ud83d\\ude00x\"))",
        "[\"\u{1f600}\"]0\u{1f600}xundefinedundefinedundefined0,index,input,groups",
    ),
    (
        "((m) => m && JSON.stringify([...m]) + m.index + m.input + JSON.stringify(m.groups) + JSON.stringify(m.indices) + JSON.stringify(m.indices && m.indices.groups) + Object.keys(m))(/a\\/b/.exec(\"xa/b\"))",
        "[\"a/b\"]1xa/bundefinedundefinedundefined0,index,input,groups",
    ),
    (
        "((m) => m && JSON.stringify([...m]) + m.index + m.input + JSON.stringify(m.groups) + JSON.stringify(m.indices) + JSON.stringify(m.indices && m.indices.groups) + Object.keys(m))(/[/]\\\\/.exec(\"x/\\\\b\"))",
        "[\"/\\\\\"]1x/\\bundefinedundefinedundefined0,index,input,groups",
    ),
    (
        "((m) => m && JSON.stringify([...m]) + m.index + m.input + JSON.stringify(m.groups) + JSON.stringify(m.indices) + JSON.stringify(m.indices && m.indices.groups) + Object.keys(m))(new RegExp(\"a/b\").exec(\"a/b\"))",
        "[\"a/b\"]0a/bundefinedundefinedundefined0,index,input,groups",
    ),
    (
        "((m) => m && JSON.stringify([...m]) + m.index + m.input + JSON.stringify(m.groups) + JSON.stringify(m.indices) + JSON.stringify(m.indices && m.indices.groups) + Object.keys(m))(new RegExp(\"\").exec(\"abc\"))",
        "[\"\"]0abcundefinedundefinedundefined0,index,input,groups",
    ),
    (
        "((m) => m && JSON.stringify([...m]) + m.index + m.input + JSON.stringify(m.groups) + JSON.stringify(m.indices) + JSON.stringify(m.indices && m.indices.groups) + Object.keys(m))(new RegExp(\"a\\nb\").exec(\"a\\nb\"))",
        "[\"a\\nb\"]0a\nbundefinedundefinedundefined0,index,input,groups",
    ),
    (
        "((m) => m && JSON.stringify([...m]) + m.index + m.input + JSON.stringify(m.groups) + JSON.stringify(m.indices) + JSON.stringify(m.indices && m.indices.groups) + Object.keys(m))(/\u{c9}/i.exec(\"\u{e9}\"))",
        "[\"\u{e9}\"]0\u{e9}undefinedundefinedundefined0,index,input,groups",
    ),
    (
        "((m) => m && JSON.stringify([...m]) + m.index + m.input + JSON.stringify(m.groups) + JSON.stringify(m.indices) + JSON.stringify(m.indices && m.indices.groups) + Object.keys(m))(/^b/m.exec(\"a\\nb\"))",
        "[\"b\"]2a\nbundefinedundefinedundefined0,index,input,groups",
    ),
    (
        "((m) => m && JSON.stringify([...m]) + m.index + m.input + JSON.stringify(m.groups) + JSON.stringify(m.indices) + JSON.stringify(m.indices && m.indices.groups) + Object.keys(m))(/a.b/s.exec(\"a\\nb\"))",
        "[\"a\\nb\"]0a\nbundefinedundefinedundefined0,index,input,groups",
    ),
    (
        "((m) => m && JSON.stringify([...m]) + m.index + m.input + JSON.stringify(m.groups) + JSON.stringify(m.indices) + JSON.stringify(m.indices && m.indices.groups) + Object.keys(m))(/(a)|(b)/.exec(\"b\"))",
        "[\"b\",null,\"b\"]0bundefinedundefinedundefined0,1,2,index,input,groups",
    ),
    (
        "((m) => m && JSON.stringify([...m]) + m.index + m.input + JSON.stringify(m.groups) + JSON.stringify(m.indices) + JSON.stringify(m.indices && m.indices.groups) + Object.keys(m))(/(?<=\\$)\\d+/.exec(\"cost $42\"))",
        "[\"42\"]6cost $42undefinedundefinedundefined0,index,input,groups",
    ),
    (
        "((m) => m && JSON.stringify([...m]) + m.index + m.input + JSON.stringify(m.groups) + JSON.stringify(m.indices) + JSON.stringify(m.indices && m.indices.groups) + Object.keys(m))(/(\\w)\\1/.exec(\"abccd\"))",
        "[\"cc\",\"c\"]2abccdundefinedundefinedundefined0,1,index,input,groups",
    ),
    (
        "((m) => m && JSON.stringify([...m]) + m.index + m.input + JSON.stringify(m.groups) + JSON.stringify(m.indices) + JSON.stringify(m.indices && m.indices.groups) + Object.keys(m))(/undefined/.exec())",
        "[\"undefined\"]0undefinedundefinedundefinedundefined0,index,input,groups",
    ),
    (
        "((m) => m && JSON.stringify([...m]) + m.index + m.input + JSON.stringify(m.groups) + JSON.stringify(m.indices) + JSON.stringify(m.indices && m.indices.groups) + Object.keys(m))(/1/.exec(21))",
        "[\"1\"]121undefinedundefinedundefined0,index,input,groups",
    ),
    (
        "(() => { const r = /a/g, out = []; let m; while ((m = r.exec(\"abaca\"))) out.push(m.index, r.lastIndex); out.push(r.lastIndex); return out.join(); })()",
        "0,1,2,3,4,5,0",
    ),
    (
        "(() => { const r = /a/y, out = []; let m; for (const at of [0, 1, 2, 9, -1, 1.9]) { r.lastIndex = at; m = r.exec(\"aba\"); out.push(m && m.index, r.lastIndex); } return out.join(); })()",
        "0,1,,0,2,3,,0,0,1,,0",
    ),
    (
        "(() => { const r = /a/; r.lastIndex = 2; const m = r.exec(\"aaa\"); return m.index + \",\" + r.lastIndex; })()",
        "0,2",
    ),
    (
        "(() => { const r = /a*/g, out = []; for (let i = 0; i < 5; i++) { const m = r.exec(\"baa\"); out.push(m && m[0], m && m.index, r.lastIndex); } return out.join(); })()",
        ",0,0,,0,0,,0,0,,0,0,,0,0",
    ),
    (
        "(() => { const r = /x/g; r.lastIndex = 1; return [r.test(\"ax\"), r.lastIndex, r.test(\"ax\"), r.lastIndex].join(); })()",
        "true,2,false,0",
    ),
    (
        "(() => { const r = Object.freeze(/x/g); r.test(\"x\"); })()",
        "TypeError: Cannot assign to read only property 'lastIndex' of object '[object RegExp]'",
    ),
    ("(() => { const r = Object.freeze(/x/); return r.test(\"x\"); })()", "true"),
    (
        "(() => { const r = /a/g; r.lastIndex = { valueOf() { return 2; } }; return r.exec(\"aaa\").index; })()",
        "2",
    ),
    (
        "(() => { const r = /a/; r.exec = () => ({ index: 7, 0: \"own\" }); return r.test(\"zzz\") + \",\" + \"zzz\".search(r) + JSON.stringify(\"zzz\".match(r)); })()",
        "true,7{\"0\":\"own\",\"index\":7}",
    ),
    (
        "(() => { class R extends RegExp { exec(s) { const m = super.exec(s); if (m) m[0] = \"<\" + m[0] + \">\"; return m; } } return \"abab\".replace(new R(\"a\"), (m) => m + \"!\") + JSON.stringify(\"abab\".match(new R(\"b\", \"g\"))); })()",
        "<a>!b[\"<b>\",\"<b>\"]",
    ),
    (
        "(() => { const r = /a/; r.compile(\"b\", \"g\"); return r.exec(\"ab\").index + r.flags + \"xbxb\".replace(r, \"-\"); })()",
        "1gx-x-",
    ),
    (
        "(() => { const r = /a/; r.exec(\"a\"); r.compile(\"b\"); return r.exec(\"ab\").index; })()",
        "1",
    ),
    ("/a/.exec(Symbol())", "TypeError: Cannot convert a Symbol value to a string"),
    ("RegExp.prototype.test.call({ exec() { return { }; } }, \"x\")", "true"),
    ("RegExp.prototype.test.call({ exec() { return null; } }, \"x\")", "false"),
    (
        "(() => { let s = \"\"; for (const m of \"a1b22\".matchAll(/[a-z](\\d+)/g)) s += m[0] + m[1] + m.index; return s; })()",
        "a110b22222",
    ),
    (
        "[\"exec\", \"test\", \"compile\", Symbol.match, Symbol.replace, Symbol.search, Symbol.split].map((k) => RegExp.prototype[k].name + RegExp.prototype[k].length + Object.getOwnPropertyDescriptor(RegExp.prototype, k).enumerable).join()",
        "exec1false,test1false,compile2false,[Symbol.match]1false,[Symbol.replace]2false,[Symbol.search]1false,[Symbol.split]2false",
    ),
];

pub(super) const MATCHED: &[(&str, &str)] = &[
    ("JSON.stringify(\"abcabc\".match(/b/))", "[\"b\"]"),
    ("JSON.stringify(\"abcabc\".match(/b/g))", "[\"b\",\"b\"]"),
    ("JSON.stringify(\"abcabc\".match(/x/g))", "null"),
    ("JSON.stringify(\"abc\".match(/(?:)/g))", "[\"\",\"\",\"\",\"\"]"),
    ("JSON.stringify(\"\\ud83d\\ude00\".match(/(?:)/g))", "[\"\",\"\",\"\"]"),
    ("JSON.stringify(\"\\ud83d\\ude00\".match(/(?:)/gu))", "[\"\",\"\"]"),
    ("JSON.stringify(\"aab\".match(/a|/g))", "[\"a\",\"a\",\"\",\"\"]"),
    ("JSON.stringify(\"aaba\".match(/a/gy))", "[\"a\",\"a\"]"),
    ("JSON.stringify(\"\\u4e16a\\u4e16\".match(/\\u4e16/g))", "[\"\u{4e16}\",\"\u{4e16}\"]"),
    ("JSON.stringify(\"abc\".match(\"b\"))", "[\"b\"]"),
    ("JSON.stringify(\"abc\".match())", "[\"\"]"),
    ("JSON.stringify(\"x\".match(null))", "null"),
    ("\"abc\".search(/c/)", "2"),
    ("\"abc\".search(/x/)", "-1"),
    ("\"abc\".search(/c/g)", "2"),
    ("\"abc\".search(/c/y)", "-1"),
    (
        "(() => { const r = /c/g; r.lastIndex = 5; return \"abc\".search(r) + \",\" + r.lastIndex; })()",
        "2,5",
    ),
    (
        "(() => { const r = /b/g; r.lastIndex = 3; return JSON.stringify(\"abcb\".match(r)) + r.lastIndex; })()",
        "[\"b\",\"b\"]0",
    ),
    ("\"abc\".search(\"b\")", "1"),
    (
        "(() => { const r = Object.freeze(/b/g); return \"abc\".match(r); })()",
        "TypeError: Cannot assign to read only property 'lastIndex' of object '[object RegExp]'",
    ),
    ("\"abcd\".search(/(?<=b)c/)", "2"),
];

pub(super) const REPLACED: &[(&str, &str)] = &[
    ("\"abcabc\".replace(/b/, \"x\")", "axcabc"),
    ("\"abcabc\".replace(/b/g, \"x\")", "axcaxc"),
    ("\"abc\".replace(/x/g, \"y\")", "abc"),
    ("\"abc\".replace(/(?:)/g, \"-\")", "-a-b-c-"),
    ("\"\\ud83d\\ude00\".replace(/(?:)/g, \"-\").length", "5"),
    ("\"\\ud83d\\ude00\".replace(/(?:)/gu, \"-\").length", "4"),
    ("\"aab\".replace(/a|/g, \"x\")", "xxxbx"),
    ("\"aaba\".replace(/a/gy, \"x\")", "xxba"),
    ("\"aaba\".replace(/a/y, \"x\")", "xaba"),
    ("\"john smith\".replace(/(\\w+)\\s(\\w+)/, \"$2, $1\")", "smith, john"),
    (
        "\"abc\".replace(/(b)/, \"[$1][$01][$10][$2][$0][$00][$&][$`][$'][$$][$<x>]\")",
        "a[b][b][b0][$2][$0][$00][b][a][c][$][$<x>]c",
    ),
    ("\"abc\".replace(/(?<x>b)/, \"[$<x>][$<y>][$<x][$1]\")", "a[b][][$<x][b]c"),
    ("\"abc\".replace(/(b)(x)?/, \"[$1$2$3]\")", "a[b$3]c"),
    (
        "\"abcdefghijklm\".replace(/(a)(b)(c)(d)(e)(f)(g)(h)(i)(j)(k)/, \"$11-$10-$1-$12\")",
        "k-j-a-a2lm",
    ),
    ("\"abc\".replace(/b/, \"$\")", "a$c"),
    ("\"abc\".replace(/b/, \"$$$\")", "a$$c"),
    (
        "\"abcb\".replace(/(?<x>b)/g, (...a) => JSON.stringify(a))",
        "a[\"b\",\"b\",1,\"abcb\",{\"x\":\"b\"}]c[\"b\",\"b\",3,\"abcb\",{\"x\":\"b\"}]",
    ),
    (
        "\"abcb\".replace(/b(x)?/g, function (...a) { return JSON.stringify(a) + (this === undefined || this === globalThis); })",
        "a[\"b\",null,1,\"abcb\"]truec[\"b\",null,3,\"abcb\"]true",
    ),
    ("\"abc\".replaceAll(/b/g, \"x\")", "axc"),
    ("\"a.b.c\".replaceAll(\".\", \"$&$&\")", "a..b..c"),
    ("\"abc\".replace(/b/, { toString() { return \"$&!\"; } })", "ab!c"),
    ("\"abc\".replace(/b/, () => ({}))", "a[object Object]c"),
    ("\"abc\".replace(/b/, undefined)", "aundefinedc"),
    ("\"abc\".replace(/b/g, () => \"$&\")", "a$&c"),
    (
        "(() => { const r = /b/g; r.lastIndex = 3; const s = \"abcb\".replace(r, \"x\"); return s + r.lastIndex; })()",
        "axcx0",
    ),
    (
        "(() => { const r = /b/g; const out = \"abcb\".replace(r, () => { r.lastIndex = 1; return \"x\"; }); return out + r.lastIndex; })()",
        "axcx1",
    ),
    ("\"\\u4e16a\\u4e16\".replace(/a/, \"\\u754c\")", "\u{4e16}\u{754c}\u{4e16}"),
    ("\"aXbX\".replace(/x/gi, (m, at, s) => m + at + s.length)", "aX14bX34"),
    ("\"a\\nb\\r\\nc\".replace(/\\r?\\n/g, \"|\")", "a|b|c"),
    ("\"abc\".replace(/b/, Symbol())", "TypeError: Cannot convert a Symbol value to a string"),
    (
        "(() => { const o = RegExp.prototype.exec; RegExp.prototype.exec = () => null; try { return \"abc\".replace(/b/g, \"x\"); } finally { RegExp.prototype.exec = o; } })()",
        "abc",
    ),
    (
        "(() => { const d = Object.getOwnPropertyDescriptor(RegExp.prototype, \"flags\"); Object.defineProperty(RegExp.prototype, \"flags\", { get() { return \"\"; }, configurable: true }); try { return \"abab\".replace(/b/g, \"x\"); } finally { Object.defineProperty(RegExp.prototype, \"flags\", d); } })()",
        "axab",
    ),
    ("\"aBc\".replace(/[A-Z]/g, (c) => \"_\" + c.toLowerCase())", "a_bc"),
    (
        "\"tel: 555-1234\".replace(/\\d{3}-\\d{4}/, (m) => m.split(\"-\").reverse().join(\"-\"))",
        "tel: 1234-555",
    ),
];

pub(super) const SPLIT: &[(&str, &str)] = &[
    ("JSON.stringify(\"a,b;c\".split(/[,;]/))", "[\"a\",\"b\",\"c\"]"),
    ("JSON.stringify(\"a,b;c\".split(/([,;])/))", "[\"a\",\",\",\"b\",\";\",\"c\"]"),
    ("JSON.stringify(\"abc\".split(/(?:)/))", "[\"a\",\"b\",\"c\"]"),
    ("JSON.stringify(\"\".split(/(?:)/))", "[]"),
    ("JSON.stringify(\"\".split(/a/))", "[\"\"]"),
    ("JSON.stringify(\"abc\".split(/b/, 1))", "[\"a\"]"),
    ("JSON.stringify(\"abc\".split(/(b)/, 2))", "[\"a\",\"b\"]"),
    ("JSON.stringify(\"abc\".split(/b/, 0))", "[]"),
    ("JSON.stringify(\"aabb\".split(/a*/))", "[\"\",\"b\",\"b\"]"),
    ("JSON.stringify(\"abc\".split(/c/))", "[\"ab\",\"\"]"),
    ("JSON.stringify(\"abc\".split(/a/))", "[\"\",\"bc\"]"),
    ("JSON.stringify(\"abc\".split(/x/))", "[\"abc\"]"),
    ("JSON.stringify(\"a1b2c3\".split(/\\d/))", "[\"a\",\"b\",\"c\",\"\"]"),
    (
        "JSON.stringify(\"A<B>bold</B>and<CODE>coded</CODE>\".split(/<(\\/)?([^<>]+)>/))",
        "[\"A\",null,\"B\",\"bold\",\"/\",\"B\",\"and\",null,\"CODE\",\"coded\",\"/\",\"CODE\",\"\"]",
    ),
    ("JSON.stringify(\"\\ud83d\\ude00\".split(/(?:)/u))", "[\"\u{1f600}\"]"),
    ("JSON.stringify(\"\\ud83d\\ude00\".split(/(?:)/))", "[\"\\ud83d\",\"\\ude00\"]"),
    ("JSON.stringify(\"a\\r\\nb\\nc\".split(/\\r?\\n/))", "[\"a\",\"b\",\"c\"]"),
    ("JSON.stringify(\"aab\".split(/(?=b)/))", "[\"aa\",\"b\"]"),
    ("JSON.stringify(\"abcb\".split(/b/g))", "[\"a\",\"c\",\"\"]"),
    ("JSON.stringify(\"abcb\".split(/b/y))", "[\"a\",\"c\",\"\"]"),
    ("JSON.stringify(\"abcb\".split(/B/i))", "[\"a\",\"c\",\"\"]"),
    ("JSON.stringify(\"a b  c\".split(/ +/))", "[\"a\",\"b\",\"c\"]"),
    ("JSON.stringify(\"abc\".split(/$/))", "[\"abc\"]"),
    ("JSON.stringify(\"a\\nb\".split(/^/m))", "[\"a\\n\",\"b\"]"),
    ("JSON.stringify(\"abc\".split(/(?<=b)/))", "[\"ab\",\"c\"]"),
    ("JSON.stringify(\"aXbXc\".split(/x/i, -1))", "[\"a\",\"b\",\"c\"]"),
    ("JSON.stringify(\"a,b\".split(/,/, { valueOf() { return 1; } }))", "[\"a\"]"),
    ("JSON.stringify(\"ab\".split(/(a)|b/))", "[\"\",\"a\",\"\",null,\"\"]"),
    ("JSON.stringify(\"test\".split(/(?:)/, -1))", "[\"t\",\"e\",\"s\",\"t\"]"),
    ("(() => { const r = /b/g; r.lastIndex = 2; \"abcb\".split(r); return r.lastIndex; })()", "2"),
    (
        "(() => { class R extends RegExp { static get [Symbol.species]() { return function (r, f) { return new RegExp(\"c\", f); }; } } return \"abcd\".split(new R(\"b\")).join(\"|\"); })()",
        "ab|d",
    ),
    (
        "(() => { const r = /b/; r.constructor = function () { return { exec() { return null; }, set lastIndex(x) {} }; }; return \"abc\".split(r).join(\"|\"); })()",
        "a|c",
    ),
];
