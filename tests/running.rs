//! The documents of running guests, of mounts, and of the inventory as a whole: a made-up guest that fires each rule that asks
//! them, and a near miss.

use portolan::compat::{Answer, Chart, Mode};
use portolan::ingest;
use portolan::model::Cluster;

/// What is at the place of a document: its path in the inventory, and its text.
type Files<'t> = &'t [(&'t str, &'t str)];

/// The same, for cases to hold.
type Owned = Vec<(&'static str, String)>;
/// The files of a whole inventory.
type Inventory = Vec<(String, Vec<u8>)>;

const VERSION: &str = "Using library: libvirt 9.0.0\nRunning hypervisor: QEMU 7.2.22\n";
const OFFERED: &str = "<domainCapabilities><domain>kvm</domain><machine>pc-q35-7.2</machine><arch>x86_64</arch>\
    </domainCapabilities>";

fn capabilities(uuid: &str) -> String {
    format!(
        "<capabilities><host><uuid>{uuid}</uuid><cpu><arch>x86_64</arch></cpu></host><guest><os_type>hvm</os_type>\
         <arch name='x86_64'><emulator>/usr/bin/qemu-system-x86_64</emulator>\
         <machine canonical='pc-q35-7.2' maxCpus='288'>q35</machine><machine maxCpus='288'>pc-q35-7.2</machine>\
         <domain type='kvm'/></arch></guest></capabilities>"
    )
}

/// A guest with more children of `<domain>` and of `<devices>`.
fn guest(domain: &str, devices: &str) -> String {
    format!(
        "<domain type='kvm'><name>g</name><uuid>11111111-2222-3333-4444-555555555555</uuid><memory>2097152</memory>\
         <vcpu>4</vcpu><os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type></os>{domain}\
         <devices>{devices}</devices></domain>"
    )
}

/// The guest g on host a, running, and host b of the same kind; `files` come on top, or in the place of one of these.
fn cluster(files: Files<'_>) -> Cluster {
    let cluster = ingest::read_files("made-up", inventory(files));
    assert_eq!(cluster.problems, []);
    cluster
}

fn inventory(files: Files<'_>) -> Vec<(String, Vec<u8>)> {
    let usual = [
        ("hosts/a/capabilities.xml", capabilities("00000000-0000-0000-0000-00000000000a")),
        ("hosts/b/capabilities.xml", capabilities("00000000-0000-0000-0000-00000000000b")),
        ("hosts/a/domcapabilities/q35.xml", OFFERED.to_owned()),
        ("hosts/b/domcapabilities/q35.xml", OFFERED.to_owned()),
        ("hosts/a/version.txt", VERSION.to_owned()),
        ("hosts/b/version.txt", VERSION.to_owned()),
        ("hosts/a/snapshots.txt", String::new()),
        ("hosts/b/nodeinfo.txt", "CPU(s): 8\nMemory size: 16777216 KiB\n".to_owned()),
        ("hosts/a/guests/g.xml", guest("", "")),
        ("hosts/a/guests/g.live.xml", guest("", "")),
    ];
    let kept = usual.iter().filter(|(path, _)| !files.iter().any(|(other, _)| other == path));
    let kept = kept.map(|(path, text)| ((*path).to_owned(), text.clone().into_bytes()));
    // No document: it is left out.
    let more = files.iter().filter(|(_, text)| *text != GONE);
    let more = more.map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec()));
    kept.chain(more).collect()
}

/// The inventories of all cases, by the rule that is tried.
pub(crate) fn inventories() -> Vec<(String, Inventory)> {
    let both = cases().into_iter().flat_map(|(rule, firing, near_miss)| {
        [(rule.to_owned(), firing), (format!("nearly {rule}"), near_miss)]
    });
    let mut all: Vec<_> = both.map(|(name, files)| (name, inventory(&borrowed(&files)))).collect();
    let mounts = [
        ("one server", "nas:/export /images nfs4", "nas:/export /images nfs4"),
        ("two servers", "nas:/export /images nfs4", "other:/export /images nfs4"),
        ("own disks", "/dev/sdb /images xfs", "/dev/sdb /images xfs"),
    ];
    all.extend(mounts.map(|(name, here, there)| {
        let files = with_disk(here, there);
        (name.to_owned(), inventory(&borrowed(&files)))
    }));
    all
}

const GONE: &str = "\0";

/// The ids of what is found about g on b, and about the inventory; missing facts by the rule that lacks them.
fn said(files: Files<'_>) -> Vec<String> {
    let cluster = cluster(files);
    let chart = Chart::new(&cluster);
    let name = |finding: &portolan::compat::Finding| match finding.rule.as_ref() {
        "missing-fact" => format!("missing {}", finding.asked),
        rule => rule.to_owned(),
    };
    let own = chart.findings(0, 1);
    own.iter().chain(chart.inventory_findings()).map(name).collect()
}

fn answer(files: Files<'_>) -> (Answer, Answer) {
    let cluster = cluster(files);
    let assessment = Chart::new(&cluster).assess(0, 1);
    (assessment.answer(Mode::Live), assessment.answer(Mode::Cold))
}

const STATE: &str = "hosts/a/guests/g.domstate.txt";
const JOB: &str = "hosts/a/guests/g.domjobinfo.txt";
const LIVE: &str = "hosts/a/guests/g.live.xml";
const CHAIN: &str = "image: /images/g.qcow2\nbacking file: /images/base.qcow2\n";

fn live_of(domain: &str, devices: &str) -> (String, String) {
    (LIVE.to_owned(), guest(domain, devices))
}

/// The rule, documents for which it fires, and documents for which it nearly does.
fn cases() -> Vec<(&'static str, Owned, Owned)> {
    let one = |path, text: &str| vec![(path, text.to_owned())];
    let state = |text| one(STATE, text);
    let other = |path, host: &str, text: String| vec![(path, text.replace('?', host))];
    let clone = guest("", "").replace("<name>g<", "<name>h<");
    let namesake = guest("", "").replace("4444-5555", "4444-6666");
    let card =
        |mac| format!("<interface type='bridge'><mac address='{mac}'/><source bridge='br0'/></interface>");
    let (same, unlike) = (card("52:54:00:00:00:01"), card("52:54:00:00:00:02"));
    let carded = |mac: &str, other_mac: &str| {
        let stranger = guest("", other_mac).replace("<name>g<", "<name>h<").replace("4444-5555", "4444-6666");
        vec![("hosts/a/guests/g.xml", guest("", mac)), ("hosts/b/guests/h.xml", stranger)]
    };
    let huge = "<memoryBacking><hugepages><page size='2048' unit='KiB'/></hugepages></memoryBacking>";
    let free = |pages| {
        vec![
            ("hosts/a/guests/g.xml", guest(huge, "")),
            ("hosts/b/freepages.txt", format!("Node 0:\n2048KiB: {pages}\n")),
        ]
    };
    let pulled = |jobs: &str| {
        let shared = "[storage]\nshared = [\"/images\"]\n".to_owned();
        let job = ("hosts/a/guests/g.blockjob.txt", jobs.to_owned());
        let chained = guest("", OVERLAY);
        vec![("hosts/a/guests/g.xml", chained.clone()), (LIVE, chained), job, ("cluster.toml", shared)]
    };
    let asked = |machine| OFFERED.replace("pc-q35-7.2", machine);
    let (gone, there) = (guest("", "").replace("pc-q35-7.2", "pc-q35-2.4"), guest("", ""));
    let wider = guest("", "").replace("<vcpu>4", "<vcpu>8");
    vec![
        ("guest-crashed", state("crashed (panicked)\n"), state("running (crashed)\n")),
        ("guest-crashed", state("paused (crashed)\n"), state("paused (user)\n")),
        ("guest-suspended", state("pmsuspended (unknown)\n"), state("paused (user)\n")),
        ("paused-by-io-error", state("paused (I/O error)\n"), state("paused (user)\n")),
        ("guest-paused", state("paused (user)\n"), state("paused (I/O error)\n")),
        (
            "guest-paused",
            one("hosts/a/list.txt", " 1    g    paused\n"),
            one("hosts/a/list.txt", " 1    gg   paused\n"),
        ),
        ("guest-stopping", state("in shutdown (user)\n"), state("running (booted)\n")),
        ("migration-unfinished", state("paused (post-copy failed)\n"), state("running (migrated)\n")),
        ("migration-unfinished", state("paused (migrating)\n"), state("running (migration canceled)\n")),
        (
            "guest-paused",
            vec![(STATE, "paused (migrating)\n".to_owned()), (JOB, "Job type:   None\n".to_owned())],
            state("paused (migrating)\n"),
        ),
        ("guest-state-contradicted", state("shut off (destroyed)\n"), state("running (booted)\n")),
        (
            "guest-state-contradicted",
            one("hosts/a/list.txt", " -    g    shut off\n"),
            one("hosts/a/list.txt", " 1    g    running\n"),
        ),
        (
            "live-definition-absent",
            vec![(LIVE, GONE.to_owned()), (STATE, "running (booted)\n".to_owned())],
            vec![(LIVE, GONE.to_owned()), (STATE, "shut off (shutdown)\n".to_owned())],
        ),
        ("active-block-job", pulled(" type=Block Pull\n"), pulled("\n")),
        ("job-running", one("hosts/a/guests/g.blockjob.txt", " type=Backup\n"), pulled(" type=Block Pull\n")),
        (
            "job-running",
            one(JOB, "Job type:  Unbounded\nOperation: Backup\n"),
            one(JOB, "Job type:   None\n"),
        ),
        ("managed-save", one("hosts/a/managed-save.txt", "g\n"), one("hosts/a/managed-save.txt", "gg\n")),
        ("managed-save", state("shut off (saved)\n"), state("shut off (shutdown)\n")),
        (
            "managed-save",
            one("hosts/a/list.txt", " -    g    saved\n"),
            one("hosts/a/list.txt", " -    g    shut off\n"),
        ),
        ("checkpoints", one("hosts/a/checkpoints.txt", "g\n"), one("hosts/a/checkpoints.txt", "")),
        (
            "backing-file-to-copy",
            one("hosts/a/guests/g.qemu-img.txt", CHAIN),
            vec![
                ("hosts/a/guests/g.qemu-img.txt", CHAIN.to_owned()),
                ("cluster.toml", "[storage]\nshared = [\"/images\"]\n".to_owned()),
            ],
        ),
        (
            "same-host-uuid",
            other("hosts/b/capabilities.xml", "a", capabilities("00000000-0000-0000-0000-00000000000?")),
            other("hosts/b/capabilities.xml", "c", capabilities("00000000-0000-0000-0000-00000000000?")),
        ),
        ("guest-runs-twice", one("hosts/b/guests/h.live.xml", &clone), one("hosts/b/guests/h.xml", &clone)),
        (
            "guest-name-twice",
            one("hosts/b/guests/g.live.xml", &namesake),
            one("hosts/b/guests/g.xml", &namesake),
        ),
        ("mac-address-twice", carded(&same, &same.replace("br0'", "br0' ")), carded(&same, &unlike)),
        ("mac-address-twice", carded(&same, &same), carded(&same, &same.replace("br0", "br1"))),
        (
            "older-version-document",
            one("hosts/b/version.txt", "Running hypervisor: QEMU 7.1.0\n"),
            one("hosts/b/version.txt", "Running hypervisor: QEMU 7.2.0\n"),
        ),
        (
            "capabilities-contradicted",
            one("hosts/b/domcapabilities/old.xml", &asked("pc-q35-7.1")),
            one("hosts/b/domcapabilities/old.xml", &asked("pc-q35-7.2")),
        ),
        ("machine-type-gone", one(LIVE, &gone), one(LIVE, &there)),
        ("definition-changed", one(LIVE, &wider), one(LIVE, &there)),
        ("hugepages-taken", free(1023), free(1024)),
    ]
}

fn borrowed<'t>(files: &'t [(&'static str, String)]) -> Vec<(&'t str, &'t str)> {
    files.iter().map(|(path, text)| (*path, text.as_str())).collect()
}

#[test]
fn each_fires_and_its_near_miss_does_not() {
    for (rule, firing, near_miss) in cases() {
        let fired = said(&borrowed(&firing));
        assert!(fired.iter().any(|id| id == rule), "{rule} does not fire: {fired:?}");
        let fired = said(&borrowed(&near_miss));
        assert!(!fired.iter().any(|id| id == rule), "{rule} fires on its near miss {near_miss:?}");
    }
}

#[test]
fn what_passes_by_itself_forbids_nothing() {
    let states = [
        "crashed (panicked)",
        "pmsuspended (unknown)",
        "paused (I/O error)",
        "in shutdown (user)",
        "paused (migrating)",
    ];
    for state in states {
        assert_eq!(answer(&[(STATE, state)]), (Answer::Yes, Answer::Yes), "{state}");
    }
    assert_eq!(answer(&[(JOB, "Job type: Bounded\n")]), (Answer::Yes, Answer::Yes));
    assert_eq!(answer(&[("hosts/a/managed-save.txt", "g\n")]), (Answer::Yes, Answer::Yes));
}

/// A disk of the running guest that has a file below it.
const OVERLAY: &str = "<disk type='network'><source protocol='nbd'/><backingStore type='file'>\
    <source file='/images/base.qcow2'/></backingStore><target dev='vda' bus='virtio'/></disk>";

#[test]
fn a_pull_that_nothing_tells_of_is_not_known() {
    let (_, live) = live_of("", OVERLAY);
    let shared = ("cluster.toml", "[storage]\nshared = [\"/images\"]\n");
    let jobs = |text| {
        answer(&[
            (LIVE, &live),
            ("hosts/a/guests/g.xml", &live),
            ("hosts/a/guests/g.blockjob.txt", text),
            shared,
        ])
        .0
    };
    assert_eq!(
        [jobs(GONE), jobs("\n"), jobs(" type=Block Commit\n")],
        [Answer::Unknown, Answer::Yes, Answer::No]
    );
    assert!(said(&[(LIVE, &live), shared]).contains(&"missing active-block-job".to_owned()));
}

const DISK: &str = "<disk type='file'><source file='/images/g.raw'/><target dev='vda' bus='virtio'/></disk>";

/// A guest with a file in /images, where the hosts mount these there.
fn with_disk(here: &str, there: &str) -> Vec<(&'static str, String)> {
    let mounts = |one: &str| format!("/dev/vda1 / ext4 rw 0 0\n{one} rw 0 0\n");
    vec![
        (LIVE, guest("", DISK)),
        ("hosts/a/guests/g.xml", guest("", DISK)),
        ("hosts/a/mounts.txt", mounts(here)),
        ("hosts/b/mounts.txt", mounts(there)),
    ]
}

/// The live answer, and the rules that speak.
fn mounted(here: &str, there: &str) -> (Answer, Vec<String>) {
    let files = with_disk(here, there);
    (answer(&borrowed(&files)).0, said(&borrowed(&files)))
}

#[test]
fn a_file_is_shared_where_both_hosts_mount_it_from_one_server() {
    let nfs = "nas:/export /images nfs4";
    assert_eq!(mounted(nfs, nfs).0, Answer::Yes);
    assert_eq!(mounted(nfs, "nas:/export/ /images nfs").0, Answer::Yes, "the version is not what decides");
    assert_eq!(
        mounted("nas:/export/images /images nfs4", "nas:/export / nfs4").0,
        Answer::Yes,
        "one file of the server"
    );
    assert_eq!(
        mounted(nfs, "nas:/other /images nfs4").0,
        Answer::Unknown,
        "one server may export a folder twice"
    );
    assert_eq!(
        mounted(nfs, "10.0.0.1:/export /images nfs4").0,
        Answer::Unknown,
        "a server has more than one name"
    );
    assert_eq!(
        mounted("localhost:/export /images nfs4", "localhost:/export /images nfs4").0,
        Answer::Unknown
    );
    assert_eq!(
        mounted("/dev/sdb /images gfs2", "/dev/sdb /images gfs2").0,
        Answer::Unknown,
        "two devices of one name"
    );
    assert_eq!(
        mounted("x /images fuse.sshfs", "x /images fuse.sshfs").0,
        Answer::Unknown,
        "a type nothing is known of"
    );
}

#[test]
fn a_file_on_a_file_system_of_the_host_is_its_own() {
    for (here, there) in [
        ("/dev/sdb /images xfs", "/dev/sdb /images xfs"),
        ("nas:/export /images nfs4", "none /elsewhere nfs4"),
        ("none /elsewhere nfs4", "nas:/export /images nfs4"),
    ] {
        let (answer, said) = mounted(here, there);
        assert_eq!(answer, Answer::No, "{here}, {there}");
        assert!(said.contains(&"local-disk".to_owned()), "{said:?}");
    }
}

#[test]
fn libvirt_may_not_take_a_shared_file_system_for_shared() {
    let unseen = |kind: &str| {
        let mount = format!("//nas/images /images {kind}");
        mounted(&mount, &mount).1.contains(&"shared-folder-unseen".to_owned())
    };
    assert!(unseen("cifs") && !unseen("ceph"));
}

#[test]
fn caches_of_a_cluster_file_system_agree() {
    let disk = "<disk type='file'><driver name='qemu' cache='writeback'/><source file='/images/g.raw'/>\
                <target dev='vda' bus='virtio'/></disk>";
    let text = guest("", disk);
    let unsafe_on = |mount| {
        let files = [
            (LIVE, text.as_str()),
            ("hosts/a/guests/g.xml", text.as_str()),
            ("hosts/a/version.txt", "Running hypervisor: QEMU 3.1.0\n"),
            ("hosts/a/mounts.txt", mount),
        ];
        said(&files).contains(&"disk-cache-unsafe".to_owned())
    };
    assert!(unsafe_on("nas:/export /images nfs rw 0 0\n") && !unsafe_on("mon:/ /images ceph rw 0 0\n"));
}
