//! `os.userInfo()` and `os.homedir()`.

use boa_engine::{Context, JsObject, JsResult, JsString, JsValue, js_string};

use super::{environment, system_error};
use crate::{
    bindings::{
        buffer,
        encoding::{self, Encoding},
    },
    engine::natives::{arg, define_value},
    sys::machine,
};

/// How the names are given.
#[derive(Clone, Copy)]
enum Form {
    Text(Encoding),
    Bytes,
}

impl Form {
    fn decode(options: &JsValue, context: &mut Context) -> JsResult<Self> {
        let Some(options) = options.as_object() else { return Ok(Self::Text(Encoding::Utf8)) };
        let name = options.get(js_string!("encoding"), context)?;
        let Some(name) = name.as_string() else { return Ok(Self::Text(Encoding::Utf8)) };
        if name == "buffer" {
            return Ok(Self::Bytes);
        }
        Ok(Self::Text(Encoding::parse(&name).unwrap_or(Encoding::Utf8)))
    }

    fn value(self, text: &str, context: &mut Context) -> JsResult<JsValue> {
        match self {
            Self::Text(encoding) => Ok(encoding::decode(text.as_bytes(), encoding).into()),
            Self::Bytes => Ok(buffer::from_slice(text.as_bytes(), context)?.into()),
        }
    }
}

pub(super) fn info(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let form = Form::decode(&arg(args, 0), context)?;
    let user = machine::current_user().map_err(|error| system_error(&error, context))?;
    let info = JsObject::with_null_proto();
    define_value(&info, js_string!("uid"), user.uid, true);
    define_value(&info, js_string!("gid"), user.gid, true);
    for (key, text) in [("username", user.name), ("homedir", user.home), ("shell", user.shell)] {
        let value = form.value(&text, context)?;
        define_value(&info, JsString::from(key), value, true);
    }
    Ok(info.into())
}

/// `HOME`, even where it is empty; without it what the user database says.
pub(super) fn home(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    if let Some(home) = environment("HOME", context)? {
        return Ok(home.into());
    }
    match machine::current_user() {
        Ok(user) => Ok(JsString::from(user.home).into()),
        Err(mut error) => {
            "uv_os_homedir".clone_into(&mut error.syscall);
            Err(system_error(&error, context))
        }
    }
}
