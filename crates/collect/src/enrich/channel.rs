//! Channels: by which way a visit came, from the campaign in its address and the page before. The rules stand in
//! `docs/channels.md`; they are those of Google Analytics 4's default channel group, which people know, with the differences
//! said there. It must not know requests, nor which events a session has.

use crate::address::Campaign;

use super::hosts::{self, Kind, Known};

macro_rules! channels {
    ($($name:ident $text:literal $doc:literal)*) => {
        /// A way by which visits come.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Channel { $(#[doc = $doc] $name),* }

        impl Channel {
            /// Every channel.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The channel's name, as it is stored.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text),* }
            }
        }
    };
}

channels! {
    Direct "direct" "Nothing says where the visit came from."
    Internal "internal" "From the site itself, or back from a payment or sign-in provider: the visit goes on."
    CrossNetwork "cross-network" "Paid, over several networks."
    PaidShopping "paid shopping" "Paid, from a market."
    PaidSearch "paid search" "Paid, from a search engine."
    PaidSocial "paid social" "Paid, from a social network."
    PaidVideo "paid video" "Paid, from a place for videos."
    Display "display" "Banners."
    PaidOther "paid other" "Paid, from elsewhere."
    OrganicShopping "organic shopping" "Not paid, from a market."
    OrganicSocial "organic social" "Not paid, from a social network."
    OrganicVideo "organic video" "Not paid, from a place for videos."
    OrganicSearch "organic search" "Not paid, from a search engine."
    AiAssistant "ai assistant" "From an assistant that answers with a language model."
    Email "email" "From a mail."
    Affiliate "affiliate" "From a partner who is paid by result."
    Referral "referral" "From another site."
    Audio "audio" "From a podcast or the like."
    Sms "sms" "From a text message."
    Push "push" "From a notification."
    Unassigned "unassigned" "Tagged with what no rule knows."
}

/// Where a visit came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// The channel.
    pub channel: Channel,
    /// `utm_source` or what stands for it.
    pub source: String,
    /// `utm_medium` or what stands for it.
    pub medium: String,
    /// The page before is on another site that counts as a source: it may be kept as referrer.
    pub keeps_referrer: bool,
}

/// Where a visit to a page on `host` came from. `referrer` is the host of the page before, or empty; `own` are the
/// site's other hosts, with those below them.
#[must_use]
pub fn arrival<'h>(
    campaign: &Campaign<'_>,
    host: &str,
    referrer: &str,
    own: impl IntoIterator<Item = &'h String>,
) -> Arrival {
    let known = hosts::known(referrer);
    let is_return = known.is_some_and(|known| known.kind == Kind::Return);
    let is_inside = !referrer.is_empty() && (is_return || is_own(referrer, host, own));
    let from = if is_inside { "" } else { referrer };
    let is_tagged = campaign.click.is_some()
        || [&campaign.source, &campaign.medium, &campaign.campaign].iter().any(|text| !text.is_empty());
    let (channel, source, medium) = match (is_tagged, from, known) {
        (true, ..) => tagged(campaign, from),
        (_, "", _) if is_inside => (Channel::Internal, String::new(), String::new()),
        (_, "", _) => (Channel::Direct, String::new(), String::new()),
        (_, _, Some(Known { kind, name })) => untagged(kind, name),
        (_, from, None) => (Channel::Referral, site_of(from).to_owned(), "referral".to_owned()),
    };
    Arrival { channel, source, medium, keeps_referrer: !from.is_empty() }
}

/// Whether the page before is on the site itself: under the same registered domain, or on a host that the site names.
fn is_own<'h>(referrer: &str, host: &str, own: impl IntoIterator<Item = &'h String>) -> bool {
    let (referrer, domain) = (hosts::without_port(referrer), hosts::registrable_domain(host));
    hosts::registrable_domain(referrer) == domain && !domain.is_empty()
        || own.into_iter().any(|own| hosts::is_below(referrer, own))
}

fn tagged(campaign: &Campaign<'_>, referrer: &str) -> (Channel, String, String) {
    let click = campaign.click;
    let name = || hosts::known(referrer).map_or_else(|| site_of(referrer), |known| known.name);
    let source = match (campaign.source.as_ref(), click) {
        ("", Some(click)) => click.source,
        ("", None) => name(),
        (source, _) => source,
    };
    let medium = match (campaign.medium.as_ref(), click) {
        ("", Some(click)) => click.medium,
        ("", None) if campaign.is_referral => "referral",
        (medium, _) => medium,
    };
    let kind = hosts::named(source).map(|known| known.kind).filter(|kind| *kind != Kind::Return);
    let lower = [source, medium, &campaign.campaign].map(str::to_lowercase);
    let [ref by_source, ref by_medium, ref by_campaign] = lower;
    (rule(kind, by_source, by_medium, by_campaign), source.to_owned(), medium.to_owned())
}

fn untagged(kind: Kind, name: &str) -> (Channel, String, String) {
    let (channel, medium) = match kind {
        Kind::Search => (Channel::OrganicSearch, "organic"),
        Kind::Social => (Channel::OrganicSocial, "social"),
        Kind::Video => (Channel::OrganicVideo, "video"),
        Kind::Shopping => (Channel::OrganicShopping, "shopping"),
        Kind::Ai => (Channel::AiAssistant, "ai"),
        Kind::Email => (Channel::Email, "email"),
        Kind::Return => (Channel::Internal, ""),
    };
    (channel, name.to_owned(), medium.to_owned())
}

/// The rules for tagged visits; the first that fits decides. Texts are in small letters.
fn rule(kind: Option<Kind>, source: &str, medium: &str, campaign: &str) -> Channel {
    const MAIL: [&str; 4] = ["email", "e-mail", "e_mail", "e mail"];
    const BANNERS: [&str; 5] = ["display", "banner", "expandable", "interstitial", "cpm"];
    const SOCIAL: [&str; 6] =
        ["social", "social-network", "social-media", "sm", "social network", "social media"];
    let is_paid =
        medium.contains("cp") || medium == "ppc" || medium == "retargeting" || medium.starts_with("paid");
    let is_shopping = kind == Some(Kind::Shopping) || names_shop(campaign);
    let rules = [
        (campaign.contains("cross-network"), Channel::CrossNetwork),
        (is_paid && is_shopping, Channel::PaidShopping),
        (is_paid && kind == Some(Kind::Search), Channel::PaidSearch),
        (is_paid && kind == Some(Kind::Social), Channel::PaidSocial),
        (is_paid && kind == Some(Kind::Video), Channel::PaidVideo),
        (BANNERS.contains(&medium), Channel::Display),
        (is_paid, Channel::PaidOther),
        (is_shopping, Channel::OrganicShopping),
        (kind == Some(Kind::Social) || SOCIAL.contains(&medium), Channel::OrganicSocial),
        (kind == Some(Kind::Video) || medium.contains("video"), Channel::OrganicVideo),
        (kind == Some(Kind::Search) || medium == "organic", Channel::OrganicSearch),
        (kind == Some(Kind::Ai), Channel::AiAssistant),
        (kind == Some(Kind::Email) || MAIL.contains(&source) || MAIL.contains(&medium), Channel::Email),
        (matches!(medium, "affiliate" | "affiliates"), Channel::Affiliate),
        (matches!(medium, "referral" | "app" | "link"), Channel::Referral),
        (medium == "audio", Channel::Audio),
        (medium == "sms" || source == "sms", Channel::Sms),
        (
            medium.ends_with("push")
                || medium.contains("mobile")
                || medium.contains("notification")
                || source == "firebase",
            Channel::Push,
        ),
    ];
    rules.into_iter().find(|(fits, _)| *fits).map_or(Channel::Unassigned, |(_, channel)| channel)
}

/// Whether a campaign's name has the word shop or shopping, as in `eshop` and `summer-shop`, not as in `workshop`.
fn names_shop(campaign: &str) -> bool {
    let begins =
        |at: usize| campaign[..at].chars().next_back().is_none_or(|c| c == 'e' || !c.is_ascii_lowercase());
    campaign.contains("shopping") || campaign.match_indices("shop").any(|(at, _)| begins(at))
}

/// A referrer's host as a source.
fn site_of(host: &str) -> &str {
    host.strip_prefix("www.").unwrap_or(host)
}

#[cfg(test)]
mod tests;
