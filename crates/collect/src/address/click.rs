//! Click identifiers: parameters that advertisers and mail services add to the links they lead from. Which of them is there
//! says who led; its value identifies a person's click and is not looked at.

/// A kind of click identifier.
#[derive(Debug, PartialEq, Eq)]
pub struct ClickId {
    /// The parameter.
    pub key: &'static str,
    /// The source that the click came from.
    pub source: &'static str,
    /// Its medium.
    pub medium: &'static str,
}

const fn id(key: &'static str, source: &'static str, medium: &'static str) -> ClickId {
    ClickId { key, source, medium }
}

/// The kinds that are known. `docs/channels.md` shows them.
static KNOWN: [ClickId; 23] = [
    id("gclid", "google", "cpc"),
    id("gbraid", "google", "cpc"),
    id("wbraid", "google", "cpc"),
    id("gad_source", "google", "cpc"),
    id("dclid", "google", "display"),
    id("srsltid", "google", "organic"),
    id("msclkid", "bing", "cpc"),
    id("yclid", "yandex", "cpc"),
    id("fbclid", "facebook", "social"),
    id("igshid", "instagram", "social"),
    id("igsh", "instagram", "social"),
    id("ttclid", "tiktok", "paid_social"),
    id("twclid", "x", "paid_social"),
    id("li_fat_id", "linkedin", "paid_social"),
    id("rdt_cid", "reddit", "paid_social"),
    id("ScCid", "snapchat", "paid_social"),
    id("epik", "pinterest", "paid_social"),
    id("awc", "awin", "affiliate"),
    id("cjevent", "cj", "affiliate"),
    id("irclickid", "impact", "affiliate"),
    id("mc_eid", "mailchimp", "email"),
    id("_kx", "klaviyo", "email"),
    id("_hsenc", "hubspot", "email"),
];

impl ClickId {
    /// The kinds that are known.
    #[must_use]
    pub fn known() -> &'static [Self] {
        &KNOWN
    }

    /// The kind that a query's parameter is, if any; upper and lower case are one.
    #[must_use]
    pub fn of(key: &str) -> Option<&'static Self> {
        KNOWN.iter().find(|known| known.key.eq_ignore_ascii_case(key))
    }
}
