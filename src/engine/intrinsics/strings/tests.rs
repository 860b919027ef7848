//! Strings as Node has them.

mod tables;

use super::super::expressions::{check, context, evaluated};

#[test]
fn searches_as_node_does() {
    check(tables::SEARCHED);
}

#[test]
fn splits_as_node_does() {
    check(tables::SPLIT);
}

#[test]
fn replaces_as_node_does() {
    check(tables::REPLACED);
}

#[test]
fn repeats_and_pads_as_node_does() {
    check(tables::REPEATED_AND_PADDED);
}

#[test]
fn functions_look_like_the_standards() {
    let source =
        "['concat', 'endsWith', 'includes', 'indexOf', 'lastIndexOf', 'padEnd', 'padStart',
        'repeat', 'replace', 'replaceAll', 'split', 'startsWith'].map((name) => {
        const { value, writable, enumerable, configurable } =
            Object.getOwnPropertyDescriptor(String.prototype, name);
        let constructs = true;
        try { new value('1'); } catch { constructs = false; }
        return value.name === name && writable && !enumerable && configurable && !constructs
            && !('prototype' in value) ? value.length : name;
    }).join()";
    assert_eq!(evaluated(source, &mut context()), "1,1,1,1,1,1,1,1,2,2,2,1");
}

#[test]
fn long_texts_take_no_time() {
    // Each of these takes minutes where the search begins anew for every match.
    let context = &mut context();
    for (source, expected) in [
        ("const text = 'some line of text\\n'.repeat(200000); text.split('\\n').length", "200001"),
        ("let n = 0, at = -1; while ((at = text.indexOf('\\n', at + 1)) !== -1) n++; n", "200000"),
        ("text.replaceAll('line', 'row').length", "3400000"),
        ("text.lastIndexOf('no such line')", "-1"),
        ("'a'.repeat(100000).indexOf('a'.repeat(50000) + 'b')", "-1"),
        ("('\\u4e16' + 'a'.repeat(100000)).indexOf('a'.repeat(50000) + 'b')", "-1"),
    ] {
        assert_eq!(evaluated(source, context), expected, "{source}");
    }
}
