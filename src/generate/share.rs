//! A share of a whole.

use std::fmt;
use std::str::FromStr;

/// A share of a whole, in thousandths: from 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Share(u32);

/// A text that is no share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a share is a number from 0 to 1 with at most three digits behind the point, such as 0.7")]
pub struct NotAShare;

impl Share {
    /// So many thousandths; more than all is all.
    pub const fn thousandths(number: u32) -> Self {
        Self(if number > 1000 { 1000 } else { number })
    }

    pub(super) fn number(self) -> u64 {
        u64::from(self.0)
    }

    /// This share of so many, rounded down.
    pub(super) fn of(self, whole: u64) -> u64 {
        u64::try_from(u128::from(whole) * u128::from(self.0) / 1000).unwrap_or(whole)
    }
}

impl FromStr for Share {
    type Err = NotAShare;

    fn from_str(text: &str) -> Result<Self, NotAShare> {
        let (whole, part) = text.split_once('.').unwrap_or((text, "0"));
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        if !digits(whole) || !digits(part) || part.len() > 3 {
            return Err(NotAShare);
        }
        let number: u32 = format!("{whole}{part:0<3}").parse().map_err(|_| NotAShare)?;
        if number > 1000 { Err(NotAShare) } else { Ok(Self(number)) }
    }
}

impl fmt::Display for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = format!("{}.{:03}", self.0 / 1000, self.0 % 1000);
        f.pad(text.trim_end_matches('0').trim_end_matches('.'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_read_as_they_are_printed() {
        for text in ["0", "1", "0.7", "0.05", "0.125"] {
            assert_eq!(text.parse::<Share>().map(|share| share.to_string()), Ok(text.to_owned()));
        }
        for text in ["", "1.1", "-0.1", "0.", ".5", "0.1234", "70 %", "nan", "1e-1", "99999999999"] {
            assert_eq!(text.parse::<Share>(), Err(NotAShare), "{text}");
        }
    }
}
