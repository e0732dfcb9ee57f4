//! From the files of an inventory to a cluster.
//!
//! Documents are read in parallel; everything is put together in the order of paths, so that the
//! result does not depend on the number of threads.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use rayon::prelude::*;

use crate::model::{Cluster, CpuMap, DocumentKind as D, Guest, Host, Moment, Problem, RulePolicy, Settings};
use crate::text::{Place, SourceId, Sources};

use super::documents::Found;
use super::host::{Witness, merge};
use super::layout::Item;
use super::problem::Complaint;
use super::readers::saying;
use super::saying::Saying;
use super::settings::{self, Written};
use super::{cpu_map, domain, moment, policy};

/// How many guests are read side by side.
const AT_ONCE: usize = 4_096;

/// One document of interest.
struct Entry {
    item: Item,
    source: SourceId,
}

/// The cluster that the documents tell of, by path. What `cluster.toml`
/// calls it counts before `name`, and `policy` (its path and text) before `portolan.toml`.
pub(super) fn cluster(
    name: &str,
    documents: Vec<Found>,
    mut problems: Vec<Problem>,
    policy: Option<(String, String)>,
) -> Cluster {
    let mut sources = Sources::default();
    let entry = |(path, item, text): Found| Entry { item, source: sources.share(path, text) };
    let entries: Vec<Entry> = documents.into_iter().map(entry).collect();
    let hosts = hosts(&entries, &sources, &mut problems);
    let guests = guests(&entries, &sources, &mut problems);
    let Written { name: given, mut settings, .. } = settings(&entries, &sources, &mut problems);
    problems.extend(strangers(&settings, &hosts, &sources));
    let policy = policy
        .map(|(path, text)| sources.add(path, text))
        .or_else(|| entries.iter().find(|entry| entry.item.kind == D::Policy).map(|entry| entry.source));
    let policy = policy.map(|source| self::policy(source, &sources, &mut problems)).unwrap_or_default();
    policy::overrule(&mut settings, &policy.thresholds);
    problems.sort();
    problems.dedup();
    let name = given.unwrap_or_else(|| name.to_owned());
    let mut cluster = Cluster { name, sources, hosts, guests, settings, policy, problems };
    cluster.lodge();
    cluster
}

/// The hosts. What the documents of one say is dropped before the next are read: of many hosts that is much.
fn hosts(entries: &[Entry], sources: &Sources, problems: &mut Vec<Problem>) -> Vec<Host> {
    let mut by_host: BTreeMap<&str, Vec<&Entry>> = BTreeMap::new();
    for entry in entries {
        if let Some(host) = &entry.item.host {
            by_host.entry(host).or_default().push(entry);
        }
    }
    let maps = maps(&by_host, sources, problems);
    let one = |(name, documents): (&&str, &Vec<&Entry>)| {
        let (sayings, mut wrong) = sayings(documents, sources);
        let (mut host, conflicts) = merge(name, &witnesses(&sayings), sources);
        wrong.extend(conflicts);
        host.cpu_map = maps.get(name).cloned();
        (host, wrong)
    };
    let all: Vec<(Host, Vec<Problem>)> = by_host.par_iter().map(one).collect();
    all.into_iter()
        .map(|(host, mut wrong)| {
            problems.append(&mut wrong);
            host
        })
        .collect()
}

/// A document, and what it says: nothing where it does not parse.
type Said<'e> = (&'e Entry, Option<Saying>);

/// What each document of a host says, and which do not parse; those that tell of no host are left out.
fn sayings<'e>(documents: &[&'e Entry], sources: &Sources) -> (Vec<Said<'e>>, Vec<Problem>) {
    let read = |&entry: &&'e Entry| {
        let source = sources.get(entry.source);
        let text = source.text.read();
        let reading = saying(&entry.item, entry.source, &text)?;
        Some((entry, reading.map_err(|complaint| complaint.problem(&source.path, &text))))
    };
    let all: Vec<_> = documents.par_iter().filter_map(read).collect();
    let mut problems = Vec::new();
    let keep = |(entry, reading): (_, Result<_, _>)| (entry, reading.map_err(|one| problems.push(one)).ok());
    (all.into_iter().map(keep).collect(), problems)
}

/// In the order of paths; firmware descriptors in that of their names, of which the folder that
/// comes first (`etc` before `usr`) hides the others.
fn witnesses<'s>(sayings: &'s [Said<'_>]) -> Vec<Witness<'s>> {
    let is_descriptor = |said: &&Said<'_>| said.0.item.kind == D::FirmwareDescriptor;
    let (mut descriptors, mut rest): (Vec<_>, Vec<_>) = sayings.iter().partition(is_descriptor);
    descriptors.sort_by_key(|(entry, _)| (entry.item.name.clone(), entry.source));
    descriptors.dedup_by(|later, earlier| later.0.item.name == earlier.0.item.name);
    rest.extend(descriptors);
    let witness =
        |(entry, saying): &'s Said<'_>| Some(Witness { kind: entry.item.kind, saying: saying.as_ref()? });
    rest.into_iter().filter_map(witness).collect()
}

/// The CPU maps by host. Hosts whose files are the same share one map.
fn maps<'h>(
    by_host: &BTreeMap<&'h str, Vec<&Entry>>,
    sources: &Sources,
    problems: &mut Vec<Problem>,
) -> BTreeMap<&'h str, Arc<CpuMap>> {
    let mut read: BTreeMap<Vec<(String, String)>, Arc<CpuMap>> = BTreeMap::new();
    let mut found = BTreeMap::new();
    for (&host, documents) in by_host {
        let of_map = documents.iter().filter(|entry| entry.item.kind == D::CpuMap);
        let files: Vec<(String, String)> = of_map
            .clone()
            .map(|e| (format!("{}.xml", e.item.name), sources.get(e.source).text.read().into_owned()))
            .collect();
        let Some(first) = of_map.clone().next() else { continue };
        if let Some(map) = read.get(&files) {
            found.insert(host, Arc::clone(map));
            continue;
        }
        let path = &sources.get(first.source).path;
        let folder = path.rsplit_once('/').map_or(path.as_str(), |(folder, _)| folder);
        let (map, wrong) = cpu_map::read_cpu_map(folder, &files);
        problems.extend(wrong.into_iter().map(|(file, message)| map_problem(folder, &file, message)));
        if !map.models.is_empty() {
            let map = Arc::new(map);
            read.insert(files, Arc::clone(&map));
            found.insert(host, map);
        }
    }
    found
}

fn map_problem(folder: &str, file: &str, message: String) -> Problem {
    Complaint::new(None, message, format!("copy the map again, whole: {}", D::CpuMap.command()))
        .problem(&format!("{folder}/{file}"), "")
}

/// The documents of one guest.
#[derive(Default)]
struct Definitions {
    stored: Option<SourceId>,
    live: Option<SourceId>,
    /// Those of `moment`.
    others: Vec<(D, SourceId)>,
}

fn guests(entries: &[Entry], sources: &Sources, problems: &mut Vec<Problem>) -> Vec<Guest> {
    let mut by_guest: BTreeMap<(&str, Option<&str>), Definitions> = BTreeMap::new();
    for entry in entries.iter().filter(|entry| matches!(entry.item.kind, D::Domain | D::LiveDomain)) {
        let guest = by_guest.entry((&entry.item.name, entry.item.host.as_deref())).or_default();
        let slot = if is_live(entry, sources) { &mut guest.live } else { &mut guest.stored };
        *slot = slot.or(Some(entry.source));
    }
    for entry in entries.iter().filter(|entry| moment::KINDS.contains(&entry.item.kind)) {
        let guest = by_guest.entry((&entry.item.name, entry.item.host.as_deref())).or_default();
        guest.others.push((entry.item.kind, entry.source));
    }
    let told = Mutex::new(Vec::new());
    let read = |(&(name, host), guest): (&(&str, Option<&str>), &Definitions)| {
        let mut wrong = Vec::new();
        let mut found = self::guest(sources, guest, name, host, &mut wrong);
        let moment = self::moment(sources, &guest.others, &mut wrong);
        if let Some(found) = &mut found {
            found.moment = moment;
        }
        if !wrong.is_empty() {
            told.lock().unwrap_or_else(PoisonError::into_inner).extend(wrong);
        }
        found
    };
    // They are large and many: there is one list of them, and beside it never more than a few.
    let mut guests = Vec::with_capacity(by_guest.len());
    let all: Vec<_> = by_guest.iter().collect();
    for some in all.chunks(AT_ONCE) {
        let some: Vec<Option<Guest>> = some.par_iter().copied().map(read).collect();
        guests.extend(some.into_iter().flatten());
    }
    problems.extend(told.into_inner().unwrap_or_else(PoisonError::into_inner));
    guests
}

/// Where only the live definition cannot be read, the guest runs as it is stored.
fn guest(
    sources: &Sources,
    definitions: &Definitions,
    name: &str,
    host: Option<&str>,
    wrong: &mut Vec<Problem>,
) -> Option<Guest> {
    let Definitions { stored, live, .. } = *definitions;
    let whole = domain::read(sources, stored, live, name, host).map_err(|problem| wrong.push(problem));
    whole.ok().or_else(|| {
        let mut guest = domain::read(sources, Some(stored?), None, name, host).ok()?;
        (guest.live, guest.running) = (live, live.is_some());
        Some(guest)
    })
}

/// What a guest was doing; what does not say it is told.
fn moment(sources: &Sources, documents: &[(D, SourceId)], wrong: &mut Vec<Problem>) -> Moment {
    let mut moment = Moment::default();
    for &(kind, source) in documents {
        let source_text = sources.get(source);
        let text = source_text.text.read();
        moment::read(kind, source, &text, &mut moment);
        if !moment.says(kind, &text) {
            let remedy = format!("print it again: {}", kind.command());
            let complaint = Complaint::new(Some(0), "nothing in it is understood", remedy);
            wrong.push(complaint.problem(&source_text.path, &text));
        }
    }
    moment
}

/// `virsh -r dumpxml` of a sosreport prints the live definition of a guest that runs, which then has
/// an id, and the stored one of a guest that does not.
fn is_live(entry: &Entry, sources: &Sources) -> bool {
    let has_id =
        || start_of_domain(&sources.get(entry.source).text.read()).is_some_and(|tag| tag.contains(" id="));
    entry.item.kind == D::LiveDomain && (!entry.item.sos || has_id())
}

fn start_of_domain(text: &str) -> Option<&str> {
    let from = text.get(text.find("<domain ")?..)?;
    from.get(..from.find('>')?)
}

fn settings(entries: &[Entry], sources: &Sources, problems: &mut Vec<Problem>) -> Written {
    let Some(entry) = entries.iter().find(|entry| entry.item.kind == D::Cluster) else {
        return Written::default();
    };
    let source = sources.get(entry.source);
    let mut written = settings::read(entry.source, &source.text);
    let wrong = written.wrong.drain(..);
    problems.extend(wrong.map(|complaint| complaint.problem(&source.path, &source.text)));
    written
}

/// The hosts that `cluster.toml` has names or a rack for and the inventory has not.
fn strangers(settings: &Settings, hosts: &[Host], sources: &Sources) -> Vec<Problem> {
    let names = settings.host_names.iter().map(|(name, map)| (name, map.place));
    let racks = settings.racks.iter().map(|(name, rack)| (name, rack.place));
    let unknown = names.chain(racks).filter(|(name, _)| hosts.iter().all(|host| host.name != **name));
    let tell = |(name, place): (&String, Place)| {
        let source = sources.get(place.source);
        let message = format!("'{name}' is not a host of this inventory");
        let remedy = "name a folder of hosts/, or collect the host";
        Complaint::new(Some(place.span.range().start), message, remedy).problem(&source.path, &source.text)
    };
    unknown.map(tell).collect()
}

fn policy(id: SourceId, sources: &Sources, problems: &mut Vec<Problem>) -> RulePolicy {
    let source = sources.get(id);
    let (policy, wrong) = policy::read(id, &source.text);
    problems.extend(wrong.into_iter().map(|complaint| complaint.problem(&source.path, &source.text)));
    policy
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::documents;
    use crate::ingest::folder::File;

    // All documents here are made up.
    fn files(list: &[(&str, &[u8])]) -> Vec<File> {
        list.iter().map(|(path, bytes)| ((*path).to_owned(), bytes.to_vec())).collect()
    }

    fn read(list: &[(&str, &[u8])]) -> Cluster {
        crate::ingest::read_files("made-up", files(list))
    }

    #[test]
    fn hosts_come_by_name_and_sources_by_path() {
        let cluster = read(&[
            ("hosts/b/os-release", b"NAME=b"),
            ("hosts/a.tar/x", b"no tar"),
            ("hosts/a/uname.txt", b"Linux a 6.1.0 #1 aarch64 GNU/Linux"),
            ("README.md", b"\xff"),
        ]);
        let hosts: Vec<_> = cluster.hosts.iter().map(|host| host.name.as_str()).collect();
        assert_eq!(hosts, ["a", "b"]);
        let paths: Vec<_> = cluster.sources.iter().map(|(_, source)| source.path.as_str()).collect();
        assert_eq!(paths, ["hosts/a/uname.txt", "hosts/b/os-release"]);
        assert_eq!(cluster.problems, []);
    }

    #[test]
    fn a_byte_that_is_no_utf8_is_told_but_not_of_the_kernel() {
        let cluster = read(&[
            ("hosts/h/os-release", b"NAME=h\nID=\xe9\n"),
            ("hosts/h/dmesg.txt", b"\xe9\nkvm [1]: VHE mode initialized successfully\n"),
        ]);
        let problem = &cluster.problems[0];
        assert_eq!((cluster.problems.len(), problem.path.as_str()), (1, "hosts/h/os-release"));
        assert_eq!(problem.position.map(|p| (p.line, p.column)), Some((2, 4)));
        assert_eq!(problem.message, "the byte 0xe9 is not UTF-8");
        assert!(cluster.hosts[0].platform.cpu.kvm_mode.value().is_some());
    }

    #[test]
    fn a_document_that_says_nothing_is_told_and_the_rest_goes_on() {
        let cluster = read(&[
            ("hosts/h/nodeinfo.txt", b"error: failed to connect to the hypervisor\n"),
            ("hosts/h/version.txt", b""),
            ("hosts/h/lsmod.txt", b"Module Size Used by\n"),
            ("hosts/h/capabilities.xml", b"<capabilities><host>"),
            ("hosts/h/os-release", b"NAME=h"),
        ]);
        let told: Vec<_> = cluster.problems.iter().map(|p| (p.path.as_str(), p.message.as_str())).collect();
        let expected = [
            ("hosts/h/capabilities.xml", "the document ends inside <host>; was it cut off?"),
            ("hosts/h/nodeinfo.txt", "nothing in it is understood"),
            ("hosts/h/version.txt", "the document is empty"),
        ];
        assert_eq!(told, expected);
        assert_eq!(cluster.hosts[0].platform.os.value().map(String::as_str), Some("h"));
    }

    #[test]
    fn a_descriptor_in_etc_hides_the_one_of_its_name() {
        let descriptor = |file: &str| {
            format!("{{\"interface-types\": [\"uefi\"], \"mapping\": {{\"filename\": \"{file}\"}}}}")
                .into_bytes()
        };
        let cluster = read(&[
            ("hosts/h/usr/share/qemu/firmware/50-a.json", &descriptor("/a")),
            ("hosts/h/usr/share/qemu/firmware/40-b.json", &descriptor("/b")),
            ("hosts/h/usr/share/qemu/firmware/30-c.json", &descriptor("/c")),
            ("hosts/h/etc/qemu/firmware/50-a.json", &descriptor("/own")),
            ("hosts/h/etc/qemu/firmware/30-c.json", b""),
        ]);
        let firmware = cluster.hosts[0].platform.firmware.value().expect("known");
        let files: Vec<_> = firmware.iter().filter_map(|f| f.value.executable.as_deref()).collect();
        assert_eq!(files, ["/b", "/own"]);
    }

    #[test]
    fn hosts_with_one_cpu_map_share_it() {
        let map = b"<cpus><arch name='x86'><model name='made-up'/></arch></cpus>";
        let cluster = read(&[("hosts/a/cpu_map/index.xml", map), ("hosts/b/cpu_map/index.xml", map)]);
        let maps: Vec<_> = cluster.hosts.iter().filter_map(|host| host.cpu_map.as_ref()).collect();
        assert_eq!(maps.len(), 2);
        assert!(Arc::ptr_eq(maps[0], maps[1]));
    }

    #[test]
    fn guests_run_where_a_live_definition_says_so() {
        let domain = |name: &str| format!("<domain type='kvm'><name>{name}</name></domain>").into_bytes();
        let cluster = read(&[
            ("guests/new.xml", &domain("new")),
            ("hosts/h/guests/runs.xml", &domain("runs")),
            ("hosts/h/guests/runs.live.xml", &domain("runs")),
            ("hosts/h/guests/rests.xml", &domain("rests")),
            ("hosts/h/guests/cut.xml", &domain("cut")),
            ("hosts/h/guests/cut.live.xml", b"<domain>"),
            ("hosts/h/guests/wrong.xml", b"<pool/>"),
        ]);
        let guests: Vec<_> =
            cluster.guests.iter().map(|g| (g.name.as_str(), g.host.as_deref(), g.running)).collect();
        let h = Some("h");
        let expected = [("cut", h, true), ("new", None, false), ("rests", h, false), ("runs", h, true)];
        assert_eq!(guests, expected);
        let told: Vec<_> = cluster.problems.iter().map(|problem| problem.path.as_str()).collect();
        assert_eq!(told, ["hosts/h/guests/cut.live.xml", "hosts/h/guests/wrong.xml"]);
    }

    #[test]
    fn guests_are_off_where_nothing_says_or_leaves_open_that_they_run() {
        let domain = |name: &str| format!("<domain type='kvm'><name>{name}</name></domain>").into_bytes();
        let list = b" Id   Name     State\n--------\n 1    runs     running\n -    rests    shut off\n -    fell     crashed\n";
        let cluster = read(&[
            ("guests/new.xml", &domain("new")),
            ("hosts/h/guests/rests.xml", &domain("rests")),
            ("hosts/h/guests/told.xml", &domain("told")),
            ("hosts/h/guests/told.domstate.txt", b"paused (user)\n"),
            ("hosts/h/guests/live.xml", &domain("live")),
            ("hosts/h/guests/live.live.xml", &domain("live")),
            ("hosts/listed/list.txt", list),
            ("hosts/listed/guests/fell.xml", &domain("fell")),
            ("hosts/listed/guests/rests.xml", &domain("rests")),
            ("hosts/listed/guests/runs.xml", &domain("runs")),
            ("hosts/listed/guests/unlisted.xml", &domain("unlisted")),
        ]);
        let off = cluster.guests.iter().filter(|guest| cluster.is_off(guest));
        let off: Vec<_> = off.map(|guest| (guest.name.as_str(), guest.host.as_deref())).collect();
        assert_eq!(off, [("rests", Some("h")), ("rests", Some("listed"))]);
    }

    #[test]
    fn the_definition_of_a_sosreport_is_live_if_it_has_an_id() {
        let list: [(&str, &[u8]); 3] = [
            ("hosts/h/sos_commands/virsh/virsh_-r_dumpxml_runs", b"<domain type='kvm' id='1'></domain>"),
            (
                "hosts/h/sos_commands/virsh/virsh_-r_dumpxml_rests",
                b"<domain type='kvm'><id x='1' id='2'/></domain>",
            ),
            ("hosts/h/guests/plain.live.xml", b"<domain type='kvm'></domain>"),
        ];
        let shelf = crate::text::Shelf::default();
        let raw = files(&list).into_iter().map(|file| documents::raw(&shelf, file)).collect();
        let mut sources = Sources::default();
        let entry = |(path, item, text)| Entry { item, source: sources.share(path, text) };
        let found = documents::documents(&shelf, raw, &mut Vec::new());
        let entries: Vec<Entry> = found.into_iter().map(entry).collect();
        let live = entries.iter().filter(|entry| is_live(entry, &sources));
        let live: Vec<_> = live.map(|entry| entry.item.name.as_str()).collect();
        assert_eq!(live, ["plain", "runs"]);
    }

    #[test]
    fn names_and_a_rack_for_a_host_that_is_not_there_are_told() {
        let settings = b"[hosts.h2.map.networks]\na = \"b\"\n[hosts.h1.map.pools]\nc = \"d\"\n\
            [racks]\nr1 = [\"h1\",\n \"h3\"]\n";
        let cluster = read(&[("cluster.toml", settings), ("hosts/h1/uname.txt", b"Linux")]);
        let told: Vec<_> = cluster.problems.iter().filter(|one| one.path == "cluster.toml").collect();
        assert_eq!(told.len(), 2, "{told:?}");
        assert_eq!(told[0].message, "'h2' is not a host of this inventory");
        assert_eq!(told[0].position.map(|at| (at.line, at.column)), Some((1, 8)));
        assert_eq!(told[1].message, "'h3' is not a host of this inventory");
        assert_eq!(told[1].position.map(|at| (at.line, at.column)), Some((7, 2)));
    }
}
