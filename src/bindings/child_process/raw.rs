//! `childProcess.spawn(options)`: what stands below `spawn` in Node, for the programs that make a
//! `ChildProcess` themselves.

use boa_engine::{Context, JsObject, JsResult, JsValue};

use super::{
    arguments::{copied, elements},
    decoding::{Raw, without_nul},
    options::{self, own},
    starting,
};
use crate::engine::{natives::arg, validate};

/// `childProcess.spawn({ file, args, envPairs, … })`: an error number below 0, or 0.
pub(super) fn spawn(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let child = this.to_object(context)?;
    let given: JsValue = validate::object(&arg(args, 0), "options", context)?.into();
    let options = copied(&given, context)?;
    let env = list(&options, "envPairs", context)?;
    let file = validate::string(&own(&options, "file", context)?, "options.file", context)?;
    let file = without_nul(&file, "options.file", context)?;
    let args = list(&options, "args", context)?;
    let env = env.iter().map(|pair| Ok(pair.to_string(context)?.to_std_string_lossy()));
    let env = env.collect::<JsResult<Vec<_>>>()?;
    let command = Raw { file, args, env }.command(&options, context)?;
    let decoded = options::beside(command, &options, context)?;
    let failure = starting::start(&child, decoded, context)?;
    Ok(failure.map_or(0, |errno| -errno.0).into())
}

fn list(options: &JsObject, name: &str, context: &mut Context) -> JsResult<Vec<JsValue>> {
    let value = own(options, name, context)?;
    if value.is_undefined() {
        return Ok(Vec::new());
    }
    match value.as_object().filter(JsObject::is_array) {
        Some(list) => elements(&list, context),
        None => {
            let full = format!("options.{name}");
            Err(validate::invalid_arg_type(context, &full, "an instance of Array", &value))
        }
    }
}
