//! The tests that look at Portolan from outside, in one binary.

#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::print_stderr,
    clippy::panic,
    reason = "tests read files and the environment, print what they measured, and fail by panicking"
)]

mod abi;
mod afterwards;
mod arm;
mod aspects;
mod baseline;
mod book;
mod boots;
mod cli;
mod common;
mod corpus_rewrite;
mod cpu;
mod cpu_commands;
mod cpuid;
mod cputest;
mod csv;
mod destination;
mod differential;
mod findings;
mod firmware;
mod generate;
mod ingest;
mod live;
mod mvm;
mod observed;
mod page;
mod parts;
mod pin;
mod plan;
mod policy;
mod ports;
mod prospects;
mod reboot;
mod release;
mod review;
mod rewrite;
mod rewrite_commands;
mod rollout;
mod rules;
mod running;
mod samples;
mod schema;
mod source_side;
mod targets;
mod text;
mod tidy;
mod unknown;
mod update;
mod way_back;
