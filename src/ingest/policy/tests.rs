use super::*;
use crate::ingest::tests::{any_text, source};
use crate::model::{Ask, Date, Memory, Mode, Modes, Relation};
use crate::text::LineIndex;
use proptest::prelude::*;

/// Made up.
const MADE_UP: &str = "[rules]\nlocal-disk = \"warning\"\nsnapshots = \"off\"\n[thresholds]\ntsc_tolerance_ppm = 500\n\
    memory_reserve = \"4 GiB\"\ncpu_overcommit = 1.5\n[[waiver]]\nrule = \"local-disk\"\nguest = \"db-*\"\nhost = \"h1\"\n\
    reason = \"copied by hand\"\nuntil = 2027-01-31\n[[waiver]]\nrule = \"no-spice\"\nreason = \"old\"\n[[rule]]\n\
    id = \"no-spice\"\nsummary = \"No SPICE\"\nguest = \"devices/graphics@type\"\nis = \"spice\"\n[[rule]]\nid = \"new-qemu\"\n\
    summary = \"QEMU is old\"\nmessage = \"the host's QEMU is older than ours\"\nremedy = \"upgrade it\"\nseverity = \"blocker\"\n\
    modes = [\"live\", \"cold\"]\nhost = \"qemu\"\nolder-than = \"8.2\"\n";

fn told(text: &str) -> Vec<String> {
    let index = LineIndex::new(text);
    let line = |c: &Complaint| {
        let at = index.position(text, c.at.expect("a place"));
        format!("{}:{}: {}", at.line, at.column, c.message)
    };
    let mut told: Vec<(usize, String)> =
        super::read(source(), text).1.iter().map(|c| (c.at.unwrap_or_default(), line(c))).collect();
    told.sort();
    told.into_iter().map(|(_, line)| line).collect()
}

fn read(text: &str) -> RulePolicy {
    super::read(source(), text).0
}

#[test]
fn everything_is_taken_with_its_place() {
    let (policy, wrong) = super::read(source(), MADE_UP);
    assert_eq!(wrong, []);
    let at = |place: Place| &MADE_UP[place.span.range()];
    let levels: Vec<_> =
        policy.levels.iter().map(|(id, level)| (at(id.place), at(level.place), level.value)).collect();
    assert_eq!(
        levels,
        [("local-disk", "\"warning\"", Level::At(Severity::Warning)), ("snapshots", "\"off\"", Level::Off)]
    );
    let thresholds = &policy.thresholds;
    assert_eq!(thresholds.tsc_tolerance_ppm.map(|known| (known.value, at(known.place))), Some((500, "500")));
    assert_eq!(thresholds.memory_reserve.map(|known| known.value), Some(Memory::gib(4)));
    assert_eq!(thresholds.cpu_overcommit_percent.map(|known| known.value), Some(150));
    let [db, old] = &policy.waivers[..] else { panic!("{:?}", policy.waivers) };
    assert_eq!((at(db.rule.place), db.reason.as_str()), ("\"local-disk\"", "copied by hand"));
    assert_eq!(
        db.until.map(|known| (known.value, at(known.place))),
        Some((Date::new(2027, 1, 31).expect("a day"), "2027-01-31"))
    );
    assert_eq!((old.guest.clone(), old.host.clone(), old.until), (None, None, None));
    let [spice, qemu] = &policy.rules[..] else { panic!("{:?}", policy.rules) };
    assert_eq!(
        (at(spice.place()), spice.severity, spice.modes),
        ("\"no-spice\"", Severity::Warning, Modes::ALL)
    );
    assert_eq!(
        (spice.message.as_str(), spice.remedy.as_str()),
        ("No SPICE", "change what 'no-spice' objects to")
    );
    assert_eq!(spice.relation, Relation::Is("spice".to_owned()));
    assert_eq!(
        (qemu.severity, qemu.modes.iter().collect::<Vec<_>>()),
        (Severity::Blocker, vec![Mode::Live, Mode::Cold])
    );
    assert!(matches!(&qemu.ask, Ask::Host(fact) if fact.name == "qemu"));
    assert_eq!(read(""), RulePolicy::default());
}

#[test]
fn what_is_wrong_is_told_and_the_rest_holds() {
    let text = "speed = 1\n[rules]\na = \"unknown\"\nb = 3\nc = \"note\"\n[thresholds]\nmemory_reserve = 4\nmemory_resreve = \"4 GiB\"\n\
        [[waiver]]\nrule = \"a\"\nreason = \"r\"\ngest = \"db-*\"\n[[waiver]]\nrule = \"b\"\n[[waiver]]\nrule = \"c\"\nreason = \"r\"\n\
        until = \"2027-01-31\"\n[[waiver]]\nrule = \"d\"\nreason = \"r\"\nuntil = 2027-01-31T12:00:00Z\n[[waiver]]\nrule = \"e\"\nreason = \" \"\n\
        [[waiver]]\nrule = \"f\"\nreason = \"r\"\n";
    let expected = [
        "1:1: 'speed' is not a key that is known",
        "3:5: 'a' is not \"blocker\", \"warning\", \"note\" or \"off\"",
        "4:5: 'b' is not \"blocker\", \"warning\", \"note\" or \"off\"",
        "7:18: 'memory_reserve' is not an amount of memory, such as \"4 GiB\"",
        "8:1: 'memory_resreve' in 'thresholds' is not a key that is known; did you mean 'memory_reserve'?",
        "12:1: 'gest' in 'waiver' is not a key that is known; did you mean 'guest'?; the waiver does not hold",
        "13:1: 'reason' is missing: a text; the waiver does not hold",
        "18:9: 'until' is not a date, such as 2027-01-31 without quotes; the waiver does not hold",
        "22:9: 'until' is not a date, such as 2027-01-31 without quotes; the waiver does not hold",
        "25:10: 'reason' is not a text; the waiver does not hold",
    ];
    assert_eq!(told(text), expected);
    let policy = read(text);
    assert_eq!(policy.levels.len(), 1);
    assert_eq!(policy.waivers.iter().map(|one| one.rule.value.as_str()).collect::<Vec<_>>(), ["f"]);
}

/// What is told of a rule with this in it.
fn told_of(rule: &str) -> Vec<String> {
    let text = format!(
        "[[rule]]\nid = \"x\"\nsummary = \"s\"\n{rule}\n[[rule]]\nid = \"y\"\nsummary = \"s\"\nguest = \"a\"\nabsent = true\n"
    );
    assert_eq!(read(&text).rules.iter().filter(|rule| rule.id.value == "y").count(), 1, "{rule}");
    let told = told(&text);
    assert_eq!(read(&text).rules.len() == 2, told.is_empty(), "{rule}");
    told
}

#[test]
fn a_broken_rule_is_told_where_it_stands() {
    let cases = [
        ("is = \"a\"", "1:1: it names neither 'guest', a path, nor 'host', a fact"),
        (
            "guest = \"a\"",
            "1:1: it names no relation; there are is, is-not, in, matches, exists, absent, older-than, newer-than, more-than, less-than",
        ),
        (
            "guest = \"a\"\nhost = \"qemu\"\nis = \"b\"",
            "5:1: it names both 'guest' and 'host'; a rule looks at one of them",
        ),
        ("guest = \"a\"\nis = \"b\"\nis-not = \"c\"", "6:1: 'is-not' is a second relation; a rule has one"),
        (
            "guest = \"a//b\"\nis = \"b\"",
            "4:9: 'guest' is not a path below <domain>: names of elements joined by '/', and @attribute where that is meant",
        ),
        (
            "guest = \"domain/os\"\nexists = true",
            "4:9: 'guest' is not a path below <domain>: names of elements joined by '/', and @attribute where that is meant",
        ),
        ("guest = \"a\"\nexists = false", "5:10: 'exists' is not true"),
        ("guest = \"a\"\nolder = \"1.2\"\nis = \"b\"", "5:1: 'older' in 'rule' is not a key that is known"),
        (
            "guest = \"a\"\nis = \"b\"\nmodes = [\"lvie\"]",
            "6:9: 'modes' is not a list of \"live\", \"cold\" and \"rebuild\"",
        ),
        (
            "guest = \"a\"\nis = \"b\"\nmodes = []",
            "6:9: 'modes' is not a list of \"live\", \"cold\" and \"rebuild\"",
        ),
        ("host = \"qmeu\"\nis = \"8.2.0\"", "4:1: there is no fact 'qmeu' of a host; did you mean 'qemu'?"),
        ("host = \"qemu\"\nolder-than = \"new\"", "5:14: 'older-than' is not a version, such as \"8.2\""),
        (
            "host = \"qemu\"\nis = \"new\"",
            "5:1: this cannot be asked of the host's 'qemu', which is a version, such as \"8.2\"",
        ),
        (
            "host = \"qemu\"\nmore-than = 8",
            "5:1: this cannot be asked of the host's 'qemu', which is a version, such as \"8.2\"",
        ),
        (
            "host = \"memory\"\nless-than = 8",
            "5:1: this cannot be asked of the host's 'memory', which is an amount of memory, such as \"4 GiB\"",
        ),
        (
            "host = \"os\"\nolder-than = \"8.2\"",
            "5:1: this cannot be asked of the host's 'os', which is a text",
        ),
        ("host = \"os\"\nabsent = true", "5:1: this cannot be asked of the host's 'os', which is a text"),
    ];
    for (rule, expected) in cases {
        assert_eq!(told_of(rule), [format!("{expected}; the rule is not asked")], "{rule}");
    }
    assert!(told("[[rule]]\nid = \"No Spice\"\n")[0].ends_with("; the rule is not asked"));
    for near in [
        "guest = \"@type\"\nis = \"kvm\"",
        "guest = \"qemu:commandline/qemu:arg@value\"\nmatches = \"-*\"",
        "guest = \"vcpu\"\nmore-than = 8",
        "guest = \"memory\"\nmore-than = \"8 GiB\"",
        "host = \"microcode\"\nless-than = 0x5003604",
        "host = \"kernel\"\nolder-than = \"5.10\"",
        "host = \"qemu\"\nin = [\"7.2\", \"8.2.0\"]",
    ] {
        assert_eq!(told_of(near), Vec::<String>::new(), "{near}");
    }
}

#[test]
fn nothing_is_concluded_from_a_table_that_is_not_toml() {
    let waiver = "[[waiver]]\nrule = \"a\"\nreason = \"r\"\n";
    let text = format!("{waiver}guest = = \"db\"\n{waiver}");
    assert_eq!(read(&text).waivers.len(), 1, "the first would be for every guest");
    assert_eq!(told(&text)[0], "1:1: this 'waiver' is not TOML throughout; the waiver does not hold");
    assert!(told(&text)[1].starts_with("4:9: not TOML"), "{:?}", told(&text));
    let unclosed = format!("{waiver}[[waiver]\nguest = \"db\"\n{waiver}");
    assert_eq!(read(&unclosed).waivers.len(), 1);
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(text in any_text(MADE_UP)) {
        let _ = super::read(source(), &text);
    }

    /// Cutting lines out of a waiver never leaves one that holds for more.
    #[test]
    fn no_broken_line_widens_a_waiver(junk in "[a-z=\"\\[\\]*. ]{1,12}", line in 0_usize..4) {
        let lines = ["rule = \"a\"", "reason = \"r\"", "guest = \"db-*\"", "host = \"h\""];
        let body: Vec<String> = lines.iter().enumerate().map(|(at, one)| {
            if at == line { one.replacen(" = ", &junk, 1) } else { (*one).to_owned() }
        }).collect();
        let (policy, wrong) = super::read(source(), &format!("[[waiver]]\n{}\n", body.join("\n")));
        for waiver in policy.waivers {
            prop_assert!(waiver.guest.is_some() && waiver.host.is_some(), "{:?}", body);
        }
        prop_assert!(junk.trim() == "=" || !wrong.is_empty(), "{:?}", body);
    }
}
