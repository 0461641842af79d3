//! Where visitors come from and what they come with: sources, devices, countries, with their shares.

use crate::dice::{Dice, Weighted};

/// A way to the shop.
pub(crate) struct Source {
    /// `organic`, `paid`, `email`, `social`, `referral` or `direct`.
    pub channel: &'static str,
    /// What `utm_source` would say.
    pub source: &'static str,
    /// What `utm_medium` would say.
    pub medium: &'static str,
    /// What `utm_campaign` says.
    pub campaign: &'static str,
    /// Host and path of the page before, on the session's first event.
    pub referrer: &'static str,
    /// Share of new visitors, before scaling.
    pub weight: f64,
    /// How much more (or less) intent its visitors have, in standard deviations.
    pub intent: f64,
    /// Weights of landing on the home page, a category, a product, an article.
    pub landing: [f64; 4],
}

/// What a visitor uses.
pub(crate) struct Profile {
    /// `mobile`, `desktop` or `tablet`.
    pub device: &'static str,
    /// Browser family.
    pub browser: &'static str,
    /// Operating system family.
    pub os: &'static str,
    /// Share, before scaling.
    pub weight: f64,
}

const fn source(names: [&'static str; 5], weight: f64, intent: f64, landing: [f64; 4]) -> Source {
    let [channel, source, medium, campaign, referrer] = names;
    Source { channel, source, medium, campaign, referrer, weight, intent, landing }
}

/// The ways to the shop.
pub(crate) const SOURCES: [Source; 15] = [
    source(["direct", "", "", "", ""], 22.0, 0.15, [70.0, 15.0, 13.0, 2.0]),
    source(["organic", "google", "organic", "", "www.google.com/"], 26.0, 0.0, [25.0, 25.0, 30.0, 20.0]),
    source(["organic", "bing", "organic", "", "www.bing.com/"], 4.0, 0.05, [25.0, 25.0, 30.0, 20.0]),
    source(["organic", "duckduckgo", "organic", "", "duckduckgo.com/"], 2.0, 0.0, [30.0, 25.0, 25.0, 20.0]),
    source(["paid", "google", "cpc", "brand", "www.google.com/"], 7.0, 0.3, [60.0, 20.0, 20.0, 0.0]),
    source(["paid", "google", "cpc", "kettles", "www.google.com/"], 8.0, -0.1, [0.0, 55.0, 45.0, 0.0]),
    source(["paid", "google", "cpc", "shopping", "www.google.com/"], 6.0, 0.1, [0.0, 5.0, 95.0, 0.0]),
    source(
        ["paid", "facebook", "paid_social", "spring", "l.facebook.com/"],
        5.0,
        -0.4,
        [15.0, 45.0, 40.0, 0.0],
    ),
    source(["email", "newsletter", "email", "weekly", ""], 4.0, 0.45, [20.0, 50.0, 30.0, 0.0]),
    source(["email", "newsletter", "email", "cart-reminder", ""], 1.0, 0.8, [10.0, 20.0, 70.0, 0.0]),
    source(["social", "instagram", "social", "", "l.instagram.com/"], 6.0, -0.35, [25.0, 15.0, 35.0, 25.0]),
    source(["social", "pinterest", "social", "", "www.pinterest.com/"], 3.0, -0.3, [5.0, 15.0, 40.0, 40.0]),
    source(
        ["referral", "brew.example", "referral", "", "brew.example/best-kettles"],
        3.0,
        0.2,
        [10.0, 20.0, 60.0, 10.0],
    ),
    source(
        ["referral", "forum.example", "referral", "", "forum.example/t/4711"],
        2.0,
        -0.05,
        [20.0, 10.0, 50.0, 20.0],
    ),
    source(["referral", "news.example", "referral", "", "news.example/"], 1.0, -0.5, [30.0, 5.0, 5.0, 60.0]),
];

/// Of the sources: by which a visitor comes back, as an alternative to the first way.
pub(crate) const DIRECT: u8 = 0;
pub(crate) const NEWSLETTER: u8 = 8;
pub(crate) const SEARCH: u8 = 1;

const fn profile(device: &'static str, browser: &'static str, os: &'static str, weight: f64) -> Profile {
    Profile { device, browser, os, weight }
}

/// What visitors use.
pub(crate) const PROFILES: [Profile; 12] = [
    profile("mobile", "Safari", "iOS", 24.0),
    profile("mobile", "Chrome", "Android", 24.0),
    profile("mobile", "Samsung Internet", "Android", 5.0),
    profile("mobile", "Firefox", "Android", 2.0),
    profile("desktop", "Chrome", "Windows", 17.0),
    profile("desktop", "Edge", "Windows", 6.0),
    profile("desktop", "Firefox", "Windows", 4.0),
    profile("desktop", "Safari", "macOS", 6.0),
    profile("desktop", "Chrome", "macOS", 4.0),
    profile("desktop", "Firefox", "Linux", 1.5),
    profile("tablet", "Safari", "iOS", 4.5),
    profile("tablet", "Chrome", "Android", 2.0),
];

/// Countries and their shares, before scaling.
pub(crate) const COUNTRIES: [(&str, f64); 10] = [
    ("DE", 46.0),
    ("AT", 11.0),
    ("CH", 9.0),
    ("FR", 8.0),
    ("NL", 7.0),
    ("GB", 6.0),
    ("PL", 4.0),
    ("IT", 4.0),
    ("BE", 3.0),
    ("US", 2.0),
];

/// The tables, ready for drawing.
pub(crate) struct Traffic {
    sources: Weighted,
    profiles: Weighted,
    countries: Weighted,
    landings: Vec<Weighted>,
}

/// A kind of page to arrive at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Landing {
    Home,
    Category,
    Product,
    Article,
}

impl Traffic {
    pub(crate) fn new() -> Self {
        Self {
            sources: Weighted::new(SOURCES.iter().map(|source| source.weight)),
            profiles: Weighted::new(PROFILES.iter().map(|profile| profile.weight)),
            countries: Weighted::new(COUNTRIES.iter().map(|&(_, weight)| weight)),
            landings: SOURCES.iter().map(|source| Weighted::new(source.landing)).collect(),
        }
    }

    pub(crate) fn source(&self, dice: &mut Dice) -> u8 {
        dice.pick(&self.sources) as u8
    }

    pub(crate) fn profile(&self, dice: &mut Dice) -> u8 {
        dice.pick(&self.profiles) as u8
    }

    pub(crate) fn country(&self, dice: &mut Dice) -> u8 {
        dice.pick(&self.countries) as u8
    }

    pub(crate) fn landing(&self, source: u8, dice: &mut Dice) -> Landing {
        match dice.pick(&self.landings[usize::from(source)]) {
            0 => Landing::Home,
            1 => Landing::Category,
            2 => Landing::Product,
            _ => Landing::Article,
        }
    }
}
