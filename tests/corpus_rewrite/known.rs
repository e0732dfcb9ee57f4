//! What remains, guest by guest, with its cause. A guest that is not listed fails the test, and one that is listed and fails
//! no more does so as well.

/// What libvirt does not define, or not with `--validate` though it did the source: the target, the guest, the cause.
pub(super) const REFUSED: &[(&str, &str, &str)] = &[];

/// What does not start though it names nothing that the host lacks: the target, the guest, the cause.
pub(super) const NOT_STARTED: &[(&str, &str, &str)] = &[
    ("debian-12-aarch64", "cputune", PRIORITY),
    ("debian-12-aarch64", "cputune.x86_64-latest", PRIORITY),
    ("debian-12-aarch64", "cputune-zero-shares", SHARES),
    ("debian-12-aarch64", "cputune-zero-shares.x86_64-latest", SHARES),
    ("debian-12-aarch64", "memory-align-fail", OVERFLOW),
    ("debian-12-aarch64", "memory-align-fail.x86_64-latest", OVERFLOW),
    ("debian-12-aarch64", "numatune-hmat-none", HMAT),
    ("debian-12-aarch64", "numatune-hmat-none.x86_64-latest", HMAT),
    ("debian-12-aarch64", "shmem-invalid-size", SHMEM),
    ("debian-12-aarch64", "shmem-small-size", SHMEM),
];

// Of these the source is the cause: it does not start on x86 either, with the same words of libvirt's.
const PRIORITY: &str = "the source asks for the real-time priority 0; 1 to 99 are there";
const SHARES: &str = "the source asks for no CPU shares; 2 are the least";
const OVERFLOW: &str = "the source's memory is so much that libvirt's sum of it overflows";
const HMAT: &str =
    "the source describes a cache without the associativity that libvirt asks for at the start";
const SHMEM: &str = "the source's shared memory has a size that is no power of two, or less than 1 MiB";
