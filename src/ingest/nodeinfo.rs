//! `virsh nodeinfo`: architecture, processors and memory (read against libvirt 9.0).
//!
//! Its `CPU frequency` is whatever the processor runs at just then, or its limit, and is not taken.

use crate::model::{Arch, Known, Memory, Topology};
use crate::text::SourceId;

use super::saying::{Saying, fields, number};

/// Reads one document.
pub(super) fn read(source: SourceId, text: &str) -> Saying {
    let field = |key| fields(text, ':').find(|field| field.key == key);
    let memory = |text: &str| {
        let (amount, unit) = text.split_once(' ').unwrap_or((text, ""));
        Memory::parse(amount, unit)
    };
    let named = |text: &str| (!text.is_empty()).then(|| Arch::named(text));
    Saying {
        arch: field("CPU model").and_then(|f| f.parse(source, named)),
        processors: field("CPU(s)").and_then(|f| f.parse(source, number)),
        memory: field("Memory size").and_then(|f| f.parse(source, memory)),
        topology: topology(source, text),
        ..Saying::default()
    }
}

/// libvirt counts the sockets of one NUMA cell.
fn topology(source: SourceId, text: &str) -> Option<Known<Topology>> {
    let field = |key| fields(text, ':').find(|field| field.key == key);
    let count = |key| number::<u32>(field(key)?.value);
    let sockets = field("CPU socket(s)")?.parse(source, number::<u32>)?;
    let topology = Topology {
        sockets: sockets.value.checked_mul(count("NUMA cell(s)").unwrap_or(1))?,
        dies: 1,
        cores: count("Core(s) per socket")?,
        threads: count("Thread(s) per core")?,
    };
    Some(sockets.map(|_| topology))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::tests::{any_text, source};
    use proptest::prelude::*;

    /// Made up.
    const MADE_UP: &str = "CPU model:           aarch64\nCPU(s):              16\nCPU frequency:       2600 MHz\n\
        CPU socket(s):       1\nCore(s) per socket:  8\nThread(s) per core:  1\nNUMA cell(s):        2\n\
        Memory size:         33554432 KiB\n";

    #[test]
    fn the_sockets_of_all_cells_count_and_the_frequency_does_not() {
        let saying = read(source(), MADE_UP);
        assert_eq!(saying.arch.map(|k| k.value), Some(Arch::Aarch64));
        assert_eq!(saying.memory.map(|k| k.value), Some(Memory::gib(32)));
        assert_eq!(saying.processors.map(|k| k.value), Some(16));
        let expected = Topology { sockets: 2, dies: 1, cores: 8, threads: 1 };
        assert_eq!(saying.topology.map(|k| k.value), Some(expected));
        assert!(saying.frequency.is_none());
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in any_text(MADE_UP)) {
            let _ = read(source(), &text);
        }
    }
}
