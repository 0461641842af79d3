//! How a rate changed from one time to another: by how much, whether that can be told, and what it would take to tell.

use waymark_model::Interval;
use waymark_stats::{BinaryRate as _, Confidence, newcombe_difference, trials_needed};

use super::rates::Share;
use crate::query_json::{ChangeResult, DifferenceResult, Verdict};

/// Power with which `needed` units show a change of the size seen.
const POWER: f64 = 0.8;

/// `to` minus `from` with Newcombe's interval at 95 %; `None` when a side has no units.
pub(crate) fn difference(from: &Share, to: &Share) -> Option<DifferenceResult> {
    let found = newcombe_difference(from, to, Confidence::default())?;
    let interval = Interval { low: found.low(), high: found.high(), confidence: found.confidence().level() };
    Some(DifferenceResult { value: to.rate()? - from.rate()?, interval })
}

/// The change and what can be said of it (`docs/counting.md`, Comparison).
pub(crate) fn change(from: &Share, to: &Share) -> ChangeResult {
    let difference = difference(from, to);
    let verdict = verdict(from, to, difference);
    let is_open = matches!(verdict, Verdict::TooClose | Verdict::TooFew);
    ChangeResult { difference, verdict, needed: if is_open { needed(from, to) } else { None } }
}

fn verdict(from: &Share, to: &Share, difference: Option<DifferenceResult>) -> Verdict {
    let Some(DifferenceResult { interval, .. }) = difference else { return Verdict::TooFew };
    let fewest = from.counts().1.min(to.counts().1);
    let is_told = (interval.low > 0.0 || interval.high < 0.0) && fewest >= waymark_model::Rate::FEW_TRIALS;
    match is_told {
        true if interval.low > 0.0 => Verdict::Up,
        true => Verdict::Down,
        false if from.is_low_n() || to.is_low_n() => Verdict::TooFew,
        false => Verdict::TooClose,
    }
}

/// Units in each of two times that would show a change of this size: as many times more than independent ones as the
/// units seen are worth less.
fn needed(from: &Share, to: &Share) -> Option<u64> {
    let trials = trials_needed(from.rate()?, to.rate()?, Confidence::default(), POWER)?;
    #[allow(clippy::cast_precision_loss, reason = "counts stay far below 2^53")]
    let units = (from.counts().1 + to.counts().1) as f64;
    let worth = from.effective_trials()? + to.effective_trials()?;
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "positive; saturates where it is huge"
    )]
    Some((trials * units / worth).ceil() as u64)
}

#[cfg(test)]
mod tests {
    use waymark_query::Moments;

    use super::*;

    fn check(from: (u64, u64), to: (u64, u64), verdict: Verdict, needed: Option<u64>) {
        let of = |(successes, trials)| Share::independent(successes, trials).unwrap();
        let found = change(&of(from), &of(to));
        assert_eq!((found.verdict, found.needed), (verdict, needed), "{from:?} {to:?}");
    }

    #[test]
    fn a_change_is_told_by_its_interval() {
        check((100, 10_000), (200, 10_000), Verdict::Up, None);
        check((200, 10_000), (100, 10_000), Verdict::Down, None);
        check((200, 10_000), (0, 10_000), Verdict::Down, None);
        check((300, 10_000), (310, 10_000), Verdict::TooClose, Some(464_178));
        check((300, 10_000), (300, 10_000), Verdict::TooClose, None);
        check((3, 100), (4, 100), Verdict::TooFew, Some(5_301));
        check((0, 20), (20, 20), Verdict::TooFew, Some(2));
        check((0, 0), (20, 200), Verdict::TooFew, None);
    }

    #[test]
    fn alike_sessions_need_as_many_more_as_they_are_worth_less() {
        let (mut from, mut to) = (Moments::default(), Moments::default());
        for visitor in 0..1_000 {
            from.add(if visitor % 10 == 0 { 4 } else { 0 }, 4);
            to.add(if visitor % 9 == 0 { 4 } else { 0 }, 4);
        }
        let of = |moments| Share::by_visitor(&moments).unwrap();
        let nested = change(&of(from), &of(to));
        let plain =
            change(&Share::independent(400, 4_000).unwrap(), &Share::independent(448, 4_000).unwrap());
        assert_eq!(nested.verdict, Verdict::TooClose);
        let ratio = nested.needed.unwrap() as f64 / plain.needed.unwrap() as f64;
        assert!((ratio - 4.0).abs() < 0.01, "{ratio}");
    }
}
