//! How many cores a host has, and whether they have several threads.

use crate::model::{Cluster, Host, Topology};

/// The cores of a host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cores {
    /// How many cores.
    pub cores: u64,
    /// How many threads each of them has; more than one is SMT.
    pub threads_per_core: u64,
}

impl Cores {
    /// How many threads there are.
    pub fn threads(self) -> u64 {
        self.cores.saturating_mul(self.threads_per_core)
    }

    /// Whether a core has several threads.
    pub fn has_smt(self) -> bool {
        self.threads_per_core > 1
    }
}

/// The cores of a host, as its topology has them.
///
/// # Errors
/// What would tell, where nothing does for certain: the topology is missing, is of another number of processors than Linux
/// sees, or may be what libvirt prints where it does not understand the host.
pub fn cores(cluster: &Cluster, host: &Host) -> Result<Cores, String> {
    let topology = host.topology.ask().map_err(|_| collect("its cores are not known"))?;
    let processors = host.processors.ask().map_err(|_| collect("its processors are not known"))?.value;
    let Topology { sockets, dies, cores, threads } = topology.value;
    let cores = [sockets, dies, cores].into_iter().map(u64::from).fold(1, u64::saturating_mul);
    let found = Cores { cores, threads_per_core: u64::from(threads) };
    if found.threads() != u64::from(processors) || processors == 0 {
        let text = format!("its topology is of {} processors and Linux sees {processors}", found.threads());
        return Err(collect(&text));
    }
    let path = &cluster.sources.get(topology.place.source).path;
    if sockets == 1 && threads == 1 && processors > 1 && is_libvirts(path) {
        return Err(collect(
            "libvirt prints one socket and one thread also where it does not understand a host",
        ));
    }
    Ok(found)
}

fn collect(what: &str) -> String {
    format!("{what}; collect lscpu.txt: `lscpu`")
}

/// Whether libvirt says it, which takes all processors of a host that it does not understand for cores of one socket
/// (`virHostCPUGetInfoPopulateLinux`, libvirt 9.0).
fn is_libvirts(path: &str) -> bool {
    let file = path.rsplit('/').next().unwrap_or_default();
    file.contains("nodeinfo") || file.contains("capabilities")
}
