//! Proofs that plans are right and that what is wrong with one is seen: mistakes of every kind, planted into plans for random clusters and
//! for the samples; plans carried out in any time; all that could be done in small clusters; and clusters made to be hard.

mod adversarial;
mod case;
mod exhaustive;
mod mistakes;
mod random;
mod referee;
mod worlds;
