//! Lines that cells and links quote.

use serde_json::Value;

use super::browser::Browser;
use super::{OPEN, SAMPLES, report};
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

/// The reason that was followed is what the reader came for: it stands first, and says so.
#[test]
#[cfg_attr(not(has_chromium), ignore = "skipped: no Chromium; install the package chromium")]
fn a_reason_that_is_followed_stands_first() {
    const LINKS: &str = "[...document.querySelectorAll('#answer a.cell[href^=\"#r\"]')]";
    const FIRST: &str = "document.querySelector('#why-body > ul > li')";
    let mut browser = Browser::open(&report("kunpeng-rollout"));
    let count = browser.value(&format!("{LINKS}.length")).as_u64().expect("a number");
    assert!(count > 1);
    for at in 0..count {
        let link = format!("{LINKS}[{at}]");
        browser.click(&link);
        let said = browser.text(&format!("{link}.textContent.replace(/ \\([a-z0-9-]+\\)$/, '')"));
        let told = browser.text(&format!("{FIRST}.textContent"));
        assert!(told.contains(&said) && told.contains("The reason that you followed"), "{said}: {told}");
        let shown = format!(
            "{FIRST}.matches('.asked') && {FIRST}.getBoundingClientRect().bottom < innerHeight && \
             document.querySelectorAll('#why-body .asked').length"
        );
        assert_eq!(browser.value(&shown), 1, "{said}");
        browser.key("Escape", 27);
    }
    browser.value("document.querySelector('#grid td.i').click(), 0");
    assert_eq!(
        browser.value("document.querySelectorAll('#why-body .asked').length"),
        0,
        "nothing was followed"
    );
    assert_eq!(browser.complaints(), Vec::<String>::new());
}

/// Of an impossible guest: whether the severities come the worst first, and what stays before what goes away; and how many
/// lists have both.
const ORDERED: &str = "[...document.querySelectorAll('#grid td.i')].reduce(([fits, both], cell) => { cell.click(); \
    const all = [...document.querySelectorAll('#why-body > ul > li')].map((one) => \
    ['blocker', 'unknown', 'warning', 'note'].indexOf(one.querySelector('b').className) * 2 + one.textContent.includes('; goes away when')); \
    document.getElementById('why').close(); \
    return [fits && all.every((one, at) => at === 0 || all[at - 1] <= one), both + (all.includes(0) && all.includes(1))]; }, [true, 0])";

#[test]
#[cfg_attr(not(has_chromium), ignore = "skipped: no Chromium; install the package chromium")]
fn what_rewriting_does_not_mend_is_told_first() {
    let mut both = 0;
    for sample in SAMPLES {
        let mut browser = Browser::open(&report(sample));
        let found = browser.value(ORDERED);
        assert_eq!(found[0], true, "{sample}");
        both += found[1].as_u64().expect("a number");
    }
    assert!(both > 0);
}

const QUOTED: &str = "[...document.querySelectorAll('main a[href^=\"#e\"]')].filter((one) => /^#e\\d+$/.test(one.hash) \
    && !one.closest('#reasons'))";

#[test]
#[cfg_attr(not(has_chromium), ignore = "skipped: no Chromium; install the package chromium")]
fn a_link_to_a_line_shows_it_where_the_link_is() {
    for sample in SAMPLES {
        let mut browser = Browser::open(&report(sample));
        let link = format!("{QUOTED}[0]");
        browser.value("document.querySelectorAll('details').forEach((one) => { one.open = true; }), 0");
        browser.click(&link);
        let line = browser.text(&format!("document.getElementById({link}.hash.slice(1)).textContent"));
        let shown = "document.querySelector('#why-body li')";
        assert!(browser.value(OPEN) == true && browser.text(&format!("{shown}.textContent")) == line);
        let at = browser.text(&format!("{shown}.querySelector('code').textContent"));
        assert_eq!(at.rsplit(':').take(2).filter(|one| one.parse::<u32>().is_ok()).count(), 2, "{at}");
        assert_eq!(browser.value(&format!("{shown}.querySelectorAll('q mark').length")), 1);
        assert_eq!(browser.text("location.hash"), "", "the reader stays");
        browser.key("Escape", 27);
        assert!(browser.value(&format!("!{OPEN} && document.activeElement === {link}")) == true, "{sample}");
        assert_eq!(browser.complaints(), Vec::<String>::new(), "{sample}");
    }
}

#[test]
#[cfg_attr(not(has_chromium), ignore = "skipped: no Chromium; install the package chromium")]
fn lines_are_shown_and_found_by_keyboard() {
    for sample in SAMPLES {
        let mut browser = Browser::open(&report(sample));
        let link = format!("{QUOTED}.at(-1)");
        let fold = format!(
            "for (let one = {link}; one; one = one.parentElement) if (one.tagName === 'DETAILS') one.open = true; {link}.focus()"
        );
        browser.value(&fold);
        browser.key("Enter", 13);
        assert!(browser.value(OPEN) == true, "{sample}");
        browser.key("Tab", 9);
        let focused = format!(
            "document.activeElement.matches('#why-body a') && document.activeElement.hash === {link}.hash"
        );
        assert!(browser.value(&focused) == true, "{sample}: the link to the list");
        browser.key("Enter", 13);
        let there = format!(
            "new Promise((done) => setTimeout(() => {{ const at = document.querySelector('#reasons li:target')?.getBoundingClientRect(); \
             done(!{OPEN} && location.hash === {link}.hash && at?.height > 0 && at.top >= 0 && at.bottom <= innerHeight \
             && document.activeElement !== {link}); }}, 200))"
        );
        assert!(browser.value(&there) == true, "{sample}: it leads to the list");
        // Within the list links lead on.
        browser
            .value("document.querySelectorAll('#reasons details').forEach((one) => { one.open = true; }), 0");
        let within = "document.querySelector('#reasons li[id^=r] a[href^=\"#e\"]')";
        let hash = browser.text(&format!("{within}.hash"));
        browser.click(within);
        assert_eq!((browser.value(OPEN), browser.text("location.hash")), (false.into(), hash), "{sample}");
        assert_eq!(browser.complaints(), Vec::<String>::new(), "{sample}");
    }
}
