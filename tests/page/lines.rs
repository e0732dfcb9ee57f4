//! Lines that cells and links quote.

use serde_json::Value;

use super::browser::Browser;
use super::{SAMPLES, report};
use crate::common::repository;

/// Of each cell: the guest, the host it is on, the host it would go to, and the documents of its lines.
const CITED: &str = "(() => { const data = JSON.parse(document.getElementById('answers').textContent); \
    const hosts = [...document.querySelectorAll('#grid th.host')].map((one) => one.dataset.h); \
    const file = (line) => document.querySelector(`#e${line} code`).textContent.replace(/:\\d+:\\d+$/, ''); \
    return [...document.querySelectorAll('#grid td[data-a]')].map((cell) => [cell.parentElement.cells[0].firstChild.data, \
    cell.parentElement.cells[1].textContent, hosts[cell.cellIndex - 2], \
    data.answers[cell.dataset.a].slice(1).flatMap(([, ...lines]) => lines.map(file))]); })()";

/// Hosts that offer the same have documents of their own all the same: a cell quotes those of its own guest and host.
#[test]
#[cfg_attr(not(has_chromium), ignore = "skipped: no Chromium; install the package chromium")]
fn a_cell_quotes_lines_of_its_own_guest_and_hosts() {
    for sample in SAMPLES {
        let inventory = portolan::ingest::read(&repository().join("inventories").join(sample)).expect("read");
        let mut browser = Browser::open(&report(sample));
        let cells = browser.value(CITED);
        let mut quoted = 0;
        for cell in cells.as_array().expect("cells") {
            let [guest, home, host] = [0, 1, 2].map(|at| cell[at].as_str().expect("a name"));
            let guest = inventory.guest(guest).expect("a guest");
            let own = &inventory.sources.get(guest.source).path;
            let of_hosts = [home, host].map(|host| format!("hosts/{host}/"));
            for file in cell[3].as_array().into_iter().flatten().filter_map(Value::as_str) {
                quoted += 1;
                let fits = file == own || of_hosts.iter().any(|folder| file.starts_with(folder));
                // What the whole inventory has in common is no host's.
                assert!(fits || !file.starts_with("hosts/"), "{sample}: {cell} quotes {file}");
            }
        }
        assert!(quoted > 0, "{sample}");
    }
}
