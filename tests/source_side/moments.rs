//! The guests that are tried in states that most are not in, and with jobs.

use super::cases::{Case, device};

/// What the boot sectors of disks do, by the name of their file: panic (writing to pvpanic's port), suspend to memory (writing
/// to the ACPI register of q35, where `SeaBIOS` put it), rest.
pub(super) const PROGRAMS: [(&str, &[u8]); 4] = [
    ("panic.img", &[0xba, 0x05, 0x05, 0xb0, 0x01, 0xee, 0xf4, 0xeb, 0xfe]),
    ("suspend.img", &[0xba, 0x04, 0x06, 0xb8, 0x00, 0x24, 0xef, 0xf4, 0xeb, 0xfe]),
    ("rest.img", &[0xf4, 0xeb, 0xfd]),
    ("failing.img", &[0xf4, 0xeb, 0xfd]),
];

/// Guests in states that most are not in, and with jobs on disks of more than one file. Those of the
/// jobs lie on a file system of this host, which libvirt would refuse too, but asks about after the jobs.
pub(super) fn moments() -> Vec<Case> {
    let program = |name: &str| {
        format!(
            "<disk type='file' device='disk'><driver name='qemu' type='raw'/><source file='/dev/shm/portolan-{name}'/>\
             <target dev='vda' bus='virtio'/><readonly/></disk>"
        )
    };
    let failing = "<disk type='network' device='disk'><driver name='qemu' type='raw' error_policy='stop' rerror_policy='stop'/>\
                   <source protocol='nbd'><host transport='unix' socket='@/failing.sock'/></source>\
                   <target dev='vda' bus='virtio'/></disk>";
    let chain = |name: &str| {
        format!(
            "<disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='@/{name}.qcow2'/>\
             <target dev='vda' bus='virtio'/></disk>"
        )
    };
    let after = |name: &str, devices: &str, domain: &str, steps: &[&[&'static str]], until, tells| Case {
        virt_type: "qemu",
        domain: domain.to_owned(),
        after: steps.iter().map(|step| step.to_vec()).collect(),
        until,
        tells,
        ..device(name, devices)
    };
    let resume: &[&[&'static str]] = &[&["resume", "@"]];
    vec![
        after(
            "state-crashed",
            &format!("{}<panic model='isa'/>", program("panic.img")),
            "<features><acpi/></features><on_crash>preserve</on_crash>",
            resume,
            "crashed (panicked)",
            "guest-crashed",
        ),
        after(
            "state-suspended",
            &program("suspend.img"),
            "<features><acpi/></features><pm><suspend-to-mem enabled='yes'/></pm>",
            resume,
            "pmsuspended",
            "guest-suspended",
        ),
        after("state-io-error", failing, "", resume, "paused (I/O error)", "paused-by-io-error"),
        after("state-resting", &program("rest.img"), "", &[], "paused", "guest-paused"),
        after(
            "block-pull",
            &chain("pull"),
            "",
            &[&["blockpull", "@", "vda", "--bandwidth", "1"]],
            "",
            "active-block-job",
        ),
        after(
            "block-commit",
            &chain("commit-top"),
            "",
            &[&[
                "blockcommit",
                "@",
                "vda",
                "--bandwidth",
                "1",
                "--base",
                "@/commit-base.qcow2",
                "--top",
                "@/commit.qcow2",
            ]],
            "",
            "active-block-job",
        ),
        after(
            "restored",
            &program("rest.img"),
            "",
            &[&["managedsave", "@"], &["start", "--paused", "@"]],
            "paused",
            "guest-paused",
        ),
    ]
}
