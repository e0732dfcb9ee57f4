//! The names that `lscpu` prints for ARM cores (util-linux 2.39, `sys-utils/lscpu-arm.c`), back to
//! the numbers of the Main ID Register.

use super::saying::hexadecimal;

/// Implementers by the names lscpu has for them.
const IMPLEMENTERS: [(&str, u8); 16] = [
    ("ARM", 0x41),
    ("Broadcom", 0x42),
    ("Cavium", 0x43),
    ("DEC", 0x44),
    ("FUJITSU", 0x46),
    ("HiSilicon", 0x48),
    ("Infineon", 0x49),
    ("Motorola/Freescale", 0x4d),
    ("NVIDIA", 0x4e),
    ("APM", 0x50),
    ("Qualcomm", 0x51),
    ("Samsung", 0x53),
    ("Marvell", 0x56),
    ("Apple", 0x61),
    ("Phytium", 0x70),
    ("Ampere", 0xc0),
];

/// Cores of servers: implementer, name, part.
const PARTS: [(u8, &str, u16); 35] = [
    (0x41, "Cortex-A53", 0xd03),
    (0x41, "Cortex-A55", 0xd05),
    (0x41, "Cortex-A57", 0xd07),
    (0x41, "Cortex-A72", 0xd08),
    (0x41, "Cortex-A73", 0xd09),
    (0x41, "Cortex-A75", 0xd0a),
    (0x41, "Cortex-A76", 0xd0b),
    (0x41, "Neoverse-N1", 0xd0c),
    (0x41, "Cortex-A77", 0xd0d),
    (0x41, "Neoverse-V1", 0xd40),
    (0x41, "Cortex-A78", 0xd41),
    (0x41, "Neoverse-N2", 0xd49),
    (0x41, "Neoverse-E1", 0xd4a),
    (0x41, "Neoverse-V2", 0xd4f),
    (0x41, "Neoverse-V3AE", 0xd83),
    (0x41, "Neoverse-V3", 0xd84),
    (0x41, "Neoverse-N3", 0xd8e),
    (0x42, "ThunderX2-99xx", 0x516),
    (0x43, "ThunderX", 0x0a0),
    (0x43, "ThunderX-88XX", 0x0a1),
    (0x43, "ThunderX-81XX", 0x0a2),
    (0x43, "ThunderX-83XX", 0x0a3),
    (0x43, "ThunderX2-99xx", 0x0af),
    (0x46, "A64FX", 0x001),
    (0x48, "Kunpeng-920", 0xd01),
    (0x48, "TaiShan-v110", 0xd01),
    (0x48, "TaiShan-v120", 0xd02),
    (0x50, "X-Gene", 0x000),
    (0x51, "Falkor", 0xc00),
    (0x70, "FTC660", 0x660),
    (0x70, "FTC661", 0x661),
    (0x70, "FTC662", 0x662),
    (0x70, "FTC663", 0x663),
    (0xc0, "Ampere-1", 0xac3),
    (0xc0, "Ampere-1a", 0xac4),
];

/// The implementer that lscpu's `Vendor ID` names, which may be its number.
pub(super) fn implementer(vendor: &str) -> Option<u8> {
    let named = IMPLEMENTERS.iter().find(|(name, _)| *name == vendor).map(|&(_, id)| id);
    named.or_else(|| vendor.starts_with("0x").then(|| u8::try_from(hexadecimal(vendor)?).ok())?)
}

/// The part that lscpu's `Model name` names, which may be its number.
pub(super) fn part(implementer: u8, model: &str) -> Option<u16> {
    let named = PARTS.iter().find(|(of, name, _)| *of == implementer && *name == model);
    let number = || model.starts_with("0x").then(|| u16::try_from(hexadecimal(model)?).ok())?;
    named.map(|&(_, _, part)| part).or_else(number)
}
