//! x86: what the definition becomes on the target, against what the running guest has.
//!
//! host-model, host-passthrough, `match='minimum'` and optional features are what the host makes of them. A named model is
//! QEMU's, and differs from that of libvirt's map in the same way on every host: what QEMU adds and leaves out of it is
//! seen where the guest runs, and it does the same there. Only what the host of the guest could not give may come back.

use std::collections::BTreeSet;

use super::{CpuChange, Cpus, HERE, SeenCpu, THERE, Untold, not_offered, nowhere};
use crate::compat::pair::Pair;
use crate::cpu::x86::{CannotTell, Definition, StartError, Started, fitting_map};
use crate::knowledge::x86::level;
use crate::model::{CpuDefinition, CpuMode, Known};

/// A CPU, and whether the guest is seen running with it.
struct Seen<'p> {
    cpu: Started<'p>,
    running: bool,
}

pub(super) fn cpus(pair: &Pair<'_>) -> Cpus {
    let (before, after) = (now(pair), there(pair));
    let after = match (&before, after) {
        (Ok(before), Ok(after)) => Ok(as_seen(pair, before, after)),
        // QEMU's default is that of the machine type, which is the same there.
        (Ok(before), Err(_)) if before.running && is_default(pair) => Ok(before.cpu.clone()),
        (_, after) => after,
    };
    let change = before.as_ref().ok().zip(after.as_ref().ok()).map(|(one, other)| changed(&one.cpu, other));
    let told = |cpu: Started<'_>, running| {
        let has = |name: &str| cpu.features.contains(name);
        let level = level(has).map(|level| level.name);
        let features = cpu.features.iter().map(|&name| name.to_owned()).collect();
        let name = cpu.model.clone().unwrap_or_default();
        SeenCpu { name, level, features, running, definition: cpu.definition }
    };
    (before.map(|seen| told(seen.cpu, seen.running)), after.map(|cpu| told(cpu, false)), change)
}

/// Whether the definition leaves the CPU to QEMU.
fn is_default(pair: &Pair<'_>) -> bool {
    let names = |cpu: &Known<CpuDefinition>| cpu.value.mode() != CpuMode::Custom || cpu.value.model.is_some();
    !pair.guest.cpu.as_ref().is_some_and(names)
}

/// The CPU the guests have now: as the running guest's XML lists it, else what their definition starts with on their host.
fn now<'p>(pair: &Pair<'p>) -> Result<Seen<'p>, Untold> {
    let live = pair.guest.live_cpu.as_ref().map(|known| &known.value);
    let listed = live.filter(|cpu| cpu.mode() == CpuMode::Custom && cpu.model.is_some());
    let map = pair.source_map.ok_or_else(nowhere)?;
    if let Some(cpu) = listed {
        let cpu = Definition::from(cpu);
        let read = Started::of_definition(fitting_map(map, &cpu), cpu, pair.kvm());
        let cpu = read.map_err(|error| Untold::because(error.to_string()))?;
        return Ok(Seen { cpu, running: true });
    }
    let here = pair.toward(pair.source.ok_or_else(nowhere)?, map);
    Ok(Seen { cpu: started(&here, HERE)?, running: false })
}

fn there<'p>(pair: &Pair<'p>) -> Result<Started<'p>, Untold> {
    started(pair, THERE)
}

/// What the definition starts with on the target.
fn started<'p>(pair: &Pair<'p>, whose: &str) -> Result<Started<'p>, Untold> {
    let cpu = pair.guest.cpu.as_ref().filter(|_| !is_default(pair));
    let cpu = cpu.ok_or_else(|| Untold::because("the definition names no CPU, and QEMU has a default"))?;
    let offer = pair.offer().map_err(|document| not_offered(document, whose))?;
    Started::of(pair.map, offer, &cpu.value).map_err(|error| match error {
        StartError::CannotTell(CannotTell::Unknown(document)) => not_offered(document, whose),
        StartError::CannotTell(error) => Untold::because(error.to_string()),
        StartError::Refused(error) => Untold::because(format!("the guest does not start there: {error}")),
    })
}

/// `after` with what QEMU makes of a named model, as it is seen in `before`.
fn as_seen<'p>(pair: &Pair<'p>, before: &Seen<'p>, mut after: Started<'p>) -> Started<'p> {
    let cpu = pair.guest.cpu.as_ref().filter(|cpu| before.running && cpu.value.mode() == CpuMode::Custom);
    let minimum = |cpu: &CpuDefinition| cpu.match_.as_ref().is_some_and(|known| known.value == "minimum");
    let Some((source, map)) =
        pair.source.zip(pair.source_map).filter(|_| !cpu.is_none_or(|cpu| minimum(&cpu.value)))
    else {
        return after;
    };
    let here = pair.toward(source, map);
    let gives = |pair: &Pair<'p>| Started::of_host(pair.map, pair.offer().ok()?).ok().map(|own| own.features);
    let (Ok(foreseen), Some(here_has), Some(there_has)) = (started(&here, HERE), gives(&here), gives(pair))
    else {
        return after;
    };
    let added =
        before.cpu.features.difference(&foreseen.features).filter(|name| there_has.contains(*name)).copied();
    let withheld: BTreeSet<&str> = foreseen
        .features
        .difference(&before.cpu.features)
        .filter(|name| here_has.contains(*name))
        .copied()
        .collect();
    after.features.extend(added);
    after.features.retain(|name| !withheld.contains(name));
    after
}

/// What differs, as far as both libvirts have names for it.
fn changed(before: &Started<'_>, after: &Started<'_>) -> CpuChange {
    let mut change = CpuChange::default();
    for &name in after.features.difference(&before.features) {
        let list = if before.names(name) { &mut change.gained } else { &mut change.untold };
        list.push(name.to_owned());
    }
    for &name in before.features.difference(&after.features) {
        let list = if after.names(name) { &mut change.lost } else { &mut change.untold };
        list.push(name.to_owned());
    }
    change.untold.sort();
    change
}
