//! The sample inventories and the reports that lie beside them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use portolan::compat::{Chart, Verdict};
use portolan::ingest;

use crate::common;

const SAMPLES: [&str; 3] = ["captured", "kunpeng-rollout", "two-generations"];

fn sample(name: &str) -> PathBuf {
    common::repository().join("inventories").join(name)
}

/// Runs the program in the repository.
pub(crate) fn portolan(arguments: &[&str]) -> Output {
    let program = env!("CARGO_BIN_EXE_portolan");
    Command::new(program).args(arguments).current_dir(common::repository()).output().expect("runs")
}

/// Standard output of a run that ended with one of `codes`.
pub(crate) fn printed(arguments: &[&str], codes: &[i32]) -> String {
    let output = portolan(arguments);
    let code = output.status.code().unwrap_or(-1);
    let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(codes.contains(&code), "{arguments:?} ended with {code}: {complaint}");
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// Every file below a folder by its path in it.
fn contents(folder: &Path) -> BTreeMap<String, String> {
    let inside = |path: &Path| path.strip_prefix(folder).expect("inside").to_string_lossy().into_owned();
    let read = |path: PathBuf| (inside(&path), fs::read_to_string(&path).expect("text"));
    common::files(folder, &|_| true).into_iter().map(read).collect()
}

#[test]
fn reports_are_what_the_program_writes_today() {
    for name in SAMPLES {
        let folder = tempfile::tempdir().expect("a folder");
        let inventory = format!("inventories/{name}");
        printed(&["plan", &inventory, "--output", &folder.path().to_string_lossy()], &[0, 1]);
        let (fresh, stored) =
            (contents(folder.path()), contents(&common::repository().join("reports").join(name)));
        let names = |files: &BTreeMap<String, String>| files.keys().cloned().collect::<Vec<_>>();
        assert_eq!(names(&fresh), names(&stored), "{name}: run `portolan plan inventories/{name}`");
        for (file, text) in &fresh {
            assert!(
                *text == stored[file],
                "reports/{name}/{file} is stale: run `portolan plan inventories/{name}`"
            );
        }
    }
}

#[test]
fn the_picture_of_the_chart_marks_the_cells_that_the_page_marks() {
    for name in SAMPLES {
        let folder = common::repository().join("reports").join(name);
        let read = |file: &str| fs::read_to_string(folder.join(file)).expect("text");
        let (page, picture) = (read("report.html"), read("chart.svg"));
        // Of the page its cells and a line of the legend; of the picture its cells and their tips, a line, and its description.
        let cells = page.lines().flat_map(|line| line.split("<td class=i ")).filter(|cell| {
            cell.split_once('>').is_some_and(|(_, sign)| sign.split('<').next() == Some("×*"))
        });
        let cells = cells.count();
        assert!(cells > 0, "{name}");
        assert_eq!(picture.matches(">×*</text>").count(), cells, "{name}");
        let words = "impossible as it is; once it is rewritten for that host it could be started there";
        assert!(page.contains(words), "{name}");
        assert_eq!(picture.matches(words).count(), cells + 2, "{name}");
    }
}

#[test]
fn the_same_input_gives_the_same_bytes_on_any_number_of_threads() {
    let run = |threads: &str| {
        let folder = tempfile::tempdir().expect("a folder");
        let status = Command::new(env!("CARGO_BIN_EXE_portolan"))
            .args(["plan", "inventories/kunpeng-rollout", "--output", &folder.path().to_string_lossy()])
            .env("RAYON_NUM_THREADS", threads)
            .current_dir(common::repository())
            .output()
            .expect("runs");
        assert!(status.status.code().is_some_and(|code| code <= 1));
        contents(folder.path())
    };
    assert!(run("1") == run("7"));
}

#[test]
fn samples_are_read_without_a_problem() {
    for name in SAMPLES {
        let cluster = ingest::read(&sample(name)).expect("an inventory");
        assert_eq!(cluster.problems, [], "{name}");
        assert!(!cluster.hosts.is_empty() && !cluster.guests.is_empty(), "{name}");
    }
}

/// Every rule that fires for some guest and host of the samples, and every verdict that is given.
pub(crate) fn shown() -> (BTreeSet<String>, BTreeSet<Verdict>) {
    let (mut fired, mut verdicts) = (BTreeSet::new(), BTreeSet::new());
    for name in SAMPLES {
        let cluster = ingest::read(&sample(name)).expect("an inventory");
        let chart = Chart::new(&cluster);
        for guest in 0..cluster.guests.len() {
            for host in (0..cluster.hosts.len()).filter(|&host| Some(host) != chart.home(guest)) {
                fired.extend(chart.findings(guest, host).iter().map(|finding| finding.rule.to_string()));
                verdicts.insert(chart.verdict(guest, host));
            }
        }
    }
    (fired, verdicts)
}

#[test]
fn the_samples_show_every_verdict() {
    assert_eq!(shown().1.len(), Verdict::ALL.len());
}

#[test]
fn every_finding_points_at_a_line() {
    for name in SAMPLES {
        let text = printed(&["check", &format!("inventories/{name}"), "--format", "json"], &[0, 1]);
        let document: serde_json::Value = serde_json::from_str(&text).expect("JSON");
        for finding in document["findings"].as_array().expect("a list") {
            let evidence = finding["evidence"].as_array().expect("a list");
            assert!(!evidence.is_empty() || finding["rule"] == "missing-fact", "{finding}");
            for one in evidence {
                let at = &one["at"];
                assert!(at["line"].as_u64().is_some_and(|line| line > 0), "{finding}");
                assert!(!at["text"].as_str().unwrap_or_default().is_empty(), "{finding}");
            }
        }
    }
}

#[test]
#[cfg_attr(not(has_graphviz), ignore = "skipped: no Graphviz; install the package graphviz")]
fn graphs_are_laid_out_by_graphviz() {
    for name in SAMPLES {
        let graph = common::repository().join("reports").join(name).join("graph.dot");
        let output = Command::new("dot").arg("-Tsvg").arg(graph).output().expect("runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
}

/// Copies a file, or a folder with all that is in it.
pub(crate) fn copied(from: &Path, to: &Path) {
    if from.is_dir() {
        fs::create_dir_all(to).expect("a folder");
        for entry in fs::read_dir(from).expect("readable").flatten() {
            copied(&entry.path(), &to.join(entry.file_name()));
        }
    } else if from.exists() {
        fs::copy(from, to).expect("copied");
    }
}
