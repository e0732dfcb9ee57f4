//! The table of all rules: one file a family, one function a rule.

mod arm;
mod capacity;
mod cpu;
mod devices;
mod edits;
mod firmware;
mod guest_os;
mod host_things;
mod hugepages;
mod inventory;
mod jobs;
mod machine;
mod migration;
mod moment;
mod network;
mod next_start;
mod occupied;
mod pci;
mod reliance;
mod stale;
mod storage;
mod too_new;
mod tuning;
mod twice;

pub(super) use storage::lost_with_home;

use super::rule::Rule;

/// The families' tables, in the order in which reports list them.
const FAMILIES: [&[Rule]; 34] = [
    twice::RULES,
    stale::RULES,
    inventory::RULES,
    machine::RULES,
    too_new::RULES,
    cpu::RULES,
    cpu::definition::RULES,
    cpu::reboot::RULES,
    arm::RULES,
    firmware::RULES,
    pci::RULES,
    devices::RULES,
    storage::RULES,
    storage::definition::RULES,
    storage::backing::RULES,
    host_things::RULES,
    network::RULES,
    reliance::RULES,
    capacity::RULES,
    hugepages::RULES,
    tuning::RULES,
    migration::RULES,
    jobs::RULES,
    moment::RULES,
    occupied::RULES,
    next_start::RULES,
    guest_os::RULES,
    edits::boot::RULES,
    edits::firmware::RULES,
    edits::chipset::RULES,
    edits::cpu::RULES,
    edits::controllers::RULES,
    edits::disks::RULES,
    edits::devices::RULES,
];

/// All rules, in the order in which reports list them.
pub fn rules() -> impl Iterator<Item = &'static Rule> {
    FAMILIES.iter().flat_map(|family| family.iter())
}

/// The rule with this id.
pub fn rule(id: &str) -> Option<&'static Rule> {
    rules().find(|rule| rule.id == id)
}

/// The rule with this id, for constants: one that is in no table does not compile.
#[expect(clippy::panic, reason = "only ever called while compiling")]
pub(crate) const fn named(id: &str) -> &'static Rule {
    let mut family = 0;
    while family < FAMILIES.len() {
        let table = FAMILIES[family];
        let mut at = 0;
        while at < table.len() {
            if same(table[at].id.as_bytes(), id.as_bytes()) {
                return &table[at];
            }
            at += 1;
        }
        family += 1;
    }
    panic!("no rule has this id")
}

const fn same(one: &[u8], other: &[u8]) -> bool {
    let mut at = 0;
    while at < one.len() && at < other.len() && one[at] == other[at] {
        at += 1;
    }
    at == one.len() && at == other.len()
}
