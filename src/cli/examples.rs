//! An example or more for every command's help. Each is one that can be typed in the repository.

use clap::Command;

/// The commands by their words, with what can be typed and what for.
const EXAMPLES: [(&str, &[(&str, &str)]); 18] = [
    (
        "",
        &[
            ("portolan check inventories/kunpeng-rollout", "who can go where, and why not"),
            ("portolan explain inventories/kunpeng-rollout mail-01 taishan-01", "one move, with its lines"),
            ("portolan plan inventories/kunpeng-rollout", "a plan, and a folder of reports"),
            ("portolan explain", "all rules"),
        ],
    ),
    (
        "plan",
        &[
            ("portolan plan inventories/kunpeng-rollout", "by the intents in cluster.toml"),
            ("portolan plan inventories/captured --intent 'drain lab1' --output lab1", "by one of your own"),
            (
                "portolan plan inventories/captured --intent 'evacuate lab1' --output down",
                "empty lab1 for its maintenance, and bring its guests back",
            ),
            (
                "portolan plan inventories/captured --since lab1/plan.json --output again",
                "after half of it is done",
            ),
        ],
    ),
    (
        "check",
        &[
            ("portolan check inventories/captured", "everything"),
            ("portolan check inventories/captured --quiet", "the table alone"),
            (
                "portolan check inventories/captured --guest archive --mode live --severity blocker",
                "what keeps one guest from going live",
            ),
            ("portolan check inventories/captured --format sarif", "for CI; junit as well"),
            ("portolan check inventories/captured --format csv", "for a spreadsheet"),
        ],
    ),
    (
        "baseline",
        &[
            ("portolan baseline inventories/two-generations --groups 3", "up to three CPU groups"),
            ("portolan baseline inventories/two-generations --without hsw-01", "what a leaving host changes"),
            (
                "portolan baseline inventories/two-generations --lock cpu.lock",
                "keep it; later: --verify cpu.lock",
            ),
        ],
    ),
    (
        "cpu",
        &[
            (
                "portolan cpu baseline guest.xml --on domcapabilities.xml",
                "what virsh hypervisor-cpu-baseline would print",
            ),
            ("portolan cpu expand guest.xml", "a model's features"),
        ],
    ),
    (
        "cpu baseline",
        &[("portolan cpu baseline one.xml other.xml --on domcapabilities.xml", "of two CPUs on a host")],
    ),
    (
        "cpu compare",
        &[("portolan cpu compare guest.xml --on domcapabilities.xml", "whether the host gives this CPU")],
    ),
    ("cpu expand", &[("portolan cpu expand guest.xml", "a model's features, one by one")]),
    ("cpu decode", &[("portolan cpu decode cpudata.xml", "the CPU of a processor's answers to CPUID")]),
    (
        "explain",
        &[
            ("portolan explain local-disk", "the page of a rule"),
            ("portolan explain inventories/kunpeng-rollout mail-01 taishan-01", "one move, with its lines"),
        ],
    ),
    (
        "graph",
        &[
            ("portolan graph inventories/captured", "in lists"),
            ("portolan graph inventories/captured --format dot", "to be drawn: | dot -Tsvg"),
        ],
    ),
    (
        "review",
        &[
            ("portolan review inventories/kunpeng-rollout", "each host lost by itself"),
            ("portolan review inventories/kunpeng-rollout --losses 2", "each pair of hosts, too"),
            (
                "portolan review inventories/kunpeng-rollout --after reports/kunpeng-rollout/plan.json",
                "the same once the plan is carried out",
            ),
        ],
    ),
    ("rewrite", &[]),
    (
        "verify",
        &[(
            "portolan verify reports/captured/plan.json --inventory inventories/captured",
            "whether the plan holds for what is there now",
        )],
    ),
    ("abi", &[("portolan abi running.xml new.xml", "before virsh migrate --xml new.xml")]),
    ("schema", &[("portolan schema", "which there are"), ("portolan schema plan", "the form of plan.json")]),
    (
        "completions",
        &[
            ("portolan completions bash", "> /etc/bash_completion.d/portolan"),
            ("portolan completions zsh", "> ~/.zfunc/_portolan"),
            ("portolan completions fish", "> ~/.config/fish/completions/portolan.fish"),
        ],
    ),
    (
        "man",
        &[
            ("portolan man", "| man -l -"),
            ("portolan man --output /usr/local/share/man/man1", "a page for each command"),
        ],
    ),
];

const EXIT_CODES: &str =
    "Exit codes: 0 nothing blocks, 1 something does, 2 the input or the arguments are wrong.";

/// The command, each of whose helps ends with examples.
pub(super) fn taught(command: Command) -> Command {
    EXAMPLES.iter().fold(command, |command, (words, examples)| {
        let words: Vec<&str> = words.split_whitespace().collect();
        if examples.is_empty() { command } else { at(command, &words, &told(examples, words.is_empty())) }
    })
}

fn at(command: Command, words: &[&str], help: &str) -> Command {
    match words {
        [] => command.after_help(help.to_owned()),
        [word, rest @ ..] => command.mut_subcommand(word, |inner| at(inner, rest, help)),
    }
}

fn told(examples: &[(&str, &str)], is_root: bool) -> String {
    let title = if examples.len() == 1 { "Example" } else { "Examples" };
    let lines = examples.iter().map(|(typed, why)| format!("\n  {typed}\n      {why}"));
    let end = if is_root { format!("\n\n{EXIT_CODES}") } else { String::new() };
    format!("{title}:{}{end}", lines.collect::<String>())
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;
    use crate::cli::{Cli, command};

    fn helps(command: &Command, words: &str, found: &mut Vec<(String, bool)>) {
        found.push((words.trim().to_owned(), command.get_after_help().is_some()));
        for inner in
            command.get_subcommands().filter(|inner| !inner.is_hide_set() && inner.get_name() != "help")
        {
            helps(inner, &format!("{words} {}", inner.get_name()), found);
        }
    }

    #[test]
    fn every_command_has_an_example_that_is_understood() {
        let mut found = Vec::new();
        helps(&command(), "", &mut found);
        let without: Vec<_> = found.iter().filter(|one| !one.1).collect();
        assert!(found.len() > 15 && without.is_empty(), "{without:?}");
        for (typed, _) in EXAMPLES.iter().flat_map(|one| one.1) {
            let words = typed.split('\'').enumerate().flat_map(|(at, part)| match at % 2 {
                0 => part.split_whitespace().collect(),
                _ => vec![part],
            });
            assert!(Cli::try_parse_from(words).is_ok(), "{typed}");
        }
    }
}
