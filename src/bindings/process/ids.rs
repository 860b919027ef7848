//! Ids, groups, working directory, umask.

use std::path::Path;

use boa_engine::{
    Context, JsError, JsObject, JsResult, JsString, JsValue, js_string, object::builtins::JsArray,
};

use super::ownership;
use crate::{
    engine::{
        errors::{Code, Wording, coded, throw_sys},
        folder,
        natives::arg,
        permission, state, validate,
    },
    sys::{
        error::SysError,
        identity::{self, IdKind},
    },
};

const MAX_ID: f64 = 4_294_967_295.0;

/// `process.getuid()`.
pub(super) fn getuid(_: &JsValue, _: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    Ok(identity::ids().uid.into())
}

/// `process.geteuid()`.
pub(super) fn geteuid(_: &JsValue, _: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    Ok(identity::ids().euid.into())
}

/// `process.getgid()`.
pub(super) fn getgid(_: &JsValue, _: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    Ok(identity::ids().gid.into())
}

/// `process.getegid()`.
pub(super) fn getegid(_: &JsValue, _: &[JsValue], _: &mut Context) -> JsResult<JsValue> {
    Ok(identity::ids().egid.into())
}

/// `process.getgroups()`.
pub(super) fn getgroups(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let groups = identity::groups().map_err(|error| thrown(&error, context))?;
    Ok(JsArray::from_iter(groups.into_iter().map(JsValue::from), context).into())
}

/// `process.setuid(id)`.
pub(super) fn setuid(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    set(IdKind::User, args, context)
}

/// `process.seteuid(id)`.
pub(super) fn seteuid(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    set(IdKind::EffectiveUser, args, context)
}

/// `process.setgid(id)`.
pub(super) fn setgid(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    set(IdKind::Group, args, context)
}

/// `process.setegid(id)`.
pub(super) fn setegid(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    set(IdKind::EffectiveGroup, args, context)
}

fn set(kind: IdKind, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    ownership::require(
        match kind {
            IdKind::User => "setuid",
            IdKind::EffectiveUser => "seteuid",
            IdKind::Group => "setgid",
            IdKind::EffectiveGroup => "setegid",
        },
        context,
    )?;
    let credential = match kind {
        IdKind::User | IdKind::EffectiveUser => Credential::User,
        IdKind::Group | IdKind::EffectiveGroup => Credential::Group,
    };
    let id = credential.id(&arg(args, 0), "id", context)?;
    identity::set_id(kind, id).map_err(|error| thrown(&error, context))?;
    Ok(JsValue::undefined())
}

#[derive(Clone, Copy)]
enum Credential {
    User,
    Group,
}

impl Credential {
    /// The number that a number or a name stands for.
    fn id(self, value: &JsValue, name: &str, context: &mut Context) -> JsResult<u32> {
        if value.is_number() {
            return Ok(validate::integer(value, name, 0.0, MAX_ID, context)? as u32);
        }
        let Some(text) = value.as_string() else {
            let expected = "one of type number or string";
            return Err(validate::invalid_arg_type(context, name, expected, value));
        };
        let text = text.to_std_string_lossy();
        let (found, kind) = match self {
            Self::User => (identity::user_id(&text), "User"),
            Self::Group => (identity::group_id(&text), "Group"),
        };
        found.ok_or_else(|| {
            let message = format!("{kind} identifier does not exist: {text}");
            coded(context, Code::ERR_UNKNOWN_CREDENTIAL, message)
        })
    }
}

/// `process.setgroups(groups)`.
pub(super) fn setgroups(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    ownership::require("setgroups", context)?;
    let given = arg(args, 0);
    let Some(list) = given.as_object().filter(JsObject::is_array) else {
        return Err(validate::invalid_arg_type(context, "groups", "an instance of Array", &given));
    };
    let length = list.get(js_string!("length"), context)?.to_length(context)?;
    let mut groups = Vec::new();
    for index in 0..length {
        let value = list.get(index, context)?;
        groups.push(Credential::Group.id(&value, &format!("groups[{index}]"), context)?);
    }
    identity::set_groups(&groups).map_err(|error| thrown(&error, context))?;
    Ok(JsValue::undefined())
}

/// `process.initgroups(user, extraGroup)`.
pub(super) fn initgroups(
    _: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    ownership::require("initgroups", context)?;
    let (user, group) = (arg(args, 0), arg(args, 1));
    let expected = "one of type number or string";
    for (value, name) in [(&user, "user"), (&group, "extraGroup")] {
        if !value.is_number() && !value.is_string() {
            return Err(validate::invalid_arg_type(context, name, expected, value));
        }
    }
    let group = Credential::Group.id(&group, "extraGroup", context)?;
    let user = match user.as_string() {
        Some(name) => name.to_std_string_lossy(),
        None => {
            let id = validate::integer(&user, "user", 0.0, MAX_ID, context)? as u32;
            identity::user_name(id).ok_or_else(|| {
                let message = format!("User identifier does not exist: {id}");
                coded(context, Code::ERR_UNKNOWN_CREDENTIAL, message)
            })?
        }
    };
    identity::init_groups(&user, group).map_err(|error| thrown(&error, context))?;
    Ok(JsValue::undefined())
}

/// `process.cwd()`.
pub(super) fn cwd(_: &JsValue, _: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    match folder::cwd(context) {
        Ok(path) => Ok(JsString::from(path).into()),
        Err(error) => Err(throw_sys(context, &error, Wording::Described)),
    }
}

/// `process.chdir(directory)`.
pub(super) fn chdir(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let directory = validate::string(&arg(args, 0), "directory", context)?.to_std_string_lossy();
    permission::check_read(Path::new(&directory), context)?;
    let Err(mut error) = folder::change(Path::new(&directory), context) else {
        return Ok(JsValue::undefined());
    };
    // Node names both ends of the change.
    let from = folder::cwd(context).unwrap_or_default();
    error.subject = crate::sys::error::Subject::Paths(from.into(), directory.into());
    Err(throw_sys(context, &error, Wording::Described))
}

/// `process.umask(mask)`.
pub(super) fn umask(_: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let mask = match args.first() {
        // Node takes null for "not given" and says so in its error.
        Some(mask) if mask.is_null() => Some(mode(&JsValue::undefined(), context)?),
        Some(mask) if !mask.is_undefined() => Some(mode(mask, context)?),
        _ => None,
    };
    if mask.is_some() {
        ownership::require("umask", context)?;
    }
    if state::of(context).owns_process.get() {
        return Ok(identity::umask(mask).into());
    }
    Ok(identity::present_umask().into())
}

/// A mode: a number, or a string of octal digits.
fn mode(value: &JsValue, context: &mut Context) -> JsResult<u32> {
    let Some(text) = value.as_string() else {
        return Ok(validate::integer(value, "mask", 0.0, MAX_ID, context)? as u32);
    };
    let text = text.to_std_string_lossy();
    let parsed = if text.bytes().all(|digit| digit.is_ascii_digit()) {
        u32::from_str_radix(&text, 8).ok()
    } else {
        None
    };
    parsed.ok_or_else(|| {
        let reason = "must be a 32-bit unsigned integer or an octal string";
        validate::invalid_arg_value(context, "mask", value, reason)
    })
}

fn thrown(error: &SysError, context: &mut Context) -> JsError {
    throw_sys(context, error, Wording::System)
}
