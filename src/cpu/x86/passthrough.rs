//! How two x86 hosts differ for a guest with `host-passthrough`.

use std::collections::BTreeSet;

use super::{Definition, expand};
use crate::cpu::difference::{Judgement, compare, plain, same, within};
use crate::cpu::{Aspect, Bearing, Difference};
use crate::knowledge::x86::latest;
use crate::model::{CpuSignature, DocumentKind, Fact, Name, Platform, Version};

/// Every aspect that bears on a live move from `source` to `destination` of a guest that sees the
/// host's own CPU, for and against. QEMU checks none of them: a guest whose features are gone
/// fails later.
pub fn passthrough_differences(source: &Platform, destination: &Platform) -> Vec<Difference> {
    let (from, to) = (&source.cpu, &destination.cpu);
    vec![
        compare(Aspect::Core, &from.vendor, &to.vendor, String::clone, judge_vendor),
        compare(Aspect::Model, &from.signature, &to.signature, CpuSignature::to_string, judge_signature),
        features(source, destination),
        compare(Aspect::Microcode, &from.microcode, &to.microcode, |m| format!("{m:#x}"), same),
        compare(Aspect::Kernel, &source.kernel, &destination.kernel, String::clone, same),
        compare(Aspect::Qemu, &source.qemu, &destination.qemu, Version::to_string, same),
    ]
}

fn judge_vendor(from: &String, to: &String) -> Judgement {
    plain(if from == to { Bearing::Agrees } else { Bearing::Blocks })
}

/// Another model is another CPU, whatever features it has: the guest would see its identification
/// change while it runs. Another stepping of the same model is a doubt.
fn judge_signature(from: &CpuSignature, to: &CpuSignature) -> Judgement {
    let same_model = (from.family, from.model) == (to.family, to.model);
    plain(match (same_model, from.stepping == to.stepping) {
        (true, true) => Bearing::Agrees,
        (true, false) => Bearing::Doubts,
        (false, _) => Bearing::Blocks,
    })
}

/// By Linux's flags where both hosts tell them, else by libvirt's features; never one against the
/// other, for their names differ. Linux's first: what libvirt knows by name depends on its version.
fn features(source: &Platform, destination: &Platform) -> Difference {
    let (from, to) = (&source.cpu.flags, &destination.cpu.flags);
    let show = |set: &BTreeSet<Name>| format!("{} features", set.len());
    if from.value().is_some() && to.value().is_some() {
        return compare(Aspect::Features, from, to, show, judge_features);
    }
    compare(Aspect::Features, &by_libvirt(source), &by_libvirt(destination), show, judge_features)
}

/// The features of `capabilities`: its model's and those it lists.
fn by_libvirt(host: &Platform) -> Fact<BTreeSet<Name>> {
    let (model, listed) = match (host.cpu.model.ask(), host.cpu.features.ask()) {
        (Ok(model), Ok(listed)) => (model, listed),
        (Err(document), _) | (_, Err(document)) => return Fact::Unknown(document),
    };
    let map = latest();
    let cpu = Definition::of_model(&model.value);
    let names = match expand(map, &cpu) {
        Ok(set) => set.names(map).into_iter().map(Name::new).collect::<BTreeSet<_>>(),
        Err(_) => return Fact::Unknown(DocumentKind::CpuInfo),
    };
    let all = names.into_iter().chain(listed.value.iter().filter(|f| **f != model.value).copied());
    Fact::known(all.collect(), listed.place)
}

fn judge_features(from: &BTreeSet<Name>, to: &BTreeSet<Name>) -> Judgement {
    within(from, to, |more| format!("the destination has more: {more}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::{Place, Sources, Span};

    fn fact<T>(value: T) -> Fact<T> {
        let source = Sources::default().add("test", "");
        Fact::known(value, Place { source, span: Span::new(0, 0) })
    }

    fn host(model: &str, more: &[&str]) -> Platform {
        let mut host = Platform::unknown();
        host.cpu.vendor = fact("Intel".to_owned());
        host.cpu.model = fact(model.to_owned());
        host.cpu.features = fact(more.iter().map(|&name| name.into()).collect());
        host
    }

    fn of(one: &Platform, other: &Platform) -> Difference {
        let all = passthrough_differences(one, other);
        all.into_iter().find(|difference| difference.aspect == Aspect::Features).unwrap()
    }

    #[test]
    fn models_are_compared_by_what_they_mean() {
        let (old, new) = (host("Nehalem", &["aes"]), host("Westmere", &[]));
        assert_eq!(of(&old, &new).bearing, Bearing::Agrees);
        let newer = host("Haswell", &[]);
        assert_eq!(of(&new, &newer).bearing, Bearing::Doubts);
        let back = of(&newer, &new);
        assert_eq!(back.bearing, Bearing::Blocks);
        assert!(back.lost.iter().any(|name| name == "avx2"));
    }

    #[test]
    fn another_model_is_another_cpu() {
        let of_model = |model, stepping| {
            let mut host = Platform::unknown();
            host.cpu.signature = fact(CpuSignature { family: 6, model, stepping });
            host
        };
        let bearing = |one: &Platform, other: &Platform| {
            let all = passthrough_differences(one, other);
            all.into_iter().find(|difference| difference.aspect == Aspect::Model).unwrap().bearing
        };
        assert_eq!(bearing(&of_model(63, 2), &of_model(63, 2)), Bearing::Agrees);
        assert_eq!(bearing(&of_model(85, 4), &of_model(85, 7)), Bearing::Doubts);
        assert_eq!(bearing(&of_model(63, 2), &of_model(79, 2)), Bearing::Blocks);
    }

    #[test]
    fn what_is_not_known_stays_unknown() {
        let all = passthrough_differences(&host("Nehalem", &[]), &Platform::unknown());
        assert!(all.iter().all(|difference| difference.bearing == Bearing::Unknown));
    }
}
