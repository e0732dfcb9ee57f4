//! Questions drawn from a seed.

use portolan::model::{CpuMap, MapModel};

use super::mix::{At, By, Guests, Input, Mix, Shape, Spoiled, Work};

/// A small generator (`SplitMix64`, Steele, Lea and Flood 2014): the same questions on every machine and version.
pub(super) struct Random(pub(super) u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % end as u64).expect("below a usize")
    }

    /// Whether something that happens this often of a hundred times does.
    fn percent(&mut self, often: usize) -> bool {
        self.below(100) < often
    }

    fn of<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }
}

/// What questions are drawn from.
pub(super) struct Source<'s> {
    pub(super) map: &'s CpuMap,
    /// What the machine itself gives.
    pub(super) hosts: &'s [Input],
    /// Whole documents of the machine.
    pub(super) documents: &'s [Input],
}

/// The commands, each in turn: who is asked, and whether to compare.
const TURNS: [(Turn, bool); 7] = [
    (Turn::Test, false),
    (Turn::Host, false),
    (Turn::Host, true),
    (Turn::Hypervisor("kvm"), false),
    (Turn::Hypervisor("qemu"), false),
    (Turn::Hypervisor("kvm"), true),
    (Turn::Hypervisor("qemu"), true),
];

#[derive(Clone, Copy, PartialEq, Eq)]
enum Turn {
    Test,
    Host,
    Hypervisor(&'static str),
}

const POLICIES: [&str; 5] = ["require", "disable", "forbid", "optional", "force"];

/// What a `<cpu>` may have that is seldom there, or wrong.
const ODD: [(At, &str); 34] = [
    (At::Cpu, "check='none'"),
    (At::Cpu, "check='nearly'"),
    (At::Cpu, "migratable='on'"),
    (At::Cpu, "migratable='maybe'"),
    (At::Cpu, "xmlns='urn:x'"),
    (At::Model, "fallback='allow'"),
    (At::Model, "fallback='forbid'"),
    (At::Model, "fallback='perhaps'"),
    (At::Model, "fallback=''"),
    (At::Model, "vendor_id='GenuineIntel'"),
    (At::Model, "vendor_id='Genuine'"),
    (At::Model, "vendor_id='Genuine,Int,'"),
    (At::Child, "<topology sockets='1' cores='2' threads='1'/>"),
    (At::Child, "<topology sockets='0' cores='2' threads='1'/>"),
    (At::Child, "<topology sockets='1' cores='two' threads='1'/>"),
    (At::Child, "<topology sockets='1' threads='1'/>"),
    (At::Child, "<topology sockets='1' dies='0' cores='1' threads='1'/>"),
    (At::Child, "<feature policy='always' name='vme'/>"),
    (At::Child, "<feature policy='require'/>"),
    (At::Child, "<feature name='vme'/><feature name='vme'/>"),
    (At::Child, "<feature name='vme'/><feature policy='always' name='vme'/>"),
    (At::Child, "<cache mode='emulate' level='3'/>"),
    (At::Child, "<cache mode='emulate' level='4'/>"),
    (At::Child, "<cache mode='imitate'/>"),
    (At::Child, "<cache/>"),
    (At::Child, "<maxphysaddr mode='emulate' bits='42'/>"),
    (At::Child, "<maxphysaddr mode='imitate'/>"),
    (At::Child, "<maxphysaddr mode='emulate' bits='-2'/>"),
    (At::Child, "<microcode version='7'/>"),
    (At::Child, "<microcode version='seven'/>"),
    (At::Child, "<signature family='6'/>"),
    (At::Child, "<counter name='tsc' frequency='1000'/>"),
    (At::Child, "<counter name='tsc'/>"),
    (At::Child, "<counter name='tsc' frequency='1000' scaling='never'/>"),
];

/// What a file may hold instead of documents with CPUs.
const HELD: [&str; 6] = ["", "  \n", "no XML", "<pool/>", "<domain><name>g</name></domain>", "<a><cpu/></a>"];

/// Guests that are asked for beside those of the host itself.
const OTHERS: [(&str, &str); 13] = [
    ("arch", "x86_64"),
    ("arch", "i686"),
    ("arch", "aarch64"),
    ("arch", "armv7l"),
    ("arch", "x96"),
    ("machine", "pc"),
    ("machine", "q35"),
    ("machine", "virt"),
    ("machine", "none"),
    ("virttype", "xen"),
    ("virttype", "hvf"),
    ("virttype", "kfm"),
    ("emulator", "/usr/bin/qemu-system-none"),
];

impl Source<'_> {
    /// `count` questions.
    pub(super) fn mixes(&self, random: &mut Random, count: usize) -> Vec<Mix> {
        (0..count).map(|at| self.mix(random, TURNS[at % TURNS.len()])).collect()
    }

    fn mix(&self, random: &mut Random, (turn, compare): (Turn, bool)) -> Mix {
        let by = match turn {
            Turn::Host => By::Host,
            Turn::Test => By::Test,
            Turn::Hypervisor(virt) => By::Hypervisor(guests(random, virt)),
        };
        let expanded = random.percent(30);
        let migratable = random.percent(30);
        let work = if compare {
            Work::Compare { error: random.percent(70) }
        } else if matches!(by, By::Hypervisor(_)) && random.percent(10) {
            Work::Model { expanded, migratable }
        } else {
            Work::Baseline { expanded, migratable }
        };
        // Most mixes are of one vendor, for others have no baseline.
        let vendor = if random.percent(85) { Some(*random.of(&["Intel", "AMD"])) } else { None };
        let taste = Taste { vendor, careless: random.percent(8), near: compare && random.percent(60) };
        let mut inputs: Vec<Input> = Vec::new();
        for _ in 0..=random.below(4) {
            let again = !inputs.is_empty() && random.percent(8);
            let input = if again { random.of(&inputs).clone() } else { self.input(random, &taste) };
            let input = Input { arch: arch(random, turn, compare), shape: shape(random), ..input };
            inputs.push(input);
            if random.percent(4) {
                inputs.push(random.of(self.documents).clone());
            }
        }
        if random.percent(2) {
            inputs = vec![random.of(self.documents).clone()];
        }
        if let (Work::Model { .. }, None) = (work, &inputs[0].model) {
            inputs[0].model = Some("Penryn".to_owned());
        }
        Mix { work, by, inputs, prolog: random.percent(20), spoiled: spoiled(random) }
    }

    fn input(&self, random: &mut Random, taste: &Taste) -> Input {
        let mut input = self.bare(random, taste);
        let most = if taste.near { 3 } else { 7 };
        for _ in 0..random.below(most) {
            self.change(random, taste, &mut input);
        }
        self.adorn(random, taste, &mut input);
        input.odd = if random.percent(6) { Some(*random.of(&ODD)) } else { None };
        input
    }

    fn bare(&self, random: &mut Random, taste: &Taste) -> Input {
        if taste.careless && random.percent(25) {
            let model = if random.percent(70) { Some("Pentium5".to_owned()) } else { None };
            return Input { model, ..Input::default() };
        }
        let fitting = self.hosts.iter().filter(|host| vendor_fits(taste, host.vendor.as_deref()));
        let fitting: Vec<&Input> = if taste.near { self.hosts.iter().collect() } else { fitting.collect() };
        let often = if taste.near { 70 } else { 25 };
        match random.below(100) {
            at if at < often && !fitting.is_empty() => (*random.of(&fitting)).clone(),
            // What one host is and another is called.
            70..80 => self.disguised(random, taste),
            _ => Input { model: Some(self.model(random, taste).name.clone()), ..Input::default() },
        }
    }

    fn model(&self, random: &mut Random, taste: &Taste) -> &MapModel {
        let fits = |model: &&MapModel| vendor_fits(taste, model.vendor.as_deref());
        let fitting: Vec<&MapModel> = self.map.models.iter().filter(fits).collect();
        fitting[random.below(fitting.len())]
    }

    /// A small model with all the features of another as required, so that the result is of neither name.
    fn disguised(&self, random: &mut Random, taste: &Taste) -> Input {
        let name = *random.of(&["486", "pentium", "kvm32", "qemu64", "kvm64", "pentium3"]);
        let required = |at: &u32| (Some("require"), self.map.features[*at as usize].name.clone());
        let features = self.model(random, taste).features.iter().map(required).collect();
        Input { model: Some(name.to_owned()), features, ..Input::default() }
    }

    /// One more feature, or one less.
    fn change(&self, random: &mut Random, taste: &Taste, input: &mut Input) {
        if !input.features.is_empty() && random.percent(15) {
            input.features.remove(random.below(input.features.len()));
            return;
        }
        let known = self.feature(random, input);
        let name = if taste.careless && random.percent(20) { "warp-drive".to_owned() } else { known };
        let twice = input.features.iter().any(|(_, other)| *other == name);
        if !twice || taste.careless {
            let policy = if random.percent(55) { None } else { Some(*random.of(&POLICIES)) };
            input.features.push((policy, name));
        }
    }

    /// A feature of the map: any, one that the model has, or one of those that cannot migrate.
    fn feature(&self, random: &mut Random, input: &Input) -> String {
        let own = self.of_input(input).map_or(&[][..], |model| &model.features);
        let stays: Vec<_> = self.map.features.iter().filter(|feature| !feature.migratable).collect();
        let feature = match random.below(100) {
            0..40 if !own.is_empty() => &self.map.features[*random.of(own) as usize],
            40..45 => random.of(&stays),
            _ => random.of(&self.map.features),
        };
        feature.name.clone()
    }

    fn of_input(&self, input: &Input) -> Option<&MapModel> {
        self.map.models.iter().find(|model| Some(&model.name) == input.model.as_ref())
    }

    fn adorn(&self, random: &mut Random, taste: &Taste, input: &mut Input) {
        let of_model = self.of_input(input);
        match random.below(100) {
            0..40 => {}
            40..97 => input.vendor = of_model.and_then(|model| model.vendor.clone()).or(input.vendor.take()),
            _ => input.vendor = Some((*random.of(&["Intel", "AMD", "Hygon"])).to_owned()),
        }
        if taste.careless && random.percent(15) {
            input.vendor = Some("Cyrix".to_owned());
        }
        if random.percent(10) {
            input.bits = Some(*random.of(&[36, 40, 46, 52]));
        }
        if random.percent(10) {
            input.matching = Some(*random.of(&["exact", "strict", "minimum"]));
        }
        if random.percent(5) {
            input.mode = Some(*random.of(&["custom", "host-model", "host-passthrough", "maximum"]));
        }
    }
}

/// What the inputs of one mix have in common.
struct Taste {
    /// Whose models they are.
    vendor: Option<&'static str>,
    /// Whether they name what nobody knows.
    careless: bool,
    /// Whether they are near to what the host gives.
    near: bool,
}

fn vendor_fits(taste: &Taste, vendor: Option<&str>) -> bool {
    taste.vendor.is_none() || vendor.is_none() || vendor == taste.vendor
}

/// The architecture. `cpu-baseline` needs one, of each CPU, and goes by the first; most others are without.
fn arch(random: &mut Random, turn: Turn, compare: bool) -> Option<&'static str> {
    let needed = !compare && !matches!(turn, Turn::Hypervisor(_));
    match (needed, random.below(100)) {
        (true, 0..2) | (false, 8..) => None,
        (true, 2..5) | (false, 0) => Some("aarch64"),
        (_, 5) => Some(*random.of(&["armv6l", "armv7l", "riscv64", "sparc", "x86-64"])),
        (_, 2..5 | 6..8) => Some("i686"),
        _ => Some("x86_64"),
    }
}

fn shape(random: &mut Random) -> Shape {
    match random.below(100) {
        0..75 => Shape::Bare,
        75..85 => Shape::Domain,
        85..90 => Shape::Capabilities,
        _ => Shape::HostModel,
    }
}

fn spoiled(random: &mut Random) -> Option<Spoiled> {
    match random.below(100) {
        0 => Some(Spoiled::Gone),
        1..3 => Some(Spoiled::CutOff(random.below(100))),
        3 => Some(Spoiled::Holds(HELD[random.below(HELD.len())])),
        _ => None,
    }
}

fn guests(random: &mut Random, virt: &'static str) -> Guests {
    let mut guests = if virt == "kvm" && random.percent(20) { vec![] } else { vec![("virttype", virt)] };
    if random.percent(12) {
        let other = *random.of(&OTHERS);
        guests.retain(|(option, _)| *option != other.0);
        guests.push(other);
    }
    guests
}
