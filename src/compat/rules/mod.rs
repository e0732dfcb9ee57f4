//! The table of all rules: one file a family, one function a rule.

mod arm;
mod capacity;
mod cpu;
mod devices;
mod firmware;
mod guest_os;
mod inventory;
mod machine;
mod migration;
mod network;
mod pci;
mod storage;

use super::rule::Rule;

/// The families' tables, in the order in which reports list them.
const FAMILIES: [&[Rule]; 12] = [
    inventory::RULES,
    machine::RULES,
    cpu::RULES,
    arm::RULES,
    firmware::RULES,
    pci::RULES,
    devices::RULES,
    storage::RULES,
    network::RULES,
    capacity::RULES,
    migration::RULES,
    guest_os::RULES,
];

/// All rules, in the order in which reports list them.
pub fn rules() -> impl Iterator<Item = &'static Rule> {
    FAMILIES.iter().flat_map(|family| family.iter())
}

/// The rule with this id.
pub fn rule(id: &str) -> Option<&'static Rule> {
    rules().find(|rule| rule.id == id)
}
