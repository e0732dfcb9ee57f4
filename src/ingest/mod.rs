//! Reading an inventory: one reader a kind of document.

mod cpu_definition;
mod domain;
mod problem;
mod reading;
