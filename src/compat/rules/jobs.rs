//! What libvirt and QEMU keep of a guest, or do with it, beside running it: jobs, saved memory, checkpoints.

use crate::compat::excerpt::Excerpt;
use crate::compat::finding::Findings;
use crate::compat::holds::Side;
use crate::compat::mode::Modes;
use crate::compat::pair::Individual;
use crate::compat::rule::{Check, Family, Rule};
use crate::compat::severity::Severity;
use crate::model::{DocumentKind, Fact, Host, Known, StateWord};
use crate::text::Place;

const RULE: Rule =
    Rule { family: Family::Migration, severity: Severity::Warning, only_warns: true, ..Rule::BLANK };

/// The guest of which lists tell.
const NAMED: &[Excerpt] = &[Excerpt::here(DocumentKind::Domain, "<name>web-01</name>")];

pub(super) const RULES: &[Rule] = &[
    Rule {
        id: "active-block-job",
        severity: Severity::Blocker,
        only_warns: false,
        modes: Modes::LIVE,
        summary: "A block job runs on a disk of the guest",
        explanation: "While a disk is copied, committed or pulled, libvirt refuses to migrate the guest (\"domain has \
                      active block job\", qemuMigrationSrcIsAllowed): the job belongs to the QEMU that runs it. The XML of \
                      the running guest shows a copy, or a commit of the topmost file, as <mirror>; a pull, and a commit further \
                      down, only virsh blockjob shows. Both need a file below the disk's: of a disk that has none, nothing more is asked.",
        remedy: "let the job finish and pivot, or abort it (virsh blockjob GUEST DISK --abort)",
        example: "<disk type='file'>\n  \
                  <source file='/images/db.raw'/>\n  \
                  <mirror type='file' job='copy'><source file='/new/db.raw'/></mirror>\n  \
                  <target dev='vda' bus='virtio'/>\n\
                  </disk>",
        near_miss: "<disk type='file'>\n  \
                    <source file='/images/db.raw'/>\n  \
                    <backingStore type='file'><source file='/images/base.raw'/></backingStore>\n  \
                    <target dev='vda' bus='virtio'/>\n\
                    </disk>",
        shown_in: (Side::Source, DocumentKind::LiveDomain),
        beside: &[Excerpt::here(DocumentKind::BlockJobs, "No current block job for vda")],
        references: &[
            "libvirt 9.0 and 11.3, qemuMigrationSrcIsAllowed, qemuDomainHasBlockjob",
            "observed: libvirt 9.0, with blockcopy, blockpull and blockcommit",
            "virsh(1), blockjob",
        ],
        needs: &[DocumentKind::LiveDomain, DocumentKind::BlockJobs],
        check: Check::Guest(active_block_job),
        ..RULE
    },
    Rule {
        id: "job-running",
        modes: Modes::AS_IT_IS,
        summary: "libvirt runs a job for the guest",
        explanation: "A guest has one job at a time: a backup, a save, a dump, a snapshot, a migration. virsh migrate waits for it and \
                      gives up after 30 seconds (\"Timed out during operation: cannot acquire state change lock\"). The job may be \
                      over by now; what virsh domjobinfo printed is of its moment.",
        remedy: "wait until the job is done, or abort it (virsh domjobabort)",
        example: "Job type:         Unbounded\nOperation:        Backup",
        near_miss: "Job type:         None",
        shown_in: (Side::Source, DocumentKind::Job),
        references: &[
            "observed: libvirt 9.0, virsh backup-begin, then migrate",
            "virsh(1), domjobinfo, domjobabort",
        ],
        needs: &[DocumentKind::Job, DocumentKind::BlockJobs],
        check: Check::Guest(job_running),
        ..RULE
    },
    Rule {
        id: "managed-save",
        modes: Modes::COLD,
        summary: "The guest's memory is saved on its host, and stays there",
        explanation: "After virsh managedsave the next start goes on from the saved memory. virsh migrate --offline moves such a guest \
                      without a word and leaves the file under /var/lib/libvirt/qemu/save: on the other host it boots from its \
                      disks as after a power failure. Its old host refuses to undefine it (\"Refusing to undefine while domain \
                      managed save image exists\").",
        remedy: "start the guest and shut it down, or give up what is saved (virsh managedsave-remove), before the move",
        example: "web-01",
        near_miss: "web-02",
        shown_in: (Side::Source, DocumentKind::ManagedSaves),
        beside: NAMED,
        references: &["observed: libvirt 9.0", "virsh(1), managedsave"],
        needs: &[
            DocumentKind::Domain,
            DocumentKind::ManagedSaves,
            DocumentKind::GuestState,
            DocumentKind::GuestList,
        ],
        check: Check::Guest(managed_save),
        ..RULE
    },
    Rule {
        id: "checkpoints",
        modes: Modes::AS_IT_IS,
        summary: "The guest has checkpoints, of which the other host's libvirt will not know",
        explanation: "A checkpoint is a bitmap in the disk's image, and libvirt's record of it. libvirt 9.0 and 11.3 do not refuse to \
                      move the guest, and do not move the record: incremental backups begin anew with a full one, and the \
                      bitmaps stay in the images.",
        remedy: "define the checkpoints anew on the other host (virsh checkpoint-create --redefine), or delete them first",
        example: "web-01",
        near_miss: "web-02",
        shown_in: (Side::Source, DocumentKind::Checkpoints),
        beside: NAMED,
        references: &[
            "observed: libvirt 9.0",
            "libvirt 9.0 and 11.3, qemuMigrationSrcIsAllowed",
            "virsh(1), checkpoint-create",
        ],
        needs: &[DocumentKind::Domain, DocumentKind::Checkpoints],
        check: Check::Guest(checkpoints),
        ..RULE
    },
];

fn active_block_job(guest: &Individual<'_>, findings: &mut Findings) {
    for mirror in guest.guest.running_storage().iter().filter_map(|disk| disk.mirror) {
        findings.fire("a block job runs on a disk", Some(mirror.place), "the job's other image");
    }
    let below = below(guest);
    match &guest.guest.moment.block_jobs {
        Fact::Known(jobs) if below.is_some() || guest.guest.live.is_none() => {
            for job in &jobs.value {
                let message = format!("a block job runs on a disk: {}", job.value);
                findings.fire(message, Some(job.place), "the job");
            }
        }
        // Of a disk without a file below, the XML of the running guest tells all jobs but a backup.
        Fact::Known(_) => {}
        Fact::Unknown(document) => {
            if let Some(below) = below {
                let what = "whether a file is pulled into a disk or committed to";
                findings.missing(*document, what, Some(below));
            }
        }
    }
}

/// A file below a disk of the running guest.
fn below(guest: &Individual<'_>) -> Option<Place> {
    guest.guest.live_reliance()?.backing.first().map(|file| file.place)
}

fn job_running(guest: &Individual<'_>, findings: &mut Findings) {
    let job = &guest.guest.moment.job;
    if let Some(what) = job.value().and_then(Option::as_ref) {
        let message = format!("libvirt ran a job for the guest: {what}");
        findings.fire(message, job.place(), "the job");
    }
    let told = below(guest).is_some() || guest.guest.live.is_none();
    let jobs = guest.guest.moment.block_jobs.value().filter(|_| !told);
    for job in jobs.into_iter().flatten() {
        let message = format!("a job ran on a disk: {}", job.value);
        findings.fire(message, Some(job.place), "the job");
    }
}

fn managed_save(guest: &Individual<'_>, findings: &mut Findings) {
    let own = guest.guest.name.as_str();
    let states = guest.home.and_then(|home| home.states.value());
    let in_list = states.and_then(|all| all.iter().find(|one| one.value.name == own));
    let in_list = in_list.filter(|one| one.value.state.word == StateWord::Saved).map(|one| one.place);
    let state = guest.guest.moment.state.as_ref();
    let in_state = state.filter(|state| {
        state.value.word == StateWord::ShutOff && state.value.reason.as_deref() == Some("saved")
    });
    let place = named(guest, |home| &home.managed_saves).or(in_state.map(|state| state.place)).or(in_list);
    if place.is_some() {
        findings.fire("the guest's memory is saved on its host", place, "told here");
    }
}

fn checkpoints(guest: &Individual<'_>, findings: &mut Findings) {
    if let Some(place) = named(guest, |home| &home.checkpoints) {
        findings.fire("the guest has checkpoints", Some(place), "listed here");
    }
}

/// Where a list of its host names the guest.
fn named(guest: &Individual<'_>, list: fn(&Host) -> &Fact<Vec<Known<String>>>) -> Option<Place> {
    let all = list(guest.home?).value()?;
    all.iter().find(|listed| listed.value == guest.guest.name).map(|listed| listed.place)
}
