//! One visit of one person: what it emits, as records in the order of their times.

use waymark_model::{Identity, Tag};

use crate::{
    behaviour,
    calendar::Day,
    catalogue::{self, Catalogue, ItemId, PageId},
    dice::Dice,
    journey::World,
    plants::{Micro, Step},
    record::{Kind, Record},
    traffic::Landing,
    visitor::{Cart, Order, Person, Traits, order_hash},
};

/// The longest pause between two events (ms): two in a row stay below the 30 minutes that end a session.
const LONGEST_PAUSE: f64 = 12.0 * 60_000.0;
/// Share of clicks on "add to cart" that are double clicks.
const DOUBLE_CLICK: f64 = 0.04;
/// Share of purchases whose thank-you page is loaded again in the same visit, or in the next.
const RELOAD: f64 = 0.06;
const REOPEN: f64 = 0.05;
/// Share of orders that are sent back on the next visit.
const REFUND: f64 = 0.08;
/// Share of purchases whose value the shop's server confirms.
const VERIFIED: f64 = 0.3;

/// A visit in the making.
pub(crate) struct Visit<'a> {
    world: &'a World,
    dice: Dice,
    traits: Traits,
    person: &'a mut Person,
    day: Day,
    /// What all records of the visit have in common.
    template: Record,
    now: i64,
    records: &'a mut Vec<Record>,
}

/// Who visits, when, and with what.
pub(crate) struct Arrival {
    pub at: i64,
    pub visitor: u64,
    pub user: u64,
    pub source: u8,
    pub profile: u8,
}

impl<'a> Visit<'a> {
    pub(crate) fn new(
        world: &'a World,
        dice: Dice,
        traits: Traits,
        person: &'a mut Person,
        arrival: &Arrival,
        records: &'a mut Vec<Record>,
    ) -> Self {
        let template = Record {
            arrival: 0,
            time: 0,
            visitor: arrival.visitor,
            user: arrival.user,
            key: 0,
            value: None,
            page: catalogue::HOME,
            item: None,
            kind: Kind::PageView,
            detail: 0,
            source: arrival.source,
            profile: arrival.profile,
            country: traits.country,
            tag: traits.tag,
            identity: traits.identity,
            verified: false,
            first: false,
            again: false,
        };
        let day = world.calendar.day(arrival.at);
        Self { world, dice, traits, person, day, template, now: arrival.at, records }
    }

    /// Plays the visit.
    pub(crate) fn play(mut self) {
        if self.traits.tag == Tag::Bot {
            return self.crawl();
        }
        let resumes = self.person.saved_cart.is_some() && self.dice.chance(behaviour::RESUME);
        let cart = if resumes { self.person.saved_cart } else { self.browse() };
        let bought = match cart {
            Some(cart) => self.check_out(cart),
            None => self.look_after_order(),
        };
        self.act(bought);
    }

    /// Looks around; the cart, if it was filled in earnest.
    fn browse(&mut self) -> Option<Cart> {
        let views = self.dice.chance(behaviour::views(self.traits.intent));
        let landing = self.world.traffic.landing(self.template.source, &mut self.dice);
        if !views {
            self.stroll(landing);
            return None;
        }
        if landing != Landing::Product {
            self.land(landing);
        }
        let mut item = self.view_item();
        let more = self.dice.exponential(0.5f64.mul_add(self.traits.intent.max(-1.0), 1.4)) as u32;
        for _ in 0..more.min(20) {
            if self.dice.chance(0.35) {
                let page = self.world.catalogue.any_category(&mut self.dice);
                self.page(page, 35_000.0);
            }
            item = self.view_item();
        }
        self.fill_cart(item)
    }

    /// A visit without a product: often a single page.
    fn stroll(&mut self, landing: Landing) {
        self.land(if landing == Landing::Product { Landing::Category } else { landing });
        while self.dice.chance(0.4) {
            let page = match self.dice.below(3) {
                0 => self.world.catalogue.any_article(&mut self.dice),
                1 => catalogue::HOME,
                _ => self.world.catalogue.any_category(&mut self.dice),
            };
            self.page(page, 55_000.0);
        }
    }

    fn land(&mut self, landing: Landing) {
        let page = match landing {
            Landing::Home => catalogue::HOME,
            Landing::Article => self.world.catalogue.any_article(&mut self.dice),
            Landing::Category | Landing::Product => self.world.catalogue.any_category(&mut self.dice),
        };
        self.page(page, 45_000.0);
    }

    fn view_item(&mut self) -> ItemId {
        let item = self.world.catalogue.any_item(&mut self.dice);
        let page = Catalogue::product_page(item);
        self.push(Kind::PageView, page);
        if !self.dice.chance(0.6) {
            self.pause_between(5, 60);
        }
        self.push(Kind::ViewItem, page).item = Some(item);
        self.dwell(page, 60_000.0);
        item
    }

    /// Adds to the cart, or not; a hollow cart is emitted but leads nowhere, so it is not returned.
    fn fill_cart(&mut self, item: ItemId) -> Option<Cart> {
        let (earnest, hollow) = self.world.cart_chances(&self.traits, self.template.profile, self.day.number);
        let draw = self.dice.share();
        if draw >= earnest + hollow {
            return None;
        }
        let mut cart = Cart { item, value: self.add_to_cart(item) };
        if draw >= earnest {
            return None;
        }
        while self.dice.chance(0.25) {
            let next = self.view_item();
            cart.value = cart.value.saturating_add(self.add_to_cart(next));
        }
        self.person.saved_cart = Some(cart);
        Some(cart)
    }

    /// One click, or two in a row; the value added.
    fn add_to_cart(&mut self, item: ItemId) -> i32 {
        let price = self.world.catalogue.product(item).price;
        let value = price.saturating_mul(if self.dice.chance(0.12) { 2 } else { 1 });
        let twice = self.dice.chance(DOUBLE_CLICK);
        for again in [false, true] {
            if again && !twice {
                break;
            }
            if again {
                self.pause_between(80, 400);
            }
            let record = self.push(Kind::AddToCart, Catalogue::product_page(item));
            (record.item, record.value, record.again) = (Some(item), Some(value), again);
        }
        self.pause(6_000.0);
        value
    }

    /// From the cart's page on; whether it ended in a purchase.
    fn check_out(&mut self, cart: Cart) -> bool {
        self.page(catalogue::CART, 20_000.0);
        if !self.passes(Step::Checkout, behaviour::checks_out(self.traits.intent)) {
            return false;
        }
        self.form_page(Kind::BeginCheckout, catalogue::CHECKOUT, cart);
        if !self.passes(Step::Details, behaviour::gives_details(self.template.profile)) {
            return false;
        }
        self.form_page(Kind::Details, catalogue::DETAILS, cart);
        if !self.passes(Step::Purchase, behaviour::buys(self.template.profile)) {
            return false;
        }
        let key = order_hash(self.world.key, self.person.number, self.person.visits);
        let order = Order { key, value: cart.value, item: cart.item, emitted: false, refunded: false };
        self.person.last_order = Some(order);
        self.person.saved_cart = None;
        self.thank(order, false);
        if self.dice.chance(RELOAD) {
            self.pause(20_000.0);
            self.thank(order, true);
        }
        true
    }

    fn form_page(&mut self, kind: Kind, page: PageId, cart: Cart) {
        self.push(Kind::PageView, page);
        self.pause_between(0, 30);
        let record = self.push(kind, page);
        (record.item, record.value) = (Some(cart.item), Some(cart.value));
        self.pause(50_000.0);
    }

    /// The thank-you page, which reports the purchase each time it is loaded.
    fn thank(&mut self, order: Order, again: bool) {
        self.push(Kind::PageView, catalogue::THANKS);
        let verified = self.dice.chance(VERIFIED);
        let record = self.push(Kind::Purchase, catalogue::THANKS);
        record.key = order.key;
        (record.item, record.value) = (Some(order.item), Some(order.value));
        (record.verified, record.again) = (verified, again);
        self.pause(10_000.0);
    }

    /// Comes back to the last order: opens its page once more, or sends it back. Nothing is bought.
    fn look_after_order(&mut self) -> bool {
        let Some(order) = self.person.last_order.filter(|order| !order.refunded) else { return false };
        if self.dice.chance(REOPEN) {
            self.thank(order, true);
        }
        if self.dice.chance(REFUND) {
            self.push(Kind::PageView, catalogue::RETURNS);
            self.pause(30_000.0);
            let record = self.push(Kind::Refund, catalogue::RETURNS);
            (record.key, record.value, record.verified) = (order.key, Some(-order.value), true);
            self.pause(10_000.0);
            self.person.last_order = Some(Order { refunded: true, ..order });
        }
        false
    }

    /// The secondary actions.
    fn act(&mut self, bought: bool) {
        for micro in Micro::ALL {
            let effect = self.world.effects.micro(micro, self.day.number);
            let lift = if bought { 1.0 } else { 1.0 + effect.hollow };
            if !self.dice.chance(behaviour::acts(micro, self.traits.intent) * effect.factor * lift) {
                continue;
            }
            match micro {
                Micro::AddToCart => {}
                Micro::Newsletter => self.act_once(Kind::Newsletter, catalogue::HOME),
                Micro::Account => self.act_once(Kind::Account, catalogue::REGISTER),
                Micro::Brochure => self.act_once(Kind::Brochure, catalogue::HOME),
                Micro::Social => self.act_once(Kind::Social, catalogue::HOME),
                Micro::Video => self.watch(),
            }
        }
    }

    fn act_once(&mut self, kind: Kind, page: PageId) {
        let detail = self.dice.below(6) as u8;
        self.push(kind, page).detail = detail;
        self.pause(8_000.0);
    }

    /// A video: a quarter, half, three quarters, all of it.
    fn watch(&mut self) {
        let page = self.world.catalogue.any_article(&mut self.dice);
        self.page(page, 5_000.0);
        for percent in [25, 50, 75, 100] {
            self.push(Kind::Video, page).detail = percent;
            self.pause_between(15_000, 25_000);
            if self.dice.chance(0.35) {
                break;
            }
        }
    }

    /// A robot's visit: many pages, fast.
    fn crawl(&mut self) {
        let pages = 20 + self.dice.exponential(110.0).min(2_000.0) as u32;
        for _ in 0..pages {
            let page = self.world.catalogue.any_page(&mut self.dice);
            self.push(Kind::PageView, page);
            self.pause_between(0, 900);
        }
    }

    fn passes(&mut self, step: Step, probability: f64) -> bool {
        let (profile, country) = (self.template.profile, self.template.country);
        let factor = self.world.effects.step(step, self.day.number, profile, country);
        self.dice.chance(probability * factor)
    }

    /// A page and the time on it.
    fn page(&mut self, page: PageId, mean_ms: f64) {
        self.push(Kind::PageView, page);
        self.dwell(page, mean_ms);
    }

    fn dwell(&mut self, page: PageId, mean_ms: f64) {
        if self.dice.chance(0.3) {
            self.pause(8_000.0);
            let quarters = 1 + self.dice.below(4) as u8;
            self.push(Kind::Scroll, page).detail = 25 * quarters;
        }
        let before = self.now;
        self.pause(mean_ms);
        if self.dice.chance(0.25) {
            let seconds = ((self.now - before) / 1_000).clamp(1, 255);
            self.push(Kind::Engagement, page).detail = seconds as u8;
            self.pause(1_000.0);
        }
    }

    fn pause(&mut self, mean_ms: f64) {
        self.now += self.dice.exponential(mean_ms).min(LONGEST_PAUSE) as i64 + 200;
    }

    fn pause_between(&mut self, least_ms: u32, most_ms: u32) {
        self.now += i64::from(least_ms + self.dice.below(most_ms - least_ms));
    }

    fn push(&mut self, kind: Kind, page: PageId) -> &mut Record {
        let last = self.records.last().map(|record| record.time);
        if let Some(last) = last.filter(|&last| self.world.distinct_times && self.now <= last) {
            self.now = last + 1;
        }
        let first = last.is_none();
        let at = self.records.len();
        self.records.push(Record { time: self.now, arrival: self.now, kind, page, first, ..self.template });
        &mut self.records[at]
    }
}

/// The day number (from 1) that tells the visitor numbers of an audience identity apart; 0 when consented.
pub(crate) const fn pseudonym_day(identity: Identity, day: Day) -> u16 {
    match identity {
        Identity::Audience => (day.number + crate::calendar::WARM_UP + 1) as u16,
        Identity::Consented | Identity::Imported => 0,
    }
}
