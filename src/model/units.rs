//! Amounts of memory and frequencies.

use std::fmt;

/// An amount of memory, kept in KiB as libvirt keeps it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Memory(u64);

impl Memory {
    /// So many KiB.
    pub const fn kib(kib: u64) -> Self {
        Self(kib)
    }

    /// So many MiB; saturates.
    pub const fn mib(mib: u64) -> Self {
        Self(mib.saturating_mul(1024))
    }

    /// So many GiB; saturates.
    pub const fn gib(gib: u64) -> Self {
        Self(gib.saturating_mul(1 << 20))
    }

    /// The amount in KiB.
    pub const fn as_kib(self) -> u64 {
        self.0
    }

    /// The amount in whole MiB, rounded up.
    pub const fn as_mib(self) -> u64 {
        self.0.div_ceil(1024)
    }

    /// `number` of `unit` as libvirt reads memory units (formatdomain, "Memory Allocation"):
    /// `b`, `KB` = 1000, `k`/`KiB` = 1024 and so on; rounded up to KiB. `None` where it is no such
    /// amount or too large.
    pub fn parse(number: &str, unit: &str) -> Option<Self> {
        let number: u64 = number.trim().parse().ok()?;
        let bytes: u64 = match unit.trim().to_ascii_lowercase().as_str() {
            "b" | "byte" | "bytes" => 1,
            "kb" => 1000,
            "" | "k" | "kib" => 1 << 10,
            "mb" => 1_000_000,
            "m" | "mib" => 1 << 20,
            "gb" => 1_000_000_000,
            "g" | "gib" => 1 << 30,
            "tb" => 1_000_000_000_000,
            "t" | "tib" => 1 << 40,
            _ => return None,
        };
        Some(Self(number.checked_mul(bytes)?.div_ceil(1024)))
    }

    /// A number with its unit, such as `4 GiB`; `None` where it is none, or has none.
    pub fn parse_text(text: &str) -> Option<Self> {
        let text = text.trim();
        let (number, unit) = text.split_at(text.find(|c: char| !c.is_ascii_digit())?);
        Self::parse(number, unit)
    }

    /// The sum; saturates.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// The difference; nothing where `other` is more.
    #[must_use]
    pub const fn minus(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }
}

impl std::iter::Sum for Memory {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::default(), Self::plus)
    }
}

impl fmt::Display for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (gib, rest) = (self.0 >> 20, self.0 % (1 << 20));
        let text = match gib {
            _ if rest == 0 => format!("{gib} GiB"),
            0 if rest < 1 << 10 => format!("{rest} KiB"),
            0 => format!("{} MiB", rest >> 10),
            1..10 => format!("{gib}.{:02} GiB", (rest * 100) >> 20),
            _ => format!("{gib}.{} GiB", (rest * 10) >> 20),
        };
        f.pad(&text)
    }
}

/// A frequency, in Hz.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Frequency(pub u64);

impl Frequency {
    /// So many MHz.
    pub const fn mhz(mhz: u64) -> Self {
        Self(mhz.saturating_mul(1_000_000))
    }
}

impl fmt::Display for Frequency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{} MHz", self.0 / 1_000_000))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_libvirts() {
        assert_eq!(Memory::parse("2", "GiB"), Some(Memory::gib(2)));
        assert_eq!(Memory::parse("2048", ""), Some(Memory::mib(2)));
        assert_eq!(Memory::parse("1", "KB"), Some(Memory::kib(1)));
        assert_eq!(Memory::parse("99999999999", "TiB"), None);
        assert_eq!(Memory::parse("1", "furlong"), None);
    }

    #[test]
    fn memory_reads_well() {
        assert_eq!(Memory::gib(2).to_string(), "2 GiB");
        assert_eq!(Memory::mib(1536).to_string(), "1.50 GiB");
        assert_eq!(Memory::kib(131_900_000).to_string(), "125.7 GiB");
    }
}
