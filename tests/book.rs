//! The book in docs/: its commands are run and its outputs compared, its generated pages made anew, its links followed.
//!
//! `PORTOLAN_BOOK=write cargo test --test portolan book` writes what is printed today into the pages; read `git diff docs`.
//! trycmd and snapbox run programs one by one; a tutorial also makes folders, changes files and joins programs by pipes, so a
//! shell runs its lines here.

mod console;
mod links;
mod schemas;

use std::path::{Path, PathBuf};

use crate::common::{files, repository};
use crate::samples::printed;

fn docs() -> PathBuf {
    repository().join("docs")
}

/// Every page of the book, those of the rules among them.
fn pages() -> Vec<PathBuf> {
    files(&docs(), &|path| path.extension().is_some_and(|extension| extension == "md"))
}

fn writes() -> bool {
    std::env::var("PORTOLAN_BOOK").is_ok_and(|wanted| wanted == "write")
}

/// Compares a page with what it should be, or makes it so.
fn settle(page: &Path, expected: &str) {
    let found = std::fs::read_to_string(page).unwrap_or_default();
    if found == expected {
        return;
    }
    if writes() {
        std::fs::write(page, expected).expect("written");
        return;
    }
    let at = found.lines().zip(expected.lines()).take_while(|(one, other)| one == other).count();
    panic!(
        "{}:{}: the page says\n  {}\nand it is\n  {}\nrun it with PORTOLAN_BOOK=write and read git diff docs",
        page.display(),
        at + 1,
        found.lines().nth(at).unwrap_or_default(),
        expected.lines().nth(at).unwrap_or_default()
    );
}

#[test]
fn every_command_of_the_book_prints_what_the_book_says() {
    let told: Vec<_> = pages().into_iter().filter(|page| console::is_in(page)).collect();
    assert!(told.len() >= 6, "pages with commands: {told:?}");
    let run = |page: &PathBuf| (page.clone(), console::run(page));
    let done: Vec<_> = std::thread::scope(|scope| {
        let all: Vec<_> = told.iter().map(|page| scope.spawn(move || run(page))).collect();
        all.into_iter().map(|one| one.join().expect("runs")).collect()
    });
    for (page, text) in done {
        settle(&page, &text);
    }
}

#[test]
fn every_command_has_its_help_in_the_book() {
    let text = std::fs::read_to_string(docs().join("reference/commands.md")).expect("a page");
    let folder = tempfile::tempdir().expect("a folder");
    printed(&["man", "--output", &folder.path().to_string_lossy()], &[0]);
    for page in files(folder.path(), &|_| true) {
        let words = page.file_stem().expect("a name").to_string_lossy().replace('-', " ");
        assert!(text.contains(&format!("$ {words} --help\n")), "{words}");
    }
}

#[test]
fn the_fields_of_documents_are_those_of_the_schemas_and_links_lead_somewhere() {
    settle(&docs().join("reference/json.md"), &schemas::page());
    let summary = docs().join("SUMMARY.md");
    settle(&summary, &links::with_rules(&std::fs::read_to_string(&summary).expect("a summary")));
    assert_eq!(links::broken(&pages()), Vec::<String>::new());
    let text = std::fs::read_to_string(&summary).expect("a summary");
    for page in pages().into_iter().filter(|page| *page != summary) {
        let path = page.strip_prefix(docs()).expect("inside").to_string_lossy().into_owned();
        assert!(text.contains(&format!("]({path})")), "{path} is not in SUMMARY.md");
    }
}
