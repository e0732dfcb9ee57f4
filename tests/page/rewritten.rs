//! What cells say of guests that would be rewritten.

use std::fs;
use std::path::{Path, PathBuf};

use portolan::compat::{Answer, Chart};
use portolan::ingest;
use portolan::model::Cluster;
use portolan::rewrite::{Wish, rewrite_guest};

use super::browser::Browser;
use super::{ROWS, SAMPLES, report};
use crate::common::{files, repository};

/// Of each cell: the guest, the host, and what the page knows of it once the guest is rewritten.
const AFTERWARDS: &str = "(() => { const data = JSON.parse(document.getElementById('answers').textContent); \
    const hosts = [...document.querySelectorAll('#grid th.host')].map((one) => one.dataset.h); \
    return [...document.querySelectorAll('#grid td[data-a]')].map((cell) => [cell.parentElement.cells[0].firstChild.data, \
    hosts[cell.cellIndex - 2], data.words[data.answers[cell.dataset.a][0]][3]]); })()";

/// What the page foresees is done: the guest is rewritten for the host, read again and judged.
#[test]
#[cfg_attr(not(has_chromium), ignore = "skipped: no Chromium; install the package chromium")]
fn what_a_cell_says_of_a_rewritten_guest_is_so() {
    for (sample, least) in SAMPLES.into_iter().zip([3, 11, 15]) {
        let inventory = Inventory::read(sample);
        let mut browser = Browser::open(&report(sample));
        let cells = browser.value(AFTERWARDS);
        let mut starts = 0;
        for cell in cells.as_array().expect("cells") {
            let (guest, host) = (cell[0].as_str().expect("a guest"), cell[1].as_str().expect("a host"));
            let foreseen = &cell[2];
            if foreseen == "starts" {
                starts += 1;
                assert_eq!(inventory.rewritten(guest, host), Some(Answer::Yes), "{guest} to {host}");
            } else if foreseen.get("cold").is_some() {
                assert_ne!(inventory.rewritten(guest, host), Some(Answer::Yes), "{guest} to {host}");
            } else if foreseen == "refused" {
                assert_eq!(inventory.rewritten(guest, host), None, "{guest} to {host}");
            }
        }
        assert_eq!(starts, least, "{sample}");
    }
}

/// A sample as it is on disk.
struct Inventory {
    files: Vec<(String, Vec<u8>)>,
    cluster: Cluster,
}

impl Inventory {
    fn read(sample: &str) -> Self {
        let root = repository().join("inventories").join(sample);
        let inside =
            |path: &Path| path.strip_prefix(&root).expect("inside").to_str().expect("UTF-8").to_owned();
        let files = files(&root, &|_| true);
        let read = |path: &PathBuf| (inside(path), fs::read(path).expect("readable"));
        let files: Vec<_> = files.iter().map(read).collect();
        Self { cluster: ingest::read_files(sample, files.clone()), files }
    }

    /// Whether a guest starts on a host, shut down where it is and rewritten; nothing where it cannot be rewritten.
    fn rewritten(&self, guest: &str, host: &str) -> Option<Answer> {
        let (guest, to) = (self.cluster.guest(guest)?, self.cluster.host(host)?);
        let (_, new) = rewrite_guest(&self.cluster, guest, &[to], &Wish::default()).ok()?;
        let stored = &self.cluster.sources.get(guest.source).path;
        let live = stored.replace(".xml", ".live.xml");
        let mut files = self.files.clone();
        files.retain(|(path, _)| *path != live && path != stored);
        files.push((stored.clone(), new.text.into_bytes()));
        let cluster = ingest::read_files("rewritten", files);
        let at = cluster.guests.iter().position(|one| one.name == guest.name && one.host == guest.host);
        let to = cluster.hosts.iter().position(|one| one.name == host);
        Some(Chart::new(&cluster).assess(at.expect("the guest"), to.expect("the host")).cold)
    }
}

#[test]
#[cfg_attr(not(has_chromium), ignore = "skipped: no Chromium; install the package chromium")]
fn a_cell_tells_what_rewriting_would_change() {
    let after = |browser: &mut Browser, guest: &str, host: &str| {
        let cell = format!(
            "(() => {{ const at = [...document.querySelectorAll('#grid th.host')].findIndex((one) => one.dataset.h === {host:?}); \
             return {ROWS}.find((row) => row.cells[0].firstChild.data === {guest:?}).cells[at + 2]; }})()"
        );
        browser.click(&cell);
        let said = browser.text("document.getElementById('why-after')?.textContent ?? ''");
        let modes = browser.text("document.querySelector('#why-body p').textContent");
        browser.key("Escape", 27);
        (modes, said)
    };
    let mut browser = Browser::open(&report("kunpeng-rollout"));
    let (modes, said) = after(&mut browser, "build-arm-02", "taishan-02");
    assert_eq!(modes, "live no, cold no, rebuild no (the host runs its architecture). It is off.");
    assert!(
        said.contains(
            "once its domain XML is rewritten for taishan-02, build-arm-02 could be started there (cold)"
        ),
        "{said}"
    );
    assert!(said.contains("portolan rewrite INVENTORY --guest build-arm-02 --to taishan-02"), "{said}");
    let (_, said) = after(&mut browser, "gitlab-01", "taishan-01");
    assert!(
        said.contains("still could not be rebuilt for it. What does not go away: network-absent."),
        "{said}"
    );
    // A guest that starts there anyway, and one for which nothing goes away.
    assert_eq!(after(&mut browser, "web-01", "xeon-clx-01").1, "");
    assert_eq!(after(&mut browser, "hpc-01", "xeon-hsw-01").1, "");
    assert_eq!(browser.complaints(), Vec::<String>::new());
}
