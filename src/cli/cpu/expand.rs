//! `portolan cpu expand`

use std::path::PathBuf;

use clap::Args;

use super::{MapChoice, inputs, print};
use crate::cli::Outcome;
use crate::cli::error::CliError;
use crate::cli::output::Terminal;
use crate::cpu::x86::virsh::{any_input, cpu_words};
use crate::cpu::x86::{CpuError, expand_features, to_xml};
use crate::ingest::CpuInput;
use crate::model::CpuMap;

/// Print CPUs with every feature they have, as --features prints a baseline
#[derive(Args)]
pub(super) struct Expand {
    /// The document with the CPUs
    file: PathBuf,
    #[command(flatten)]
    map: MapChoice,
}

impl Expand {
    pub(super) fn run(&self, terminal: &mut Terminal) -> Result<Outcome, CliError> {
        let chosen = self.map.read()?;
        let answer = inputs(&self.file).and_then(|found| expanded(&chosen.map, &found));
        let answer = answer.map(|text| (text, Outcome::Clear)).map_err(|refusal| vec![refusal]);
        print(answer, &chosen, terminal)
    }
}

fn expanded(map: &CpuMap, found: &[CpuInput]) -> Result<String, String> {
    let one = |input: &CpuInput| {
        let cpu = any_input(input)?;
        let words = |error: CpuError| cpu_words(&error);
        Ok(to_xml(&expand_features(map, &cpu).map_err(words)?))
    };
    found.iter().map(one).collect()
}
