//! The commands that make a move: before, the move itself, and the way back.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::mode::MoveMode;
use super::preparation::{Preparation, When};
use crate::model::Guest;

/// One line for a shell.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Command {
    /// The host on which to run it; `null` for wherever the plan and its `guests/` are.
    pub on: Option<String>,
    /// The line, names quoted for a POSIX shell.
    pub line: String,
}

/// The commands that make a move.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Commands {
    /// What to look at before: each has to succeed.
    pub check: Vec<Command>,
    /// The move.
    pub run: Vec<Command>,
    /// The way back, after the move or in the middle of it.
    pub back: Vec<Command>,
}

/// What the lines are made of, quoted.
struct Names {
    name: String,
    from: Option<String>,
    here: Option<String>,
    guest: String,
    to: String,
    back_to: String,
    saved: String,
    made: String,
    runs: bool,
    /// What is told to the person whom the commands wait for, on the way there and back; `None` where they wait for nobody.
    waits: Option<(&'static str, &'static str)>,
    /// Whether it has huge pages.
    huge_pages: bool,
}

/// The commands that move `guest` from host `from` to host `to`; `asked` is what persons have to do for it.
pub(super) fn commands(
    guest: &Guest,
    (from, to): (Option<&str>, &str),
    mode: MoveMode,
    asked: &[Preparation],
) -> Commands {
    let file = file_of(&guest.name);
    let names = Names {
        name: guest.name.clone(),
        from: from.map(str::to_owned),
        here: Some(to.to_owned()),
        guest: domain(&guest.name),
        to: uri(to),
        back_to: uri(from.unwrap_or_default()),
        saved: quoted(&format!("./{file}.before.xml")),
        made: quoted(&format!("guests/{file}.xml")),
        runs: guest.running,
        waits: waits(mode, asked),
        huge_pages: !guest.requirements.hugepages.is_empty(),
    };
    match mode {
        MoveMode::Live => names.live(),
        MoveMode::Cold => names.cold(),
        MoveMode::Placed => names.placed(),
        MoveMode::Rebuild => names.rebuild(),
    }
}

/// Whether a person does something between the stop and the start, in words for the way there and back.
fn waits(mode: MoveMode, asked: &[Preparation]) -> Option<(&'static str, &'static str)> {
    match mode {
        // What is on the disk has to be for the machine that starts.
        MoveMode::Rebuild => Some((
            "do what is to be done while it is shut down, put the image for aarch64 in the place of the x86 disk, and keep that under \
             another name",
            "put the x86 disk back in its place, and bring back what was copied",
        )),
        _ if asked.iter().any(|one| one.when == When::Stopped) => {
            Some(("do what is to be done while it is shut down", "bring back what was copied"))
        }
        _ => None,
    }
}

impl Names {
    fn source(&self, line: String) -> Command {
        Command { on: self.from.clone(), line }
    }

    fn check(&self) -> Vec<Command> {
        let state = format!("virsh domstate {}", self.guest);
        let room = self.source(format!("virsh -c {} nodememstats", self.to));
        let pages = self.huge_pages.then(|| self.source(format!("virsh -c {} freepages --all", self.to)));
        self.from.iter().map(|_| self.source(state.clone())).chain([room]).chain(pages).collect()
    }

    fn live(&self) -> Commands {
        let migrate =
            |to: &str| format!("virsh migrate --live --persistent --undefinesource {} {to}", self.guest);
        let back = Command { on: self.here.clone(), line: migrate(&self.back_to) };
        Commands { check: self.check(), run: vec![self.source(migrate(&self.to))], back: vec![back] }
    }

    fn cold(&self) -> Commands {
        self.anew(self.source(format!("virsh -c {} define {}", self.to, self.saved)))
    }

    fn rebuild(&self) -> Commands {
        let define = Command { on: None, line: format!("virsh -c {} define {}", self.to, self.made) };
        if self.from.is_none() {
            return self.placed();
        }
        self.anew(define)
    }

    /// Waits until a person says that something is done, by a file.
    fn until(&self, file: &str, done: &str) -> Command {
        let ask = format!("echo '{done}, then touch' {file} 'for' {}", quoted(&self.name));
        self.source(format!("until [ -e {file} ]; do {ask}; sleep 10; done"))
    }

    /// libvirt undefines no guest that has an NVRAM file unless told what to do with it; where there
    /// is none, `--keep-nvram` does nothing. Nothing is undefined at the source before the guest is defined, and runs if it ran, at the
    /// destination.
    fn anew(&self, define: Command) -> Commands {
        let (guest, to, saved) = (&self.guest, &self.to, &self.saved);
        let mut run = vec![
            self.source(format!("(umask 077; virsh dumpxml --inactive --security-info {guest} > {saved})")),
        ];
        if self.runs {
            run.push(self.source(format!("virsh shutdown {guest}")));
            let off = format!("until [ \"$(virsh domstate {guest})\" = 'shut off' ]; do sleep 1; done");
            run.push(self.source(off));
        }
        run.push(define);
        if self.runs {
            run.extend(self.waits.map(|(there, _)| self.until(&ready(&self.name), there)));
            run.push(self.source(format!("virsh -c {to} start {guest}")));
        }
        run.push(self.source(format!("virsh undefine --keep-nvram {guest}")));
        Commands { check: self.check(), run, back: self.back() }
    }

    fn back(&self) -> Vec<Command> {
        let mut lines = Vec::new();
        if self.runs {
            lines.push(format!("virsh -c {} destroy {}", self.to, self.guest));
        }
        lines.push(format!("virsh -c {} undefine --keep-nvram {}", self.to, self.guest));
        lines.push(format!("virsh define {}", self.saved));
        let mut lines: Vec<Command> = lines.into_iter().map(|line| self.source(line)).collect();
        if self.runs {
            lines.extend(self.waits.map(|(_, back)| self.until(&ready_back(&self.name), back)));
            lines.push(self.source(format!("virsh start {}", self.guest)));
        }
        lines
    }

    fn placed(&self) -> Commands {
        let here = |line: String| vec![Command { on: None, line }];
        Commands {
            check: self.check(),
            run: here(format!("virsh -c {} define {}", self.to, self.made)),
            back: here(format!("virsh -c {} undefine --keep-nvram {}", self.to, self.guest)),
        }
    }
}

/// A guest's name as part of a file's.
fn file_of(guest: &str) -> String {
    guest.replace('/', "_")
}

/// The file by which a person says, on the host that a guest leaves, that what is to be done while it is shut down is done; as one word for a
/// POSIX shell.
pub(super) fn ready(guest: &str) -> String {
    quoted(&format!("./{}.ready", file_of(guest)))
}

/// The same on the way back.
fn ready_back(guest: &str) -> String {
    quoted(&format!("./{}.ready-back", file_of(guest)))
}

fn uri(host: &str) -> String {
    quoted(&format!("qemu+ssh://{host}/system"))
}

/// A guest's name as an argument of virsh: one that begins with `-` would be read as an option.
fn domain(name: &str) -> String {
    let name = quoted(name);
    if name.starts_with('-') { format!("--domain {name}") } else { name }
}

/// `text` as one word for a POSIX shell.
pub fn quoted(text: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./:@%+=,".contains(c);
    if !text.is_empty() && text.chars().all(plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_words_for_a_shell() {
        assert_eq!(quoted("web-1"), "web-1");
        assert_eq!(quoted("a b; $(reboot)"), "'a b; $(reboot)'");
        assert_eq!(quoted("it's"), r"'it'\''s'");
        assert_eq!(quoted(""), "''");
        assert_eq!(domain("--all"), "--domain --all");
        assert_eq!(uri("h1"), "qemu+ssh://h1/system");
    }
}
