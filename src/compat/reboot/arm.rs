//! ARM: a guest with its host's own CPU has that of whichever host starts it.

use super::{CpuChange, Cpus, HERE, SeenCpu, THERE, Untold, not_offered, nowhere};
use crate::compat::pair::Pair;
use crate::cpu::arm::{Given, cores, guest_hwcaps};
use crate::model::{CpuMode, Platform};

pub(super) fn cpus(pair: &Pair<'_>) -> Cpus {
    let cpu = pair.guest.cpu.as_ref().map(|cpu| &cpu.value);
    let of_host = cpu.filter(|cpu| matches!(cpu.mode(), CpuMode::HostPassthrough | CpuMode::Maximum));
    let Some(cpu) = of_host.filter(|_| pair.kvm()) else { return not_of_host(pair) };
    let given = Given::of(cpu);
    let before = pair.source.map_or_else(|| Err(nowhere()), |source| seen(source, &given, HERE));
    let after = seen(pair.target, &given, THERE);
    let change = before.as_ref().ok().zip(after.as_ref().ok()).map(|(before, after)| CpuChange {
        gained: after.features.difference(&before.features).cloned().collect(),
        lost: before.features.difference(&after.features).cloned().collect(),
        untold: Vec::new(),
    });
    (before, after, change)
}

/// Emulation gives the named model, or all that the emulator has; KVM gives no model by name.
fn not_of_host(pair: &Pair<'_>) -> Cpus {
    let cpu = pair.guest.cpu.as_ref().map(|cpu| &cpu.value);
    let model = cpu.and_then(|cpu| cpu.model.as_ref()).map(|model| model.value);
    let cpu = match (model, pair.kvm()) {
        (Some(name), false) => Ok(SeenCpu { name: name.into(), ..SeenCpu::default() }),
        (Some(name), true) => {
            Err(Untold::because(format!("KVM on ARM gives no model by name, such as '{name}'")))
        }
        (None, false) => Err(Untold::because("what the emulator gives depends on its version")),
        (None, true) => Err(Untold::because("the definition names no CPU, and QEMU has a default")),
    };
    (cpu.clone(), cpu, None)
}

/// The part of a host's CPU that the guest is given.
fn seen(host: &Platform, given: &Given, whose: &str) -> Result<SeenCpu, Untold> {
    let features = guest_hwcaps(host, given);
    let features = features.ask().map_err(|document| not_offered(document, whose))?;
    let name = host.cpu.midrs.ask().map(|midrs| cores(&midrs.value));
    Ok(SeenCpu {
        name: name.map_err(|document| not_offered(document, whose))?,
        features: features.value.iter().map(|&name| name.into()).collect(),
        ..SeenCpu::default()
    })
}
