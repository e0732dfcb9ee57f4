//! Elements in the order of the document, and in that of libvirt's lists.

use super::device::Device;
use crate::text::xml::Element;

/// All elements at a path of names, in order.
pub(super) fn all<'d>(root: Element<'d>, path: &str) -> Vec<Element<'d>> {
    let step = |at: Vec<Element<'d>>, name: &str| {
        at.into_iter().flat_map(|element| element.children_named(name)).collect()
    };
    path.split('/').fold(vec![root], step)
}

/// The devices of all elements at a path of names.
pub(super) fn written<'d>(root: Element<'d>, path: &str) -> Vec<Device<'d>> {
    all(root, path).into_iter().map(Device::written).collect()
}

/// Puts `new` among its kind by `rank`, behind all where it is the first of them: how libvirt keeps disks and controllers
/// (`virDomainDiskInsert`, `virDomainControllerInsertPreAlloced`).
pub(super) fn insert<'d, K: PartialEq>(
    list: &mut Vec<Device<'d>>,
    new: Device<'d>,
    rank: impl Fn(&Device<'d>) -> (K, u64),
) {
    let (kind, own) = rank(&new);
    let ranks: Vec<_> = list.iter().map(rank).collect();
    let before = ranks.iter().rposition(|(other, rank)| *other == kind && *rank <= own);
    let after = || ranks.iter().position(|(other, _)| *other == kind);
    let at = before.map(|at| at + 1).or_else(after).unwrap_or(list.len());
    list.insert(at, new);
}
