//! Amounts of the kinds of room that few guests take: only those that are not nothing, so that most cost nothing.

use std::sync::Arc;

/// A kind of room, by its number in [`Kinds`](super::kinds::Kinds).
pub(super) type KindIndex = usize;
/// Memory, counted in KiB.
pub(super) const MEMORY: KindIndex = 0;
/// vCPUs.
pub(super) const VCPUS: KindIndex = 1;

/// Amounts by kind, ascending, none of them nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Rare(Option<Arc<[(KindIndex, u64)]>>);

impl Rare {
    /// The sums of these amounts.
    pub(super) fn of(mut amounts: Vec<(KindIndex, u64)>) -> Self {
        amounts.sort_unstable_by_key(|one| one.0);
        amounts.dedup_by(|next, sum| {
            let same = next.0 == sum.0;
            if same {
                sum.1 = sum.1.saturating_add(next.1);
            }
            same
        });
        amounts.retain(|one| one.1 > 0);
        Self((!amounts.is_empty()).then(|| amounts.into()))
    }

    /// The amounts.
    pub(super) fn iter(&self) -> impl Iterator<Item = (KindIndex, u64)> {
        self.0.iter().flat_map(|all| all.iter().copied())
    }

    /// The amount of one kind.
    pub(super) fn get(&self, kind: KindIndex) -> u64 {
        let Some(all) = &self.0 else { return 0 };
        all.binary_search_by_key(&kind, |one| one.0).map_or(0, |at| all[at].1)
    }

    pub(super) fn plus(self, other: &Self) -> Self {
        match (&self.0, &other.0) {
            (_, None) => self,
            (None, _) => other.clone(),
            _ => Self::of(self.iter().chain(other.iter()).collect()),
        }
    }

    /// What is left of each kind by itself; nothing where the other has more.
    pub(super) fn minus(self, other: &Self) -> Self {
        if self.0.is_none() || other.0.is_none() {
            return self;
        }
        let left = self.iter().map(|(kind, amount)| (kind, amount.saturating_sub(other.get(kind))));
        Self::of(left.collect())
    }

    /// The less of both, of each kind.
    pub(super) fn least(self, other: &Self) -> Self {
        Self::of(self.iter().map(|(kind, amount)| (kind, amount.min(other.get(kind)))).collect())
    }

    /// What `other` has of the kinds that are in these.
    pub(super) fn shared_with(&self, other: &Self) -> Self {
        Self::of(self.iter().map(|(kind, _)| (kind, other.get(kind))).collect())
    }

    /// Whether `room` has as much of every kind.
    pub(super) fn within(&self, room: &Self) -> bool {
        self.iter().all(|(kind, amount)| amount <= room.get(kind))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_nothing_is_not_kept() {
        let some = Rare::of(vec![(5, 2), (3, 1), (5, 4), (4, 0)]);
        assert_eq!(some.iter().collect::<Vec<_>>(), [(3, 1), (5, 6)]);
        assert_eq!(some.clone().minus(&Rare::of(vec![(3, 9), (5, 1)])), Rare::of(vec![(5, 5)]));
        assert_eq!(some.clone().minus(&some), Rare::default());
        assert_eq!(Rare::default().plus(&some), some);
        assert!(Rare::default().within(&Rare::default()) && !some.within(&Rare::of(vec![(5, 6)])));
        assert!(some.within(&Rare::of(vec![(3, 1), (5, 6)])));
    }
}
