//! What is collected of one guest beside its definitions: its state, its jobs, the files below its disks.

use crate::model::{DocumentKind as D, Fact, GuestState, Known, Moment};
use crate::text::{Line, SourceId, Span, lines};

use super::activity;
use super::saying::{fields, known};

/// The kinds of document that are read here.
pub(super) const KINDS: [D; 6] =
    [D::GuestState, D::Job, D::BlockJobs, D::Images, D::Statistics, D::CompletedJob];

/// Reads one document of a kind. What it does not say stays unknown.
pub(super) fn read(kind: D, source: SourceId, text: &str, moment: &mut Moment) {
    match kind {
        D::GuestState => moment.state = state(source, text),
        D::Job => moment.job.fill(job(source, text)),
        D::BlockJobs => moment.block_jobs.fill(block_jobs(source, text)),
        D::Images => moment.backing = backing(source, text),
        D::Statistics => activity::statistics(source, text, moment.activity.get_or_insert_default()),
        D::CompletedJob => activity::completed(source, text, moment.activity.get_or_insert_default()),
        _ => {}
    }
}

/// `virsh domstate --reason` (libvirt 9.0): one line.
fn state(source: SourceId, text: &str) -> Option<Known<GuestState>> {
    lines(text).find_map(|line| Some(known(source, line.span(), GuestState::parse(line.text)?)))
}

/// `virsh domjobinfo` (libvirt 9.0): `Job type: None` where none runs, else its operation, where it says one.
fn job(source: SourceId, text: &str) -> Option<Known<Option<String>>> {
    let of = |key| fields(text, ':').find(|field| field.key == key);
    let kind = of("Job type")?;
    let operation = matches!(kind.value, "Bounded" | "Unbounded").then(|| of("Operation").unwrap_or(kind));
    let told = operation.unwrap_or(kind);
    Some(known(source, told.span, operation.map(|operation| operation.value.to_owned())))
}

/// `virsh blockjob --raw` (libvirt 9.0), of one disk after the other: ` type=Block Pull` for each job, and
/// `No current block job for vda`, or nothing, for a disk without. `--info` names it as `Block Pull: [ 2 %]`.
fn block_jobs(source: SourceId, text: &str) -> Option<Known<Vec<Known<String>>>> {
    let job = |line: Line<'_>| {
        let raw = line.text.trim().strip_prefix("type=");
        let name = raw.or_else(|| line.text.trim().split_once(": [").map(|(name, _)| name))?;
        Some(known(source, line.span(), name.to_owned()))
    };
    let is_error = lines(text).any(|line| line.text.starts_with("error:"));
    let jobs = lines(text).filter_map(job).collect();
    (!is_error).then(|| known(source, Span::new(0, text.len()), jobs))
}

/// `qemu-img info --backing-chain` (QEMU 7.2): `image:` begins each file of a chain, the disk's own first, and
/// `backing file:` names the one below as the file itself does.
fn backing(source: SourceId, text: &str) -> Vec<Known<String>> {
    let below = fields(text, ':').filter(|field| field.key == "backing file");
    let path = |value: &str| {
        let actual = value.split_once(" (actual path: ").and_then(|(_, path)| path.strip_suffix(')'));
        actual.unwrap_or(value).to_owned()
    };
    below.map(|field| known(source, field.span, path(field.value))).filter(is_file).collect()
}

/// Not a network disk (`rbd:…`, `json:…`), nor a name without a folder, of which it is not known where it lies.
fn is_file(path: &Known<String>) -> bool {
    path.value.starts_with('/')
}

impl Moment {
    /// Whether anything was understood of a document of this kind.
    pub(super) fn says(&self, kind: D, text: &str) -> bool {
        match kind {
            D::GuestState => self.state.is_some(),
            D::Job => matches!(self.job, Fact::Known(_)),
            D::BlockJobs => matches!(self.block_jobs, Fact::Known(_)),
            D::Statistics => text.contains("Domain: "),
            D::CompletedJob => text.contains("Job type:"),
            _ => text.contains("image: "),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::tests::{any_text, source};
    use crate::model::StateWord;
    use proptest::prelude::*;

    fn moment(kind: D, text: &str) -> Moment {
        let mut moment = Moment::default();
        read(kind, source(), text, &mut moment);
        moment
    }

    /// What libvirt 9.0 printed of a guest that was backed up.
    const BACKUP: &str = "Job type:         Unbounded   \nOperation:        Backup      \n\
        Time elapsed:     239          ms\n\n";
    /// What libvirt 9.0 printed of a guest with a disk that was pulled, and of one that was not.
    const PULL: &str =
        " type=Block Pull\n bandwidth=1\n cur=1572864\n end=67108864\n\nNo current block job for vdb\n";
    /// What QEMU 7.2 printed, with other names.
    const CHAIN: &str = "image: /images/g.qcow2\nfile format: qcow2\nbacking file: base.qcow2 (actual path: /images/base.qcow2)\n\
        backing file format: qcow2\n\nimage: /images/base.qcow2\nfile format: qcow2\n";

    #[test]
    fn a_state_has_its_reason() {
        let state = moment(D::GuestState, "paused (I/O error)\n\n").state.expect("said").value;
        assert_eq!((state.word, state.reason.as_deref()), (StateWord::Paused, Some("I/O error")));
        let state = moment(D::GuestState, "shut off\n").state.expect("said").value;
        assert_eq!((state.word.is_active(), state.reason), (Some(false), None));
        assert_eq!(moment(D::GuestState, "error: failed to get domain 'g'\n").state, None);
    }

    #[test]
    fn jobs_are_told_by_what_they_do() {
        assert_eq!(moment(D::Job, BACKUP).job.value(), Some(&Some("Backup".to_owned())));
        assert_eq!(moment(D::Job, "Job type:         None        \n\n").job.value(), Some(&None));
        let jobs = moment(D::BlockJobs, PULL).block_jobs;
        let jobs: Vec<_> = jobs.value().expect("known").iter().map(|job| job.value.as_str()).collect();
        assert_eq!(jobs, ["Block Pull"]);
        let jobs = moment(D::BlockJobs, "Block Copy: [100 %]\n").block_jobs;
        assert_eq!(jobs.value().map(Vec::len), Some(1));
        assert_eq!(moment(D::BlockJobs, "").block_jobs.value().map(Vec::len), Some(0));
        assert_eq!(moment(D::BlockJobs, "error: no domain\n").block_jobs.value(), None);
    }

    #[test]
    fn the_files_below_a_disk_are_found_where_they_lie() {
        let below: Vec<_> = moment(D::Images, CHAIN).backing.into_iter().map(|file| file.value).collect();
        assert_eq!(below, ["/images/base.qcow2"]);
        assert!(moment(D::Images, "image: a\nbacking file: rbd:pool/base\n").backing.is_empty());
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in prop_oneof![any_text(BACKUP), any_text(PULL), any_text(CHAIN)]) {
            for kind in KINDS {
                let _ = moment(kind, &text).says(kind, &text);
            }
        }
    }
}
