//! A made-up cluster: what libvirt 9.0 printed of one host and its guests (`inventories/captured`), many times over, with
//! small differences that make classes of them.

use std::fs;
use std::path::Path;

use rayon::prelude::*;

/// How large the cluster is.
#[derive(Clone, Copy)]
pub(super) struct Size {
    pub(super) hosts: usize,
    pub(super) host_classes: usize,
    pub(super) guests: usize,
    pub(super) guest_classes: usize,
    /// Memory of a host; no two have quite as much.
    pub(super) host_kib: usize,
}

/// A path inside the inventory, and the document.
type File = (String, String);

/// Features that hosts may lack; one bit of the class each.
const FEATURES: [&str; 4] = ["avx512vbmi", "gfni", "vaes", "umip"];
/// Versions of QEMU that hosts may have.
const QEMU: [&str; 5] = ["7.2.22", "7.2.4", "8.0.5", "8.2.2", "7.0.0"];
/// What guests may have besides; their number is that of the shapes of one template.
const EXTRAS: [&str; 8] = [
    "",
    "<watchdog model='i6300esb' action='reset'/>",
    "<sound model='ich6'/>",
    "<input type='tablet' bus='usb'/>",
    "<vsock model='virtio'><cid auto='yes'/></vsock>",
    "<filesystem type='mount'><source dir='/srv/export'/><target dir='export'/></filesystem>",
    "<hostdev mode='subsystem' type='usb'><source><vendor id='0x1234'/><product id='0x5678'/></source></hostdev>",
    "<tpm model='tpm-crb'><backend type='emulator' version='2.0'/></tpm>",
];
/// Memory sizes of guests, in KiB.
const MEMORY: [u32; 8] =
    [524_288, 1_048_576, 2_097_152, 4_194_304, 8_388_608, 16_777_216, 33_554_432, 67_108_864];

/// The documents of one guest: stored, and live where it runs.
struct Template {
    name: String,
    stored: String,
    live: Option<String>,
}

/// Writes all documents of the cluster into a folder; how many there are, and of how many bytes.
pub(super) fn write(size: Size, folder: &Path) -> (usize, usize) {
    let captured = Path::new(env!("CARGO_MANIFEST_DIR")).join("inventories/captured/hosts/lab1");
    let host = host_documents(&captured);
    let guests = templates(&captured.join("guests"));
    let of_hosts = (0..size.hosts).into_par_iter().flat_map_iter(|at| host_files(&host, size, at));
    let of_guests = (0..size.guests).into_par_iter().flat_map_iter(|at| guest_files(&guests, size, at));
    let settings = (
        "cluster.toml".to_owned(),
        "[limits]\ncpu_overcommit = 200.0\n[storage]\nshared = [\"/srv/lab/shared\"]\n".to_owned(),
    );
    let written = |(path, text): File| {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, &text).expect("written");
        (1, text.len())
    };
    let all = of_hosts.chain(of_guests).chain([settings]);
    all.map(written).reduce(|| (0, 0), |one, other| (one.0 + other.0, one.1 + other.1))
}

/// The documents of one host, by path below its folder; its guests apart.
fn host_documents(folder: &Path) -> Vec<(String, String)> {
    let mut all = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(next).expect("a folder").map(|entry| entry.expect("an entry").path()) {
            if entry.is_dir() && !entry.ends_with("guests") {
                folders.push(entry);
            } else if entry.is_file() {
                let path = entry.strip_prefix(folder).expect("inside").to_string_lossy().into_owned();
                all.push((path, fs::read_to_string(&entry).expect("text")));
            }
        }
    }
    all.sort();
    all
}

fn templates(folder: &Path) -> Vec<Template> {
    let names = ["archive", "build", "db", "mail", "scratch", "web"];
    let read = |name: &str| Template {
        name: name.to_owned(),
        stored: fs::read_to_string(folder.join(format!("{name}.xml"))).expect("text"),
        live: fs::read_to_string(folder.join(format!("{name}.live.xml"))).ok(),
    };
    names.into_iter().map(read).collect()
}

fn host_name(at: usize) -> String {
    format!("host{at:05}")
}

/// An UUID that nothing else has.
fn uuid(kind: u32, at: usize) -> String {
    format!("{kind:08x}-0000-4000-8000-{at:012x}")
}

/// The documents of a host. Its class says which features it lacks, which QEMU and which networks it has.
fn host_files(documents: &[(String, String)], size: Size, at: usize) -> Vec<File> {
    let class = at % size.host_classes;
    let (lacks, qemu, networks) = (class % 16, class / 16 % QEMU.len(), class / (16 * QEMU.len()));
    let name = host_name(at);
    let file = |(path, text): &(String, String)| {
        let text = match path.as_str() {
            "capabilities.xml" => lacking(&with_uuid(text, &uuid(1, at)), lacks, |feature| {
                (format!("<feature name='{feature}'/>"), String::new())
            }),
            "version.txt" => text.replace("7.2.22", QEMU[qemu]),
            "nodeinfo.txt" => text.replace("6514892", &(size.host_kib + at * 4).to_string()),
            "freepages.txt" => text.replace("969250", &(20_000_000 + at * 37).to_string()),
            path if path.starts_with("domcapabilities/") => lacking(text, lacks, |feature| {
                (
                    format!("<feature policy='require' name='{feature}'/>"),
                    format!("<feature policy='disable' name='{feature}'/>"),
                )
            }),
            _ => text.clone(),
        };
        (format!("hosts/{name}/{path}"), text)
    };
    let mut all: Vec<File> = documents.iter().map(file).collect();
    let network = format!("<network><name>extra{networks}</name></network>");
    all.push((format!("hosts/{name}/networks/extra{networks}.xml"), network));
    all
}

/// `text` with the features of the bits in `lacks` rewritten.
fn lacking(text: &str, lacks: usize, rewrite: impl Fn(&str) -> (String, String)) -> String {
    let gone = FEATURES.iter().enumerate().filter(|(bit, _)| lacks >> bit & 1 == 1);
    gone.fold(text.to_owned(), |text, (_, feature)| {
        let (from, to) = rewrite(feature);
        text.replace(&from, &to)
    })
}

fn with_uuid(text: &str, uuid: &str) -> String {
    let (before, rest) = text.split_once("<uuid>").expect("a UUID");
    let (_, after) = rest.split_once("</uuid>").expect("a UUID");
    format!("{before}<uuid>{uuid}</uuid>{after}")
}

/// The documents of a guest. It is on a host of the class that its own class comes from; its shape is one of those that
/// hosts of this class have.
fn guest_files(templates: &[Template], size: Size, at: usize) -> Vec<File> {
    let class = at % size.guest_classes;
    let (host_class, nth) = (class % size.host_classes, class / size.host_classes);
    // The classes of hosts have different shapes of guests.
    let shape = (nth * 7 + host_class) % (templates.len() * EXTRAS.len());
    let template = &templates[shape % templates.len()];
    let members = (size.hosts - host_class).div_ceil(size.host_classes);
    let host = host_name(host_class + at / size.guest_classes % members * size.host_classes);
    let name = format!("guest{at:06}");
    let personal = |text: &str| {
        let memory = MEMORY[at / 3 % MEMORY.len()];
        let extra = format!("{}</devices>", EXTRAS[shape / templates.len()]);
        with_uuid(text, &uuid(2, at))
            .replace(&format!("<name>{}</name>", template.name), &format!("<name>{name}</name>"))
            .replace(&format!("/{}.", template.name), &format!("/{name}."))
            .replace(">262144<", &format!(">{memory}<"))
            .replace("52:54:00:00:", &format!("52:54:{:02x}:{:02x}:", at >> 8 & 0xff, at & 0xff))
            .replace("</devices>", &extra)
    };
    let mut all = vec![(format!("hosts/{host}/guests/{name}.xml"), personal(&template.stored))];
    if let Some(live) = &template.live {
        all.push((format!("hosts/{host}/guests/{name}.live.xml"), personal(live)));
    }
    all
}
