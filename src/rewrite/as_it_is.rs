//! The ports of a domain as its document has them, with nothing rewritten.

use super::draft::Draft;
use super::guest::Guest;
use super::said::says;
use super::{PortBudget, Profile, RewriteError, domain};
use crate::knowledge::ports;
use crate::model::{Arch, MachineFamily, Version, VirtType, machine_family};
use crate::text::xml::Element;

/// The root ports and SCSI places of a domain as `text` has it; `None` where `machine`, which is no alias, is neither a q35
/// nor a `virt`. With an old `qemu` fewer ports come up. Of SCSI controllers only those are counted whose places are
/// known: those of virtio.
///
/// # Errors
/// [`RewriteError`], where the text is not a domain's XML.
pub fn ports_as_they_are(
    text: &str,
    machine: &str,
    qemu: Option<Version>,
) -> Result<Option<PortBudget>, RewriteError> {
    let (arch, limit) = match machine_family(machine) {
        Some(MachineFamily::Q35) => (Arch::X86_64, ports::OF_Q35),
        Some(MachineFamily::Virt) => (Arch::Aarch64, qemu.map_or(ports::AT_MOST, ports::limit)),
        _ => return Ok(None),
    };
    let document = domain(text)?;
    let mut profile = Profile::at_home("", arch, machine.to_owned(), VirtType::Kvm);
    profile.port_limit = limit;
    let guest = Guest::new(&document, &profile);
    let mut budget = PortBudget::of(&Draft::new(&document), &guest);
    budget.scsi.retain(|line| is_on_virtio(&guest, line.controller));
    Ok(Some(budget))
}

fn is_on_virtio(guest: &Guest<'_>, index: u32) -> bool {
    let number = |c: &Element<'_>| c.value("index").and_then(|index| index.parse().ok()).unwrap_or(0);
    let this = |c: &Element<'_>| says(*c, "type", "scsi") && number(c) == index;
    let virtio = |c: &Element<'_>| c.value("model").is_some_and(|model| model.starts_with("virtio-"));
    guest.devices_named("controller").any(|c| this(&c) && virtio(&c))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A made-up domain with `ports` root ports, a virtio disk on the first of them and two disks on SCSI.
    fn domain(machine: &str, ports: u32, scsi: &str) -> String {
        let port = |index| format!("<controller type='pci' index='{index}' model='pcie-root-port'/>");
        let ports: String = (1..=ports).map(port).collect();
        format!(
            "<domain type='kvm'><name>made-up</name><os><type machine='{machine}'>hvm</type></os><devices>{ports}\
             <controller type='usb' model='none'/><memballoon model='none'/>\
             <controller type='scsi' index='0' model='{scsi}'>\
             <address type='pci' domain='0' bus='0x02' slot='0' function='0'/></controller>\
             <disk type='file'><target dev='vda' bus='virtio'/>\
             <address type='pci' domain='0' bus='0x01' slot='0' function='0'/></disk>\
             <disk type='file'><target dev='sda' bus='scsi'/></disk><disk type='file'><target dev='sdb' bus='scsi'/></disk>\
             </devices></domain>"
        )
    }

    fn counted(machine: &str, ports: u32, scsi: &str) -> Option<PortBudget> {
        ports_as_they_are(&domain(machine, ports, scsi), machine, None).unwrap()
    }

    #[test]
    fn taken_and_free_ports_are_counted_without_a_rewrite() {
        let q35 = counted("pc-q35-7.2", 2, "virtio-scsi").unwrap();
        assert_eq!((q35.used(), q35.free(), q35.limit), (2, 0, ports::OF_Q35));
        assert_eq!((q35.scsi[0].taken, q35.scsi[0].left()), (2, 254));
        let virt = counted("virt-7.2", 3, "virtio-scsi").unwrap();
        assert_eq!((virt.used(), virt.free(), virt.limit), (2, 1, ports::AT_MOST));
        let old = ports_as_they_are(&domain("virt", 3, "virtio-scsi"), "virt", Some(Version::new(2, 12, 0)));
        assert_eq!(old.unwrap().unwrap().limit, ports::OF_OLD_QEMU);
    }

    #[test]
    fn what_has_no_such_ports_or_places_is_not_counted() {
        assert_eq!(counted("pc-i440fx-7.2", 2, "virtio-scsi"), None);
        assert_eq!(counted("s390-ccw-virtio", 2, "virtio-scsi"), None);
        assert_eq!(counted("pc-q35-7.2", 2, "lsilogic").unwrap().scsi, []);
        assert!(ports_as_they_are("<network/>", "q35", None).is_err());
    }
}
