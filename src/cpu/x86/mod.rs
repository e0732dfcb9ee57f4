//! x86: features as sets, and libvirt's own expand, compare and baseline over them.
//!
//! Written after the algorithms of libvirt 11.3 (`src/cpu/cpu_x86.c`, `src/qemu/qemu_domain.c`);
//! each function names the one it follows. Every feature of libvirt's maps is one bit and no two
//! share one, so that sets of names say all that libvirt's CPUID data say.

mod asked;
mod baseline;
mod bounds;
mod change;
mod check;
mod class;
mod cluster;
mod common;
mod compare;
mod cpuid;
mod decode;
mod definition;
mod drag;
mod drift;
mod expand;
mod forecast;
mod gate;
mod guests;
mod hypervisor;
mod improve;
mod ladder;
mod lock;
mod partition;
mod passthrough;
mod pin;
mod prospect;
mod set;
mod start;
mod supposed;
#[cfg(test)]
mod tests;
mod together;
mod update;
pub mod virsh;
mod witness;
mod xml;

pub use asked::{Asked, Given};
pub use baseline::{BaselineError, BaselineOptions, baseline};
pub use bounds::Versions;
pub use change::{Change, Members, changes};
pub use check::{CannotTell, hypervisor_compare, missing_on, reported};
pub use class::{ClusterInput, fitting_map, host_model};
pub use cluster::{
    BaselineHost, ClusterBaseline, ClusterBaselines, ClusterError, VendorGroup, cluster_baselines,
};
pub use compare::{Comparison, Incompatibility, compare};
pub use cpuid::{RawCpu, decode_raw};
pub use decode::ModelOffer;
pub use definition::{Definition, NEVER_PASSED, Side};
pub use drag::{Drag, VendorDrag, drags};
pub use drift::{Aspect, Drift, drift};
pub use expand::{CpuError, expand, expand_features};
pub use forecast::{Evidence, Forecast, ForecastError, Upgrade, forecasts};
pub use guests::{GuestInput, GuestStanding, guest_standings};
pub use hypervisor::Hypervisor;
pub use ladder::{CpuGroup, Ladder, Method, Rung, ladders};
pub use lock::{LOCK_FORMAT, LOCK_VERSION, Lock, LockError, LockedBaseline, LockedHost, lock, read_lock};
pub use passthrough::passthrough_differences;
pub use pin::{Noticed, PinError, PinGroup, Pinned, Pinning, pin_by_map};
pub use prospect::{Prospect, prospects};
pub use set::FeatureSet;
pub use start::{StartError, Started, depends_on_host, started_definition};
pub use update::{TranslateError, translate, update, update_live};
pub use xml::{host_to_xml, to_xml};
