//! Disks: what a `virt` machine cannot attach goes on virtio-scsi.

use std::collections::BTreeSet;

use super::draft::{At, Draft};
use super::guest::Guest;
use super::rules::{
    DEVICE_ADDRESS, DISK_BEHIND_SCSI, DISK_GEOMETRY, DISK_NAME, FLOPPY_DISK, IDE_DISK, SATA_DISK, SD_DISK,
    USB_CDROM,
};
use super::said::says;
use super::scsi::{Places, ScsiAddress, settle};
use super::targets::{bus, name_index, target};
use crate::compat::Rule;
use crate::text::xml::{Attribute, Element};

/// Attributes of `<driver>` that only a virtio disk can have (libvirt 11.3, `qemuValidateDomainDeviceDefDisk*`).
const VIRTIO_ONLY: &[&str] =
    &["ats", "event_idx", "ioeventfd", "iommu", "iothread", "packed", "page_per_vq", "queue_size", "queues"];

pub(super) fn pass<'d>(draft: &mut Draft<'d>, guest: &Guest<'d>) {
    let disks: Vec<_> = guest.devices_named("disk").collect();
    let crowded = crowded(&disks, guest.behind_scsi);
    let mut moving = Vec::new();
    for disk in &disks {
        match fate(guest, *disk, &crowded) {
            Fate::Stays => {}
            Fate::Goes => drop_floppy(draft, *disk),
            Fate::Moves(rule, reason) => moving.push((*disk, rule, reason)),
        }
    }
    let stays =
        |disk: &&Element<'d>| !draft.is_gone(**disk) && !moving.iter().any(|(moved, ..)| moved == *disk);
    let staying: Vec<Element<'d>> = disks.iter().filter(stays).copied().collect();
    let named: Vec<Element<'d>> = moving.iter().map(|(disk, ..)| *disk).collect();
    let mut names = Names::taken(&staying, &named);
    let mut places = Places::new(guest, settle(draft, guest, &staying));
    for (disk, rule, reason) in &moving {
        let name = names.give(&target(*disk));
        move_disk(draft, guest, *disk, (rule, reason), &name, places.give());
    }
    places.controllers(draft, guest);
    fstab(draft, &moving);
}

enum Fate {
    Stays,
    Goes,
    Moves(&'static Rule, &'static str),
}

fn fate(guest: &Guest<'_>, disk: Element<'_>, crowded: &[Element<'_>]) -> Fate {
    if crowded.contains(&disk) {
        return Fate::Moves(DISK_BEHIND_SCSI, "the devices of the guest are more than its PCIe root ports");
    }
    if !guest.foreign {
        return Fate::Stays;
    }
    let bus = bus(disk);
    match &*bus {
        _ if says(disk, "device", "floppy") => Fate::Goes,
        "fdc" => Fate::Goes,
        "ide" => Fate::Moves(IDE_DISK, "a virt machine has no IDE"),
        "sata" => Fate::Moves(SATA_DISK, "not every ARM kernel has AHCI; all have virtio-scsi"),
        "sd" => Fate::Moves(SD_DISK, "a virt machine has no SD card slot"),
        "xen" | "uml" => Fate::Moves(IDE_DISK, "the disk's bus does not exist on a virt machine"),
        "usb" | "virtio" if says(disk, "device", "cdrom") => {
            Fate::Moves(USB_CDROM, "a CD-ROM drive is empty at times, which only SCSI allows")
        }
        _ => Fate::Stays,
    }
}

/// The last `count` virtio disks that a SCSI controller could take.
fn crowded<'d>(disks: &[Element<'d>], count: u32) -> Vec<Element<'d>> {
    let fits = |disk: &&Element<'d>| {
        bus(**disk) == "virtio" && !says(**disk, "type", "vhostuser") && !says(**disk, "type", "vhostvdpa")
    };
    disks.iter().rev().filter(fits).take(count as usize).copied().collect()
}

fn drop_floppy<'d>(draft: &mut Draft<'d>, disk: Element<'d>) {
    let reason =
        format!("a virt machine has no floppy drive: the guest loses '{}' and what is on it", target(disk));
    draft.delete(FLOPPY_DISK, reason, disk);
    let medium = disk.child("source").and_then(|source| source.attributes().next()).map(Attribute::value);
    let medium = medium.unwrap_or("none".into());
    let text = format!(
        "give the guest what is on the floppy '{}' (medium: {medium}), which the new domain XML has lost, in another way, such as \
         a CD-ROM image",
        target(disk)
    );
    draft.step(FLOPPY_DISK, text, disk);
}

fn move_disk<'d>(
    draft: &mut Draft<'d>,
    guest: &Guest<'d>,
    disk: Element<'d>,
    why: (&Rule, &str),
    name: &str,
    place: ScsiAddress,
) {
    let (rule, reason) = why;
    let Some(at) = disk.child("target") else { return };
    let reason = &format!("{reason}: '{}' becomes '{name}' on SCSI", target(disk));
    draft.set(rule, reason, at, "dev", name);
    draft.set(rule, reason, at, "bus", "scsi");
    draft.unset(rule, reason, at, "removable");
    draft.unset(rule, reason, disk, "model");
    if let Some(driver) = disk.child("driver") {
        for attribute in VIRTIO_ONLY {
            draft.unset(rule, "only a virtio disk has it", driver, attribute);
        }
        if let Some(threads) = driver.child("iothreads") {
            draft.delete(rule, "only a virtio disk has them", threads);
        }
    }
    if let Some(geometry) = disk.child("geometry") {
        draft.delete(DISK_GEOMETRY, "it tells a PC BIOS how to count cylinders", geometry);
    }
    if let (Some(address), false) = (disk.child("address"), guest.foreign) {
        draft.delete(DEVICE_ADDRESS, "the disk is on another controller", address);
    } else if let Some(address) = disk.child("address") {
        draft.delete(DEVICE_ADDRESS, "it is an address on a controller that is gone", address);
    }
    draft.insert(rule, reason, disk, At::Last, place.element());
}

fn fstab<'d>(draft: &mut Draft<'d>, moving: &[(Element<'d>, &'static Rule, &'static str)]) {
    let disks = moving.iter().filter(|(disk, ..)| !says(*disk, "device", "cdrom"));
    let renamed: Vec<String> =
        disks.map(|(disk, ..)| target(*disk).into_owned()).filter(|n| !n.starts_with("sd")).collect();
    if let (Some((first, ..)), false) = (moving.first(), renamed.is_empty()) {
        let text = format!(
            "see that the guest's fstab and boot loader name file systems by UUID or label; called sdX from now on: {}",
            renamed.join(", ")
        );
        draft.step(DISK_NAME, text, *first);
    }
}

/// The names of disks that are taken.
pub(super) struct Names(BTreeSet<String>);

impl Names {
    /// The names of the disks that stay, and of those that move and are called `sdX` already.
    pub(super) fn taken(staying: &[Element<'_>], moving: &[Element<'_>]) -> Self {
        let kept = moving.iter().map(|disk| target(*disk).into_owned()).filter(|name| is_scsi_name(name));
        Self(staying.iter().map(|disk| target(*disk).into_owned()).chain(kept).collect())
    }

    /// A free name `sdX`: `old` where it is one, else one with the letters of `old` where it is free.
    pub(super) fn give(&mut self, old: &str) -> String {
        if is_scsi_name(old) {
            return old.to_owned();
        }
        let letters = ["hd", "sd", "vd", "xvd", "fd"].iter().find_map(|prefix| old.strip_prefix(prefix));
        let lettered = |l: &&str| !l.is_empty() && l.chars().all(|c| c.is_ascii_lowercase());
        let same = letters.filter(lettered).map(|letters| format!("sd{letters}"));
        let free = |name: &String| !self.0.contains(name);
        let name = same.filter(free).or_else(|| (0..u32::MAX).map(nth_name).find(free)).unwrap_or_default();
        self.0.insert(name.clone());
        name
    }
}

fn is_scsi_name(name: &str) -> bool {
    name.starts_with("sd") && name_index(name).is_some()
}

/// `sda`, `sdb`, …, `sdz`, `sdaa`, … as libvirt counts them (`virIndexToDiskName`).
fn nth_name(nth: u32) -> String {
    let (mut left, mut letters) = (u64::from(nth) + 1, Vec::new());
    while left > 0 {
        letters.push(b'a' + u8::try_from((left - 1) % 26).unwrap_or_default());
        left = (left - 1) / 26;
    }
    std::iter::once("sd".to_owned()).chain(letters.iter().rev().map(|l| char::from(*l).to_string())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_count_as_libvirt_counts() {
        assert_eq!([0, 25, 26, 702].map(nth_name), ["sda", "sdz", "sdaa", "sdaaa"]);
        assert!((0..2000).all(|n| name_index(&nth_name(n)) == Some(n)));
        assert_eq!(name_index("nvme0"), None);
    }

    #[test]
    fn names_do_not_clash() {
        let mut names = Names(["sda".to_owned(), "sdc".to_owned()].into());
        assert_eq!(["hda", "hdb", "hdc", "odd"].map(|old| names.give(old)), ["sdb", "sdd", "sde", "sdf"]);
    }
}
