//! Regular expressions as Node has them.

mod tables;

use super::super::expressions::{check, context, evaluated};

#[test]
fn executes_as_node_does() {
    check(tables::EXECUTED);
}

#[test]
fn matches_as_node_does() {
    check(tables::MATCHED);
}

#[test]
fn replaces_as_node_does() {
    check(tables::REPLACED);
}

#[test]
fn splits_as_node_does() {
    check(tables::SPLIT);
}

#[test]
fn long_texts_take_no_time() {
    // Each of these takes minutes where every match begins with a copy of the text.
    let context = &mut context();
    for (source, expected) in [
        ("var text = 'some line of text\\n'.repeat(10000); text.split(/\\r?\\n/).length", "10001"),
        ("text.replace(/line/g, 'row').length", "170000"),
        ("text.match(/o/g).length", "20000"),
        ("let n = 0; const each = /line/g; while (each.exec(text)) n++; n", "10000"),
        ("n = 0; while (each.test(text)) n++; n", "10000"),
        ("n = 0; const word = /\\w+|\\s/y; while (word.exec(text)) n++; n", "80000"),
    ] {
        assert_eq!(evaluated(source, context), expected, "{source}");
    }
}
