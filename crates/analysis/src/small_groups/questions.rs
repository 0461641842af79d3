//! Questions that pick out a few visitors, of whom not everybody may be told: neither by themselves, nor by what two answers
//! about the same days lack to one another.
//!
//! Whoever sees no small groups asks about whole days, of which everybody is told, however few came. A filter of theirs is on
//! one column. Its values make groups of at least 10 visitors each (those of fewer are one group, and the smallest of the others
//! goes with them where they are fewer than 10 together), and the filter picks out or leaves out each group as a whole. So any
//! two filters on a column differ by whole groups or not at all. What else would tell those of a filter apart, by days, places
//! or pages, goes without one; and a breakdown with one group, and shows the values of which enough are in it and outside of it.

use std::collections::BTreeMap;

use waymark_model::{
    Condition, Dimension, Goal, Population, Predicate, Role, Selects, TimeRange, Touch, Unit, Zone,
};
use waymark_query::{BreakdownSpec, By, FoldSpec, State};

use crate::{
    context::QuestionContext,
    error::QueryError,
    over::ResolvedOver,
    small_groups::{FEWEST, SmallGroups, small},
    source::Source,
};

/// How many units, and visitors they are of, whose deciding event has a value.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Cell {
    pub units: u64,
    pub visitors: u64,
}

impl QuestionContext<'_> {
    /// Refuses a question that picks out or leaves out a few visitors, by whoever must not be told of them.
    pub(crate) fn may_be_told(&mut self) -> Result<(), QueryError> {
        if self.source.small_groups == SmallGroups::Shown {
            return Ok(());
        }
        let ResolvedOver { range, population } = &self.over;
        if population.include_tagged {
            return Err(QueryError::OnlyEditors("events of bots, staff and tests"));
        }
        if whole_days(&self.source.site.zone, *range, self.source.all()) != *range {
            return Err(QueryError::WithinDay);
        }
        if !population.filter.all.is_empty() {
            self.is_one_group = picks_groups(self.source, &self.over)?.ok_or(QueryError::FewVisitors)? <= 1;
        }
        Ok(())
    }

    /// Refuses what would tell those of a filter apart, by whoever must not be told of a few.
    pub(crate) fn without_filter(&self, what: &'static str) -> Result<(), QueryError> {
        if self.hides_of_filter() { Err(QueryError::WithFilter(what)) } else { Ok(()) }
    }

    /// Whether there is a filter, and whoever asks must not be told of a few.
    pub(crate) fn hides_of_filter(&self) -> bool {
        self.source.small_groups == SmallGroups::Merged && !self.over.population.filter.all.is_empty()
    }
}

/// The days that a range touches. What begins with the first event, or ends with the last, leaves out nothing of its day.
pub(crate) fn whole_days(zone: &Zone, range: TimeRange, all: TimeRange) -> TimeRange {
    let TimeRange { start, end } = range;
    let day = |time| zone.start_of(zone.date(time));
    let next = |time| zone.date(time).tomorrow().map_or(time, |date| zone.start_of(date));
    TimeRange {
        start: if start <= all.start { start } else { day(start) },
        end: if end >= all.end || day(end) == end { end } else { next(end) },
    }
}

/// How many groups of its column a filter picks out; `None` when it tears one apart.
fn picks_groups(source: &Source<'_>, over: &ResolvedOver) -> Result<Option<usize>, QueryError> {
    let Population { filter, touch, selects, .. } = &over.population;
    let of = column(filter)?;
    let unit = if *selects == Selects::Sessions { Unit::Session } else { Unit::Visitor };
    let everybody = Population { filter: Predicate::default(), ..over.population.clone() };
    let everybody = ResolvedOver { population: everybody, ..over.clone() };
    let all: Vec<(String, Cell)> = cells(source, &everybody, &of, (unit, *touch))?.into_iter().collect();
    let picked = cells(source, over, &of, (unit, *touch))?;
    if picked.len() == all.len() {
        return Ok(Some(1));
    }
    let small = small(&all, |(_, cell)| cell.visitors, |some| together(unit, some) >= FEWEST);
    let of_small = small.iter().filter(|&&at| picked.contains_key(&all[at].0)).count();
    let is_whole = of_small == 0 || of_small == small.len();
    Ok(is_whole.then_some(picked.len() - of_small + usize::from(of_small > 0)))
}

/// How many visitors some cells have for certain: one with several sessions may be in several.
fn together(unit: Unit, some: &[&(String, Cell)]) -> u64 {
    let visitors = some.iter().map(|(_, cell)| cell.visitors);
    if unit == Unit::Visitor { visitors.sum() } else { visitors.max().unwrap_or(0) }
}

/// The one column that a filter is on.
fn column(filter: &Predicate) -> Result<Dimension, QueryError> {
    let several =
        || QueryError::OnlyEditors("filters on several columns, and on values and amounts of events,");
    let mut columns = filter.all.iter().map(|condition| match condition {
        Condition::Text { of, .. } => Ok(of),
        _ => Err(several()),
    });
    let first = columns.next().ok_or_else(several)??;
    columns.try_for_each(|column| if column? == first { Ok(()) } else { Err(several()) })?;
    Ok(first.clone())
}

/// Units and visitors by the value at their deciding event.
pub(crate) fn cells(
    source: &Source<'_>,
    over: &ResolvedOver,
    of: &Dimension,
    (unit, touch): (Unit, Touch),
) -> Result<BTreeMap<String, Cell>, QueryError> {
    let spec = BreakdownSpec { goals: vec![no_goal()], dimension: of.clone(), by: By::Unit { unit, touch } };
    let state = source.run(over, &[FoldSpec::Breakdown(spec)])?.states.into_iter().next();
    let Some(State::Breakdown(state)) = state else { return Err(QueryError::WrongKind) };
    let cell = |(value, bucket): (String, waymark_query::BreakdownBucket)| {
        let visitors = bucket.goals.first().map_or(0, |goal| goal.moments.visitors);
        (value, Cell { units: bucket.units, visitors })
    };
    Ok(state.buckets.into_iter().map(cell).collect())
}

/// A goal that nobody reaches: a breakdown counts the visitors of its units for each goal.
pub(crate) fn no_goal() -> Goal {
    Goal::on_event("\u{0}", Role::Macro)
}
