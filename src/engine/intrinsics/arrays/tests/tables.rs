//! What Node 25.8.1 answers: `String(result)` of each expression, or what it throws.

pub(super) const JOINED: &[(&str, &str)] = &[
    ("JSON.stringify([1, [2, [3, null]], undefined, null, 'x'].join())", "\"1,2,3,,,,x\""),
    ("JSON.stringify([1, 2].join(undefined))", "\"1,2\""),
    ("JSON.stringify([1, 2].join(null))", "\"1null2\""),
    ("JSON.stringify((() => { const a = [1]; a.push(a, [a]); return a.join() })())", "\"1,,\""),
    (
        "JSON.stringify((() => { const a = [1]; const b = [a]; a.push(b); return a.join('-') + '|' + b.join('-') })())",
        "\"1-|1,\"",
    ),
    ("JSON.stringify([, 1, ,].join())", "\",1,\""),
    ("JSON.stringify(Array.prototype.join.call({ length: 2, 0: 'a', 1: 'b' }, '-'))", "\"a-b\""),
    ("JSON.stringify(Array.prototype.join.call('abc', '-'))", "\"a-b-c\""),
    (
        "JSON.stringify(Array.prototype.join.call(null))",
        "TypeError: Cannot convert undefined or null to object",
    ),
    (
        "JSON.stringify(Array.prototype.join.call(undefined))",
        "TypeError: Cannot convert undefined or null to object",
    ),
    ("JSON.stringify([Symbol()].join())", "TypeError: Cannot convert a Symbol value to a string"),
    ("JSON.stringify([1n, -0, 1e21].join())", "\"1,0,1e+21\""),
    ("JSON.stringify(Array.prototype.join.call({ length: -1 }))", "\"\""),
    ("JSON.stringify(Array.prototype.join.length + Array.prototype.join.name)", "\"1join\""),
    (
        "JSON.stringify((() => { const a = [1, { toString() { a.length = 2; return 'z' } }, 3, 4]; return a.join() })())",
        "\"1,z,,\"",
    ),
    ("JSON.stringify([[]].join() === '')", "true"),
    ("JSON.stringify([].join.call({ length: 3 }))", "\",,\""),
];
