//! `Atomics.wait` in a program that may be told to end meanwhile.
//!
//! The engine's own cannot be ended without a word to all who wait at the same place. Its `waitAsync` can:
//! so the thread joins the list of those who wait by that, and sleeps by itself until it is notified.

use std::{
    cell::RefCell,
    pin::pin,
    sync::{Arc, Condvar, Mutex, MutexGuard},
    task::{self, Wake},
    thread::{self, ThreadId},
    time::{Duration, Instant},
};

use boa_engine::{
    Context, JsObject, JsResult, JsValue, js_string, object::builtins::JsSharedArrayBuffer,
};
use boa_gc::{Finalize, Trace};

use crate::{
    bindings::buffer::View,
    engine::{
        intrinsics::wait_async,
        jobs::Waiter,
        kinds,
        natives::{arg, closure, define_value},
        state,
    },
    sys::lock::{lock, wait_on, wait_on_for},
};

/// How long the engine is told that a thread waits, which has a time of its own; milliseconds.
const LONG: f64 = 1e12;

/// The engine's `Atomics.wait` and `Atomics.waitAsync`.
#[derive(Trace, Finalize)]
struct Originals {
    wait: JsObject,
    begin: JsObject,
}

/// Replaces `Atomics.wait` in the realm of a worker, or of a host.
pub(crate) fn install(context: &mut Context) -> JsResult<()> {
    let atomics = context.global_object().get(js_string!("Atomics"), context)?;
    let atomics = atomics.to_object(context)?;
    let originals = Originals {
        wait: atomics.get(js_string!("wait"), context)?.to_object(context)?,
        begin: match wait_async::original(context) {
            Some(original) => original,
            None => atomics.get(js_string!("waitAsync"), context)?.to_object(context)?,
        },
    };
    let wait = closure("wait", 4, originals, wait, context);
    define_value(&atomics, js_string!("wait"), wait, false);
    Ok(())
}

fn wait(
    this: &JsValue,
    args: &[JsValue],
    originals: &Originals,
    context: &mut Context,
) -> JsResult<JsValue> {
    let engine = state::of(context);
    let (Some(order), Some(end)) = (Order::read(args, context)?, engine.alarm()) else {
        return originals.wait.call(this, args, context);
    };
    let alarm = Arc::new(Alarm::new());
    let sleeper = alarm.clone();
    let outcome = if end.begin_sleep(Arc::new(move || sleeper.end())) {
        order.carry_out(&originals.begin, &alarm, context)
    } else {
        Ok(JsValue::undefined())
    };
    end.end_sleep();
    engine.is_used_up();
    match engine.exit_code() {
        Some(code) => Err(engine.stop(code)),
        None => outcome,
    }
}

/// The arguments of a wait that the engine accepts, without anything left to convert.
struct Order {
    place: [JsValue; 3],
    /// How long at most; `None`: for ever.
    timeout: Option<Duration>,
}

impl Order {
    /// `None` for what the engine refuses.
    fn read(args: &[JsValue], context: &mut Context) -> JsResult<Option<Self>> {
        let array = arg(args, 0);
        let Some(name) = array.as_object().and_then(|array| kinds::typed_array_name(&array)) else {
            return Ok(None);
        };
        let size = match name {
            "Int32Array" => 4,
            "BigInt64Array" => 8,
            _ => return Ok(None),
        };
        let Some(view) = View::of_view(&array, context) else { return Ok(None) };
        let index = arg(args, 1);
        let known = index.as_number().is_some_and(|index| index >= (view.len() / size) as f64);
        if known || JsSharedArrayBuffer::from_object(view.array_buffer()).is_err() {
            return Ok(None);
        }
        let index = index.to_number(context)?;
        let value = match size {
            8 => arg(args, 2).to_bigint(context)?.into(),
            _ => arg(args, 2).to_number(context)?.into(),
        };
        let timeout = arg(args, 3).to_number(context)?;
        // What is no number is for ever, as in the standard.
        let timeout = (timeout <= LONG).then(|| Duration::from_secs_f64(timeout.max(0.0) / 1e3));
        Ok(Some(Self { place: [array, index.into(), value], timeout }))
    }

    fn carry_out(
        self,
        begin: &JsObject,
        alarm: &Arc<Alarm>,
        context: &mut Context,
    ) -> JsResult<JsValue> {
        let time = if self.timeout == Some(Duration::ZERO) { 0.0 } else { LONG };
        let [array, index, value] = self.place;
        let args = [array, index, value, time.into()];
        let microtasks = state::of(context).microtasks.clone();
        let (begun, waiter) = microtasks
            .begin_wait(context, |context| begin.call(&JsValue::undefined(), &args, context));
        let begun = begun?.to_object(context)?;
        let Some(waiter) = waiter else { return begun.get(js_string!("value"), context) };
        let deadline = self.timeout.and_then(|timeout| Instant::now().checked_add(timeout));
        let is_notified = sleep(waiter, alarm, deadline, context)?;
        Ok(if is_notified { js_string!("ok") } else { js_string!("timed-out") }.into())
    }
}

/// Sleeps until the waiter is notified, or for its time; whether it was notified.
fn sleep(
    waiter: Waiter,
    alarm: &Arc<Alarm>,
    deadline: Option<Instant>,
    context: &mut Context,
) -> JsResult<bool> {
    let cell = RefCell::new(context);
    let mut job = pin!(waiter.job.call(&cell));
    let waker = alarm.clone().into();
    if job.as_mut().poll(&mut task::Context::from_waker(&waker)).is_ready() {
        return Ok(true);
    }
    if alarm.wait(deadline) {
        return Ok(true);
    }
    waiter.removal.call(&mut cell.borrow_mut())?;
    // Between its last look and the removal somebody may have notified it, who has counted it.
    Ok(alarm.is_notified())
}

/// Wakes a thread that waits.
pub(super) struct Alarm {
    /// The thread that waits: what it does itself is no notification.
    owner: ThreadId,
    state: Mutex<Woken>,
    changed: Condvar,
}

#[derive(Default)]
struct Woken {
    is_notified: bool,
    is_ended: bool,
}

impl Alarm {
    /// Of this thread.
    fn new() -> Self {
        let owner = thread::current().id();
        Self { owner, state: Mutex::default(), changed: Condvar::new() }
    }

    fn lock(&self) -> MutexGuard<'_, Woken> {
        // Nothing panics while it holds the lock.
        lock(&self.state)
    }

    /// Ends the wait without a notification.
    pub(super) fn end(&self) {
        self.lock().is_ended = true;
        self.changed.notify_one();
    }

    fn is_notified(&self) -> bool {
        self.lock().is_notified
    }

    /// Waits; whether a notification came.
    fn wait(&self, deadline: Option<Instant>) -> bool {
        let mut state = self.lock();
        while !state.is_notified && !state.is_ended {
            let Some(deadline) = deadline else {
                state = wait_on(&self.changed, state);
                continue;
            };
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                break;
            }
            state = wait_on_for(&self.changed, state, left);
        }
        state.is_notified
    }
}

impl Wake for Alarm {
    fn wake(self: Arc<Self>) {
        if thread::current().id() != self.owner {
            self.lock().is_notified = true;
            self.changed.notify_one();
        }
    }
}
