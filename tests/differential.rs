//! Portolan's command line against the virsh of this machine, for inputs drawn from a seed: the same standard output to
//! the byte, the same errors, the same exit codes.
//!
//! Asked in turn, each as often: `cpu-baseline` of `test:///default` (which has no comparison) and of `qemu:///system`,
//! `cpu-compare`, and `hypervisor-cpu-baseline` and `hypervisor-cpu-compare` for kvm and for qemu. In virsh's place Portolan is given libvirt's own cache of what QEMU can do, the host's capabilities and the
//! installed CPU map. Where libvirt cannot use /dev/kvm it probes QEMU again at each question, which takes seconds: then
//! that hypervisor is left out, and the test says so.
//!
//! Not compared are what libxml2 and Portolan's parser say of malformed XML (only that both refuse it, with the same exit
//! code) and Portolan's lines that begin with `note: `. Not asked is `--validate`, which Portolan does not have, and what
//! libvirt answers for ppc64 and s390.
//!
//! `PORTOLAN_MIXES` is how many questions, `PORTOLAN_SEED` which.

mod commands;
mod machine;
mod mix;
mod random;
mod shrink;

use std::collections::BTreeMap;
use std::time::Instant;

use portolan::cpu::x86::Hypervisor;
use portolan::ingest::read_domain_capabilities;
use portolan::model::VirtType;
use rayon::prelude::*;

use self::commands::{Portolan, Virsh, printed};
use self::machine::{Machine, VIRT_TYPES, of_model};
use self::mix::{Answer, Judge, Mix};
use self::random::{Random, Source};

/// Of how many differences the smallest question is sought: each takes several batches.
const SHRUNK: usize = 12;

fn number(name: &str, or: u64) -> u64 {
    std::env::var(name).ok().map_or(or, |text| text.parse().expect("a number"))
}

#[test]
#[cfg_attr(
    not(has_libvirt),
    ignore = "skipped: needs libvirtd; set PORTOLAN_REQUIRE=libvirt to run it as root"
)]
fn portolan_answers_as_virsh_does() {
    let start = Instant::now();
    let machine = Machine::here();
    println!("{}, {} probed in {:.1} s", machine.libvirt, machine.map.origin, seconds(start));
    let (seed, count) = (number("PORTOLAN_SEED", 20), number("PORTOLAN_MIXES", 2000));
    println!("{count} mixes of seed {seed}");
    let source = Source { map: &machine.map, hosts: &machine.hosts, documents: &machine.documents };
    let mixes = source.mixes(&mut Random(seed), usize::try_from(count).expect("few"));
    let (mixes, left): (Vec<_>, Vec<_>) = mixes.into_iter().partition(|mix| machine.answers(mix));
    if !left.is_empty() {
        println!("{} of them left out: that hypervisor is not there or takes seconds to answer", left.len());
    }
    let mut figures: BTreeMap<String, Figures> = BTreeMap::new();
    let mut differing = Vec::new();
    for (mix, ours, theirs) in compared(&machine, mixes) {
        figures.entry(mix.kind()).or_default().count(&theirs, ours == theirs);
        if ours != theirs {
            differing.push((mix, ours, theirs));
        }
    }
    for (kind, figures) in &figures {
        println!("{kind}: {}", figures.told());
    }
    let differ = differing.len();
    println!("{differ} differences, in {:.0} s", seconds(start));
    report(&machine, differing);
    assert_eq!(differ, 0, "questions that Portolan answers otherwise than virsh");
}

fn seconds(since: Instant) -> f64 {
    since.elapsed().as_secs_f64()
}

/// What was asked and what virsh said.
#[derive(Default)]
struct Figures {
    mixes: usize,
    same: usize,
    baselines: usize,
    verdicts: usize,
    incompatible: usize,
    refused: usize,
}

impl Figures {
    fn count(&mut self, virsh: &Answer, same: bool) {
        self.mixes += 1;
        self.same += usize::from(same);
        let of = match (virsh.code, virsh.out.starts_with('<')) {
            (Some(0), true) => &mut self.baselines,
            (Some(0), false) => &mut self.verdicts,
            _ if virsh.out.contains(" is incompatible with ") => &mut self.incompatible,
            _ if virsh.err.contains("the CPU is incompatible with ") => &mut self.incompatible,
            _ => &mut self.refused,
        };
        *of += 1;
    }

    fn told(&self) -> String {
        let Self { mixes, same, baselines, verdicts, incompatible, refused } = self;
        format!(
            "{same} of {mixes} the same ({baselines} baselines, {verdicts} identical or superset, {incompatible} \
             incompatible, {refused} errors)"
        )
    }
}

/// What was asked, and what Portolan and virsh say.
type Compared = (Mix, Answer, Answer);

fn compared(machine: &Machine, mixes: Vec<Mix>) -> Vec<Compared> {
    let answer = |mix: Mix| {
        let (ours, theirs) = rayon::join(|| Portolan(machine).answer(&mix), || Virsh.answer(&mix));
        (mix, ours, theirs)
    };
    let threads =
        rayon::ThreadPoolBuilder::new().num_threads(8).build().expect("threads, most of them waiting");
    threads.install(|| mixes.into_par_iter().map(answer).collect())
}

/// Prints the smallest questions, one for each pair of answers that are alike.
fn report(machine: &Machine, differing: Vec<Compared>) {
    let alike = |(mix, ours, theirs): Compared| ((mix.kind(), ours.gist(), theirs.gist()), mix);
    // The last of a kind stays, which is as good as any.
    let kinds: BTreeMap<_, Mix> = differing.into_iter().map(alike).collect();
    for mix in kinds.into_values().take(SHRUNK) {
        let (mix, ours, theirs) = shrink::smallest(mix, &Portolan(machine), &Virsh);
        println!("virsh {}", mix.command("FILE").join(" "));
        println!("{}", mix.text().unwrap_or_else(|| "no FILE".to_owned()));
        println!("virsh: {}\nPortolan: {}\n", theirs.text(), ours.text());
    }
}

#[test]
#[cfg_attr(
    not(has_libvirt),
    ignore = "skipped: needs libvirtd; set PORTOLAN_REQUIRE=libvirt to run it as root"
)]
fn the_cache_tells_what_domain_capabilities_leave_to_be_derived() {
    let machine = Machine::here();
    for virt in VIRT_TYPES {
        let text = printed(&["domcapabilities", "--virttype", virt]).expect("printed");
        let derived: Hypervisor = read_domain_capabilities("here", &text).expect("read").into();
        let virt_type = VirtType::named(virt);
        let told = Hypervisor::probed(&machine.map, machine.probed(), &virt_type);
        let cpu = |one: &Hypervisor| one.capability.host_model.value().cloned().flatten();
        assert_eq!(cpu(&told), cpu(&derived), "the host-model for {virt}");
        let blocked: Vec<_> =
            told.models(&machine.map).into_iter().filter(|m| !m.blockers.is_empty()).collect();
        let derived = derived.models(&machine.map);
        let known = |name: &String| machine.map.models.iter().any(|model| model.name == *name);
        let blocked: Vec<_> = blocked.into_iter().filter(|model| known(&model.name)).collect();
        let right = blocked.iter().filter(|model| derived.contains(model)).count();
        println!("{virt}: {right} of {} models have the blockers that are derived", blocked.len());
        let names: Vec<&str> = machine.map.models.iter().map(|model| model.name.as_str()).collect();
        let mixes =
            names.iter().flat_map(|name| [false, true].map(|migratable| of_model(name, virt, migratable)));
        let answers = compared(&machine, mixes.filter(|mix| machine.answers(mix)).collect());
        let same = answers.iter().filter(|(_, ours, theirs)| ours == theirs).count();
        println!("{virt}: {same} of {} baselines of single models by the cache are virsh's", answers.len());
        assert_eq!(same, answers.len());
    }
}
