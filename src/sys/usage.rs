//! What this process uses: memory, processor time, and the limits of its surroundings.

use std::{fs, time::Duration};

use nix::{
    sys::{
        resource::{UsageWho, getrusage},
        time::TimeVal,
    },
    time::{ClockId, clock_gettime},
};

use super::error::SysError;

/// Memory of this process, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Memory {
    /// Resident pages.
    pub(crate) resident: u64,
    /// What the allocator took from the system.
    pub(crate) heap_total: u64,
    /// What is in use of it.
    pub(crate) heap_used: u64,
}

/// `/proc/self/statm` and `mallinfo2(3)`.
pub(crate) fn memory() -> Memory {
    #[cfg(target_env = "gnu")]
    let (heap_total, heap_used) = {
        // SAFETY: mallinfo2 takes no arguments and only reads the allocator's own counters.
        let info = unsafe { libc::mallinfo2() };
        ((info.arena + info.hblkhd) as u64, (info.uordblks + info.hblkhd) as u64)
    };
    #[cfg(not(target_env = "gnu"))]
    let (heap_total, heap_used) = (resident_bytes(), resident_bytes());
    Memory { resident: resident_bytes(), heap_total, heap_used }
}

/// The clock of a thread's processor time, for every thread of the process while that one lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ThreadClock(ClockId);

impl ThreadClock {
    /// This thread's.
    pub(crate) fn of_this_thread() -> Self {
        let mut clock = libc::CLOCK_THREAD_CPUTIME_ID;
        // SAFETY: the thread is this one, and the clock's id goes into a variable that outlives the call.
        let failed = unsafe { libc::pthread_getcpuclockid(libc::pthread_self(), &raw mut clock) };
        debug_assert_eq!(failed, 0, "every thread has such a clock");
        Self(ClockId::from_raw(clock))
    }

    /// The processor time that the thread has had; none once it is gone.
    pub(crate) fn now(self) -> Duration {
        clock_gettime(self.0).map(Duration::from).unwrap_or_default()
    }
}

/// The resident set size, in bytes.
pub(crate) fn resident_bytes() -> u64 {
    let statm = fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages = statm.split(' ').nth(1).and_then(|field| field.parse::<u64>().ok()).unwrap_or(0);
    pages * page_size()
}

/// The size of a page of memory, bytes.
pub(super) fn page_size() -> u64 {
    nix::unistd::sysconf(nix::unistd::SysconfVar::PAGE_SIZE)
        .ok()
        .flatten()
        .map_or(4096, i64::cast_unsigned)
}

/// The counters of `getrusage(2)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Usage {
    pub(crate) user: Duration,
    pub(crate) system: Duration,
    /// Kibibytes.
    pub(crate) max_resident: i64,
    pub(crate) minor_faults: i64,
    pub(crate) major_faults: i64,
    pub(crate) blocks_in: i64,
    pub(crate) blocks_out: i64,
    pub(crate) voluntary_switches: i64,
    pub(crate) involuntary_switches: i64,
}

/// Whose counters are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Who {
    Process,
    Thread,
}

/// `getrusage(2)`.
pub(crate) fn usage(who: Who) -> Result<Usage, SysError> {
    let who = match who {
        Who::Process => UsageWho::RUSAGE_SELF,
        Who::Thread => UsageWho::RUSAGE_THREAD,
    };
    let usage = getrusage(who).map_err(|errno| SysError::new(errno, "uv_getrusage"))?;
    Ok(Usage {
        user: duration(usage.user_time()),
        system: duration(usage.system_time()),
        max_resident: usage.max_rss(),
        minor_faults: usage.minor_page_faults(),
        major_faults: usage.major_page_faults(),
        blocks_in: usage.block_reads(),
        blocks_out: usage.block_writes(),
        voluntary_switches: usage.voluntary_context_switches(),
        involuntary_switches: usage.involuntary_context_switches(),
    })
}

fn duration(time: TimeVal) -> Duration {
    Duration::from_secs(time.tv_sec().cast_unsigned())
        + Duration::from_micros(time.tv_usec().cast_unsigned())
}

/// The memory limit of the control group, in bytes; 0 where there is none.
pub(crate) fn constrained_memory() -> u64 {
    ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"]
        .iter()
        .find_map(|file| fs::read_to_string(file).ok()?.trim().parse().ok())
        .unwrap_or(0)
}

/// The memory that could still be used without swapping, in bytes: `MemAvailable`.
pub(crate) fn available_memory() -> u64 {
    let text = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("MemAvailable:"));
    let kibibytes = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok());
    kibibytes.unwrap_or(0) * 1024
}
