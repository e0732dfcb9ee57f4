//! How much memory guests have.

use super::draw::{Draw, For};
use super::host::Host;
use super::wish::Wish;

/// Sizes that there are, in GiB.
const SIZES: [u64; 18] = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512];
/// How large guests are beside one another, and how many of a hundred are so.
const SCALE: [(u64, u64); 6] = [(1, 30), (2, 27), (4, 20), (8, 12), (16, 7), (32, 4)];

const GIB: u64 = 1 << 20;

/// The memory of each guest of a host, in GiB: together the share of the host's that is wished for. What one does not get
/// for want of a size that fits, the next may have.
pub(super) fn sizes(wish: &Wish, host: &Host) -> Vec<u64> {
    let mut draw = Draw::of(wish.seed, For::Sizes, u64::from(host.at));
    let scale = |_| draw.weighed(&SCALE, |one| one.1).map_or(1, |one| one.0);
    let scales: Vec<u64> = (0..wish.guests_per_host()).map(scale).collect();
    let mut left = wish.fill().of(host.kib) / GIB;
    let mut weights: u64 = scales.iter().sum();
    let size = |scale: u64| {
        let part = left * scale / weights.max(1);
        let size = SIZES.into_iter().rfind(|&size| size <= part).unwrap_or(1);
        left = left.saturating_sub(size);
        weights -= scale;
        size
    };
    scales.into_iter().map(size).collect()
}
