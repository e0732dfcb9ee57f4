//! Portolan's `cpu` room against the virsh of this machine: the same baselines to the byte, the same verdicts and the
//! same reasons, for inputs drawn from a seed.
//!
//! Asked in turn, each as often: `cpu-baseline` of `test:///default` and of `qemu:///system`, `cpu-compare` of
//! `qemu:///system` (the test driver has none), and `hypervisor-cpu-baseline` and `hypervisor-cpu-compare` for kvm and for
//! qemu. A question takes virsh a few milliseconds in one process for many. Where libvirt cannot use /dev/kvm it probes
//! QEMU again at each question, which takes seconds: then that hypervisor is left out, and the test says so.
//!
//! `PORTOLAN_MIXES` is how many questions, `PORTOLAN_SEED` which.

mod library;
mod machine;
mod mix;
mod random;
mod shrink;
mod virsh;

use std::collections::BTreeMap;
use std::time::Instant;

use self::library::Library;
use self::machine::Machine;
use self::mix::{Answer, Judge, Mix};
use self::random::{Random, Source};
use self::virsh::Virsh;

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
    println!("libvirt {}, {} probed in {:.1} s", machine.libvirt(), machine.map().origin, seconds(start));
    let (seed, count) = (number("PORTOLAN_SEED", 20), number("PORTOLAN_MIXES", 2000));
    println!("{count} mixes of seed {seed}");
    let source = Source { map: machine.map(), hosts: machine.hosts() };
    let mixes = source.mixes(&mut Random(seed), usize::try_from(count).expect("few"));
    let mut figures: BTreeMap<String, Figures> = BTreeMap::new();
    let mut differing = Vec::new();
    let (mixes, left): (Vec<_>, Vec<_>) = mixes.into_iter().partition(|mix| machine.answers(mix));
    if !left.is_empty() {
        println!("{} of them left out: that hypervisor is not there or takes seconds to answer", left.len());
    }
    for (kind, mixes) in by_kind(mixes) {
        let (of_kind, found) = compared(&machine, &mixes);
        differing.extend(found);
        figures.insert(kind, of_kind);
    }
    for (kind, figures) in &figures {
        println!("{kind}: {}", figures.told());
    }
    let differ = differing.len();
    report(&machine, differing);
    assert_eq!(differ, 0, "questions that Portolan answers otherwise than virsh");
}

fn seconds(since: Instant) -> f64 {
    since.elapsed().as_secs_f64()
}

fn by_kind(mixes: Vec<Mix>) -> BTreeMap<String, Vec<Mix>> {
    let mut kinds: BTreeMap<String, Vec<Mix>> = BTreeMap::new();
    for mix in mixes {
        kinds.entry(mix.kind()).or_default().push(mix);
    }
    kinds
}

/// What was asked and what virsh said.
#[derive(Default)]
struct Figures {
    mixes: usize,
    same: usize,
    baselines: usize,
    verdicts: [usize; 3],
    refused: usize,
    took: f64,
}

impl Figures {
    fn count(&mut self, virsh: &Answer, same: bool) {
        self.mixes += 1;
        self.same += usize::from(same);
        match virsh {
            Answer::Cpu(_) => self.baselines += 1,
            Answer::Identical => self.verdicts[0] += 1,
            Answer::Superset => self.verdicts[1] += 1,
            Answer::Incompatible(_) => self.verdicts[2] += 1,
            Answer::Refused(_) => self.refused += 1,
        }
    }

    fn told(&self) -> String {
        let [identical, superset, incompatible] = self.verdicts;
        let said = if self.baselines > 0 {
            format!("{} baselines", self.baselines)
        } else {
            format!("{identical} identical, {superset} superset, {incompatible} incompatible")
        };
        let (same, mixes, refused) = (self.same, self.mixes, self.refused);
        format!("{same} of {mixes} the same ({said}, {refused} errors), virsh took {:.1} s", self.took)
    }
}

/// The figures of these mixes, and those that are answered otherwise with both answers.
fn compared(machine: &Machine, mixes: &[Mix]) -> (Figures, Vec<Difference>) {
    let start = Instant::now();
    let theirs = Virsh.answers(mixes);
    let mut figures = Figures { took: seconds(start), ..Figures::default() };
    let ours = Library(machine).answers(mixes);
    let mut differing = Vec::new();
    for (mix, (ours, theirs)) in mixes.iter().zip(ours.into_iter().zip(theirs)) {
        figures.count(&theirs, ours == theirs);
        if ours != theirs {
            differing.push((mix.clone(), ours, theirs));
        }
    }
    (figures, differing)
}

/// What was asked, and what Portolan and virsh say.
type Difference = (Mix, Answer, Answer);

/// Prints the smallest questions, one for each pair of answers that are alike.
fn report(machine: &Machine, differing: Vec<Difference>) {
    let alike = |(mix, ours, theirs): Difference| ((mix.kind(), ours.gist(), theirs.gist()), mix);
    // The last of a kind stays, which is as good as any.
    let kinds: BTreeMap<_, Mix> = differing.into_iter().map(alike).collect();
    for mix in kinds.into_values().take(SHRUNK) {
        let (mix, ours, theirs) = shrink::smallest(mix, &mut Library(machine), &mut Virsh);
        println!("virsh -c {} {}\n{}", mix.uri(), mix.command(), mix.text());
        println!("virsh: {}\nPortolan: {}\n", theirs.text(), ours.text());
    }
}
