//! CPUs.
