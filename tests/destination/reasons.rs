//! Which of Portolan's rules a refusal of libvirt speaks of.

/// What libvirt or QEMU says, and the rules that say the same beforehand. The first that fits counts.
const TABLE: &[(&str, &[&str])] = &[
    ("does not support machine type", &["machine-type-absent"]),
    ("unknown CPU feature", &["cpu-feature-unknown"]),
    ("Unknown CPU model", &["cpu-model-unknown"]),
    ("guest CPU doesn't match specification", &["cpu-feature-missing", "cpu-model-unusable"]),
    ("error while loading state for instance 0x0 of device 'cpu'", &["emulated-cpu-across-versions"]),
    ("Failed to open file '/usr/share/OVMF/", &["firmware-not-offered", "loader-absent"]),
    ("Migration without shared storage is unsafe", &["local-disk"]),
    ("no storage pool with matching name", &["pool-absent"]),
    ("no storage vol with matching name", &["pool-differs"]),
    ("storage pool 'idle' containing volume", &["pool-not-started"]),
    ("Secret not found", &["secret-absent"]),
    ("Network not found", &["network-absent"]),
    ("Cannot get interface MTU", &["network-absent"]),
    ("network 'idle' is not active", &["network-not-started"]),
    ("referenced filter", &["nwfilter-absent"]),
    ("Cannot assign requested address", &["graphics-address-absent"]),
    ("Failed to reserve port", &["graphics-port-taken"]),
    ("spice graphics are not supported", &["graphics-not-offered"]),
    ("does not support video model", &["video-model-not-offered"]),
    ("is not a valid device model name", &["qemu-too-old"]),
    ("unknown panic model", &["libvirt-too-old"]),
    ("unexpected feature", &["libvirt-too-old"]),
    ("unsupported HyperV Enlightenment feature", &["libvirt-too-old"]),
    ("non-migratable device", &["unmigratable-device"]),
    ("already exists with uuid", &["guest-already-there"]),
    ("is already defined with uuid", &["guest-already-there"]),
];

/// Whether the rules name what libvirt says; `None` where the table does not have it.
pub(super) fn named(refusal: &str, rules: &[&str]) -> Option<bool> {
    let (_, meant) = TABLE.iter().find(|(text, _)| refusal.contains(text))?;
    Some(meant.iter().any(|rule| rules.contains(rule)))
}
