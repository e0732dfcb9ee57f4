use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::sync::Mutex;

use super::*;
use crate::compat::{Chart, Verdict};
use crate::ingest;
use crate::model::{Arch, Cluster, GroupPolicy};

fn made(wish: &Wish, threads: usize) -> BTreeMap<String, String> {
    let all = Mutex::new(BTreeMap::new());
    let put = |documents: Vec<Document>| {
        let mut all = all.lock().expect("no thread panicked");
        for document in documents {
            assert_eq!(all.insert(document.path.clone(), document.text), None, "{} twice", document.path);
        }
        Ok::<(), Infallible>(())
    };
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
    let told = pool.install(|| generate(wish, put)).expect("nothing fails");
    let all = all.into_inner().expect("no thread panicked");
    assert_eq!(told.documents, all.len() as u64);
    assert_eq!(told.bytes, all.values().map(|text| text.len() as u64).sum::<u64>());
    all
}

fn cluster(wish: &Wish) -> Cluster {
    let files = made(wish, 2).into_iter().map(|(path, text)| (path, text.into_bytes())).collect();
    ingest::read_files("made-up", files)
}

fn wish(hosts: u32) -> Wish {
    Wish::new(hosts, 10).expect("in range")
}

#[test]
fn the_same_arguments_give_the_same_bytes_on_any_number_of_threads() {
    let once = made(&wish(20), 1);
    assert!(once == made(&wish(20), 4), "the number of threads shows");
    assert!(once != made(&wish(20).seeded(2), 1), "the seed does not show");
}

#[test]
fn more_hosts_leave_the_first_as_they_are() {
    let (few, many) = (made(&wish(20), 2), made(&wish(40), 2));
    let hosts = few.iter().filter(|(path, _)| path.starts_with("hosts/"));
    for (path, text) in hosts {
        assert!(many.get(path) == Some(text), "{path}");
    }
}

#[test]
fn no_gap_is_left_open() {
    for (path, text) in made(&wish(60), 2) {
        assert!(path.contains(".json") || !text.contains(['{', '}']), "{path}\n{text}");
    }
}

#[test]
fn it_is_read_without_problems_and_every_document_says_something() {
    let cluster = cluster(&wish(20));
    assert_eq!(cluster.problems, []);
    assert_eq!((cluster.hosts.len(), cluster.guests.len()), (20, 200));
    let uuids: BTreeSet<_> =
        cluster.guests.iter().filter_map(|guest| Some(&guest.uuid.as_ref()?.value)).collect();
    assert_eq!(uuids.len(), 200);
}

#[test]
fn hosts_are_as_full_as_was_wished_and_have_the_processors() {
    for fill in [300, 700, 900] {
        let wish = wish(100).filled(Share::thousandths(fill)).expect("in range");
        let cluster = cluster(&wish.with_arm(Share::thousandths(250)));
        let kib = |memory: Option<&crate::model::Memory>| memory.map_or(0, |memory| memory.as_kib());
        let have: u64 = cluster.hosts.iter().map(|host| kib(host.memory.value())).sum();
        let need: u64 = cluster.guests.iter().map(|guest| kib(guest.memory.value())).sum();
        let filled = need * 1000 / have;
        assert!((u64::from(fill) - 50..=u64::from(fill)).contains(&filled), "{filled} for {fill}");
        let is_arm = |host: &&crate::model::Host| host.platform.arch.value() == Some(&Arch::Aarch64);
        assert_eq!(cluster.hosts.iter().filter(is_arm).count(), 25);
    }
}

#[test]
fn groups_hold_from_the_start_and_have_about_the_share_that_was_wished() {
    let cluster = cluster(&wish(200).grouped(Share::thousandths(100)));
    let hosts: BTreeMap<&str, Option<&str>> =
        cluster.guests.iter().map(|guest| (guest.name.as_str(), guest.host.as_deref())).collect();
    let mut members = BTreeSet::new();
    let mut policies = BTreeSet::new();
    for group in &cluster.settings.groups {
        let own: BTreeSet<_> = group.guests.iter().map(|guest| hosts[guest.as_str()]).collect();
        let expected = if group.policy == GroupPolicy::APART { group.guests.len() } else { 1 };
        assert_eq!(own.len(), expected, "{group:?}");
        policies.insert(format!("{:?}", group.policy));
        for guest in &group.guests {
            assert!(members.insert(guest.clone()), "{guest} is in two groups");
        }
    }
    assert_eq!(policies.len(), 2);
    assert!((100..=300).contains(&members.len()), "{} of 2000", members.len());
}

#[test]
fn most_guests_that_run_can_move_live_to_many_hosts_and_nothing_is_unknown() {
    let cluster = cluster(&wish(40));
    let chart = Chart::new(&cluster);
    let mut stuck = 0;
    for (at, guest) in cluster.guests.iter().enumerate() {
        let verdicts: Vec<_> = (0..cluster.hosts.len()).map(|host| chart.verdict(at, host)).collect();
        let unknown = verdicts.iter().position(|verdict| *verdict == Verdict::Unknown);
        assert_eq!(unknown, None, "{}", guest.name);
        let live = verdicts.iter().filter(|verdict| **verdict == Verdict::Live).count();
        stuck += usize::from(guest.running && live < 2);
    }
    assert!(stuck < cluster.guests.len() / 5, "{stuck} of {} cannot move", cluster.guests.len());
}

#[test]
fn guests_are_of_few_classes_where_they_are_many() {
    let classes = |hosts| Chart::new(&cluster(&wish(hosts))).guest_classes.len();
    let (few, many) = (classes(60), classes(240));
    assert!(many < 3 * few, "{few} classes of 600 guests, {many} of 2400");
}

#[test]
fn what_cannot_be_made_is_refused() {
    assert_eq!(Wish::new(9, 10).err(), Some(Refusal::Hosts(9)));
    assert_eq!(Wish::new(100_001, 10).err(), Some(Refusal::Hosts(100_001)));
    assert_eq!(Wish::new(10, 0).err(), Some(Refusal::Guests(0)));
    assert_eq!(Wish::new(10, 201).err(), Some(Refusal::Guests(201)));
    let full = Share::thousandths(951);
    assert_eq!(wish(10).filled(full).err(), Some(Refusal::Fill(full)));
}
