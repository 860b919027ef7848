//! Where the pieces of a text end: what `Intl.Segmenter` is made of in a build without locale data.
//!
//! Source: Unicode Standard Annex 29, "Unicode Text Segmentation".

use boa_engine::{
    Context, JsObject, JsResult, JsValue, object::builtins::JsArray, string::CodePoint,
};
use unicode_segmentation::UnicodeSegmentation;

use crate::engine::natives::{Method, arg, define_methods};

const METHODS: &[Method] = &[("boundaries", 2, boundaries)];

/// The native half of `internal/intl`.
pub(crate) fn exports(context: &mut Context) -> JsResult<JsValue> {
    let exports = JsObject::with_object_proto(context.intrinsics());
    define_methods(&exports, METHODS, true, context);
    Ok(exports.into())
}

/// `boundaries(text, granularity)`: the end of each piece in UTF-16 units; of pieces that are words
/// it is negative.
fn boundaries(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let given = arg(args, 0).to_string(context)?;
    let granularity = arg(args, 1).to_string(context)?.to_std_string_lossy();
    // A lone surrogate is one unit, as the character that stands for it.
    let text: String = given
        .code_points()
        .map(|point| match point {
            CodePoint::Unicode(character) => character,
            CodePoint::UnpairedSurrogate(_) => char::REPLACEMENT_CHARACTER,
        })
        .collect();
    let ends = ends(&text, &granularity).into_iter().map(JsValue::from);
    Ok(JsArray::from_iter(ends, context).into())
}

fn ends(text: &str, granularity: &str) -> Vec<i32> {
    match granularity {
        "word" => added_up(text.split_word_bounds(), |word| word.contains(char::is_alphanumeric)),
        "sentence" => added_up(text.split_sentence_bounds(), |_| false),
        _ => added_up(text.graphemes(true), |_| false),
    }
}

fn added_up<'a>(
    pieces: impl Iterator<Item = &'a str>,
    is_marked: impl Fn(&str) -> bool,
) -> Vec<i32> {
    let mut end = 0;
    pieces
        .map(|piece| {
            end += piece.chars().map(|character| character.len_utf16() as i32).sum::<i32>();
            if is_marked(piece) { -end } else { end }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::ends;

    #[test]
    fn pieces_end_where_unicode_says() {
        assert_eq!(ends("ae\u{301}\u{1f1e9}\u{1f1ea}b", "grapheme"), [1, 3, 7, 8]);
        assert_eq!(ends("a b, c", "word"), [-1, 2, -3, 4, 5, -6]);
        assert_eq!(ends("One. Two", "sentence"), [5, 8]);
        assert!(ends("", "word").is_empty());
    }
}
