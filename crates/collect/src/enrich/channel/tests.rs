use super::*;
use crate::enrich::url::{Page, Referrer};

const OWN: &str = "https://shop.example/";

#[track_caller]
fn check(query: &str, referrer: &str, expected: [&str; 3]) {
    let page = Page::read(&format!("{OWN}{query}"), &[], &[], false).unwrap();
    let referrer = Referrer::read(referrer).unwrap_or_default();
    let own = ["pay.partner.example".to_owned()];
    let found = arrival(&page.campaign, &page.host, &referrer.host, &own);
    assert_eq!([found.channel.as_str(), &found.source, &found.medium], expected, "{query} {}", referrer.host);
}

#[test]
fn without_a_campaign_the_page_before_decides() {
    check("", "", ["direct", "", ""]);
    check("", "https://www.google.com/", ["organic search", "google", "organic"]);
    check("", "https://www.google.co.uk/", ["organic search", "google", "organic"]);
    check(
        "",
        "android-app://com.google.android.googlequicksearchbox/",
        ["organic search", "google", "organic"],
    );
    check("", "https://duckduckgo.com/", ["organic search", "duckduckgo", "organic"]);
    check("", "https://l.facebook.com/", ["organic social", "facebook", "social"]);
    check("", "https://t.co/abc", ["organic social", "x", "social"]);
    check("", "https://www.youtube.com/", ["organic video", "youtube", "video"]);
    check("", "https://www.amazon.de/", ["organic shopping", "amazon", "shopping"]);
    check("", "https://chatgpt.com/", ["ai assistant", "chatgpt", "ai"]);
    check("", "https://gemini.google.com/", ["ai assistant", "gemini", "ai"]);
    check("", "https://mail.google.com/", ["email", "gmail", "email"]);
    check("", "https://www.brew.example/best", ["referral", "brew.example", "referral"]);
    check("", "http://192.0.2.7:8080/", ["referral", "192.0.2.7:8080", "referral"]);
    check("", "javascript:alert(1)", ["direct", "", ""]);
}

#[test]
fn a_visit_that_goes_on_has_no_source() {
    for referrer in [
        "https://shop.example/cart",
        "https://blog.shop.example/",
        "https://www.paypal.com/checkout",
        "https://checkout.stripe.com/",
        "https://pay.klarna.com/",
        "https://checkoutshopper-live.adyen.com/",
        "https://www.mollie.com/",
        "https://accounts.google.com/",
        "https://pay.partner.example/",
        "https://eu.pay.partner.example/",
    ] {
        check("", referrer, ["internal", "", ""]);
        check("?utm_source=news&utm_medium=email", referrer, ["email", "news", "email"]);
    }
    check("", "https://partner.example/", ["referral", "partner.example", "referral"]);
    check("", "https://notshop.example/", ["referral", "notshop.example", "referral"]);
}

#[test]
fn a_campaign_decides_by_the_rules_of_the_table() {
    for (source, medium, campaign, expected) in [
        ("google", "cpc", "cross-network 1", "cross-network"),
        ("amazon", "cpc", "", "paid shopping"),
        ("google", "cpc", "summer-shop", "paid shopping"),
        ("google", "cpc", "eshop", "paid shopping"),
        ("google", "cpc", "workshop", "paid search"),
        ("google", "cpc", "", "paid search"),
        ("Bing", "PPC", "", "paid search"),
        ("google", "paidsearch", "", "paid search"),
        ("google", "cpm", "", "paid search"),
        ("facebook", "paid_social", "", "paid social"),
        ("fb", "cpc", "", "paid social"),
        ("youtube", "cpv", "", "paid video"),
        ("youtube", "cpc", "", "paid video"),
        ("adnet", "display", "", "display"),
        ("adnet", "banner", "", "display"),
        ("adnet", "retargeting", "", "paid other"),
        ("newspaper", "cpc", "", "paid other"),
        ("adnet", "cpm", "", "display"),
        ("amazon", "", "", "organic shopping"),
        ("newsletter", "", "shopping-guide", "organic shopping"),
        ("instagram", "bio", "", "organic social"),
        ("partner", "social-media", "", "organic social"),
        ("partner", "video", "", "organic video"),
        ("google", "organic", "", "organic search"),
        ("partner", "organic", "", "organic search"),
        ("chatgpt.com", "", "", "ai assistant"),
        ("newsletter", "email", "", "email"),
        ("newsletter", "E-Mail", "", "email"),
        ("email", "", "", "email"),
        ("partner", "affiliate", "", "affiliate"),
        ("partner", "referral", "", "referral"),
        ("partner", "app", "", "referral"),
        ("podcast", "audio", "", "audio"),
        ("sms", "", "", "sms"),
        ("partner", "sms", "", "sms"),
        ("shop", "web-push", "", "push"),
        ("firebase", "", "", "push"),
        ("newsletter", "", "", "unassigned"),
        ("paypal", "", "", "unassigned"),
        ("partner", "flyer", "", "unassigned"),
    ] {
        let campaign = Campaign {
            source: source.into(),
            medium: medium.into(),
            campaign: campaign.into(),
            ..Campaign::default()
        };
        let found = arrival(&campaign, "shop.example", "", &[]);
        assert_eq!(found.channel.as_str(), expected, "{campaign:?}");
        assert_eq!([found.source.as_str(), &found.medium], [source, medium]);
    }
}

#[test]
fn what_a_campaign_leaves_open_is_filled() {
    check("?utm_medium=cpc", "https://www.google.com/", ["paid search", "google", "cpc"]);
    check("?utm_campaign=sale", "https://brew.example/", ["unassigned", "brew.example", ""]);
    check("?ref=producthunt", "", ["referral", "producthunt", "referral"]);
    check("?ref=google", "", ["organic search", "google", "referral"]);
    check("?gclid=1", "https://www.google.com/", ["paid search", "google", "cpc"]);
    check("?msclkid=1", "", ["paid search", "bing", "cpc"]);
    check("?dclid=1", "", ["display", "google", "display"]);
    check("?fbclid=1", "https://l.instagram.com/", ["organic social", "facebook", "social"]);
    check("?fbclid=1&utm_source=ig&utm_medium=paid", "", ["paid social", "ig", "paid"]);
    check("?ttclid=1", "", ["paid social", "tiktok", "paid_social"]);
    check("?mc_eid=1", "", ["email", "mailchimp", "email"]);
    check("?awc=1", "", ["affiliate", "awin", "affiliate"]);
}

#[test]
fn a_referrer_is_kept_when_it_is_a_source() {
    let keeps = |referrer: &str| arrival(&Campaign::default(), "shop.example", referrer, &[]).keeps_referrer;
    assert!(keeps("www.google.com") && keeps("brew.example"));
    assert!(!keeps("") && !keeps("www.paypal.com") && !keeps("shop.example"));
}

#[test]
fn a_host_without_a_domain_is_itself() {
    let found = |host: &str, referrer: &str| arrival(&Campaign::default(), host, referrer, &[]).channel;
    assert_eq!(found("localhost:3000", "localhost:3000"), Channel::Internal);
    assert_eq!(found("127.0.0.1:8080", "127.0.0.1:9090"), Channel::Internal);
    assert_eq!(found("me.github.io", "you.github.io"), Channel::Referral);
    assert_eq!(found("", "brew.example"), Channel::Referral);
}

#[test]
fn the_document_names_every_channel_and_click_identifier() {
    let document = include_str!("../../../../../docs/channels.md");
    for channel in Channel::ALL {
        assert!(document.contains(&format!("| {} |", channel.as_str())), "{}", channel.as_str());
    }
    for click in crate::address::ClickId::known() {
        assert!(document.contains(&format!("`{}`", click.key)), "{}", click.key);
    }
}
