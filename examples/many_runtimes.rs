//! Runtimes one after the other in one process: what one costs, and that nothing of it stays.
//!
//! `cargo run --release --example many_runtimes [COUNT]`

use std::{error::Error, fs, time::Instant};

use rjs::Runtime;
use serde_json::json;

/// Resident memory (KB) and open descriptors of this process.
fn usage() -> Result<(u64, usize), Box<dyn Error>> {
    let status = fs::read_to_string("/proc/self/status")?;
    let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let resident = resident.and_then(|rest| rest.trim().trim_end_matches(" kB").parse().ok());
    Ok((resident.ok_or("no VmRSS")?, fs::read_dir("/proc/self/fd")?.count()))
}

fn main() -> Result<(), Box<dyn Error>> {
    let count: u32 = std::env::args().nth(1).map_or(Ok(1000), |count| count.parse())?;
    let start = Instant::now();
    for number in 1..=count {
        let mut runtime = Runtime::builder().build()?;
        assert_eq!(runtime.eval("[1, 2].map((x) => x * 2)")?, json!([2, 4]));
        drop(runtime);
        if number == 1 || number == count.div_ceil(10) || number == count {
            let (resident, descriptors) = usage()?;
            let each = start.elapsed() / number;
            println!(
                "{number}: {each:.2?} each, {resident} KB resident, {descriptors} descriptors"
            );
        }
    }
    Ok(())
}
