//! What must hold of the baselines of any cluster, of its ladder, and of its guests.

use std::collections::BTreeSet;

use super::*;
use crate::model::CpuMode;

/// Hosts by these CPUs, named in order; each with its own map.
struct Made {
    hosts: Vec<(String, Platform, &'static CpuMap)>,
}

impl Made {
    fn of(cpus: &[(Definition, bool)]) -> Self {
        let made = cpus.iter().enumerate().map(|(at, (cpu, old))| {
            let older = map(Version::new(9, 0, 0));
            let map = if *old { fitting_map(older, cpu) } else { latest() };
            (format!("host-{at:02}"), host(cpu, map, &BTreeMap::new()), map)
        });
        Self { hosts: made.collect() }
    }

    fn inputs(&self) -> Vec<ClusterInput<'_>> {
        self.hosts.iter().map(|(name, platform, map)| ClusterInput { name, platform, map }).collect()
    }
}

fn has(input: &ClusterInput<'_>) -> BTreeSet<String> {
    let (_, given) = host_model(input.platform).unwrap();
    let set = expand(input.map, &given).unwrap();
    let passed = |name: &&str| *name != "invtsc" && !NEVER_PASSED.contains(name);
    set.names(input.map).into_iter().filter(passed).map(str::to_owned).collect()
}

fn kept(ladder: &Ladder) -> Vec<usize> {
    ladder.rungs.iter().map(|rung| rung.kept).collect()
}

fn group_hosts(rung: &Rung) -> Vec<Vec<&str>> {
    rung.groups.iter().map(|group| group.hosts.iter().map(String::as_str).collect()).collect()
}

#[test]
fn generations_are_divided_where_they_differ_most() {
    let cpus =
        ["Haswell-noTSX-IBRS", "Haswell-noTSX-IBRS", "Broadwell-noTSX-IBRS", "Cascadelake-Server-noTSX"];
    let made = Made::of(&cpus.map(|model| (intel(model), false)));
    let all = ladders(&made.inputs(), &[], 9);
    let [ladder] = all.as_slice() else { panic!("one vendor") };
    assert_eq!((ladder.classes, ladder.method, ladder.rungs.len()), (3, Method::Exact, 3));
    assert_eq!(group_hosts(&ladder.rungs[1]), [vec!["host-00", "host-01", "host-02"], vec!["host-03"]]);
    assert_eq!(ladder.rungs[2].kept, ladder.all);
}

#[test]
fn many_classes_are_divided_by_moving_and_it_is_said_so() {
    let lacks = ["vme", "fma", "pcid", "movbe", "aes", "avx", "rdrand", "fsgsbase", "bmi1", "bmi2", "erms"];
    let cpus = lacks.map(|name| (intel("Haswell-noTSX").with(Policy::Disable, name), false));
    let made = Made::of(&cpus);
    let all = ladders(&made.inputs(), &[], 99);
    assert_eq!((all[0].classes, all[0].method), (11, Method::Improved));
    let kept = kept(&all[0]);
    assert!(kept.len() == 11 && kept.is_sorted() && kept[10] == all[0].all, "{kept:?}");
    let ten = ladders(&made.inputs()[..10], &[], 99);
    assert_eq!(ten[0].method, Method::Exact);
}

#[test]
fn the_oldest_host_costs_most() {
    let cpus = ["Haswell-noTSX-IBRS", "Cascadelake-Server-noTSX", "Icelake-Server-noTSX"];
    let made = Made::of(&cpus.map(|model| (intel(model), false)));
    let all = drags(&made.inputs());
    let first = &all[0].drags[0];
    assert_eq!(first.hosts, ["host-00"]);
    assert!(first.gained.iter().any(|name| name == "avx512f"), "{:?}", first.gained);
    assert_eq!(first.level.map(|level| level.name), Some("x86-64-v4"));
    assert!(all[0].drags[2].gained.is_empty() && all[0].drags[2].classes == 1);
    let two = Made::of(&cpus.map(|_| (intel("Haswell"), false)));
    assert_eq!(drags(&two.inputs()), []);
}

#[test]
fn hosts_that_hold_back_together_are_a_pair() {
    let cpus = ["Haswell-noTSX-IBRS", "Broadwell-noTSX-IBRS", "Cascadelake-Server-noTSX"];
    let made = Made::of(&cpus.map(|model| (intel(model), false)));
    let all = drags(&made.inputs());
    let pair = &all[0].drags[3];
    assert_eq!((pair.classes, pair.hosts.as_slice()), (2, &["host-00".to_owned(), "host-01".to_owned()][..]));
}

fn guest_cpu(mode: CpuMode, model: Option<&str>, features: &[(&str, Policy)]) -> CpuDefinition {
    CpuDefinition {
        mode: Some(known(mode)),
        model: model.map(|name| known(name.into())),
        features: features
            .iter()
            .map(|&(name, policy)| known(CpuFeature { name: name.into(), policy }))
            .collect(),
        ..CpuDefinition::default()
    }
}

#[test]
fn guests_are_told_what_they_run_on_beyond_the_baseline() {
    let made = Made::of(&[(intel("Haswell-noTSX"), false), (intel("Broadwell-noTSX"), false)]);
    let host_model = guest_cpu(CpuMode::HostModel, None, &[]);
    let lean = guest_cpu(CpuMode::Custom, Some("Haswell-noTSX"), &[]);
    let ticking = guest_cpu(CpuMode::Custom, Some("Nehalem"), &[("invtsc", Policy::Require)]);
    let unknown = guest_cpu(CpuMode::Custom, Some("bogus"), &[]);
    let guest = |name, stored, running| GuestInput { name, host: "host-01", stored, running };
    let guests = [
        guest("a", Some(&host_model), Some(Some(&lean))),
        guest("b", Some(&host_model), None),
        guest("c", Some(&ticking), Some(Some(&ticking))),
        guest("d", None, Some(None)),
        guest("e", Some(&unknown), Some(Some(&unknown))),
    ];
    let told = guest_standings(&made.inputs(), &guests);
    let lost: Vec<String> = ["3dnowprefetch", "adx", "rdseed", "smap"].map(str::to_owned).into();
    assert_eq!(
        (&told[0].outside, &told[0].loses, told[0].mode),
        (&Ok(vec![]), &Ok(lost.clone()), CpuMode::HostModel)
    );
    assert_eq!((&told[1].outside, &told[1].loses, told[1].runs), (&Ok(vec![]), &Ok(lost), false));
    assert_eq!(told[2].outside, Ok(vec!["invtsc".to_owned()]));
    assert_eq!(told[3].outside, Ok(vec![]));
    assert!(told[4].outside.is_err());
    let all = ladders(&made.inputs(), &guests, 1);
    assert_eq!(all[0].rungs[0].groups[0].stranded, ["c"]);
}

#[test]
fn a_joining_host_says_what_it_costs() {
    let made = Made::of(&[(intel("Broadwell-noTSX"), false), (intel("Haswell-noTSX"), false)]);
    let cpu = guest_cpu(CpuMode::Custom, Some("Broadwell-noTSX"), &[]);
    let guests =
        vec![GuestInput { name: "g", host: "host-00", stored: Some(&cpu), running: Some(Some(&cpu)) }];
    let one = Members { hosts: made.inputs()[..1].to_vec(), guests: guests.clone() };
    let both = Members { hosts: made.inputs(), guests };
    let [joined, left] = [changes(&one, &both), changes(&both, &one)];
    assert_eq!(
        (joined[0].joined.as_slice(), joined[0].stranded.as_slice()),
        (&["host-01".to_owned()][..], &["g".to_owned()][..])
    );
    assert_eq!((&joined[0].lost, &joined[0].gained), (&left[0].gained, &left[0].lost));
    assert_eq!(
        (left[0].left.as_slice(), left[0].freed.as_slice()),
        (&["host-01".to_owned()][..], &["g".to_owned()][..])
    );
    assert_eq!(changes(&one, &one), []);
}

fn any_hosts() -> impl Strategy<Value = Vec<(Definition, bool)>> {
    prop::collection::vec((any_cpu(), prop::bool::ANY), 1..6)
}

fn intels(result: &ClusterBaselines) -> Option<&ClusterBaseline> {
    result.groups.iter().find(|group| group.vendor == "Intel")?.baseline.as_ref().ok()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn a_baseline_has_all_that_the_hosts_have_in_common_and_runs_on_each(cpus in any_hosts()) {
        let made = Made::of(&cpus);
        let inputs = made.inputs();
        let result = cluster_baselines(&inputs);
        if let Some(baseline) = intels(&result) {
            let sets: Vec<BTreeSet<String>> = inputs.iter().map(has).collect();
            let common: BTreeSet<String> =
                sets[0].iter().filter(|name| sets.iter().all(|set| set.contains(*name))).cloned().collect();
            prop_assert_eq!(&baseline.features, &common);
            for input in &inputs {
                let missing = missing_on(input.map, &input.platform.capabilities[0], &baseline.definition);
                prop_assert_eq!(missing, Ok(Vec::new()));
            }
        }
    }

    #[test]
    fn baselines_and_ladders_do_not_depend_on_the_order_of_hosts(cpus in any_hosts()) {
        let made = Made::of(&cpus);
        let (inputs, mut backwards) = (made.inputs(), made.inputs());
        backwards.reverse();
        let (one, other) = (cluster_baselines(&inputs), cluster_baselines(&backwards));
        prop_assert_eq!(intels(&one), intels(&other));
        let (one, other) = (ladders(&inputs, &[], 9), ladders(&backwards, &[], 9));
        for (one, other) in one[0].rungs.iter().zip(&other[0].rungs) {
            prop_assert_eq!(group_hosts(one), group_hosts(other));
        }
    }

    #[test]
    fn a_joining_host_gives_the_baseline_no_feature(cpus in any_hosts()) {
        let made = Made::of(&cpus);
        let inputs = made.inputs();
        let (all, fewer) = (cluster_baselines(&inputs), cluster_baselines(&inputs[1..]));
        if let (Some(all), Some(fewer)) = (intels(&all), intels(&fewer)) {
            prop_assert!(all.features.is_subset(&fewer.features));
        }
        prop_assert!(intels(&all).is_none() || inputs.len() == 1 || intels(&fewer).is_some());
    }

    #[test]
    fn more_groups_never_keep_less_and_one_for_each_class_keeps_all(cpus in any_hosts()) {
        let made = Made::of(&cpus);
        let all = ladders(&made.inputs(), &[], 9);
        let kept = kept(&all[0]);
        prop_assert_eq!(kept.len(), all[0].classes);
        prop_assert!(kept.is_sorted(), "{:?}", kept);
        let alone = all[0].rungs.last().map(|rung| rung.groups.iter().all(|group| group.baseline.is_ok()));
        prop_assert!(alone == Some(false) || kept.last() == Some(&all[0].all));
    }
}
