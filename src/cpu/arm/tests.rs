//! Aspects of made-up hosts, compared.

mod groups;

use super::*;
use crate::cpu::Bearing;
use crate::model::{DocumentKind, KvmMode, Memory, Midr, Name, VectorLength};
use crate::text::{Place, Sources, Span};

fn fact<T>(value: T) -> Fact<T> {
    let source = Sources::default().add("test", "");
    Fact::known(value, Place { source, span: Span::new(0, 0) })
}

fn host(midr: u32, hwcaps: &str, kernel: &str, qemu: Version) -> Platform {
    let mut host = Platform::unknown();
    host.cpu.midrs = fact(BTreeSet::from([Midr(midr)]));
    host.cpu.flags = fact(hwcaps.split(' ').map(Name::new).collect());
    host.cpu.gic = fact(3);
    host.cpu.ipa_bits = fact(48);
    host.cpu.page_sizes = fact(BTreeSet::from([Memory::kib(4), Memory::mib(2)]));
    host.cpu.kvm_mode = fact(KvmMode::Vhe);
    host.kernel = fact(kernel.to_owned());
    host.qemu = fact(qemu);
    host
}

const KUNPENG: u32 = 0x481f_d010;
const NEWER: u32 = 0x480f_d020;

fn differences(source: &Platform, destination: &Platform) -> Vec<Difference> {
    passthrough_differences(source, destination, &Given::EVERYTHING)
}

fn bearing(all: &[Difference], aspect: Aspect) -> Option<Bearing> {
    all.iter().find(|difference| difference.aspect == aspect).map(|difference| difference.bearing)
}

#[test]
fn like_hosts_agree_in_everything() {
    let host = host(KUNPENG, "fp asimd", "6.6.0", Version::new(8, 2, 0));
    let all = differences(&host, &host);
    assert!(all.iter().all(|difference| difference.bearing == Bearing::Agrees), "{all:#?}");
}

#[test]
fn what_is_not_known_stays_unknown() {
    let host = host(KUNPENG, "fp asimd", "6.6.0", Version::new(8, 2, 0));
    let all = differences(&host, &Platform::unknown());
    assert!(all.iter().all(|difference| difference.bearing == Bearing::Unknown), "{all:#?}");
    assert_eq!(all[0].destination.ask(), Err(DocumentKind::CpuInfo));
}

#[test]
fn features_have_a_direction() {
    let small = host(KUNPENG, "fp asimd", "6.6.0", Version::new(8, 2, 0));
    let large = host(KUNPENG, "fp asimd sve", "6.6.0", Version::new(9, 0, 0));
    let down = differences(&large, &small);
    assert_eq!(bearing(&down, Aspect::Features), Some(Bearing::Blocks));
    assert_eq!(down[2].lost, ["sve"]);
    assert_eq!(bearing(&down, Aspect::Qemu), Some(Bearing::Doubts));
    let up = differences(&small, &large);
    assert_eq!(bearing(&up, Aspect::Features), Some(Bearing::Doubts));
    assert_eq!(bearing(&up, Aspect::Qemu), Some(Bearing::Agrees));
}

#[test]
fn another_core_bars_the_way_unless_its_vendor_supports_it() {
    let old = host(KUNPENG, "fp", "6.6.0", Version::new(8, 2, 0));
    let new = host(NEWER, "fp", "6.6.0-100.oe2403", Version::new(8, 2, 0));
    let there = differences(&old, &new);
    assert_eq!(bearing(&there, Aspect::Core), Some(Bearing::Doubts));
    assert_eq!(bearing(&there, Aspect::VendorPath), Some(Bearing::Doubts));
    let back = differences(&new, &old);
    assert_eq!(bearing(&back, Aspect::Core), Some(Bearing::Blocks));
    assert_eq!(bearing(&back, Aspect::VendorPath), None);
    let early = host(KUNPENG, "fp", "5.10.0", Version::new(8, 2, 0));
    let too_early = differences(&early, &new);
    assert_eq!(bearing(&too_early, Aspect::VendorPath), Some(Bearing::Blocks));
}

#[test]
fn a_smaller_ipa_and_an_older_gic_bar_the_way() {
    let one = host(KUNPENG, "fp", "6.6.0", Version::new(8, 2, 0));
    let mut other = one.clone();
    other.cpu.ipa_bits = fact(40);
    other.cpu.gic = fact(2);
    let all = differences(&one, &other);
    assert_eq!(bearing(&all, Aspect::IpaBits), Some(Bearing::Blocks));
    assert_eq!(bearing(&all, Aspect::Gic), Some(Bearing::Blocks));
    other.cpu.gic = fact(4);
    assert_eq!(bearing(&differences(&one, &other), Aspect::Gic), Some(Bearing::Agrees));
}

#[test]
fn cores_of_several_kinds_are_a_doubt() {
    let mut mixed = host(KUNPENG, "fp", "6.6.0", Version::new(8, 2, 0));
    mixed.cpu.midrs = fact(BTreeSet::from([Midr(0x410f_d034), Midr(0x410f_d083)]));
    let all = differences(&mixed, &mixed);
    assert_eq!(bearing(&all, Aspect::Core), Some(Bearing::Doubts));
}

fn with_vectors(flags: &str, length: Option<(u32, bool)>) -> Platform {
    let mut host = host(KUNPENG, flags, "6.6.0", Version::new(8, 2, 0));
    if let Some((bits, longest)) = length {
        host.cpu.vector_length = fact(VectorLength { bits, longest });
    }
    host
}

#[test]
fn vectors_must_be_as_long_there() {
    let of = |one: Option<(u32, bool)>, other| {
        bearing(
            &differences(&with_vectors("fp sve", one), &with_vectors("fp sve", other)),
            Aspect::VectorLength,
        )
    };
    let (short, long) = (Some((256, true)), Some((512, true)));
    assert_eq!(of(long, long), Some(Bearing::Agrees));
    assert_eq!(of(long, short), Some(Bearing::Blocks));
    assert_eq!(of(short, long), Some(Bearing::Doubts));
    assert_eq!(of(short, None), Some(Bearing::Unknown));
    assert_eq!(of(short, Some((512, false))), Some(Bearing::Doubts), "at least as long");
    assert_eq!(of(short, Some((128, false))), Some(Bearing::Unknown), "maybe as long");
    assert_eq!(of(Some((512, false)), short), Some(Bearing::Blocks), "at least longer");
    assert_eq!(of(Some((256, false)), short), Some(Bearing::Unknown), "maybe longer");
    let plain = with_vectors("fp", None);
    assert_eq!(bearing(&differences(&plain, &with_vectors("fp sve", long)), Aspect::VectorLength), None);
    let gone = differences(&with_vectors("fp sve", short), &plain);
    assert_eq!(bearing(&gone, Aspect::VectorLength), Some(Bearing::Blocks));
    assert_eq!(gone.last().and_then(|last| last.destination.value()).map(String::as_str), Some("no SVE"));
}

#[test]
fn a_guest_is_bound_by_what_it_is_given() {
    let (long, short) =
        (with_vectors("fp sve", Some((512, true))), with_vectors("fp sve", Some((256, true))));
    let limited = |bits| Given { longest_vector: Some(bits), ..Given::EVERYTHING };
    let of = |given| bearing(&passthrough_differences(&long, &short, &given), Aspect::VectorLength);
    assert_eq!(of(limited(256)), Some(Bearing::Agrees));
    assert_eq!(of(limited(512)), Some(Bearing::Blocks));
    assert_eq!(of(limited(0)), None);
    let without = with_vectors("fp", None);
    let all = passthrough_differences(&long, &without, &limited(0));
    assert_eq!(bearing(&all, Aspect::Features), Some(Bearing::Agrees), "sve is kept from it");
    let maybe = with_vectors("fp sve", Some((256, false)));
    let all = passthrough_differences(&maybe, &maybe, &limited(256));
    assert_eq!(bearing(&all, Aspect::VectorLength), Some(Bearing::Agrees), "longer ones do not matter to it");
}

#[test]
fn what_guests_do_not_have_of_their_host_is_no_bar() {
    let one = host(KUNPENG, "fp mte sme evtstrm", "6.6.0", Version::new(8, 2, 0));
    let other = host(KUNPENG, "fp", "6.6.0", Version::new(8, 2, 0));
    let all = differences(&one, &other);
    assert_eq!(bearing(&all, Aspect::Features), Some(Bearing::Doubts));
    let note = all[2].note.as_deref().expect("a note");
    assert!(
        note.contains("mte is not there: QEMU gives guests memory tagging only with virt,mte=on"),
        "{note}"
    );
}

#[test]
fn pointers_are_authenticated_by_the_same_algorithm() {
    let algorithm = |midr, told: Option<&str>| {
        let mut host = host(midr, "fp paca", "6.6.0", Version::new(8, 2, 0));
        if let Some(told) = told {
            host.cpu.pointer_authentication = fact(BTreeSet::from([told.to_owned()]));
        }
        host
    };
    let (ours, arms) = (algorithm(KUNPENG, Some("IMP DEF")), algorithm(NEWER, Some("architected")));
    let of =
        |one: &Platform, other: &Platform| bearing(&differences(one, other), Aspect::PointerAuthentication);
    assert_eq!(of(&ours, &arms), Some(Bearing::Blocks));
    assert_eq!(of(&ours, &ours), Some(Bearing::Agrees));
    assert_eq!(of(&ours, &algorithm(NEWER, None)), Some(Bearing::Unknown));
    assert_eq!(of(&ours, &algorithm(KUNPENG, None)), None, "the same cores");
    let off = Given { pointer_authentication: false, ..Given::EVERYTHING };
    let all = passthrough_differences(&ours, &arms, &off);
    assert_eq!(bearing(&all, Aspect::PointerAuthentication), None);
}

#[test]
fn a_guest_that_names_its_gic_needs_no_other() {
    let mut one = host(KUNPENG, "fp", "6.6.0", Version::new(8, 2, 0));
    let mut other = one.clone();
    let gics =
        |versions: &[&str]| versions.iter().map(|&version| version.to_owned()).collect::<BTreeSet<_>>();
    one.cpu.gic = fact(2);
    assert_eq!(judge::judge_gic(&gics(&["2", "3"]), &gics(&["3"]), Some(3)).0, Bearing::Agrees);
    assert_eq!(judge::judge_gic(&gics(&["2", "3"]), &gics(&["3"]), Some(2)).0, Bearing::Blocks);
    assert_eq!(judge::judge_gic(&gics(&["2", "3"]), &gics(&["3"]), None).0, Bearing::Doubts);
    other.cpu.gic = fact(3);
    assert_eq!(bearing(&differences(&one, &other), Aspect::Gic), Some(Bearing::Blocks));
}

#[test]
fn every_aspect_has_a_remedy() {
    let (old, new) = (
        host(KUNPENG, "fp", "6.6.0", Version::new(8, 2, 0)),
        host(NEWER, "fp", "6.6.0", Version::new(8, 2, 0)),
    );
    assert!(differences(&old, &new).iter().all(|difference| remedy(difference.aspect).is_some()));
}
