//! What `virsh domstats` and `virsh domjobinfo --completed` tell of a guest's memory.

use crate::model::{Activity, DirtyWindow, Known, Memory};
use crate::text::SourceId;

use super::saying::{Field, fields, known, number};

/// `virsh domstats --balloon --dirtyrate` (libvirt 9.0), of one time after the other: each calculation that came to its end
/// (`calc_status=2`) is a window.
pub(super) fn statistics(source: SourceId, text: &str, activity: &mut Activity) {
    let mut period = None;
    for field in fields(text, '=') {
        match field.key {
            "balloon.rss" => activity.resident = field.parse(source, kib),
            "dirtyrate.calc_status" => period = None,
            "dirtyrate.calc_period" => period = number::<u64>(field.value),
            "dirtyrate.megabytes_per_second" => {
                activity.windows.extend(period.take().and_then(|seconds| window(source, field, seconds)));
            }
            _ => {}
        }
    }
    activity.windows.sort_by_key(|window| window.value);
    activity.windows.dedup_by_key(|window| window.value.ms);
}

fn kib(value: &str) -> Option<Memory> {
    number(value).map(Memory::kib)
}

/// A rate in whole MiB/s, rounded down (QEMU 7.2, migration/dirtyrate.c): what is less than one is taken for one.
fn window(source: SourceId, field: Field<'_>, seconds: u64) -> Option<Known<DirtyWindow>> {
    let rate: u64 = number(field.value)?;
    let dirtied = Memory::mib(rate.max(1).saturating_mul(seconds));
    let window = DirtyWindow { ms: seconds.saturating_mul(1_000), dirtied };
    (seconds > 0).then(|| known(source, field.span, window))
}

/// `virsh domjobinfo --completed` (libvirt 9.0): all memory without the pages that were sent as a mark because they held one
/// value only, as zeros are.
pub(super) fn completed(source: SourceId, text: &str, activity: &mut Activity) {
    let of = |key| fields(text, ':').find(|field| field.key == key);
    let amount = |key| {
        let field: Field<'_> = of(key)?;
        Some((field, bytes(field.value)?))
    };
    let filled = || {
        let (_, all) = amount("Memory total")?;
        let (_, page) = amount("Page size")?;
        let constant = of("Constant pages")?;
        let pages: u64 = number(constant.value)?;
        let filled = all.saturating_sub(page.saturating_mul(pages));
        Some(known(source, constant.span, Memory::kib(filled / 1024)))
    };
    let migrated = of("Operation").is_some_and(|field| field.value.ends_with("migration"));
    if migrated {
        activity.filled = filled();
    }
}

/// `512.375 MiB`, as virsh scales amounts (`vshPrettyCapacity`): three decimals, binary units.
fn bytes(value: &str) -> Option<u64> {
    let (number, unit) = value.split_once(' ')?;
    let (whole, part) = number.split_once('.').unwrap_or((number, "0"));
    let (whole, digits): (u64, u32) = (whole.parse().ok()?, u32::try_from(part.len()).ok()?);
    let shift = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"].iter().position(|one| *one == unit);
    let scale = match shift {
        Some(step) => 1_u64.checked_shl(u32::try_from(step * 10).ok()?)?,
        None if unit.trim() == "bytes" => 1,
        None => return None,
    };
    let part: u64 = part.parse().ok()?;
    let part = u128::from(part) * u128::from(scale) / 10_u128.checked_pow(digits)?;
    whole.checked_mul(scale)?.checked_add(u64::try_from(part).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::tests::{any_text, source};
    use proptest::prelude::*;

    /// What libvirt 9.0 printed of a guest under emulation that does nothing; the second part with other numbers.
    const STATISTICS: &str = "Domain: 'g'\n  balloon.current=524288\n  balloon.maximum=524288\n  balloon.last-update=0\n  \
        balloon.rss=46760\n  dirtyrate.calc_status=2\n  dirtyrate.calc_start_time=3012\n  dirtyrate.calc_period=5\n  \
        dirtyrate.calc_mode=page-sampling\n  dirtyrate.megabytes_per_second=0\n\n\
        Domain: 'g'\n  dirtyrate.calc_status=2\n  dirtyrate.calc_start_time=2986\n  dirtyrate.calc_period=1\n  \
        dirtyrate.calc_mode=page-sampling\n  dirtyrate.megabytes_per_second=48\n\n";
    /// What libvirt 9.0 printed on the host that a guest came to.
    const COMPLETED: &str = "Job type:         Completed   \nOperation:        Incoming migration\n\
        Time elapsed:     4873         ms\nData processed:   1.587 MiB\nMemory processed: 1.587 MiB\n\
        Memory remaining: 0.000 B\nMemory total:     512.375 MiB\nMemory bandwidth: 9.615 MiB/s\nDirty rate:       0            pages/s\n\
        Page size:        4096         bytes\nIteration:        3           \nConstant pages:   131054      \n\
        Normal pages:     118         \nNormal data:      472.000 KiB\nTotal downtime:   69           ms\n";

    fn read(statistics: &str, completed: &str) -> Activity {
        let mut activity = Activity::default();
        super::statistics(source(), statistics, &mut activity);
        super::completed(source(), completed, &mut activity);
        activity
    }

    #[test]
    fn windows_and_memory_are_read() {
        let found = read(STATISTICS, COMPLETED);
        let windows: Vec<_> = found.windows.iter().map(|w| (w.value.ms, w.value.dirtied)).collect();
        assert_eq!(windows, [(1_000, Memory::mib(48)), (5_000, Memory::mib(5))]);
        assert_eq!(found.resident.map(|one| one.value), Some(Memory::kib(46_760)));
        // 512.375 MiB without 131,054 pages of 4 KiB.
        assert_eq!(found.filled.map(|one| one.value), Some(Memory::kib(524_672 - 524_216)));
    }

    #[test]
    fn a_job_that_was_no_migration_tells_nothing() {
        assert_eq!(read("", &COMPLETED.replace("Incoming migration", "Save")), Activity::default());
        assert_eq!(read("Domain: 'g'\n\n", "Job type:         None        \n"), Activity::default());
        assert_eq!(read("  dirtyrate.calc_status=1\n  dirtyrate.calc_period=5\n", ""), Activity::default());
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(one in any_text(STATISTICS), other in any_text(COMPLETED)) {
            let _ = read(&one, &other);
        }
    }
}
