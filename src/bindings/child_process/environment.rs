//! The variables that a child gets.

use boa_engine::{
    Context, JsObject, JsResult, JsString, JsValue, builtins::proxy::Proxy, js_string,
    property::PropertyKey,
};

use super::{decoding::without_nul, node_link, options::own};
use crate::{
    bindings::process::{self, env},
    engine::reflect,
};

/// `options.env`, else the program's own: every enumerable property, `undefined` left out.
pub(super) fn environment(
    options: &JsObject,
    context: &mut Context,
) -> JsResult<Vec<(String, String)>> {
    let given = own(options, "env", context)?;
    let env = match given.as_object() {
        Some(env) => env,
        None => {
            process::state(context).object.get(js_string!("env"), context)?.to_object(context)?
        }
    };
    let mut pairs: Vec<(String, String)> = Vec::new();
    for (key, value) in enumerable(&env::behind(env, context)?, context)? {
        if value.is_undefined() {
            continue;
        }
        let name =
            without_nul(&key, &format!("options.env['{}']", key.to_std_string_lossy()), context)?;
        let text = value.to_string(context)?;
        let text = without_nul(&text, &format!("options.env['{name}']"), context)?;
        pairs.push((name, text));
    }
    if let Some((_, path)) = pairs.iter_mut().rev().find(|(name, _)| name == "PATH")
        && let Some(extended) = node_link::extended(path, context)
    {
        *path = extended;
    }
    Ok(pairs)
}

/// What `for (key in object)` visits, and the values.
fn enumerable(object: &JsObject, context: &mut Context) -> JsResult<Vec<(JsString, JsValue)>> {
    let mut pairs: Vec<(JsString, JsValue)> = Vec::new();
    let base = context.intrinsics().constructors().object().prototype();
    let mut cursor = Some(object.clone());
    while let Some(holder) = cursor.filter(|holder| !JsObject::equals(holder, &base)) {
        let known = pairs.len();
        for key in reflect::own_keys(&holder, context)? {
            let name = match &key {
                PropertyKey::Symbol(_) => continue,
                PropertyKey::String(name) => name.clone(),
                PropertyKey::Index(index) => JsString::from(index.get().to_string().as_str()),
            };
            let Some(property) = reflect::own_property(&holder, &key, context)? else { continue };
            if property.enumerable() == Some(false)
                || pairs.iter().take(known).any(|(seen, _)| *seen == name)
            {
                continue;
            }
            let value = match property.value() {
                Some(value) if !holder.is::<Proxy>() => value.clone(),
                _ => object.get(key, context)?,
            };
            pairs.push((name, value));
        }
        cursor = reflect::prototype(&holder, context)?;
    }
    Ok(pairs)
}
