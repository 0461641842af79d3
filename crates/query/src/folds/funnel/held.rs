//! A unit's rows by the value that its chains hold, so that each search looks only at the rows of its value. What other
//! rows break between them is looked up, not searched for: a journey of n events costs O(n·log n), however many values
//! it has.

use std::ops::Range;

use super::steps::Steps;
use crate::{journey::Journey, pass::Pass};

/// The rows of a unit that matter, by held value.
#[derive(Debug, Default)]
pub(crate) struct Held {
    /// One value after the other, in order within each.
    rows: Vec<usize>,
    /// Each value with its part of `rows`. If none is held: all rows, without a value.
    groups: Vec<(Option<u32>, Range<usize>)>,
    between: Between,
    optional: OptionalRows,
    /// Rows by value, while they are found.
    keyed: Vec<(u32, usize)>,
}

/// The rows that may break a chain between two rows of its own value.
#[derive(Debug, Default)]
pub(crate) struct Between {
    /// For each exclusion, the rows that match it, ascending.
    excluded: Vec<Vec<usize>>,
    /// In a strict funnel, the rows that are not reserved, ascending.
    unreserved: Vec<usize>,
}

/// For each optional step, the rows that fill it, by value (0 if none is held).
#[derive(Debug, Default)]
pub(crate) struct OptionalRows(Vec<Vec<(u32, usize)>>);

impl Held {
    /// Finds the rows of a unit.
    pub(crate) fn find(&mut self, steps: &Steps, pass: &Pass, journey: &Journey, range: &Range<usize>) {
        self.optional.find(steps, pass, journey, range);
        self.rows.clear();
        self.groups.clear();
        let Some(slot) = steps.same else {
            self.rows.extend(range.clone().filter(|&row| steps.is_relevant(journey, row)));
            self.groups.push((None, 0..self.rows.len()));
            return;
        };
        self.keyed.clear();
        for row in range.clone().filter(|&row| steps.strict || journey.hits[row] & steps.any != 0) {
            if pass.stops_at(row) {
                return;
            }
            self.keyed.push((journey.dimension(pass, slot, row), row));
        }
        self.keyed.retain(|&(value, _)| value != 0);
        self.keyed.sort_unstable();
        for group in self.keyed.chunk_by(|a, b| a.0 == b.0) {
            let start = self.rows.len();
            self.rows.extend(group.iter().map(|&(_, row)| row));
            self.groups.push((Some(group[0].0), start..self.rows.len()));
        }
        self.between.find(steps, pass, journey, range);
    }

    /// Finds only the rows of optional steps, for a search that finds the others itself.
    pub(crate) fn find_optional(
        &mut self,
        steps: &Steps,
        pass: &Pass,
        journey: &Journey,
        range: &Range<usize>,
    ) {
        self.optional.find(steps, pass, journey, range);
    }

    /// Each held value with its rows; all rows without a value if none is held.
    pub(crate) fn groups(&self) -> impl Iterator<Item = (Option<u32>, &[usize])> {
        self.groups.iter().map(|(value, rows)| (*value, &self.rows[rows.clone()]))
    }

    /// What breaks chains of a value between its rows.
    pub(crate) const fn between(&self) -> &Between {
        &self.between
    }

    pub(crate) const fn optional(&self) -> &OptionalRows {
        &self.optional
    }
}

impl Between {
    fn find(&mut self, steps: &Steps, pass: &Pass, journey: &Journey, range: &Range<usize>) {
        self.excluded.resize_with(steps.exclusions.len(), Vec::new);
        for (rows, exclusion) in self.excluded.iter_mut().zip(&steps.exclusions) {
            rows.clear();
            rows.extend(range.clone().filter(|&row| journey.hits[row] & exclusion.bit != 0));
        }
        self.unreserved.clear();
        if steps.strict {
            self.unreserved.extend(range.clone().filter(|&row| !journey.is_reserved(pass, row)));
        }
    }

    /// Whether a row between two that follow one another among those of a value breaks a chain that entered at `entry`
    /// and has taken the steps up to `taken`. It has another value, or fills no step.
    pub(crate) fn breaks(
        &self,
        steps: &Steps,
        (after, before): (usize, usize),
        entry: usize,
        taken: usize,
    ) -> bool {
        let any = |rows: &[usize]| {
            let first = rows.partition_point(|&row| row <= after);
            rows.get(first).is_some_and(|&row| row < before)
        };
        let mut exclusions = self.excluded.iter().zip(&steps.exclusions);
        before - after > 1
            && (any(&self.unreserved)
                || exclusions.any(|(rows, exclusion)| exclusion.applies(entry, taken) && any(rows)))
    }
}

impl OptionalRows {
    fn find(&mut self, steps: &Steps, pass: &Pass, journey: &Journey, range: &Range<usize>) {
        self.0.resize_with(steps.optional.len(), Vec::new);
        for (rows, optional) in self.0.iter_mut().zip(&steps.optional) {
            rows.clear();
            for row in range.clone().filter(|&row| journey.hits[row] & optional.bit != 0) {
                let value = steps.same.map(|slot| journey.dimension(pass, slot, row));
                if value != Some(0) {
                    rows.push((value.unwrap_or(0), row));
                }
            }
            rows.sort_unstable();
        }
    }

    /// The first row behind another that fills an optional step with the value.
    pub(crate) fn first_behind(&self, optional: usize, value: Option<u32>, row: usize) -> Option<usize> {
        let (rows, value) = (self.0.get(optional)?, value.unwrap_or(0));
        let at = rows.partition_point(|entry| *entry <= (value, row));
        rows.get(at).filter(|(other, _)| *other == value).map(|&(_, row)| row)
    }
}
