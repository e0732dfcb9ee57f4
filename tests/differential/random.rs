//! Questions drawn from a seed.

use portolan::model::{CpuMap, MapModel};

use super::mix::{By, Input, Mix, Work};

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
    pub(super) hosts: Vec<Input>,
}

/// The commands, each in turn.
const TURNS: [(By, bool); 7] = [
    (By::Library, false),
    (By::Host, false),
    (By::Host, true),
    (By::Hypervisor(0), false),
    (By::Hypervisor(1), false),
    (By::Hypervisor(0), true),
    (By::Hypervisor(1), true),
];

const POLICIES: [&str; 5] = ["require", "disable", "forbid", "optional", "force"];

impl Source<'_> {
    /// `count` questions.
    pub(super) fn mixes(&self, random: &mut Random, count: usize) -> Vec<Mix> {
        (0..count).map(|at| self.mix(random, TURNS[at % TURNS.len()])).collect()
    }

    fn mix(&self, random: &mut Random, (by, compare): (By, bool)) -> Mix {
        let work = if compare {
            Work::Compare
        } else {
            // The test driver does not know --migratable.
            let migratable = random.percent(30) && by != By::Library;
            Work::Baseline { expanded: random.percent(30), migratable }
        };
        // Most mixes are of one vendor, for others have no baseline.
        let vendor = if random.percent(85) { Some(*random.of(&["Intel", "AMD"])) } else { None };
        let taste = Taste { vendor, careless: random.percent(8), near: compare && random.percent(60) };
        let count = if compare { 1 } else { 1 + random.below(4) };
        let mut inputs: Vec<Input> = Vec::new();
        for _ in 0..count {
            let again = !inputs.is_empty() && random.percent(8);
            let input = if again { random.of(&inputs).clone() } else { self.input(random, &taste) };
            let input = Input { arch: arch(random, by, compare), ..input };
            inputs.push(input);
        }
        Mix { work, by, inputs }
    }

    fn input(&self, random: &mut Random, taste: &Taste) -> Input {
        let mut input = self.bare(random, taste);
        let most = if taste.near { 3 } else { 7 };
        for _ in 0..random.below(most) {
            self.change(random, taste, &mut input);
        }
        self.adorn(random, taste, &mut input);
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

/// The architecture. `cpu-baseline` goes by the first input's and would ask libvirt's code for ARM, which is not what
/// is judged here; it needs one, and most others are without.
fn arch(random: &mut Random, by: By, compare: bool) -> Option<&'static str> {
    let needed = !compare && !matches!(by, By::Hypervisor(_));
    match (needed, random.below(100)) {
        (true, 0..2) | (false, 8..) => None,
        (false, 0) => Some("aarch64"),
        (_, 2..5) => Some("i686"),
        _ => Some("x86_64"),
    }
}
