//! What hosts hold, worked out a second time.

use crate::model::{Guest, Host, Settings};

/// KiB of memory and vCPUs; wide enough never to overflow.
pub(super) type Amount = (u128, u128);

/// What a guest takes: its memory, a fiftieth of it and 200 MiB more, and its vCPUs.
pub(super) fn taken(guest: &Guest) -> Option<Amount> {
    let kib = u128::from(guest.memory.value()?.as_kib());
    Some((kib + kib / 50 + 200 * 1024, u128::from(*guest.vcpus.value()?)))
}

/// What a host holds: its memory without the reserve, its processors times the overcommitment.
pub(super) fn held(host: &Host, settings: &Settings) -> Option<Amount> {
    let memory = u128::from(host.memory.value()?.as_kib());
    let processors = u128::from(*host.processors.value()?);
    let percent = u128::from(settings.cpu_overcommit_percent);
    Some((memory.saturating_sub(u128::from(settings.memory_reserve.as_kib())), processors * percent / 100))
}

/// Why `guests` are more than `host` holds; `None` where they are not.
pub(super) fn overfull<'g>(
    host: &Host,
    guests: impl Iterator<Item = &'g Guest>,
    settings: &Settings,
) -> Option<String> {
    let Some((memory, vcpus)) = held(host, settings) else {
        return Some(format!("how much host '{}' holds is not known", host.name));
    };
    let mut sum: Amount = (0, 0);
    for guest in guests {
        let Some(amount) = taken(guest) else {
            return Some(format!("what guest '{}' takes of host '{}' is not known", guest.name, host.name));
        };
        sum = (sum.0 + amount.0, sum.1 + amount.1);
    }
    let over = sum.0 > memory || sum.1 > vcpus;
    over.then(|| {
        let (kib, used) = sum;
        format!("host '{}' holds {memory} KiB and {vcpus} vCPUs, and has {kib} KiB and {used}", host.name)
    })
}
