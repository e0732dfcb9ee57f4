//! `portolan rewrite`

use std::collections::BTreeSet;
use std::fs;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use clap::builder::PossibleValuesParser;
use clap::{Args, ValueEnum};

use super::Outcome;
use super::error::CliError;
use super::inventory::{guests, host};
use super::output::{Terminal, file_name, write_file};
use super::pin::{self, Baselines, Pinned};
use super::refit;
use crate::model::VirtType;
use crate::rewrite::{Part, Profile, Refusal, Rewrite, Wish, rewrite, rewrite_guest};
use crate::{ingest, report};

/// Rewrite guests' domain XML for another host or for q35, or pin their CPU to a baseline
///
/// `portolan rewrite INVENTORY --to HOST` rewrites guests of an inventory for one of its hosts, of x86 or of ARM; an x86 guest
/// keeps its chipset there where the host has it, and `--chipset q35` moves it to q35. `portolan rewrite FILE.xml…
/// --profile aarch64-virt` needs no inventory, nor does `--profile x86_64-q35`, which moves guests from i440fx to q35 and
/// leaves how they are run as it is. One guest's new XML goes to standard output and everything else to
/// standard error; several guests need --output.
///
/// `portolan rewrite INVENTORY --baseline` gives guests whose CPU goes beyond the baseline of their host that baseline,
/// `portolan rewrite FILE.xml… --cpu BASELINE.xml` the CPU of a file: topology, NUMA cells and all else stay as they
/// are. A guest that runs keeps its CPU until its next cold start.
///
/// `portolan rewrite INVENTORY --firmware auto|explicit|efi` changes nothing but the firmware of guests, on their own host.
#[derive(Args)]
pub(super) struct RewriteGuests {
    /// The inventory, or domain XML files
    #[arg(required = true, value_name = "INVENTORY | FILE")]
    what: Vec<PathBuf>,
    /// Only this guest of the inventory (may be given several times)
    #[arg(long = "guest", value_name = "GUEST", conflicts_with_all = ["profile", "cpu"])]
    guests: Vec<String>,
    #[command(flatten)]
    target: Target,
    /// With --baseline: the baselines of the best division into at most K CPU groups
    #[arg(long, value_name = "K", requires = "baseline", conflicts_with = "lock")]
    groups: Option<NonZeroUsize>,
    /// With --baseline: the baselines that `portolan baseline --lock` wrote
    #[arg(long, value_name = "FILE", requires = "baseline")]
    lock: Option<PathBuf>,
    /// How the target runs the guests [default: kvm, or what the host offers]
    #[arg(long, value_enum, conflicts_with_all = ["baseline", "cpu", "firmware"])]
    virt_type: Option<Run>,
    /// With --to: the chipset of an x86 guest afterwards, though the host has its own
    #[arg(long, value_enum, requires = "to")]
    chipset: Option<Chipset>,
    /// Rewrite this part only (may be given several times)
    #[arg(long, value_enum, value_name = "PART", conflicts_with_all = ["baseline", "cpu"])]
    only: Vec<super::part::OnlyPart>,
    /// Write the new XML files into this folder
    #[arg(long, value_name = "DIR")]
    output: Option<PathBuf>,
    /// Print unified diffs instead of the new XML
    #[arg(long)]
    diff: bool,
    /// Say every reason on standard error
    #[arg(long)]
    reasons: bool,
    /// How to print it
    #[arg(long, value_enum, default_value_t = Format::Xml)]
    format: Format,
}

/// What guests are rewritten for.
#[derive(Args)]
#[group(required = true, multiple = true)]
struct Target {
    /// The host of the inventory to rewrite for (several times: for what fits all of them)
    #[arg(long, value_name = "HOST")]
    to: Vec<String>,
    /// The built-in target to rewrite files for
    #[arg(long, value_name = "NAME", conflicts_with_all = ["to", "baseline", "cpu"])]
    #[arg(value_parser = PossibleValuesParser::new(Profile::names()))]
    profile: Option<String>,
    /// Pin guests of the inventory to the baseline of their host; with --to to that of the host that they are rewritten for
    #[arg(long, conflicts_with = "cpu")]
    baseline: bool,
    /// Say the firmware of guests of the inventory another way, or give a BIOS guest UEFI
    #[arg(long, value_enum, value_name = "HOW")]
    firmware: Option<refit::Firmware>,
    /// Pin the guests of files to the CPU in this file
    #[arg(long, value_name = "FILE", conflicts_with = "to")]
    cpu: Option<PathBuf>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Run {
    /// Under KVM
    Kvm,
    /// By emulation
    Qemu,
}

#[derive(Clone, Copy, ValueEnum)]
enum Chipset {
    /// The PC with PCI Express
    Q35,
}

#[derive(Clone, Copy, PartialEq, ValueEnum)]
enum Format {
    /// libvirt's XML
    Xml,
    /// What was changed and why, for people
    Text,
    /// One JSON document for each guest
    Json,
}

/// One rewritten guest.
pub(super) struct Rewritten {
    pub(super) name: String,
    pub(super) file: String,
    pub(super) old: String,
    pub(super) profile: Profile,
    pub(super) rewrite: Rewrite,
}

impl RewriteGuests {
    pub(super) fn run(&self, terminal: &mut Terminal) -> Result<Outcome, CliError> {
        let mut refused = Vec::new();
        let all = match &self.target {
            Target { baseline: true, to, .. } if to.is_empty() => return self.pin(terminal, &self.pinned()?),
            Target { cpu: Some(cpu), .. } => {
                return self.pin(terminal, &pin::of_files(&self.what, cpu)?);
            }
            Target { firmware: Some(how), to, .. } if to.is_empty() => {
                refit::of_inventory(&self.what, &self.guests, *how)?
            }
            Target { profile: Some(profile), .. } => self.of_files(profile)?,
            Target { to, .. } => self.of_inventory(to, &mut refused)?,
        };
        self.has_room_for(all.len())?;
        for refusal in &refused {
            terminal.note(&format!("{refusal}\n"));
        }
        for one in &all {
            self.show(one, terminal)?;
        }
        let blocked = !refused.is_empty() || all.iter().any(|one| one.rewrite.is_blocked());
        Ok(if blocked { Outcome::Blocked } else { Outcome::Clear })
    }

    /// Several guests' XML is not one document.
    fn has_room_for(&self, count: usize) -> Result<(), CliError> {
        if count > 1 && self.output.is_none() && self.format == Format::Xml && !self.diff {
            return Err(CliError::Wrong(format!(
                "{count} guests: name a folder for them with --output, or see --diff"
            )));
        }
        Ok(())
    }

    fn pinned(&self) -> Result<Vec<Pinned>, CliError> {
        let [inventory] = &self.what[..] else {
            return Err(CliError::Wrong("--baseline takes one inventory".to_owned()));
        };
        pin::of_inventory(inventory, &self.guests, &self.baselines())
    }

    fn baselines(&self) -> Baselines<'_> {
        let computed = Baselines::Computed(self.groups.map(NonZeroUsize::get));
        self.lock.as_deref().map_or(computed, Baselines::Locked)
    }

    fn pin(&self, terminal: &mut Terminal, all: &[Pinned]) -> Result<Outcome, CliError> {
        self.has_room_for(all.iter().filter(|one| one.document.xml.is_some()).count())?;
        for one in all {
            self.show_pinned(one, terminal)?;
        }
        if self.format == Format::Xml && self.output.is_none() && !self.diff {
            let new = all.iter().find_map(|one| one.document.xml.as_deref());
            // What reads the output of one guest reads a guest, changed or not.
            let alone = if let [one] = all { Some(one.old.as_str()) } else { None };
            new.or(alone).map_or(Ok(()), |xml| terminal.print(xml))?;
        }
        Ok(if all.iter().any(|one| one.blocked) { Outcome::Blocked } else { Outcome::Clear })
    }

    fn show_pinned(&self, one: &Pinned, terminal: &mut Terminal) -> Result<(), CliError> {
        let text = report::pin_text(&one.document);
        let new = one.document.xml.as_deref();
        if let (Some(folder), Some(new)) = (&self.output, new) {
            write_file(&folder.join(&one.file), new)?;
        }
        match (self.format, new) {
            (Format::Json, _) => return terminal.print_json(&one.document),
            (Format::Text, _) => return terminal.print(&text),
            (Format::Xml, Some(new)) if self.diff => {
                terminal.print(&report::coloured(&report::diff(&one.file, &one.old, new)))?;
            }
            (Format::Xml, _) => {}
        }
        // Who asks for XML is told of what is not in it.
        if self.reasons || new.is_none() || one.blocked {
            terminal.note(&text);
        }
        Ok(())
    }

    fn virt_type(&self) -> Option<VirtType> {
        self.virt_type.map(|run| match run {
            Run::Kvm => VirtType::Kvm,
            Run::Qemu => VirtType::Qemu,
        })
    }

    fn wish(&self) -> Wish {
        let parts = self.only.iter().map(|part| part.part()).collect::<BTreeSet<_>>();
        let parts = if parts.is_empty() { Part::ALL.into() } else { parts };
        let firmware = self.target.firmware.map(refit::Firmware::wish);
        Wish { virt_type: self.virt_type(), q35: self.chipset.is_some(), cpu: None, firmware, parts }
    }

    /// The guests that are named; where none is, all, and those that the hosts cannot run are told and left out.
    fn of_inventory(&self, to: &[String], refused: &mut Vec<Refusal>) -> Result<Vec<Rewritten>, CliError> {
        let [inventory] = &self.what[..] else {
            return Err(CliError::Wrong("--to takes one inventory".to_owned()));
        };
        let cluster = ingest::read(inventory)?;
        let hosts = to
            .iter()
            .map(|to| Ok(&cluster.hosts[host(&cluster, to)?]))
            .collect::<Result<Vec<_>, CliError>>()?;
        let groups =
            if self.target.baseline { pin::targets(&cluster, &self.baselines())? } else { Vec::new() };
        let mut all = Vec::new();
        for guest in guests(&cluster, &self.guests)? {
            let guest = &cluster.guests[guest];
            let cpu = if self.target.baseline { pin::on_hosts(guest, to, &groups)? } else { None };
            match rewrite_guest(&cluster, guest, &hosts, &Wish { cpu, ..self.wish() }) {
                Ok((profile, rewrite)) => {
                    let old = cluster.sources.get(guest.source).text.to_string();
                    let (name, file) = (guest.name.clone(), format!("{}.xml", file_name(&guest.name)));
                    all.push(Rewritten { name, file, old, profile, rewrite });
                }
                Err(refusal) => refused.push(refusal),
            }
        }
        match refused.first() {
            Some(refusal) if all.is_empty() || !self.guests.is_empty() => {
                Err(CliError::Wrong(refusal.to_string()))
            }
            _ => Ok(all),
        }
    }

    fn of_files(&self, name: &str) -> Result<Vec<Rewritten>, CliError> {
        let virt_type = self.virt_type().unwrap_or(VirtType::Kvm);
        let mut profile = Profile::named(name, virt_type)
            .ok_or_else(|| CliError::unknown("profile", name, Profile::names()))?;
        profile.parts = self.wish().parts;
        self.what.iter().map(|path| of_file(path, &profile)).collect()
    }

    fn show(&self, one: &Rewritten, terminal: &mut Terminal) -> Result<(), CliError> {
        let document = report::rewrite_document(&one.name, &one.old, &one.profile, &one.rewrite);
        let reasons = report::rewrite_reasons(&document, &one.rewrite.budget);
        if let Some(folder) = &self.output {
            write_file(&folder.join(&one.file), &one.rewrite.text)?;
        }
        match self.format {
            Format::Json => return terminal.print_json(&document),
            Format::Text => return terminal.print(&reasons),
            Format::Xml if self.diff => {
                let diff = report::diff(&one.file, &one.old, &one.rewrite.text);
                terminal.print(&report::coloured(&diff))?;
            }
            Format::Xml if self.output.is_none() => terminal.print(&one.rewrite.text)?,
            Format::Xml => {}
        }
        if self.reasons {
            terminal.note(&reasons);
        } else if !one.rewrite.steps.is_empty() {
            terminal.note(&format!(
                "{}: {} steps for a person; see --reasons\n",
                one.name,
                one.rewrite.steps.len()
            ));
        }
        Ok(())
    }
}

#[expect(clippy::disallowed_methods, reason = "the file is named on the command line")]
fn of_file(path: &Path, profile: &Profile) -> Result<Rewritten, CliError> {
    let fail = |source| CliError::File { path: path.to_owned(), source };
    let old = fs::read_to_string(path).map_err(fail)?;
    let wrong = |error: crate::rewrite::RewriteError| {
        let at = match &error {
            crate::rewrite::RewriteError::Xml(error) => {
                let at = crate::text::LineIndex::new(&old).position(&old, error.offset);
                format!(":{}:{}", at.line, at.column)
            }
            _ => String::new(),
        };
        CliError::Wrong(format!("{}{at}: {error}", path.display()))
    };
    let rewrite = rewrite(&old, profile).map_err(wrong)?;
    let name = path.file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
    let file = format!("{}.xml", file_name(&name));
    Ok(Rewritten { name, file, old, profile: profile.clone(), rewrite })
}
