//! Tables for spreadsheets, read back.

use std::collections::BTreeSet;

use portolan::compat::Chart;
use portolan::ingest;
use portolan::report::{Places, Selection, Standings, verdicts_csv};
use serde_json::Value;

use crate::common::repository;
use crate::samples::printed;

/// The rows of comma-separated values, the titles first, as RFC 4180 has them.
fn rows(text: &str) -> Vec<Vec<String>> {
    let (mut rows, mut row, mut cell, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '"' if quoted && chars.peek() == Some(&'"') => cell.extend(chars.next()),
            '"' => quoted = !quoted,
            ',' if !quoted => row.push(std::mem::take(&mut cell)),
            '\r' if !quoted => {
                assert_eq!(chars.next(), Some('\n'), "lines end in CRLF");
                row.push(std::mem::take(&mut cell));
                rows.push(std::mem::take(&mut row));
            }
            c => cell.push(c),
        }
    }
    assert!(row.is_empty() && cell.is_empty() && !quoted, "the last line ends, too");
    let width = rows.first().map_or(0, Vec::len);
    assert!(rows.iter().all(|row| row.len() == width), "rows are as wide as the titles");
    rows
}

#[test]
fn verdicts_are_those_of_the_json() {
    let check = |format| printed(&["check", "inventories/captured", "--format", format], &[0, 1]);
    let table = rows(&check("csv"));
    let json: Value = serde_json::from_str(&check("json")).expect("JSON");
    let mut expected = BTreeSet::new();
    let list = |value: &Value| value.as_array().cloned().expect("a list");
    let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    for of_guest in list(&json["guests"]) {
        let placed = &of_guest["guests"][0];
        for one in list(&of_guest["verdicts"]) {
            let number =
                one["hosts"].as_u64().and_then(|number| usize::try_from(number).ok()).expect("a number");
            for host in list(&json["hosts"][number]) {
                expected.insert([&placed["guest"], &placed["on"], &host, &one["verdict"]].map(word));
            }
        }
    }
    let at = |title: &str| table[0].iter().position(|one| one == title).expect("a title");
    let told = ["guest", "from", "host", "verdict"].map(at);
    let found: BTreeSet<_> = table[1..].iter().map(|row| told.map(|at| row[at].clone())).collect();
    assert_eq!(found, expected);
    assert_eq!(table.len() - 1, expected.len(), "a row for each guest and host");
    for row in &table[1..] {
        let blocked = row[at("verdict")] == "impossible";
        assert!(!blocked || !row[at("blockers")].is_empty(), "{row:?}");
        let file = repository().join("inventories/captured").join(&row[at("document")]);
        assert!(file.exists() && (row[at("document")].is_empty() || row[at("line")] != "0"), "{row:?}");
    }
}

#[test]
fn a_large_table_has_a_row_for_each_class_and_counts_all() {
    let cluster = ingest::read(&repository().join("inventories/two-generations")).expect("a sample");
    let chart = Chart::new(&cluster);
    let (selection, places) = (Selection::all(&cluster), Places::new(&cluster.sources));
    let table = |most| rows(&verdicts_csv(&chart, &Standings::new(&chart, &selection, most), &places));
    let [whole, classes] = [usize::MAX, 1].map(table);
    let pairs = |table: &[Vec<String>]| -> usize {
        let count = |row: &Vec<String>| {
            row[3].parse::<usize>().expect("guests") * row[4].parse::<usize>().expect("hosts")
        };
        table[1..].iter().map(count).sum()
    };
    assert_eq!(whole[0], classes[0], "the same titles");
    assert!(classes.len() < whole.len());
    assert_eq!(pairs(&whole), whole.len() - 1);
    assert_eq!(pairs(&classes), pairs(&whole));
}

#[test]
fn moves_are_those_of_the_plan() {
    for sample in ["kunpeng-rollout", "two-generations", "captured"] {
        let folder = repository().join("reports").join(sample);
        let read = |name: &str| std::fs::read_to_string(folder.join(name)).expect("a report");
        let table = rows(&read("moves.csv"));
        let plan: serde_json::Value = serde_json::from_str(&read("plan.json")).expect("JSON");
        let moves =
            plan["waves"].as_array().expect("waves").iter().flat_map(|wave| wave.as_array().expect("moves"));
        let expected: Vec<_> =
            moves.map(|one| [&one["guest"], &one["to"], &one["mode"]].map(|v| v.as_str())).collect();
        let moved = table[1..].iter().filter(|row| row[7] != "stays");
        let found: Vec<_> = moved.map(|row| [4, 6, 7].map(|at| Some(row[at].as_str()))).collect();
        assert_eq!(found, expected);
        assert_eq!(table.len() - 1 - found.len(), plan["left_out"].as_array().map_or(0, Vec::len));
    }
    let folder = tempfile::tempdir().expect("a folder");
    let output = folder.path().to_string_lossy().into_owned();
    printed(
        &["plan", "inventories/two-generations", "--intent", "evacuate hsw-01", "--output", &output],
        &[0, 1],
    );
    let text = std::fs::read_to_string(folder.path().join("moves.csv")).expect("written");
    assert!(rows(&text)[1..].iter().all(|row| row[0] == "1" || row[0] == "2"), "with its stage: {text}");
}
