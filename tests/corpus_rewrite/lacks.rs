//! What a guest may name that no made-up file stands in for: the test's host does not have it.

use portolan::text::xml::{Document, Element};

/// An element, an attribute of it with the values that name such a thing (any where there are none), and the thing.
type Row = (&'static str, &'static str, &'static [&'static str], &'static str);

const SOUND: &[&str] =
    &["alsa", "coreaudio", "dbus", "jack", "oss", "pipewire", "pulseaudio", "sdl", "none-such"];
const CARDS: &[&str] = &["direct", "ethernet", "hostdev", "mcast", "network", "vdpa", "vds", "vhostuser"];

const ROWS: &[Row] = &[
    ("audio", "type", SOUND, "a sound server, or a module of QEMU's for it"),
    ("graphics", "type", &["dbus", "egl-headless", "sdl"], "a display of the host's"),
    ("gl", "enable", &["yes"], "a GPU"),
    ("gl", "rendernode", &[], "a GPU"),
    ("acceleration", "accel3d", &["yes"], "a QEMU with virgl"),
    ("driver", "name", &["vhostuser"], "a vhost-user back-end"),
    ("graphics", "listen", &["2001:1:2:3:4:5:1234:1234"], "an address"),
    ("listen", "type", &["network"], "a network"),
    ("listen", "address", &["2001:1:2:3:4:5:1234:1234"], "an address"),
    (
        "disk",
        "type",
        &["dir", "network", "nvme", "vhostuser", "vhostvdpa", "volume"],
        "a storage service or pool",
    ),
    ("source", "protocol", &[], "a storage service"),
    ("source", "pool", &[], "a storage pool"),
    ("disk", "device", &["lun"], "a SCSI device"),
    ("reservations", "managed", &["no"], "a pr-helper"),
    ("interface", "type", CARDS, "a network device"),
    ("interface", "type", &["bridge"], "a bridge"),
    ("interface", "type", &["client", "server", "udp"], "another QEMU at the other end"),
    ("source", "mode", &["connect"], "a server to connect to"),
    ("serial", "type", &["dev"], "a serial port"),
    ("console", "type", &["dev"], "a serial port"),
    ("channel", "type", &["dev", "pipe", "dbus"], "a device or a pipe"),
    ("serial", "type", &["pipe", "dbus"], "a pipe"),
    ("smartcard", "mode", &["host", "host-certificates"], "a smartcard"),
    ("input", "type", &["evdev", "passthrough"], "an input device"),
    ("tpm", "", &[], "a TPM"),
    ("vsock", "", &[], "/dev/vhost-vsock"),
    ("server", "path", &[], "an ivshmem server"),
    ("driver", "type", &["virtiofs", "handle"], "virtiofsd; 'handle' has been gone from QEMU since 4.0"),
    ("secret", "", &[], "a secret"),
    ("encryption", "", &[], "a secret"),
    ("hugepages", "", &[], "huge pages"),
    ("allocation", "mode", &["immediate"], "the memory, touched before the start"),
    ("blkiotune", "", &[], "a scheduler of block devices with weights"),
    ("hard_limit", "", &[], "the right to raise its limits"),
    ("vcpu", "placement", &["auto"], "numad"),
    ("kernel", "", &[], "a kernel"),
    ("entry", "file", &[], "a file with a blob for the firmware"),
    ("backend", "model", &["egd"], "an entropy daemon"),
];

/// What the guest names that this host does not have.
pub(super) fn lacking(guest: &Document<'_>) -> Option<&'static str> {
    let of = |element: Element<'_>, (name, attribute, values, _): &Row| {
        element.name() == *name
            && (attribute.is_empty()
                || element
                    .value(attribute)
                    .is_some_and(|value| values.is_empty() || values.contains(&value.as_ref())))
    };
    guest.elements().find_map(|element| ROWS.iter().find(|row| of(element, row))).map(|row| row.3)
}
