//! Words that several texts share.

use super::baseline::shortened;

/// The vendor, or that there is none.
pub(super) fn vendor_name(vendor: &str) -> &str {
    if vendor.is_empty() { "unknown vendor" } else { vendor }
}

/// `1 feature`, `2 features`.
pub(super) fn counted(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}

/// How many there are, and which.
pub(super) fn listed(features: &[String]) -> String {
    let names: Vec<&str> = features.iter().map(String::as_str).collect();
    format!("{}: {}", counted(features.len(), "feature"), shortened(&names))
}

/// The names of up to three, and how many more there are.
pub(super) fn some<'n>(names: impl ExactSizeIterator<Item = &'n str>) -> String {
    at_most(3, names)
}

/// So many names at most, and how many more there are.
pub(super) fn at_most<'n>(most: usize, names: impl ExactSizeIterator<Item = &'n str>) -> String {
    let count = names.len();
    let first: Vec<&str> = names.take(most).collect();
    match count - first.len() {
        0 => first.join(", "),
        more => format!("{} and {more} more", first.join(", ")),
    }
}

/// A time in its units, seconds rounded up: `5 s`, `2 min 3 s`, `1 h 2 min`, the seconds of hours to the next minute.
pub(super) fn duration(ms: u64) -> String {
    let seconds = ms.div_ceil(1_000);
    let minutes = if seconds < 3_600 { seconds / 60 } else { seconds.div_ceil(60) };
    let of = |amount: u64, unit: &str| (amount > 0).then(|| format!("{amount} {unit}"));
    let parts = match (minutes / 60, minutes % 60, seconds % 60) {
        (0, 0, seconds) => [Some(format!("{seconds} s")), None],
        (0, minutes, seconds) => [of(minutes, "min"), of(seconds, "s")],
        (hours, minutes, _) => [of(hours, "h"), of(minutes, "min")],
    };
    parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::duration;

    #[test]
    fn times_have_units() {
        let told = [
            (0, "0 s"),
            (1, "1 s"),
            (59_000, "59 s"),
            (60_000, "1 min"),
            (195_000, "3 min 15 s"),
            (3_599_001, "1 h"),
            (3_600_000, "1 h"),
            (3_600_001, "1 h 1 min"),
            (7_260_000, "2 h 1 min"),
            (90_000_000, "25 h"),
        ];
        for (ms, words) in told {
            assert_eq!(duration(ms), words, "{ms} ms");
        }
    }
}
