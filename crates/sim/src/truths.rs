//! What was planted, with its dates and the shares that follow: what a good analysis should find.

use jiff::{ToSpan, civil::Date};
use serde::Serialize;
use waymark_model::Zone;

use crate::{
    config::ShopConfig,
    expect::{Expected, Shares},
    journey::World,
    plants::{Effects, FallingMicro, HollowUplift, Plant, SeasonalMicro, Segment, StepDrop},
};

/// The truth about a stream. Shares are those of untagged sessions, each on the day on which it begins.
///
/// Shares drift a little even without a plant: a weekday with many new visitors has a smaller share of returning ones.
/// After a plant they move for some weeks: carts that were saved before its first day are taken up after it. So
/// each share is that of the days it is stated for, and is what these days' sessions have but for chance.
#[derive(Clone, Debug, Serialize)]
pub struct Truths {
    /// The seed of the stream.
    pub seed: u64,
    /// Its first day.
    pub start: Date,
    /// Its number of days.
    pub days: u32,
    /// The zone of the days.
    pub zone: Zone,
    /// Expected shares of sessions on the first day.
    pub first_day: Shares,
    /// Expected shares of sessions on the last day.
    pub last_day: Shares,
    /// Expected shares of sessions in each period, in order of time.
    pub periods: Vec<Period>,
    /// One for each plant.
    pub plants: Vec<Truth>,
}

/// Days from one plant's first day until the next plant's first day, or until the end.
#[derive(Clone, Debug, Serialize)]
pub struct Period {
    /// Its first day.
    pub date: Date,
    /// Its number of days.
    pub days: u32,
    /// Expected shares of its sessions.
    pub shares: Shares,
}

/// The truth about one plant. Where several plants are in force, the shares contain all of them.
///
/// `before` and `after` are about the [`Period`] that ends with the plant's first day, and the one that begins with it.
/// When the plant holds from the stream's first day, `before` is what the first period would be without the plant.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Truth {
    /// A step that fewer get through.
    StepDrop {
        /// What was asked for.
        plant: StepDrop,
        /// First day it holds.
        date: Date,
        /// Share of the affected segment's sessions at the step's origin that got through it before. `None`
        /// when another plant lets nobody get to the step.
        before: Option<f64>,
        /// The same share after.
        after: Option<f64>,
    },
    /// A micro that declines.
    FallingMicro {
        /// What was asked for.
        plant: FallingMicro,
        /// The name of the micro's event.
        event: &'static str,
        /// First day that is lower than the one before.
        date: Date,
        /// Share of sessions with the micro before.
        before: f64,
        /// Share of sessions with the micro on the last day.
        last_day: f64,
    },
    /// A micro that rises without the macro.
    HollowUplift {
        /// What was asked for.
        plant: HollowUplift,
        /// The name of the micro's event.
        event: &'static str,
        /// First day it holds.
        date: Date,
        /// Share of sessions with the micro before.
        before: f64,
        /// Share of sessions with the micro after.
        after: f64,
        /// Share of sessions with a purchase before.
        macro_before: f64,
        /// Share of sessions with a purchase after.
        macro_after: f64,
    },
    /// A micro that swings without a trend.
    SeasonalMicro {
        /// What was asked for.
        plant: SeasonalMicro,
        /// The name of the micro's event.
        event: &'static str,
        /// Share of sessions with the micro on all days, without the pattern.
        level: f64,
        /// Share of sessions with the micro on all Mondays to Sundays, without the yearly wave. `None` for a
        /// weekday that the stream does not have.
        weekdays: [Option<f64>; 7],
    },
}

impl Truths {
    pub(crate) fn of(config: &ShopConfig, world: &World) -> Self {
        let teller = Teller::new(config, world);
        Self {
            seed: config.seed,
            start: config.start,
            days: config.days,
            zone: config.zone.clone(),
            first_day: teller.everybody.over([0]),
            last_day: teller.everybody.over([config.days - 1]),
            periods: teller.periods(),
            plants: (0..config.plants.len()).map(|at| teller.truth(at)).collect(),
        }
    }
}

/// What tells the truths of a configuration.
struct Teller<'a> {
    config: &'a ShopConfig,
    world: &'a World,
    everybody: Expected,
    /// The periods' first days, and the day after the last one.
    bounds: Vec<u32>,
}

impl<'a> Teller<'a> {
    fn new(config: &'a ShopConfig, world: &'a World) -> Self {
        let mut bounds = vec![0, config.days];
        bounds.extend(config.plants.iter().map(Plant::from_day));
        bounds.sort_unstable();
        bounds.dedup();
        let everybody = Expected::of(&world.calendar, &world.effects, None);
        Self { config, world, everybody, bounds }
    }

    fn date(&self, day: u32) -> Date {
        self.config.start.checked_add(i64::from(day).days()).unwrap_or(self.config.start)
    }

    fn periods(&self) -> Vec<Period> {
        let period = |days: &[u32]| Period {
            date: self.date(days[0]),
            days: days[1] - days[0],
            shares: self.everybody.over(days[0]..days[1]),
        };
        self.bounds.windows(2).map(period).collect()
    }

    /// What the stream would be like with something else in that plant's place, or without it.
    fn otherwise(&self, at: usize, other: Option<Plant>, segment: Option<&Segment>) -> Expected {
        let mut plants = self.config.plants.clone();
        plants.splice(at..=at, other);
        Expected::of(&self.world.calendar, &Effects::new(&plants, &self.world.calendar), segment)
    }

    /// The segment's shares before the plant and after.
    fn around(&self, at: usize, segment: Option<&Segment>) -> [Shares; 2] {
        let of_segment = segment.map(|_| Expected::of(&self.world.calendar, &self.world.effects, segment));
        let expected = of_segment.as_ref().unwrap_or(&self.everybody);
        let first = self.config.plants[at].from_day();
        let bound = self.bounds.partition_point(|&day| day < first);
        let after = first..self.bounds[bound + 1];
        let before = match bound.checked_sub(1) {
            Some(earlier) => expected.over(self.bounds[earlier]..first),
            None => self.otherwise(at, None, segment).over(after.clone()),
        };
        [before, expected.over(after)]
    }

    fn truth(&self, at: usize) -> Truth {
        let plant = &self.config.plants[at];
        let date = self.date(plant.from_day());
        match plant {
            Plant::StepDrop(drop) => {
                let [before, after] = self.around(at, drop.segment.as_ref()).map(|s| s.step(drop.step));
                Truth::StepDrop { plant: drop.clone(), date, before, after }
            }
            Plant::FallingMicro(falling) => Truth::FallingMicro {
                plant: *falling,
                event: falling.micro.event(),
                date,
                before: self.around(at, None)[0].micro(falling.micro),
                last_day: self.everybody.over([self.config.days - 1]).micro(falling.micro),
            },
            Plant::HollowUplift(hollow) => self.hollow(at, *hollow, date),
            Plant::SeasonalMicro(seasonal) => self.seasonal(at, *seasonal),
        }
    }

    fn hollow(&self, at: usize, plant: HollowUplift, date: Date) -> Truth {
        let [before, after] = self.around(at, None);
        Truth::HollowUplift {
            plant,
            event: plant.micro.event(),
            date,
            before: before.micro(plant.micro),
            after: after.micro(plant.micro),
            macro_before: before.purchase,
            macro_after: after.purchase,
        }
    }

    fn seasonal(&self, at: usize, plant: SeasonalMicro) -> Truth {
        let days = 0..self.config.days;
        let level = self.otherwise(at, None, None).over(days.clone()).micro(plant.micro);
        let without_wave = Plant::SeasonalMicro(SeasonalMicro { yearly: 0.0, ..plant });
        let patterned = self.otherwise(at, Some(without_wave), None);
        let monday = 7 - u32::try_from(self.config.start.weekday().to_monday_zero_offset()).unwrap_or(0);
        let weekdays = std::array::from_fn(|weekday| {
            let mut those = days.clone().skip((monday as usize + weekday) % 7).step_by(7).peekable();
            those.peek().is_some().then(|| patterned.over(those).micro(plant.micro))
        });
        Truth::SeasonalMicro { plant, event: plant.micro.event(), level, weekdays }
    }
}
