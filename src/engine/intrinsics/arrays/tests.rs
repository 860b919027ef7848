//! Arrays as Node has them.

mod tables;

use super::super::expressions::{check, context, evaluated};

#[test]
fn joins_as_node_does() {
    check(tables::JOINED);
}

#[test]
fn too_long_joins_throw() {
    let context = &mut context();
    for source in [
        "new Array(2 ** 30).join('a')",
        "new Array(1026).join('a'.repeat(2 ** 19))",
        "[].join.call({ length: 2 ** 53 - 1 })",
    ] {
        assert_eq!(evaluated(source, context), "RangeError: Invalid string length", "{source}");
    }
}

#[test]
fn nested_joins_do_not_end_the_process() {
    for last in ["String(nest)", "nest.flat(Infinity)", "nest.flat(2 ** 40)"] {
        let nest = "let nest = []; for (let i = 0; i < 200000; i++) nest = [nest];";
        let run = move || evaluated(&format!("{nest} {last}"), &mut context());
        let thread = std::thread::Builder::new().stack_size(256 << 20).spawn(run);
        let result = thread.expect("a thread starts").join().expect("the thread does not panic");
        assert_eq!(result, "RangeError: Maximum call stack size exceeded", "{last}");
    }
}

#[test]
fn flattens_as_deep_as_asked() {
    for (source, expected) in [
        ("JSON.stringify([1, [2, [3, [4]]]].flat())", "[1,2,[3,[4]]]"),
        ("JSON.stringify([1, [2, [3, [4]]]].flat(Infinity))", "[1,2,3,4]"),
        ("JSON.stringify([1, [2, [3, [4]]]].flat('2'))", "[1,2,3,[4]]"),
        ("JSON.stringify([1, [2]].flat(-Infinity))", "[1,[2]]"),
        ("[].flat.length + [].flat.name", "0flat"),
    ] {
        assert_eq!(evaluated(source, &mut context()), expected, "{source}");
    }
}
