//! Numbers that others published or computed, to the digits they gave. The files are made by `testdata/oracle.py`.

use waymark_stats::{
    AgeRow, BinaryRate, CohortTable, Confidence, Estimate, Interval, LiftRegion, NestedMoments, NestedRate,
    Proportion, StatsError, benjamini_hochberg, lift_of_means, lift_of_rates, low_n, newcombe_difference,
    newcombe_p_value, trials_needed,
};

fn rows(text: &str) -> Vec<Vec<&str>> {
    text.lines().filter(|line| !line.starts_with('#')).skip(1).map(|line| line.split(',').collect()).collect()
}

fn numbers(text: &str) -> Vec<Vec<f64>> {
    rows(text).iter().map(|row| row.iter().map(|cell| cell.parse().unwrap()).collect()).collect()
}

fn near(got: f64, want: f64, tolerance: f64, what: &str) {
    assert!((got - want).abs() <= tolerance, "{what}: got {got}, want {want}");
}

fn near_interval(got: Interval, low: f64, high: f64, tolerance: f64, what: &str) {
    near(got.low(), low, tolerance, &format!("{what} low"));
    near(got.high(), high, tolerance, &format!("{what} high"));
}

fn of(successes: u64, trials: u64) -> Proportion {
    Proportion::new(successes, trials).unwrap()
}

/// 5 of 50, to nine digits.
#[test]
fn five_of_fifty() {
    let (p, c) = (of(5, 50), Confidence::default());
    near_interval(p.wilson(c).unwrap(), 0.0434757649, 0.2136023144, 1e-10, "Wilson");
    near_interval(p.clopper_pearson(c).unwrap(), 0.0332750936, 0.2181353664, 1e-10, "Clopper-Pearson");
    near_interval(p.jeffreys(c).unwrap(), 0.0391943644, 0.2053548280, 1e-10, "Jeffreys");
}

#[test]
fn proportions_match_statsmodels() {
    for row in numbers(include_str!("../../testdata/proportion.csv")) {
        let (p, c) = (of(row[0] as u64, row[1] as u64), Confidence::new(row[2]).unwrap());
        let what = format!("{} of {} at {}", row[0], row[1], row[2]);
        near_interval(p.wilson(c).unwrap(), row[3], row[4], 1e-10, &what);
        near_interval(p.clopper_pearson(c).unwrap(), row[5], row[6], 1e-10, &what);
        near_interval(p.jeffreys(c).unwrap(), row[7], row[8], 1e-10, &what);
    }
}

/// Without successes the exact bound is 1 − (α/2)^(1/n); the two ends mirror each other.
#[test]
fn closed_forms_at_the_edges() {
    let c = Confidence::default();
    for n in [1, 10, 5_000, 1_000_000_000_000] {
        let want = -(0.025f64.ln() / n as f64).exp_m1();
        let none = of(0, n).clopper_pearson(c).unwrap();
        near_interval(none, 0.0, want, 1e-12 * want.max(1e-3), "no success");
        near_interval(
            of(n, n).clopper_pearson(c).unwrap(),
            1.0 - want,
            1.0,
            1e-15 + 1e-12 * want,
            "no failure",
        );
        assert_eq!(of(0, n).jeffreys(c).unwrap().low(), 0.0);
        assert_eq!(of(n, n).jeffreys(c).unwrap().high(), 1.0);
        assert_eq!(of(0, n).wilson(c).unwrap().low(), 0.0);
        assert_eq!(of(n, n).wilson(c).unwrap().high(), 1.0);
    }
}

/// At 10¹² trials all three agree with the normal approximation, which is off by a few parts of 1/n.
#[test]
fn huge_counts_stay_accurate() {
    let (n, c) = (1_000_000_000_000u64, Confidence::default());
    for k in [500_000_000_000u64, 30_000_000_000, 999_000_000_000] {
        let (rate, p) = (k as f64 / n as f64, of(k, n));
        let half = c.z() * (rate * (1.0 - rate) / n as f64).sqrt();
        for interval in [p.wilson(c), p.clopper_pearson(c), p.jeffreys(c)] {
            near_interval(interval.unwrap(), rate - half, rate + half, 4.0 / n as f64, "huge");
        }
    }
}

#[test]
fn no_trials_have_no_interval() {
    let (p, c) = (of(0, 0), Confidence::default());
    assert_eq!((p.rate(), p.wilson(c), p.clopper_pearson(c), p.jeffreys(c)), (None, None, None, None));
    assert_eq!(newcombe_difference(&p, &of(1, 2), c), None);
    assert_eq!(lift_of_rates(&of(1, 2), &p, c), None);
}

#[test]
fn impossible_inputs_are_named() {
    let message = StatsError::SuccessesExceedTrials { successes: 3, trials: 2 };
    assert_eq!(Proportion::new(3, 2), Err(message));
    for level in [0.0, 1.0, -0.5, 95.0, f64::NAN] {
        assert!(matches!(Confidence::new(level), Err(StatsError::ConfidenceOutOfRange { .. })), "{level}");
    }
    for (low, high) in [(1.0, 0.0), (f64::NAN, 1.0), (0.0, f64::INFINITY)] {
        assert!(Interval::new(low, high, Confidence::default()).is_err(), "{low} {high}");
    }
    assert_eq!(Interval::new(0.5, 0.5, Confidence::default()).unwrap().width(), 0.0);
    assert!(Estimate::new(1.0, -1e-9).is_err() && Estimate::new(f64::NAN, 0.0).is_err());
}

#[test]
fn low_n_rule() {
    for (successes, trials, want) in [
        (15, 29, true),
        (15, 30, false),
        (4, 1000, true),
        (5, 1000, false),
        (996, 1000, true),
        (995, 1000, false),
        (0, 0, true),
    ] {
        assert_eq!(low_n(successes, trials), want, "{successes} of {trials}");
        assert_eq!(of(successes, trials).is_low_n(), want);
    }
}

#[test]
fn differences_match_statsmodels() {
    for row in numbers(include_str!("../../testdata/newcombe.csv")) {
        let (a, b) = (of(row[0] as u64, row[1] as u64), of(row[2] as u64, row[3] as u64));
        let got = newcombe_difference(&a, &b, Confidence::default()).unwrap();
        near_interval(got, row[4], row[5], 1e-10, &format!("{row:?}"));
    }
}

/// Newcombe (1998), table II, method 10, printed to four digits for p1 − p2.
#[test]
fn differences_match_newcombes_paper() {
    for (a, m, b, n, low, high) in [
        (56, 70, 48, 80, 0.0524, 0.3339),
        (9, 10, 3, 10, 0.1705, 0.8090),
        (6, 7, 2, 7, 0.0582, 0.8062),
        (5, 56, 0, 29, -0.0381, 0.1926),
        (0, 10, 0, 20, -0.1611, 0.2775),
        (10, 10, 0, 10, 0.6075, 1.0),
    ] {
        let got = newcombe_difference(&of(b, n), &of(a, m), Confidence::default()).unwrap();
        near_interval(got, low, high, 5.1e-5, &format!("{a}/{m} - {b}/{n}"));
    }
}

#[test]
fn fieller_matches_bracketed_roots() {
    for row in numbers(include_str!("../../testdata/fieller.csv")) {
        let (a, b) = (Estimate::new(row[0], row[1]).unwrap(), Estimate::new(row[2], row[3]).unwrap());
        let lift = lift_of_means(a, b, Confidence::default()).unwrap();
        let LiftRegion::Bounded(interval) = lift.region else { panic!("{row:?}: {lift:?}") };
        near_interval(interval, row[4], row[5], 1e-10, &format!("{row:?}"));
        near(lift.p_value.unwrap(), row[6], 1e-12, "p");
    }
}

#[test]
fn fieller_shapes() {
    let c = Confidence::default();
    let lift = |a: f64, va: f64, b: f64, vb: f64| {
        lift_of_means(Estimate::new(a, va).unwrap(), Estimate::new(b, vb).unwrap(), c)
    };
    assert!(matches!(lift(1.0, 0.01, 1.0, 0.01).unwrap().region, LiftRegion::Bounded(_)));
    assert!(matches!(lift(0.1, 1.0, 5.0, 0.01).unwrap().region, LiftRegion::Complement { .. }));
    assert_eq!(lift(0.1, 1.0, 0.1, 1.0).unwrap().region, LiftRegion::Unbounded);
    assert_eq!(lift(0.0, 0.0, 1.0, 0.1), None);
    let certain = lift(2.0, 0.0, 3.0, 0.0).unwrap();
    assert_eq!((certain.estimate, certain.p_value), (Some(0.5), None));
}

/// No success in 500 against 30 in 500 is overwhelming evidence, though the lift has no finite estimate.
#[test]
fn nothing_against_something() {
    let lift = lift_of_rates(&of(0, 500), &of(30, 500), Confidence::default()).unwrap();
    assert_eq!(lift.estimate, None);
    let half = 0.5 / 501.0;
    near(of(0, 500).estimate().unwrap().variance(), half * (1.0 - half) / 500.0, 1e-18, "Anscombe");
    assert!(lift.p_value.unwrap() < 1e-6);
    assert!(matches!(lift.region, LiftRegion::AtLeast(from) if from > 5.0), "{lift:?}");
    let back = lift_of_rates(&of(30, 500), &of(0, 500), Confidence::default()).unwrap();
    assert_eq!(back.estimate, Some(-1.0));
    assert!(
        matches!(back.region, LiftRegion::Bounded(i) if i.low() == -1.0 && i.high() < -0.9 && i.width() > 0.0)
    );
    let neither = lift_of_rates(&of(0, 500), &of(0, 500), Confidence::default()).unwrap();
    assert_eq!((neither.estimate, neither.region), (None, LiftRegion::Unbounded));
}

fn nested(text: &str) -> NestedRate {
    let mut moments = NestedMoments::default();
    for visitor in text.split(';') {
        let (y, n) = visitor.split_once('/').unwrap();
        moments.observe(y.parse().unwrap(), n.parse().unwrap()).unwrap();
    }
    NestedRate::new(moments).unwrap()
}

/// The plain variance is a clustered regression's; CR2's and its degrees of freedom are equal where visitors are
/// equally active, and approximated (variance) or bounded from below (degrees of freedom) elsewhere.
#[test]
fn clusters_match_regression() {
    for row in rows(include_str!("../../testdata/clusters.csv")) {
        let (name, got) = (row[0], nested(row[1]));
        let [rate, delta, cr2, dof]: [f64; 4] =
            [row[2], row[3], row[4], row[5]].map(|cell| cell.parse().unwrap());
        near(got.rate().unwrap(), rate, 1e-14, name);
        near(got.delta_variance().unwrap() / delta, 1.0, 1e-11, name);
        let kish = got.kish_visitors().unwrap();
        assert!(kish - 1.0 <= dof + 1e-9, "{name}: {kish} {dof}");
        let tolerance = if name == "equal" { 1e-11 } else { 0.06 };
        near(got.small_sample_variance().unwrap() / cr2, 1.0, tolerance, name);
        if name != "sixty" {
            assert_eq!(got.variance(), got.small_sample_variance(), "{name}");
        }
        if name == "equal" {
            near(got.degrees_of_freedom().unwrap(), dof, 1e-9, name);
        }
        if name == "sixty" {
            assert_eq!((got.degrees_of_freedom(), got.variance()), (None, got.delta_variance()));
        }
    }
}

#[test]
fn nested_edges() {
    let c = Confidence::default();
    let (empty, idle) = (NestedRate::new(NestedMoments::default()).unwrap(), nested("0/0;0/0"));
    assert_eq!((empty.rate(), empty.wilson(c), idle.rate(), idle.wilson(c)), (None, None, None, None));
    for (text, trials) in [
        ("0/3;0/3;0/3", 3.0),
        ("3/3;3/3", 2.0),
        ("5/10", 1.0),
        ("1/2;1/2;1/2", 6.0),
        ("0/9;0/1;0/0", 100.0 / 82.0),
    ] {
        near(nested(text).effective_trials().unwrap(), trials, 1e-12, text);
        assert!(nested(text).wilson(c).unwrap().contains(nested(text).rate().unwrap()));
    }
    assert_eq!(NestedRate::new(NestedMoments::of_visitor(3, 2)), Err(StatsError::NotARate));
    let beyond = NestedMoments::of_visitor(3, 2).merge(NestedMoments::of_visitor(0, 5)).unwrap();
    assert_eq!(NestedRate::new(beyond), Err(StatsError::NotARate), "one visitor of two");
    let impossible = NestedMoments { visitors: 2, sum_y: 1, sum_n: 10, sum_yy: 1, sum_yn: 5, sum_nn: 20 };
    assert_eq!(NestedRate::new(impossible), Err(StatsError::MomentsInconsistent));
    let full = NestedMoments::of_visitor(0, u64::MAX);
    assert_eq!(full.merge(full), Err(StatsError::MomentsOverflow));
}

/// Visitors that all convert at one rate leave no residual but rounding, of either sign: the units are the cap.
#[test]
fn perfect_balance_is_capped() {
    for (y, n, visitors) in [(1, 3, 7), (1, 7, 100), (3, 49, 60), (5, 11, 1000), (45, 55, 1000), (23, 30, 60)]
    {
        let mut moments = NestedMoments::default();
        for _ in 0..visitors {
            moments.observe(y, n).unwrap();
        }
        let trials = NestedRate::new(moments).unwrap().effective_trials().unwrap();
        near(trials, (n * visitors) as f64, 0.0, &format!("{visitors} times {y}/{n}"));
    }
}

#[test]
fn incidence_matches_statsmodels() {
    let want = numbers(include_str!("../../testdata/cohort.csv"));
    let ages: Vec<AgeRow> = want
        .iter()
        .map(|r| AgeRow {
            age: r[0] as u64,
            converted: r[1] as u64,
            ended: r[2] as u64,
            censored: r[3] as u64,
        })
        .collect();
    let units = ages.iter().map(|r| r.converted + r.ended + r.censored).sum();
    let table = CohortTable::new(units, ages).unwrap();
    for row in want {
        let got = table.incidence(row[0] as u64).unwrap();
        near(got.rate().unwrap(), row[4], 1e-14, "incidence");
        near(got.variance().sqrt(), row[5], 1e-12, "standard error");
    }
    assert_eq!(table.incidence(10), None, "nobody was watched to age 10");
}

/// A fully watched cohort gives the plain proportion and its plain interval; an unripe one has no late result.
#[test]
fn ripe_cohort_is_a_proportion() {
    let c = Confidence::default();
    let row = |age, converted, censored| AgeRow { age, converted, ended: 0, censored };
    let ripe = CohortTable::new(100, vec![row(1, 8, 0), row(3, 4, 0), row(9, 2, 0)]).unwrap();
    let plain = of(12, 100).wilson(c).unwrap();
    near_interval(ripe.incidence(5).unwrap().wilson(c).unwrap(), plain.low(), plain.high(), 1e-12, "ripe");
    near(ripe.incidence(0).unwrap().effective_trials().unwrap(), 100.0, 0.0, "before anything");
    let quiet = CohortTable::new(50, vec![row(1, 0, 10), row(2, 0, 15), row(6, 9, 0)]).unwrap();
    near(quiet.incidence(4).unwrap().effective_trials().unwrap(), 40.0, 0.0, "watched at the last age");
    let done =
        CohortTable::new(4, vec![row(1, 1, 1), AgeRow { age: 2, converted: 1, ended: 1, censored: 0 }])
            .unwrap();
    let late = done.incidence(90).unwrap();
    near(late.rate().unwrap(), 0.25 + 0.75 / 2.0, 1e-15, "all have ended, so the share stays");
    assert!(late.variance() > 0.0 && late.wilson(c).unwrap().contains(late.rate().unwrap()));
    let young = CohortTable::new(100, vec![row(1, 8, 0), row(2, 0, 92)]).unwrap();
    assert!(CohortTable::incidence_difference(&ripe, &young, 2, c).unwrap().contains(0.0));
    assert_eq!(CohortTable::incidence_difference(&ripe, &young, 3, c), None);
    assert!(CohortTable::new(5, vec![row(1, 3, 3)]).is_err());
    assert!(CohortTable::new(5, vec![row(2, 1, 0), row(2, 1, 0)]).is_err());
}

#[test]
fn trials_needed_match_statsmodels() {
    for row in numbers(include_str!("../../testdata/power.csv")) {
        let got = trials_needed(row[0], row[1], Confidence::default(), row[2]).unwrap();
        near(got / row[3], 1.0, 1e-9, &format!("{row:?}"));
        let back = trials_needed(row[1], row[0], Confidence::default(), row[2]).unwrap();
        near(back / got, 1.0, 1e-12, "the other way round");
    }
    // The example on the page of R's `power.prop.test`: n = 76.7 for .50, .75 and a power of .90.
    near(trials_needed(0.5, 0.75, Confidence::default(), 0.9).unwrap(), 76.7, 0.05, "R");
}

#[test]
fn no_number_of_trials_shows_what_is_not_there() {
    for (from, to, power) in
        [(0.1, 0.1, 0.8), (0.1, 0.2, 0.0), (0.1, 0.2, 1.0), (-0.1, 0.2, 0.8), (0.1, f64::NAN, 0.8)]
    {
        assert_eq!(trials_needed(from, to, Confidence::default(), power), None, "{from} {to} {power}");
    }
}

#[test]
fn discoveries_match_statsmodels() {
    for row in rows(include_str!("../../testdata/discoveries.csv")) {
        let [given, adjusted] =
            [0, 1].map(|at| row[at].split(';').map(|cell| cell.parse().unwrap()).collect::<Vec<f64>>());
        let found = benjamini_hochberg(&given);
        found.iter().zip(&adjusted).for_each(|(got, want)| near(*got, *want, 1e-14, row[0]));
        assert_eq!(found.len(), adjusted.len());
    }
    assert!(benjamini_hochberg(&[]).is_empty());
    assert_eq!(benjamini_hochberg(&[f64::NAN, 0.01]), [1.0, 0.02]);
}

/// The interval of confidence 1 − p begins or ends at 0, and the verdict at 5 % is that of the interval at 95 %.
#[test]
fn the_p_value_of_a_difference_is_that_of_its_interval() {
    for (from, to) in [
        (of(300, 10_000), of(380, 10_000)),
        (of(300, 10_000), of(310, 10_000)),
        (of(50, 60), of(30, 70)),
        (of(0, 500), of(12, 500)),
        (of(2_000, 2_000), of(1_990, 2_000)),
    ] {
        let p = newcombe_p_value(&from, &to).unwrap();
        let interval = newcombe_difference(&from, &to, Confidence::new(1.0 - p).unwrap()).unwrap();
        near(interval.low().abs().min(interval.high().abs()), 0.0, 1e-7, "the bound");
        let at_95 = newcombe_difference(&from, &to, Confidence::default()).unwrap();
        assert_eq!(p <= 0.05, !at_95.contains(0.0));
    }
    assert_eq!(newcombe_p_value(&of(5, 100), &of(5, 100)).map(f64::round), Some(1.0));
    assert_eq!(newcombe_p_value(&of(0, 10_000), &of(10_000, 10_000)), Some(0.0));
    assert_eq!(newcombe_p_value(&of(0, 0), &of(1, 10)), None);
}
