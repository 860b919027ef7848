//! Typed arrays as Node has them.

mod tables;

use super::super::expressions::{check, context, evaluated};

#[test]
fn fills_as_node_does() {
    check(tables::FILLED);
}

#[test]
fn searches_as_node_does() {
    check(tables::SEARCHED);
}

#[test]
fn orders_as_node_does() {
    check(tables::ORDERED);
}

#[test]
fn what_is_no_typed_array_in_bounds_throws() {
    let context = &mut context();
    evaluated(
        "var TypedArray = Object.getPrototypeOf(Uint8Array);
         var detached = new Uint8Array(4); lose(detached);
         function lose(array) { array.buffer.transfer(); }",
        context,
    );
    for method in ["fill", "indexOf", "lastIndexOf", "includes", "reverse", "sort"] {
        for this in ["[]", "detached", "undefined", "{}"] {
            let source = format!("TypedArray.prototype.{method}.call({this}, 1)");
            let answer = evaluated(&source, context);
            assert!(answer.starts_with("TypeError"), "{source}: {answer}");
        }
    }
    let source = "var lost = new Uint8Array(4);
        lost.fill({ valueOf() { lost.buffer.transfer(); return 1; } })";
    assert!(evaluated(source, context).starts_with("TypeError"));
}
