//! How rates changed from one time to another: by how much, whether that can be told, and what it would take to tell.

use waymark_model::{Interval, Rate};
use waymark_stats::{
    BinaryRate as _, Confidence, benjamini_hochberg, newcombe_difference, newcombe_p_value, trials_needed,
};

use crate::{
    rates::Share,
    results::{ChangeResult, DifferenceResult, Verdict},
};

/// Power with which `needed` units show a change of the size seen.
const POWER: f64 = 0.8;
/// A change that takes more than so many times the units seen to be told is none.
const MOST_TIMES: f64 = 100.0;

/// Which share of the changes told together may be chance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct FalseShare(f64);

impl FalseShare {
    /// Of changes that are shown by themselves.
    pub(crate) const ALONE: Self = Self(0.05);
    /// Of changes beside a headline that did not change itself: one that is tested already at 5 %.
    pub(crate) const BESIDE_AN_UNCHANGED_HEADLINE: Self = Self(0.01);
}

/// A share in two times: then and now.
pub(crate) type Pair = (Share, Share);

/// `to` minus `from` with Newcombe's interval at 95 %; `None` when a side has no units.
pub(crate) fn difference(from: &Share, to: &Share) -> Option<DifferenceResult> {
    let found = newcombe_difference(from, to, Confidence::default())?;
    let interval = Interval { low: found.low(), high: found.high(), confidence: found.confidence().level() };
    Some(DifferenceResult { value: to.rate()? - from.rate()?, interval })
}

/// A change that is told by itself, and what can be said of it (`docs/counting.md`, Comparison).
pub(crate) fn change(pair: &Pair) -> ChangeResult {
    let differs = difference(&pair.0, &pair.1)
        .is_some_and(|found| found.interval.low > 0.0 || found.interval.high < 0.0);
    told(pair, differs)
}

/// Changes that stand side by side, corrected together, as each of many would seem real now and then by chance.
pub(crate) fn changes(pairs: &[Pair], chance: FalseShare) -> Vec<ChangeResult> {
    let testable = pairs.iter().enumerate().filter(|(_, pair)| !is_small(pair));
    let (places, p_values): (Vec<usize>, Vec<f64>) =
        testable.filter_map(|(at, pair)| Some((at, newcombe_p_value(&pair.0, &pair.1)?))).unzip();
    let mut differs = vec![false; pairs.len()];
    for (at, adjusted) in places.into_iter().zip(benjamini_hochberg(&p_values)) {
        differs[at] = adjusted <= chance.0;
    }
    pairs.iter().zip(differs).map(|(pair, differs)| told(pair, differs)).collect()
}

/// Whether a side is too small for a change to be told of it.
fn is_small((from, to): &Pair) -> bool {
    from.is_low_n() || to.is_low_n() || from.counts().1.min(to.counts().1) < Rate::FEW_TRIALS
}

fn told(pair: &Pair, differs: bool) -> ChangeResult {
    let (from, to) = pair;
    let difference = difference(from, to);
    let by = difference.map_or(0.0, |difference| difference.value);
    let needed = needed(from, to);
    #[allow(clippy::cast_precision_loss, reason = "counts stay far below 2^53")]
    let most = MOST_TIMES * from.counts().1.max(to.counts().1) as f64;
    let (verdict, needed) = match needed.filter(|needed| *needed <= most) {
        _ if difference.is_none() => (Verdict::TooFew, None),
        needed if is_small(pair) => (Verdict::TooFew, needed),
        _ if differs && by > 0.0 => (Verdict::Up, None),
        _ if differs => (Verdict::Down, None),
        None => (Verdict::NoChange, None),
        needed => (Verdict::TooClose, needed),
    };
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "positive, and no more than 100 times a count"
    )]
    ChangeResult { difference, verdict, needed: needed.map(|needed| needed.ceil() as u64) }
}

/// Units in each of two times that would show a change of this size: as many times more than independent ones as the
/// units seen are worth less.
fn needed(from: &Share, to: &Share) -> Option<f64> {
    let trials = trials_needed(from.rate()?, to.rate()?, Confidence::default(), POWER)?;
    #[allow(clippy::cast_precision_loss, reason = "counts stay far below 2^53")]
    let units = (from.counts().1 + to.counts().1) as f64;
    let worth = from.effective_trials()? + to.effective_trials()?;
    Some(trials * units / worth)
}

#[cfg(test)]
mod tests {
    use waymark_query::Moments;

    use super::*;

    fn pair(from: (u64, u64), to: (u64, u64)) -> Pair {
        let of = |(successes, trials)| Share::independent(successes, trials).unwrap();
        (of(from), of(to))
    }

    fn check(from: (u64, u64), to: (u64, u64), verdict: Verdict, needed: Option<u64>) {
        let found = change(&pair(from, to));
        assert_eq!((found.verdict, found.needed), (verdict, needed), "{from:?} {to:?}");
        let alone = &changes(&[pair(from, to)], FalseShare::ALONE)[0];
        assert_eq!((alone.verdict, alone.needed), (verdict, needed), "by its p-value: {from:?} {to:?}");
    }

    #[test]
    fn a_change_is_told_by_its_interval() {
        check((100, 10_000), (200, 10_000), Verdict::Up, None);
        check((200, 10_000), (100, 10_000), Verdict::Down, None);
        check((300, 10_000), (310, 10_000), Verdict::TooClose, Some(464_178));
        check((3, 100), (4, 100), Verdict::TooFew, Some(5_301));
        check((0, 20), (20, 20), Verdict::TooFew, Some(2));
        check((0, 0), (20, 200), Verdict::TooFew, None);
    }

    #[test]
    fn what_would_take_a_hundred_times_the_units_is_no_change() {
        check((300, 10_000), (300, 10_000), Verdict::NoChange, None);
        check((300, 10_000), (303, 10_000), Verdict::NoChange, None);
        check((3_000, 100_000), (3_030, 100_000), Verdict::TooClose, Some(5_100_197));
        check((3, 100), (3, 100), Verdict::TooFew, None);
    }

    #[test]
    fn few_successes_tell_no_change() {
        check((200, 10_000), (0, 10_000), Verdict::TooFew, Some(388));
        check((0, 50), (50, 50), Verdict::TooFew, Some(2));
    }

    #[test]
    fn of_many_changes_the_same_one_is_told_later() {
        let seems_real = pair((300, 10_000), (352, 10_000));
        let unchanged = pair((300, 10_000), (305, 10_000));
        let verdicts = |unchanged_ones: usize| {
            let pairs: Vec<Pair> =
                std::iter::once(seems_real).chain(vec![unchanged; unchanged_ones]).collect();
            changes(&pairs, FalseShare::ALONE)[0].verdict
        };
        assert_eq!((verdicts(0), verdicts(7)), (Verdict::Up, Verdict::TooClose));
        // Small ones are not tested, and so cost nothing.
        let with_small: Vec<Pair> =
            std::iter::once(seems_real).chain(vec![pair((1, 100), (2, 100)); 7]).collect();
        assert_eq!(changes(&with_small, FalseShare::ALONE)[0].verdict, Verdict::Up);
    }

    #[test]
    fn alike_sessions_need_as_many_more_as_they_are_worth_less() {
        let (mut from, mut to) = (Moments::default(), Moments::default());
        for visitor in 0..1_000 {
            from.add(if visitor % 10 == 0 { 4 } else { 0 }, 4);
            to.add(if visitor % 9 == 0 { 4 } else { 0 }, 4);
        }
        let of = |moments| Share::by_visitor(&moments).unwrap();
        let nested = change(&(of(from), of(to)));
        let plain = change(&pair((400, 4_000), (448, 4_000)));
        assert_eq!(nested.verdict, Verdict::TooClose);
        let ratio = nested.needed.unwrap() as f64 / plain.needed.unwrap() as f64;
        assert!((ratio - 4.0).abs() < 0.01, "{ratio}");
    }
}
