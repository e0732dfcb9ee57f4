//! The readers over every document of the corpora, and truths that are known of some of them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use portolan::ingest::{read, read_cpu_map_folder, read_files};
use portolan::model::{Arch, Cluster, Frequency, Host, Midr, Usable, VirtType};

use crate::common;

/// Where in a host's folder a document of the corpora would stand: by a part of its path.
const PLACES: [(&str, &str); 14] = [
    ("/dmidecode/", "dmidecode.txt"),
    ("/lscpu/", "lscpu.txt"),
    ("/cpuinfo/", "cpuinfo.txt"),
    ("/domaincapsdata/", "domcapabilities/x.xml"),
    ("domcap", "domcapabilities/x.xml"),
    ("/vircaps2xmldata/", "capabilities.xml"),
    ("capabilities.xml", "capabilities.xml"),
    ("caps_libvirt", "capabilities.xml"),
    ("/kvm-aarch64.xml", "capabilities.xml"),
    ("/kvm-x86_64.xml", "capabilities.xml"),
    ("/qemufirmwaredata/", "firmware/x.json"),
    ("/cpu_map/", "cpu_map/index.xml"),
    ("/cputestdata/", "capabilities.xml"),
    (".xml", "guests/x.xml"),
];

/// Every path at which a document of a host may stand.
const ALL: [&str; 24] = [
    "capabilities.xml",
    "domcapabilities/x.xml",
    "version.txt",
    "nodeinfo.txt",
    "lscpu.txt",
    "lscpu.json",
    "cpuinfo.txt",
    "dmidecode.txt",
    "dmesg.txt",
    "os-release",
    "uname.txt",
    "lsmod.txt",
    "firmware/x.json",
    "firmware/packages.txt",
    "qemu.conf",
    "cpu_map/index.xml",
    "networks/x.xml",
    "pools/x.xml",
    "freepages.txt",
    "guests/x.xml",
    "guests/x.live.xml",
    "sos_commands/virsh/virsh_-r_dumpxml_x",
    "proc/cpuinfo",
    "etc/libvirt/qemu.conf",
];

fn place(path: &Path) -> Option<&'static str> {
    let path = path.to_string_lossy();
    PLACES.iter().find(|(part, _)| path.contains(part)).map(|&(_, place)| place)
}

/// A cluster of one host that has one document.
fn alone(place: &str, bytes: Vec<u8>) -> Cluster {
    read_files("corpus", vec![(format!("hosts/h/{place}"), bytes)])
}

fn host(place: &str, path: &Path) -> Host {
    let mut cluster = alone(place, fs::read(path).expect("readable"));
    cluster.hosts.pop().unwrap_or_else(|| panic!("{}: {:?}", path.display(), cluster.problems))
}

fn documents(corpus: &Path) -> Vec<std::path::PathBuf> {
    common::files(corpus, &|path| place(path).is_some())
}

#[test]
#[cfg_attr(
    not(has_corpus),
    ignore = "skipped: no corpora of real documents; set PORTOLAN_CORPUS to a folder of them"
)]
fn every_document_of_the_corpora_is_read_by_the_reader_its_name_suggests() {
    let corpus = common::corpus();
    let mut counts: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for path in documents(&corpus) {
        let place = place(&path).expect("a place");
        let cluster = alone(place, fs::read(&path).expect("readable"));
        let count = counts.entry(place).or_default();
        count.0 += 1;
        count.1 += usize::from(!cluster.problems.is_empty());
        if !place.starts_with("guests") {
            for problem in cluster.problems {
                println!("{}: {:?} {}", path.display(), problem.position, problem.message);
            }
        }
    }
    println!("documents, and those with problems: {counts:?}");
    assert!(counts.values().map(|count| count.0).sum::<usize>() > 2_000);
}

/// Cuts at fixed shares of the length, so that the test does the same each time.
fn cuts(length: usize, count: usize) -> impl Iterator<Item = usize> {
    (1..=count).map(move |n| length.saturating_mul(n * 7919 % 10_007) / 10_007)
}

#[test]
#[cfg_attr(
    not(has_corpus),
    ignore = "skipped: no corpora of real documents; set PORTOLAN_CORPUS to a folder of them"
)]
fn a_document_that_is_cut_off_does_not_make_it_panic() {
    let corpus = common::corpus();
    for path in documents(&corpus) {
        let bytes = fs::read(&path).expect("readable");
        for cut in cuts(bytes.len(), 3) {
            let _ = alone(place(&path).expect("a place"), bytes[..cut].to_vec());
        }
    }
}

#[test]
#[cfg_attr(
    not(has_corpus),
    ignore = "skipped: no corpora of real documents; set PORTOLAN_CORPUS to a folder of them"
)]
fn a_document_at_any_other_documents_place_does_not_make_it_panic() {
    let corpus = common::corpus();
    let real = common::files(&corpus.join("real"), &|path| path.is_file());
    for bytes in real.iter().map(|path| fs::read(path).expect("readable")) {
        for place in ALL {
            let _ = alone(place, bytes.clone());
        }
    }
}

#[test]
#[cfg_attr(
    not(has_corpus),
    ignore = "skipped: no corpora of real documents; set PORTOLAN_CORPUS to a folder of them"
)]
fn what_is_known_of_arm_machines_is_read() {
    let corpus = common::corpus();
    let midr = |midr: u32| Some(BTreeSet::from([Midr(midr)]));
    for path in
        common::files(&corpus.join("real/dmidecode"), &|path| path.to_string_lossy().contains("taishan"))
    {
        let host = host("dmidecode.txt", &path);
        assert_eq!(host.platform.cpu.midrs.value().cloned(), midr(0x481f_d010), "{}", path.display());
        assert_eq!(host.frequency.value(), Some(&Frequency::mhz(2600)), "{}", path.display());
        assert!(host.product.value().is_some_and(|name| name.starts_with("TaiShan")));
    }
    let dmi = |name: &str| {
        let all =
            common::files(&corpus.join("real/dmidecode"), &|path| path.to_string_lossy().contains(name));
        host("dmidecode.txt", all.first().expect("in the corpus"))
    };
    assert_eq!(dmi("altra").platform.cpu.midrs.value().cloned(), midr(0x413f_d0c1));
    assert_eq!(dmi("phytium").platform.cpu.midrs.value(), None, "its board says all ones");
    assert_eq!(dmi("graviton").platform.cpu.midrs.value(), None, "an Intel");
    for path in common::files(&corpus.join("real/lscpu"), &|_| true) {
        let host = host("lscpu.txt", &path);
        assert_eq!(host.platform.arch.value(), Some(&Arch::Aarch64));
        assert_eq!(host.platform.cpu.midrs.value().cloned(), midr(0x481f_d010), "{}", path.display());
        assert!(host.frequency.value().is_none(), "a maximum is not what it runs at");
    }
    for (name, value) in [
        ("linux-amazon-neoverse_n1", 0x413f_d0c1),
        ("linux-amazon-cortex_a72", 0x410f_d083),
        ("linux-centos7-thunderx2", 0x431f_0af1),
        ("linux-ubuntu22.04-ampere1", 0xc00f_ac31),
    ] {
        let host = host("cpuinfo.txt", &corpus.join("real/cpuinfo").join(name));
        assert_eq!(host.platform.cpu.midrs.value().cloned(), midr(value), "{name}");
    }
}

#[test]
#[cfg_attr(
    not(has_corpus),
    ignore = "skipped: no corpora of real documents; set PORTOLAN_CORPUS to a folder of them"
)]
fn the_sosreport_is_read_as_a_host() {
    let corpus = common::corpus();
    let root = corpus.join("real/sosreport-openstack");
    let file = |path: &std::path::PathBuf| {
        let inside = path.strip_prefix(&root).expect("inside").display().to_string();
        (format!("hosts/compute4/{inside}"), fs::read(path).expect("readable"))
    };
    let cluster = read_files("sos", common::files(&root, &|path| path.is_file()).iter().map(file).collect());
    let host = cluster.host("compute4").expect("a host");
    assert_eq!(host.platform.arch.value(), Some(&Arch::X86_64));
    assert_eq!(host.platform.kernel.value().map(String::as_str), Some("5.4.0-97-generic"));
    assert_eq!(host.processors.value(), Some(&2));
    assert!(host.platform.cpu.flags.value().is_some_and(|flags| flags.contains("vmx")));
    assert_eq!(host.platform.cpu.vendor.value().map(String::as_str), Some("Intel"));
    assert!(host.platform.firmware.value().is_none(), "its qemu.conf sets no pair");
}

#[test]
#[cfg_attr(
    not(has_corpus),
    ignore = "skipped: no corpora of real documents; set PORTOLAN_CORPUS to a folder of them"
)]
fn the_domcapabilities_of_the_corpus_are_read() {
    let corpus = common::corpus();
    let all = common::files(&corpus.join("libvirt-11.3.0/domaincapsdata"), &common::is_xml);
    let (mut models, mut host_models, mut blockers) = (0, 0, 0);
    for path in &all {
        let host = host("domcapabilities/x.xml", path);
        let [capability] = host.platform.capabilities.as_slice() else { panic!("{}", path.display()) };
        let list = capability.models.value().cloned().unwrap_or_default();
        let text = fs::read_to_string(path).expect("readable");
        assert_eq!(list.len(), text.matches("<model usable=").count(), "{}", path.display());
        if capability.arch.value == Arch::Aarch64 {
            assert!(list.iter().all(|model| model.value.usable == Usable::Unknown), "{}", path.display());
            assert_eq!(capability.host_model.value(), Some(&None), "{}", path.display());
        }
        let refused = list.iter().filter(|model| model.value.usable == Usable::No);
        blockers +=
            refused.filter(|model| model.value.blockers.as_ref().is_some_and(|b| !b.is_empty())).count();
        host_models += usize::from(capability.host_model.value().is_some_and(Option::is_some));
        models += list.len();
    }
    println!(
        "{} documents, {models} models, {host_models} host-models, {blockers} models with blockers",
        all.len()
    );
    assert!(all.len() > 40 && models > 3_000 && host_models > 30 && blockers > 500);
}

#[test]
#[cfg_attr(
    not(has_corpus),
    ignore = "skipped: no corpora of real documents; set PORTOLAN_CORPUS to a folder of them"
)]
fn the_capabilities_of_the_corpus_are_read() {
    let corpus = common::corpus();
    let arm = host("capabilities.xml", &corpus.join("real/virt-manager/kvm-aarch64.xml"));
    assert_eq!(arm.platform.arch.value(), Some(&Arch::Aarch64));
    assert_eq!(arm.platform.kvm.value(), Some(&true));
    assert_eq!(arm.platform.canonical_machine(&Arch::Aarch64, "virt".into()), "virt-8.2");
    let old = host("capabilities.xml", &corpus.join("real/vdsm/caps_libvirt_intel_E5649.xml"));
    assert_eq!(old.platform.cpu.model.value().map(String::as_str), Some("Westmere"));
    assert_eq!(old.platform.canonical_machine(&Arch::X86_64, "pc".into()), "rhel6.3.0");
    let own = old.platform.emulators.value().expect("listed").iter().filter(|e| e.arch.value == Arch::X86_64);
    assert!(own.flat_map(|e| &e.virt_types).any(|known| known.value == VirtType::Kvm));
}

#[test]
#[cfg_attr(
    not(has_corpus),
    ignore = "skipped: no corpora of real documents; set PORTOLAN_CORPUS to a folder of them"
)]
fn the_cpu_map_of_the_corpus_is_read() {
    let corpus = common::corpus();
    let map = read_cpu_map_folder(&corpus.join("libvirt-11.3.0/cpu_map")).expect("a map");
    assert_eq!((map.models.len(), map.features.len()), (150, 364));
    let find = |name: &str| map.models.iter().find(|model| model.name == name).expect("in the map");
    assert_eq!(find("Skylake-Client-v1").alias_of.as_deref(), Some("Skylake-Client"));
    assert_eq!(find("Skylake-Client-v1").features, find("Skylake-Client").features);
    assert_eq!(map.models.iter().filter(|model| model.alias_of.is_some()).count(), 59);
    assert!(!find("Skylake-Client-noTSX-IBRS").decode_guest && find("Skylake-Client-noTSX-IBRS").decode_host);
    let fixed: Vec<_> = map.features.iter().filter(|f| !f.migratable).map(|f| f.name.as_str()).collect();
    assert_eq!(fixed, ["xsaves", "invtsc"]);
    let bits: BTreeSet<_> = map.features.iter().map(|feature| feature.bit).collect();
    assert_eq!(bits.len(), map.features.len(), "no two features share a bit");
}

#[test]
fn the_inventories_of_the_repository_are_read_whole_and_alike_on_any_number_of_threads() {
    let folder = common::repository().join("inventories");
    let entries = fs::read_dir(&folder).expect("the samples");
    for path in
        entries.map(|entry| entry.expect("readable").path()).filter(|path| path.join("hosts").is_dir())
    {
        let cluster = read(&path).expect("an inventory");
        assert_eq!(cluster.problems, [], "{}", path.display());
        assert!(cluster.hosts.iter().all(|host| host.platform.arch.value().is_some()));
        let pool = |threads| rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("a pool");
        let whole = |threads| format!("{:?}", pool(threads).install(|| read(&path).expect("an inventory")));
        assert_eq!(whole(1), whole(7), "{}", path.display());
    }
}
