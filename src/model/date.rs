//! Days.

use std::fmt;
use std::str::FromStr;

/// A day of the Gregorian calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    year: u16,
    month: u8,
    day: u8,
}

/// A text that is no date.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("'{0}' is not a date, such as 2027-01-31")]
pub struct DateError(String);

impl Date {
    /// The day; `None` where the month has no such day, or the year no such month.
    pub fn new(year: u16, month: u8, day: u8) -> Option<Self> {
        let days = match month {
            4 | 6 | 9 | 11 => 30,
            2 if year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400)) => 29,
            2 => 28,
            1..=12 => 31,
            _ => 0,
        };
        (1..=days).contains(&day).then_some(Self { year, month, day })
    }

    /// The day that is so many days after 1970-01-01; `None` beyond the year 65535.
    pub fn after_1970(days: u64) -> Option<Self> {
        // Eras of 400 years that begin with a March, so that the leap day is the last of a year.
        let days = days.checked_add(719_468)?;
        let (era, day_of_era) = (days / 146_097, days % 146_097);
        let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let shifted = (5 * day_of_year + 2) / 153;
        let day = day_of_year - (153 * shifted + 2) / 5 + 1;
        let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
        let year = era.checked_mul(400)?.checked_add(year_of_era + u64::from(month <= 2))?;
        Self::new(year.try_into().ok()?, month.try_into().ok()?, day.try_into().ok()?)
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{:04}-{:02}-{:02}", self.year, self.month, self.day))
    }
}

impl FromStr for Date {
    type Err = DateError;

    fn from_str(text: &str) -> Result<Self, DateError> {
        let number = |part: &str, digits: usize| {
            (part.len() == digits && part.bytes().all(|b| b.is_ascii_digit())).then(|| part.parse().ok())?
        };
        let parts: Vec<&str> = text.split('-').collect();
        let date = || {
            let [year, month, day] = parts[..] else { return None };
            let small = |part| number(part, 2).and_then(|value: u16| u8::try_from(value).ok());
            Self::new(number(year, 4)?, small(month)?, small(day)?)
        };
        date().ok_or_else(|| DateError(text.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn days_are_read_counted_and_ordered() {
        let day = |text: &str| text.parse::<Date>().expect("a date");
        assert_eq!(Date::after_1970(0), Some(day("1970-01-01")));
        // As `date -u -d @$((n * 86400)) +%F` prints them.
        assert_eq!(Date::after_1970(11_016), Some(day("2000-02-29")));
        assert_eq!(Date::after_1970(20_484), Some(day("2026-01-31")));
        assert!(day("2026-12-31") < day("2027-01-01"));
        for wrong in ["2026-02-29", "2026-13-01", "2026-1-31", "2026-01-31T00", "", "26-01-31", "+026-01-31"]
        {
            assert!(wrong.parse::<Date>().is_err(), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn the_next_day_is_later(days in 0_u64..20_000_000) {
            let (one, next) = (Date::after_1970(days).expect("a day"), Date::after_1970(days + 1).expect("a day"));
            prop_assert!(one < next);
            prop_assert!(one.to_string().len() > 10 || one.to_string().parse() == Ok(one));
        }

        #[test]
        fn no_number_makes_it_panic(days: u64) {
            let _ = Date::after_1970(days);
        }
    }
}
