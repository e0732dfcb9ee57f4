//! Reviews of clusters made in memory, with the verdicts given.

mod arm;
mod losses;
mod properties;
mod room;

use super::support::{Said, World};
use crate::compat::{Chart, HostIndex};
use crate::plan::review::{ARM_CORE_PER_THREAD, Asked, Loss, Losses, Review, Why, review_with};

fn reviewed(world: &World, losses: Losses) -> Review {
    let chart = Chart::new(&world.cluster);
    let asked = Asked { losses, arm_core_per_thread: ARM_CORE_PER_THREAD };
    review_with(&chart, &Said::of(world, &chart), asked).unwrap()
}

/// What becomes of the loss of the host: the outcome, and who starts again where.
fn lost(world: &World, host: HostIndex) -> Loss {
    reviewed(world, Losses::Single).losses.swap_remove(host)
}

/// The loss in words: `absorbed: db b, web c`, or `stranded: db no-host`.
fn told(world: &World, loss: &Loss) -> String {
    let guest = |guest: usize| world.cluster.guests[guest].name.clone();
    let host = |host: usize| world.cluster.hosts[host].name.clone();
    let restarts = loss.restarts.iter().map(|&(g, to)| format!("{} {}", guest(g), host(to)));
    let left = loss.left.iter().map(|left| {
        let why = match &left.why {
            Why::NoHost => "no-host".to_owned(),
            Why::Apart { .. } => "apart".to_owned(),
            Why::Room { host: at, lacking } => {
                format!("lacks {} MiB {} vCPUs on {}", lacking.memory.as_mib(), lacking.vcpus, host(*at))
            }
            Why::Pages { host: at, lacking, .. } => {
                format!("lacks {} MiB of pages on {}", lacking.as_mib(), host(*at))
            }
            Why::Kind { host: at, kind, lacking } => format!("lacks {lacking} {kind} on {}", host(*at)),
            Why::Unknown { hosts, room } => {
                let hosts: Vec<_> = hosts.iter().map(|&at| host(at)).collect();
                format!("unknown on {} {room:?}", hosts.join(" "))
            }
        };
        format!("{} {why}", guest(left.guest))
    });
    let all: Vec<_> = restarts.chain(left).collect();
    format!("{}: {}", loss.outcome.as_str(), all.join(", "))
}
