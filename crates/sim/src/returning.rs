//! On which days people come back, in expectation: what `World::next_visit` draws, as probabilities.

use waymark_model::time::{DAY, HOUR, MINUTE};

use crate::{
    behaviour::{DAYS_AWAY, MOST_DAYS_AWAY, REST, SOON, SOON_AFTER},
    calendar::hours,
};

/// The longest time between two visits, in days.
const LONGEST: usize = MOST_DAYS_AWAY as usize + 1;

/// The probabilities that the next visit falls on the same day, the next day, and so on.
///
/// Neglects two things that shift few visits by a day: how long visits take, and that those who came back on the
/// same day leave later in it.
pub(crate) struct Gaps([f64; LONGEST + 1]);

impl Gaps {
    pub(crate) fn new() -> Self {
        let mut gaps = [0.0; LONGEST + 1];
        let tomorrow = over_midnight();
        gaps[0] = SOON * (1.0 - tomorrow);
        gaps[1] = SOON * tomorrow;
        for (days, gap) in gaps.iter_mut().enumerate().skip(1) {
            let longer = |days: usize| (-(days as f64) / DAYS_AWAY).exp();
            let beyond = if days == LONGEST { 0.0 } else { longer(days) };
            *gap += (1.0 - SOON) * (longer(days - 1) - beyond);
        }
        Self(gaps)
    }

    /// The next visits of each day, when so many of each day's visits are followed by another one.
    pub(crate) fn next(&self, followed: &[f64]) -> Vec<f64> {
        let mut next = vec![0.0; followed.len()];
        for (day, visits) in followed.iter().enumerate() {
            for (then, gap) in next[day..].iter_mut().zip(&self.0) {
                *then += visits * gap;
            }
        }
        next
    }
}

/// The probability that a person who comes back soon does so after midnight.
fn over_midnight() -> f64 {
    let weights = hours();
    let (mut late, mut all) = (0.0, 0.0);
    for minute in 0..DAY / MINUTE {
        let weight = weights[(minute * MINUTE / HOUR) as usize];
        let left = DAY - minute * MINUTE - MINUTE / 2 - REST;
        late += weight * (-left.max(0) as f64 / SOON_AFTER).exp();
        all += weight;
    }
    late / all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_who_comes_back_does_so_on_one_of_the_days() {
        let gaps = Gaps::new();
        assert!((gaps.0.iter().sum::<f64>() - 1.0).abs() < 1e-12, "{:?}", gaps.0);
        assert!(gaps.0.iter().all(|gap| (0.0..0.5).contains(gap)), "{:?}", gaps.0);
    }

    #[test]
    fn a_day_beyond_the_end_is_left_out() {
        let next = Gaps::new().next(&[0.0, 100.0, 0.0]);
        assert!(next[0].abs() < 1e-12 && next[1] > 15.0 && next[2] > next[1], "{next:?}");
    }
}
