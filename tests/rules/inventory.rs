//! The inventory that the page of a rule shows: its excerpts, each inside of a whole document that is made up around it.

use portolan::compat::{Chart, Excerpt, Finding, Side};
use portolan::ingest;
use portolan::model::{Cluster, DocumentKind};

/// One document of an inventory.
#[derive(Clone, Debug)]
pub(super) struct File {
    pub(super) document: DocumentKind,
    pub(super) path: String,
    text: String,
}

impl File {
    fn new(document: DocumentKind, path: impl Into<String>, text: impl Into<String>) -> Self {
        Self { document, path: path.into(), text: text.into() }
    }

    /// The same document with another text.
    pub(super) fn saying(self, text: &str) -> Self {
        Self { text: text.to_owned(), ..self }
    }

    fn of_host(self, host: &str) -> Self {
        Self { path: format!("hosts/{host}/{}", self.path), ..self }
    }
}

/// Two hosts, `a` with the guest `g` and `b` where it would go, with documents that hold these excerpts.
pub(super) fn inventory(excerpts: &[Excerpt]) -> Vec<File> {
    let texts = |side: Side, document| of(excerpts, side, document);
    let guest = guest_of(&texts(Side::Source, DocumentKind::Domain));
    let mut files = vec![File::new(DocumentKind::Domain, "guests/g.xml", guest.as_str())];
    let live = texts(Side::Source, DocumentKind::LiveDomain).into_iter();
    files.extend(live.map(|one| File::new(DocumentKind::LiveDomain, "guests/g.live.xml", guest_of(&[one]))));
    files.extend(host_documents(excerpts, Side::Source, &guest));
    let mut files: Vec<File> = files.into_iter().map(|file| file.of_host("a")).collect();
    files.extend(host_documents(excerpts, Side::Target, &guest).into_iter().map(|file| file.of_host("b")));
    for document in [DocumentKind::Cluster, DocumentKind::Policy] {
        let text = texts(Side::Source, document).concat();
        files.extend((!text.is_empty()).then(|| File::new(document, document.path(), text)));
    }
    files
}

/// The files as they are read, on a day in 2026.
pub(super) fn cluster(files: &[File]) -> Cluster {
    let raw = |file: &File| (file.path.clone(), file.text.clone().into_bytes());
    let mut cluster = ingest::read_files("made-up", files.iter().map(raw).collect());
    cluster.policy.today = "2026-06-01".parse().ok();
    cluster
}

/// The guest of host `a`; others may be on `b`.
pub(super) fn own(cluster: &Cluster) -> usize {
    cluster.guests.iter().position(|guest| guest.host.as_deref() == Some("a")).expect("a guest")
}

/// What is found about the guest on the host where it would go, and about the inventory.
pub(super) fn found(files: &[File]) -> Vec<Finding> {
    let cluster = cluster(files);
    assert_eq!(cluster.problems, [], "{files:?}");
    let chart = Chart::new(&cluster);
    chart.findings(own(&cluster), 1).into_iter().chain(chart.inventory_findings().to_vec()).collect()
}

fn of(excerpts: &[Excerpt], side: Side, document: DocumentKind) -> Vec<&'static str> {
    excerpts.iter().filter(|one| one.side == side && one.document == document).map(|one| one.text).collect()
}

/// What a host's folder holds when nothing is shown of it. QEMU is old enough for every rule.
const USUAL: [(DocumentKind, &str); 11] = [
    (DocumentKind::Version, "Using library: libvirt 9.0.0\nRunning hypervisor: QEMU 2.12.0\n"),
    (DocumentKind::NodeInfo, "CPU(s):              16\nMemory size:         67108864 KiB\n"),
    (DocumentKind::Snapshots, ""),
    (DocumentKind::ActiveNetworks, " default   active   yes   yes\n"),
    (DocumentKind::ActivePools, " default   active   yes\n"),
    (DocumentKind::Network, "<network><name>default</name></network>"),
    (
        DocumentKind::Pool,
        "<pool type='dir'><name>default</name><target><path>/var/lib/libvirt/images</path></target></pool>",
    ),
    (DocumentKind::Filters, ""),
    (DocumentKind::Secrets, ""),
    (DocumentKind::Addresses, "2: eth0: <UP> mtu 1500\n    inet 192.0.2.1/24 scope global eth0\n"),
    (DocumentKind::FreePages, "Node 0:\n4KiB: 4096\n"),
];

/// The documents of a host: those that are shown, and the usual others.
fn host_documents(excerpts: &[Excerpt], side: Side, guest: &str) -> Vec<File> {
    let own = [DocumentKind::Domain, DocumentKind::LiveDomain, DocumentKind::Cluster, DocumentKind::Policy];
    let of_host = |one: &&Excerpt| one.side == side && (side == Side::Target || !own.contains(&one.document));
    let mut files = Vec::new();
    let shown: Vec<&Excerpt> = excerpts.iter().filter(of_host).collect();
    for (at, one) in shown.iter().enumerate() {
        let text = match one.document {
            DocumentKind::Capabilities | DocumentKind::DomainCapabilities => continue,
            DocumentKind::Domain | DocumentKind::LiveDomain => guest_of(&[one.text]),
            _ => one.text.to_owned(),
        };
        files.push(File::new(one.document, path(side, one.document, at), text));
    }
    let unseen = USUAL.iter().filter(|(kind, _)| !shown.iter().any(|one| one.document == *kind));
    files.extend(unseen.map(|(kind, text)| File::new(*kind, path(side, *kind, 0), *text)));
    let told = |document| of(excerpts, side, document).concat();
    let (capabilities, offer) = (told(DocumentKind::Capabilities), told(DocumentKind::DomainCapabilities));
    let arch = if format!("{capabilities}{guest}").contains("aarch64") { "aarch64" } else { "x86_64" };
    let arch = if capabilities.contains("<arch>x86_64") { "x86_64" } else { arch };
    let kind = if guest.contains("<domain type='qemu'") { "qemu" } else { "kvm" };
    let capabilities = capabilities_of(side, arch, &capabilities);
    files.push(File::new(DocumentKind::Capabilities, "capabilities.xml", capabilities));
    let offer = offer_of((arch, kind), &offer);
    files.push(File::new(DocumentKind::DomainCapabilities, "domcapabilities/0.xml", offer));
    files
}

/// Where a document is; the guests of the host where the guest would go are others.
fn path(side: Side, document: DocumentKind, at: usize) -> String {
    let guest = if side == Side::Source { "g".to_owned() } else { format!("other-{at}") };
    document.path().replace("NAME", &at.to_string()).replace("GUEST", &guest)
}

fn capabilities_of(side: Side, arch: &str, shown: &str) -> String {
    let machines = if arch == "aarch64" {
        "<machine canonical='virt-7.2' maxCpus='512'>virt</machine><machine maxCpus='512'>virt-7.2</machine>"
    } else {
        "<machine canonical='pc-q35-7.2' maxCpus='288'>q35</machine><machine maxCpus='288'>pc-q35-7.2</machine>"
    };
    let uuid = if side == Side::Source { "a" } else { "b" }.repeat(12);
    let host = format!("<host><uuid>00000000-0000-0000-0000-{uuid}</uuid>");
    let shown = if shown.contains("<uuid>") { shown.to_owned() } else { shown.replace("<host>", &host) };
    let host = format!("{host}<cpu><arch>{arch}</arch></cpu></host>");
    let guest = format!(
        "<guest><os_type>hvm</os_type><arch name='{arch}'><emulator>/usr/bin/qemu-system-{arch}</emulator>{machines}\
         <domain type='qemu'/><domain type='kvm'/></arch></guest>"
    );
    around("capabilities", &[("host", host), ("guest", guest)], &shown)
}

/// An emulator that offers what most do.
fn offer_of((arch, virt_type): (&str, &str), shown: &str) -> String {
    let arm = arch == "aarch64";
    let machine = if arm { "virt-7.2" } else { "pc-q35-7.2" };
    let own = if virt_type == "kvm" { "yes" } else { "no" };
    let mode = |name: &str, supported: &str, inner: &str| {
        format!("<mode name='{name}' supported='{supported}'>{inner}</mode>")
    };
    let modes = if arm {
        let custom = mode("custom", "yes", "<model usable='unknown'>cortex-a57</model>");
        [mode("host-model", "no", ""), custom]
    } else {
        let model = "<model fallback='forbid'>Nehalem</model><vendor>Intel</vendor>";
        let custom = mode("custom", "yes", "<model usable='yes'>Nehalem</model>");
        [mode("host-model", "yes", model), custom]
    };
    let cpu = [mode("host-passthrough", own, ""), mode("maximum", "yes", "")].concat() + &modes.concat();
    let usual = [
        ("domain", virt_type.to_owned()),
        ("machine", machine.to_owned()),
        ("arch", arch.to_owned()),
        ("os", values("firmware", &["bios", "efi"])),
        ("cpu", cpu),
        ("devices", devices()),
    ];
    let mut usual = usual.map(|(name, inner)| (name, format!("<{name}>{inner}</{name}>"))).to_vec();
    usual.push(("vcpu", "<vcpu max='288'/>".to_owned()));
    around("domainCapabilities", &usual, shown)
}

fn values(name: &str, values: &[&str]) -> String {
    let values = values.iter().map(|value| format!("<value>{value}</value>")).collect::<Vec<_>>().concat();
    format!("<enum name='{name}'>{values}</enum>")
}

fn devices() -> String {
    let all = [
        ("disk", values("bus", &["ide", "fdc", "scsi", "virtio", "usb", "sata"])),
        ("graphics", values("type", &["vnc", "spice"])),
        ("video", values("modelType", &["vga", "cirrus", "qxl", "virtio", "none"])),
        ("tpm", values("model", &["tpm-tis", "tpm-crb"])),
    ];
    all.map(|(name, inner)| format!("<{name} supported='yes'>{inner}</{name}>")).concat()
}

/// A document with what is shown of it, and the usual elements of other names.
fn around(root: &str, usual: &[(&str, String)], shown: &str) -> String {
    let wrapped = format!("<{root}>{shown}</{root}>");
    let parsed = roxmltree::Document::parse(&wrapped).expect("an excerpt is XML");
    let has = |name: &str| parsed.root_element().children().any(|child| child.has_tag_name(name));
    let more: String = usual.iter().filter(|(name, _)| !has(name)).map(|(_, text)| text.as_str()).collect();
    format!("<{root}>{more}{shown}</{root}>")
}

const DEVICES: [&str; 29] = [
    "emulator",
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
    "iommu",
    "vsock",
    "tpm",
    "crypto",
    "pstore",
    "audio",
    "redirfilter",
];

/// The guest that excerpts stand in: devices among the devices, all else in the domain, in place of what is there. An
/// excerpt that begins with `<domain` says what stands in that tag as well.
pub(super) fn guest_of(excerpts: &[&str]) -> String {
    let whole = |excerpt: &&&str| excerpt.trim_start().starts_with("<domain");
    let tag = excerpts.iter().find(whole).map_or("<domain type='kvm'>", |excerpt| start_tag(excerpt));
    let tag = tag.replace("/>", ">");
    let (mut domain, mut devices, mut names) = (String::new(), String::new(), Vec::new());
    for excerpt in excerpts {
        let text = if whole(&excerpt) { (*excerpt).to_owned() } else { format!("{tag}{excerpt}</domain>") };
        let parsed = roxmltree::Document::parse(&text).expect("an excerpt is XML");
        for element in parsed.root_element().children().filter(roxmltree::Node::is_element) {
            let name = element.tag_name().name();
            let module = name == "memory" && element.has_attribute("model");
            let of_devices = module || DEVICES.contains(&name);
            if of_devices { &mut devices } else { &mut domain }.push_str(&text[element.range()]);
            names.extend((!of_devices).then(|| name.to_owned()));
        }
    }
    let missing = GUEST.iter().filter(|(name, _)| !names.iter().any(|one| one == name));
    let usual: String = missing.map(|(_, text)| *text).collect();
    format!("{tag}{usual}{domain}<devices>{devices}</devices></domain>")
}

fn start_tag(text: &str) -> &str {
    text.split_inclusive('>').next().unwrap_or_default()
}

/// What a guest has when nothing is shown of it.
const GUEST: [(&str, &str); 4] = [
    ("name", "<name>g</name>"),
    ("memory", "<memory>1024</memory>"),
    ("vcpu", "<vcpu>4</vcpu>"),
    ("os", "<os><type arch='x86_64' machine='pc-q35-7.2'>hvm</type></os>"),
];
