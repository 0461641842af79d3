//! What was planted, with its dates and the probabilities that follow: what a good analysis should find.

use jiff::{ToSpan, civil::Date};
use serde::Serialize;
use waymark_model::Zone;

use crate::{
    config::ShopConfig,
    expect::Shares,
    journey::World,
    plants::{FallingMicro, HollowUplift, Plant, SeasonalMicro, StepDrop},
};

/// The truth about a stream. Probabilities are those of untagged sessions.
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
    /// One for each plant.
    pub plants: Vec<Truth>,
}

/// The truth about one plant. Where several plants are in force, the probabilities contain all of them.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Truth {
    /// A step that fewer get through.
    StepDrop {
        /// What was asked for.
        plant: StepDrop,
        /// First day it holds.
        date: Date,
        /// Probability of the step in the affected segment on the day before; without the plant when
        /// it holds from the first day. `None` when another plant lets nobody get to the step.
        before: Option<f64>,
        /// Probability of the step in the affected segment on its first day.
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
        /// Share of sessions with the micro on the day before, or without the plant.
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
        /// Share of sessions with the micro on the day before, or without the plant.
        before: f64,
        /// Share of sessions with the micro on its first day.
        after: f64,
        /// Share of sessions with a purchase on the day before, or without the plant.
        macro_before: f64,
        /// Share of sessions with a purchase on its first day.
        macro_after: f64,
    },
    /// A micro that swings without a trend.
    SeasonalMicro {
        /// What was asked for.
        plant: SeasonalMicro,
        /// The name of the micro's event.
        event: &'static str,
        /// Share of sessions with the micro without the pattern.
        level: f64,
        /// Share of sessions with the micro on Monday to Sunday, without the yearly wave.
        weekdays: [f64; 7],
    },
}

impl Truths {
    pub(crate) fn of(config: &ShopConfig, world: &World) -> Self {
        Self {
            seed: config.seed,
            start: config.start,
            days: config.days,
            zone: config.zone.clone(),
            first_day: Shares::on(world, 0, None),
            last_day: Shares::on(world, config.days as i32 - 1, None),
            plants: config.plants.iter().map(|plant| truth(config, world, plant)).collect(),
        }
    }
}

fn truth(config: &ShopConfig, world: &World, plant: &Plant) -> Truth {
    // Days before the first are free of the plants that begin with it.
    let first = plant.from_day() as i32;
    let date = config.start.checked_add(i64::from(first).days()).unwrap_or(config.start);
    let on = |day: i32| Shares::on(world, day, None);
    match plant {
        Plant::StepDrop(drop) => {
            let step = |day: i32| Shares::on(world, day, drop.segment.as_ref()).step(drop.step);
            Truth::StepDrop { plant: drop.clone(), date, before: step(first - 1), after: step(first) }
        }
        Plant::FallingMicro(falling) => Truth::FallingMicro {
            plant: *falling,
            event: falling.micro.event(),
            date,
            before: on(first - 1).micro(falling.micro),
            last_day: on(config.days as i32 - 1).micro(falling.micro),
        },
        Plant::HollowUplift(hollow) => {
            let (before, after) = (on(first - 1), on(first));
            Truth::HollowUplift {
                plant: *hollow,
                event: hollow.micro.event(),
                date,
                before: before.micro(hollow.micro),
                after: after.micro(hollow.micro),
                macro_before: before.purchase,
                macro_after: after.purchase,
            }
        }
        Plant::SeasonalMicro(seasonal) => {
            let level = Shares::on(&world.unplanted(config), 0, None).micro(seasonal.micro);
            let weekdays = seasonal.weekdays.map(|factor| level * factor);
            Truth::SeasonalMicro { plant: *seasonal, event: seasonal.micro.event(), level, weekdays }
        }
    }
}
