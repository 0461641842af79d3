//! What a simulated shop is asked to be like, and the ready-made shops.

use jiff::civil::{Date, date};
use waymark_model::Zone;

use crate::{
    calendar::Calendar,
    plants::{Effects, FallingMicro, HollowUplift, Micro, Plant, SeasonalMicro, Segment, Step, StepDrop},
};

/// Events for each new visitor, in the long run. Measured over 11 million events in 1,092 days of a shop without
/// plants; a test holds it to 5 %, which is what the noise of a few days makes of it.
const EVENTS_PER_VISITOR: f64 = 8.84;
/// The longest stream.
const MOST_DAYS: u32 = 20_000;
/// The busiest shop.
const MOST_VISITORS: f64 = 1e9;

/// What a simulated shop is asked to be like. The same configuration always gives the same stream (on one
/// platform: logarithms may differ in the last bit between systems).
#[derive(Clone, Debug)]
pub struct ShopConfig {
    /// Chooses one of the possible streams.
    pub seed: u64,
    /// The first day, in the shop's zone. Every event happens on one of the days.
    pub start: Date,
    /// Number of days.
    pub days: u32,
    /// The shop's zone.
    pub zone: Zone,
    /// The path that the shop's pages lie under, such as `/shop`; empty for the root of its hosts.
    pub folder: String,
    /// People who come for the first time on a mean day, robots included.
    pub visitors_per_day: f64,
    /// What to plant.
    pub plants: Vec<Plant>,
    /// No two events of a visitor happen in the same millisecond.
    pub distinct_times: bool,
}

/// A configuration that no stream can follow. Nothing has been simulated.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ConfigError {
    /// No days, too many, or beyond the calendar.
    #[error(
        "a shop cannot be simulated for {0} days from that date: use 1 to 20000 days within the years 1 to 9999"
    )]
    Days(u32),
    /// A negative or absurd number of visitors.
    #[error("{0} visitors a day cannot be simulated: use a number from 0 to 1e9")]
    Visitors(f64),
    /// A plant that begins after the last day.
    #[error(
        "plant {plant} begins on day {day}, but the last day is {last}: begin earlier or simulate longer"
    )]
    PlantDay {
        /// Position among the plants, from 0.
        plant: usize,
        /// The day it begins.
        day: u32,
        /// The last day.
        last: u32,
    },
    /// A plant with a number outside its range, or a segment that no visitor is in.
    #[error(
        "plant {0} has a number outside its range or a segment that no visitor is in: see its fields' documentation"
    )]
    PlantValue(usize),
}

impl ShopConfig {
    /// A shop without plants that emits about that many events (within 5 %, from 100,000 on) over that many
    /// days from 5 January 2026, a Monday, in UTC.
    #[must_use]
    pub fn about(events: u64, days: u32) -> Self {
        Self {
            seed: 1,
            start: date(2026, 1, 5),
            days,
            zone: Zone::utc(),
            folder: String::new(),
            visitors_per_day: events as f64 / f64::from(days.max(1)) / EVENTS_PER_VISITOR,
            plants: Vec::new(),
            distinct_times: false,
        }
    }

    /// The demonstration: about 600,000 events over 90 days. From day 30 on more carts are filled by visitors
    /// who do not buy; from day 56 on newsletter sign-ups fall by 2 % a day; from day 60 on the checkout's
    /// last step fails on mobile devices; brochure downloads follow the weekdays and nothing else. Its pages lie
    /// where the server shows the storefront, under `/shop`.
    #[must_use]
    pub fn demo() -> Self {
        let mobile = Some(Segment::Device("mobile".to_owned()));
        Self {
            folder: "/shop".to_owned(),
            plants: vec![
                Plant::StepDrop(StepDrop {
                    from_day: 60,
                    step: Step::Purchase,
                    segment: mobile,
                    factor: 0.5,
                }),
                Plant::HollowUplift(HollowUplift { from_day: 30, micro: Micro::AddToCart, lift: 0.4 }),
                Plant::SeasonalMicro(SeasonalMicro {
                    micro: Micro::Brochure,
                    weekdays: [0.8, 0.7, 0.7, 0.8, 1.0, 1.6, 1.4],
                    yearly: 0.0,
                    peak: 1,
                }),
                Plant::FallingMicro(FallingMicro { from_day: 56, micro: Micro::Newsletter, per_day: 0.02 }),
            ],
            ..Self::about(600_000, 90)
        }
    }

    /// About that many events over 30 days, without plants and without ties in a visitor's times.
    #[must_use]
    pub fn bench(events: u64) -> Self {
        Self { distinct_times: true, ..Self::about(events, 30) }
    }

    /// The calendar and the plants' effects, if the configuration can be followed.
    pub(crate) fn checked(&self) -> Result<(Calendar, Effects), ConfigError> {
        if !(1..=MOST_DAYS).contains(&self.days) {
            return Err(ConfigError::Days(self.days));
        }
        if !(0.0..=MOST_VISITORS).contains(&self.visitors_per_day) {
            return Err(ConfigError::Visitors(self.visitors_per_day));
        }
        let last = self.days - 1;
        for (plant, planted) in self.plants.iter().enumerate() {
            let day = planted.from_day();
            if day > last {
                return Err(ConfigError::PlantDay { plant, day, last });
            }
            if !planted.is_valid() {
                return Err(ConfigError::PlantValue(plant));
            }
        }
        let calendar =
            Calendar::new(self.start, self.days, &self.zone).ok_or(ConfigError::Days(self.days))?;
        let effects = Effects::new(&self.plants, &calendar);
        Ok((calendar, effects))
    }
}
