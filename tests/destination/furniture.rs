//! What the hosts have, and in what they are unlike.

use std::fs;
use std::path::Path;

use super::lab::{HOSTS, Lab, encrypted_image, image};

/// Takes away what a host's libvirt brought along from this machine.
fn clear(host: usize) {
    for (what, list) in [("net", "--name"), ("pool", "--name")] {
        for name in Lab::printed(host, &[&format!("{what}-list"), "--all", list]).split_whitespace() {
            Lab::virsh(host, &[&format!("{what}-destroy"), name]);
            Lab::virsh(host, &[&format!("{what}-undefine"), name]);
        }
    }
}

/// Makes the hosts unlike one another.
pub(super) fn furnish(lab: &Lab) {
    for host in 1..=HOSTS {
        clear(host);
        fs::create_dir_all(lab.images(host)).expect("a folder");
        for bridge in ["labbr", "other"].into_iter().filter(|&bridge| bridge == "labbr" || host == 1) {
            lab.exec(host, &["ip", "link", "add", bridge, "type", "bridge"]);
            lab.exec(host, &["ip", "link", "set", bridge, "up"]);
        }
    }
    networks(lab);
    pools(lab);
    files(lab);
    // Host 2 has no UEFI for x86: as if the package were not there.
    for folder in ["/usr/share/OVMF", "/usr/share/qemu/firmware"] {
        lab.exec(2, &["mount", "-t", "tmpfs", "none", folder]);
    }
}

/// On which hosts there is a network, and on which it is started.
fn networks(lab: &Lab) {
    let all: [(&str, &[usize], &[usize]); 3] =
        [("lan", &[1, 2, 3], &[1, 2, 3]), ("backup", &[1, 3], &[1, 3]), ("idle", &[1, 2, 3], &[1, 3])];
    for (name, defined, started) in all {
        for &host in defined {
            let xml = format!(
                "<network><name>{name}</name><forward mode='bridge'/><bridge name='labbr'/></network>"
            );
            lab.define(host, "net", &xml);
            if started.contains(&host) {
                Lab::printed(host, &["net-start", name]);
            }
        }
    }
    for (name, hosts) in [("everywhere", &[1, 2, 3][..]), ("own", &[1])] {
        for &host in hosts {
            lab.define(host, "nwfilter", &format!("<filter name='portolan-{name}'/>"));
        }
    }
}

/// On which hosts there is a pool, and on which it is started. Of `moved`, host 2 has a folder of its own.
fn pools(lab: &Lab) {
    let all: [(&str, &[usize], &[usize]); 4] = [
        ("common", &[1, 2, 3], &[1, 2, 3]),
        ("extra", &[1, 3], &[1, 3]),
        ("moved", &[1, 2, 3], &[1, 2, 3]),
        ("idle", &[1, 2, 3], &[1, 3]),
    ];
    fs::create_dir_all(lab.images(2).join("moved")).expect("a folder");
    for (name, defined, started) in all {
        let folder = lab.shared().join(name).display().to_string();
        fs::create_dir_all(&folder).expect("a folder");
        image(&["-f", "raw", &format!("{folder}/volume.raw"), "4M"]);
        for &host in defined {
            let path = if (name, host) == ("moved", 2) { "/var/lib/libvirt/images/moved" } else { &folder };
            let xml =
                format!("<pool type='dir'><name>{name}</name><target><path>{path}</path></target></pool>");
            lab.define(host, "pool", &xml);
            if started.contains(&host) {
                Lab::printed(host, &["pool-start", name]);
            }
        }
    }
}

/// What the guests' disks and media are. Host 1 has some for itself.
fn files(lab: &Lab) {
    let (shared, own) = (lab.shared(), lab.images(1));
    let at = |folder: &Path, name: &str| folder.join(name).display().to_string();
    for name in ["medium.iso", "kernel"] {
        for folder in [&shared, &own] {
            fs::write(folder.join(name), vec![0_u8; 1 << 20]).expect("a file");
        }
    }
    fs::create_dir_all(own.join("logs")).expect("a folder");
    for name in ["shared", "base", "new"] {
        image(&["-f", "qcow2", &at(&shared, &format!("{name}.qcow2")), "4M"]);
    }
    for name in ["local", "base"] {
        image(&["-f", "qcow2", &at(&own, &format!("{name}.qcow2")), "4M"]);
    }
    let overlay = |backing: &str, name: &str| {
        image(&["-f", "qcow2", "-F", "qcow2", "-u", "-b", backing, &at(&shared, name), "4M"]);
    };
    overlay(&at(&shared, "base.qcow2"), "overlay.qcow2");
    overlay("/var/lib/libvirt/images/base.qcow2", "overlay-local.qcow2");
    encrypted_image(&at(&shared, "luks.raw"));
    for host in [1, 3] {
        let uuid = "6f1d8a52-0d0c-4b3a-9f5e-0c6f2f6a0010";
        lab.define(
            host,
            "secret",
            &format!(
                "<secret ephemeral='no' private='no'><uuid>{uuid}</uuid>\
                 <usage type='volume'><volume>portolan-destination</volume></usage></secret>"
            ),
        );
        Lab::printed(host, &["secret-set-value", uuid, "--base64", "cG9ydG9sYW4="]);
    }
}
