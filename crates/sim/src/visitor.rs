//! People: the latent traits that never change, and the little that is remembered between their visits.

use waymark_model::{Identity, Tag};

use crate::{
    catalogue::ItemId,
    dice::{Dice, mix},
    traffic::{SOURCES, Traffic},
};

/// Share of people whose visits come under a consented identity; the rest get a new number each day.
const CONSENTED: f64 = 0.7;
/// Share of robots, staff and testers among new visitors.
const BOTS: f64 = 0.008;
const INTERNAL: f64 = 0.003;
const TESTERS: f64 = 0.001;
/// Share of account holders who use a second device.
const SECOND_DEVICE: f64 = 0.3;

/// What does not change about a person. Made anew from the person's number whenever needed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Traits {
    /// Standard normal, shifted by the first source.
    pub intent: f64,
    /// How the first visit comes about.
    pub source: u8,
    /// The devices: the first, and the second of those who have one.
    pub profiles: [u8; 2],
    pub two_devices: bool,
    pub country: u8,
    pub identity: Identity,
    pub tag: Tag,
    /// Has an account, so that visits carry a user.
    pub account: bool,
}

impl Traits {
    /// The traits of a person.
    pub(crate) fn of(person: u64, key: u64, traffic: &Traffic) -> Self {
        let mut dice = Dice::new(key, person);
        let source = traffic.source(&mut dice);
        let intent = dice.normal() + SOURCES[usize::from(source)].intent;
        let profiles = [traffic.profile(&mut dice), traffic.profile(&mut dice)];
        let country = traffic.country(&mut dice);
        let identity = if dice.chance(CONSENTED) { Identity::Consented } else { Identity::Audience };
        let account = dice.chance((0.06f64.mul_add(intent, 0.14)).clamp(0.02, 0.5));
        let two_devices = account && dice.chance(SECOND_DEVICE);
        let tag = match dice.share() {
            x if x < BOTS => Tag::Bot,
            x if x < BOTS + INTERNAL => Tag::Internal,
            x if x < BOTS + INTERNAL + TESTERS => Tag::Test,
            _ => Tag::None,
        };
        Self { intent, source, profiles, two_devices, country, identity, tag, account }
    }
}

/// An order that was placed earlier.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Order {
    /// Hash of the order's number.
    pub key: u64,
    /// Cents.
    pub value: i32,
    /// What was bought first.
    pub item: ItemId,
    /// A purchase event with this key has been emitted.
    pub emitted: bool,
    pub refunded: bool,
}

/// A filled cart: the first item in it and the sum.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cart {
    pub item: ItemId,
    /// Cents.
    pub value: i32,
}

/// A person between two visits: what has to be remembered.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Person {
    /// Running number, from 0.
    pub number: u64,
    /// Visits made.
    pub visits: u16,
    pub saved_cart: Option<Cart>,
    pub last_order: Option<Order>,
    /// For each device: the day (from 1) under whose visitor number events were last emitted; 0 for none.
    pub seen: [u16; 2],
    /// An event with this person's user was emitted.
    pub user_seen: bool,
}

impl Person {
    pub(crate) const fn new(number: u64) -> Self {
        Self { number, visits: 0, saved_cart: None, last_order: None, seen: [0; 2], user_seen: false }
    }
}

/// Salts that keep visitors, users, orders and event ids of one shop apart.
const VISITOR: u64 = 0x51a1;
const USER: u64 = 0x0e5e;
const ORDER: u64 = 0x03de;

/// The visitor number of a person on a device; `day` (from 1) distinguishes the days of an audience
/// identity and is 0 under a consented one. Distinct by construction for fewer than 2^46 persons.
pub(crate) const fn visitor_number(key: u64, person: u64, device: usize, day: u16) -> u64 {
    nonzero(mix(mix(key ^ VISITOR) ^ (person << 17 | (device as u64) << 16 | day as u64)))
}

/// The user hash of a person.
pub(crate) const fn user_hash(key: u64, person: u64) -> u64 {
    nonzero(mix(mix(key ^ USER) ^ person))
}

/// The hash of the order placed on a person's visit. Distinct by construction.
pub(crate) const fn order_hash(key: u64, person: u64, visit: u16) -> u64 {
    nonzero(mix(mix(key ^ ORDER) ^ (person << 16 | visit as u64)))
}

const fn nonzero(hash: u64) -> u64 {
    if hash == 0 { 1 } else { hash }
}
