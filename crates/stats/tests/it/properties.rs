//! What must hold for every input: order, range, monotonicity, exact merging, agreement of test and interval.

use proptest::prelude::*;
use waymark_stats::{
    BinaryRate, Confidence, Estimate, Interval, LiftRegion, NestedMoments, NestedRate, Proportion,
    lift_of_means, lift_of_rates, newcombe_difference,
};

fn proportion() -> impl Strategy<Value = Proportion> {
    let trials = prop_oneof![1u64..50, 1u64..100_000, 1u64..2_000_000_000_000, Just(u64::MAX)];
    trials
        .prop_flat_map(|n| (prop_oneof![0..=n, Just(0), Just(n), 0..=n.min(9)], Just(n)))
        .prop_map(|(k, n)| Proportion::new(k, n).unwrap())
}

fn visitors() -> impl Strategy<Value = Vec<(u64, u64)>> {
    let units = prop_oneof![0u64..4, 0u64..40, 0u64..100_000];
    prop::collection::vec(units.prop_flat_map(|n| (0..=n, Just(n))), 0..80)
}

fn moments(visitors: &[(u64, u64)]) -> NestedMoments {
    let mut sums = NestedMoments::default();
    for &(y, n) in visitors {
        sums.observe(y, n).unwrap();
    }
    sums
}

fn confidence() -> impl Strategy<Value = Confidence> {
    prop_oneof![Just(0.95), 0.8f64..0.999].prop_map(|level| Confidence::new(level).unwrap())
}

fn all(p: &Proportion, c: Confidence) -> [Interval; 3] {
    [p.wilson(c), p.clopper_pearson(c), p.jeffreys(c)].map(Option::unwrap)
}

fn inside_unit(interval: Interval) -> bool {
    0.0 <= interval.low() && interval.low() <= interval.high() && interval.high() <= 1.0
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn intervals_hold_the_rate(p in proportion(), c in confidence()) {
        for interval in all(&p, c) {
            prop_assert!(inside_unit(interval) && interval.contains(p.rate().unwrap()), "{p:?} {interval:?}");
        }
    }

    #[test]
    fn intervals_widen_with_confidence(p in proportion(), c in confidence()) {
        let wider = Confidence::new(0.5 * (1.0 + c.level())).unwrap();
        for (small, large) in all(&p, c).into_iter().zip(all(&p, wider)) {
            prop_assert!(large.low() <= small.low() && small.high() <= large.high(), "{p:?} {small:?} {large:?}");
        }
    }

    /// The same rate on more trials is known better.
    #[test]
    fn intervals_shrink_with_trials(k in 0u64..1000, rest in 1u64..1000, factor in 2u64..50, c in confidence()) {
        let (few, many) = (Proportion::new(k, k + rest).unwrap(), Proportion::new(k * factor, (k + rest) * factor).unwrap());
        for (small, large) in all(&many, c).into_iter().zip(all(&few, c)) {
            prop_assert!(small.width() < large.width(), "{few:?} {factor} {small:?} {large:?}");
        }
    }

    /// Counting failures instead of successes mirrors every interval.
    #[test]
    fn intervals_mirror(k in 0u64..5000, rest in 1u64..5000, c in confidence()) {
        let (p, q) = (Proportion::new(k, k + rest).unwrap(), Proportion::new(rest, k + rest).unwrap());
        for (one, other) in all(&p, c).into_iter().zip(all(&q, c)) {
            prop_assert!((one.low() + other.high() - 1.0).abs() < 1e-12, "{p:?} {one:?} {other:?}");
        }
    }

    /// Clopper-Pearson never covers less than Jeffreys does.
    #[test]
    fn exact_contains_jeffreys(p in proportion(), c in confidence()) {
        let (exact, bayes) = (p.clopper_pearson(c).unwrap(), p.jeffreys(c).unwrap());
        prop_assert!(exact.low() <= bayes.low() + 1e-15 && bayes.high() <= exact.high() + 1e-15, "{p:?} {exact:?} {bayes:?}");
    }

    #[test]
    fn difference_holds_the_estimate(a in proportion(), b in proportion(), c in confidence()) {
        let interval = newcombe_difference(&a, &b, c).unwrap();
        let back = newcombe_difference(&b, &a, c).unwrap();
        prop_assert!(interval.contains(b.rate().unwrap() - a.rate().unwrap()));
        prop_assert!(-1.0 <= interval.low() && interval.high() <= 1.0);
        prop_assert!((interval.low() + back.high()).abs() < 1e-12 && (interval.high() + back.low()).abs() < 1e-12);
    }

    /// The lift set is exactly the set of lifts that the test on the absolute scale keeps.
    #[test]
    fn lift_agrees_with_its_test(
        a in -20.0f64..20.0, va in 0.01f64..30.0, b in -20.0f64..20.0, vb in 0.01f64..30.0,
        lift in -4.0f64..4.0, c in confidence(),
    ) {
        let (control, variant) = (Estimate::new(a, va).unwrap(), Estimate::new(b, vb).unwrap());
        let result = lift_of_means(control, variant, c).unwrap();
        let slack = c.z() * (vb + (1.0 + lift).powi(2) * va).sqrt() - (b - (1.0 + lift) * a).abs();
        if slack.abs() > 1e-9 {
            prop_assert_eq!(result.region.contains(lift), slack > 0.0, "{:?}", result);
        }
        let p = result.p_value.unwrap();
        if (p - c.alpha()).abs() > 1e-9 {
            prop_assert_eq!(p > c.alpha(), result.region.contains(0.0), "{:?}", result);
        }
    }

    #[test]
    fn lift_of_rates_is_possible(a in proportion(), b in proportion(), c in confidence()) {
        let lift = lift_of_rates(&a, &b, c).unwrap();
        match lift.region {
            LiftRegion::Bounded(i) => {
                prop_assert!(i.low() >= -1.0);
                let slack = 1e-12 * (1.0 + i.high());
                prop_assert!(lift.estimate.is_some_and(|e| i.low() - slack <= e && e <= i.high() + slack), "{lift:?}");
            }
            LiftRegion::AtLeast(from) => prop_assert!(from >= -1.0 && lift.estimate.is_none_or(|e| e >= from)),
            LiftRegion::Unbounded => {}
            other => prop_assert!(false, "{a:?} {b:?} {other:?}"),
        }
    }

    /// Any split, merged in any order, has the bits of one pass.
    #[test]
    fn moments_merge_exactly(all in visitors(), cut in any::<prop::sample::Index>(), turn in any::<bool>()) {
        let (left, right) = all.split_at(cut.index(all.len() + 1));
        let (left, right) = (moments(left), moments(right));
        let merged = if turn { left.merge(right) } else { right.merge(left) };
        prop_assert_eq!(merged.unwrap(), moments(&all));
    }

    #[test]
    fn nested_interval_holds_the_rate(all in visitors(), c in confidence()) {
        let rate = NestedRate::new(moments(&all)).unwrap();
        let Some(interval) = rate.wilson(c) else {
            prop_assert!(all.iter().all(|v| v.1 == 0));
            return Ok(());
        };
        prop_assert!(inside_unit(interval) && interval.contains(rate.rate().unwrap()), "{interval:?}");
        let trials = rate.effective_trials().unwrap();
        prop_assert!(trials > 0.0 && trials <= moments(&all).sum_n as f64, "{trials}");
        prop_assert!(rate.kish_visitors().unwrap() <= all.len() as f64 * (1.0 + 1e-12));
    }

    /// One unit per visitor is a simple proportion, up to n against n − 1.
    #[test]
    fn one_unit_each_is_a_proportion(k in 1u64..400, rest in 1u64..400) {
        let all: Vec<(u64, u64)> = (0..k + rest).map(|i| (u64::from(i < k), 1)).collect();
        let trials = NestedRate::new(moments(&all)).unwrap().effective_trials().unwrap();
        prop_assert!((trials - (k + rest - 1) as f64).abs() < 1e-6 * trials, "{trials}");
    }

    /// All sums that any visitors could have, and arbitrary ones, are handled without a panic.
    #[test]
    fn arbitrary_sums_do_no_harm(
        visitors in any::<u64>(), sum_y in any::<u64>(), sum_n in any::<u64>(),
        sum_yy in any::<u128>(), sum_yn in any::<u128>(), sum_nn in any::<u128>(), c in confidence(),
    ) {
        let moments = NestedMoments { visitors, sum_y, sum_n, sum_yy, sum_yn, sum_nn };
        if let Ok(rate) = NestedRate::new(moments) {
            prop_assert!(rate.wilson(c).is_none_or(inside_unit));
        }
    }

    /// Confidence levels next to 0 and 1 give narrow and wide intervals, not failures.
    #[test]
    fn extreme_confidence_is_harmless(p in proportion(), q in proportion(), all in visitors(), e in -300f64..-0.1) {
        for level in [10f64.powf(e), 1.0 - 10f64.powf(e), 1.0 - f64::EPSILON] {
            let Ok(c) = Confidence::new(level) else { continue };
            for interval in [p.wilson(c), p.clopper_pearson(c), p.jeffreys(c), NestedRate::new(moments(&all)).unwrap().wilson(c)] {
                prop_assert!(interval.is_none_or(inside_unit), "{p:?} {level} {interval:?}");
            }
            prop_assert!(newcombe_difference(&p, &q, c).is_some() && lift_of_rates(&p, &q, c).is_some());
        }
    }
}
