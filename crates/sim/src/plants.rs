//! What can be planted in the stream, and the effect of all plants on a visit's probabilities.

use serde::{Deserialize, Serialize};

use crate::{
    calendar::{Calendar, WARM_UP},
    traffic::{COUNTRIES, PROFILES},
};

/// A micro conversion that can be tampered with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Micro {
    /// `add_to_cart`, a milestone.
    AddToCart,
    /// `newsletter_signup`.
    Newsletter,
    /// `account_created`.
    Account,
    /// `brochure_download`.
    Brochure,
    /// `$video`.
    Video,
    /// `social_follow`.
    Social,
}

impl Micro {
    /// Every micro that can be tampered with.
    pub const ALL: [Self; 6] =
        [Self::AddToCart, Self::Newsletter, Self::Account, Self::Brochure, Self::Video, Self::Social];

    /// The name of its event.
    #[must_use]
    pub const fn event(self) -> &'static str {
        match self {
            Self::AddToCart => "add_to_cart",
            Self::Newsletter => "newsletter_signup",
            Self::Account => "account_created",
            Self::Brochure => "brochure_download",
            Self::Video => "$video",
            Self::Social => "social_follow",
        }
    }
}

/// A step of the way to a purchase, named by where it leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// From `view_item` to `add_to_cart`.
    Cart,
    /// From the page `/cart` to `begin_checkout`.
    Checkout,
    /// From `begin_checkout` to `checkout_details`.
    Details,
    /// From `checkout_details` to `purchase`.
    Purchase,
}

/// Some of the visits.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Segment {
    /// Those with a device class: `mobile`, `desktop`, `tablet`.
    Device(String),
    /// Those with a browser family: `Chrome`, `Safari`, `Firefox`, `Edge`, `Samsung Internet`.
    Browser(String),
    /// Those from a country: `DE`, `AT`, `CH`, `FR`, `NL`, `GB`, `PL`, `IT`, `BE`, `US`.
    Country(String),
}

impl Segment {
    /// Whether a visit with that profile and country is in the segment.
    pub(crate) fn holds(&self, profile: u8, country: u8) -> bool {
        let profile = &PROFILES[usize::from(profile)];
        match self {
            Self::Device(device) => profile.device == device,
            Self::Browser(browser) => profile.browser == browser,
            Self::Country(code) => COUNTRIES[usize::from(country)].0 == code,
        }
    }

    /// Whether any visit can be in it.
    pub(crate) fn exists(&self) -> bool {
        let countries = 0..COUNTRIES.len() as u8;
        (0..PROFILES.len() as u8).any(|profile| countries.clone().any(|country| self.holds(profile, country)))
    }
}

/// From a day on, fewer get through a step: a checkout fault, or, from day 0 in a segment, a segment leak.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StepDrop {
    /// First day it holds; the stream's first day is 0.
    pub from_day: u32,
    /// The step that fails.
    pub step: Step,
    /// Who is affected; everybody when `None`.
    pub segment: Option<Segment>,
    /// What the step's probability is multiplied by, in [0, 1].
    pub factor: f64,
}

/// From a day on, a micro becomes less likely by the same share each day.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct FallingMicro {
    /// The first day that is lower than the one before; the stream's first day is 0.
    pub from_day: u32,
    /// Which micro.
    pub micro: Micro,
    /// Share lost from one day to the next, in [0, 1]: 0.01 is 1 % a day.
    pub per_day: f64,
}

/// From a day on, a micro is done more often by those who do not buy: the micro rises, the macro does not.
///
/// Carts that are added by it lead nowhere: no cart page, no checkout, not taken up by a later visit.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct HollowUplift {
    /// First day it holds; the stream's first day is 0.
    pub from_day: u32,
    /// Which micro.
    pub micro: Micro,
    /// By how much its probability rises in visits without a purchase: 0.3 is 30 % more. At least 0.
    pub lift: f64,
}

/// A micro with a pattern by weekday and by season, and no drift.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct SeasonalMicro {
    /// Which micro.
    pub micro: Micro,
    /// What its probability is multiplied by on Monday to Sunday, each at least 0.
    pub weekdays: [f64; 7],
    /// Height of a yearly wave in [0, 1): 0.2 swings between 80 % and 120 %. 0 for none.
    pub yearly: f64,
    /// Day of the year at which the yearly wave is highest.
    pub peak: i16,
}

/// Something planted in the stream.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Plant {
    /// A step that fewer get through.
    StepDrop(StepDrop),
    /// A micro that declines.
    FallingMicro(FallingMicro),
    /// A micro that rises without the macro.
    HollowUplift(HollowUplift),
    /// A micro that swings without a trend.
    SeasonalMicro(SeasonalMicro),
}

impl Plant {
    /// The first day on which the plant shows.
    #[must_use]
    pub const fn from_day(&self) -> u32 {
        match self {
            Self::StepDrop(drop) => drop.from_day,
            Self::FallingMicro(falling) => falling.from_day,
            Self::HollowUplift(hollow) => hollow.from_day,
            Self::SeasonalMicro(_) => 0,
        }
    }

    /// Whether its numbers are in their ranges and its segment exists.
    pub(crate) fn is_valid(&self) -> bool {
        let share = |x: f64| (0.0..=1.0).contains(&x);
        match self {
            Self::StepDrop(drop) => share(drop.factor) && drop.segment.as_ref().is_none_or(Segment::exists),
            Self::FallingMicro(falling) => share(falling.per_day),
            Self::HollowUplift(hollow) => hollow.lift >= 0.0 && hollow.lift.is_finite(),
            Self::SeasonalMicro(seasonal) => {
                let each = seasonal.weekdays.iter().all(|&factor| factor >= 0.0 && factor.is_finite());
                each && (0.0..1.0).contains(&seasonal.yearly)
            }
        }
    }
}

/// All plants, by day.
pub(crate) struct Effects {
    drops: Vec<StepDrop>,
    /// For each day from the warm-up's first: factor and hollow lift of each micro.
    micros: Vec<[MicroEffect; Micro::ALL.len()]>,
}

/// What is done to a micro on a day.
#[derive(Clone, Copy, Debug)]
pub(crate) struct MicroEffect {
    /// What its probability is multiplied by.
    pub factor: f64,
    /// The rise of its probability in visits without a purchase.
    pub hollow: f64,
}

impl Effects {
    pub(crate) fn new(plants: &[Plant], calendar: &Calendar) -> Self {
        let mut effects = Self { drops: Vec::new(), micros: Vec::new() };
        for day in calendar.days() {
            let mut micros = [MicroEffect { factor: 1.0, hollow: 0.0 }; Micro::ALL.len()];
            for plant in plants {
                let since = day.number - plant.from_day() as i32;
                match plant {
                    Plant::FallingMicro(p) if since >= 0 => {
                        micros[p.micro as usize].factor *= (1.0 - p.per_day).powi(since + 1);
                    }
                    Plant::HollowUplift(p) if since >= 0 => micros[p.micro as usize].hollow += p.lift,
                    Plant::SeasonalMicro(p) => {
                        let turn =
                            std::f64::consts::TAU * (f64::from(day.of_year) - f64::from(p.peak)) / 365.25;
                        micros[p.micro as usize].factor *=
                            p.weekdays[day.weekday] * p.yearly.mul_add(turn.cos(), 1.0);
                    }
                    _ => {}
                }
            }
            effects.micros.push(micros);
        }
        effects.drops = plants
            .iter()
            .filter_map(|p| if let Plant::StepDrop(p) = p { Some(p.clone()) } else { None })
            .collect();
        effects
    }

    /// What the step's probability is multiplied by for such a visit on that day.
    pub(crate) fn step(&self, step: Step, day: i32, profile: u8, country: u8) -> f64 {
        let mut factor = 1.0;
        for drop in &self.drops {
            let held = drop.segment.as_ref().is_none_or(|segment| segment.holds(profile, country));
            if drop.step == step && day >= drop.from_day as i32 && held {
                factor *= drop.factor;
            }
        }
        factor
    }

    /// Whether no plant tells a visit with the one profile and country from a visit with the other.
    pub(crate) fn treat_alike(&self, one: (u8, u8), other: (u8, u8)) -> bool {
        let mut segments = self.drops.iter().filter_map(|drop| drop.segment.as_ref());
        segments.all(|segment| segment.holds(one.0, one.1) == segment.holds(other.0, other.1))
    }

    /// What is done to the micro on that day.
    pub(crate) fn micro(&self, micro: Micro, day: i32) -> MicroEffect {
        self.micros[(day + WARM_UP).clamp(0, self.micros.len() as i32 - 1) as usize][micro as usize]
    }
}
