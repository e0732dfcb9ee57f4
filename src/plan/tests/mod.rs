//! Plans for clusters made in memory, with the verdicts given: what the rules say is not the
//! matter here.

mod deadlock;
mod examples;
mod properties;
mod racks;
mod review;
mod since;
mod support;
mod verifier;
