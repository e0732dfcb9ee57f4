//! Versions of libvirt and QEMU, with the distribution that has them.

pub(super) struct Software {
    pub(super) libvirt: &'static str,
    pub(super) qemu: &'static str,
    pub(super) kernel: &'static str,
    /// What `uname -v` says.
    pub(super) build: &'static str,
    pub(super) os_release: &'static str,
    /// The group of libvirt's processes.
    pub(super) group: &'static str,
    /// Releases of machine types, the newest first.
    pub(super) releases: &'static [&'static str],
    /// vCPUs at most on i440fx, q35 and `virt`.
    pub(super) vcpus: [&'static str; 3],
    /// libvirt prints what blocks a model from 10.9 on. There the models that a host cannot give are left out.
    pub(super) prints_blockers: bool,
}

pub(super) const SOFTWARE: [Software; 3] = [
    Software {
        libvirt: "9.0.0",
        qemu: "7.2.17",
        kernel: "6.1.0-37",
        build: "#1 SMP PREEMPT_DYNAMIC Debian 6.1.140-1 (2025-05-22)",
        os_release: "PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nNAME=\"Debian GNU/Linux\"\n\
                     VERSION_ID=\"12\"\nID=debian\n",
        group: "106",
        releases: &["7.2", "6.2", "5.2"],
        vcpus: ["255", "288", "512"],
        prints_blockers: false,
    },
    Software {
        libvirt: "10.0.0",
        qemu: "8.2.2",
        kernel: "6.8.0-60",
        build: "#63-Ubuntu SMP PREEMPT_DYNAMIC Tue Apr 15 19:04:15 UTC 2025",
        os_release: "PRETTY_NAME=\"Ubuntu 24.04.2 LTS\"\nNAME=\"Ubuntu\"\nVERSION_ID=\"24.04\"\nID=ubuntu\n\
                     ID_LIKE=debian\n",
        group: "993",
        releases: &["8.2", "7.2", "6.2", "5.2"],
        vcpus: ["255", "1024", "512"],
        prints_blockers: false,
    },
    Software {
        libvirt: "11.3.0",
        qemu: "10.0.2",
        kernel: "6.12.38",
        build: "#1 SMP PREEMPT_DYNAMIC Debian 6.12.38-1 (2025-07-16)",
        os_release: "PRETTY_NAME=\"Debian GNU/Linux 13 (trixie)\"\nNAME=\"Debian GNU/Linux\"\n\
                     VERSION_ID=\"13\"\nID=debian\n",
        group: "994",
        releases: &["10.0", "8.2", "7.2", "6.2", "5.2"],
        vcpus: ["255", "4096", "512"],
        prints_blockers: true,
    },
];
