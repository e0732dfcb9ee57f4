//! What tells why on the page, so that nobody has to ask elsewhere: guests that do not start again, and moves that wait.

use std::path::Path;

use portolan::compat::{Answer, Chart};
use serde_json::json;

use super::browser::Browser;
use super::{SAMPLES, report};
use crate::common::repository;
use crate::samples::printed;

/// Of each guest that would not start again: its name, its host, and of each reason the rule, the remedy and the document.
const STUCK: &str = "[...document.querySelectorAll('#stuck ~ ul.left')].slice(0, document.getElementById('stuck') ? 1 : 0) \
    .flatMap((list) => [...list.children]).map((one) => [one.querySelector('a').textContent, one.querySelectorAll(':scope > a')[0].textContent, \
    [...one.querySelectorAll('li')].map((why) => [/\\(([a-z0-9-]+)\\)$/.exec(why.querySelector('a').textContent)[1], \
    why.querySelector('i').textContent, document.querySelector(`${why.querySelector('a').hash} code`).textContent])])";

#[test]
#[cfg_attr(not(has_chromium), ignore = "skipped: no Chromium; install the package chromium")]
fn guests_that_would_not_start_again_have_their_reasons() {
    let mut told = 0;
    for sample in SAMPLES {
        let inventory = portolan::ingest::read(&repository().join("inventories").join(sample)).expect("read");
        let chart = Chart::new(&inventory);
        let stuck: Vec<&str> = (0..inventory.guests.len())
            .filter(|&guest| {
                chart.home(guest).is_some_and(|home| chart.assess(guest, home).cold == Answer::No)
            })
            .map(|guest| inventory.guests[guest].name.as_str())
            .collect();
        let mut browser = Browser::open(&report(sample));
        let found = browser.value(STUCK);
        let found = found.as_array().expect("guests");
        assert_eq!(found.iter().map(|one| &one[0]).collect::<Vec<_>>(), stuck, "{sample}");
        for one in found {
            let (guest, host) = (one[0].as_str().expect("a name"), one[1].as_str().expect("a name"));
            assert_eq!(inventory.guest(guest).expect("a guest").host.as_deref(), Some(host));
            let reasons = one[2].as_array().expect("reasons");
            assert!(!reasons.is_empty(), "{one}");
            for reason in reasons {
                let [rule, remedy, at] = [0, 1, 2].map(|part| reason[part].as_str().expect("a text"));
                assert!(portolan::compat::rule(rule).is_some() && !remedy.is_empty(), "{reason}");
                assert!(at.starts_with(&format!("hosts/{host}/")), "{reason}");
            }
        }
        told += found.len();
    }
    assert!(told > 0);
}

/// Of each time that a move is named in why another is made: what is amiss; and how many there are.
const NAMED: &str = "(() => { const stages = [...document.querySelectorAll('#plan > h3')]; \
    const stage = (one) => stages.filter((head) => head.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING).length; \
    const whys = [...document.querySelectorAll('.moves td.why')]; \
    const links = whys.flatMap((why) => [...why.querySelectorAll('a[href^=\"#m\"]')]); \
    const count = whys.reduce((sum, why) => sum + (why.textContent.match(/\\bmove \\d+/g) ?? []).length, 0); \
    const amiss = links.filter((link) => { const row = document.getElementById(link.hash.slice(1)); \
    return link.textContent !== `move ${row.cells[0].textContent}` || stage(row) !== stage(link) || row === link.closest('tr'); }); \
    return [amiss.map((one) => one.textContent), count - links.length, links.length, new Set(links.map(stage)).size]; })()";

fn moves_lead_to_their_rows(file: &Path, stages: u64) {
    let mut browser = Browser::open(file);
    let found = browser.value(NAMED);
    assert_eq!((&found[0], &found[1]), (&json!([]), &json!(0)), "{}", file.display());
    assert!(found[2].as_u64() > Some(0) && found[3].as_u64() >= Some(stages), "{found}");
    browser.click("[...document.querySelectorAll('.moves td.why a')].at(-1)");
    let there = "document.querySelector('.moves tr:target').cells[0].textContent";
    let named = browser.text("[...document.querySelectorAll('.moves td.why a')].at(-1).textContent");
    assert_eq!(named, format!("move {}", browser.text(there)));
    assert_eq!(browser.complaints(), Vec::<String>::new());
}

#[test]
#[cfg_attr(not(has_chromium), ignore = "skipped: no Chromium; install the package chromium")]
fn moves_that_are_waited_for_lead_to_their_rows() {
    for sample in SAMPLES {
        moves_lead_to_their_rows(&report(sample), 1);
    }
    let folder = tempfile::tempdir().expect("a folder");
    let output = folder.path().to_str().expect("UTF-8");
    let wanted =
        ["plan", "inventories/two-generations", "--intent", "upgrade hsw-01 hsw-02", "--output", output];
    printed(&wanted, &[0]);
    moves_lead_to_their_rows(&folder.path().join("report.html"), 2);
}
