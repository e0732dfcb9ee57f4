//! `report.html` in a browser: that it opens, that all of it works by mouse and by keyboard, and who can use it.

mod address;
mod browser;
mod led_on;
mod lines;
mod phone;
mod rewritten;

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::json;

use crate::common::repository;
use crate::samples::{portolan, printed};
use browser::Browser;

const SAMPLES: [&str; 3] = ["captured", "kunpeng-rollout", "two-generations"];

fn report(sample: &str) -> PathBuf {
    repository().join("reports").join(sample).join("report.html")
}

const OPEN: &str = "document.getElementById('why').open";
const ROWS: &str = "[...document.querySelectorAll('#grid tbody tr')].filter((row) => !row.hidden)";

/// How many rows of the chart are shown.
fn rows(browser: &mut Browser) -> u64 {
    browser.value(&format!("{ROWS}.length")).as_u64().expect("a number")
}

/// Chooses in a list by its value, as the keyboard does.
fn choose(browser: &mut Browser, list: &str, value: &str) {
    browser.value(&format!(
        "(() => {{ const list = document.getElementById({list:?}); list.value = {value:?}; \
         list.dispatchEvent(new Event('input', {{ bubbles: true }})); }})()"
    ));
}

#[test]
#[cfg_attr(not(has_chromium), ignore = "skipped: no Chromium; install the package chromium")]
fn reports_open_without_an_error_and_ask_for_nothing() {
    for sample in SAMPLES {
        let mut browser = Browser::open(&report(sample));
        assert!(browser.text("document.title").starts_with(sample));
        assert!(browser.text("document.getElementById('f-count').textContent").ends_with("guests"));
        assert_eq!(browser.complaints(), Vec::<String>::new(), "{sample}");
    }
}

#[test]
#[cfg_attr(not(has_chromium), ignore = "skipped: no Chromium; install the package chromium")]
fn filters_leave_what_they_name() {
    for sample in SAMPLES {
        let mut browser = Browser::open(&report(sample));
        let all = rows(&mut browser);
        let name = browser.text(&format!("{ROWS}[2].cells[0].firstChild.data"));
        browser.write("#f-guest", &name);
        let every = format!("{ROWS}.every((row) => row.cells[0].firstChild.data.includes({name:?}))");
        assert!(browser.value(&every) == true && rows(&mut browser) < all, "{sample}: {name}");
        let told = browser.text("document.getElementById('f-count').textContent");
        assert!(told.contains(&format!(" of {all} guests")), "{told}");
        browser.write("#f-guest", "");
        assert_eq!(rows(&mut browser), all);
        for (list, verdict) in [("f-verdict", true), ("f-rule", false)] {
            let value = browser.text(&format!("document.getElementById('{list}').options[1].value"));
            choose(&mut browser, list, &value);
            let says = if verdict {
                "data.words[word][0]"
            } else {
                "said.map(([reason]) => document.querySelector(`#r${reason} code`).textContent)"
            };
            let fits = format!(
                "(() => {{ const data = JSON.parse(document.getElementById('answers').textContent); \
                 return {ROWS}.length > 0 && {ROWS}.every((row) => [...row.cells].slice(2).some((cell) => {{ \
                 if (cell.classList.contains('off') || !cell.dataset.a) return false; \
                 const [word, ...said] = data.answers[cell.dataset.a]; \
                 return {says}.includes({value:?}); }})); }})()"
            );
            assert!(browser.value(&fits) == true, "{sample}: {value}");
            choose(&mut browser, list, "");
        }
        let host = browser.text("document.querySelector('#grid thead th.host').textContent");
        browser.write("#f-host", &host);
        let left =
            browser.value("[...document.querySelectorAll('th.host')].filter((one) => !one.hidden).length");
        assert_eq!(left, 1, "{sample}: {host}");
        browser.click("document.querySelector('#filters button')");
        assert_eq!(rows(&mut browser), all);
        assert_eq!(browser.complaints(), Vec::<String>::new(), "{sample}");
    }
}

#[test]
#[cfg_attr(not(has_chromium), ignore = "skipped: no Chromium; install the package chromium")]
fn a_cell_opens_its_reasons_by_mouse_and_by_keyboard() {
    for sample in SAMPLES {
        let mut browser = Browser::open(&report(sample));
        let cell = "document.querySelector('#grid td.i')";
        let guest = browser.text(&format!("{cell}.closest('tr').cells[0].firstChild.data"));
        browser.click(cell);
        assert!(browser.value(OPEN) == true, "{sample}");
        let title = browser.text("document.getElementById('why-title').textContent");
        assert!(title.starts_with(&guest) && title.ends_with("impossible"), "{title}");
        let quoted = "document.querySelectorAll('#why-body q').length";
        assert!(browser.value(quoted).as_u64() > Some(0), "{sample}: {title}");
        browser.key("Escape", 27);
        assert!(browser.value(OPEN) == false);
        assert!(browser.value(&format!("document.activeElement === {cell}")) == true, "focus goes back");

        let stops = "document.querySelectorAll('#grid tbody [tabindex=\"0\"]').length";
        browser.key("Home", 36);
        browser.key("ArrowDown", 40);
        browser.key("ArrowRight", 39);
        browser.key("ArrowUp", 38);
        assert_eq!(browser.value(stops), 1, "one stop for the Tab key");
        let focused = "document.activeElement.closest('td').cellIndex";
        assert_eq!(browser.value(focused), 3);
        let label = browser.text("document.activeElement.getAttribute('aria-label')");
        assert!(label.contains(" to ") && label.contains(": "), "{label}");
        let seen = "(() => { const at = document.activeElement.getBoundingClientRect(); \
                    return document.elementFromPoint(at.x + at.width / 2, at.y + at.height / 2) === document.activeElement; })()";
        (0..3).for_each(|_| browser.key("PageDown", 34));
        for _ in 0..25 {
            browser.key("ArrowUp", 38);
            assert!(browser.value(seen) == true, "{sample}: the cell is behind a name");
        }
        browser.key("End", 35);
        let last = browser.value("document.activeElement.closest('tr').cells.length - 1");
        assert_eq!(browser.value(focused), last);
        let answers = "document.activeElement.matches('#grid td[data-a]')";
        if browser.value(answers) == false {
            browser.key("ArrowLeft", 37);
        }
        for (key, code) in [("Enter", 13), (" ", 32)] {
            browser.key(key, code);
            assert!(browser.value(OPEN) == true, "{sample}: '{key}' opens");
            browser.key("Escape", 27);
            assert!(browser.value(&format!("{answers} && !{OPEN}")) == true);
        }
        assert_eq!(browser.complaints(), Vec::<String>::new(), "{sample}");
    }
}

/// The kunpeng-rollout's README says which guests run; of those on no host it is not known.
#[test]
#[cfg_attr(not(has_chromium), ignore = "skipped: no Chromium; install the package chromium")]
fn guests_that_are_off_are_marked() {
    const OFF: [&str; 7] =
        ["build-arm-02", "build-arm-03", "db-02", "legacy-erp", "media-01", "sandbox-01", "vdi-01"];
    let mut browser = Browser::open(&report("kunpeng-rollout"));
    let marked = format!(
        "{ROWS}.filter((row) => row.cells[0].textContent.endsWith(' off')).map((row) => row.cells[0].firstChild.data)"
    );
    assert_eq!(browser.value(&marked), json!(OFF));
    let cell =
        format!("{ROWS}.find((row) => row.cells[0].firstChild.data === 'legacy-erp').querySelector('td.l')");
    browser.click(&cell);
    let said = browser.text("document.querySelector('#why-body p').textContent");
    assert!(said.contains("It is off: live is what it could do if it ran"), "{said}");
    browser.key("Escape", 27);
    let label = browser.text("document.activeElement.getAttribute('aria-label')");
    assert!(label.starts_with("legacy-erp (off) to "), "{label}");
    let moves = "[...document.querySelectorAll('.moves tbody tr')].filter((row) => row.cells[2].textContent.endsWith('(it is off)')).map((row) => row.cells[3].textContent).sort()";
    assert_eq!(browser.value(moves), json!(["db-02", "legacy-erp", "sandbox-01", "vdi-01"]));
    let how = "[...document.querySelectorAll('.moves tbody tr')].find((row) => row.cells[3].textContent === 'legacy-erp').cells[2].textContent";
    assert_eq!(browser.text(how), "cold (it is off)");
    assert_eq!(browser.complaints(), Vec::<String>::new());
}

#[test]
#[cfg_attr(not(has_chromium), ignore = "skipped: no Chromium; install the package chromium")]
fn a_host_beside_a_guest_opens_the_reasons_where_it_stands() {
    let mut browser = Browser::open(&report("kunpeng-rollout"));
    let title = "document.getElementById('why-title').textContent";
    let left_out = "document.querySelector('#left ~ .left a.cell')";
    browser.click(left_out);
    assert_eq!(browser.text(title), "gitlab-01 to taishan-01: impossible");
    browser.key("Escape", 27);
    assert!(browser.value(&format!("document.activeElement === {left_out}")) == true, "focus goes back");
    let guest = "document.querySelector('#each > details[data-g=\"web-01\"]')";
    browser.value(&format!("{guest}.open = true"));
    browser.click(&format!("{guest}.querySelector('a.cell[data-to=\"xeon-clx-01\"]')"));
    assert_eq!(browser.text(title), "web-01 to xeon-clx-01: live");
    assert_eq!(browser.complaints(), Vec::<String>::new());
}

#[test]
#[cfg_attr(not(has_chromium), ignore = "skipped: no Chromium; install the package chromium")]
fn guests_are_found_and_links_unfold_what_they_lead_to() {
    let mut browser = Browser::open(&report("kunpeng-rollout"));
    browser.write("#find", "web-0");
    let shown = "[...document.querySelectorAll('#each > details')].filter((one) => !one.hidden).length";
    assert_eq!(browser.value(shown), 2);
    browser.click("document.getElementById('open-all')");
    assert_eq!(browser.value("document.querySelectorAll('#each > details[open]').length"), 2);
    browser.value("new Promise((done) => { location.hash = '#g3'; setTimeout(done, 50); })");
    assert!(browser.value("document.getElementById('g3').open") == true, "a guest that is led to");
    let dead = "[...document.querySelectorAll('a[href^=\"#\"]')].filter((one) => !document.getElementById(one.hash.slice(1))).length";
    assert_eq!(browser.value(dead), 0, "every link leads somewhere");
    browser.value("new Promise((done) => { location.hash = '#e0'; setTimeout(done, 50); })");
    assert!(browser.value("document.getElementById('e0').closest('details').open") == true);
    assert_eq!(browser.complaints(), Vec::<String>::new());
}

/// Ids that are there more than once, and links that lead nowhere.
const AMISS: &str = "(() => { const ids = [...document.querySelectorAll('[id]')].map((one) => one.id); \
    const links = [...document.querySelectorAll('a[href^=\"#\"]')].map((one) => one.hash.slice(1)); \
    return [ids.filter((id, at) => ids.indexOf(id) !== at), links.filter((to) => !ids.includes(to))]; })()";

#[test]
#[cfg_attr(not(has_chromium), ignore = "skipped: no Chromium; install the package chromium")]
fn numbers_lead_to_what_they_rest_on() {
    for sample in SAMPLES {
        let mut browser = Browser::open(&report(sample));
        assert_eq!(browser.value(AMISS), json!([[], []]), "{sample}");
        let alone = "[...document.querySelectorAll('#bounds tbody tr')].filter((row) => !row.cells[1].querySelector('a') || !row.cells[3].textContent).length";
        assert_eq!(browser.value(alone), 0, "{sample}: a figure that rests on nothing");
        let unproven = "[...document.querySelectorAll('.moves tbody tr')].filter((row) => !row.cells[6].querySelector('a[href^=\"#e\"]')).length";
        assert_eq!(browser.value(unproven), 0, "{sample}: memory without its line");
        let quoted = browser.text("document.querySelector('.moves td a[href^=\"#e\"]')?.hash.slice(1) ?? ''");
        let line = browser.text(&format!("document.getElementById({quoted:?})?.textContent ?? ''"));
        assert!(line.contains("memory") && line.contains(".xml:"), "{sample}: {line}");
    }
    let mut browser = Browser::open(&report("kunpeng-rollout"));
    for (list, to) in [("#left ~ .left", "#r"), ("#stuck ~ .left", "#e")] {
        let bare = format!(
            "[...document.querySelector({list:?}).children].filter((one) => !one.querySelector('a[href^={to:?}]')).length"
        );
        assert_eq!(browser.value(&bare), 0, "{list}: a guest without a reason and its lines");
    }
    let arm = "[...document.querySelectorAll('table')].filter((one) => one.caption).flatMap((one) => [...one.tBodies[0].rows]) \
        .map((row) => [row.cells[2].textContent, document.getElementById(row.cells[1].querySelector('a')?.hash.slice(1))?.textContent ?? ''])";
    let arm = browser.value(arm);
    let arm = arm.as_array().expect("facts of ARM hosts");
    for fact in arm {
        let (at, line) = (fact[0].as_str().expect("a place"), fact[1].as_str().expect("a line"));
        assert!(line.trim_start().starts_with(at) != at.ends_with(" would tell"), "{at}: {line}");
    }
    assert!(arm.iter().any(|fact| fact[1] != ""), "{arm:?}");
    let lines = "[...document.querySelectorAll('#reasons li[id^=r]')].filter((one) => !one.querySelector('a')).map((one) => one.textContent)";
    println!("reasons without a line: {}", browser.value(lines));
    let edits = "[...document.querySelectorAll('#each p.faint code')].map((one) => one.textContent)";
    let edits = browser.value(edits);
    let edits = edits.as_array().expect("paths");
    assert!(
        !edits.is_empty()
            && edits.iter().all(|path| path.as_str().is_some_and(|path| path.contains("guests/")))
    );
}

/// Whether the edits of each guest stand by their lines, and all that is noticed leads to lines of edits.
const LINES_OF_GUESTS: &str = "[...document.querySelectorAll('#each > details')].every((guest) => { \
    const numbers = (all) => [...all].map((link) => Number(link.textContent.replace('line ', ''))); \
    const links = [...guest.querySelectorAll('li > a[href^=\"#d\"]')]; \
    const edits = numbers(links.filter((link) => link.textContent.startsWith('line '))); \
    const noticed = [...guest.querySelectorAll('li')].filter((one) => one.querySelector('b + a[href^=\"#d\"]') && \
        /^ \\(lines? /.test(one.querySelector('b').nextSibling.data)); \
    return edits.every((line, at) => !at || edits[at - 1] <= line) && \
        noticed.every((one) => numbers(one.querySelectorAll('a')).every((line) => edits.includes(line))); })";

/// Each edit leads to the line of the guest's definition that it names, as the diff has it, and so does what the guest will notice.
#[test]
#[cfg_attr(not(has_chromium), ignore = "skipped: no Chromium; install the package chromium")]
fn edits_lead_to_their_lines_in_the_diff() {
    let mut browser = Browser::open(&report("kunpeng-rollout"));
    let edits = "[...document.querySelectorAll('#each > details')].flatMap((guest) => [...guest.querySelectorAll('a[href^=\"#d\"]')] \
        .map((link) => [guest.querySelector('p.faint code').textContent, link.textContent, document.getElementById(link.hash.slice(1)).firstChild.data]))";
    let edits = browser.value(edits);
    let edits = edits.as_array().expect("edits");
    for edit in edits {
        let [file, line, shown] = [0, 1, 2].map(|at| edit[at].as_str().expect("a text"));
        let text = fs::read_to_string(repository().join("inventories/kunpeng-rollout").join(file))
            .expect("a document");
        let number: usize = line.trim_start_matches("line ").parse().expect("a number");
        assert_eq!(text.lines().nth(number - 1), Some(shown[1..].trim_end_matches('\n')), "{file}, {line}");
    }
    let all = browser.value("[...document.querySelectorAll('#each li')].filter((one) => one.textContent.startsWith('line ')).length");
    let leading =
        edits.iter().filter(|edit| edit[1].as_str().is_some_and(|line| line.starts_with("line "))).count();
    println!("{leading} of {all} edits lead to a line of the diff");
    assert!(leading > 0 && Some(leading as u64) == all.as_u64());
    let noticed = "document.querySelectorAll('#each li > b + a[href^=\"#d\"]').length";
    assert!(browser.value(noticed).as_u64() > Some(0));
    assert_eq!(browser.value(LINES_OF_GUESTS), true, "edits by line, and each line noticed is an edit's");
    let link = "document.querySelector('#each > details[data-g=\"web-01\"] a[href^=\"#d\"]')";
    browser.value("document.querySelector('#each > details[data-g=\"web-01\"]').open = true");
    browser.click(link);
    let there = "document.querySelector('.diff :target')";
    let open = format!(
        "new Promise((done) => setTimeout(() => done({there}.closest('details').open && {there}.offsetHeight > 0), 100))"
    );
    assert!(browser.value(&open) == true, "the diff is folded");
    assert_eq!(browser.complaints(), Vec::<String>::new());
}

/// 14 guests come and 4 leave, and 16 move: two are counted twice.
#[test]
#[cfg_attr(not(has_chromium), ignore = "skipped: no Chromium; install the package chromium")]
fn guests_that_two_intents_count_are_told_of() {
    let mut browser = Browser::open(&report("kunpeng-rollout"));
    let shared = browser.text("document.getElementById('shared').textContent");
    assert_eq!(shared, "2 guests are counted in more than one of these: sandbox-01, web-02.");
    let numbers =
        "[...document.querySelectorAll('.intents b')].map((one) => Number.parseInt(one.textContent))";
    let moves = browser.value("document.querySelectorAll('.moves tbody tr').length").as_u64();
    let counted: u64 =
        browser.value(numbers).as_array().into_iter().flatten().filter_map(serde_json::Value::as_u64).sum();
    assert_eq!(Some(counted - 2), moves);
}

#[test]
#[cfg_attr(not(has_chromium), ignore = "skipped: no Chromium; install the package chromium")]
fn bounds_of_tiles_lead_to_their_rows() {
    for sample in SAMPLES {
        let mut browser = Browser::open(&report(sample));
        for (bound, row) in [("no plan ends before", "ends"), ("no plan has fewer than", "guests left out")] {
            let link = format!(
                "[...document.querySelectorAll('.cards .beside a')].find((one) => one.textContent.startsWith({bound:?}))"
            );
            let told = browser.text(&format!("{link}.textContent"));
            browser.click(&link);
            let there = "document.querySelector('#bounds tr:target')";
            assert_eq!(browser.text(&format!("{there}.cells[0].textContent")), row, "{sample}");
            let least = browser.text(&format!("{there}.cells[2].textContent"));
            assert_eq!(told, format!("{bound} {least}"), "{sample}");
            assert_eq!(
                browser.text(&format!("getComputedStyle({there}).outlineStyle")),
                "solid",
                "{sample}: it is marked"
            );
        }
        assert_eq!(browser.complaints(), Vec::<String>::new(), "{sample}");
    }
}

/// The stages of a rollout stand in its page one below the other, each with its picture, and the pictures are files too.
#[test]
#[cfg_attr(not(has_chromium), ignore = "skipped: no Chromium; install the package chromium")]
fn each_stage_of_a_rollout_has_a_timeline() {
    let folder = tempfile::tempdir().expect("a folder");
    let output = folder.path().to_str().expect("UTF-8");
    let wanted =
        ["plan", "inventories/two-generations", "--intent", "upgrade hsw-01 hsw-02", "--output", output];
    printed(&wanted, &[0]);
    let plan = fs::read_to_string(folder.path().join("plan.json")).expect("written");
    let plan = portolan::plan::read_rollout(&plan).expect("JSON").expect("a rollout");
    let mut browser = Browser::open(&folder.path().join("report.html"));
    assert_eq!(browser.value(AMISS), json!([[], []]));
    let titles =
        browser.value("[...document.querySelectorAll('#plan svg > title')].map((one) => one.textContent)");
    assert!(plan.stages.len() > 1);
    for number in 1..=plan.stages.len() {
        let title = titles[number - 1].as_str().expect("a title");
        assert!(title.starts_with(&format!("Stage {number}: ")), "{title}");
        let text = fs::read_to_string(folder.path().join(format!("timeline-{number}.svg"))).expect("written");
        assert!(roxmltree::Document::parse(&text).is_ok() && text.contains(title));
    }
    assert_eq!(titles.as_array().map(Vec::len), Some(plan.stages.len()));
    assert_eq!(browser.complaints(), Vec::<String>::new());
}

/// Where axe-core is: `PORTOLAN_AXE`, or below target/.
fn axe() -> String {
    let default = repository().join("target/axe-core/axe.min.js");
    let path = std::env::var_os("PORTOLAN_AXE").map_or(default, PathBuf::from);
    fs::read_to_string(path).expect("axe-core")
}

#[test]
#[cfg_attr(
    not(all(has_chromium, has_axe)),
    ignore = "skipped: no Chromium or no axe-core; install the package chromium, name axe.min.js in PORTOLAN_AXE"
)]
fn nothing_stands_in_the_way_of_those_who_see_or_move_less() {
    let rules = axe();
    for sample in SAMPLES {
        let mut browser = Browser::open(&report(sample));
        browser.value(&format!("{rules}; 0"));
        for colours in ["light", "dark"] {
            let media = json!({ "features": [{ "name": "prefers-color-scheme", "value": colours }] });
            browser.call("Emulation.setEmulatedMedia", &media);
            for state in
                ["0", "document.querySelectorAll('details').forEach((one) => { one.open = true; }), 0"]
            {
                browser.value(state);
                browser.value("document.querySelector('#grid td.i').click(), 0");
                check(&mut browser, &format!("{sample}, {colours}, a cell is open"));
                browser.value("document.getElementById('why').close(), 0");
                check(&mut browser, &format!("{sample}, {colours}"));
            }
            browser.value("document.querySelectorAll('details').forEach((one) => { one.open = false; }), 0");
        }
    }
}

fn check(browser: &mut Browser, what: &str) {
    let found = browser.value(
        "axe.run().then((found) => found.violations.filter((one) => ['serious', 'critical'].includes(one.impact)) \
         .map((one) => `${one.id}: ${one.nodes.length} times, such as ${one.nodes[0].html} ${one.nodes[0].failureSummary}`))",
    );
    assert_eq!(found, json!([]), "{what}");
}

/// Copies a folder.
fn copied(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("a folder").flatten() {
        let (path, to) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() {
            copied(&path, &to);
        } else {
            fs::copy(&path, &to).expect("copied");
        }
    }
}

/// Made up: the report of a sample in which two guests have names that would be script or end it, were they not escaped.
fn hostile() -> (tempfile::TempDir, PathBuf) {
    const NAMES: [(&str, &str); 2] = [
        ("xeon-hsw-01/guests/web-01", "&lt;script&gt;hostile=1&lt;/script&gt;"),
        ("xeon-hsw-02/guests/web-02", "&lt;/script&gt;&lt;/style&gt;&lt;img src=x onerror='hostile=2'&gt;\""),
    ];
    let folder = tempfile::tempdir().expect("a folder");
    let inventory = folder.path().join("inventory");
    copied(&repository().join("inventories/kunpeng-rollout"), &inventory);
    for (guest, name) in NAMES {
        let old = guest.rsplit('/').next().expect("a name");
        for end in [".xml", ".live.xml"] {
            let path = inventory.join("hosts").join(format!("{guest}{end}"));
            let Ok(text) = fs::read_to_string(&path) else { continue };
            assert!(text.contains(&format!("<name>{old}</name>")));
            let new = text.replace(&format!("<name>{old}</name>"), &format!("<name>{name}</name>"));
            fs::write(&path, new).expect("written");
        }
    }
    let output = folder.path().join("report");
    let arguments = ["plan", inventory.to_str().expect("UTF-8"), "--output", output.to_str().expect("UTF-8")];
    assert!(portolan(&arguments).status.code().is_some_and(|code| code <= 1));
    (folder, output)
}

#[test]
fn hostile_names_stay_text() {
    let (_folder, output) = hostile();
    let text = fs::read_to_string(output.join("report.html")).expect("written");
    // The data and the script.
    assert_eq!((text.matches("<script").count(), text.matches("</script").count()), (2, 2));
    assert!(text.contains("&#60;script&#62;hostile=1&#60;/script&#62;") && !text.contains("<img"));
    assert!(text.contains("default-src 'none'; script-src 'sha256-"));
    for picture in ["chart", "graph", "ladder", "timeline"] {
        let text = fs::read_to_string(output.join(format!("{picture}.svg"))).expect("written");
        assert!(roxmltree::Document::parse(&text).is_ok(), "{picture}.svg is XML");
        assert!(!text.contains("<script") && !text.contains("<img"), "{picture}");
    }
}

#[test]
#[cfg_attr(not(has_chromium), ignore = "skipped: no Chromium; install the package chromium")]
fn hostile_names_do_nothing_in_a_browser() {
    let (_folder, output) = hostile();
    let mut browser = Browser::open(&output.join("report.html"));
    let name = browser.text(&format!("{ROWS}[0].cells[0].firstChild.data"));
    browser.value("document.querySelector('#grid td.i').click(), 0");
    browser.value("document.querySelectorAll('details').forEach((one) => { one.open = true; }), 0");
    assert_eq!(browser.text("typeof hostile"), "undefined", "{name}");
    assert_eq!(browser.value("document.querySelectorAll('main img, main script').length"), 0);
    let shown =
        format!("{ROWS}.some((row) => row.cells[0].firstChild.data === '<script>hostile=1</' + 'script>')");
    assert!(browser.value(&shown) == true);
    assert_eq!(browser.complaints(), Vec::<String>::new());
}

#[test]
fn pictures_are_xml_with_a_title_and_a_description() {
    for sample in SAMPLES {
        for picture in ["chart", "graph", "ladder", "timeline"] {
            let path = repository().join("reports").join(sample).join(format!("{picture}.svg"));
            let text = fs::read_to_string(&path).expect("a picture");
            let document = roxmltree::Document::parse(&text).expect("XML");
            let root = document.root_element();
            assert_eq!((root.tag_name().name(), root.attribute("role")), ("svg", Some("img")));
            for tag in ["title", "desc", "style"] {
                let found =
                    root.children().find(|child| child.has_tag_name(("http://www.w3.org/2000/svg", tag)));
                assert!(found.and_then(|child| child.text()).is_some_and(|text| !text.is_empty()), "{tag}");
            }
            assert!(!text.contains("http://") || text.matches("http").count() == 1, "nothing from elsewhere");
        }
        let graph = printed(&["graph", &format!("inventories/{sample}"), "--format", "svg"], &[0]);
        let stored = repository().join("reports").join(sample).join("graph.svg");
        assert!(graph == fs::read_to_string(stored).expect("a picture"));
    }
}

/// The report of a made-up cluster of 200 hosts and 2,000 guests.
const LARGE: &str = "target/large/report.html";

#[test]
#[cfg_attr(not(has_large), ignore = "skipped: no report of a large cluster; .ci/run shows how it is made")]
fn the_report_of_a_large_cluster_is_small_enough_to_send() {
    let bytes = fs::metadata(repository().join(LARGE)).expect("a report").len();
    println!("200 hosts, 2,000 guests: {bytes} bytes");
    assert!(bytes < 2 << 20, "{bytes}");
}

#[test]
#[cfg_attr(
    not(all(has_large, has_chromium)),
    ignore = "skipped: no Chromium or no report of a large cluster; .ci/run shows how it is made"
)]
fn the_report_of_a_large_cluster_opens_and_works() {
    let mut browser = Browser::open(&repository().join(LARGE));
    let took = "Math.round(performance.getEntriesByType('navigation')[0].loadEventEnd)";
    println!("it is open after {} ms", browser.value(took));
    // Times are the machine's; what they go by is counted.
    let elements = browser.value("document.getElementsByTagName('*').length").as_u64().expect("a number");
    println!("{elements} elements");
    assert!(elements < 45_000, "{elements}");
    let cells = "document.querySelectorAll('#grid td.l *, #grid td.i *').length";
    assert_eq!(browser.value(cells), 0, "a cell is one element");
    let all = rows(&mut browser);
    browser.click("[...document.querySelectorAll('#grid tr')].at(-1).cells[3]");
    assert!(browser.value(OPEN) == true, "a row that was not drawn at first");
    browser.key("Escape", 27);
    choose(&mut browser, "f-verdict", "l");
    let blank = "[...document.querySelectorAll('#grid tbody')].some((body) => !body.hidden && [...body.rows].every((row) => row.hidden))";
    assert!(browser.value(blank) == false, "room for rows that are hidden");
    assert!(rows(&mut browser) > 0 && rows(&mut browser) <= all);
    browser.click("document.querySelector('#grid tr:not([hidden]) td.l:not(.off)')");
    assert!(browser.value(OPEN) == true);
    assert_eq!(browser.complaints(), Vec::<String>::new());
}

/// What stands between two marks, for each place where the first one is.
fn between<'t>(text: &'t str, from: &str, to: &str) -> Vec<&'t str> {
    text.split(from).skip(1).map(|rest| rest.split(to).next().unwrap_or_default()).collect()
}

/// Made up: guests and hosts of which the same is true stand together, and each cell is what becomes of every one of them.
#[test]
fn what_stands_in_a_cell_holds_for_all_of_its_guests_and_hosts() {
    let folder = tempfile::tempdir().expect("a folder");
    let (inventory, output) = (folder.path().join("inventory"), folder.path().join("report"));
    let (from, to) = (inventory.to_str().expect("UTF-8"), output.to_str().expect("UTF-8"));
    printed(&["generate", "--hosts", "30", "--output", from], &[0]);
    let cluster = portolan::ingest::read(&inventory).expect("an inventory");
    let drain = format!("drain {}", cluster.hosts[0].name);
    printed(&["plan", from, "--intent", &drain, "--output", to], &[0, 1]);
    let text = fs::read_to_string(output.join("report.html")).expect("written");
    let chart = portolan::compat::Chart::new(&cluster);
    let guest = |name: &str| cluster.guests.iter().position(|one| one.name == name).expect("a guest");
    let host = |name: &str| cluster.hosts.iter().position(|one| one.name == name).expect("a host");
    let columns: Vec<Vec<usize>> =
        between(&text, "data-h=\"", "\"").iter().map(|hosts| hosts.split(", ").map(host).collect()).collect();
    let rows = between(&text, "<tr data-n=", "</tr>");
    assert!(rows.len() < cluster.guests.len() && columns.len() < cluster.hosts.len(), "some stand together");
    let mut told = 0;
    for row in rows {
        let names = between(row, "data-g=\"", "\"");
        let alone = between(row, "<th scope=\"row\">", "<");
        let guests: Vec<usize> = names.first().unwrap_or(&alone[0]).split(' ').map(guest).collect();
        told += guests.len();
        for (hosts, cell) in columns.iter().zip(between(row, "<td class=", ">")) {
            let cell = &cell[..1];
            for (&guest, &host) in guests.iter().flat_map(|guest| hosts.iter().map(move |host| (guest, host)))
            {
                let here = chart.home(guest) == Some(host);
                let verdict = if here { cell } else { &chart.verdict(guest, host).as_str()[..1] };
                let what = (&cluster.guests[guest].name, &cluster.hosts[host].name);
                assert_eq!(cell, verdict, "{what:?}");
            }
            assert!(cell != "h" || guests.iter().all(|&guest| chart.home(guest) == Some(hosts[0])));
        }
    }
    assert_eq!((told, columns.concat().len()), (cluster.guests.len(), cluster.hosts.len()));
}
