//! Disks that are lost with the guest's host.

use super::sharing::{Lies, Media, Sharing, disks, lies, sharing};
use crate::compat::mode::Mode;
use crate::compat::pair::Placement;
use crate::compat::verdict::Answer;
use crate::model::DiskSource;

/// The first disk that the other host does not have for certain once the guest's own is lost, and whether that is known.
pub(in crate::compat) fn lost_with_home<'p>(placement: &Placement<'p>) -> Option<(&'p DiskSource, Answer)> {
    let lost = disks(placement, Mode::Cold, Media::Written).map(|disk| (disk, there(placement, disk)));
    let lost = lost.filter(|(_, answer)| *answer != Answer::Yes);
    // One that is gone for certain is told of before those that may be.
    lost.reduce(|worst, other| if other.1 > worst.1 { other } else { worst })
}

/// Whether the other host has the disk without the guest's own.
fn there(placement: &Placement<'_>, disk: &DiskSource) -> Answer {
    match lies(placement, disk) {
        Lies::InFile(path) => match sharing(placement, &path) {
            Sharing::Local(_) => Answer::No,
            Sharing::Unknown(_) => Answer::Unknown,
            Sharing::Pool | Sharing::Declared | Sharing::Mounted => Answer::Yes,
        },
        Lies::Unknown(_) => Answer::Unknown,
        Lies::OnDevice | Lies::Elsewhere => Answer::Yes,
    }
}
