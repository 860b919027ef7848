//! The time zone of local times: that of the variable `TZ`, which a program may change while it runs.

use std::cell::RefCell;

use tz::{LocalTimeType, TimeZone};

/// The name of a zone that is not in [`LONG_NAMES`] is its abbreviation.
struct LongName {
    /// The abbreviation in the time zone database.
    short: &'static str,
    /// Hours east of Greenwich, times four: abbreviations are not unique.
    quarters: i32,
    long: &'static str,
}

const fn long(short: &'static str, quarters: i32, long: &'static str) -> LongName {
    LongName { short, quarters, long }
}

/// What V8 calls zones, in English. Source: the names of CLDR, as `Date.prototype.toString` shows
/// them.
const LONG_NAMES: &[LongName] = &[
    long("UTC", 0, "Coordinated Universal Time"),
    long("GMT", 0, "Greenwich Mean Time"),
    long("BST", 4, "British Summer Time"),
    long("IST", 4, "Irish Standard Time"),
    long("WET", 0, "Western European Standard Time"),
    long("WEST", 4, "Western European Summer Time"),
    long("CET", 4, "Central European Standard Time"),
    long("CEST", 8, "Central European Summer Time"),
    long("EET", 8, "Eastern European Standard Time"),
    long("EEST", 12, "Eastern European Summer Time"),
    long("MSK", 12, "Moscow Standard Time"),
    long("SAST", 8, "South Africa Standard Time"),
    long("PKT", 20, "Pakistan Standard Time"),
    long("IST", 22, "India Standard Time"),
    long("CST", 32, "China Standard Time"),
    long("JST", 36, "Japan Standard Time"),
    long("KST", 36, "Korean Standard Time"),
    long("AWST", 32, "Australian Western Standard Time"),
    long("ACST", 38, "Australian Central Standard Time"),
    long("ACDT", 42, "Australian Central Daylight Time"),
    long("AEST", 40, "Australian Eastern Standard Time"),
    long("AEDT", 44, "Australian Eastern Daylight Time"),
    long("NZST", 48, "New Zealand Standard Time"),
    long("NZDT", 52, "New Zealand Daylight Time"),
    long("NST", -14, "Newfoundland Standard Time"),
    long("NDT", -10, "Newfoundland Daylight Time"),
    long("AST", -16, "Atlantic Standard Time"),
    long("ADT", -12, "Atlantic Daylight Time"),
    long("EST", -20, "Eastern Standard Time"),
    long("EDT", -16, "Eastern Daylight Time"),
    long("CST", -24, "Central Standard Time"),
    long("CDT", -20, "Central Daylight Time"),
    long("MST", -28, "Mountain Standard Time"),
    long("MDT", -24, "Mountain Daylight Time"),
    long("PST", -32, "Pacific Standard Time"),
    long("PDT", -28, "Pacific Daylight Time"),
    long("AKST", -36, "Alaska Standard Time"),
    long("AKDT", -32, "Alaska Daylight Time"),
    long("HST", -40, "Hawaii-Aleutian Standard Time"),
];

/// The zone, read when a local time is first asked for.
#[derive(Default)]
pub(crate) struct LocalZone {
    name: RefCell<Option<String>>,
    zone: RefCell<Option<TimeZone>>,
}

impl LocalZone {
    /// `TZ` has this value now; `None`: there is no such variable.
    pub(crate) fn set(&self, name: Option<&str>) {
        *self.name.borrow_mut() = name.map(str::to_owned);
        self.zone.borrow_mut().take();
    }

    /// How many seconds local time is ahead of UTC at a time (seconds since the epoch).
    pub(crate) fn offset(&self, time: i64) -> i32 {
        self.look(time, LocalTimeType::ut_offset)
    }

    /// What the zone is called at a time (seconds since the epoch).
    pub(crate) fn long_name(&self, time: i64) -> String {
        self.look(time, |kind| {
            let short = kind.time_zone_designation();
            let quarters = kind.ut_offset() / 900;
            let row = LONG_NAMES.iter().find(|row| row.short == short && row.quarters == quarters);
            match row {
                Some(row) => row.long.to_owned(),
                None if short.is_empty() || short.starts_with(['+', '-']) => from_greenwich(kind),
                None => short.to_owned(),
            }
        })
    }

    fn look<T>(&self, time: i64, answer: impl FnOnce(&LocalTimeType) -> T) -> T {
        let mut zone = self.zone.borrow_mut();
        let zone = zone.get_or_insert_with(|| read(self.name.borrow().as_deref()));
        match zone.find_local_time_type(time) {
            Ok(kind) => answer(kind),
            // Beyond the times that the database can tell of.
            Err(_) => answer(&LocalTimeType::utc()),
        }
    }
}

/// The name of a zone that has none.
fn from_greenwich(kind: &LocalTimeType) -> String {
    let (sign, minutes) =
        (if kind.ut_offset() < 0 { '-' } else { '+' }, kind.ut_offset().abs() / 60);
    format!("GMT{sign}{:02}:{:02}", minutes / 60, minutes % 60)
}

/// What cannot be found or understood is UTC without a name, as in Node; a machine without a zone
/// has UTC.
fn read(name: Option<&str>) -> TimeZone {
    match name {
        Some(name) => TimeZone::from_posix_tz(name).unwrap_or_else(|_| TimeZone::utc()),
        None => TimeZone::from_posix_tz("localtime")
            .or_else(|_| TimeZone::from_posix_tz("UTC0"))
            .unwrap_or_else(|_| TimeZone::utc()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_has_offsets_and_names() {
        let zone = LocalZone::default();
        zone.set(Some("CET-1CEST,M3.5.0,M10.5.0/3"));
        assert_eq!((zone.offset(0), zone.offset(1_523_709_296)), (3600, 7200));
        assert_eq!(zone.long_name(1_523_709_296), "Central European Summer Time");
        zone.set(Some("XYZ+3"));
        assert_eq!((zone.offset(0), zone.long_name(0)), (-10_800, "XYZ".to_owned()));
        zone.set(Some("no such zone"));
        assert_eq!((zone.offset(0), zone.long_name(0).as_str()), (0, "GMT+00:00"));
    }
}
