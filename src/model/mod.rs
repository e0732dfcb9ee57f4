//! Facts about hosts and guests: plain, comparable values, each with the place that says so.

mod activity;
mod arch;
mod capability;
mod cluster;
mod cpu;
mod cpu_map;
mod date;
mod device;
mod document;
mod evenness;
mod fact;
mod firmware;
mod guest;
mod host;
mod host_fact;
mod intent;
pub(crate) mod mode;
mod moment;
mod mount;
mod name;
mod number_set;
mod pattern;
mod qemu_capabilities;
mod reliance;
mod rule_policy;
pub(crate) mod severity;
mod units;
mod version;

pub use activity::{Activity, DirtyWindow};
pub use arch::{Arch, VirtType};
pub use capability::{Capability, CustomModel, DeviceOffer, Usable};
pub use cluster::{Apart, Area, Cluster, Group, GroupPolicy, NameMap, Problem, Settings, Window};
pub use cpu::{CpuData, CpuDefinition, CpuFeature, CpuMode, CpuSignature, Midr, Policy, Topology};
pub use cpu_map::{CpuMap, CpuidRegister, FeatureBit, MapFeature, MapModel, Signature};
pub use date::Date;
pub use device::{Controller, Device, Disk, DiskSource, SourceKind, guessed_bus};
pub use document::DocumentKind;
pub use evenness::Evenness;
pub use fact::{Fact, Known};
pub use firmware::{Firmware, FirmwareKind, FirmwareMapping, FirmwareNeed};
pub use guest::{Backing, Guest, GuestFeature, MemoryPart, NetworkCard, Requirements, Shape, Timer};
pub use host::{
    CellPages, DevicePool, Emulator, FreePages, Host, HostCpu, KvmMode, MachineFamily, MachineType, NumaCell,
    Platform, Pool, Tsc, VectorLength, machine_family,
};
pub use host_fact::{HOST_FACTS, HostFact, Lookup, Quantity, Value, ValueKind};
pub use intent::{Intent, IntentError, Names};
pub use mode::{Mode, Modes};
pub use moment::{GuestState, ListedGuest, Moment, StateWord};
pub use mount::Mount;
pub use name::Name;
pub use number_set::NumberSet;
pub use pattern::Pattern;
pub use qemu_capabilities::{Accelerator, CpuProperty, ProbedMachine, PropertyValue, QemuCapabilities};
pub use reliance::{Listen, Reliance, Resident, Secret, SecretName};
pub use rule_policy::{Ask, GuestPath, Level, Relation, RulePolicy, Thresholds, UserRule, Waiver};
pub use severity::Severity;
pub use units::{Frequency, Memory};
pub use version::Version;
