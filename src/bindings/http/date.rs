//! The `Date` field: made once a second.

use std::cell::RefCell;

use boa_engine::Context;

const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// The text of the second that was asked for last.
struct Last(RefCell<(i64, String)>);

/// Lets `write` have the text of this moment.
pub(super) fn with<T>(context: &mut Context, write: impl FnOnce(&str) -> T) -> T {
    let second = context.clock().system_time_millis().div_euclid(1000);
    if context.get_data::<Last>().is_none() {
        context.insert_data(Last(RefCell::new((second, text(second)))));
    }
    let Some(Last(last)) = context.get_data() else { return write(&text(second)) };
    let mut last = last.borrow_mut();
    if last.0 != second {
        *last = (second, text(second));
    }
    write(&last.1)
}

/// A moment as fields of HTTP have it.
fn text(second: i64) -> String {
    let (days, rest) = (second.div_euclid(86_400), second.rem_euclid(86_400));
    let (year, month, day) = civil(days);
    let weekday = DAYS[days.rem_euclid(7) as usize];
    let month = MONTHS[month];
    let (hour, minute, second) = (rest / 3600, rest / 60 % 60, rest % 60);
    format!("{weekday}, {day:02} {month} {year:04} {hour:02}:{minute:02}:{second:02} GMT")
}

/// Year, month from 0 and day of the days since 1970: years begin in March, so that the day that comes and goes is
/// their last; they repeat every 400.
fn civil(days: i64) -> (i64, usize, i64) {
    const CYCLE: i64 = 146_097;
    let days = days + 719_468;
    let (cycle, day) = (days.div_euclid(CYCLE), days.rem_euclid(CYCLE));
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let is_next = month >= 10;
    let month = if is_next { month - 10 } else { month + 2 };
    (cycle * 400 + year + i64::from(is_next), month as usize, day)
}

#[cfg(test)]
mod tests {
    use super::text;

    #[test]
    fn dates_of_the_calendar() {
        assert_eq!(text(0), "Thu, 01 Jan 1970 00:00:00 GMT");
        assert_eq!(text(784_111_777), "Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(text(951_782_400), "Tue, 29 Feb 2000 00:00:00 GMT");
        assert_eq!(text(4_107_542_399), "Sun, 28 Feb 2100 23:59:59 GMT");
    }
}
