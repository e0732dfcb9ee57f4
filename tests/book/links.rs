//! Links between pages.

use std::path::{Path, PathBuf};

use super::docs;

/// The links of a page that lead to no file, or to no heading of it.
pub(super) fn broken(pages: &[PathBuf]) -> Vec<String> {
    let mut broken = Vec::new();
    for page in pages {
        let text = std::fs::read_to_string(page).expect("a page");
        for link in of(&text) {
            let (path, heading) = link.split_once('#').unwrap_or((&link, ""));
            if path.contains("://") {
                continue;
            }
            let target =
                if path.is_empty() { page.clone() } else { page.parent().expect("a folder").join(path) };
            let there =
                target.exists() && (heading.is_empty() || headings(&target).iter().any(|one| one == heading));
            if !there {
                broken.push(format!("{}: {link}", page.display()));
            }
        }
    }
    broken
}

/// Where the links of a text lead, without those in code.
fn of(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut fenced = false;
    for line in text.lines() {
        fenced ^= line.trim_start().starts_with("```");
        let prose: Vec<&str> = line.split('`').step_by(2).collect();
        let prose = if fenced || line.starts_with("    ") && !line.trim_start().starts_with('-') {
            String::new()
        } else {
            prose.join("")
        };
        for rest in prose.split("](").skip(1) {
            found.extend(rest.split(')').next().map(str::to_owned));
        }
    }
    found
}

/// The headings of a page as a link names them.
fn headings(page: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(page).unwrap_or_default();
    let named = |title: &str| {
        let kept = title.trim().to_lowercase();
        kept.chars()
            .filter(|c| c.is_alphanumeric() || " -_".contains(*c))
            .collect::<String>()
            .replace(' ', "-")
    };
    text.lines()
        .filter_map(|line| line.strip_prefix('#'))
        .map(|line| named(line.trim_start_matches('#')))
        .collect()
}

/// The summary with a line for each rule below that of all rules.
pub(super) fn with_rules(summary: &str) -> String {
    let is_rule = |line: &&str| line.starts_with("    - [") && line.contains("](rules/");
    let pages = crate::common::files(&docs().join("rules"), &|_| true);
    let names =
        pages.iter().filter_map(|page| page.file_stem()).map(|name| name.to_string_lossy().into_owned());
    let lines =
        names.filter(|name| name != "README").map(|name| format!("    - [{name}](rules/{name}.md)\n"));
    let rules = lines.collect::<Vec<_>>().concat();
    let mut out = String::new();
    for line in summary.lines().filter(|line| !is_rule(line)) {
        out.push_str(line);
        out.push('\n');
        if line.contains("](rules/README.md)") {
            out.push_str(&rules);
        }
    }
    out
}
