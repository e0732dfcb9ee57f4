//! How the data files are laid out: `#` begins a comment line, ` | ` parts the columns.

/// The lines that are neither empty nor comments, numbered from 1.
pub(in crate::knowledge) fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let numbered = text.lines().enumerate().map(|(at, line)| (at + 1, line.trim()));
    numbered.filter(|(_, line)| !line.is_empty() && !line.starts_with('#'))
}

/// The columns of every line that has `N` of them.
pub(in crate::knowledge) fn rows<const N: usize>(text: &str) -> impl Iterator<Item = [&str; N]> {
    lines(text).filter_map(|(_, line)| {
        let columns: Vec<&str> = line.split('|').map(str::trim).collect();
        columns.try_into().ok()
    })
}

/// A number written in decimal, or in hexadecimal after `0x`.
pub(in crate::knowledge) fn number(text: &str) -> Option<u32> {
    match text.strip_prefix("0x") {
        Some(digits) => u32::from_str_radix(digits, 16).ok(),
        None => text.parse().ok(),
    }
}

#[cfg(test)]
pub(in crate::knowledge) fn assert_rows<const N: usize>(text: &str) {
    for (at, line) in lines(text) {
        assert_eq!(line.split('|').count(), N, "line {at}: {line}");
    }
}
