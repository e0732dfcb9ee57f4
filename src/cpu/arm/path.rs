//! Ways between different cores that their vendor supports.

use crate::cpu::difference::compare;
use crate::cpu::{Aspect, Bearing, Difference};
use crate::knowledge::arm::{Software, VendorPath, vendor_path};
use crate::model::{DocumentKind, Fact, Known, Platform, Version};
use crate::text::Place;

/// The way between all the cores of two hosts that their vendor supports.
pub(super) fn path(source: &Platform, destination: &Platform) -> Option<&'static VendorPath> {
    let (from, to) = (source.cpu.midrs.value()?, destination.cpu.midrs.value()?);
    let mut ways = from.iter().flat_map(|&one| to.iter().map(move |&other| vendor_path(one, other)));
    let first = ways.next()??;
    ways.all(|way| way == Some(first)).then_some(first)
}

/// On a way that the vendor supports, other cores are a doubt and no longer a bar.
pub(super) fn soften(all: &mut [Difference], path: &VendorPath) {
    for difference in all.iter_mut().filter(|one| one.aspect == Aspect::Core) {
        difference.bearing = difference.bearing.min(Bearing::Doubts);
        difference.note = Some(path.source.to_owned());
    }
}

/// Whether both hosts have what the vendor asks for.
pub(super) fn difference(path: &VendorPath, source: &Platform, destination: &Platform) -> Difference {
    let enough = |have: &Vec<Version>| have.iter().zip(&path.needs).all(|(have, (_, needed))| have >= needed);
    let judge = |one: &Vec<Version>, other: &Vec<Version>| {
        let bearing = if enough(one) && enough(other) { Bearing::Doubts } else { Bearing::Blocks };
        let needed: Vec<_> = path.needs.iter().map(|(_, version)| *version).collect();
        let note = format!("needs {} on both hosts: {}", show(path, &needed), path.source);
        (bearing, Vec::new(), Some(note))
    };
    let (from, to) = (versions(path, source), versions(path, destination));
    compare(Aspect::VendorPath, &from, &to, |have| show(path, have), judge)
}

/// The versions that a host has of what `path` asks for.
fn versions(path: &VendorPath, host: &Platform) -> Fact<Vec<Version>> {
    let each = path.needs.iter().map(|(software, _)| version(host, *software));
    match each.collect::<Result<Vec<_>, _>>() {
        Ok(found) => {
            // The place of the one that is too old, if any is.
            let old = found.iter().zip(&path.needs).find(|(have, (_, needed))| have.value < *needed);
            let place: Option<Place> = old.map(|(have, _)| have.place).or_else(|| Some(found.first()?.place));
            let versions = found.iter().map(|have| have.value).collect();
            place.map_or(Fact::Unknown(DocumentKind::Version), |place| Fact::known(versions, place))
        }
        Err(document) => Fact::Unknown(document),
    }
}

fn version(host: &Platform, software: Software) -> Result<Known<Version>, DocumentKind> {
    match software {
        Software::Qemu => host.qemu.ask().cloned(),
        Software::Libvirt => host.libvirt.ask().cloned(),
        Software::Kernel => {
            let kernel = host.kernel.ask()?;
            let version = Version::parse(&kernel.value).ok_or(DocumentKind::Uname)?;
            Ok(Known::new(version, kernel.place))
        }
    }
}

fn show(path: &VendorPath, versions: &[Version]) -> String {
    let each =
        path.needs.iter().zip(versions).map(|((software, _), have)| format!("{} {have}", software.as_str()));
    each.collect::<Vec<_>>().join(", ")
}
