//! Which processes a program may signal, where it is not all there is in its own.

use boa_engine::{Context, JsError, JsString, js_string};

use super::{
    errors::{Code, coded_object},
    family,
    natives::define_value,
    state,
};
use crate::sys::{identity, tree};

/// What scripts may do by signals, and by the priorities of processes: see
/// [`RuntimeBuilder::signals`](crate::RuntimeBuilder::signals).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Signals {
    /// They reach the processes that they have started and those that these have started, and the groups
    /// that such processes lead. No signal reaches them: who listens for one hears nothing.
    #[default]
    Children,
    /// They reach every process but the host's own, and every group but its own. No signal reaches them.
    Others,
    /// They reach every process, the host's own included. Who listens for a signal changes what it does to
    /// the host.
    All,
}

/// Whether programs of this realm hear of signals to the process.
pub(crate) fn are_heard(context: &Context) -> bool {
    let engine = state::of(context);
    engine.owns_process.get() || engine.signals.get() == Signals::All
}

/// Whether the program may signal this process, or change its priority; the group `-pid` of a negative number.
pub(crate) fn may_reach(pid: i32, context: &Context) -> bool {
    if are_heard(context) {
        return true;
    }
    match (state::of(context).signals.get(), pid) {
        // The own group, and everybody.
        (_, 0 | -1) => false,
        (Signals::Others, ..0) => pid != -identity::group(),
        (Signals::Others, _) => !identity::is_own(pid),
        (_, ..0) => pid.checked_neg().is_some_and(|leader| is_below(leader, context)),
        _ => is_below(pid, context),
    }
}

/// Whether it is a child of the program's, or below one.
fn is_below(pid: i32, context: &Context) -> bool {
    let family = family::of(context);
    tree::line(pid).any(|pid| family.has_child(pid))
}

/// The error of who may not reach a process.
pub(crate) fn denied(pid: i32, context: &mut Context) -> JsError {
    let message = format!("The program that runs this script lets it not reach the process {pid}");
    let error = coded_object(context, Code::ERR_ACCESS_DENIED, message);
    define_value(&error, js_string!("permission"), js_string!("Signal"), true);
    define_value(&error, js_string!("resource"), JsString::from(pid.to_string()), true);
    JsError::from_opaque(error.into())
}
