//! Plans for clusters made in memory, with the verdicts given: what the rules say is not the
//! matter here.

mod deadlock;
mod evacuate;
mod examples;
mod goals;
mod headroom;
mod huge_pages;
mod kinds;
mod proofs;
mod properties;
mod racks;
mod review;
mod rollout;
mod since;
mod support;
mod times;
mod verifier;
