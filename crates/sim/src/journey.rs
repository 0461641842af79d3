//! A person's way through several visits: which device, by which way, and when the next one is.

use waymark_model::{
    Tag,
    time::{DAY, HOUR},
};

use crate::{
    behaviour,
    calendar::{Calendar, hours},
    catalogue::Catalogue,
    config::ShopConfig,
    dice::{Dice, Weighted, mix},
    plants::{Effects, Micro, Step},
    record::Record,
    session::{Arrival, Visit, pseudonym_day},
    traffic::{DIRECT, NEWSLETTER, SEARCH, Traffic},
    visitor::{Person, Traits, user_hash, visitor_number},
};

/// Everything that does not change while the stream runs.
pub(crate) struct World {
    pub catalogue: Catalogue,
    pub traffic: Traffic,
    pub calendar: Calendar,
    pub effects: Effects,
    hours: Weighted,
    pub key: u64,
    pub distinct_times: bool,
}

/// What came of a visit, beside its records.
pub(crate) struct Visited {
    pub traits: Traits,
    /// Which of the person's devices.
    pub device: usize,
    /// The day of the visitor number, see [`pseudonym_day`].
    pub pseudonym_day: u16,
    /// The visit carried the person's user.
    pub user: bool,
    /// When the next visit begins, if there is one.
    pub next: Option<i64>,
}

impl World {
    pub(crate) fn new(config: &ShopConfig, calendar: Calendar, effects: Effects) -> Self {
        let key = mix(config.seed);
        let hours = Weighted::new(hours());
        Self {
            catalogue: Catalogue::new(key, &config.folder),
            traffic: Traffic::new(),
            calendar,
            effects,
            hours,
            key,
            distinct_times: config.distinct_times,
        }
    }

    /// Plays the person's visit that begins at `at` into `records`, which must be empty.
    pub(crate) fn visit(&self, person: &mut Person, at: i64, records: &mut Vec<Record>) -> Visited {
        let traits = Traits::of(person.number, self.key, &self.traffic);
        let mut dice = Dice::new(mix(self.key ^ person.number), u64::from(person.visits));
        let device = usize::from(traits.two_devices && dice.chance(0.4));
        let day = self.calendar.day(at);
        let pseudonym_day = pseudonym_day(traits.identity, day);
        let user = traits.account && dice.chance(0.7);
        let returns = traits.tag != Tag::Bot
            && person.visits + 1 < behaviour::MAX_VISITS
            && dice.chance(behaviour::returns(traits.intent));
        let mut planner = Dice::new(mix(self.key ^ person.number), !u64::from(person.visits));
        let arrival = Arrival {
            at,
            visitor: visitor_number(self.key, person.number, device, pseudonym_day),
            user: if user { user_hash(self.key, person.number) } else { 0 },
            source: way(&traits, person.visits, &mut dice),
            profile: traits.profiles[device],
        };
        Visit::new(self, dice, traits, person, &arrival, records).play();
        person.visits += 1;
        let end = records.last().map_or(at, |record| record.time);
        let next = returns.then(|| self.next_visit(end, &mut planner));
        Visited { traits, device, pseudonym_day, user, next }
    }

    /// When a visitor who left at `end` comes back: the same day, or some days later at a usual hour.
    fn next_visit(&self, end: i64, dice: &mut Dice) -> i64 {
        let earliest = end + behaviour::REST;
        if dice.chance(behaviour::SOON) {
            return earliest + dice.exponential(behaviour::SOON_AFTER).min(DAY as f64) as i64;
        }
        let days = 1 + dice.exponential(behaviour::DAYS_AWAY).min(behaviour::MOST_DAYS_AWAY) as i64;
        let hour = dice.pick(&self.hours) as i64;
        let within = dice.below(HOUR as u32);
        let at = self.calendar.day(end).start + days * DAY + hour * HOUR + i64::from(within);
        at.max(earliest)
    }

    /// Probabilities that a visit that views a product adds to the cart: in earnest, and hollowly.
    pub(crate) fn cart_chances(&self, traits: &Traits, profile: u8, day: i32) -> (f64, f64) {
        let effect = self.effects.micro(Micro::AddToCart, day);
        let step = self.effects.step(Step::Cart, day, profile, traits.country);
        let earnest = (behaviour::carts(traits.intent) * step * effect.factor).min(1.0);
        (earnest, (earnest * effect.hollow).min(1.0 - earnest))
    }
}

/// By which way a visit comes about: the first source at first, then often directly or by mail.
fn way(traits: &Traits, visits: u16, dice: &mut Dice) -> u8 {
    if visits == 0 {
        return traits.source;
    }
    match dice.share() {
        x if x < 0.4 => DIRECT,
        x if x < 0.6 => NEWSLETTER,
        x if x < 0.8 => SEARCH,
        _ => traits.source,
    }
}
