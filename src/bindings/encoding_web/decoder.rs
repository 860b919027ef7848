//! `TextDecoder`: every encoding of the Encoding Standard, by `encoding_rs`.

use boa_engine::{Context, JsData, JsError, JsObject, JsResult, JsString, JsValue, js_string};
use boa_gc::{Finalize, Trace};
use encoding_rs::{CoderResult, Decoder, DecoderResult, REPLACEMENT, UTF_8};

use super::{Class, prototype_for, wrong_this};
use crate::{
    bindings::{
        buffer::View,
        encoding::{self, Encoding},
        inspect::custom,
    },
    engine::{
        errors::{Code, coded},
        natives::{arg, define_value},
        validate,
    },
};

pub(super) const CLASS: Class = Class {
    name: "TextDecoder",
    construct,
    methods: &[("decode", 0, decode)],
    getters: &[("encoding", encoding_name), ("fatal", fatal), ("ignoreBOM", ignore_bom)],
    inspect,
};

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// The settings of a decoder.
#[derive(Clone, Copy)]
struct Settings {
    encoding: &'static encoding_rs::Encoding,
    fatal: bool,
    ignore_bom: bool,
}

impl Settings {
    fn decoder(self) -> Decoder {
        if self.ignore_bom {
            self.encoding.new_decoder_without_bom_handling()
        } else {
            self.encoding.new_decoder_with_bom_removal()
        }
    }
}

/// What an object of the class holds.
#[derive(Trace, Finalize, JsData)]
#[boa_gc(unsafe_empty_trace)]
struct TextDecoder {
    settings: Settings,
    /// What was begun with `{ stream: true }`.
    stream: Option<Decoder>,
}

fn construct(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let prototype = prototype_for(this, CLASS.name, context)?;
    let label = match arg(args, 0) {
        absent if absent.is_undefined() => js_string!("utf-8"),
        given => given.to_string(context)?,
    };
    let options = options(&arg(args, 1), context)?;
    let encoding = encoding_for(&label, context)?;
    let mut flag = |name: JsString| match &options {
        Some(options) => Ok(options.get(name, context)?.to_boolean()),
        None => JsResult::Ok(false),
    };
    let fatal = flag(js_string!("fatal"))?;
    let ignore_bom = flag(js_string!("ignoreBOM"))?;
    let data = TextDecoder { settings: Settings { encoding, fatal, ignore_bom }, stream: None };
    Ok(JsObject::new(context.root_shape(), prototype, data).into())
}

fn options(value: &JsValue, context: &mut Context) -> JsResult<Option<JsObject>> {
    if value.is_null_or_undefined() {
        return Ok(None);
    }
    match value.as_object() {
        Some(options) => Ok(Some(options)),
        None => Err(validate::invalid_arg_type(context, "options", "of type object", value)),
    }
}

fn encoding_for(
    label: &JsString,
    context: &mut Context,
) -> JsResult<&'static encoding_rs::Encoding> {
    let label = label.to_std_string_lossy();
    let unsupported = match encoding_rs::Encoding::for_label(label.as_bytes()) {
        Some(encoding) if encoding == REPLACEMENT => "replacement",
        Some(encoding) => return Ok(encoding),
        None => &label,
    };
    let message = format!("The \"{unsupported}\" encoding is not supported");
    Err(coded(context, Code::ERR_ENCODING_NOT_SUPPORTED, message))
}

fn settings(this: &JsValue, context: &mut Context) -> JsResult<Settings> {
    let found = this
        .as_object()
        .and_then(|object| object.downcast_ref::<TextDecoder>().map(|data| data.settings));
    found.ok_or_else(|| wrong_this(CLASS.name, context))
}

fn name_of(encoding: &'static encoding_rs::Encoding) -> JsString {
    JsString::from(encoding.name().to_ascii_lowercase())
}

fn encoding_name(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    Ok(name_of(settings(this, context)?.encoding).into())
}

fn fatal(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    Ok(settings(this, context)?.fatal.into())
}

fn ignore_bom(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    Ok(settings(this, context)?.ignore_bom.into())
}

fn decode(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let settings = settings(this, context)?;
    let stream = match options(&arg(args, 1), context)? {
        Some(options) => options.get(js_string!("stream"), context)?.to_boolean(),
        None => false,
    };
    let input = input(&arg(args, 0), context)?;
    let pending = take_stream(this);
    if pending.is_none() && !stream && settings.encoding == UTF_8 {
        let text = input.map_or_else(
            || Ok(JsString::default()),
            |view| view.read(|bytes| whole_utf8(bytes, settings)),
        );
        return text.map(Into::into).map_err(|Malformed| malformed(settings, context));
    }
    let bytes = input.map(|view| view.to_vec()).unwrap_or_default();
    let mut decoder = pending.unwrap_or_else(|| settings.decoder());
    let text = chunk(&mut decoder, &bytes, settings.fatal, !stream)
        .map_err(|Malformed| malformed(settings, context))?;
    if stream {
        keep_stream(this, decoder);
    }
    Ok(text.into())
}

/// The bytes to decode; `None` where they were left out.
fn input(value: &JsValue, context: &mut Context) -> JsResult<Option<View>> {
    if value.is_undefined() {
        return Ok(None);
    }
    match View::of_view(value, context).or_else(|| View::of_array_buffer(value)) {
        Some(view) => Ok(Some(view)),
        None => {
            let message = "The \"list\" argument must be an instance of SharedArrayBuffer, \
                           ArrayBuffer or ArrayBufferView.";
            Err(coded(context, Code::ERR_INVALID_ARG_TYPE, message))
        }
    }
}

fn take_stream(this: &JsValue) -> Option<Decoder> {
    this.as_object()?.downcast_mut::<TextDecoder>()?.stream.take()
}

fn keep_stream(this: &JsValue, decoder: Decoder) {
    if let Some(object) = this.as_object()
        && let Some(mut data) = object.downcast_mut::<TextDecoder>()
    {
        data.stream = Some(decoder);
    }
}

/// The bytes are no text of the encoding.
struct Malformed;

fn malformed(settings: Settings, context: &mut Context) -> JsError {
    let name = name_of(settings.encoding).to_std_string_lossy();
    let message = format!("The encoded data was not valid for encoding {name}");
    coded(context, Code::ERR_ENCODING_INVALID_ENCODED_DATA, message)
}

fn whole_utf8(bytes: &[u8], settings: Settings) -> Result<JsString, Malformed> {
    let bytes = match bytes.strip_prefix(BYTE_ORDER_MARK) {
        Some(rest) if !settings.ignore_bom => rest,
        _ => bytes,
    };
    if settings.fatal && std::str::from_utf8(bytes).is_err() {
        return Err(Malformed);
    }
    Ok(encoding::decode(bytes, Encoding::Utf8))
}

fn chunk(
    decoder: &mut Decoder,
    bytes: &[u8],
    fatal: bool,
    last: bool,
) -> Result<JsString, Malformed> {
    let length = decoder.max_utf16_buffer_length(bytes.len()).unwrap_or(bytes.len());
    let mut units = vec![0; length];
    let written = if fatal {
        let (result, _, written) =
            decoder.decode_to_utf16_without_replacement(bytes, &mut units, last);
        if let DecoderResult::Malformed(..) = result {
            return Err(Malformed);
        }
        written
    } else {
        let (result, _, written, _) = decoder.decode_to_utf16(bytes, &mut units, last);
        debug_assert_eq!(result, CoderResult::InputEmpty, "the output was long enough");
        written
    };
    Ok(encoding::narrow_string(&units[..written]))
}

fn inspect(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let settings = settings(this, context)?;
    let shown = JsObject::with_object_proto(context.intrinsics());
    define_value(&shown, js_string!("encoding"), name_of(settings.encoding), true);
    define_value(&shown, js_string!("fatal"), settings.fatal, true);
    define_value(&shown, js_string!("ignoreBOM"), settings.ignore_bom, true);
    custom::named(CLASS.name, &shown, args, context)
}
