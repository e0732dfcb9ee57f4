//! A review for people.

use std::fmt::Write as _;

use super::document::{
    ArmSizingRecord, GuestPortsRecord, HostRoomRecord, HugePagesRecord, ReviewDocument, SumRecord,
};
use super::ports::thousandths;
use super::tables::{heading, hundredths, lines, number, table, wrapped};
use super::text_losses::losses;
use crate::model::Memory;
use crate::report::words::counted;

/// How many guests the tables of ports and of sizes list; the document has all.
const SHOWN: usize = 20;

/// The review in tables, `width` columns wide.
pub fn review_text(review: &ReviewDocument, width: u16) -> String {
    let mut out = format!(
        "{}: {} in {}, {}\n",
        review.cluster,
        counted(review.hosts.len(), "host"),
        counted(review.groups.len(), "group"),
        counted(review.guests, "guest")
    );
    out.push_str(&room(review, width));
    out.push_str(&huge_pages(review, width));
    out.push_str(&sizes(review, width));
    out.push_str(&losses(review, width));
    out.push_str(&ports(&review.ports, width));
    match &review.arm {
        Some(arm) => out.push_str(&sizing(arm, width)),
        None => out.push_str("\nx86 guests on ARM cores: there is no ARM host in the inventory\n"),
    }
    out
}

fn titles(titles: &[&str]) -> Vec<String> {
    titles.iter().map(|&title| title.to_owned()).collect()
}

fn room(review: &ReviewDocument, width: u16) -> String {
    let text = format!(
        "Room in MiB and vCPUs, without {} MiB that stay free on every host, with {} vCPUs for each processor",
        review.memory_reserve_mib,
        hundredths(Some(review.cpu_overcommit_percent))
    );
    let mut out = heading(&text, width);
    let head = ["host", "MiB", "used", "free", "vCPUs", "used", "free", "for each\nthread", "for each\ncore"];
    let mut table = table(titles(&head), 1, width);
    for group in &review.groups {
        let own = review.hosts.iter().filter(|host| host.group == group.group);
        table.add_rows(own.map(host_row));
        table.add_row(sum_row(format!("= group {}", group.group), &group.sum));
    }
    table.add_row(sum_row("= all".to_owned(), &review.all));
    out.push_str(&lines(&table));
    if !review.all.without.is_empty() {
        let without =
            format!("The sums are without {}, of which not all is known.", review.all.without.join(", "));
        out.push_str(&wrapped(&[without], width));
    }
    let unknown = |host: &HostRoomRecord| {
        host.unknown.iter().map(|what| format!("{}: {what}", host.host)).collect::<Vec<_>>()
    };
    out.push_str(&wrapped(&review.hosts.iter().flat_map(unknown).collect::<Vec<_>>(), width));
    let overfull = review.hosts.iter().filter(|host| host.overfull == Some(true));
    let overfull: Vec<String> = overfull
        .map(|host| format!("{} is overfull: its guests take more than it has.", host.host))
        .collect();
    out + &wrapped(&overfull, width)
}

fn host_row(host: &HostRoomRecord) -> Vec<String> {
    let numbers =
        [host.usable_mib, host.used_mib, host.free_mib, host.usable_vcpus, host.used_vcpus, host.free_vcpus];
    row(host.host.clone(), &numbers, host.vcpus_per_thread_percent, host.vcpus_per_core_percent)
}

fn sum_row(name: String, sum: &SumRecord) -> Vec<String> {
    let numbers =
        [sum.usable_mib, sum.used_mib, sum.free_mib, sum.usable_vcpus, sum.used_vcpus, sum.free_vcpus];
    row(name, &numbers.map(Some), sum.vcpus_per_thread_percent, sum.vcpus_per_core_percent)
}

fn row(name: String, numbers: &[Option<u64>], per_thread: Option<u64>, per_core: Option<u64>) -> Vec<String> {
    let ratios = [per_thread, per_core].map(hundredths);
    std::iter::once(name).chain(numbers.iter().copied().map(number)).chain(ratios).collect()
}

fn huge_pages(review: &ReviewDocument, width: u16) -> String {
    let mut table = table(titles(&["host", "page", "in use", "free"]), 1, width);
    let row = |name: &str, pages: &HugePagesRecord| {
        let size = pages.size_kib.map_or_else(|| "?".to_owned(), |size| Memory::kib(size).to_string());
        [name.to_owned(), size, number(pages.used_mib), number(pages.free_mib)]
    };
    for host in &review.hosts {
        table.add_rows(host.huge_pages.iter().map(|pages| row(&host.host, pages)));
    }
    if table.is_empty() {
        return "\nHuge pages: none is in use or known to be free\n".to_owned();
    }
    for group in review.groups.iter().filter(|group| group.hosts.len() > 1) {
        let name = format!("= group {}", group.group);
        table.add_rows(group.sum.huge_pages.iter().map(|pages| row(&name, pages)));
    }
    table.add_rows(review.all.huge_pages.iter().map(|pages| row("= all", pages)));
    heading("Huge pages in MiB, in use by guests that run", width) + &lines(&table)
}

/// Columns for one size.
const SIZE: usize = 12;

fn sizes(review: &ReviewDocument, width: u16) -> String {
    let shown = (usize::from(width) / SIZE).saturating_sub(2).max(1).min(review.sizes.len());
    let sizes = &review.sizes[..shown];
    if sizes.is_empty() {
        return "\nMore guests: no guest's size is known\n".to_owned();
    }
    let mut out = heading("How many guests more of a size have room, each size by itself", width);
    let title = |size: &super::document::SizeRecord| {
        format!("{} MiB\n{}", size.memory_mib, counted(size.vcpus as usize, "vCPU"))
    };
    let head = std::iter::once("host".to_owned()).chain(sizes.iter().map(title)).collect();
    let mut table = table(head, 1, width);
    let row = |name: String, cells: Vec<String>| std::iter::once(name).chain(cells).collect::<Vec<_>>();
    table.add_row(row("there are".to_owned(), sizes.iter().map(|size| size.guests.to_string()).collect()));
    for (at, group) in review.groups.iter().enumerate() {
        for (host, room) in review.hosts.iter().enumerate().filter(|(_, room)| room.group == group.group) {
            let cells = sizes.iter().map(|size| number(size.fit_by_host[host].fit)).collect();
            table.add_row(row(room.host.clone(), cells));
        }
        let cells = sizes.iter().map(|size| size.fit_by_group[at].to_string()).collect();
        table.add_row(row(format!("= group {}", group.group), cells));
    }
    table.add_row(row("= all".to_owned(), sizes.iter().map(|size| size.fit.to_string()).collect()));
    out.push_str(&lines(&table));
    if shown < review.sizes.len() {
        let _ = writeln!(out, " {} more: see --format json", counted(review.sizes.len() - shown, "size"));
    }
    let unknown = review.sizes_unknown.iter().map(|guest| guest.unknown.clone());
    out + &wrapped(&unknown.collect::<Vec<_>>(), width)
}

fn ports(guests: &[GuestPortsRecord], width: u16) -> String {
    if guests.is_empty() {
        return "\nRoot ports: no guest is on a q35 or a virt\n".to_owned();
    }
    let full = guests.iter().filter(|guest| guest.free == 0).count();
    let text = format!(
        "PCI Express root ports of guests on q35 and virt, the fullest first: {full} of {} have none free for a hot-plug",
        guests.len()
    );
    let mut out = heading(&text, width);
    let head = ["guest", "on", "machine", "used", "free", "possible", "SCSI disks\nmore"];
    let mut table = table(titles(&head), 3, width);
    for guest in guests.iter().take(SHOWN) {
        let scsi: Vec<String> = guest.scsi.iter().map(|one| one.left.to_string()).collect();
        table.add_row([
            guest.guest.clone(),
            guest.host.clone().unwrap_or_else(|| "-".to_owned()),
            guest.machine.clone(),
            guest.used.to_string(),
            guest.free.to_string(),
            guest.possible.to_string(),
            if scsi.is_empty() { "-".to_owned() } else { scsi.join("+") },
        ]);
    }
    out.push_str(&lines(&table));
    if guests.len() > SHOWN {
        let _ = writeln!(out, " {} more: see --format json", counted(guests.len() - SHOWN, "guest"));
    }
    out
}

fn sizing(arm: &ArmSizingRecord, width: u16) -> String {
    let fits = match arm.fits {
        Some(true) => "the sums fit; whether each guest does, a plan tells",
        Some(false) => "they do not fit",
        None => "whether they fit is not known",
    };
    let (low, high) = arm.cores_milli_between;
    let mut said = vec![
        arm.assumption.clone(),
        format!(
            "{} that may be rebuilt: {} vCPUs, {} of them threads of cores with SMT",
            counted(arm.guests.len(), "guest"),
            arm.vcpus,
            arm.smt_vcpus
        ),
        format!(
            "they take {} cores ({} at 0.6, {} at 0.7) with a core for each vCPU, {} with the overcommitment, and {} MiB",
            thousandths(arm.cores_milli),
            thousandths(low),
            thousandths(high),
            thousandths(arm.cores_overcommitted_milli),
            arm.memory_mib
        ),
        format!(
            "{} offer {} cores; {} vCPUs of a core each and {} MiB are free with the overcommitment: {fits}",
            counted(arm.offers.len(), "ARM host"),
            arm.offered_cores,
            arm.offered_vcpus,
            arm.offered_mib
        ),
    ];
    let hosts =
        arm.offers.iter().filter_map(|offer| Some(format!("{}: {}", offer.host, offer.unknown.as_ref()?)));
    said.extend(hosts);
    said.extend(arm.unknown.iter().map(|guest| format!("{}: {}", guest.guest, guest.unknown)));
    heading("x86 guests on ARM cores", width) + &wrapped(&said, width)
}
