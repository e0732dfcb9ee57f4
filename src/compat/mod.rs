//! Rules, findings, verdicts, classes and the graph over them.
//!
//! A rule looks at one guest and one host and returns every reason it finds. What decides is
//! equal for all guests of one class and all hosts of another, so verdicts are computed per pair
//! of classes; what is personal to a machine (room, its disks) is answered once for all guests and
//! hosts that are equal in the aspect that a rule looks at.

mod abi;
mod aspect;
mod chart;
mod class;
mod cpu_answers;
mod definition;
mod excerpt;
mod finding;
mod graph;
mod groups;
mod holds;
mod identity;
mod keys;
mod pair;
mod policy;
mod reasons;
mod reboot;
mod return_path;
mod rule;
mod rules;
mod said;
mod shared;
mod table;
mod verdict;
mod ways;
mod whole;

pub use crate::model::{Mode, Modes, Severity};
use crate::model::{mode, severity};
pub use abi::{AbiDifference, AbiSaid, AbiSide, abi_differences, abi_findings};

pub use aspect::Aspect;
pub use chart::{Chart, Kinds};
pub use class::{GuestClass, GuestIndex, HostClass, HostIndex};
pub use definition::Definition;
pub use excerpt::Excerpt;
pub use finding::{Evidence, Finding, Findings, RuleId};
pub use graph::{Edge, HostEdge, Reach};
pub use holds::{Program, Range, Side};
pub use pair::{Individual, Pair, Placement, Subject};
pub use reasons::Reasons;
pub use reboot::{CpuChange, MachineThere, Reboot, SeenCpu, Untold};
pub use return_path::{Return, WayBack};
pub use rule::{Check, Family, Mend, Rule};
pub(crate) use rules::named;
pub use rules::{rule, rules};
pub use verdict::{Answer, Assessment, Verdict};
pub use whole::Whole;
