//! What every question is answered with: its time and population, the engine, the goals used, and what to keep in mind.

use jiff::tz::TimeZone;
use waymark_model::{Base, Basis, Goal, TimeRange, Zone, time::timestamp};
use waymark_query::{FoldSpec, Histogram, LabelBy, Output, State};

use crate::{
    answer::{LeftOut, Notice, Provenance, QuestionResult},
    error::QueryError,
    over::{CompareTo, Over, ResolvedOver},
    questions::paths::PathBy,
    results::{GoalVersion, RangeResult, TimesResult},
    small_groups::{FEWEST, SmallGroups, questions::whole_days},
    source::Source,
};

/// What stands for all that is not shown.
pub(crate) const OTHER: &str = "(other)";

/// A result, and what it was computed from.
pub(crate) struct Answered {
    pub(crate) grounds: Option<Provenance>,
    pub(crate) warnings: Vec<Notice>,
    pub(crate) outcome: QuestionResult,
}

/// What an answer is asked over, and what there is to keep in mind about it.
pub(crate) struct QuestionContext<'a> {
    pub(crate) source: &'a Source<'a>,
    pub(crate) over: ResolvedOver,
    /// Its filter, if it has one, picks out one group, as far as groups are hidden from whoever asks.
    pub(crate) is_one_group: bool,
    pub(crate) goals: Vec<Goal>,
    pub(crate) warnings: Vec<Notice>,
}

impl<'a> QuestionContext<'a> {
    pub(crate) fn new(
        source: &'a Source<'a>,
        over: &Over,
        (goals, warnings): (Vec<Goal>, Vec<Notice>),
    ) -> Result<Self, QueryError> {
        let over = over.resolve(&source.site.zone, source.all(), source.now)?;
        let mut work = Self { source, over, is_one_group: true, goals, warnings };
        work.may_be_told()?;
        Ok(work)
    }

    /// The same question about the time compared with; without one, a notice says why.
    pub(crate) fn compared_with(&mut self, compare: &CompareTo) -> Result<Option<Self>, QueryError> {
        let source = self.source;
        let (zone, all) = (&source.site.zone, source.all());
        let over = match compare {
            CompareTo::Previous => {
                let before = self.over.before(zone, source.now);
                let range = before.range;
                // Where this time is not over, the one before is not cut at the same moment for everybody.
                let hides = source.small_groups == SmallGroups::Merged;
                before.during(if hides { whole_days(zone, range, all) } else { range })
            }
            CompareTo::Range(range) => self.over.during(range.resolve(zone, all, source.now)?),
        };
        let (goals, warnings) = (self.goals.clone(), Vec::new());
        let mut before = Self { source, over, is_one_group: true, goals, warnings };
        match before.may_be_told() {
            Ok(()) => {}
            Err(QueryError::FewVisitors | QueryError::WithinDay) => {
                let message = "There is nothing to compare with: the other time singles out or excludes fewer than 10 \
                               visitors.";
                self.warnings.push(Notice { message: message.to_owned(), hint: None });
                return Ok(None);
            }
            Err(error) => return Err(error),
        }
        Ok(Some(before))
    }

    /// Runs one fold and gives its state.
    pub(crate) fn run(&mut self, fold: FoldSpec) -> Result<(State, Provenance), QueryError> {
        let output = self.source.run(&self.over, &[fold])?;
        self.warn(&output);
        let grounds = self.grounds(&output);
        let state = output.states.into_iter().next().ok_or(QueryError::WrongKind)?;
        Ok((state, grounds))
    }

    /// Runs one fold on the way to the result, and gives its state.
    pub(crate) fn state(&self, fold: FoldSpec) -> Result<State, QueryError> {
        let output = self.source.run(&self.over, &[fold])?;
        output.states.into_iter().next().ok_or(QueryError::WrongKind)
    }

    pub(crate) fn grounds(&self, output: &Output) -> Provenance {
        Provenance {
            range: range_result(&self.source.site.zone, self.over.range),
            identities: self.source.identities(self.over.range),
            left_out: LeftOut { tagged_events: output.integrity.left_out },
            goals: self.goals.iter().map(GoalVersion::of).collect(),
        }
    }

    pub(crate) fn warn(&mut self, output: &Output) {
        let all = self.source.all();
        let identities = self.source.identities(self.over.range);
        let mut warn = |message: String, hint: Option<&str>| {
            self.warnings.push(Notice { message, hint: hint.map(str::to_owned) });
        };
        if all.is_empty() {
            warn("the site has no events yet".to_owned(), Some("add some with `waymark import`"));
        } else if output.integrity.visitors == 0
            && (all.end <= self.over.range.start || self.over.range.end <= all.start)
        {
            let has = range_result(&self.source.site.zone, all);
            warn(
                format!("no events in this range: the site has events from {} to {}", has.from, has.to),
                None,
            );
        }
        if identities.len() > 1 {
            let names: Vec<&str> = identities.iter().map(|kind| kind.as_str()).collect();
            warn(
                format!(
                    "visitors are recognised in several ways ({}): someone recognised in two ways counts twice",
                    names.join(", ")
                ),
                None,
            );
        }
        if output.integrity.out_of_order > 0 {
            let rows = output.integrity.out_of_order;
            warn(format!("{rows} stored rows are out of order"), Some("run `waymark doctor`"));
        }
    }

    pub(crate) fn basis(&self, goal: &Goal, base: Base) -> Basis {
        Basis {
            site: self.source.site.name.clone(),
            goal: goal.reference(),
            base,
            population: self.over.population.clone(),
            range: self.over.range,
            identities: self.source.identities(self.over.range),
        }
    }

    pub(crate) fn found(self, grounds: Provenance, outcome: QuestionResult) -> Answered {
        Answered { grounds: Some(grounds), warnings: self.warnings, outcome }
    }
}

/// Quantiles of a length of time. Whoever sees no small groups is told those that have at least 10 visitors on each side, and
/// of other units than visitors none: many of them may be one visitor's.
pub(crate) fn times(times: &Histogram, are_visitors: bool, source: &Source<'_>) -> Option<TimesResult> {
    let hides = source.small_groups == SmallGroups::Merged;
    let quantile = |q: f64| {
        let total = times.total() as f64;
        let is_few = (total * q).min(total * (1.0 - q)) < FEWEST as f64;
        if hides && (is_few || !are_visitors) { None } else { times.quantile(q) }
    };
    let found =
        TimesResult { p25: quantile(0.25), p50: quantile(0.5), p75: quantile(0.75), p95: quantile(0.95) };
    // The median has the most on each side.
    found.p50.is_some().then_some(found)
}

/// A range in the zone, its moments with their offsets.
pub(crate) fn range_result(zone: &Zone, range: TimeRange) -> RangeResult {
    let (from, to) = (moment(zone, range.start), moment(zone, range.end));
    RangeResult { from, to, timezone: zone.name().to_owned() }
}

/// A moment with the zone's offset.
pub(crate) fn moment(zone: &Zone, time: i64) -> String {
    let zone = TimeZone::get(zone.name()).unwrap_or(TimeZone::UTC);
    timestamp(time).to_zoned(zone).strftime("%Y-%m-%dT%H:%M:%S%.f%:z").to_string()
}

/// What events are called in paths and sequences; the goal that these are about is none of their parts.
pub(crate) fn label_by(by: PathBy, goal: &Goal, source: &Source<'_>) -> LabelBy {
    match by {
        PathBy::Page => LabelBy::Page,
        PathBy::Event => LabelBy::Event,
        PathBy::Goal => {
            let others = source.site.goals.iter().filter(|other| other.name != goal.name);
            LabelBy::Goals(others.cloned().collect())
        }
    }
}
