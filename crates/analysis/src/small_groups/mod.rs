//! Small groups, which not everybody may see: those of fewer than ten visitors are shown together with others, so that
//! nobody is told what a handful of people did. Totals are shown to all. It must not know who asks.

pub(crate) mod questions;

use std::collections::BTreeSet;

/// Fewest visitors of a group that everybody may see.
pub const FEWEST: u64 = 10;

/// Whose groups are shown by themselves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SmallGroups {
    /// All of them.
    #[default]
    Shown,
    /// Those of [`FEWEST`] visitors and more.
    Merged,
}

/// Groups, as they may be shown.
#[derive(Debug, PartialEq, Eq)]
pub struct Split<T> {
    /// By themselves, in their order.
    pub shown: Vec<T>,
    /// All in one.
    pub merged: Vec<T>,
    /// Some that were asked for are not shown, because they are small.
    pub suppressed: bool,
}

impl SmallGroups {
    /// Of `groups`, the first `asked` that are shown by themselves, and what is merged: the others, and the small ones.
    ///
    /// What is small together is no small group either, or it would be known by what the others lack to the total
    /// (complementary suppression): then the smallest of the others goes with it. Which groups are small does not follow from
    /// how many are asked for, so that no two answers tell them apart. `size` is how many visitors a group has, and `may_show`
    /// whether some groups may be shown as one.
    pub fn split<T>(
        self,
        groups: Vec<T>,
        asked: usize,
        size: impl Fn(&T) -> u64,
        may_show: impl Fn(&[&T]) -> bool,
    ) -> Split<T> {
        let small = if self == Self::Shown { BTreeSet::new() } else { small(&groups, size, may_show) };
        let (mut shown, mut merged, mut suppressed) = (Vec::new(), Vec::new(), false);
        for (at, group) in groups.into_iter().enumerate() {
            let is_small = small.contains(&at);
            suppressed |= is_small && at < asked;
            (if is_small || at >= asked { &mut merged } else { &mut shown }).push(group);
        }
        Split { shown, merged, suppressed }
    }
}

/// The places of the groups that are small, and of those that go with them.
pub fn small<T>(groups: &[T], size: impl Fn(&T) -> u64, may_show: impl Fn(&[&T]) -> bool) -> BTreeSet<usize> {
    let (mut shown, mut small): (BTreeSet<usize>, BTreeSet<usize>) =
        (0..groups.len()).partition(|&at| may_show(&[&groups[at]]));
    while !small.is_empty() && !may_show(&small.iter().map(|&at| &groups[at]).collect::<Vec<_>>()) {
        // Of those of one size, the one that comes last.
        let next = shown.iter().copied().min_by_key(|&at| (size(&groups[at]), std::cmp::Reverse(at)));
        let Some(next) = next else { break };
        shown.remove(&next);
        small.insert(next);
    }
    small
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn split(groups: &[u64], asked: usize) -> Split<u64> {
        let together = |some: &[&u64]| some.iter().copied().sum::<u64>() >= FEWEST;
        SmallGroups::Merged.split(groups.to_vec(), asked, |group| *group, together)
    }

    fn check(groups: &[u64], asked: usize, expected: &[u64], suppressed: bool) {
        let found = split(groups, asked);
        assert_eq!((&found.shown[..], found.suppressed), (expected, suppressed), "{groups:?} {asked}");
    }

    #[test]
    fn small_groups_take_the_next_one_along() {
        check(&[50, 40, 30], 3, &[50, 40, 30], false);
        check(&[50, 40, 30], 2, &[50, 40], false);
        check(&[50, 40, 9, 1], 4, &[50, 40], true);
        check(&[50, 40, 9], 3, &[50], true);
        check(&[50, 40, 9], 2, &[50], true);
        check(&[50, 40, 9], 1, &[50], false);
        check(&[50, 40, 40, 9], 4, &[50, 40], true);
        check(&[9], 1, &[], true);
        check(&[], 1, &[], false);
    }

    proptest! {
        /// Whatever is shown in two answers about the same groups: no sum of some of it is a few away from another.
        #[test]
        fn nobody_is_told_of_a_small_group_and_nothing_is_lost(
            mut groups in proptest::collection::vec(1_u64..40, 0..10),
            (first, second) in (0_usize..12, 0_usize..12),
        ) {
            groups.sort_unstable_by_key(|group| std::cmp::Reverse(*group));
            let (first, second) = (split(&groups, first), split(&groups, second));
            for split in [&first, &second] {
                prop_assert!(split.shown.iter().all(|group| *group >= FEWEST));
                let merged: u64 = split.merged.iter().sum();
                prop_assert!(split.merged.is_empty() || merged >= FEWEST || split.shown.is_empty());
                prop_assert_eq!(split.shown.iter().sum::<u64>() + merged, groups.iter().sum::<u64>());
            }
            let merged = |split: &Split<u64>| split.merged.iter().sum::<u64>();
            let apart = merged(&first).abs_diff(merged(&second));
            prop_assert!(apart == 0 || apart >= FEWEST, "{} apart", apart);
            let all = SmallGroups::Shown.split(groups.clone(), groups.len(), |group| *group, |_| false);
            prop_assert_eq!((all.shown, all.merged, all.suppressed), (groups, Vec::new(), false));
        }
    }
}
