//! The machine below: processors, memory, load, network interfaces, names.
//!
//! Sources: `proc(5)`, `uname(2)`, `getifaddrs(3)`, `getpwuid(3)`.

use std::{fs, net::IpAddr};

use nix::{
    errno::Errno,
    ifaddrs::{InterfaceAddress, getifaddrs},
    net::if_::InterfaceFlags,
    sys::utsname::uname,
    unistd::{Uid, User, geteuid},
};

use super::error::SysError;

/// How long a processor has done what since the system started, in milliseconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct ProcessorTimes {
    pub(crate) user: u64,
    pub(crate) nice: u64,
    pub(crate) system: u64,
    pub(crate) idle: u64,
    pub(crate) interrupts: u64,
}

/// One logical processor.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Processor {
    pub(crate) model: String,
    /// Megahertz; 0 where the system does not tell.
    pub(crate) speed: u64,
    pub(crate) times: ProcessorTimes,
}

/// The processors that are online, in the system's order: `/proc/stat` and `/proc/cpuinfo`.
pub(crate) fn processors() -> Vec<Processor> {
    let stat = fs::read_to_string("/proc/stat").unwrap_or_default();
    let info = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let models = models(&info);
    let times = stat.lines().filter_map(|line| processor_line(line, milliseconds_per_tick()));
    times
        .map(|(number, times)| Processor {
            model: models
                .iter()
                .find(|(n, _)| *n == number)
                .map_or_else(|| "unknown".to_owned(), |(_, model)| model.clone()),
            speed: frequency(number),
            times,
        })
        .collect()
}

/// The kernel counts in ticks of a hundredth of a second on Linux: `sysconf(_SC_CLK_TCK)`.
fn milliseconds_per_tick() -> u64 {
    let ticks = nix::unistd::sysconf(nix::unistd::SysconfVar::CLK_TCK).ok().flatten();
    1000 / ticks.filter(|ticks| *ticks > 0).map_or(100, i64::cast_unsigned)
}

/// A line like `cpu0 10 20 30 40 50 60 …` of `/proc/stat`.
fn processor_line(line: &str, tick: u64) -> Option<(usize, ProcessorTimes)> {
    // The sum of all processors stands behind `cpu ` without a number.
    let rest = line.strip_prefix("cpu").filter(|rest| !rest.starts_with(' '))?;
    let mut fields = rest.split_ascii_whitespace();
    let number = fields.next()?.parse().ok()?;
    let ticks: Vec<u64> = fields.map_while(|field| field.parse().ok()).collect();
    let &[user, nice, system, idle, _, interrupts, ..] = ticks.as_slice() else { return None };
    let times = ProcessorTimes {
        user: user * tick,
        nice: nice * tick,
        system: system * tick,
        idle: idle * tick,
        interrupts: interrupts * tick,
    };
    Some((number, times))
}

/// The model of each processor that `/proc/cpuinfo` names.
fn models(info: &str) -> Vec<(usize, String)> {
    let (mut models, mut number) = (Vec::new(), None);
    for line in info.lines() {
        let Some((key, value)) = line.split_once(':') else { continue };
        match key.trim() {
            "processor" => number = value.trim().parse().ok(),
            "model name" => models.extend(number.map(|n| (n, value.trim().to_owned()))),
            _ => {}
        }
    }
    models
}

fn frequency(processor: usize) -> u64 {
    let file = format!("/sys/devices/system/cpu/cpu{processor}/cpufreq/scaling_cur_freq");
    let kilohertz = fs::read_to_string(file).ok().and_then(|text| text.trim().parse::<u64>().ok());
    kilohertz.unwrap_or(0) / 1000
}

/// The physical memory, in bytes: `MemTotal` of `/proc/meminfo`.
pub(crate) fn total_memory() -> u64 {
    let text = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("MemTotal:"));
    let kibibytes = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok());
    kibibytes.unwrap_or(0) * 1024
}

/// The load averages over 1, 5 and 15 minutes: `/proc/loadavg`.
pub(crate) fn load_averages() -> [f64; 3] {
    let text = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let mut fields = text.split(' ').map_while(|field| field.parse().ok());
    std::array::from_fn(|_| fields.next().unwrap_or(0.0))
}

/// Seconds since the system started: `/proc/uptime`.
///
/// # Errors
/// What reading the file reports.
pub(crate) fn uptime() -> Result<f64, SysError> {
    let text = fs::read_to_string("/proc/uptime")
        .map_err(|error| SysError::new(super::errno::Errno::of(&error), "uv_uptime"))?;
    let seconds = text.split(' ').next().and_then(|field| field.parse().ok());
    seconds.ok_or_else(|| SysError::new(Errno::EIO, "uv_uptime"))
}

/// What the system calls itself: `uname(2)`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SystemName {
    pub(crate) system: String,
    pub(crate) host: String,
    pub(crate) release: String,
    pub(crate) version: String,
    pub(crate) machine: String,
}

/// `uname(2)`.
///
/// # Errors
/// `EFAULT`, which a correct call never gets.
pub(crate) fn system_name() -> Result<SystemName, SysError> {
    let name = uname().map_err(|errno| SysError::new(errno, "uv_os_uname"))?;
    let text = |field: &std::ffi::OsStr| field.to_string_lossy().into_owned();
    Ok(SystemName {
        system: text(name.sysname()),
        host: text(name.nodename()),
        release: text(name.release()),
        version: text(name.version()),
        machine: text(name.machine()),
    })
}

/// One address of a network interface.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NetworkAddress {
    pub(crate) interface: String,
    pub(crate) address: IpAddr,
    pub(crate) netmask: Option<IpAddr>,
    /// The hardware address; zeros where there is none.
    pub(crate) mac: [u8; 6],
    /// True for the loopback interface.
    pub(crate) internal: bool,
    /// The scope of an IPv6 address.
    pub(crate) scope: u32,
}

/// The addresses of all interfaces that are up and running: `getifaddrs(3)`.
///
/// # Errors
/// What the netlink socket behind it reports.
pub(crate) fn network_addresses() -> Result<Vec<NetworkAddress>, SysError> {
    let entries: Vec<InterfaceAddress> = getifaddrs()
        .map_err(|errno| SysError::new(errno, "uv_interface_addresses"))?
        .filter(|entry| entry.flags.contains(InterfaceFlags::IFF_UP | InterfaceFlags::IFF_RUNNING))
        .collect();
    let mac_of = |interface: &str| {
        let same = entries.iter().filter(|entry| entry.interface_name == interface);
        let mut links = same.filter_map(|entry| entry.address.as_ref()?.as_link_addr()?.addr());
        links.next_back().unwrap_or_default()
    };
    Ok(entries.iter().filter_map(|entry| network_address(entry, &mac_of)).collect())
}

fn network_address(
    entry: &InterfaceAddress,
    mac_of: &impl Fn(&str) -> [u8; 6],
) -> Option<NetworkAddress> {
    let storage = entry.address.as_ref()?;
    let (address, scope) = match (storage.as_sockaddr_in(), storage.as_sockaddr_in6()) {
        (Some(address), _) => (IpAddr::from(address.ip()), 0),
        (_, Some(address)) => (IpAddr::from(address.ip()), address.scope_id()),
        _ => return None,
    };
    let netmask = entry.netmask.as_ref().and_then(|mask| {
        let four = mask.as_sockaddr_in().map(|mask| IpAddr::from(mask.ip()));
        four.or_else(|| mask.as_sockaddr_in6().map(|mask| IpAddr::from(mask.ip())))
    });
    Some(NetworkAddress {
        interface: entry.interface_name.clone(),
        address,
        netmask,
        mac: mac_of(&entry.interface_name),
        internal: entry.flags.contains(InterfaceFlags::IFF_LOOPBACK),
        scope,
    })
}

/// An entry of the user database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct UserEntry {
    pub(crate) uid: u32,
    pub(crate) gid: u32,
    pub(crate) name: String,
    pub(crate) home: String,
    pub(crate) shell: String,
}

/// The entry of the effective user: `getpwuid(3)`.
///
/// # Errors
/// `ENOENT` where the user has no entry, and what reading the database reports.
pub(crate) fn current_user() -> Result<UserEntry, SysError> {
    user_entry(geteuid()).map_err(|errno| SysError::new(errno, "uv_os_get_passwd"))
}

fn user_entry(uid: Uid) -> Result<UserEntry, Errno> {
    super::identity::settle_sources_of_names();
    let user = User::from_uid(uid)?.ok_or(Errno::ENOENT)?;
    Ok(UserEntry {
        uid: user.uid.as_raw(),
        gid: user.gid.as_raw(),
        name: user.name,
        home: user.dir.to_string_lossy().into_owned(),
        shell: user.shell.to_string_lossy().into_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_a_line_of_proc_stat() {
        let (number, times) = processor_line("cpu3 1 2 3 4 5 6 7 0 0 0", 10).expect("a processor");
        assert_eq!(number, 3);
        let expected = ProcessorTimes { user: 10, nice: 20, system: 30, idle: 40, interrupts: 60 };
        assert_eq!(times, expected);
    }

    #[test]
    fn skips_the_sum_and_other_lines() {
        assert_eq!(processor_line("cpu  1 2 3 4 5 6 7 8 9", 10), None);
        assert_eq!(processor_line("intr 1 2 3", 10), None);
    }

    #[test]
    fn pairs_models_with_processors() {
        let info = "processor\t: 0\nmodel name\t: A\n\nprocessor\t: 1\nmodel name\t: B C\n";
        assert_eq!(models(info), [(0, "A".to_owned()), (1, "B C".to_owned())]);
    }
}
