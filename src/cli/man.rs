//! `portolan man`

use std::path::PathBuf;

use clap::{Args, Command};
use clap_mangen::Man;

use super::Outcome;
use super::error::CliError;
use super::output::{Terminal, write_file};

/// Print the manual page, or write those of all commands into a folder
#[derive(Args)]
pub(super) struct Manual {
    /// Write portolan.1 and a page for each command, such as portolan-check.1, into this folder
    #[arg(long, value_name = "DIR")]
    output: Option<PathBuf>,
}

impl Manual {
    pub(super) fn run(&self, terminal: &mut Terminal) -> Result<Outcome, CliError> {
        let mut root = super::command();
        root.build();
        let Some(folder) = &self.output else {
            terminal.print_as_it_is(&page(&root)?)?;
            return Ok(Outcome::Clear);
        };
        for (name, text) in pages(&root)? {
            write_file(&folder.join(name), &text)?;
        }
        Ok(Outcome::Clear)
    }
}

/// The pages of a command and of those below it, by the names of their files.
fn pages(command: &Command) -> Result<Vec<(String, String)>, CliError> {
    let name = command.get_display_name().unwrap_or_else(|| command.get_name());
    let mut all = vec![(format!("{name}.1"), page(command)?)];
    let shown = command.get_subcommands().filter(|inner| !inner.is_hide_set() && inner.get_name() != "help");
    for inner in shown {
        all.extend(pages(inner)?);
    }
    Ok(all)
}

fn page(command: &Command) -> Result<String, CliError> {
    let mut text = Vec::new();
    let made_by = concat!("portolan ", env!("CARGO_PKG_VERSION"));
    Man::new(command.clone()).source(made_by).manual("Portolan").render(&mut text)?;
    // What stands after the options is nothing but examples, and exit codes below them.
    Ok(String::from_utf8_lossy(&text).replace(".SH EXTRA", ".SH EXAMPLES"))
}
