//! Versions of libvirt, QEMU and kernels.

use std::fmt;

/// A version of three numbers, ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version {
    /// The first number.
    pub major: u32,
    /// The second number.
    pub minor: u32,
    /// The third number; 0 where there is none.
    pub micro: u32,
}

impl Version {
    /// The version of these numbers.
    pub const fn new(major: u32, minor: u32, micro: u32) -> Self {
        Self { major, minor, micro }
    }

    /// The release that it is of: its first two numbers.
    #[must_use]
    pub const fn release(self) -> Self {
        Self::new(self.major, self.minor, 0)
    }

    /// The version a text begins with, such as `9.0.0`, `7.2`, `4.18.0-147.el8.aarch64`; `None`
    /// where it does not begin with two numbers and a dot.
    pub fn parse(text: &str) -> Option<Self> {
        let numeric = |c: char| !c.is_ascii_digit() && c != '.';
        let mut numbers = text.trim().split(numeric).next()?.split('.').map(str::parse);
        let (major, minor) = (numbers.next()?.ok()?, numbers.next()?.ok()?);
        let micro = numbers.next().and_then(Result::ok).unwrap_or(0);
        Some(Self { major, minor, micro })
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}.{}.{}", self.major, self.minor, self.micro))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_and_ordered() {
        assert_eq!(Version::parse("4.18.0-147.el8"), Some(Version::new(4, 18, 0)));
        assert_eq!(Version::parse("7.2"), Some(Version::new(7, 2, 0)));
        assert_eq!(Version::parse("seven"), None);
        assert!(Version::new(10, 0, 0) > Version::new(9, 9, 9));
    }
}
