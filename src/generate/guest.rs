//! Guests of one host, and their documents.

use super::Document;
use super::draw::{Draw, For};
use super::hardware;
use super::host::{Host, Processor};
use super::kinds::{self, Cpu, Kind};
use super::sizes::sizes;
use super::template::{Definition, defined, lines};
use super::wish::Wish;

/// How many of a thousand guests have a machine type one release older.
const OLDER: u64 = 400;
/// How many of a thousand guests run.
const RUNNING: u64 = 850;

/// The documents of all guests of a host.
pub(super) fn documents(wish: &Wish, host: &Host) -> Vec<Document> {
    let sizes = sizes(wish, host);
    (0..).zip(sizes).flat_map(|(slot, gib)| of_one(wish, host, slot, gib)).collect()
}

/// What the guest with this number on its host is called.
pub(super) fn name(wish: &Wish, host: &Host, slot: u32) -> String {
    called(kind(host, &mut draw(wish, host, slot)), host, slot)
}

fn called(kind: &Kind, host: &Host, slot: u32) -> String {
    format!("{}-{:05}-{slot:02}", kind.name, host.at)
}

fn draw(wish: &Wish, host: &Host, slot: u32) -> Draw {
    Draw::of(wish.seed, For::Guest, u64::from(host.at) << 16 | u64::from(slot))
}

/// A kind that the host has what it takes for.
fn kind(host: &Host, draw: &mut Draw) -> &'static Kind {
    let kinds: &'static [Kind] = match host.processor {
        Processor::X86(_) => &kinds::X86,
        Processor::Arm(_) => &kinds::ARM,
    };
    let weight = |kind: &Kind| if kind.dmz && !host.dmz { 0 } else { kind.weight };
    draw.weighed(kinds, weight).unwrap_or(&kinds[0])
}

/// The documents of one guest: the live one where it runs, with or without the stored one.
fn of_one(wish: &Wish, host: &Host, slot: u32, gib: u64) -> Vec<Document> {
    let mut draw = draw(wish, host, slot);
    let kind = kind(host, &mut draw);
    let guest = Guest {
        kind,
        host,
        slot,
        gib,
        uuid: draw.uuid(),
        release: release(host, kind, &mut draw),
        cpu: cpu(host, kind, &mut draw),
    };
    let (runs, both) = (draw.chance(RUNNING), draw.chance(wish.both.number()) || kind.firmware);
    let mut all = Vec::new();
    if runs {
        all.push(guest.document(Definition::Live));
    }
    if !runs || both {
        all.push(guest.document(Definition::Stored));
    }
    all
}

/// What release of the machine type: that of the host when the guest was defined, or an older one where it was moved along.
fn release(host: &Host, kind: &Kind, draw: &mut Draw) -> &'static str {
    let releases = host.software.releases;
    let newest = if kind.cpu == Cpu::Oldest { releases.len() - 1 } else { 0 };
    let at = if draw.chance(OLDER) { newest + 1 } else { newest };
    releases.get(at).or(releases.last()).copied().unwrap_or_default()
}

/// `<cpu>` of the stored and of the live definition.
struct CpuTexts {
    stored: String,
    live: String,
}

fn cpu(host: &Host, kind: &Kind, draw: &mut Draw) -> CpuTexts {
    let passthrough = |more: &str| {
        let text = format!("  <cpu mode='host-passthrough' check='none'{more}/>\n");
        CpuTexts { stored: text.clone(), live: text }
    };
    let Processor::X86(x86) = host.processor else { return passthrough("") };
    match kind.cpu {
        Cpu::Passthrough => passthrough(" migratable='on'"),
        Cpu::HostModel => host_model(x86),
        Cpu::Oldest => named(x86, 0),
        Cpu::Named => {
            // Most have their host's own model, the others that of the generation before.
            let own = x86.models.len() - 1;
            named(x86, if draw.chance(OLDER) { own.saturating_sub(1) } else { own })
        }
    }
}

/// What libvirt makes of host-model when the guest starts: all that its host gives but a TSC that never stops.
fn host_model(x86: &hardware::X86) -> CpuTexts {
    let own = x86.models.last().copied().unwrap_or_default();
    let features: Vec<&str> = x86.guest_features.split(' ').filter(|name| *name != "invtsc").collect();
    CpuTexts {
        stored: "  <cpu mode='host-model' check='partial'/>\n".to_owned(),
        live: expanded(own, x86.vendor, &features),
    }
}

fn named(x86: &hardware::X86, at: usize) -> CpuTexts {
    let model = x86.models[at];
    // What QEMU adds to a model is what it adds to it on the processor that the model is of.
    let of_model = hardware::X86.iter().find(|one| one.models.last() == Some(&model)).unwrap_or(x86);
    CpuTexts {
        stored: format!(
            "  <cpu mode='custom' match='exact' check='partial'>\n    \
             <model fallback='forbid'>{model}</model>\n  </cpu>\n"
        ),
        live: expanded(model, x86.vendor, &of_model.added.split(' ').collect::<Vec<_>>()),
    }
}

fn expanded(model: &str, vendor: &str, features: &[&str]) -> String {
    format!(
        "  <cpu mode='custom' match='exact' check='full'>\n    <model fallback='forbid'>{model}</model>\n    \
         <vendor>{vendor}</vendor>\n{}  </cpu>\n",
        lines(features, "    <feature policy='require' name='", "'/>")
    )
}

struct Guest<'h> {
    kind: &'static Kind,
    host: &'h Host,
    slot: u32,
    gib: u64,
    uuid: String,
    release: &'static str,
    cpu: CpuTexts,
}

impl Guest<'_> {
    fn document(&self, definition: Definition) -> Document {
        let name = called(self.kind, self.host, self.slot);
        let (cpu, end) = match definition {
            Definition::Live => (&self.cpu.live, ".live.xml"),
            Definition::Stored => (&self.cpu.stored, ".xml"),
        };
        let vcpus = self.kind.vcpus[usize::from(self.gib >= self.kind.large)];
        let [mac, mac_dmz] = [0, 1].map(|card| self.mac(card));
        let text = defined(
            self.kind.template,
            definition,
            &[
                ("id", &(self.slot + 1).to_string()),
                ("name", &name),
                ("uuid", &self.uuid),
                ("memory", &(self.gib << 20).to_string()),
                ("vcpus", &vcpus.to_string()),
                ("release", self.release),
                ("cpu", cpu),
                ("folder", self.kind.folder),
                ("mac", &mac),
                ("mac_dmz", &mac_dmz),
                ("pts", &self.slot.to_string()),
                ("port", &(5900 + self.slot).to_string()),
            ],
        );
        Document { path: format!("hosts/{}/guests/{name}{end}", self.host.name), text }
    }

    /// The address of a network card: no two are the same, for there are fewer than 2^17 hosts with at most 200 guests.
    fn mac(&self, card: u32) -> String {
        let number = (u64::from(self.host.at) << 9) | u64::from(self.slot << 1 | card);
        let [.., b, c, d, e] = number.to_be_bytes();
        format!("52:54:{b:02x}:{c:02x}:{d:02x}:{e:02x}")
    }
}
