//! The policy: what `portolan.toml` makes of findings. Every policy here is made up.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use portolan::compat::{Answer, Chart, Finding, Mode, Severity, rules};
use portolan::ingest;
use portolan::model::{Cluster, Platform, RulePolicy};
use proptest::prelude::*;

use crate::common;
use crate::samples::{portolan, printed};

const INVENTORY: &str = "inventories/two-generations";
const POLICY: &str = "tests/fixtures/policy/portolan.toml";

/// The sample with fewer guests, and one host of which nothing is known.
fn cluster() -> Cluster {
    static READ: LazyLock<Cluster> = LazyLock::new(read);
    READ.clone()
}

fn read() -> Cluster {
    let mut cluster = ingest::read(&common::repository().join(INVENTORY)).expect("an inventory");
    let kept = ["cache-01", "db-02", "web-01", "web-04"];
    let all = cluster.guests.len();
    cluster.guests.retain(|guest| kept.contains(&guest.name.as_str()));
    assert!(cluster.guests.len() < all && cluster.guests.len() > 1);
    cluster.hosts[2].platform = Platform::unknown();
    cluster
}

/// What a text says, and that nothing is wrong with its syntax.
fn policy(text: &str) -> RulePolicy {
    let cluster = ingest::read_files("made-up", vec![("portolan.toml".to_owned(), text.as_bytes().to_vec())]);
    assert_eq!(cluster.problems, [], "{text}");
    cluster.policy
}

fn with(cluster: &Cluster, text: &str) -> Cluster {
    let policy = RulePolicy { today: "2026-06-01".parse().ok(), ..policy(text) };
    Cluster { policy, ..cluster.clone() }
}

/// Every guest on every other host.
fn pairs(cluster: &Cluster) -> Vec<(usize, usize)> {
    let chart = Chart::new(cluster);
    let hosts = |guest| (0..cluster.hosts.len()).map(move |host| (guest, host));
    (0..cluster.guests.len()).flat_map(hosts).filter(|&(g, h)| chart.home(g) != Some(h)).collect()
}

/// The answers for every guest, host and mode.
fn answers(cluster: &Cluster) -> Vec<Answer> {
    let chart = Chart::new(cluster);
    let of = |(guest, host)| Mode::ALL.map(|mode| chart.assess(guest, host).answer(mode));
    pairs(cluster).into_iter().flat_map(of).collect()
}

fn all_findings(cluster: &Cluster) -> Vec<Finding> {
    let chart = Chart::new(cluster);
    pairs(cluster).into_iter().flat_map(|(guest, host)| chart.findings(guest, host)).collect()
}

/// The ids of rules that say something about the cluster, or lack a fact.
fn asked(cluster: &Cluster) -> Vec<String> {
    let all: BTreeSet<String> = all_findings(cluster).iter().map(|one| one.asked.to_string()).collect();
    assert!(all.len() > 5, "{all:?}");
    all.into_iter().collect()
}

const LEVELS: [&str; 4] = ["blocker", "warning", "note", "off"];

#[test]
fn what_is_off_vanishes_and_what_is_unknown_stays() {
    let cluster = cluster();
    let off: Vec<_> = asked(&cluster).iter().map(|id| format!("{id} = \"off\"\n")).collect();
    let off = off.concat();
    let silent = with(&cluster, &format!("[rules]\n{off}"));
    let left = all_findings(&silent);
    assert!(!left.is_empty() && left.iter().all(|one| one.rule == "missing-fact"), "{left:?}");
    let unknown = |one: &&Finding| one.severity == Severity::Unknown;
    let before = all_findings(&cluster);
    assert_eq!(left.iter().collect::<Vec<_>>(), before.iter().filter(unknown).collect::<Vec<_>>());
    for (before, after) in answers(&cluster).into_iter().zip(answers(&silent)) {
        assert!(before != Answer::Unknown || after == Answer::Unknown);
    }
}

#[test]
fn a_waiver_lifts_what_is_unknown_by_the_rule_that_lacks_the_fact() {
    let cluster = cluster();
    let asked = asked(&cluster);
    let waivers: Vec<_> =
        asked.iter().map(|id| format!("[[waiver]]\nrule = \"{id}\"\nreason = \"made up\"\n")).collect();
    let waived = with(&cluster, &waivers.concat());
    let found = all_findings(&waived);
    assert_eq!(found.len(), all_findings(&cluster).len(), "all of them stay to be seen");
    assert!(found.iter().all(|one| one.severity == Severity::Note));
    assert!(found.iter().all(|one| one.message.starts_with("waived because made up: ")));
    let chart = Chart::new(&waived);
    for (guest, host) in pairs(&waived) {
        assert_eq!(chart.assess(guest, host).live, Answer::Yes);
    }
    assert_eq!(chart.inventory_findings(), []);
}

#[test]
fn classes_and_single_guests_are_answered_alike() {
    let cluster = with(
        &cluster(),
        "[rules]\nlocal-disk = \"note\"\n[[waiver]]\nrule = \"cpu-model-unusable\"\nguest = \"db-*\"\nhost = \"hsw-0*\"\n\
         reason = \"r\"\n[[waiver]]\nrule = \"disk-to-copy\"\nhost = \"epyc-01\"\nreason = \"r\"\n",
    );
    let chart = Chart::new(&cluster);
    let hosts: Vec<usize> = (0..cluster.hosts.len()).collect();
    for guest in 0..cluster.guests.len() {
        for reasons in chart.reasons(guest, &hosts) {
            for &host in &reasons.hosts {
                assert_eq!(chart.assess(guest, host), reasons.assessment);
                let found = chart.findings(guest, host);
                let blocks =
                    |mode| found.iter().any(|f| f.severity == Severity::Blocker && f.modes.has(mode));
                assert_eq!(blocks(Mode::Live), reasons.assessment.live == Answer::No);
                assert_eq!(blocks(Mode::Cold), reasons.assessment.cold == Answer::No);
            }
        }
    }
    let waived = |finding: &Finding| finding.message.starts_with("waived");
    let of = |guest: &str, host: &str| {
        let guest = cluster.guests.iter().position(|one| one.name == guest).expect("a guest");
        let host = cluster.hosts.iter().position(|one| one.name == host).expect("a host");
        chart.findings(guest, host).iter().any(waived)
    };
    assert!(of("db-02", "hsw-01") && of("db-02", "epyc-01") && !of("db-02", "clx-01"));
    assert_eq!(chart.inventory_findings(), []);
}

#[test]
fn waivers_that_expired_or_match_nothing_are_told() {
    let waiver = |rule: &str, more: &str| format!("[[waiver]]\nrule = \"{rule}\"\nreason = \"r\"\n{more}\n");
    let told = |text: String| {
        let cluster = with(&cluster(), &text);
        let chart = Chart::new(&cluster);
        let found = chart.inventory_findings();
        found.iter().map(|one| format!("{}: {}", one.rule, one.message)).collect::<Vec<_>>()
    };
    let none: [String; 0] = [];
    let used = "cpu-model-unusable";
    assert_eq!(told(waiver(used, "until = 2026-06-01")), none, "its last day");
    let expired = told(waiver(used, "until = 2026-05-31"));
    assert_eq!(
        expired,
        ["waiver-expired: the waiver of 'cpu-model-unusable' has expired: its last day was 2026-05-31"]
    );
    let unused = |more: &str| told(waiver(used, more));
    assert_eq!(unused("guest = \"db-02\"\nhost = \"clx-*\""), none);
    let nothing =
        |whom: &str| [format!("waiver-unused: the waiver of 'cpu-model-unusable' {whom} matches no finding")];
    assert_eq!(unused("guest = \"db-99\""), nothing("for guest db-99"));
    let home = unused("guest = \"db-02\"\nhost = \"bdw-01\"");
    assert_eq!(home, nothing("for guest db-02 on host bdw-01"), "it is there already");
    assert_eq!(
        told(waiver("disk-to-copy", "guest = \"db-02\"\nhost = \"epyc-01\"")),
        none,
        "a rule about single hosts"
    );
    assert_eq!(told(waiver("disk-to-copy", "host = \"bdw-99\"")).len(), 1);
    assert_eq!(
        told(format!("{}[rules]\nwaiver-unused = \"off\"\n", waiver(used, "host = \"bdw-99\""))),
        none
    );
    // Two that hold for the same: the first is the one that counts, and both match.
    assert_eq!(told(format!("{0}{0}", waiver(used, ""))), none);
}

#[test]
fn a_waiver_with_a_date_does_not_hold_where_the_day_is_not_known() {
    let waiver = "[[waiver]]\nrule = \"cpu-model-unusable\"\nreason = \"r\"\n";
    let cluster = cluster();
    let dated = Cluster { policy: policy(&format!("{waiver}until = 2099-01-01\n")), ..cluster.clone() };
    assert_eq!(answers(&dated), answers(&cluster));
    assert_eq!(Chart::new(&dated).inventory_findings()[0].rule, "waiver-expired");
    let undated = Cluster { policy: policy(waiver), ..cluster.clone() };
    assert_ne!(answers(&undated), answers(&cluster));
}

#[test]
fn entries_about_rules_that_do_not_exist_are_problems() {
    let text = "[rules]\nlocal-dsik = \"off\"\nmissing-fact = \"off\"\n[[waiver]]\nrule = \"missing-fact\"\nreason = \"r\"\n\
        [[rule]]\nid = \"local-disk\"\nsummary = \"s\"\nguest = \"a\"\nexists = true\n[[rule]]\nid = \"own\"\nsummary = \"s\"\n\
        guest = \"a\"\nexists = true\n[[rule]]\nid = \"own\"\nsummary = \"s\"\nguest = \"b\"\nexists = true\n[[waiver]]\nrule = \"own\"\n\
        reason = \"r\"\n";
    let cluster = ingest::read_files("made-up", vec![("portolan.toml".to_owned(), text.as_bytes().to_vec())]);
    assert_eq!(cluster.problems, []);
    let chart = Chart::new(&cluster);
    let told: Vec<String> = chart
        .problems()
        .iter()
        .map(|problem| {
            let at = problem.position.expect("a place");
            format!("{}:{}:{}: {}", problem.path, at.line, at.column, problem.message)
        })
        .collect();
    let expected = [
        "portolan.toml:2:1: there is no rule 'local-dsik'; did you mean 'local-disk'?",
        "portolan.toml:3:1: 'missing-fact' has no severity of its own: waive the rule that lacks the fact",
        "portolan.toml:5:8: 'missing-fact' has no severity of its own: waive the rule that lacks the fact",
        "portolan.toml:8:6: 'local-disk' is a rule of Portolan's; the rule is not asked",
        "portolan.toml:18:6: 'own' stands here twice; the second rule is not asked",
    ];
    assert_eq!(told, expected);
    assert_eq!(chart.user_rules().count(), 1);
}

/// What a rule with these lines finds about db-02 on hsw-01.
fn found_by(lines: &str) -> Vec<Finding> {
    let text = format!("[[rule]]\nid = \"own\"\nsummary = \"made up\"\nseverity = \"blocker\"\n{lines}\n");
    let cluster = with(&cluster(), &text);
    let chart = Chart::new(&cluster);
    assert_eq!(chart.problems().len(), 0, "{lines}");
    let guest = cluster.guests.iter().position(|one| one.name == "db-02").expect("a guest");
    let host = cluster.hosts.iter().position(|one| one.name == "hsw-01").expect("a host");
    let found: Vec<_> = chart.findings(guest, host).into_iter().filter(|one| one.asked == "own").collect();
    let blocked = found.iter().any(|one| one.severity == Severity::Blocker);
    assert!(!blocked || chart.assess(guest, host).cold == Answer::No, "{lines}");
    found
}

#[test]
fn user_rules_fire_and_their_near_misses_do_not() {
    let cases = [
        ("guest = \"vcpu\"\nmore-than = 7", "guest = \"vcpu\"\nmore-than = 8"),
        ("guest = \"memory\"\nmore-than = \"32767 MiB\"", "guest = \"memory\"\nmore-than = \"32 GiB\""),
        ("guest = \"cpu/model@fallback\"\nis = \"forbid\"", "guest = \"cpu/model@fallback\"\nis = \"allow\""),
        (
            "guest = \"cpu/model\"\nin = [\"EPYC\", \"Broadwell-IBRS\"]",
            "guest = \"cpu/model\"\nin = [\"EPYC\"]",
        ),
        ("guest = \"@type\"\nis-not = \"qemu\"", "guest = \"@type\"\nis-not = \"kvm\""),
        ("guest = \"tpm\"\nabsent = true", "guest = \"os\"\nabsent = true"),
        (
            "guest = \"devices/disk/source@file\"\nmatches = \"*.raw\"",
            "guest = \"devices/disk/source@file\"\nmatches = \"*.iso\"",
        ),
        ("host = \"qemu\"\nolder-than = \"7.3\"", "host = \"qemu\"\nolder-than = \"7.2\""),
        ("host = \"qemu\"\nnewer-than = \"7.1\"", "host = \"qemu\"\nnewer-than = \"7.3\""),
        ("host = \"arch\"\nis = \"x86_64\"", "host = \"arch\"\nis = \"aarch64\""),
        ("host = \"processors\"\nless-than = 49", "host = \"processors\"\nless-than = 48"),
        ("host = \"memory\"\nless-than = \"1 TiB\"", "host = \"memory\"\nmore-than = \"1 TiB\""),
    ];
    for (firing, near_miss) in cases {
        let found = found_by(firing);
        assert!(!found.is_empty(), "{firing} does not fire");
        assert!(
            found.iter().all(|one| one.severity == Severity::Blocker && !one.evidence.is_empty()),
            "{found:?}"
        );
        assert_eq!(found_by(near_miss), [], "{near_miss}");
    }
    assert_eq!(found_by("guest = \"devices/disk\"\nexists = true").len(), 3, "every one");
}

#[test]
fn what_a_user_rule_cannot_tell_is_unknown() {
    let found = found_by("guest = \"cpu/model\"\nmore-than = 4");
    assert_eq!((found.len(), found[0].severity), (1, Severity::Unknown));
    let text = "[[rule]]\nid = \"own\"\nsummary = \"made up\"\nseverity = \"note\"\nhost = \"qemu\"\nolder-than = \"1.0\"\n";
    let cluster = with(&cluster(), text);
    let own = |one: &Finding| one.asked == "own";
    let found: Vec<_> = all_findings(&cluster).into_iter().filter(own).collect();
    assert!(!found.is_empty() && found.iter().all(|one| one.severity == Severity::Unknown), "{found:?}");
    assert!(found.iter().all(|one| one.rule == "missing-fact" && one.remedy.contains("virsh version")));
}

#[test]
fn thresholds_move_what_rules_object_to() {
    let inventory = common::repository().join(INVENTORY);
    let count = |text: &str, id: &str| {
        let path = "p.toml".to_owned();
        let cluster =
            ingest::read_with(&inventory, Some((path.clone(), text.to_owned()))).expect("an inventory");
        let pointed =
            |one: &Finding| one.evidence.iter().any(|at| cluster.sources.get(at.place.source).path == path);
        let found: Vec<_> = all_findings(&cluster).into_iter().filter(|one| one.rule == id).collect();
        assert!(text.is_empty() || found.iter().all(pointed), "{text}");
        found.len()
    };
    let (memory, tsc) = ("memory-exceeds-host", "tsc-frequency-differs");
    assert!(count("[thresholds]\nmemory_reserve = \"96 GiB\"\n", memory) > count("", memory));
    assert!(count("[thresholds]\ntsc_tolerance_ppm = 0\n", tsc) > count("", tsc));
    assert_eq!(count("[thresholds]\ntsc_tolerance_ppm = 1_000_000\n", tsc), 0);
}

#[test]
fn a_made_up_policy_is_told_everywhere() {
    let run = |command: &[&str], codes: &[i32]| {
        printed(&[command, &["--policy", POLICY, "--today", "2026-06-01"]].concat(), codes)
    };
    let check = |format: &str| run(&["check", INVENTORY, "--guest", "db-02", "--format", format], &[0]);
    insta::assert_snapshot!("check", check("text"));
    insta::assert_snapshot!("explain", run(&["explain", INVENTORY, "db-02", "hsw-01"], &[0]));
    let json: serde_json::Value = serde_json::from_str(&check("json")).expect("JSON");
    insta::assert_json_snapshot!("json", json["inventory_findings"]);
    let sarif: serde_json::Value = serde_json::from_str(&check("sarif")).expect("JSON");
    let sarif = &sarif["runs"][0];
    let descriptors = sarif["tool"]["driver"]["rules"].as_array().expect("rules");
    let ids: BTreeSet<&str> = descriptors.iter().filter_map(|one| one["id"].as_str()).collect();
    let results = sarif["results"].as_array().expect("results");
    assert!(results.iter().all(|one| one["ruleId"].as_str().is_some_and(|id| ids.contains(id))));
    assert!(ids.contains("old-qemu") && !ids.contains("no-spice"));
    let own = |one: &&serde_json::Value| {
        ["old-qemu", "waiver-expired", "waiver-unused"].contains(&one["ruleId"].as_str().unwrap_or_default())
    };
    insta::assert_json_snapshot!("sarif", results.iter().filter(own).collect::<Vec<_>>());
    let junit = check("junit");
    roxmltree::Document::parse(&junit).expect("well-formed");
    insta::assert_snapshot!("junit", junit);
    insta::assert_snapshot!("graph", run(&["graph", INVENTORY], &[0]));
    let rule = ["explain", "old-qemu", "--inventory", INVENTORY];
    insta::assert_snapshot!("rule", run(&rule, &[0]));
    assert!(run(&["explain", "--inventory", INVENTORY], &[0]).contains("few-processors "));
    let one = run(&["check", INVENTORY, "--rule", "few-processors", "--guest", "db-02"], &[0]);
    assert!(one.contains("(few-processors)") && !one.contains("(local-disk)"));
}

#[test]
fn plans_follow_the_policy() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
    std::fs::write(file("p.toml"), "[[rule]]\nid = \"frozen\"\nsummary = \"s\"\nhost = \"arch\"\nis = \"x86_64\"\nseverity = \"blocker\"\n")
        .expect("written");
    let intent = ["plan", INVENTORY, "--intent", "drain bdw-01"];
    let plan = |more: &[&str], output: &str| {
        printed(&[&intent, more, &["--output", &file(output)]].concat(), &[0, 1])
    };
    let (free, strict) = (plan(&[], "free"), plan(&["--policy", &file("p.toml")], "strict"));
    assert_ne!(free, strict);
    let free_plan = file("free/plan.json");
    let verify = ["verify", &free_plan, "--inventory", INVENTORY];
    printed(&verify, &[0]);
    printed(&[&verify[..], &["--policy", &file("p.toml")]].concat(), &[1]);
}

#[test]
fn the_day_matters_only_to_waivers_with_a_date() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("p.toml").to_string_lossy().into_owned();
    let check = |text: &str, day: &[&str]| {
        std::fs::write(&path, text).expect("written");
        printed(&[&["check", INVENTORY, "--guest", "db-02", "--policy", &path], day].concat(), &[0, 1])
    };
    let waiver = "[[waiver]]\nrule = \"cpu-model-unusable\"\nreason = \"r\"\n";
    let (early, late) = (["--today", "1999-01-01"], ["--today", "2999-01-01"]);
    assert!(check(waiver, &early) == check(waiver, &late) && check(waiver, &late) == check(waiver, &[]));
    let dated = format!("{waiver}until = 2500-01-01\n");
    assert!(check(&dated, &early) != check(&dated, &late) && check(&dated, &early) == check(&dated, &[]));
    let wrong = portolan(&["check", INVENTORY, "--today", "2026-02-30"]);
    assert_eq!(wrong.status.code(), Some(2));
    assert!(
        String::from_utf8_lossy(&wrong.stderr).contains("'2026-02-30' is not a date, such as 2027-01-31")
    );
    let gone = portolan(&["check", INVENTORY, "--policy", "gone.toml"]);
    assert_eq!(gone.status.code(), Some(2));
}

#[test]
fn a_blocking_state_of_the_policy_blocks() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("p.toml").to_string_lossy().into_owned();
    let waiver = "[[waiver]]\nrule = \"snapshots\"\nreason = \"r\"\n";
    let check = ["check", INVENTORY, "--guest", "db-01", "--policy", &path];
    std::fs::write(&path, waiver).expect("written");
    printed(&check, &[0]);
    std::fs::write(&path, format!("[rules]\nwaiver-unused = \"blocker\"\n{waiver}")).expect("written");
    printed(&check, &[1]);
    let junit = printed(&[&check[..], &["--format", "junit"]].concat(), &[1]);
    assert!(junit.contains("<failure message=\"blocker\">"), "{junit}");
}

#[test]
fn the_policy_of_the_reference_holds() {
    let page =
        std::fs::read_to_string(common::repository().join("docs/reference/files.md")).expect("readable");
    let section = page
        .split("\n## portolan.toml\n")
        .nth(1)
        .expect("a section")
        .split("\n## ")
        .next()
        .unwrap_or_default();
    let lines = section.lines().filter_map(|line| line.strip_prefix("> ")).take_while(|line| *line != "END");
    let cluster = with(&cluster(), &lines.collect::<Vec<_>>().join("\n"));
    assert!(
        !cluster.policy.levels.is_empty()
            && cluster.policy.waivers.len() == 1
            && cluster.policy.rules.len() == 2
    );
    assert_eq!(Chart::new(&cluster).problems().len(), 0);
    let facts = portolan::model::HOST_FACTS.iter().map(|fact| format!("`{}`", fact.name));
    assert!(section.contains(&facts.collect::<Vec<_>>().join(", ")), "all facts are listed");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn a_lower_severity_and_another_waiver_never_make_a_verdict_worse(
        rule in any::<prop::sample::Index>(),
        (high, low) in (0_usize..4, 0_usize..4),
        (guest, host) in ("(db-\\*|\\*|\\*0\\*|web-01)", "(hsw-0\\*|\\*|clx-01)"),
    ) {
        let cluster = cluster();
        let all: Vec<&str> = rules().map(|rule| rule.id).filter(|id| *id != "missing-fact").collect();
        let asked = asked(&cluster);
        let id = if high > 1 { rule.get(&all) } else { rule.get(&asked).as_str() };
        let level = |at: usize| format!("[rules]\n{id} = \"{}\"\n", LEVELS[at]);
        let waiver = format!("[[waiver]]\nrule = \"{id}\"\nguest = \"{guest}\"\nhost = \"{host}\"\nreason = \"r\"\n");
        let no_worse = |before: &str, after: &str| {
            let (before, after) = (answers(&with(&cluster, before)), answers(&with(&cluster, after)));
            before.iter().zip(&after).all(|(before, after)| after <= before)
        };
        prop_assert!(no_worse(&level(high.min(low)), &level(high.max(low))));
        prop_assert!(no_worse("", &waiver));
        let both = level(0) + &waiver;
        prop_assert!(no_worse(&level(0), &both));
    }
}
