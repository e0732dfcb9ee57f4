//! Made-up problems: what is found is right by a checker that knows nothing of the engine, and where
//! all ways can be tried it is the best of them.

mod checker;
mod examples;
mod made_up;
mod properties;
