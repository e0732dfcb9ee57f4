//! `cluster.toml`: what no command prints. The format is Portolan's own.
//!
//! What is wrong is told with its place and left out; the rest is used.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::model::{Apart, Area, Evenness, Group, GroupPolicy, Intent, Names, Settings, Window};
use crate::text::SourceId;

use super::names_of_hosts::NameReading;
use super::problem::Complaint;
use super::racks;
use super::toml_value::{Value, hundredths, memory, milliseconds, string, strings, whole};
use super::wrong_key::{REMEDY, not, unknown};

/// Takes one value into the settings; says what it should have been where it is not.
type Take = fn(&mut Settings, &Value<'_>) -> Result<(), String>;

fn mbit(value: &Value<'_>) -> Result<u64, String> {
    Ok(whole(value).filter(|&mbit| mbit > 0).ok_or("a number of Mbit/s above 0")?)
}

fn count(value: &Value<'_>) -> Result<usize, String> {
    let count = whole(value).and_then(|count| usize::try_from(count).ok()).filter(|&count| count > 0);
    Ok(count.ok_or("a number above 0")?)
}

/// How many times something counts.
fn times(value: &Value<'_>) -> Result<u64, String> {
    let times = whole(value).filter(|&times| times <= Evenness::MOST);
    times.ok_or_else(|| format!("a whole number from 0 to {}", Evenness::MOST))
}

/// Every key that holds one value, by table.
const KEYS: [(&str, &str, Take); 19] = [
    ("balance", "moves_at_most", |settings, value| {
        settings.evenness.moves_at_most = Some(count(value)?);
        Ok(())
    }),
    ("balance", "memory", |settings, value| {
        settings.evenness.memory = times(value)?;
        Ok(())
    }),
    ("balance", "vcpus", |settings, value| {
        settings.evenness.vcpus = times(value)?;
        Ok(())
    }),
    ("balance", "guests", |settings, value| {
        settings.evenness.guests = times(value)?;
        Ok(())
    }),
    ("balance", "gain_percent", |settings, value| {
        let percent = whole(value).filter(|percent| (1..=100).contains(percent));
        settings.evenness.gain_percent = percent.ok_or("a whole number from 1 to 100")?;
        Ok(())
    }),
    ("upgrade", "like", |settings, value| {
        settings.upgrade_like = strings(value).ok_or("a list of names of hosts")?;
        Ok(())
    }),
    ("upgrade", "hosts_at_once", |settings, value| {
        settings.hosts_down_at_once = Some(count(value)?);
        Ok(())
    }),
    ("network", "migration_mbit", |settings, value| {
        settings.migration_mbit = Some(mbit(value)?);
        Ok(())
    }),
    ("network", "move_mbit", |settings, value| {
        settings.move_mbit = Some(mbit(value)?);
        Ok(())
    }),
    ("network", "bridges", |settings, value| {
        settings.bridges = strings(value).ok_or("a list of names of bridges")?;
        Ok(())
    }),
    ("storage", "shared", |settings, value| {
        settings.shared_folders = strings(value).ok_or("a list of folders")?;
        Ok(())
    }),
    ("limits", "moves_per_host", |settings, value| {
        settings.moves_per_host = count(value)?;
        Ok(())
    }),
    ("limits", "moves_out_per_host", |settings, value| {
        settings.moves_out_per_host = Some(count(value)?);
        Ok(())
    }),
    ("limits", "moves_in_per_host", |settings, value| {
        settings.moves_in_per_host = Some(count(value)?);
        Ok(())
    }),
    ("limits", "moves_per_rack", |settings, value| {
        settings.moves_per_rack = Some(count(value)?);
        Ok(())
    }),
    ("limits", "moves_at_once", |settings, value| {
        settings.moves_at_once = Some(count(value)?);
        Ok(())
    }),
    ("limits", "memory_reserve", |settings, value| {
        settings.memory_reserve = memory(value).ok_or("an amount of memory, such as \"4 GiB\"")?;
        Ok(())
    }),
    ("limits", "headroom_hosts", |settings, value| {
        settings.headroom_hosts = count(value)?;
        Ok(())
    }),
    ("limits", "cpu_overcommit", |settings, value| {
        let percent = hundredths(value).filter(|&percent| percent > 0);
        settings.cpu_overcommit_percent = percent.ok_or("vCPUs for each processor above 0, such as 4.0")?;
        Ok(())
    }),
];

/// Takes one table of a list into the settings; wrong values are told with their place.
type TakeTable = fn(&mut Settings, &mut Fields<'_, '_>);

/// Every list of tables: its name, its keys, and what takes it.
const LISTS: [(&str, &[&str], TakeTable); 5] = [
    ("images", &["guest", "aarch64"], |settings, fields| {
        let image = (fields.string("guest"), fields.string("aarch64"));
        if let (Some(guest), Some(image)) = image {
            settings.images.insert(guest, image);
        }
    }),
    ("intents", &["intent", "hosts", "guests"], |settings, fields| {
        let Some(word) = fields.string("intent") else { return };
        let names = Names::of(&word).unwrap_or(Names::Hosts);
        let mut named = |key, wanted| if wanted { fields.strings(key) } else { Some(Vec::new()) };
        let hosts = named("hosts", names != Names::Guests);
        let guests = named("guests", names != Names::Hosts);
        let (Some(hosts), Some(guests)) = (hosts, guests) else { return };
        match Intent::new(&word, hosts, guests) {
            Ok(intent) => settings.intents.push(intent),
            Err(error) => fields.complain_of("intent", error.to_string()),
        }
    }),
    ("groups", &["name", "guests", "policy", "per", "at_most"], |settings, fields| {
        let (name, guests) = (fields.string("name"), fields.strings("guests"));
        let policy = fields.string("policy").and_then(|word| fields.policy(&word));
        if let (Some(name), Some(guests), Some(policy)) = (name, guests, policy) {
            settings.groups.push(Group { name, guests, policy });
        }
    }),
    ("windows", &["hosts", "guests", "from", "until"], |settings, fields| {
        settings.windows.extend(fields.window());
    }),
    ("order", &["guests"], |settings, fields| {
        settings.order.extend(fields.strings("guests"));
    }),
];

/// What the document says.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Written {
    /// The cluster's name, where it is given.
    pub(super) name: Option<String>,
    pub(super) settings: Settings,
    /// What is wrong with the document.
    pub(super) wrong: Vec<Complaint>,
}

/// Reads the document.
pub(super) fn read(source: SourceId, text: &str) -> Written {
    let (root, errors) = DeTable::parse_recoverable(text);
    let (mut name, mut settings) = (None, Settings::default());
    let syntax = |error: &toml::de::Error| {
        Complaint::new(error.span().map(|span| span.start), format!("not TOML: {}", error.message()), REMEDY)
    };
    let mut wrong: Vec<Complaint> = errors.iter().map(syntax).collect();
    for (key, value) in root.get_ref() {
        let key_name = key.get_ref().as_ref();
        if key_name == "name" {
            name = string(value).filter(|name| !name.is_empty());
            wrong.extend(name.is_none().then(|| not(value.span(), key_name, "a text")));
        } else if key_name == "map" || key_name == "hosts" {
            let mut reading = NameReading { source, wrong: &mut wrong };
            match key_name {
                "map" => settings.names = reading.map("map", value),
                _ => settings.host_names = reading.hosts(value),
            }
        } else if key_name == "racks" {
            settings.racks = racks::read(source, value, &mut wrong);
        } else if KEYS.iter().any(|(table, _, _)| *table == key_name) {
            table(&mut settings, &mut wrong, key_name, value);
        } else if let Some((_, keys, take)) = LISTS.iter().find(|(list, _, _)| *list == key_name) {
            list(&mut settings, &mut wrong, (key_name, keys, *take), value);
        } else {
            wrong.push(unknown(key.span(), key_name, ""));
        }
    }
    Written { name, settings, wrong }
}

fn table(settings: &mut Settings, wrong: &mut Vec<Complaint>, name: &str, value: &Value<'_>) {
    let DeValue::Table(entries) = value.get_ref() else {
        return wrong.push(not(value.span(), name, "a table"));
    };
    for (key, value) in entries {
        let key_name = key.get_ref().as_ref();
        match KEYS.iter().find(|(table, known, _)| *table == name && *known == key_name) {
            Some((_, _, take)) => {
                wrong.extend(
                    take(settings, value).err().map(|expected| not(value.span(), key_name, &expected)),
                );
            }
            None => wrong.push(unknown(key.span(), key_name, name)),
        }
    }
}

fn list(
    settings: &mut Settings,
    wrong: &mut Vec<Complaint>,
    (name, keys, take): (&str, &[&str], TakeTable),
    value: &Value<'_>,
) {
    let DeValue::Array(items) = value.get_ref() else {
        return wrong.push(not(value.span(), name, "a list of tables"));
    };
    for item in items {
        let DeValue::Table(entries) = item.get_ref() else {
            wrong.push(not(item.span(), name, "a list of tables"));
            continue;
        };
        let strange = entries.keys().filter(|key| !keys.contains(&key.get_ref().as_ref()));
        wrong.extend(strange.map(|key| unknown(key.span(), key.get_ref(), name)));
        take(settings, &mut Fields { entries, span: item.span(), wrong });
    }
}

/// What a time is written as.
const TIME: &str = "a time since the plan began, such as \"1h 30min\"";

/// The keys of groups that are apart.
const APART: [&str; 2] = ["per", "at_most"];

fn area(value: &Value<'_>) -> Option<Area> {
    match string(value)?.as_str() {
        "host" => Some(Area::Host),
        "rack" => Some(Area::Rack),
        _ => None,
    }
}

/// The fields of one table of a list.
struct Fields<'a, 't> {
    entries: &'a DeTable<'t>,
    span: Range<usize>,
    wrong: &'a mut Vec<Complaint>,
}

impl Fields<'_, '_> {
    fn take<T>(&mut self, key: &str, expected: &str, read: fn(&Value<'_>) -> Option<T>) -> Option<T> {
        let value = self.entries.get(key);
        let found = value.and_then(read);
        if found.is_none() {
            let span = value.map_or(self.span.clone(), Spanned::span);
            self.wrong.push(not(span, key, expected));
        }
        found
    }

    fn string(&mut self, key: &str) -> Option<String> {
        self.take(key, "a text", string)
    }

    fn strings(&mut self, key: &str) -> Option<Vec<String>> {
        self.take(key, "a list of names", strings)
    }

    fn policy(&mut self, word: &str) -> Option<GroupPolicy> {
        match word {
            "apart" => return self.apart().map(GroupPolicy::Apart),
            "together" => {
                for key in APART.into_iter().filter(|&key| self.entries.contains_key(key)) {
                    self.complain_of(key, format!("'{key}' is for groups that are 'apart'"));
                }
                return Some(GroupPolicy::Together);
            }
            _ => {}
        }
        self.complain_of("policy", format!("'{word}' is not a policy; there are 'apart' and 'together'"));
        None
    }

    /// How far apart: one on each host, where nothing else is said.
    fn apart(&mut self) -> Option<Apart> {
        let [per, at_most] = APART.map(|key| self.entries.contains_key(key));
        let per = if per { self.take("per", "'host' or 'rack'", area) } else { Some(Area::Host) };
        let number = |value: &Value<'_>| count(value).ok();
        let at_most = if at_most { self.take("at_most", "a number above 0", number) } else { Some(1) };
        Some(Apart { per: per?, at_most: at_most? })
    }

    /// A time; where one of its keys is wrong there is none, for it would say too little.
    fn window(&mut self) -> Option<Window> {
        let hosts = self.optional("hosts", "a list of names", strings, Vec::new())?;
        let guests = self.optional("guests", "a list of names", strings, Vec::new())?;
        let from_ms = self.optional("from", TIME, milliseconds, 0)?;
        let until = self.optional("until", TIME, |value| milliseconds(value).map(Some), None)?;
        if until.is_some_and(|until| until <= from_ms) {
            self.complain_of("until", "'until' is not after 'from'".to_owned());
            return None;
        }
        Some(Window { hosts, guests, from_ms, until_ms: until })
    }

    /// What a key holds, or `without` where it is left out; `None` where it is wrong.
    fn optional<T>(
        &mut self,
        key: &str,
        expected: &str,
        read: fn(&Value<'_>) -> Option<T>,
        without: T,
    ) -> Option<T> {
        if self.entries.contains_key(key) { self.take(key, expected, read) } else { Some(without) }
    }

    fn complain_of(&mut self, key: &str, message: String) {
        let at = self.entries.get(key).map_or(self.span.start, |value| value.span().start);
        self.wrong.push(Complaint::new(Some(at), message, REMEDY));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::tests::{any_text, source};
    use crate::model::Memory;
    use crate::text::LineIndex;
    use proptest::prelude::*;

    /// Made up.
    const MADE_UP: &str = "name = \"made-up\"\n[network]\nmigration_mbit = 10_000\nmove_mbit = 4_000\n[limits]\nmoves_per_host = 3\nmoves_out_per_host = 1\nmoves_per_rack = 5\nmoves_at_once = 9\nmemory_reserve = \"4 GiB\"\n\
        cpu_overcommit = 1.5\n[[images]]\nguest = \"web\"\naarch64 = \"web-arm.qcow2\"\n[[intents]]\nintent = \"drain\"\n\
        hosts = [\"h1\", \"h2\"]\n[[intents]]\nintent = \"pin\"\nguests = [\"db1\"]\n[[intents]]\nintent = \"move\"\nguests = [\"web\"]\nhosts = [\"h3\"]\n[[groups]]\nname = \"db\"\nguests = [\"db1\", \"db2\"]\npolicy = \"apart\"\n";

    fn told(text: &str) -> Vec<String> {
        let index = LineIndex::new(text);
        let line = |c: &Complaint| {
            let at = index.position(text, c.at.expect("a place"));
            format!("{}:{}: {}", at.line, at.column, c.message)
        };
        read(source(), text).wrong.iter().map(line).collect()
    }

    #[test]
    fn everything_is_taken() {
        let Written { name, settings, wrong } = read(source(), MADE_UP);
        assert_eq!(name.as_deref(), Some("made-up"));
        assert_eq!(wrong, []);
        assert_eq!((settings.migration_mbit, settings.move_mbit), (Some(10_000), Some(4_000)));
        assert_eq!((settings.moves_per_host, settings.memory_reserve), (3, Memory::gib(4)));
        assert_eq!(settings.cpu_overcommit_percent, 150);
        assert_eq!(settings.images.get("web").map(String::as_str), Some("web-arm.qcow2"));
        let sent = Intent::Move { guests: vec!["web".into()], to: "h3".into() };
        let intents = [Intent::Drain(vec!["h1".into(), "h2".into()]), Intent::Pin(vec!["db1".into()]), sent];
        assert_eq!(settings.intents, intents);
        let limits = (settings.moves_out_per_host, settings.moves_in_per_host, settings.moves_at_once);
        assert_eq!(limits, (Some(1), None, Some(9)));
        assert_eq!(settings.moves_per_rack, Some(5));
        assert_eq!(settings.groups[0].policy, GroupPolicy::APART);
        assert_eq!(read(source(), ""), Written::default());
    }

    #[test]
    fn what_is_wrong_is_told_and_the_rest_is_used() {
        let text = "speed = 1\n[network]\nmigration_mbit = \"fast\"\nmtu = 9000\n[limits]\nmoves_per_host = 5\n\
            memory_reserve = 4\ncpu_overcommit = -1.0\n[[intents]]\nintent = \"explode\"\nhosts = [\"h\"]\n\
            [[intents]]\nintent = \"drain\"\nhosts = []\n[[groups]]\nname = \"x\"\nguests = [1]\npolicy = \"near\"\n";
        assert_eq!(read(source(), text).settings.moves_per_host, 5);
        let mut told = told(text);
        told.sort();
        let expected = [
            "10:10: 'explode' is not an intent; there are 'drain HOST…', 'adopt HOST…', 'upgrade HOST…', 'evacuate HOST…', 'balance HOST…', 'relieve HOST…', 'ban HOST…', 'pin GUEST…' and 'move GUEST… to HOST'",
            "13:10: an intent names the hosts it is about: 'drain HOST…', 'adopt HOST…', 'upgrade HOST…', 'evacuate HOST…', 'balance HOST…', 'relieve HOST…' and 'ban HOST…'",
            "17:10: 'guests' is not a list of names",
            "18:10: 'near' is not a policy; there are 'apart' and 'together'",
            "1:1: 'speed' is not a key that is known",
            "3:18: 'migration_mbit' is not a number of Mbit/s above 0",
            "4:1: 'mtu' in 'network' is not a key that is known",
            "7:18: 'memory_reserve' is not an amount of memory, such as \"4 GiB\"",
            "8:18: 'cpu_overcommit' is not vCPUs for each processor above 0, such as 4.0",
        ];
        assert_eq!(told, expected);
    }

    #[test]
    fn groups_are_apart_by_host_or_by_rack() {
        let group = |keys: &str| format!("[[groups]]\nname = \"x\"\nguests = [\"a\"]\npolicy = {keys}\n");
        let policy = |keys: &str| read(source(), &group(keys)).settings.groups.first().map(|one| one.policy);
        let apart = |per, at_most| Some(GroupPolicy::Apart(Apart { per, at_most }));
        assert_eq!(policy("\"apart\"\nper = \"rack\"\nat_most = 2"), apart(Area::Rack, 2));
        assert_eq!(policy("\"apart\"\nper = \"host\""), apart(Area::Host, 1));
        assert_eq!(policy("\"apart\"\nat_most = 3"), apart(Area::Host, 3));
        assert_eq!(policy("\"apart\"\nper = \"room\""), None);
        assert_eq!(told(&group("\"apart\"\nper = \"room\"")), ["5:7: 'per' is not 'host' or 'rack'"]);
        assert_eq!(told(&group("\"apart\"\nat_most = 0")), ["5:11: 'at_most' is not a number above 0"]);
        let told = told(&group("\"together\"\nat_most = 2"));
        assert_eq!(told, ["5:11: 'at_most' is for groups that are 'apart'"]);
    }

    #[test]
    fn what_counts_for_a_balance_is_taken() {
        let text = "[balance]\nmemory = 0\nvcpus = 101\nguests = 3\ngain_percent = 0\nmoves_at_most = 9\n";
        let even = Evenness { memory: 0, guests: 3, moves_at_most: Some(9), ..Evenness::USUAL };
        assert_eq!(read(source(), text).settings.evenness, even);
        let expected = [
            "3:9: 'vcpus' is not a whole number from 0 to 100",
            "5:16: 'gain_percent' is not a whole number from 1 to 100",
        ];
        let mut told = told(text);
        told.sort();
        assert_eq!(told, expected);
    }

    #[test]
    fn a_syntax_error_does_not_lose_the_rest() {
        let text = "[limits]\nmoves_per_host = 5\nmemory_reserve = = 3\n";
        assert_eq!(read(source(), text).settings.moves_per_host, 5);
        assert!(told(text)[0].starts_with("3:"), "{:?}", told(text));
    }

    #[test]
    fn overcommit_is_read_exactly() {
        let percent = |text: &str| {
            read(source(), &format!("[limits]\ncpu_overcommit = {text}")).settings.cpu_overcommit_percent
        };
        assert_eq!([percent("4"), percent("4.0"), percent("1.25"), percent("0.5")], [400, 400, 125, 50]);
        assert_eq!([percent("1e3"), percent("inf"), percent("0")], [400, 400, 400], "the default");
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in any_text(MADE_UP)) {
            let _ = read(source(), &text);
        }
    }
}
