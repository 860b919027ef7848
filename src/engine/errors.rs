//! The table of Node's error codes, and the one place where Rust errors become JavaScript errors.
//!
//! Source: Node's documentation, "Errors", section "Node.js error codes".

use std::{cell::RefCell, collections::HashMap};

use boa_engine::{
    Context, JsError, JsObject, JsResult, JsString, JsValue,
    builtins::{error::ErrorKind, object::OrdinaryObject},
    error::EngineError,
    js_string,
    object::builtins::JsArray,
};

use super::{
    exhaustion,
    natives::{closure, define_value},
    stack,
};
use crate::sys::{
    errno::Errno,
    error::{Subject, SysError},
};

/// The constructor that an error code belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    Error,
    Type,
    Range,
    Syntax,
    Uri,
}

impl Kind {
    /// The kind whose constructor has this name.
    pub(crate) fn from_name(name: &str) -> Option<Self> {
        match name {
            "Error" => Some(Self::Error),
            "TypeError" => Some(Self::Type),
            "RangeError" => Some(Self::Range),
            "SyntaxError" => Some(Self::Syntax),
            "URIError" => Some(Self::Uri),
            _ => None,
        }
    }

    /// The engine's name for the kind.
    const fn engine(self) -> ErrorKind {
        match self {
            Self::Error => ErrorKind::Error,
            Self::Type => ErrorKind::Type,
            Self::Range => ErrorKind::Range,
            Self::Syntax => ErrorKind::Syntax,
            Self::Uri => ErrorKind::Uri,
        }
    }

    /// The prototype of the class.
    fn prototype(self, context: &Context) -> JsObject {
        let classes = context.intrinsics().constructors();
        match self {
            Self::Error => classes.error(),
            Self::Type => classes.type_error(),
            Self::Range => classes.range_error(),
            Self::Syntax => classes.syntax_error(),
            Self::Uri => classes.uri_error(),
        }
        .prototype()
    }
}

macro_rules! error_codes {
    ($($code:ident: $kind:ident,)*) => {
        /// Every error code that rjs can throw, with the constructor it belongs to.
        #[allow(non_camel_case_types, clippy::upper_case_acronyms)]
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub(crate) enum Code { $($code,)* }

        impl Code {
            /// The code as JavaScript sees it.
            pub(crate) const fn name(self) -> &'static str {
                match self { $(Self::$code => stringify!($code),)* }
            }

            /// The constructor of the errors with this code.
            pub(crate) const fn kind(self) -> Kind {
                match self { $(Self::$code => Kind::$kind,)* }
            }

            /// The code of this name, for the JavaScript halves of builtins.
            pub(crate) fn from_name(name: &str) -> Option<Self> {
                match name { $(stringify!($code) => Some(Self::$code),)* _ => None }
            }
        }
    };
}

error_codes! {
    ABORT_ERR: Error,
    ERR_ACCESS_DENIED: Error,
    ERR_AMBIGUOUS_ARGUMENT: Type,
    ERR_ARG_NOT_ITERABLE: Type,
    ERR_ASSERTION: Error,
    ERR_ASYNC_CALLBACK: Type,
    ERR_ASYNC_TYPE: Type,
    ERR_BUFFER_OUT_OF_BOUNDS: Range,
    ERR_BUFFER_TOO_LARGE: Range,
    ERR_CHILD_CLOSED_BEFORE_REPLY: Error,
    ERR_CHILD_PROCESS_IPC_REQUIRED: Error,
    ERR_CHILD_PROCESS_STDIO_MAXBUFFER: Range,
    ERR_CONSOLE_WRITABLE_STREAM: Type,
    ERR_CLOSED_MESSAGE_PORT: Error,
    ERR_CONSTRUCT_CALL_INVALID: Type,
    ERR_CONSTRUCT_CALL_REQUIRED: Type,
    ERR_CRYPTO_HASH_FINALIZED: Error,
    ERR_CRYPTO_INVALID_DIGEST: Type,
    ERR_CRYPTO_TIMING_SAFE_EQUAL_LENGTH: Range,
    ERR_DIR_CLOSED: Error,
    ERR_DIR_CONCURRENT_OPERATION: Error,
    ERR_DLOPEN_FAILED: Error,
    ERR_DOMAIN_CALLBACK_NOT_AVAILABLE: Error,
    ERR_DOMAIN_CANNOT_SET_UNCAUGHT_EXCEPTION_CAPTURE: Error,
    ERR_ENCODING_INVALID_ENCODED_DATA: Type,
    ERR_ENCODING_NOT_SUPPORTED: Range,
    ERR_EVAL_ESM_CANNOT_PRINT: Error,
    ERR_EVENT_RECURSION: Error,
    ERR_FALSY_VALUE_REJECTION: Error,
    ERR_FEATURE_UNAVAILABLE_ON_PLATFORM: Type,
    ERR_FS_CP_DIR_TO_NON_DIR: Error,
    ERR_FS_CP_EEXIST: Error,
    ERR_FS_CP_EINVAL: Error,
    ERR_FS_CP_FIFO_PIPE: Error,
    ERR_FS_CP_NON_DIR_TO_DIR: Error,
    ERR_FS_CP_SOCKET: Error,
    ERR_FS_CP_SYMLINK_TO_SUBDIRECTORY: Error,
    ERR_FS_CP_UNKNOWN: Error,
    ERR_FS_EISDIR: Error,
    ERR_FS_FILE_TOO_LARGE: Range,
    ERR_FS_WATCH_QUEUE_OVERFLOW: Error,
    ERR_HTTP_BODY_NOT_ALLOWED: Error,
    ERR_HTTP_CONTENT_LENGTH_MISMATCH: Error,
    ERR_HTTP_HEADERS_SENT: Error,
    ERR_HTTP_INVALID_HEADER_VALUE: Type,
    ERR_HTTP_INVALID_STATUS_CODE: Range,
    ERR_HTTP_REQUEST_TIMEOUT: Error,
    ERR_HTTP_SOCKET_ASSIGNED: Error,
    ERR_HTTP_SOCKET_ENCODING: Error,
    ERR_HTTP_TRAILER_INVALID: Error,
    ERR_ILLEGAL_CONSTRUCTOR: Type,
    ERR_IMPORT_ATTRIBUTE_MISSING: Type,
    ERR_IMPORT_ATTRIBUTE_TYPE_INCOMPATIBLE: Type,
    ERR_IMPORT_ATTRIBUTE_UNSUPPORTED: Type,
    ERR_INCOMPATIBLE_OPTION_PAIR: Type,
    ERR_INTERNAL_ASSERTION: Error,
    ERR_INVALID_ADDRESS: Error,
    ERR_INVALID_ADDRESS_FAMILY: Range,
    ERR_INVALID_ARG_TYPE: Type,
    ERR_INVALID_ARG_VALUE: Type,
    ERR_INVALID_ASYNC_ID: Range,
    ERR_INVALID_BUFFER_SIZE: Range,
    ERR_INVALID_CHAR: Type,
    ERR_INVALID_FD_TYPE: Type,
    ERR_INVALID_CURSOR_POS: Type,
    ERR_INVALID_FD: Range,
    ERR_INVALID_FILE_URL_HOST: Type,
    ERR_INVALID_FILE_URL_PATH: Type,
    ERR_INVALID_HANDLE_TYPE: Type,
    ERR_INVALID_HTTP_TOKEN: Type,
    ERR_INVALID_IPC_MESSAGE: Error,
    ERR_INVALID_IP_ADDRESS: Type,
    ERR_INVALID_MIME_SYNTAX: Type,
    ERR_INVALID_MODULE_SPECIFIER: Type,
    ERR_INVALID_OBJECT_DEFINE_PROPERTY: Type,
    ERR_INVALID_PACKAGE_CONFIG: Error,
    ERR_INVALID_PACKAGE_TARGET: Error,
    ERR_INVALID_PROTOCOL: Type,
    ERR_INVALID_REPL_EVAL_CONFIG: Type,
    ERR_INVALID_REPL_INPUT: Type,
    ERR_INVALID_RETURN_PROPERTY_VALUE: Type,
    ERR_INVALID_RETURN_VALUE: Type,
    ERR_INVALID_STATE: Error,
    ERR_INVALID_SYNC_FORK_INPUT: Type,
    ERR_INVALID_THIS: Type,
    ERR_INVALID_TUPLE: Type,
    ERR_INVALID_URI: Uri,
    ERR_INVALID_URL: Type,
    ERR_INVALID_URL_SCHEME: Type,
    ERR_IPC_CHANNEL_CLOSED: Error,
    ERR_IPC_DISCONNECTED: Error,
    ERR_IPC_MESSAGE_TOO_LARGE: Range,
    ERR_IPC_ONE_PIPE: Error,
    ERR_IPC_SYNC_FORK: Error,
    ERR_IP_BLOCKED: Error,
    ERR_MEMORY_ALLOCATION_FAILED: Error,
    ERR_METHOD_NOT_IMPLEMENTED: Error,
    ERR_MISSING_ARGS: Type,
    ERR_MISSING_OPTION: Type,
    ERR_MODULE_LINK_MISMATCH: Type,
    ERR_MODULE_NOT_FOUND: Error,
    ERR_MULTIPLE_CALLBACK: Error,
    ERR_NOT_BUILDING_SNAPSHOT: Error,
    ERR_OPERATION_FAILED: Error,
    ERR_OUT_OF_RANGE: Range,
    ERR_PACKAGE_IMPORT_NOT_DEFINED: Type,
    ERR_PACKAGE_PATH_NOT_EXPORTED: Error,
    ERR_PARSE_ARGS_INVALID_OPTION_VALUE: Type,
    ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL: Type,
    ERR_PARSE_ARGS_UNKNOWN_OPTION: Type,
    ERR_PERFORMANCE_INVALID_TIMESTAMP: Type,
    ERR_PERFORMANCE_MEASURE_INVALID_OPTIONS: Type,
    ERR_REQUIRE_ASYNC_MODULE: Error,
    ERR_REQUIRE_CYCLE_MODULE: Error,
    ERR_REQUIRE_ESM: Error,
    ERR_RJS_LIMIT: Error,
    ERR_SCRIPT_EXECUTION_INTERRUPTED: Error,
    ERR_SCRIPT_EXECUTION_TIMEOUT: Error,
    ERR_SERVER_ALREADY_LISTEN: Error,
    ERR_SERVER_NOT_RUNNING: Error,
    ERR_SOCKET_ALREADY_BOUND: Error,
    ERR_SOCKET_BAD_BUFFER_SIZE: Type,
    ERR_SOCKET_BAD_PORT: Range,
    ERR_SOCKET_BAD_TYPE: Type,
    ERR_SOCKET_BUFFER_SIZE: Error,
    ERR_SOCKET_CLOSED: Error,
    ERR_SOCKET_CLOSED_BEFORE_CONNECTION: Error,
    ERR_SOCKET_CONNECTION_TIMEOUT: Error,
    ERR_SOCKET_DGRAM_IS_CONNECTED: Error,
    ERR_SOCKET_DGRAM_NOT_CONNECTED: Error,
    ERR_SOCKET_DGRAM_NOT_RUNNING: Error,
    ERR_STREAM_ALREADY_FINISHED: Error,
    ERR_STREAM_CANNOT_PIPE: Error,
    ERR_STREAM_DESTROYED: Error,
    ERR_STREAM_NULL_VALUES: Type,
    ERR_STREAM_PREMATURE_CLOSE: Error,
    ERR_STREAM_PUSH_AFTER_EOF: Error,
    ERR_STREAM_UNSHIFT_AFTER_END_EVENT: Error,
    ERR_STREAM_WRITE_AFTER_END: Error,
    ERR_STRING_TOO_LONG: Error,
    ERR_TRAILING_JUNK_AFTER_STREAM_END: Type,
    ERR_TTY_INIT_FAILED: Error,
    ERR_UNAVAILABLE_DURING_EXIT: Error,
    ERR_UNCAUGHT_EXCEPTION_CAPTURE_ALREADY_SET: Error,
    ERR_UNESCAPED_CHARACTERS: Type,
    ERR_UNHANDLED_ERROR: Error,
    ERR_UNHANDLED_REJECTION: Error,
    ERR_UNKNOWN_BUILTIN_MODULE: Error,
    ERR_UNKNOWN_CREDENTIAL: Error,
    ERR_UNKNOWN_ENCODING: Type,
    ERR_UNKNOWN_FILE_EXTENSION: Type,
    ERR_UNKNOWN_MODULE_FORMAT: Range,
    ERR_UNKNOWN_SIGNAL: Type,
    ERR_UNSUPPORTED_DIR_IMPORT: Error,
    ERR_UNSUPPORTED_ESM_URL_SCHEME: Error,
    ERR_UNSUPPORTED_RESOLVE_REQUEST: Type,
    ERR_USE_AFTER_CLOSE: Error,
    ERR_VM_DYNAMIC_IMPORT_CALLBACK_MISSING: Type,
    ERR_VM_DYNAMIC_IMPORT_CALLBACK_MISSING_FLAG: Type,
    ERR_VM_MODULE_ALREADY_LINKED: Error,
    ERR_VM_MODULE_CACHED_DATA_REJECTED: Error,
    ERR_VM_MODULE_CANNOT_CREATE_CACHED_DATA: Error,
    ERR_VM_MODULE_DIFFERENT_CONTEXT: Error,
    ERR_VM_MODULE_LINK_FAILURE: Error,
    ERR_VM_MODULE_NOT_MODULE: Error,
    ERR_VM_MODULE_STATUS: Error,
    ERR_WORKER_INVALID_EXEC_ARGV: Error,
    ERR_WORKER_INIT_FAILED: Error,
    ERR_WORKER_MESSAGING_ERRORED: Error,
    ERR_WORKER_MESSAGING_FAILED: Error,
    ERR_WORKER_MESSAGING_SAME_THREAD: Error,
    ERR_WORKER_MESSAGING_TIMEOUT: Error,
    ERR_WORKER_NOT_RUNNING: Error,
    ERR_WORKER_OUT_OF_MEMORY: Error,
    ERR_WORKER_PATH: Type,
    ERR_WORKER_UNSUPPORTED_OPERATION: Type,
    MODULE_NOT_FOUND: Error,
}

/// An error with one of Node's codes, ready to be thrown.
///
/// It looks as Node's do: `name` is the constructor's, `code` an own enumerable property, the
/// stack's header reads `TypeError [ERR_X]: message`.
pub(crate) fn coded(context: &mut Context, code: Code, message: impl Into<String>) -> JsError {
    JsError::from_opaque(coded_object(context, code, message).into())
}

/// As [`coded`], for callers that pass the error object on instead of throwing it.
pub(crate) fn coded_object(
    context: &mut Context,
    code: Code,
    message: impl Into<String>,
) -> JsObject {
    coded_object_of(context, code, code.kind(), message)
}

/// As [`coded_object`], for the codes that Node gives to errors of several constructors.
pub(crate) fn coded_object_of(
    context: &mut Context,
    code: Code,
    kind: Kind,
    message: impl Into<String>,
) -> JsObject {
    // Node's own classes of errors are those whose codes begin so; `MODULE_NOT_FOUND` is a plain
    // error with a code.
    let is_class = code.name().starts_with("ERR_");
    let prototype = is_class.then(|| coded_prototype(code, kind, context));
    let message = message.into();
    let error = stack::new_error(kind.engine(), prototype.as_ref(), &message, context);
    define_value(&error, js_string!("code"), JsString::from(code.name()), true);
    error
}

/// The prototypes of the errors that have one of Node's codes.
#[derive(Default)]
struct CodedPrototypes(RefCell<HashMap<(Code, Kind), JsObject>>);

fn coded_prototype(code: Code, kind: Kind, context: &mut Context) -> JsObject {
    if context.get_data::<CodedPrototypes>().is_none() {
        context.insert_data(CodedPrototypes::default());
    }
    let known = |context: &Context| {
        context.get_data::<CodedPrototypes>()?.0.borrow().get(&(code, kind)).cloned()
    };
    if let Some(prototype) = known(context) {
        return prototype;
    }
    let prototype = new_coded_prototype(code, kind, context);
    if let Some(CodedPrototypes(made)) = context.get_data() {
        made.borrow_mut().insert((code, kind), prototype.clone());
    }
    prototype
}

/// An object between an error and the prototype of its class: `toString` shows the code, whatever became of
/// the property, and `constructor` is the class all the same.
fn new_coded_prototype(code: Code, kind: Kind, context: &mut Context) -> JsObject {
    let class = kind.prototype(context);
    let prototype = JsObject::from_proto_and_data(class.clone(), OrdinaryObject);
    let constructor = class.get(js_string!("constructor"), context).unwrap_or_default();
    define_value(&prototype, js_string!("constructor"), constructor, false);
    let code = JsString::from(code.name());
    let to_string = closure("toString", 0, Shown(code), coded_to_string, context);
    define_value(&prototype, js_string!("toString"), to_string, false);
    prototype
}

/// The code that `toString` shows.
#[derive(boa_gc::Trace, boa_gc::Finalize)]
struct Shown(#[unsafe_ignore_trace] JsString);

/// `Name [CODE]: message`.
fn coded_to_string(
    this: &JsValue,
    _: &[JsValue],
    Shown(code): &Shown,
    context: &mut Context,
) -> JsResult<JsValue> {
    let error = this.to_object(context)?;
    let mut text = |key: &str| -> JsResult<JsString> {
        error.get(JsString::from(key), context)?.to_string(context)
    };
    let (name, message) = (text("name")?, text("message")?);
    let (open, close) = (js_string!(" ["), js_string!("]: "));
    let parts = [name.as_str(), open.as_str(), code.as_str(), close.as_str(), message.as_str()];
    Ok(JsString::concat_array(&parts).into())
}

/// The code of an error that was made with one of Node's: its stack shows it.
pub(crate) fn code_of(error: &JsObject, context: &mut Context) -> Option<&'static str> {
    let CodedPrototypes(made) = context.get_data()?;
    let prototype = error.prototype()?;
    let made = made.borrow();
    let found = made.iter().find(|(_, coded)| JsObject::equals(coded, &prototype));
    found.map(|((code, _), _)| code.name())
}

/// How Node words the message of a failed system call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wording {
    /// `ENOENT: no such file or directory, open '/x'` (`fs`, `process.chdir`): `UVException`.
    Described,
    /// `kill ESRCH` (processes, sockets): `ErrnoException` of JavaScript.
    Short,
    /// `EPERM, Operation not permitted` (ids and groups): `ErrnoException` of the native side, whose
    /// `errno` is positive.
    System,
}

/// The JavaScript error of a failed system call, with `errno`, `code`, `syscall` and what it was
/// about.
pub(crate) fn from_sys(context: &mut Context, error: &SysError, wording: Wording) -> JsObject {
    let code = errno_code(error.errno);
    let message = match wording {
        Wording::Described => {
            let text = error.errno.message().unwrap_or("unknown error");
            format!("{code}: {text}, {}{}", error.syscall, quoted_subject(&error.subject))
        }
        Wording::Short => format!("{} {code}{}", error.syscall, plain_subject(&error.subject)),
        Wording::System => format!("{code}, {}", error.errno.description()),
    };
    let object = stack::new_error(ErrorKind::Error, None, &message, context);
    let number = if wording == Wording::System { error.errno.0 } else { -error.errno.0 };
    define_value(&object, js_string!("errno"), number, true);
    define_value(&object, js_string!("code"), JsString::from(code), true);
    define_value(&object, js_string!("syscall"), JsString::from(error.syscall.as_str()), true);
    define_subject(&object, &error.subject, context);
    object
}

/// The `code` of a system error: the name of its number.
pub(crate) fn errno_code(errno: Errno) -> String {
    errno.name().map_or_else(|| format!("Unknown system error {}", -errno.0), str::to_owned)
}

/// An `Error` without a code, for who gives it the properties of a system error.
pub(crate) fn plain_error(message: &str, context: &mut Context) -> JsObject {
    stack::new_error(ErrorKind::Error, None, message, context)
}

/// As [`from_sys`], to be thrown.
pub(crate) fn throw_sys(context: &mut Context, error: &SysError, wording: Wording) -> JsError {
    JsError::from_opaque(from_sys(context, error, wording).into())
}

/// The error of a socket that could not do something about a host, as the program named it:
/// `connect ECONNREFUSED 127.0.0.1:1`. A port that is 0 or missing is left out. `local` is where the
/// socket itself is bound.
pub(crate) fn host_port_error(
    context: &mut Context,
    errno: Errno,
    syscall: &str,
    host: &JsValue,
    port: &JsValue,
    local: Option<&str>,
) -> JsObject {
    let mut error = SysError::new(errno, syscall);
    let has_port = port.to_boolean();
    if host.to_boolean() || port.as_number().is_some_and(|port| port > 0.0) {
        let mut shown = host.display().to_string();
        if let Some(host) = host.as_string() {
            shown = host.to_std_string_lossy();
        }
        let number = port.as_number().filter(|port| *port > 0.0).map(|port| port as u16);
        error.subject = match (local, number) {
            (None, number) => Subject::Address(shown, number),
            (Some(local), None) => Subject::Address(format!("{shown} - Local ({local})"), None),
            (Some(local), Some(number)) => {
                Subject::Address(format!("{shown}:{number} - Local ({local})"), None)
            }
        };
    }
    let object = from_sys(context, &error, Wording::Short);
    define_value(&object, js_string!("address"), host.clone(), true);
    if has_port {
        define_value(&object, js_string!("port"), port.clone(), true);
    }
    object
}

fn quoted_subject(subject: &Subject) -> String {
    match subject {
        Subject::Path(path) => format!(" '{}'", path.display()),
        Subject::Paths(path, dest) => format!(" '{}' -> '{}'", path.display(), dest.display()),
        _ => String::new(),
    }
}

fn plain_subject(subject: &Subject) -> String {
    match subject {
        Subject::Path(path) => format!(" {}", path.display()),
        Subject::Address(address, Some(port)) => format!(" {address}:{port}"),
        Subject::Address(address, None) => format!(" {address}"),
        _ => String::new(),
    }
}

fn define_subject(object: &JsObject, subject: &Subject, context: &mut Context) {
    let text = |name: &str, text: &str| {
        define_value(object, JsString::from(name), JsString::from(text), true);
    };
    match subject {
        Subject::None => {}
        Subject::Path(path) => text("path", &path.to_string_lossy()),
        Subject::Paths(path, dest) => {
            text("path", &path.to_string_lossy());
            text("dest", &dest.to_string_lossy());
        }
        Subject::Address(address, port) => {
            text("address", address);
            if let Some(port) = port {
                define_value(object, js_string!("port"), i32::from(*port), true);
            }
        }
        Subject::Spawn(file, args) => {
            text("path", file);
            let args: Vec<JsValue> =
                args.iter().map(|arg| JsString::from(arg.as_str()).into()).collect();
            let args = JsArray::from_iter(args, context);
            define_value(object, js_string!("spawnargs"), args, true);
        }
    }
}

/// The error that V8 throws in the place of the engine's for too deep a recursion, which JavaScript cannot
/// catch; other errors as they are.
pub(crate) fn catchable(error: JsError, context: &mut Context) -> JsError {
    let Some(EngineError::RuntimeLimit(limit)) = error.as_engine() else { return error };
    let engine = super::state::of(context);
    if engine.exit_code().is_some()
        || engine.is_being_ended()
        || engine.limit_behind(*limit).is_some()
    {
        return error;
    }
    JsError::from_opaque(value_of(error, context))
}

/// The JavaScript value of an error: what `catch` would bind.
///
/// What the engine throws where JavaScript cannot catch it becomes the error that V8 throws: too
/// deep a recursion is a `RangeError`.
pub(crate) fn value_of(error: JsError, context: &mut Context) -> JsValue {
    if let Some(engine) = error.as_engine() {
        return match engine {
            EngineError::RuntimeLimit(_) => {
                let overflow = stack::overflow(&error, context);
                exhaustion::recover(context);
                overflow.into()
            }
            // What unwinds a program that ended; nobody is told.
            EngineError::Panic(_) => JsValue::undefined(),
        };
    }
    let value = error.into_opaque(context).unwrap_or_default();
    if let Some(object) = value.as_object() {
        stack::complete(&object, context);
    }
    value
}
