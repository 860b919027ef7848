//! `process.loadEnvFile(path)`: variables from a file of the form `.env`.

use boa_engine::{Context, JsResult, JsString, JsValue, js_string};

use crate::{
    bindings::util::dotenv,
    engine::{builtins, natives::arg, permission, validate},
};

/// `process.loadEnvFile(path = '.env')`: a variable that the environment has keeps its value.
pub(super) fn load(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let path = arg(args, 0);
    let path = if path.is_undefined() { js_string!(".env").into() } else { path };
    if !path.is_string() && !path.is_object() {
        let expected = "of type string or an instance of Buffer or URL";
        return Err(validate::invalid_arg_type(context, "path", expected, &path));
    }
    let fs = builtins::load_object("fs", context)?;
    let read = fs.get(js_string!("readFileSync"), context)?.to_object(context)?;
    let text = read.call(&fs.into(), &[path, js_string!("utf8").into()], context)?;
    let text = text.to_string(context)?.to_std_string_lossy();
    let env = super::state(context).object.get(js_string!("env"), context)?.to_object(context)?;
    let variables = dotenv::parse(&text);
    // All or none.
    for name in variables.keys() {
        permission::check_variable(name, context)?;
    }
    for (name, value) in variables {
        let name = JsString::from(name.as_str());
        if !env.has_own_property(name.clone(), context)? {
            env.set(name, JsString::from(value.as_str()), true, context)?;
        }
    }
    Ok(JsValue::undefined())
}
