//! Small groups, which not everybody may see: those of fewer than ten visitors are shown together with others, so that
//! nobody is told what a handful of people did. Totals are shown to all. It must not know who asks.

/// Fewest visitors of a group that everybody may see.
pub(crate) const FEWEST: u64 = 10;

/// Whose groups are shown by themselves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum SmallGroups {
    /// All of them.
    #[default]
    Shown,
    /// Those of [`FEWEST`] visitors and more.
    Merged,
}

/// Groups, as they may be shown.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Split<T> {
    /// By themselves, in their order.
    pub(crate) shown: Vec<T>,
    /// All in one.
    pub(crate) merged: Vec<T>,
    /// Some that would be shown are not, because they are small.
    pub(crate) suppressed: bool,
}

impl SmallGroups {
    /// Whether a group of so many visitors is shown, if it is one at all.
    pub(crate) fn shows(self, visitors: u64) -> bool {
        self == Self::Shown || !(1..FEWEST).contains(&visitors)
    }

    /// The groups of `shown` that are shown by themselves, and what is merged: `rest`, and the small ones. What is merged is
    /// no small group either, or it would be known by what the others lack to the total (complementary suppression): then
    /// the smallest of those that are shown are merged too. `visitors` is how many visitors a group has for certain, and
    /// `together` how many some groups have for certain.
    pub(crate) fn split<T>(
        self,
        shown: Vec<T>,
        rest: Vec<T>,
        visitors: impl Fn(&T) -> u64,
        together: impl Fn(&[T]) -> u64,
    ) -> Split<T> {
        if self == Self::Shown {
            return Split { shown, merged: rest, suppressed: false };
        }
        let before = shown.len();
        let (mut shown, small): (Vec<T>, Vec<T>) =
            shown.into_iter().partition(|group| visitors(group) >= FEWEST);
        let mut merged = rest;
        merged.extend(small);
        while !merged.is_empty() && together(&merged) < FEWEST {
            let smallest = (0..shown.len()).min_by_key(|&at| visitors(&shown[at]));
            let Some(smallest) = smallest else { break };
            merged.push(shown.remove(smallest));
        }
        let suppressed = shown.len() < before;
        Split { shown, merged, suppressed }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sum(some: &[u64]) -> u64 {
        some.iter().sum()
    }

    fn check(shown: &[u64], rest: &[u64], expected: &[u64]) {
        let split = SmallGroups::Merged.split(shown.to_vec(), rest.to_vec(), |group| *group, sum);
        assert_eq!(split.shown, expected, "{shown:?} {rest:?}");
        assert_eq!(split.suppressed, expected.len() < shown.len(), "{shown:?} {rest:?}");
    }

    #[test]
    fn small_groups_take_the_next_one_along() {
        check(&[50, 40, 30], &[], &[50, 40, 30]);
        check(&[50, 40], &[30], &[50, 40]);
        check(&[50, 40, 9, 1], &[], &[50, 40]);
        check(&[50, 40, 9], &[], &[50]);
        check(&[50, 40], &[9], &[50]);
        check(&[50, 40], &[9, 1], &[50, 40]);
        check(&[9], &[], &[]);
        check(&[], &[], &[]);
    }

    proptest! {
        #[test]
        fn nobody_is_told_of_a_small_group_and_nothing_is_lost(
            shown in proptest::collection::vec(0_u64..40, 0..12),
            rest in proptest::collection::vec(0_u64..40, 0..12),
        ) {
            let split = SmallGroups::Merged.split(shown.clone(), rest.clone(), |group| *group, sum);
            prop_assert!(split.shown.iter().all(|group| *group >= FEWEST));
            let merged = sum(&split.merged);
            prop_assert!(split.merged.is_empty() || merged >= FEWEST || split.shown.is_empty());
            prop_assert_eq!(sum(&split.shown) + merged, sum(&shown) + sum(&rest));
            let all = SmallGroups::Shown.split(shown.clone(), rest.clone(), |group| *group, sum);
            prop_assert_eq!((all.shown, all.merged, all.suppressed), (shown, rest, false));
        }
    }
}
