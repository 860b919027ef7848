//! THE TABLE: what is measured.

/// Which direction is the good one.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Better {
    Less,
    More,
}

/// Where a row's figure comes from.
#[derive(Clone, Copy)]
pub enum Source {
    /// Milliseconds from the start of the process to its end.
    Wall,
    /// The script prints numbers; the one at this index.
    Printed(usize),
    /// The script prints a number and the pids of its children, which stay: the mean over them of this field
    /// of `/proc/PID/smaps_rollup`, in kibibytes.
    ChildMean(&'static str),
    /// Likewise: the proportional memory of all processes below the script's, in kibibytes.
    TotalPss,
}

impl Source {
    /// Whether the children have to be looked at while they live.
    pub fn is_of_children(self) -> bool {
        matches!(self, Self::ChildMean(_) | Self::TotalPss)
    }
}

/// One row of the table.
pub struct Row {
    pub name: &'static str,
    pub unit: &'static str,
    pub better: Better,
    pub source: Source,
    /// How many times as good as Node rjs is to be.
    pub target: Option<f64>,
}

/// A script with its arguments, and the rows that one run of it gives.
pub struct Workload {
    pub script: &'static str,
    pub args: &'static [&'static str],
    pub rows: &'static [Row],
    /// How the limit does the same: arguments of [`crate::limit`].
    pub limit: Option<&'static [&'static str]>,
}

const fn less(name: &'static str, unit: &'static str, source: Source, target: f64) -> Row {
    Row { name, unit, better: Better::Less, source, target: Some(target) }
}

const fn rate(name: &'static str, target: f64) -> Row {
    let (unit, source) = ("1/s", Source::Printed(0));
    Row { name, unit, better: Better::More, source, target: Some(target) }
}

const fn compute(name: &'static str) -> Row {
    Row { name, unit: "1/s", better: Better::More, source: Source::Printed(0), target: None }
}

const fn workload(
    script: &'static str,
    args: &'static [&'static str],
    rows: &'static [Row],
    limit: Option<&'static [&'static str]>,
) -> Workload {
    Workload { script, args, rows, limit }
}

/// Every workload.
#[rustfmt::skip]
pub const WORKLOADS: &[Workload] = &[
    workload("empty.js", &[], &[less("start-up, empty script", "ms", Source::Wall, 12.0)], Some(&["nothing"])),
    workload("peak.js", &[], &[less("start-up, peak memory", "KiB", Source::Printed(0), 4.0)], None),
    workload("fork.js", &["sequence", "40"],
        &[less("fork to first message", "ms", Source::Printed(0), 30.0)], Some(&["fork", "40"])),
    workload("fork.js", &["sequence", "20", "100"],
        &[less("fork to first message, a program of 1,000 lines", "ms", Source::Printed(0), 15.0)], None),
    workload("fork.js", &["together", "32"],
        &[less("32 forks at once, all first messages", "ms", Source::Printed(0), 20.0)], None),
    workload("children.js", &["20"], &[
        less("memory per idle child, private (20 alive)", "KiB", Source::ChildMean("Private_Dirty:"), 12.0),
        less("memory per idle child, PSS (20 alive)", "KiB", Source::ChildMean("Pss:"), 6.0),
    ], None),
    workload("children.js", &["100"], &[
        less("100 forked children, all ready", "ms", Source::Printed(0), 20.0),
        less("100 forked children, PSS of all below the parent", "KiB", Source::TotalPss, 6.0),
    ], None),
    workload("ping-pong.js", &["small", "20000"], &[rate("IPC ping-pong, small", 1.3)],
        Some(&["ping-pong", "20", "20000"])),
    workload("ping-pong.js", &["medium", "5000"], &[rate("IPC ping-pong, medium", 1.3)],
        Some(&["ping-pong", "862", "5000"])),
    workload("ping-pong.js", &["large", "100"], &[rate("IPC ping-pong, 1 MB string", 6.0)],
        Some(&["ping-pong", "1048579", "100"])),
    workload("one-way.js", &["down", "small", "100000"], &[rate("IPC to the child, small", 2.0)],
        Some(&["one-way", "20", "100000"])),
    workload("one-way.js", &["up", "small", "100000"], &[rate("IPC to the parent, small", 2.0)],
        Some(&["one-way", "20", "100000"])),
    workload("one-way.js", &["down", "medium", "30000"], &[rate("IPC to the child, medium", 2.5)],
        Some(&["one-way", "862", "30000"])),
    workload("one-way.js", &["up", "medium", "30000"], &[rate("IPC to the parent, medium", 2.5)],
        Some(&["one-way", "862", "30000"])),
    workload("one-way.js", &["down", "large", "200"], &[rate("IPC to the child, 1 MB string", 6.0)],
        Some(&["one-way", "1048579", "200"])),
    workload("one-way.js", &["up", "large", "200"], &[rate("IPC to the parent, 1 MB string", 6.0)],
        Some(&["one-way", "1048579", "200"])),
    workload("passed-server.js", &["3000"], &[rate("connections through a server passed to 2 children", 1.2)],
        Some(&["passed-server", "3000"])),
    workload("passed-sockets.js", &["1500"], &[rate("sockets passed one by one", 2.0)],
        Some(&["passed-sockets", "1500"])),
    workload("spawn.js", &["200", "1", "0"], &[rate("spawn, in sequence", 2.5)], Some(&["spawn", "200", "1"])),
    workload("spawn.js", &["300", "64", "0"], &[rate("spawn, 64 in flight", 1.8)], Some(&["spawn", "300", "64"])),
    workload("spawn.js", &["40", "1", "512"], &[rate("spawn, 512 MB held by the parent", 20.0)],
        Some(&["spawn", "40", "1"])),
    workload("run.js", &["exec", "150"], &[rate("exec", 2.0)], Some(&["shell", "150"])),
    workload("run.js", &["execFile", "150"], &[rate("execFile", 2.0)], Some(&["output", "150", "0"])),
    workload("run.js", &["spawnSync", "200"], &[rate("spawnSync", 2.0)], Some(&["output", "200", "0"])),
    workload("run.js", &["output", "100"], &[rate("spawnSync, 1 MB of output", 2.3)],
        Some(&["output", "100", "1048576"])),
    workload("stdout.js", &["1000"], &[
        Row { name: "stdout of a child, 1 GB through 'data'", unit: "MB/s", better: Better::More,
            source: Source::Printed(0), target: Some(1.0) },
        less("the same, peak memory", "KiB", Source::Printed(1), 4.0),
    ], Some(&["stdout", "1000"])),
    workload("sleepers.js", &["1000"], &[
        less("1,000 sleeping children, spawn all", "ms", Source::Printed(0), 2.0),
        less("1,000 sleeping children, reap all", "ms", Source::Printed(1), 1.5),
    ], Some(&["sleepers", "1000"])),
    workload("tcp-echo.js", &["20000"], &[rate("TCP echo, 64 connections in process", 0.8)],
        Some(&["tcp-echo", "20000"])),
    workload("http-hello.js", &["20000"], &[rate("HTTP requests, 16 connections that stay", 0.5)], None),
    workload("udp.js", &["20000"], &[rate("UDP round trips", 0.8)], Some(&["udp", "20000"])),
    workload("worker.js", &["start", "40"], &[less("Worker to first message", "ms", Source::Printed(0), 20.0)], None),
    workload("worker.js", &["round-trips", "20000"], &[rate("Worker round trips", 1.0)], None),
    workload("compute.js", &["calls", "20"], &[compute("compute: calls")], None),
    workload("compute.js", &["json", "100"], &[compute("compute: JSON")], None),
    workload("compute.js", &["lines", "50"], &[compute("compute: lines of text")], None),
    workload("compute.js", &["sort", "20"], &[compute("compute: sort")], None),
];
