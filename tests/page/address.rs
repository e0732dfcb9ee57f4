//! What is open has an address, and what numbers count is found by them.

use serde_json::json;

use super::browser::Browser;
use super::{OPEN, report};

/// After what the browser does behind the script.
fn then(browser: &mut Browser, what: &str) -> serde_json::Value {
    browser.value(&format!(
        "{what}; new Promise((done) => setTimeout(() => done([{OPEN}, location.hash]), 300))"
    ))
}

#[test]
#[cfg_attr(not(has_chromium), ignore = "skipped: no Chromium; install the package chromium")]
fn going_back_closes_what_is_open_and_an_address_opens_it() {
    let mut browser = Browser::open(&report("kunpeng-rollout"));
    let cell = "[...document.querySelectorAll('#grid tbody tr')].find((row) => row.cells[0].textContent === 'db-01').cells[8]";
    browser.click(cell);
    let open = json!([true, "#why=db-01/xeon-hsw-02"]);
    assert_eq!(then(&mut browser, "0"), open);
    assert_eq!(then(&mut browser, "history.back()"), json!([false, ""]));
    assert_eq!(then(&mut browser, "history.forward()"), open);
    browser.key("Escape", 27);
    assert_eq!(then(&mut browser, "0"), json!([false, "#chart"]));
    browser.click(cell);
    assert_eq!(then(&mut browser, "0"), open);
    assert_eq!(then(&mut browser, "history.back()"), json!([false, ""]), "one step, however much was opened");
    assert_eq!(
        then(&mut browser, "location.hash = '#why=db-01/xeon-clx-02'"),
        json!([true, "#why=db-01/xeon-clx-02"])
    );
    browser.key("Escape", 27);
    assert_eq!(then(&mut browser, "0"), json!([false, "#chart"]));
    for nothing in ["#why=db-01", "#why=%E0%A4/x", "#%", "#why=nobody/xeon-clx-02"] {
        assert_eq!(then(&mut browser, &format!("location.hash = '{nothing}'"))[0], false, "{nothing}");
    }
    assert_eq!(browser.complaints(), Vec::<String>::new());
}

#[test]
#[cfg_attr(not(has_chromium), ignore = "skipped: no Chromium; install the package chromium")]
fn a_verdict_has_the_room_beside_it_that_it_does_not_count() {
    let mut browser = Browser::open(&report("kunpeng-rollout"));
    let cell = "[...document.querySelectorAll('#grid tbody tr')].find((row) => row.cells[0].textContent === 'cache-01').cells[5]";
    browser.click(cell);
    let told = browser.text("document.getElementById('why-body').textContent");
    let row = browser.text(
        "[...document.querySelectorAll('#hosts tbody tr')].find((row) => row.cells[0].textContent === 'xeon-clx-01').cells[1].querySelector('.bar').textContent",
    );
    assert!(told.contains(&format!("Memory on xeon-clx-01: {row}")), "{told}");
    // Page Down reads on in what is open, or does nothing: the page behind stays where it is.
    let before = browser.value("scrollY");
    browser.key("PageDown", 34);
    assert_eq!(browser.value("new Promise((done) => setTimeout(() => done(scrollY), 300))"), before);
    assert_eq!(browser.complaints(), Vec::<String>::new());
}

#[test]
#[cfg_attr(not(has_chromium), ignore = "skipped: no Chromium; install the package chromium")]
fn where_a_guest_is_its_cell_leads_to_what_is_told_of_it() {
    let mut browser = Browser::open(&report("kunpeng-rollout"));
    browser.click("[...document.querySelectorAll('#grid tbody tr')].find((row) => row.cells[0].firstChild.data === 'build-arm-02').cells[2]");
    then(&mut browser, "0");
    assert_eq!(browser.value("document.querySelector('#each > details:target').dataset.g"), "build-arm-02");
    assert_eq!(browser.value("document.querySelector('#each > details:target').open"), true);
    assert_eq!(browser.complaints(), Vec::<String>::new());
}

#[test]
#[cfg_attr(not(has_chromium), ignore = "skipped: no Chromium; install the package chromium")]
fn a_number_of_guests_leads_to_the_cells_that_it_counts() {
    let mut browser = Browser::open(&report("kunpeng-rollout"));
    browser.value("document.querySelector('#graph > details').open = true, 0");
    browser.click("document.querySelector('#graph a.asked[data-v=l]')");
    let shown = "[...document.querySelectorAll('#grid tbody tr:not([hidden]) td:not([hidden]):not(.off)[data-a]')].map((cell) => cell.className)";
    let shown = browser.value(shown);
    let classes = shown.as_array().expect("a list");
    assert!(!classes.is_empty() && classes.iter().all(|class| class == "l"), "{shown}");
    assert_eq!(browser.complaints(), Vec::<String>::new());
}
