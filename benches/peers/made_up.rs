//! Made-up clusters in the text form of Ganeti's htools: ten instances a node on the average, on nodes that are unlike in number and
//! in fill, and full to seven tenths in all; the same for the same number of nodes.

use std::fmt::Write as _;

/// Memory in MiB and vCPUs, and how many of a hundred instances have them.
const SIZES: [(u64, u64, u64); 5] =
    [(2_048, 1, 30), (4_096, 2, 30), (8_192, 4, 20), (16_384, 4, 15), (32_768, 8, 5)];
/// What a group of nodes allows.
const POLICY: &str = "128,1,1024,1,1,1|128,1,1024,1,1,1;1048576,64,1048576,16,8,12|diskless,ext|8.0|32.0";

/// Random numbers from a seed (`SplitMix64`).
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let scaled = u128::from(mixed ^ (mixed >> 31)) * u128::from(bound);
        u64::try_from(scaled >> 64).expect("below the bound")
    }

    fn size(&mut self) -> (u64, u64) {
        let mut left = self.below(100);
        for (memory, vcpus, share) in SIZES {
            if left < share {
                return (memory, vcpus);
            }
            left -= share;
        }
        (SIZES[0].0, SIZES[0].1)
    }
}

/// The text of a cluster with so many nodes.
pub(super) fn made_up(nodes: usize) -> String {
    let mut dice = Dice(nodes as u64);
    let sizes: Vec<(u64, u64)> = (0..10 * nodes).map(|_| dice.size()).collect();
    let all: u64 = sizes.iter().map(|size| size.0).sum();
    let memory = all * 10 / 7 / nodes as u64 / 1_024 * 1_024;
    let mut free = vec![memory; nodes];
    // Some nodes are drawn up to ten times as often as others.
    let often: Vec<u64> = (0..nodes).map(|_| 100 + dice.below(900)).collect();
    let mut instances = String::new();
    for (at, (takes, vcpus)) in sizes.into_iter().enumerate() {
        let node = loop {
            let node = usize::try_from(dice.below(nodes as u64)).expect("a node");
            if often[node] > dice.below(1_000) && free[node] >= takes {
                break node;
            }
        };
        free[node] -= takes;
        writeln!(instances, "inst{at:06}|{takes}|0|{vcpus}|running|Y|node{node:05}||ext||1").expect("text");
    }
    let node = |(at, free): (usize, &u64)| {
        let role = if at == 0 { 'M' } else { 'N' };
        let (all, disk) = (memory + 1_024, 2_000_000);
        format!("node{at:05}|{all}|1024|{free}|{disk}|{disk}|64|{role}|made-up-01|1")
    };
    let nodes: Vec<String> = free.iter().enumerate().map(node).collect();
    let nodes = nodes.join("\n");
    format!("group-01|made-up-01|preferred||\n\n{nodes}\n\n{instances}\n|{POLICY}\ngroup-01|{POLICY}\n")
}
