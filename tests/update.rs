//! What a guest's CPU becomes on this machine, against `virsh dumpxml --update-cpu`.

use std::fs;

use portolan::cpu::x86::{Definition, to_xml, update};
use portolan::knowledge::x86::map;
use portolan::model::{CpuMap, Version};
use portolan::text::xml::Document;

use crate::cpu::cpu;
use crate::live::{told, virsh, with_cpu};

const GUEST: &str = "portolan-test-update";
const CASES: usize = 60;

/// Numbers that are the same on every run.
struct Random(u64);

impl Random {
    fn of<T: Copy>(&mut self, all: &[T]) -> T {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        all[usize::try_from(self.0 >> 33).expect("31 bits") % all.len()]
    }
}

/// Made up: a CPU of any mode with features of any policy.
fn made_up(random: &mut Random, map: &CpuMap) -> String {
    let models: Vec<&str> = map.models.iter().map(|model| model.name.as_str()).collect();
    let features: Vec<&str> = map.features.iter().map(|feature| feature.name.as_str()).collect();
    let kind = random.of(&["host-model", "minimum", "exact"]);
    let (head, model) = match kind {
        "host-model" => ("mode='host-model'".to_owned(), String::new()),
        _ => (format!("match='{kind}'"), format!("<model>{}</model>", random.of(&models))),
    };
    let mut names: Vec<&str> = (0..random.of(&[0, 2, 5, 9])).map(|_| random.of(&features)).collect();
    names.sort_unstable();
    names.dedup();
    let policies = ["require", "optional", "optional", "disable", "forbid", "force"];
    let feature = |name: &str| format!("<feature policy='{}' name='{name}'/>", random.of(&policies));
    let features: Vec<String> = names.into_iter().map(feature).collect();
    format!("<cpu {head}>{model}{}</cpu>", features.concat())
}

/// `<cpu>` of the guest as virsh prints it.
fn updated(cpu: &str) -> String {
    let file = tempfile::NamedTempFile::with_suffix(".xml").expect("a file");
    let domain = with_cpu(cpu).replace("<name>x</name>", &format!("<name>{GUEST}</name>"));
    fs::write(file.path(), domain).expect("written");
    let defined = virsh(&["define", &file.path().to_string_lossy()]);
    assert!(defined.status.success(), "{cpu}: {}", told(&defined));
    let printed = virsh(&["dumpxml", "--inactive", "--update-cpu", GUEST]);
    virsh(&["undefine", GUEST]);
    let printed = String::from_utf8_lossy(&printed.stdout).into_owned();
    let from = printed.find("  <cpu ").unwrap_or_else(|| panic!("{cpu}: no CPU in {printed}"));
    let element = printed[from..].split_inclusive('\n').map(|line| line.strip_prefix("  ").unwrap_or(line));
    let mut open = true;
    // The element ends where a line that is indented as it is closes one.
    let lines = element.take_while(|line| {
        let within = open;
        open &= line.starts_with(' ') || line.starts_with("<cpu ") && !line.ends_with("/>\n");
        within
    });
    lines.collect::<String>().replace(" check='partial'", "")
}

#[test]
#[cfg_attr(
    not(has_libvirt),
    ignore = "skipped: changes the machine; set PORTOLAN_REQUIRE=libvirt to run it as root"
)]
fn what_a_guest_becomes_here_is_what_virsh_says() {
    let capabilities = virsh(&["domcapabilities", "--virttype", "kvm", "--machine", "q35"]);
    let capabilities = String::from_utf8_lossy(&capabilities.stdout).into_owned();
    let document = Document::parse(&capabilities).expect("well-formed");
    let cpus = document.root().child("cpu").expect("CPUs");
    let of_host =
        |name: &str| cpus.children_named("mode").find(|mode| mode.value("name").is_some_and(|n| n == name));
    let host = Definition::from(&cpu(of_host("host-model").expect("host-model")));
    let version = String::from_utf8_lossy(&virsh(&["version", "--daemon"]).stdout).into_owned();
    let version = version.lines().rev().find_map(|line| Version::parse(line.rsplit(' ').next()?));
    let map = map(version.unwrap_or(Version::new(9, 0, 0)));
    let (mut random, mut wrong) = (Random(11), Vec::new());
    for _ in 0..CASES {
        let asked = made_up(&mut random, map);
        let guest = cpu(Document::parse(&asked).expect("well-formed").root());
        let ours = to_xml(&update(map, &host, &guest).expect("known names").expect("a model"));
        let theirs = updated(&asked);
        if ours != theirs {
            wrong.push(format!("{asked}\n{ours}not\n{theirs}"));
        }
    }
    println!("update: {} of {CASES} as virsh has them, {}", CASES - wrong.len(), map.origin);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
