//! The page on a phone.

use serde_json::json;

use super::browser::Browser;
use super::{SAMPLES, axe, check, report};

/// Opens a sample's report on a screen of 390 by 800.
fn on_a_phone(sample: &str) -> Browser {
    on_a_screen(sample, 390)
}

/// Opens a sample's report on a screen that is 800 high.
fn on_a_screen(sample: &str, width: u32) -> Browser {
    let mut browser = Browser::open(&report(sample));
    let screen = json!({ "width": width, "height": 800, "deviceScaleFactor": 1, "mobile": false });
    browser.call("Emulation.setDeviceMetricsOverride", &screen);
    browser
}

#[test]
#[cfg_attr(not(has_chromium), ignore = "skipped: no Chromium; install the package chromium")]
fn sections_stay_in_reach() {
    for sample in SAMPLES {
        let mut browser = on_a_phone(sample);
        browser.click("document.querySelector('nav a[href=\"#guests\"]')");
        let gone = browser.value("new Promise((done) => setTimeout(() => done(scrollY), 200))");
        assert!(gone.as_f64() > Some(2000.0), "{sample}: {gone}");
        let bar = "document.querySelector('header').getBoundingClientRect()";
        let [bottom, wide] = [
            format!("{bar}.bottom"),
            "document.documentElement.scrollWidth - document.documentElement.clientWidth".to_owned(),
        ]
        .map(|one| browser.value(&one).as_f64());
        assert!(bottom > Some(24.0) && bottom < Some(48.0), "{sample}: one line, {bottom:?}");
        assert_eq!(wide, Some(0.0), "{sample}: nothing else goes sideways");
        let head = browser.value("document.getElementById('guests-head').getBoundingClientRect().top");
        assert!(head.as_f64() > bottom, "{sample}: the heading is not behind it");
        let sideways = "(() => { const nav = document.querySelector('nav'); return nav.scrollWidth > nav.clientWidth; })()";
        assert_eq!(browser.value(sideways), true, "{sample}");
        browser.click("document.querySelector('nav a[href=\"#answer\"]')");
        let back = browser.value("new Promise((done) => setTimeout(() => done(scrollY), 200))");
        assert!(back.as_f64() < Some(100.0), "{sample}: {back}");
        assert_eq!(browser.complaints(), Vec::<String>::new(), "{sample}");
    }
}

/// Tables of moves, hosts and losses are read from top to bottom, and the hosts of a small cluster are all in view.
#[test]
#[cfg_attr(not(has_chromium), ignore = "skipped: no Chromium; install the package chromium")]
fn nothing_but_pictures_is_read_sideways() {
    const WIDER: &str = "[...document.querySelectorAll('#plan .scroll, #capacity .scroll, #cpu .scroll, #capacity > table')]\
        .filter((one) => !one.classList.contains('picture') && one.scrollWidth > one.clientWidth)\
        .map((one) => one.ariaLabel ?? one.id)";
    let mut browser = on_a_phone("kunpeng-rollout");
    browser.value("document.querySelectorAll('#plan details, #capacity details').forEach((one) => { one.open = true; }), 0");
    assert_eq!(browser.value(WIDER), json!([]));
    let names = "[...document.querySelectorAll('#grid tbody th')].filter((one) => one.scrollWidth > one.clientWidth).length";
    assert_eq!(browser.value(names), 0, "no name is cut off");
    let last = "[...document.querySelector('#grid tbody tr').cells].at(-1).getBoundingClientRect().right - innerWidth";
    assert!(browser.value(last).as_f64() < Some(0.0));
    assert_eq!(browser.value("document.querySelectorAll('.moves tbody tr').length").as_u64(), Some(16));
}

/// The shadow lies over cells where there is more to scroll to, and over none at the end.
#[test]
#[cfg_attr(not(has_chromium), ignore = "skipped: no Chromium; install the package chromium")]
fn the_chart_shows_that_there_is_more_to_scroll_to() {
    const OVER: &str = "(() => { const scroll = document.querySelector('#chart .scroll'); \
        const edge = scroll.getBoundingClientRect().right - parseFloat(getComputedStyle(scroll, '::after').width) - 1; \
        const shown = (cell) => { const at = cell.getBoundingClientRect(); return at.right > edge && at.left < edge + 20; }; \
        return [...scroll.querySelectorAll('tbody tr:first-child td[data-a], tbody tr:first-child td.h')].filter(shown).length; })()";
    let mut browser = on_a_screen("kunpeng-rollout", 320);
    let more = "(() => { const one = document.querySelector('#chart .scroll'); return one.scrollWidth > one.clientWidth \
                && getComputedStyle(one, '::after').position === 'sticky'; })()";
    assert_eq!(browser.value(more), true);
    assert!(browser.value(OVER).as_u64() > Some(0));
    browser.value("document.querySelector('#chart .scroll').scrollLeft = 1e5");
    assert_eq!(browser.value(OVER), 0);
    // Where a cell lies below it, a click still opens the cell.
    browser.value("document.querySelector('#chart .scroll').scrollLeft = 0");
    browser.click("document.querySelector('#grid tbody tr').cells[4]");
    assert_eq!(browser.value(super::OPEN), true);
    assert_eq!(browser.complaints(), Vec::<String>::new());
}

#[test]
#[cfg_attr(
    not(all(has_chromium, has_axe)),
    ignore = "skipped: no Chromium or no axe-core; install the package chromium, name axe.min.js in PORTOLAN_AXE"
)]
fn nothing_stands_in_the_way_on_a_phone() {
    let rules = axe();
    for sample in SAMPLES {
        let mut browser = on_a_phone(sample);
        browser.value(&format!("{rules}; 0"));
        check(&mut browser, &format!("{sample}, on a phone"));
        browser.value("document.querySelector('#bounds a[href^=\"#e\"], .moves a[href^=\"#e\"]').click(), 0");
        assert_eq!(browser.value(super::OPEN), true);
        check(&mut browser, &format!("{sample}, on a phone, a line is open"));
    }
}
