//! How long each room takes, and how much memory (Linux).

use std::fs;
use std::time::Instant;

use super::work::worked;

/// What was measured so far.
#[derive(Default)]
pub(super) struct Rooms {
    seconds: Vec<(&'static str, f64)>,
    /// What the cores worked.
    worked: f64,
    /// The most memory of any room, in MiB.
    peak: f64,
}

impl Rooms {
    /// Forgets what came before: what is made up is no room's work.
    pub(super) fn begin(&mut self) {
        *self = Self::default();
    }

    /// Says how long one room took, the most memory the process had in it, and how much it has after it.
    pub(super) fn told<T>(&mut self, room: &'static str, part: impl FnOnce() -> T) -> T {
        // From here on the kernel counts anew (proc(5), clear_refs); where it does not, the peak is that of all before.
        let _ = fs::write("/proc/self/clear_refs", "5");
        let (began, before) = (Instant::now(), worked());
        let made = part();
        let (seconds, work) = (began.elapsed().as_secs_f64(), worked() - before);
        let (peak, after) = (memory("VmHWM:"), memory("VmRSS:"));
        println!(
            "{room:12} {seconds:8.2} s  {work:8.2} s of work  {peak:7.0} MiB at most  {after:7.0} MiB after"
        );
        self.seconds.push((room, seconds));
        self.worked += work;
        self.peak = self.peak.max(peak);
        made
    }

    /// Says the share of each room, and the sum.
    pub(super) fn shares(&self) {
        let sum: f64 = self.seconds.iter().map(|(_, seconds)| seconds).sum();
        let share = |(room, seconds): &(&str, f64)| format!("{room} {:.0} %", 100.0 * seconds / sum);
        let shares: Vec<String> = self.seconds.iter().map(share).collect();
        let (work, peak) = (self.worked, self.peak);
        println!(
            "all rooms    {sum:8.2} s  {work:8.2} s of work  {peak:7.0} MiB at most: {}",
            shares.join(", ")
        );
    }
}

/// A line of `/proc/self/status`, in MiB.
fn memory(line: &str) -> f64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let value = status.lines().find_map(|one| one.strip_prefix(line)).unwrap_or_default();
    value.trim().trim_end_matches(" kB").parse::<f64>().map_or(f64::NAN, |kib| kib / 1024.0)
}
