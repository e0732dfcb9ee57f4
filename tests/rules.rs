//! A made-up guest and host that fire each rule, and a near miss.

use portolan::compat::{Chart, Family, Finding, Rule, RuleId, rules};
use portolan::ingest;

use crate::common;
use crate::samples::{printed, shown};

/// What differs between one fixture and the next; all else is an x86 guest that may go anywhere.
#[derive(Clone, Copy)]
struct Fixture {
    /// Attributes and content of `<os>`, before `</os>`.
    os: &'static str,
    /// Children of `<domain>` beside the usual.
    domain: &'static str,
    /// Children of `<devices>`.
    devices: &'static str,
    /// The guest's machine type.
    machine: &'static str,
    /// The guest's architecture, and that of the host it is on.
    arch: &'static str,
    /// `domain@type`
    virt_type: &'static str,
    /// The architecture of the host it would go to.
    target: &'static str,
    /// The virt types that host has.
    runs: &'static [&'static str],
    /// Children of that host's `<domainCapabilities>`.
    offers: &'static str,
    /// Another document of that host, and its text.
    document: (&'static str, &'static str),
    /// `<source>` of the pool "images" of both hosts; the second host has what follows the `|`.
    pools: &'static str,
    /// What `virsh freepages --all` prints on the host it would go to.
    free: &'static str,
    /// The guests with snapshots on the host the guest is on.
    snapshots: &'static str,
    /// More documents of the host it would go to: their paths in its folder, and their texts.
    there: &'static [(&'static str, &'static str)],
}

const PLAIN: Fixture = Fixture {
    os: "",
    domain: "",
    devices: "",
    machine: "pc-q35-7.2",
    arch: "x86_64",
    virt_type: "kvm",
    target: "x86_64",
    runs: &["qemu", "kvm"],
    offers: "",
    document: ("os-release", "NAME=made-up\nPRETTY_NAME=made-up\n"),
    pools: "",
    free: "Node 0:\n4KiB: 1000\n",
    snapshots: "",
    there: &[],
};

// What the fixtures of rules about one host and one guest name.
const PS2: &str = "<features><ps2 state='off'/></features>";
const IGB: &str = "<interface type='user'><model type='igb'/></interface>";
const LAN: &str = "<interface type='network'><source network='lan'/></interface>";
const LAN_THERE: (&str, &str) = ("networks/lan.xml", "<network><name>lan</name></network>");
const FILTERED: &str = "<interface type='user'><filterref filter='web-only'/></interface>";
const ENCRYPTED: &str = "<disk type='network'><source protocol='nbd'><encryption format='luks'>\
    <secret type='passphrase' usage='images/db'/></encryption></source><target dev='vda' bus='virtio'/></disk>";
const VOLUME: &str =
    "<disk type='volume'><source pool='images' volume='v'/><target dev='vda' bus='virtio'/></disk>";
const OLD: &[(&str, &str)] =
    &[("version.txt", "Using library: libvirt 9.0.0\nRunning hypervisor: QEMU 7.2.22\n")];
const NEW: &[(&str, &str)] =
    &[("version.txt", "Using library: libvirt 11.3.0\nRunning hypervisor: QEMU 10.0.13\n")];
const CLONE: &[(&str, &str)] = &[(
    "guests/g.xml",
    "<domain type='kvm'><name>g</name><uuid>66666666-7777-8888-9999-000000000000</uuid></domain>",
)];
const DISPLAY: &[(&str, &str)] = &[(
    "guests/other.live.xml",
    "<domain type='kvm' id='1'><name>other</name><devices><graphics type='vnc' port='5990' autoport='no'/></devices></domain>",
)];
const ADDRESS: &[(&str, &str)] =
    &[("ip-address.txt", "2: eth0: <UP> mtu 1500\n    inet 192.0.2.17/24 scope global eth0\n")];

const ARM: Fixture = Fixture { arch: "aarch64", target: "aarch64", machine: "virt-7.2", ..PLAIN };

fn capabilities(arch: &str, runs: &[&str]) -> String {
    let machines = if arch == "aarch64" {
        "<machine canonical='virt-7.2' maxCpus='512'>virt</machine><machine maxCpus='512'>virt-7.2</machine>"
    } else {
        "<machine canonical='pc-q35-7.2' maxCpus='288'>q35</machine><machine maxCpus='288'>pc-q35-7.2</machine>"
    };
    let domains = runs.iter().map(|one| format!("<domain type='{one}'/>")).collect::<Vec<_>>().concat();
    format!(
        "<capabilities><host><cpu><arch>{arch}</arch></cpu></host><guest><os_type>hvm</os_type>\
         <arch name='{arch}'><emulator>/usr/bin/qemu-system-{arch}</emulator>{machines}{domains}</arch></guest></capabilities>"
    )
}

fn offered(fixture: &Fixture, machine: &str) -> String {
    let virt_type = if fixture.runs.contains(&"kvm") { fixture.virt_type } else { "qemu" };
    format!(
        "<domainCapabilities><domain>{virt_type}</domain><machine>{machine}</machine><arch>{}</arch>{}</domainCapabilities>",
        fixture.target, fixture.offers
    )
}

/// The rules that fire for the guest of the fixture on the host it would go to.
fn fired(fixture: &Fixture) -> Vec<RuleId> {
    found(fixture).into_iter().map(|finding| finding.rule).collect()
}

/// What is found about the guest of the fixture on the host it would go to.
fn found(fixture: &Fixture) -> Vec<Finding> {
    let guest = format!(
        "<domain type='{}' xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'><name>g</name><memory>1024</memory>\
         <vcpu>4</vcpu><os {}</os>{}<devices>{}</devices></domain>",
        fixture.virt_type,
        if fixture.os.is_empty() {
            format!("><type arch='{}' machine='{}'>hvm</type>", fixture.arch, fixture.machine)
        } else {
            let (attributes, inner) = fixture.os.split_once('>').expect("attributes and content");
            format!(
                "{attributes}><type arch='{}' machine='{}'>hvm</type>{inner}",
                fixture.arch, fixture.machine
            )
        },
        fixture.domain,
        fixture.devices
    );
    let machine = if fixture.target == "aarch64" { "virt-7.2" } else { "pc-q35-7.2" };
    let (here, there) = fixture.pools.split_once('|').unwrap_or((fixture.pools, fixture.pools));
    let pool = |source: &str| {
        format!(
            "<pool type='netfs'><name>images</name><source>{source}</source><target><path>/images</path></target></pool>"
        )
    };
    let files = [
        ("hosts/a/pools/images.xml", pool(here)),
        ("hosts/b/pools/images.xml", pool(there)),
        ("hosts/a/capabilities.xml", capabilities(fixture.arch, &["qemu", "kvm"])),
        ("hosts/a/guests/g.xml", guest),
        ("hosts/a/snapshots.txt", fixture.snapshots.to_owned()),
        ("hosts/b/freepages.txt", fixture.free.to_owned()),
        ("hosts/b/capabilities.xml", capabilities(fixture.target, fixture.runs)),
        ("hosts/b/domcapabilities/one.xml", offered(fixture, machine)),
    ];
    let more = fixture.there.iter().copied().chain([fixture.document]);
    let more = more.map(|(name, text)| (format!("hosts/b/{name}"), text.as_bytes().to_vec()));
    let files = files.map(|(path, text)| (path.to_owned(), text.into_bytes())).into_iter().chain(more);
    let cluster = ingest::read_files("made-up", files.collect());
    assert_eq!(cluster.problems, []);
    Chart::new(&cluster).findings(0, 1)
}

/// Models that an emulator lists. Made up.
const ARM_MODELS: &str = "<cpu><mode name='custom' supported='yes'><model usable='unknown'>cortex-a57</model>\
    <model usable='unknown'>cortex-m0</model><model usable='unknown'>a64fx</model></mode></cpu>";

/// A kernel's message. Made up.
const VECTORS: &str = "[    0.100000] SVE: maximum available vector length 32 bytes per vector\n";

/// The rule, a fixture that fires it, and one that nearly does.
fn cases() -> Vec<(&'static str, Fixture, Fixture)> {
    let efi = "<os><enum name='firmware'><value>efi</value></enum></os>";
    let bios = "<os><enum name='firmware'><value>bios</value></enum></os>";
    let gic = "<features><gic supported='yes'><enum name='version'><value>3</value></enum></gic></features>";
    let tpm =
        "<devices><tpm supported='yes'><enum name='model'><value>tpm-tis</value></enum></tpm></devices>";
    let passthrough = "<cpu><mode name='host-passthrough' supported='no'/></cpu>";
    let offered = "<cpu><mode name='host-passthrough' supported='yes'/></cpu>";
    let emulated = |domain| Fixture { domain, virt_type: "qemu", offers: ARM_MODELS, ..ARM };
    let vectors = |domain| Fixture { domain, document: ("dmesg.txt", VECTORS), ..ARM };
    let pauth = "<cpu mode='host-passthrough'><feature policy='disable' name='pauth'/></cpu>";
    let libvirt = |text| Fixture { domain: pauth, document: ("version.txt", text), ..ARM };
    let device = |devices| Fixture { devices, ..PLAIN };
    let off = "<cpu mode='host-passthrough' migratable='off'/>";
    let model = "<cpu match='exact'><model>Nehalem</model></cpu>";
    let timed = "<cpu mode='host-passthrough' migratable='off'/><clock><timer name='tsc' frequency='2000000000'/></clock>";
    let disk = "<disk type='file'><source file='/images/g.raw'/><target dev='vda' bus='virtio'/></disk>";
    vec![
        (
            "arm-cpu-feature-unknown",
            libvirt("Using library: libvirt 10.5.0\n"),
            libvirt("Using library: libvirt 10.6.0\n"),
        ),
        (
            "arm-cpu-feature-unknown",
            Fixture { domain: "<cpu mode='maximum'><feature policy='require' name='avx'/></cpu>", ..ARM },
            Fixture { domain: "<cpu mode='maximum'><feature policy='require' name='sve384'/></cpu>", ..ARM },
        ),
        (
            "arm-model-not-emulated",
            emulated("<cpu mode='custom'><model>neoverse-n2</model></cpu>"),
            emulated("<cpu mode='custom'><model>cortex-a57</model></cpu>"),
        ),
        (
            "arm-model-not-emulated",
            emulated("<cpu mode='custom'><model>cortex-m0</model></cpu>"),
            Fixture { virt_type: "kvm", ..emulated("<cpu mode='custom'><model>cortex-m0</model></cpu>") },
        ),
        (
            "arm-model-emulated",
            emulated("<cpu mode='custom'><model>cortex-a57</model></cpu>"),
            Fixture { virt_type: "kvm", ..emulated("<cpu mode='custom'><model>cortex-a57</model></cpu>") },
        ),
        (
            "sve-length-not-offered",
            emulated(
                "<cpu mode='custom'><model>cortex-a57</model><feature policy='disable' name='sve'/></cpu>",
            ),
            emulated("<cpu mode='custom'><model>a64fx</model><feature policy='disable' name='sve'/></cpu>"),
        ),
        (
            "sve-length-not-offered",
            vectors("<cpu mode='host-passthrough'><feature policy='require' name='sve512'/></cpu>"),
            vectors("<cpu mode='host-passthrough'><feature policy='require' name='sve256'/></cpu>"),
        ),
        ("cpu-migratable-off", Fixture { domain: off, ..PLAIN }, Fixture { domain: timed, ..PLAIN }),
        (
            "cpu-mode-not-offered",
            Fixture { domain: "<cpu mode='host-passthrough'/>", offers: passthrough, ..PLAIN },
            Fixture { domain: "<cpu mode='host-passthrough'/>", offers: offered, ..PLAIN },
        ),
        (
            "firmware-not-offered",
            Fixture { os: "firmware='efi'>", offers: bios, ..PLAIN },
            Fixture { os: "firmware='efi'>", offers: efi, ..PLAIN },
        ),
        (
            "gic-version-not-offered",
            Fixture { domain: "<features><gic version='2'/></features>", offers: gic, ..ARM },
            Fixture { domain: "<features><gic version='3'/></features>", offers: gic, ..ARM },
        ),
        (
            "virtiofs",
            device("<filesystem type='mount'><driver type='virtiofs'/></filesystem>"),
            device("<interface type='user'/>"),
        ),
        (
            "kvm-not-ready",
            Fixture { target: "aarch64", runs: &["qemu"], ..PLAIN },
            Fixture { target: "aarch64", ..PLAIN },
        ),
        (
            "active-block-job",
            device(
                "<disk type='file'><target dev='vda' bus='virtio'/><mirror type='file' job='copy'/></disk>",
            ),
            device("<disk type='file'><target dev='vda' bus='virtio'/><backingStore/></disk>"),
        ),
        (
            "cpu-model-deprecated",
            Fixture {
                domain: model,
                offers: "<cpu><mode name='custom' supported='yes'><model usable='yes' deprecated='yes'>Nehalem</model></mode></cpu>",
                ..PLAIN
            },
            Fixture {
                domain: model,
                offers: "<cpu><mode name='custom' supported='yes'><model usable='yes'>Nehalem</model></mode></cpu>",
                ..PLAIN
            },
        ),
        (
            "numa-cell-absent",
            Fixture { domain: "<numatune><memory mode='strict' nodeset='0-1'/></numatune>", ..PLAIN },
            Fixture { domain: "<numatune><memory mode='strict' nodeset='0-1,^1'/></numatune>", ..PLAIN },
        ),
        (
            "numa-cells-full",
            Fixture {
                domain: "<numatune><memory nodeset='0'/></numatune>",
                free: "Node 0:\n4KiB: 255\nNode 1:\n4KiB: 9999\n",
                ..PLAIN
            },
            Fixture {
                domain: "<numatune><memory nodeset='0'/></numatune>",
                free: "Node 0:\n4KiB: 256\nNode 1:\n4KiB: 0\n",
                ..PLAIN
            },
        ),
        ("mounted-9p", device("<filesystem type='mount'/>"), device("<memballoon model='virtio'/>")),
        ("snapshots", Fixture { snapshots: "g\n", ..PLAIN }, Fixture { snapshots: "gg\n", ..PLAIN }),
        ("unmigratable-device", device("<sound model='usb'/>"), device("<sound model='ich9'/>")),
        ("launch-security", Fixture { domain: "<launchSecurity type='sev'/>", ..PLAIN }, PLAIN),
        (
            "local-disk",
            Fixture { devices: disk, pools: "<host name='one'/>|<host name='two'/>", ..PLAIN },
            Fixture { devices: disk, pools: "<host name='one'/>|<host name='one'/>", ..PLAIN },
        ),
        (
            "local-nvme",
            device(
                "<disk type='nvme'><source path='0000:01:00.0' namespace='1'/><target dev='vda' bus='virtio'/></disk>",
            ),
            device("<disk type='network'><source name='p/v'/><target dev='vda' bus='virtio'/></disk>"),
        ),
        ("machine-type-alias", Fixture { machine: "q35", ..PLAIN }, PLAIN),
        (
            "pool-absent",
            device(
                "<disk type='volume'><source pool='other' volume='v'/><target dev='vda' bus='virtio'/></disk>",
            ),
            device(
                "<disk type='volume'><source pool='images' volume='v'/><target dev='vda' bus='virtio'/></disk>",
            ),
        ),
        ("qemu-arguments", Fixture { domain: "<qemu:commandline/>", ..PLAIN }, PLAIN),
        ("shared-memory-device", device("<shmem name='s'/>"), device("<shmem name='s' role='master'/>")),
        (
            "tpm-model-not-offered",
            Fixture { devices: "<tpm model='tpm-crb'/>", offers: tpm, ..PLAIN },
            Fixture { devices: "<tpm model='tpm-tis'/>", offers: tpm, ..PLAIN },
        ),
        (
            "transient-disk",
            device("<disk type='file'><target dev='vda' bus='virtio'/><transient/></disk>"),
            device("<disk type='file'><target dev='vda' bus='virtio'/><readonly/></disk>"),
        ),
        (
            "libvirt-too-old",
            Fixture { domain: PS2, there: OLD, ..PLAIN },
            Fixture { domain: PS2, there: NEW, ..PLAIN },
        ),
        (
            "qemu-too-old",
            Fixture { devices: IGB, there: OLD, ..PLAIN },
            Fixture { devices: IGB, there: NEW, ..PLAIN },
        ),
        (
            "guest-already-there",
            Fixture { domain: "<uuid>11111111-2222-3333-4444-555555555555</uuid>", there: CLONE, ..PLAIN },
            Fixture { domain: "<uuid>66666666-7777-8888-9999-000000000000</uuid>", there: CLONE, ..PLAIN },
        ),
        (
            "graphics-port-taken",
            Fixture { devices: "<graphics type='vnc' port='5990' autoport='no'/>", there: DISPLAY, ..PLAIN },
            Fixture { devices: "<graphics type='vnc' port='5990' autoport='yes'/>", there: DISPLAY, ..PLAIN },
        ),
        (
            "graphics-address-absent",
            Fixture { devices: "<graphics type='vnc' listen='192.0.2.1'/>", there: ADDRESS, ..PLAIN },
            Fixture { devices: "<graphics type='vnc' listen='192.0.2.17'/>", there: ADDRESS, ..PLAIN },
        ),
        (
            "network-not-started",
            Fixture {
                devices: LAN,
                there: &[LAN_THERE, ("net-list.txt", " lan   inactive   no   yes\n")],
                ..PLAIN
            },
            Fixture {
                devices: LAN,
                there: &[LAN_THERE, ("net-list.txt", " lan   active   no   yes\n")],
                ..PLAIN
            },
        ),
        (
            "nwfilter-absent",
            Fixture { devices: FILTERED, there: &[("nwfilter-list.txt", "")], ..PLAIN },
            Fixture { devices: FILTERED, there: &[("nwfilter-list.txt", " 1234   web-only\n")], ..PLAIN },
        ),
        (
            "secret-absent",
            Fixture { devices: ENCRYPTED, there: &[("secret-list.txt", " 1234   ceph db\n")], ..PLAIN },
            Fixture {
                devices: ENCRYPTED,
                there: &[("secret-list.txt", " 1234   volume images/db\n")],
                ..PLAIN
            },
        ),
        (
            "pool-differs",
            Fixture { devices: VOLUME, pools: "<host name='one'/>|<host name='two'/>", ..PLAIN },
            Fixture { devices: VOLUME, pools: "<host name='one'/>|<host name='one'/>", ..PLAIN },
        ),
        (
            "pool-not-started",
            Fixture { devices: VOLUME, there: &[("pool-list.txt", "")], ..PLAIN },
            Fixture { devices: VOLUME, there: &[("pool-list.txt", " images   active   yes\n")], ..PLAIN },
        ),
        (
            "vcpus-exceed-machine",
            Fixture { offers: "<vcpu max='3'/>", ..PLAIN },
            Fixture { offers: "<vcpu max='4'/>", ..PLAIN },
        ),
    ]
}

#[test]
fn each_fires_and_its_near_miss_does_not() {
    for (rule, firing, near_miss) in cases() {
        assert!(fired(&firing).contains(&rule.into()), "{rule} does not fire: {:?}", fired(&firing));
        assert!(!fired(&near_miss).contains(&rule.into()), "{rule} fires on its near miss");
    }
}

/// The guest that an example stands in: devices among the devices, all else in the domain, in place of what is there.
fn guest_of(example: &str) -> String {
    const DEVICES: [&str; 26] = [
        "disk",
        "controller",
        "filesystem",
        "interface",
        "input",
        "graphics",
        "video",
        "sound",
        "hostdev",
        "redirdev",
        "smartcard",
        "serial",
        "parallel",
        "console",
        "channel",
        "hub",
        "watchdog",
        "memballoon",
        "rng",
        "panic",
        "shmem",
        "memory",
        "iommu",
        "vsock",
        "tpm",
        "crypto",
    ];
    let wrapped = format!("<x>{example}</x>");
    let parsed = roxmltree::Document::parse(&wrapped).expect("an example is XML");
    let (mut domain, mut devices, mut names) = (String::new(), String::new(), Vec::new());
    for element in parsed.root_element().children().filter(roxmltree::Node::is_element) {
        let name = element.tag_name().name();
        let place = if DEVICES.contains(&name) { &mut devices } else { &mut domain };
        place.push_str(&wrapped[element.range()]);
        names.push(name);
    }
    let usual = [
        ("vcpu", "<vcpu>4</vcpu>"),
        ("os", "<os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type></os>"),
        ("memory", "<memory>1024</memory>"),
    ];
    let missing = usual.iter().filter(|(name, _)| *name == "memory" || !names.contains(name));
    let usual: String = missing.map(|(_, text)| *text).collect();
    format!("<domain type='kvm'><name>g</name>{usual}{domain}<devices>{devices}</devices></domain>")
}

/// The ids of what is found about a guest with this definition on a host like its own. QEMU is old enough for every rule.
fn found_of_definition(guest: &str) -> Vec<String> {
    let version = "Running hypervisor: QEMU 2.12.0\nUsing library: libvirt 9.0.0\n";
    let mut files = vec![("hosts/a/guests/g.xml".to_owned(), guest.as_bytes().to_vec())];
    for host in ["a", "b"] {
        let told = [
            ("capabilities.xml", capabilities("x86_64", &["qemu", "kvm"])),
            ("domcapabilities/one.xml", offered(&PLAIN, "pc-q35-7.2")),
            ("version.txt", version.to_owned()),
            ("snapshots.txt", String::new()),
        ];
        files.extend(told.map(|(name, text)| (format!("hosts/{host}/{name}"), text.into_bytes())));
    }
    let cluster = ingest::read_files("made-up", files);
    assert_eq!(cluster.problems, []);
    Chart::new(&cluster).findings(0, 1).into_iter().map(|finding| finding.rule.to_string()).collect()
}

#[test]
fn rules_fire_for_their_examples_and_not_for_the_near_misses() {
    let mut crossing = std::collections::BTreeMap::<&str, Vec<String>>::new();
    // Those of other documents than a definition are tried in `running`.
    let shown = rules().filter(|rule| !rule.near_miss.is_empty() && rule.example.starts_with('<'));
    let of_others = |rule: &&Rule| !crate::running::ids().any(|id| id == rule.id);
    for rule in shown.filter(of_others) {
        let fired = found_of_definition(&guest_of(rule.example));
        assert!(fired.iter().any(|id| id == rule.id), "{} does not fire for its example: {fired:?}", rule.id);
        let fired: Vec<String> = fired.into_iter().filter(|id| id != rule.id).collect();
        crossing.insert(rule.id, fired);
        let fired = found_of_definition(&guest_of(rule.near_miss));
        assert!(!fired.iter().any(|id| id == rule.id), "{} fires for its near miss", rule.id);
    }
    // What else fires for an example is read as it changes.
    insta::assert_json_snapshot!(crossing);
}

#[test]
fn whether_a_block_device_is_seen_is_not_known() {
    let asks = |devices| {
        let found = found(&Fixture { devices, ..PLAIN });
        found.iter().any(|finding| finding.message.contains("block-device-unseen"))
    };
    assert!(asks("<disk type='block'><source dev='/dev/sdb'/><target dev='vda' bus='virtio'/></disk>"));
    assert!(!asks("<disk type='network'><source name='p/v'/><target dev='vda' bus='virtio'/></disk>"));
}

#[test]
fn whether_a_host_has_an_sve_length_may_not_be_known() {
    let asks = |domain, document| {
        let found = found(&Fixture { domain, document, ..ARM });
        found.iter().any(|finding| finding.message.contains("sve-length-not-offered"))
    };
    let requires = "<cpu mode='host-passthrough'><feature policy='require' name='sve256'/></cpu>";
    let least = "[    0.1] SVE: default vector length 16 bytes per vector\n";
    assert!(asks(requires, PLAIN.document), "no document speaks of vectors");
    assert!(asks(requires, ("dmesg.txt", least)), "at least 128 bits");
    assert!(!asks(requires, ("dmesg.txt", VECTORS)));
    assert!(!asks(requires, ("sysctl.txt", "abi.sve_default_vector_length = 64\n")), "at least 512 bits");
    let long = "[    0.1] SVE: maximum available vector length 64 bytes per vector\n";
    let odd = "<cpu mode='host-passthrough'><feature policy='require' name='sve384'/></cpu>";
    assert!(asks(odd, ("dmesg.txt", long)), "384 is no power of two");
}

#[test]
fn every_rule_that_no_sample_shows_has_a_fixture() {
    let shown = shown().0;
    // Block devices and media never fire by their own names: whether they are seen is not known. Those of rewriting are
    // spoken of by `rewrite`, a changed ABI by `abi`, those of the policy in `tests/policy.rs`.
    let elsewhere = ["block-device-unseen", "local-medium", "missing-fact", "abi-changed"];
    let has_one = |rule: &&Rule| {
        shown.contains(rule.id)
            || !rule.near_miss.is_empty()
            || matches!(rule.family, Family::Rewrite | Family::Policy)
            || elsewhere.contains(&rule.id)
            || cases().iter().any(|(id, _, _)| *id == rule.id)
            || crate::running::ids().any(|id| id == rule.id)
    };
    let without: Vec<_> = rules().filter(|rule| !has_one(rule)).map(|rule| rule.id).collect();
    assert_eq!(without, Vec::<&str>::new());
}

#[test]
fn the_pages_in_docs_are_those_of_the_table() {
    let fresh = tempfile::tempdir().expect("a folder");
    printed(&["explain", "--output", &fresh.path().to_string_lossy()], &[0]);
    let stored = common::repository().join("docs/rules");
    let pages = |folder: &std::path::Path| {
        let files = common::files(folder, &|_| true).into_iter();
        let read = |path: std::path::PathBuf| std::fs::read_to_string(path).expect("text");
        let page =
            |path: std::path::PathBuf| (path.strip_prefix(folder).expect("inside").to_owned(), read(path));
        files.map(page).collect::<std::collections::BTreeMap<_, _>>()
    };
    assert!(pages(fresh.path()) == pages(&stored), "run `portolan explain --output docs/rules`");
}
