//! Writes the table of one version's CPU map:
//! `cargo run --example cpu_table -- /usr/share/libvirt/cpu_map 9.0.0 > src/knowledge/data/x86-9.0.0.txt`

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a tool for the maker of the tables")]

use std::path::Path;
use std::process::ExitCode;

use portolan::ingest::read_cpu_map_folder;
use portolan::knowledge::x86::write_table;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, version] = arguments.as_slice() else {
        eprintln!("usage: cpu_table FOLDER VERSION");
        return ExitCode::from(2);
    };
    match read_cpu_map_folder(Path::new(folder)) {
        Ok(mut map) => {
            map.origin = format!("libvirt {version}");
            println!(
                "# Made from the CPU map that libvirt {version} installs in /usr/share/libvirt/cpu_map,"
            );
            println!("# by examples/cpu_table.rs. The form is told in src/knowledge/x86/table.rs.");
            print!("{}", write_table(&map));
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
