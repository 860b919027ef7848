//! The table of builtin modules: name, native half, JavaScript half, who may reach it.
//!
//! One row makes a builtin: `require`, `module.builtinModules` and the floor-plan test read it here.

use crate::{
    bindings,
    engine::builtins::{
        Access::{self, Internal, Prefixed, Public},
        Builtin,
    },
};

type Make = fn(&mut boa_engine::Context) -> boa_engine::JsResult<boa_engine::JsValue>;

const fn native(name: &'static str, access: Access, make: Make) -> Builtin {
    Builtin { name, native: Some(make), source: None, access }
}

#[allow(dead_code)]
const fn script(name: &'static str, access: Access, source: &'static str) -> Builtin {
    Builtin { name, native: None, source: Some(source), access }
}

#[allow(dead_code)]
const fn both(name: &'static str, access: Access, make: Make, source: &'static str) -> Builtin {
    Builtin { name, native: Some(make), source: Some(source), access }
}

/// Every builtin of rjs.
pub(crate) const TABLE: &[Builtin] = &[
    native("assert", Public, bindings::assert::exports),
    native("assert/strict", Public, bindings::assert::strict_exports),
    both(
        "async_hooks",
        Public,
        bindings::async_hooks::exports,
        include_str!("../js/async_hooks.js"),
    ),
    native("buffer", Public, bindings::buffer::exports),
    native("child_process", Public, bindings::child_process::exports),
    native("console", Public, bindings::console::exports),
    script("constants", Public, include_str!("../js/constants.js")),
    both(
        "diagnostics_channel",
        Public,
        bindings::diagnostics_channel::exports,
        include_str!("../js/diagnostics_channel.js"),
    ),
    script("dgram", Public, include_str!("../js/dgram.js")),
    native("internal/dgram", Internal, bindings::dgram::exports),
    script("internal/cluster/link", Internal, include_str!("../js/internal/cluster/link.js")),
    script("internal/cluster/primary", Internal, include_str!("../js/internal/cluster/primary.js")),
    script(
        "internal/cluster/round_robin",
        Internal,
        include_str!("../js/internal/cluster/round_robin.js"),
    ),
    script(
        "internal/cluster/shared_handle",
        Internal,
        include_str!("../js/internal/cluster/shared_handle.js"),
    ),
    script("internal/cluster/worker", Internal, include_str!("../js/internal/cluster/worker.js")),
    script(
        "internal/cluster/worker_class",
        Internal,
        include_str!("../js/internal/cluster/worker_class.js"),
    ),
    native("events", Public, bindings::events::exports),
    native("fs", Public, bindings::fs::exports),
    native("fs/promises", Public, bindings::fs::promises_exports),
    script("internal/fs/cp", Internal, include_str!("../js/internal/fs/cp.js")),
    script("internal/fs/dir", Internal, include_str!("../js/internal/fs/dir.js")),
    script("internal/fs/file_handle", Internal, include_str!("../js/internal/fs/file_handle.js")),
    script("internal/fs/glob", Internal, include_str!("../js/internal/fs/glob.js")),
    native("internal/fs/native", Internal, bindings::fs::internal_exports),
    script("internal/fs/streams", Internal, include_str!("../js/internal/fs/streams.js")),
    script("internal/fs/watch", Internal, include_str!("../js/internal/fs/watch.js")),
    script("internal/fs/whole_files", Internal, include_str!("../js/internal/fs/whole_files.js")),
    native("internal/encoding", Internal, bindings::encoding_web::exports),
    native("internal/abort_controller", Internal, bindings::abort::exports),
    native("internal/assert/assertion_error", Internal, bindings::assert::error_exports),
    both(
        "internal/assert/expectations",
        Internal,
        bindings::assert::expectation_exports,
        include_str!("../js/internal/assert/expectations.js"),
    ),
    script(
        "internal/child_process/exec",
        Internal,
        include_str!("../js/internal/child_process/exec.js"),
    ),
    native("internal/dom_exception", Internal, bindings::dom_exception::exports),
    native("internal/errors", Internal, bindings::internal::errors::exports),
    script(
        "internal/events/async_resource",
        Internal,
        include_str!("../js/internal/events/async_resource.js"),
    ),
    native("internal/diagnostics", Internal, bindings::diagnostics_channel::internal_exports),
    native("internal/handles", Internal, bindings::handles::exports),
    script("internal/events/on", Internal, include_str!("../js/internal/events/on.js")),
    native("internal/event_target", Internal, bindings::event_target::exports),
    script(
        "internal/node_event_target",
        Internal,
        include_str!("../js/internal/node_event_target.js"),
    ),
    both(
        "internal/process/environment_flags",
        Internal,
        bindings::process::flag_exports,
        include_str!("../js/internal/process/environment_flags.js"),
    ),
    script(
        "internal/process/finalization",
        Internal,
        include_str!("../js/internal/process/finalization.js"),
    ),
    both(
        "internal/ipc/handles",
        Internal,
        bindings::ipc::handle_exports,
        include_str!("../js/internal/ipc/handles.js"),
    ),
    native("internal/queue_microtask", Internal, bindings::queue_microtask::exports),
    native("internal/structured_clone", Internal, bindings::structured_clone::exports),
    native("internal/timers", Internal, bindings::timers::internal_exports),
    script("internal/url_legacy", Internal, include_str!("../js/internal/url_legacy.js")),
    native("internal/validate", Internal, bindings::internal::validate::exports),
    script("internal/stdin", Internal, include_str!("../js/internal/stdin.js")),
    both(
        "internal/stdio",
        Internal,
        bindings::process::stdio::exports,
        include_str!("../js/internal/stdio.js"),
    ),
    script(
        "internal/streams/add_abort_signal",
        Internal,
        include_str!("../js/internal/streams/add_abort_signal.js"),
    ),
    script("internal/streams/buffer", Internal, include_str!("../js/internal/streams/buffer.js")),
    script(
        "internal/streams/destroyer",
        Internal,
        include_str!("../js/internal/streams/destroyer.js"),
    ),
    script("internal/streams/duplex", Internal, include_str!("../js/internal/streams/duplex.js")),
    script(
        "internal/streams/finished",
        Internal,
        include_str!("../js/internal/streams/finished.js"),
    ),
    script("internal/streams/from", Internal, include_str!("../js/internal/streams/from.js")),
    script("internal/streams/iterate", Internal, include_str!("../js/internal/streams/iterate.js")),
    script("internal/streams/legacy", Internal, include_str!("../js/internal/streams/legacy.js")),
    script("internal/streams/life", Internal, include_str!("../js/internal/streams/life.js")),
    script(
        "internal/streams/passthrough",
        Internal,
        include_str!("../js/internal/streams/passthrough.js"),
    ),
    script("internal/streams/pipe", Internal, include_str!("../js/internal/streams/pipe.js")),
    script(
        "internal/streams/pipeline",
        Internal,
        include_str!("../js/internal/streams/pipeline.js"),
    ),
    script(
        "internal/streams/predicates",
        Internal,
        include_str!("../js/internal/streams/predicates.js"),
    ),
    script(
        "internal/streams/readable",
        Internal,
        include_str!("../js/internal/streams/readable.js"),
    ),
    script("internal/streams/state", Internal, include_str!("../js/internal/streams/state.js")),
    script(
        "internal/streams/transform",
        Internal,
        include_str!("../js/internal/streams/transform.js"),
    ),
    script("internal/streams/wrap", Internal, include_str!("../js/internal/streams/wrap.js")),
    script(
        "internal/streams/writable",
        Internal,
        include_str!("../js/internal/streams/writable.js"),
    ),
    script("internal/streams/compose", Internal, include_str!("../js/internal/streams/compose.js")),
    script(
        "internal/streams/duplex_pair",
        Internal,
        include_str!("../js/internal/streams/duplex_pair.js"),
    ),
    script(
        "internal/streams/duplexify",
        Internal,
        include_str!("../js/internal/streams/duplexify.js"),
    ),
    script("internal/streams/facade", Internal, include_str!("../js/internal/streams/facade.js")),
    script(
        "internal/streams/operators",
        Internal,
        include_str!("../js/internal/streams/operators.js"),
    ),
    script("internal/streams/web", Internal, include_str!("../js/internal/streams/web.js")),
    script(
        "internal/webstreams/pipe_to",
        Internal,
        include_str!("../js/internal/webstreams/pipe_to.js"),
    ),
    script(
        "internal/webstreams/readable",
        Internal,
        include_str!("../js/internal/webstreams/readable.js"),
    ),
    script(
        "internal/webstreams/readable_bytes",
        Internal,
        include_str!("../js/internal/webstreams/readable_bytes.js"),
    ),
    script(
        "internal/webstreams/strategies",
        Internal,
        include_str!("../js/internal/webstreams/strategies.js"),
    ),
    script(
        "internal/webstreams/support",
        Internal,
        include_str!("../js/internal/webstreams/support.js"),
    ),
    script("internal/webstreams/tee", Internal, include_str!("../js/internal/webstreams/tee.js")),
    script("internal/webstreams/text", Internal, include_str!("../js/internal/webstreams/text.js")),
    script(
        "internal/webstreams/transform",
        Internal,
        include_str!("../js/internal/webstreams/transform.js"),
    ),
    script(
        "internal/webstreams/writable",
        Internal,
        include_str!("../js/internal/webstreams/writable.js"),
    ),
    script("internal/lazy", Internal, include_str!("../js/internal/lazy.js")),
    script("internal/blob_stream", Internal, include_str!("../js/internal/blob_stream.js")),
    script(
        "internal/streams/legacy_pipe",
        Internal,
        include_str!("../js/internal/streams/legacy_pipe.js"),
    ),
    script("internal/streams/rare", Internal, include_str!("../js/internal/streams/rare.js")),
    script(
        "internal/streams/buffer_parts",
        Internal,
        include_str!("../js/internal/streams/buffer_parts.js"),
    ),
    script(
        "internal/streams/readable_rare",
        Internal,
        include_str!("../js/internal/streams/readable_rare.js"),
    ),
    script(
        "internal/streams/writable_rare",
        Internal,
        include_str!("../js/internal/streams/writable_rare.js"),
    ),
    native("module", Public, crate::engine::commonjs::exports),
    script("cluster", Public, include_str!("../js/cluster.js")),
    both("dns", Public, bindings::dns::exports, include_str!("../js/dns.js")),
    script("dns/promises", Public, include_str!("../js/dns/promises.js")),
    script("internal/net/arguments", Internal, include_str!("../js/internal/net/arguments.js")),
    script("internal/net/block_list", Internal, include_str!("../js/internal/net/block_list.js")),
    script("internal/net/connect", Internal, include_str!("../js/internal/net/connect.js")),
    script("internal/net/defaults", Internal, include_str!("../js/internal/net/defaults.js")),
    native("internal/net/ip", Internal, bindings::net::exports),
    script("internal/net/server", Internal, include_str!("../js/internal/net/server.js")),
    script("internal/net/socket", Internal, include_str!("../js/internal/net/socket.js")),
    script("net", Public, include_str!("../js/net.js")),
    script("worker_threads", Public, include_str!("../js/worker_threads.js")),
    native("os", Public, bindings::os::exports),
    native("path", Public, bindings::path::exports),
    native("path/posix", Public, bindings::path::posix_exports),
    native("path/win32", Public, bindings::path::win32_exports),
    both("perf_hooks", Public, bindings::perf_hooks::exports, include_str!("../js/perf_hooks.js")),
    native("process", Public, bindings::process::exports),
    native("querystring", Public, bindings::querystring::exports),
    script("_stream_duplex", Public, include_str!("../js/_stream_duplex.js")),
    script("_stream_passthrough", Public, include_str!("../js/_stream_passthrough.js")),
    script("_stream_readable", Public, include_str!("../js/_stream_readable.js")),
    script("_stream_transform", Public, include_str!("../js/_stream_transform.js")),
    script("_stream_writable", Public, include_str!("../js/_stream_writable.js")),
    script("stream", Public, include_str!("../js/stream.js")),
    script("stream/consumers", Public, include_str!("../js/stream/consumers.js")),
    script("stream/web", Public, include_str!("../js/stream/web.js")),
    script("stream/promises", Public, include_str!("../js/stream/promises.js")),
    script("internal/readline/cursor", Internal, include_str!("../js/internal/readline/cursor.js")),
    script("internal/readline/editor", Internal, include_str!("../js/internal/readline/editor.js")),
    script(
        "internal/readline/interface",
        Internal,
        include_str!("../js/internal/readline/interface.js"),
    ),
    script("internal/readline/keys", Internal, include_str!("../js/internal/readline/keys.js")),
    both(
        "internal/terminal",
        Internal,
        bindings::tty::exports,
        include_str!("../js/internal/terminal.js"),
    ),
    script("tty", Public, include_str!("../js/tty.js")),
    native("internal/text_width", Internal, bindings::internal::text_width::exports),
    script("readline", Public, include_str!("../js/readline.js")),
    script("readline/promises", Public, include_str!("../js/readline/promises.js")),
    native("string_decoder", Public, bindings::string_decoder::exports),
    script("punycode", Public, include_str!("../js/punycode.js")),
    script("sys", Public, include_str!("../js/sys.js")),
    native("url", Public, bindings::url::exports),
    script("internal/util/abort", Internal, include_str!("../js/internal/util/abort.js")),
    script("internal/util/deprecate", Internal, include_str!("../js/internal/util/deprecate.js")),
    script("internal/util/mime", Internal, include_str!("../js/internal/util/mime.js")),
    script("internal/util/parse_args", Internal, include_str!("../js/internal/util/parse_args.js")),
    both("v8", Public, bindings::v8::exports, include_str!("../js/v8.js")),
    native("util", Public, bindings::util::exports),
    native("util/types", Public, bindings::util::types_exports),
    both("vm", Public, bindings::vm::exports, include_str!("../js/vm.js")),
    script("internal/test/context", Internal, include_str!("../js/internal/test/context.js")),
    script("internal/test/mock", Internal, include_str!("../js/internal/test/mock.js")),
    script(
        "internal/test/mock_timers",
        Internal,
        include_str!("../js/internal/test/mock_timers.js"),
    ),
    script("internal/test/reporter", Internal, include_str!("../js/internal/test/reporter.js")),
    script("internal/test/runner", Internal, include_str!("../js/internal/test/runner.js")),
    script("test", Prefixed, include_str!("../js/test.js")),
    native("timers", Public, bindings::timers::exports),
    script("timers/promises", Public, include_str!("../js/timers/promises.js")),
];

const _: Access = Internal;
