//! `portolan rewrite`

mod firmware;
mod found;
mod of_files;
mod of_inventory;
mod part;
mod pin;
mod rewritten;
mod shape;
mod source;
mod target;

use std::path::{Path, PathBuf};

use clap::Args;

use super::Outcome;
use super::error::CliError;
use super::output::Terminal;
use found::Found;
use of_inventory::Way;
use shape::Shape;
use target::{Goal, Target};

/// Rewrite guests' domain XML for another host or for q35, or pin their CPU to a baseline
///
/// `portolan rewrite INVENTORY --to HOST` rewrites guests of an inventory for one of its hosts, of x86 or of ARM; an x86 guest
/// keeps its chipset there where the host has it, and `--chipset q35` moves it to q35. `portolan rewrite FILE.xml…
/// --profile aarch64-virt` needs no inventory, nor does `--profile x86_64-q35`, which moves guests from i440fx to q35 and
/// leaves how they are run as it is. `-` is standard input. One guest's new XML goes to standard output and everything else
/// to standard error; several guests need --output, or --diff, --check, --format text or json.
///
/// `portolan rewrite INVENTORY --baseline` gives guests whose CPU goes beyond the baseline of their host that baseline,
/// `portolan rewrite FILE.xml… --cpu BASELINE.xml` the CPU of a file: topology, NUMA cells and all else stay as they
/// are. A guest that runs keeps its CPU until its next cold start.
///
/// `portolan rewrite INVENTORY --firmware auto|explicit|efi` changes nothing but the firmware of guests, on their own host.
///
/// An edit is unsafe where the guest loses or changes something that a person should look at. The new XML of such a guest is
/// written with --allow-unsafe only; without it the unsafe edits are listed. --diff, --check and --format show all of them.
#[derive(Args)]
#[command(after_help = "Examples:
  virsh dumpxml --inactive web | portolan rewrite - --profile x86_64-q35 --reasons --check
  virsh dumpxml --inactive web | portolan rewrite - --profile x86_64-q35 --allow-unsafe >web.xml
  portolan rewrite guests/*.xml --profile aarch64-virt --diff
  portolan rewrite guests/*.xml --profile aarch64-virt --allow-unsafe --output new
  portolan rewrite INVENTORY --to taishan-01 --guest web-01 --format json
  portolan rewrite INVENTORY --baseline --groups 2 --allow-unsafe --output new

Exit codes: 0 nothing blocks, 1 something does, an unsafe edit is not allowed, or --check finds a change, 2 a file or the \
                  arguments are wrong (the other files are rewritten all the same).")]
pub(super) struct RewriteGuests {
    /// The inventory, or domain XML files; - is standard input
    #[arg(required = true, value_name = "INVENTORY | FILE")]
    what: Vec<PathBuf>,
    /// Only this guest of the inventory (may be given several times)
    #[arg(long = "guest", value_name = "GUEST", conflicts_with_all = ["profile", "cpu"])]
    guests: Vec<String>,
    #[command(flatten)]
    target: Target,
    #[command(flatten)]
    shape: Shape,
}

impl RewriteGuests {
    pub(super) fn run(&self, terminal: &mut Terminal) -> Result<Outcome, CliError> {
        self.shape.is_one()?;
        let found = terminal.during("rewriting", || self.found())?;
        self.shape.has_room_for(found.read().filter(|one| one.new_text().is_some()).count())?;
        self.shape.has_a_file_for_each(&found)?;
        self.show(found, terminal)
    }

    /// What is asked for, rewritten.
    fn found(&self) -> Result<Found, CliError> {
        let target = &self.target;
        match &target.goal {
            Goal { baseline: true, to, .. } if to.is_empty() => {
                let inventory = self.inventory("--baseline")?;
                Ok(pin::of_inventory(inventory, &self.guests, &target.baselines())?.into())
            }
            Goal { cpu: Some(cpu), .. } => Ok(pin::of_files(self.files()?, cpu)?.into()),
            Goal { firmware: Some(how), to, .. } if to.is_empty() => {
                let inventory = self.inventory("--firmware")?;
                Ok(firmware::of_inventory(inventory, &self.guests, *how)?.into())
            }
            Goal { profile: Some(profile), .. } => {
                Ok(of_files::rewritten(self.files()?, &target.profile(profile)?).into())
            }
            Goal { to, baseline, .. } => {
                let baselines = baseline.then(|| target.baselines());
                let way = Way { to, guests: &self.guests, wish: target.wish(), baselines };
                way.rewritten(self.inventory("--to")?)
            }
        }
    }

    fn inventory(&self, option: &str) -> Result<&Path, CliError> {
        match &self.what[..] {
            [inventory] => Ok(inventory),
            _ => Err(CliError::Wrong(format!("{option} takes one inventory"))),
        }
    }

    fn files(&self) -> Result<&[PathBuf], CliError> {
        source::each_once(&self.what)?;
        self.shape.has_room_for(self.what.len())?;
        Ok(&self.what)
    }

    fn show(&self, found: Found, terminal: &mut Terminal) -> Result<Outcome, CliError> {
        for refusal in &found.refused {
            terminal.say(&format!("{refusal}\n"));
        }
        // What reads the output of one guest reads a guest, changed or not.
        let untouched = found.only().filter(|one| one.is_left_alone()).map(|one| one.old.clone());
        let mut outcome = if found.refused.is_empty() { Outcome::Clear } else { Outcome::Blocked };
        for one in found.guests {
            outcome = outcome.max(match one {
                Ok(one) => self.shape.show(one, terminal)?,
                Err(error) => {
                    terminal.complain(&error);
                    Outcome::Wrong
                }
            });
        }
        if let Some(text) = untouched.filter(|_| self.shape.prints_xml()) {
            terminal.print_as_it_is(&text)?;
        }
        Ok(outcome)
    }
}
