//! Units and their conversions by the values of a dimension; the parts sum to the total (`docs/counting.md`, Measures).

use std::collections::BTreeMap;

use hashbrown::HashMap;
use serde::{Deserialize, Serialize};
use waymark_model::{Dimension, Goal, Touch, Unit, event::NO_VISITOR};

use crate::{
    error::PlanError,
    folds::counting::{Goals, add, add_all},
    journey::Journey,
    moments::Moments,
    pass::Pass,
    planner::Planner,
};

/// What decides a conversion's bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum By {
    /// The value at the first or last event in the range of the unit (visitor or session) that converted.
    Unit {
        /// Visitors or sessions.
        unit: Unit,
        /// Which of the unit's events decides.
        touch: Touch,
    },
    /// The conversion's own value: conversions and value only, no units.
    Conversion,
}

/// What to break down.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BreakdownSpec {
    /// The goals, in the order of the results.
    pub goals: Vec<Goal>,
    /// The dimension whose values make the buckets.
    pub dimension: Dimension,
    /// What decides the bucket.
    pub by: By,
}

/// A goal's conversions in a bucket.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BrokenDownGoal {
    /// Units of the bucket with a counted conversion.
    pub converters: u64,
    /// Counted conversions.
    pub conversions: u64,
    /// Their value in minor units, by currency.
    pub gross: BTreeMap<String, i128>,
    /// Units and converters of the bucket, by visitor.
    pub moments: Moments,
}

/// A value's bucket.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BreakdownBucket {
    /// Units whose deciding event has the value.
    pub units: u64,
    /// Goals, in the order asked.
    pub goals: Vec<BrokenDownGoal>,
}

impl BreakdownBucket {
    fn new(goals: usize) -> Self {
        Self { units: 0, goals: vec![BrokenDownGoal::default(); goals] }
    }

    /// Takes in another bucket: of other visitors, or of a value that is shown with others.
    pub fn merge(&mut self, other: &Self) {
        self.units += other.units;
        for (goal, other) in self.goals.iter_mut().zip(&other.goals) {
            goal.converters += other.converters;
            goal.conversions += other.conversions;
            add_all(&mut goal.gross, &other.gross);
            goal.moments.merge(&other.moments);
        }
    }
}

/// Buckets by value; the empty value stands for none.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BreakdownState {
    /// All values with their buckets.
    pub buckets: BTreeMap<String, BreakdownBucket>,
    /// Buckets by the pass's own numbers of values, while folding.
    #[serde(skip)]
    numbered: HashMap<u32, BreakdownBucket>,
}

impl BreakdownState {
    /// Takes in what was found about the same units and some of so many goals: those at these places.
    pub(crate) fn join(&mut self, count: usize, goals: &[Option<usize>], other: Self) {
        for (value, bucket) in other.buckets {
            let known = self.buckets.entry(value).or_insert_with(|| BreakdownBucket::new(count));
            known.units = bucket.units;
            for (goal, to) in bucket.goals.into_iter().zip(goals) {
                if let Some(to) = *to {
                    known.goals[to] = goal;
                }
            }
        }
    }

    pub(crate) fn merge(&mut self, other: Self) {
        if self.buckets.is_empty() {
            self.buckets = other.buckets;
            return;
        }
        for (value, bucket) in other.buckets {
            match self.buckets.get_mut(&value) {
                Some(known) => known.merge(&bucket),
                None => {
                    self.buckets.insert(value, bucket);
                }
            }
        }
    }
}

/// A breakdown made ready for a pass.
#[derive(Debug)]
pub(crate) struct BreakdownFold {
    goals: Goals,
    slot: usize,
    by: By,
}

/// What a visitor did in one bucket.
struct Share {
    value: u32,
    units: u64,
    converters: Vec<u64>,
    /// The last unit that converted, counted from 1, for each goal.
    last: Vec<u32>,
}

impl Share {
    fn convert(&mut self, goal: usize, unit: u32) {
        self.converters[goal] += u64::from(self.last[goal] != unit);
        self.last[goal] = unit;
    }
}

impl BreakdownFold {
    pub(crate) fn new(spec: &BreakdownSpec, planner: &mut Planner) -> Result<Self, PlanError> {
        if let By::Unit { unit: unit @ (Unit::User | Unit::Event), .. } = spec.by {
            return Err(PlanError::Unit(unit.as_str()));
        }
        let slot = planner.dimension(&spec.dimension);
        Ok(Self { goals: Goals::new(&spec.goals, planner), slot, by: spec.by })
    }

    pub(crate) fn start(&self) -> BreakdownState {
        BreakdownState::default()
    }

    pub(crate) fn visit(&self, state: &mut BreakdownState, pass: &Pass, journey: &Journey) {
        match self.by {
            By::Conversion => self.by_conversion(state, pass, journey),
            By::Unit { .. } if journey.visitor == NO_VISITOR => {}
            By::Unit { unit, touch } => self.by_unit(state, pass, journey, unit == Unit::Session, touch),
        }
    }

    fn by_conversion(&self, state: &mut BreakdownState, pass: &Pass, journey: &Journey) {
        let mut memory = self.goals.memory();
        for row in journey.range.clone().take_while(|&row| !pass.stops_at(row)) {
            let counted = self.goals.matches(&mut memory, pass, journey, row).filter(|found| found.counts);
            for found in counted.filter(|_| journey.is_in(row)) {
                let value = journey.dimension(pass, self.slot, row);
                self.add(state, value, found.goal, pass, journey, row);
            }
        }
    }

    fn by_unit(
        &self,
        state: &mut BreakdownState,
        pass: &Pass,
        journey: &Journey,
        sessions: bool,
        touch: Touch,
    ) {
        let unit_of = |row: usize| if sessions { journey.sessions[row] + 1 } else { 1 };
        let rows: Vec<usize> = journey.range.clone().collect();
        let mut memory = self.goals.memory();
        let mut shares = Shares::default();
        for unit in rows.chunk_by(|&a, &b| unit_of(a) == unit_of(b)) {
            let rows_in = || unit.iter().copied().filter(|&row| journey.is_in(row));
            let mut real = rows_in().filter(|&row| !journey.is_virtual(row));
            let deciding = if touch == Touch::First { real.next() } else { real.next_back() };
            let value = deciding.map_or(0, |row| journey.dimension(pass, self.slot, row));
            let mut share = rows_in().next().map(|_| shares.find_or_add(value, self.goals.len()));
            if let Some(share) = &mut share {
                share.units += 1;
            }
            for &row in unit {
                if pass.stops_at(row) {
                    return;
                }
                let counted =
                    self.goals.matches(&mut memory, pass, journey, row).filter(|found| found.counts);
                for found in counted.filter(|_| journey.is_in(row)) {
                    self.add(state, value, found.goal, pass, journey, row);
                    if let Some(share) = &mut share {
                        share.convert(found.goal, unit_of(row));
                    }
                }
            }
        }
        for share in shares.all {
            let bucket = self.bucket(state, share.value);
            bucket.units += share.units;
            for (goal, &converters) in bucket.goals.iter_mut().zip(&share.converters) {
                goal.converters += converters;
                goal.moments.add(converters, share.units);
            }
        }
    }

    fn add(
        &self,
        state: &mut BreakdownState,
        value: u32,
        goal: usize,
        pass: &Pass,
        journey: &Journey,
        row: usize,
    ) {
        let tally = &mut self.bucket(state, value).goals[goal];
        tally.conversions += 1;
        if let Some(amount) = self.goals.amount(pass, journey, row, goal) {
            add(&mut tally.gross, amount.currency, amount.minor.into());
        }
    }

    fn bucket<'a>(&self, state: &'a mut BreakdownState, value: u32) -> &'a mut BreakdownBucket {
        let goals = self.goals.len();
        state.numbered.entry(value).or_insert_with(|| BreakdownBucket::new(goals))
    }

    /// Names the buckets by their values. Each number stands for a value of its own.
    pub(crate) fn finish(&self, state: &mut BreakdownState, pass: &Pass) {
        let buckets = state.numbered.drain().take_while(|_| !pass.stops());
        let named = buckets
            .map(|(number, bucket)| (pass.values.text(self.slot, number).unwrap_or("").to_owned(), bucket));
        let found = BreakdownState { buckets: named.collect(), numbered: HashMap::new() };
        state.merge(found);
    }
}

/// What a visitor did, by bucket.
#[derive(Default)]
struct Shares {
    all: Vec<Share>,
    /// Where the values stand, once there are many.
    places: HashMap<u32, usize>,
}

/// As many buckets of a visitor as are looked through.
const FEW: usize = 8;

impl Shares {
    fn find_or_add(&mut self, value: u32, goals: usize) -> &mut Share {
        let known = match self.all.len() {
            ..=FEW => self.all.iter().position(|share| share.value == value),
            _ => self.places.get(&value).copied(),
        };
        let at = known.unwrap_or_else(|| {
            self.all.push(Share { value, units: 0, converters: vec![0; goals], last: vec![0; goals] });
            let new = if self.all.len() == FEW + 1 { 0 } else { self.all.len() - 1 };
            if self.all.len() > FEW {
                self.places
                    .extend(self.all.iter().enumerate().skip(new).map(|(at, share)| (share.value, at)));
            }
            self.all.len() - 1
        });
        &mut self.all[at]
    }
}
