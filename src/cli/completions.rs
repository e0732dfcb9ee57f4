//! `portolan completions`

use clap::{Args, ValueEnum};
use clap_complete::{Shell, generate};

use super::Outcome;
use super::error::CliError;
use super::output::Terminal;

/// Print what makes a shell complete the commands and options of portolan
#[derive(Args)]
pub(super) struct Completions {
    /// The shell
    shell: Known,
}

#[derive(Clone, Copy, ValueEnum)]
enum Known {
    /// Bash, with the package bash-completion
    Bash,
    /// Zsh
    Zsh,
    /// Fish
    Fish,
}

impl Completions {
    pub(super) fn run(&self, terminal: &mut Terminal) -> Result<Outcome, CliError> {
        let shell = match self.shell {
            Known::Bash => Shell::Bash,
            Known::Zsh => Shell::Zsh,
            Known::Fish => Shell::Fish,
        };
        let mut script = Vec::new();
        generate(shell, &mut super::command(), "portolan", &mut script);
        terminal.print_as_it_is(&String::from_utf8_lossy(&script))?;
        Ok(Outcome::Clear)
    }
}
