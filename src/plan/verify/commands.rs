//! Whether the commands of a move are of its guest and of its hosts, and do what its mode asks for.

use crate::model::Guest;
use crate::plan::commands::Command;
use crate::plan::document::MoveRecord;
use crate::plan::mode::MoveMode;
use crate::plan::preparation::When;

/// What `virsh` is told to do, in this order, for a move and for the way back: by whether it is live, whether the guest is on a host,
/// whether it runs, and whether a person does something before it starts.
const VERBS: [(Way, &[&str], &[&str]); 5] = [
    (Way::Live, &["migrate"], &["migrate"]),
    (
        Way::Stopped,
        &["dumpxml", "shutdown", "domstate", "define", "start", "undefine"],
        &["destroy", "undefine", "define", "start"],
    ),
    (
        Way::Waiting,
        &["dumpxml", "shutdown", "domstate", "define", WAIT, "start", "undefine"],
        &["destroy", "undefine", "define", WAIT, "start"],
    ),
    (Way::Off, &["dumpxml", "define", "undefine"], &["undefine", "define"]),
    (Way::New, &["define"], &["undefine"]),
];

/// What looks at a host and at no guest.
const OF_HOSTS: [&str; 2] = ["nodememstats", "freepages"];

/// In the place of a verb: a person says that something is done.
const WAIT: &str = "until";

#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Live,
    Stopped,
    Waiting,
    Off,
    New,
}

/// What is wrong with the commands of a move.
pub(super) fn wrong(one: &MoveRecord, guest: &Guest) -> Vec<String> {
    let way = match (one.mode, &one.from) {
        (MoveMode::Live, _) => Way::Live,
        (_, None) => Way::New,
        (_, Some(_)) if guest.running && waits(one) => Way::Waiting,
        (_, Some(_)) if guest.running => Way::Stopped,
        (_, Some(_)) => Way::Off,
    };
    let commands = &one.commands;
    let mut wrong = Vec::new();
    for (_, run, back) in VERBS.iter().filter(|(of, ..)| *of == way) {
        let lists = [("moves", &commands.run, run), ("brings back", &commands.back, back)];
        for (does, lines, verbs) in lists {
            if !in_order(lines, verbs) {
                let text =
                    format!("no command {does} guest '{}' as it should: {}", one.guest, verbs.join(", "));
                wrong.push(text);
            }
        }
    }
    let (from, to) = (one.from.as_deref(), Some(one.to.as_str()));
    let forth = commands.check.iter().chain(&commands.run).map(|command| (command, false));
    for (command, back) in forth.chain(commands.back.iter().map(|command| (command, true))) {
        let there = if back && way == Way::Live { (to, from) } else { (from, to) };
        if !is_of(command, &one.guest, there) {
            wrong.push(format!("a command is not of guest '{}' and its hosts: {}", one.guest, command.line));
        }
    }
    wrong
}

/// Whether a person does something while the guest is shut down; the disk of one that is rebuilt is changed.
fn waits(one: &MoveRecord) -> bool {
    one.mode == MoveMode::Rebuild || one.preparations.iter().any(|asked| asked.when == When::Stopped)
}

/// Whether these verbs are among those of the lines, in this order.
fn in_order(lines: &[Command], verbs: &[&str]) -> bool {
    let mut left = verbs.iter().peekable();
    for line in lines {
        let verb = verb(&words(&line.line));
        left.next_if(|next| verb.as_deref() == Some(**next));
    }
    left.peek().is_none()
}

/// Whether a command is run on the one host or on none, talks to no host but the other, and names the guest.
fn is_of(command: &Command, guest: &str, (on, with): (Option<&str>, Option<&str>)) -> bool {
    let words = words(&command.line);
    let far = |word: &&String| word.contains("://");
    let of_host = |word: &String| with.is_some_and(|host| *word == format!("qemu+ssh://{host}/system"));
    let file = guest.replace('/', "_");
    let paths = [format!("./{file}.before.xml"), format!("guests/{file}.xml")];
    let named = words.iter().any(|word| word == guest || paths.contains(word));
    (command.on.is_none() || command.on.as_deref() == on)
        && words.iter().filter(far).all(of_host)
        && (named || verb(&words).is_some_and(|verb| OF_HOSTS.contains(&verb.as_str())))
}

/// What `virsh` is told to do; where it is told nothing, the first word.
fn verb(words: &[String]) -> Option<String> {
    if !words.iter().any(|word| word == "virsh") {
        return words.first().cloned();
    }
    let after = words.iter().skip_while(|word| *word != "virsh").skip(1).collect::<Vec<_>>();
    let skip = if after.first().is_some_and(|word| *word == "-c") { 2 } else { 0 };
    after.get(skip).map(|word| (*word).clone())
}

/// The words of a line for a POSIX shell, without what surrounds commands in it.
fn words(line: &str) -> Vec<String> {
    let (mut words, mut word, mut quoted, mut escaped) = (Vec::new(), None::<String>, false, false);
    for c in line.chars() {
        let plain = !quoted && !escaped;
        match c {
            '\'' if !escaped => {
                quoted = !quoted;
                word.get_or_insert_default();
            }
            '\\' if plain => escaped = true,
            ' ' | '(' | ')' | '"' | '$' | ';' if plain => words.extend(word.take()),
            other => {
                word.get_or_insert_default().push(other);
                escaped = false;
            }
        }
    }
    words.extend(word);
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read_as_a_shell_reads_them() {
        let line = r"virsh -c 'qemu+ssh://a b/system' define 'guests/it'\''s.xml'";
        assert_eq!(words(line), ["virsh", "-c", "qemu+ssh://a b/system", "define", "guests/it's.xml"]);
        let line = "until [ \"$(virsh domstate 'a;b')\" = 'shut off' ]; do sleep 1; done";
        assert_eq!(words(line)[2..6], ["virsh", "domstate", "a;b", "="]);
        assert_eq!(verb(&words(line)).as_deref(), Some("domstate"));
        assert_eq!(words("virsh start ''"), ["virsh", "start", ""]);
    }
}
