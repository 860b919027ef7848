//! The native half of `zlib`: the class `Codec`, which works in a thread of the pool where it is not asked to be
//! synchronous, and checksums. The streams are JavaScript (`js/zlib.js`).

mod codec;
mod constants;

use std::cell::{Cell, RefCell};

use boa_engine::{
    Context, JsData, JsNativeError, JsObject, JsResult, JsString, JsValue, js_string,
    object::builtins::JsArray,
};
use boa_gc::{Finalize, Trace};

use self::codec::{Codec, Failure, Mode, Settings};
use super::{
    buffer::{self, View},
    encoding::{self, Encoding},
};
use crate::engine::{
    callbacks,
    classes::{ClassSpec, class, new_target, prototype_from},
    errors::plain_error,
    natives::{Method, arg, define_value, exports_of},
    state, validate,
};

const METHODS: &[Method] = &[
    ("crc32", 2, crc32),
    ("showConstants", 1, |_, args, _| {
        if let Some(target) = arg(args, 0).as_object() {
            constants::show(&target);
        }
        Ok(JsValue::undefined())
    }),
];

const CODEC: ClassSpec = ClassSpec {
    methods: &[
        ("begin", 2, begin),
        ("stepSync", 1, step_sync),
        ("step", 2, step),
        ("wholeSync", 3, whole_sync),
        ("whole", 4, whole),
        ("setParams", 2, set_params),
        ("reset", 0, reset),
        ("close", 0, close),
    ],
    ..ClassSpec::new("Codec", 6, construct)
};

/// The native half of `zlib`.
pub(crate) fn exports(context: &mut Context) -> JsResult<JsValue> {
    let exports = exports_of(METHODS, context);
    let class = class(&CODEC, None, context);
    define_value(&exports, js_string!("Codec"), class.constructor, true);
    define_value(&exports, js_string!("constants"), constants::object(), true);
    define_value(&exports, js_string!("codes"), constants::codes(context), true);
    Ok(exports.into())
}

/// A codec, and the input that it is at.
struct Work {
    codec: Codec,
    input: Vec<u8>,
    at: usize,
    flush: i32,
}

/// What one step of a stream came to.
struct Stepped {
    output: Vec<u8>,
    /// The output was filled: there may be more.
    is_full: bool,
    /// How much of the input is left.
    left: usize,
    has_ended: bool,
}

impl Work {
    fn step(&mut self, size: usize) -> Result<Stepped, Failure> {
        let mut output = vec![0; size];
        let step = self.codec.step(&self.input[self.at..], &mut output, self.flush)?;
        self.at += step.consumed;
        output.truncate(step.produced);
        let left = self.input.len() - self.at;
        Ok(Stepped { output, is_full: step.produced == size, left, has_ended: step.has_ended })
    }
}

/// The native data: nothing while another thread has it, and once it is closed.
#[derive(Trace, Finalize, JsData)]
#[boa_gc(unsafe_empty_trace)]
struct Native {
    work: RefCell<Option<Box<Work>>>,
    is_closed: Cell<bool>,
    /// Level and strategy that it gets as soon as it is back.
    params: Cell<Option<(i32, i32)>>,
}

/// `new Codec(mode, level, windowBits, memLevel, strategy, dictionary)`.
fn construct(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let target = new_target(this, "Codec")?;
    let mut number = |index: usize| arg(args, index).to_i32(context);
    let mode = Mode::from_number(number(0)?);
    let (level, window_bits, memory_level, strategy) =
        (number(1)?, number(2)?, number(3)?, number(4)?);
    let mode = mode.ok_or_else(|| JsNativeError::range().with_message("Bad mode"))?;
    let dictionary = bytes_of(&arg(args, 5), context).unwrap_or_default();
    let settings = Settings { mode, level, window_bits, memory_level, strategy, dictionary };
    let codec = Codec::new(settings).map_err(|failure| thrown(failure, context))?;
    let work = Box::new(Work { codec, input: Vec::new(), at: 0, flush: 0 });
    let native = Native {
        work: RefCell::new(Some(work)),
        is_closed: Cell::new(false),
        params: Cell::default(),
    };
    let prototype = prototype_from(&target, context)?;
    Ok(JsObject::new(context.root_shape(), prototype, native).upcast().into())
}

/// The bytes of a view or an array buffer.
fn bytes_of(value: &JsValue, context: &mut Context) -> Option<Vec<u8>> {
    let view = View::of_view(value, context).or_else(|| View::of_array_buffer(value))?;
    Some(view.to_vec())
}

/// The error of a failure: `errno`, `code` and the library's words.
fn error_of(failure: Failure, context: &mut Context) -> JsValue {
    let code = match failure.errno {
        codec::NEED_DICTIONARY => "Z_NEED_DICT",
        codec::DATA_ERROR => "Z_DATA_ERROR",
        codec::MEMORY_ERROR => "Z_MEM_ERROR",
        codec::BUFFER_ERROR => "Z_BUF_ERROR",
        _ => "Z_STREAM_ERROR",
    };
    let error = plain_error(failure.message, context);
    define_value(&error, js_string!("errno"), failure.errno, true);
    define_value(&error, js_string!("code"), JsString::from(code), true);
    error.into()
}

fn thrown(failure: Failure, context: &mut Context) -> boa_engine::JsError {
    boa_engine::JsError::from_opaque(error_of(failure, context))
}

fn object_of(this: &JsValue) -> JsResult<JsObject> {
    let object = this.as_object().filter(JsObject::is::<Native>);
    object.ok_or_else(|| JsNativeError::typ().with_message("Illegal invocation").into())
}

/// Lets `work` use a codec that is here.
fn with<T>(this: &JsValue, work: impl FnOnce(&mut Work) -> T) -> JsResult<T> {
    let object = object_of(this)?;
    let outcome = object
        .downcast_ref::<Native>()
        .and_then(|native| native.work.borrow_mut().as_mut().map(|inner| work(inner)));
    let message = "The codec is at work or closed";
    outcome.ok_or_else(|| JsNativeError::error().with_message(message).into())
}

/// `begin(flush, input)`: the input of the steps that follow.
fn begin(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let flush = arg(args, 0).to_i32(context)?;
    let input = bytes_of(&arg(args, 1), context).unwrap_or_default();
    with(this, |work| {
        (work.input, work.at, work.flush) = (input, 0, flush);
        JsValue::undefined()
    })
}

/// The answer of a step: output, whether it was filled, what is left of the input, whether the stream is over.
fn answer_of(stepped: Stepped, context: &mut Context) -> JsResult<[JsValue; 4]> {
    let output = buffer::unpooled(&stepped.output, context)?;
    let Stepped { is_full, left, has_ended, .. } = stepped;
    Ok([output.into(), is_full.into(), left.into(), has_ended.into()])
}

/// `stepSync(size)`: `[output, isFull, left, hasEnded]`.
fn step_sync(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let size = arg(args, 0).to_length(context)? as usize;
    let stepped = with(this, |work| work.step(size))?;
    let stepped = stepped.map_err(|failure| thrown(failure, context))?;
    let answer = answer_of(stepped, context)?;
    Ok(JsArray::from_iter(answer, context).into())
}

/// Takes a codec to another thread for `work`, and calls back with what `answer` makes of the result, after an
/// error or `null`. A codec that was closed meanwhile does not call back.
fn in_pool<T: Send + 'static>(
    this: &JsValue,
    callback: &JsValue,
    context: &mut Context,
    work: impl FnOnce(&mut Work) -> Result<T, Failure> + Send + 'static,
    answer: fn(T, &mut Context) -> JsResult<Vec<JsValue>>,
) -> JsResult<JsValue> {
    let object = object_of(this)?;
    let callback = validate::function(callback, "callback", context)?;
    let taken = object.downcast_ref::<Native>().and_then(|native| native.work.borrow_mut().take());
    let Some(mut inner) = taken else {
        return Err(JsNativeError::error().with_message("The codec is at work or closed").into());
    };
    state::of(context).event_loop.spawn_blocking_as(
        "Zlib",
        move || {
            let outcome = work(&mut inner);
            (inner, outcome)
        },
        move |context, (mut inner, mut outcome)| {
            let params = object.downcast_ref::<Native>().and_then(|native| native.params.take());
            if let Some((level, strategy)) = params
                && let Err(failure) = inner.codec.set_params(level, strategy)
            {
                outcome = Err(failure);
            }
            let is_closed = object.downcast_ref::<Native>().is_none_or(|native| {
                if !native.is_closed.get() {
                    *native.work.borrow_mut() = Some(inner);
                }
                native.is_closed.get()
            });
            if is_closed {
                return;
            }
            callbacks::enter(context, |context| {
                let args = match outcome {
                    Ok(result) => {
                        let mut args = vec![JsValue::null()];
                        args.extend(answer(result, context)?);
                        args
                    }
                    Err(failure) => vec![error_of(failure, context)],
                };
                callback.call(&JsValue::undefined(), &args, context)
            });
        },
    );
    Ok(JsValue::undefined())
}

/// `step(size, callback)`: `callback(error, output, isFull, left, hasEnded)`.
fn step(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let size = arg(args, 0).to_length(context)? as usize;
    let answer = |stepped, context: &mut Context| Ok(answer_of(stepped, context)?.to_vec());
    in_pool(this, &arg(args, 1), context, move |work| work.step(size), answer)
}

/// `wholeSync(input, flush, most)`: the whole output, or undefined where it is longer than `most`.
fn whole_sync(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let input = bytes_of(&arg(args, 0), context).unwrap_or_default();
    let flush = arg(args, 1).to_i32(context)?;
    let most = arg(args, 2).to_length(context)? as usize;
    let output = with(this, |work| work.codec.whole(&input, flush, most))?;
    let output = output.map_err(|failure| thrown(failure, context))?;
    shown(output, context)
}

fn shown(output: Option<Vec<u8>>, context: &mut Context) -> JsResult<JsValue> {
    match output {
        Some(output) => Ok(buffer::unpooled(&output, context)?.into()),
        None => Ok(JsValue::undefined()),
    }
}

/// `whole(input, flush, most, callback)`: `callback(error, output)`.
fn whole(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let input = bytes_of(&arg(args, 0), context).unwrap_or_default();
    let flush = arg(args, 1).to_i32(context)?;
    let most = arg(args, 2).to_length(context)? as usize;
    let answer = |output, context: &mut Context| Ok(vec![shown(output, context)?]);
    let work = move |work: &mut Work| work.codec.whole(&input, flush, most);
    in_pool(this, &arg(args, 3), context, work, answer)
}

/// `setParams(level, strategy)`: from now on; or, where another thread has the codec, from its return on.
fn set_params(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let (level, strategy) = (arg(args, 0).to_i32(context)?, arg(args, 1).to_i32(context)?);
    let object = object_of(this)?;
    let outcome = object.downcast_ref::<Native>().and_then(|native| {
        let mut work = native.work.borrow_mut();
        if work.is_none() {
            native.params.set(Some((level, strategy)));
        }
        work.as_mut().map(|work| work.codec.set_params(level, strategy))
    });
    outcome.unwrap_or(Ok(())).map_err(|failure| thrown(failure, context))?;
    Ok(JsValue::undefined())
}

/// `reset()`.
fn reset(this: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let outcome = with(this, |work| work.codec.reset())?;
    outcome.map_err(|failure| thrown(failure, context))?;
    Ok(JsValue::undefined())
}

/// `close()`: frees the memory, now or as soon as the other thread is done.
fn close(this: &JsValue, _: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    let object = object_of(this)?;
    if let Some(native) = object.downcast_ref::<Native>() {
        native.is_closed.set(true);
        drop(native.work.borrow_mut().take());
    }
    Ok(JsValue::undefined())
}

/// `crc32(data, value)`: of a text's UTF-8 or of bytes, on from another checksum.
fn crc32(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let data = arg(args, 0);
    let start = arg(args, 1).to_u32(context)?;
    let checksum = match (View::of_view(&data, context), data.as_string()) {
        (Some(view), _) => view.read(|bytes| zlib_rs::crc32::crc32(start, bytes)),
        (None, Some(text)) => {
            zlib_rs::crc32::crc32(start, &encoding::encode(&text, Encoding::Utf8))
        }
        _ => start,
    };
    Ok(checksum.into())
}
