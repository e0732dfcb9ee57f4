//! What the cores worked (Linux).

/// The seconds that all threads have worked so far, the kernel for them included: a machine that is busy with other things
/// makes a room last longer, and hardly work more. In ticks (`proc(5)`, `stat`), of which Linux has 100 a second.
pub(crate) fn worked() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat.rsplit_once(") ").map_or("", |(_, fields)| fields).split_whitespace();
    fields.skip(11).take(2).filter_map(|ticks| ticks.parse::<f64>().ok()).sum::<f64>() / 100.0
}
