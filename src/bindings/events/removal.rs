//! Removing listeners: `off`, `removeAllListeners`.

use boa_engine::{
    Context, JsObject, JsResult, JsValue, js_string, object::builtins::JsArray,
    property::PropertyKey,
};

use super::{
    Registered, elements, empty_events, events_of, inspection::count_of, is_same, key_of, name_arg,
    overridden, receiver, registered, table, unwrapped,
};
use crate::engine::{natives::arg, validate};

/// `emitter.removeListener(name, listener)`, overridden or not.
pub(crate) fn remove_listener(
    emitter: &JsObject,
    name: impl Into<JsValue>,
    listener: impl Into<JsObject>,
    context: &mut Context,
) -> JsResult<()> {
    let (name, listener) = (name.into(), listener.into());
    let events = super::of(context)?;
    let method = js_string!("removeListener");
    match overridden(emitter, method, &events.natives.remove_listener, context)? {
        Some(replaced) => {
            replaced.call(&emitter.clone().into(), &[name, listener.into()], context).map(drop)
        }
        None => remove(emitter, &name, &listener, context),
    }
}

/// `removeListener`, whatever the emitter's is.
pub(crate) fn off(this: &JsValue, args: &[JsValue], context: &mut Context) -> JsResult<JsValue> {
    let listener = validate::function(&arg(args, 1), "listener", context)?;
    let emitter = receiver(this, context)?;
    remove(&emitter, &arg(args, 0), &listener, context)?;
    Ok(this.clone())
}

/// Removes the last registration of a listener, whatever `emitter.removeListener` is.
fn remove(
    emitter: &JsObject,
    name: &JsValue,
    listener: &JsObject,
    context: &mut Context,
) -> JsResult<()> {
    if table::remove(emitter, name, listener, context)? {
        return Ok(());
    }
    let key = key_of(name, context)?;
    let Some(events) = events_of(emitter, context)? else { return Ok(()) };
    let told = match registered(&events, &key, context)? {
        Registered::Nothing => return Ok(()),
        Registered::One(only) => {
            let only: JsValue = only.into();
            if !is_same(&only, listener, context)? {
                return Ok(());
            }
            forget(emitter, &events, key, context)?;
            unwrapped(&only, context)?
        }
        Registered::Many(list) => {
            if !remove_last(&events, key, &list, listener, context)? {
                return Ok(());
            }
            listener.clone().into()
        }
    };
    if !events.get(js_string!("removeListener"), context)?.is_undefined() {
        super::emit(emitter, js_string!("removeListener"), &[name.clone(), told], context)?;
    }
    Ok(())
}

/// Takes a name with its only listener out of `_events`.
fn forget(
    emitter: &JsObject,
    events: &JsObject,
    key: PropertyKey,
    context: &mut Context,
) -> JsResult<()> {
    let count = count_of(emitter, context)? - 1.0;
    emitter.set(js_string!("_eventsCount"), count, true, context)?;
    let shape_mode = super::of(context)?.shape_mode.clone();
    if emitter.get(shape_mode, context)?.to_boolean() {
        events.set(key, JsValue::undefined(), true, context)?;
    } else if count == 0.0 {
        emitter.set(js_string!("_events"), empty_events(context), true, context)?;
    } else {
        events.delete_property_or_throw(key, context)?;
    }
    Ok(())
}

/// Takes the last registration of `listener` out of a list; false if there is none.
fn remove_last(
    events: &JsObject,
    key: PropertyKey,
    list: &JsObject,
    listener: &JsObject,
    context: &mut Context,
) -> JsResult<bool> {
    let all = elements(list, context)?;
    let mut position = None;
    for (index, candidate) in all.iter().enumerate().rev() {
        if is_same(candidate, listener, context)? {
            position = Some(index);
            break;
        }
    }
    let Some(position) = position else { return Ok(false) };
    JsArray::from_object(list.clone())?.splice(position as u32, Some(1), &[], context)?;
    if all.len() == 2 {
        events.set(key, all[1 - position].clone(), true, context)?;
    }
    Ok(true)
}

/// `removeAllListeners`, whatever the emitter's is.
pub(crate) fn remove_all(
    this: &JsValue,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<JsValue> {
    let emitter = receiver(this, context)?;
    let Some(events) = events_of(&emitter, context)? else { return Ok(this.clone()) };
    let silent = events.get(js_string!("removeListener"), context)?.is_undefined();
    match (silent, args.is_empty()) {
        (true, true) => clear(&emitter, context)?,
        (true, false) => drop_name(&emitter, &events, args, context)?,
        (false, true) => announce_all(&emitter, &events, context)?,
        (false, false) => announce_name(&emitter, &events, args, context)?,
    }
    Ok(this.clone())
}

/// Forgets every listener without a word.
fn clear(emitter: &JsObject, context: &mut Context) -> JsResult<()> {
    emitter.set(js_string!("_events"), empty_events(context), true, context)?;
    emitter.set(js_string!("_eventsCount"), 0, true, context)?;
    compact(emitter, context)
}

/// Ends the mode in which removed listeners leave `undefined` behind.
fn compact(emitter: &JsObject, context: &mut Context) -> JsResult<()> {
    let shape_mode = super::of(context)?.shape_mode.clone();
    emitter.set(shape_mode, false, true, context).map(drop)
}

/// Forgets the listeners of one name without a word.
fn drop_name(
    emitter: &JsObject,
    events: &JsObject,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<()> {
    let (_, key) = name_arg(args, context)?;
    if !events.get(key.clone(), context)?.is_undefined() {
        let count = count_of(emitter, context)? - 1.0;
        emitter.set(js_string!("_eventsCount"), count, true, context)?;
        if count == 0.0 {
            emitter.set(js_string!("_events"), empty_events(context), true, context)?;
        } else {
            events.delete_property_or_throw(key, context)?;
        }
    }
    compact(emitter, context)
}

/// Removes every listener, telling the `removeListener` listeners; those go last.
fn announce_all(emitter: &JsObject, events: &JsObject, context: &mut Context) -> JsResult<()> {
    let last = PropertyKey::from(js_string!("removeListener"));
    for key in events.own_property_keys(context)? {
        if key != last {
            call_remove_all(emitter, super::name_of(&key), context)?;
        }
    }
    call_remove_all(emitter, js_string!("removeListener").into(), context)?;
    clear(emitter, context)
}

fn call_remove_all(emitter: &JsObject, name: JsValue, context: &mut Context) -> JsResult<()> {
    let state = super::of(context)?;
    let method = js_string!("removeAllListeners");
    let native = &state.natives.remove_all_listeners;
    let function = overridden(emitter, method, native, context)?;
    let this = emitter.clone().into();
    match function {
        Some(replaced) => replaced.call(&this, &[name], context)?,
        None => remove_all(&this, &[name], context)?,
    };
    Ok(())
}

/// Removes the listeners of one name, the latest first, telling the `removeListener` listeners.
fn announce_name(
    emitter: &JsObject,
    events: &JsObject,
    args: &[JsValue],
    context: &mut Context,
) -> JsResult<()> {
    let (name, key) = name_arg(args, context)?;
    let listeners = match registered(events, &key, context)? {
        Registered::Nothing => return Ok(()),
        Registered::One(listener) => vec![listener.into()],
        Registered::Many(list) => elements(&list, context)?,
    };
    for listener in listeners.iter().rev() {
        let Some(listener) = listener.as_object() else { continue };
        remove_listener(emitter, name.clone(), listener, context)?;
    }
    Ok(())
}
