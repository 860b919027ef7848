//! Which of the language's own functions a native frame is.
//!
//! The engine tells a native function's bare name (`map`); V8 shows the class too (`Array.map`).
//! Names that several classes share are given to the one that programs call most; V8 would tell
//! `Map.forEach` from `Array.forEach`.

/// Class, and the functions that belong to it.
const CLASSES: &[(&str, &[&str])] = &[
    (
        "Array",
        &[
            "at",
            "concat",
            "copyWithin",
            "every",
            "fill",
            "filter",
            "find",
            "findIndex",
            "findLast",
            "findLastIndex",
            "flat",
            "flatMap",
            "forEach",
            "from",
            "fromAsync",
            "includes",
            "indexOf",
            "isArray",
            "join",
            "lastIndexOf",
            "map",
            "of",
            "pop",
            "push",
            "reduce",
            "reduceRight",
            "reverse",
            "shift",
            "slice",
            "some",
            "sort",
            "splice",
            "toReversed",
            "toSorted",
            "toSpliced",
            "unshift",
            "with",
        ],
    ),
    ("ArrayBuffer", &["isView", "resize", "transfer", "transferToFixedLength"]),
    (
        "Atomics",
        &[
            "compareExchange",
            "exchange",
            "isLockFree",
            "load",
            "notify",
            "store",
            "wait",
            "waitAsync",
        ],
    ),
    ("BigInt", &["asIntN", "asUintN"]),
    (
        "DataView",
        &[
            "getBigInt64",
            "getBigUint64",
            "getFloat32",
            "getFloat64",
            "getInt16",
            "getInt32",
            "getInt8",
            "getUint16",
            "getUint32",
            "getUint8",
            "setBigInt64",
            "setBigUint64",
            "setFloat32",
            "setFloat64",
            "setInt16",
            "setInt32",
            "setInt8",
            "setUint16",
            "setUint32",
            "setUint8",
        ],
    ),
    (
        "Date",
        &[
            "UTC",
            "getTime",
            "getTimezoneOffset",
            "setDate",
            "setFullYear",
            "setHours",
            "setMilliseconds",
            "setMinutes",
            "setMonth",
            "setSeconds",
            "setTime",
            "toDateString",
            "toISOString",
            "toJSON",
            "toTimeString",
            "toUTCString",
        ],
    ),
    ("FinalizationRegistry", &["register", "unregister"]),
    ("Iterator", &["drop", "take", "toArray"]),
    ("JSON", &["isRawJSON", "parse", "rawJSON", "stringify"]),
    ("Map", &["clear", "delete", "get", "getOrInsert", "getOrInsertComputed", "has", "set"]),
    (
        "Math",
        &[
            "abs", "acos", "acosh", "asin", "asinh", "atan", "atan2", "atanh", "cbrt", "ceil",
            "clz32", "cos", "cosh", "exp", "expm1", "floor", "fround", "hypot", "imul", "log10",
            "log1p", "log2", "max", "min", "pow", "round", "sign", "sin", "sinh", "sqrt", "tan",
            "tanh", "trunc",
        ],
    ),
    ("Number", &["toExponential", "toFixed", "toPrecision"]),
    (
        "Object",
        &[
            "__defineGetter__",
            "__defineSetter__",
            "__lookupGetter__",
            "__lookupSetter__",
            "assign",
            "create",
            "defineProperties",
            "defineProperty",
            "entries",
            "freeze",
            "fromEntries",
            "getOwnPropertyDescriptor",
            "getOwnPropertyDescriptors",
            "getOwnPropertyNames",
            "getOwnPropertySymbols",
            "getPrototypeOf",
            "groupBy",
            "hasOwn",
            "hasOwnProperty",
            "is",
            "isExtensible",
            "isFrozen",
            "isPrototypeOf",
            "isSealed",
            "keys",
            "preventExtensions",
            "propertyIsEnumerable",
            "seal",
            "setPrototypeOf",
            "toLocaleString",
            "toString",
            "valueOf",
            "values",
        ],
    ),
    (
        "Promise",
        &[
            "all",
            "allSettled",
            "any",
            "catch",
            "finally",
            "race",
            "reject",
            "resolve",
            "then",
            "try",
            "withResolvers",
        ],
    ),
    ("Proxy", &["revocable"]),
    ("Reflect", &["construct", "deleteProperty", "ownKeys"]),
    ("RegExp", &["compile", "exec", "test"]),
    (
        "Set",
        &[
            "add",
            "difference",
            "intersection",
            "isDisjointFrom",
            "isSubsetOf",
            "isSupersetOf",
            "symmetricDifference",
            "union",
        ],
    ),
    (
        "String",
        &[
            "anchor",
            "charAt",
            "charCodeAt",
            "codePointAt",
            "endsWith",
            "fromCharCode",
            "fromCodePoint",
            "isWellFormed",
            "localeCompare",
            "match",
            "matchAll",
            "normalize",
            "padEnd",
            "padStart",
            "raw",
            "repeat",
            "replace",
            "replaceAll",
            "search",
            "split",
            "startsWith",
            "substr",
            "substring",
            "toLowerCase",
            "toUpperCase",
            "toWellFormed",
            "trim",
            "trimEnd",
            "trimStart",
        ],
    ),
    ("Symbol", &["for", "keyFor"]),
    ("TypedArray", &["subarray"]),
    ("WeakRef", &["deref"]),
];

/// Functions of the language that belong to no class.
const GLOBALS: &[&str] = &[
    "AggregateError",
    "Array",
    "ArrayBuffer",
    "BigInt",
    "BigInt64Array",
    "BigUint64Array",
    "Boolean",
    "DataView",
    "Date",
    "Error",
    "EvalError",
    "Float32Array",
    "Float64Array",
    "Function",
    "Int16Array",
    "Int32Array",
    "Int8Array",
    "Iterator",
    "Map",
    "Number",
    "Object",
    "Promise",
    "Proxy",
    "RangeError",
    "ReferenceError",
    "RegExp",
    "Set",
    "SharedArrayBuffer",
    "String",
    "Symbol",
    "SyntaxError",
    "TypeError",
    "URIError",
    "Uint16Array",
    "Uint32Array",
    "Uint8Array",
    "Uint8ClampedArray",
    "WeakMap",
    "WeakRef",
    "WeakSet",
    "decodeURI",
    "decodeURIComponent",
    "encodeURI",
    "encodeURIComponent",
    "isFinite",
    "isNaN",
    "parseFloat",
    "parseInt",
];

/// Functions whose frames V8 does not show.
const HIDDEN: &[&str] = &["apply", "bind", "call", "eval"];

/// What a bare native name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NativeName {
    /// A function of the class.
    Of(&'static str),
    /// A function of the language that belongs to no class.
    Global,
    /// A frame that is not shown.
    Hidden,
    /// None of the language's: one of our own modules'.
    Ours,
}

/// Looks a bare native name up.
pub(super) fn lookup(name: &str) -> NativeName {
    if HIDDEN.contains(&name) || name.starts_with("[Symbol.") {
        return NativeName::Hidden;
    }
    if GLOBALS.contains(&name) {
        return NativeName::Global;
    }
    CLASSES
        .iter()
        .find(|(_, functions)| functions.contains(&name))
        .map_or(NativeName::Ours, |&(class, _)| NativeName::Of(class))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_one_meaning() {
        assert_eq!(lookup("map"), NativeName::Of("Array"));
        assert_eq!(lookup("stringify"), NativeName::Of("JSON"));
        assert_eq!(lookup("Map"), NativeName::Global);
        assert_eq!(lookup("apply"), NativeName::Hidden);
        assert_eq!(lookup("[Symbol.replace]"), NativeName::Hidden);
        assert_eq!(lookup("emit"), NativeName::Ours);
    }

    #[test]
    fn no_name_stands_twice() {
        let mut names: Vec<_> = CLASSES.iter().flat_map(|(_, names)| names.iter()).collect();
        names.extend(GLOBALS);
        names.extend(HIDDEN);
        let all = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all);
    }
}
