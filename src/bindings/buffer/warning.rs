//! The deprecation warning of `Buffer()` (DEP0005).

use boa_engine::{Context, JsResult};

use super::realm;
use crate::bindings::{process, warning};

const MESSAGE: &str = "Buffer() is deprecated due to security and usability issues. Please use \
                       the Buffer.alloc(), Buffer.allocUnsafe(), or Buffer.from() methods instead.";

/// Warns, once, unless the caller is code in `node_modules`: its user could not change it, and is told
/// only under `--pending-deprecation`.
pub(super) fn buffer_constructor(context: &mut Context) -> JsResult<()> {
    let realm = realm::of(context)?;
    let tells_all = process::warns_of_pending_deprecations(context);
    if realm.deprecation_told.get() || (!tells_all && is_called_from_a_dependency(context)) {
        return Ok(());
    }
    realm.deprecation_told.set(true);
    warning::emit_deprecation(MESSAGE, "DEP0005", context)
}

fn is_called_from_a_dependency(context: &Context) -> bool {
    let caller = context.stack_trace().map(|frame| frame.code_block().path().to_string()).next();
    caller.is_some_and(|path| path.split(['/', '\\']).any(|component| component == "node_modules"))
}
