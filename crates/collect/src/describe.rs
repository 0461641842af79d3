//! What an event's addresses and its sender's headers say: page, way of arrival, device, country, and whether it is left
//! out of results. Whose event it is is decided elsewhere.

use std::net::IpAddr;

use waymark_model::{Network, Tag, TextColumn};
use waymark_store::catalog::Site;

use super::{
    Caller, Incoming, Reason, Refusal, Remark,
    enrich::{
        Agent, Arrival, BotReason, Countries, CountryCode, Device, Networks, Page, Referrer, SeenAgents,
        SpamReferrers, UrlError, arrival, hosts,
    },
    incoming::Told,
    live::Origin,
};

/// The tables that descriptions are looked up in.
#[derive(Debug)]
pub struct Surroundings {
    /// User agents.
    pub agents: SeenAgents,
    /// Referrers that are there to be seen in reports.
    pub spam: SpamReferrers,
    /// Countries of addresses, where a database was given.
    pub countries: Option<Countries>,
    /// Networks of machines, where a list was given.
    pub datacentres: Networks,
}

/// What is known of a sender, or of the visitor that a server tells of.
#[derive(Debug)]
pub struct Sender {
    /// The address.
    pub ip: Option<IpAddr>,
    /// Device, browser and system.
    pub agent: Agent,
    /// The country, where it can be told.
    pub country: Option<CountryCode>,
    /// The address is one of the site's own people's.
    pub is_internal: bool,
    /// The address is one of a network of machines.
    pub is_machine: bool,
}

/// What an event's addresses and its sender say.
#[derive(Debug)]
pub struct Description {
    /// The page; empty for an event that has none.
    pub page: Page,
    /// The page before, unless it is one of the site's own.
    pub referrer: String,
    /// The way the visit came, as far as this event says it.
    pub arrival: Arrival,
    /// Whether it is left out of results …
    pub tag: Tag,
    /// … and why: the stable name of the reason.
    pub not_counted: Option<&'static str>,
}

/// Of an agent that is not told.
const NO_AGENT: Agent = Agent { device: Device::Other, browser: "", os: "", bot: None };

impl Surroundings {
    /// The browser that sends a request: one for all of its events.
    #[must_use]
    pub fn browser(&self, site: &Site, caller: &Caller) -> Sender {
        let agent = self.agents.read(&caller.user_agent);
        self.sender(site, Some(caller.ip), agent, caller.country.as_deref())
    }

    /// The visitor that a server tells of with an event; its own address and agent are not the visitor's.
    #[must_use]
    pub fn visitor(&self, site: &Site, told: &Told<'_>) -> Sender {
        let agent = told.user_agent.as_deref().map_or(NO_AGENT, |text| self.agents.read(text));
        self.sender(site, told.ip, agent, told.country.as_deref())
    }

    fn sender(&self, site: &Site, ip: Option<IpAddr>, agent: Agent, country: Option<&str>) -> Sender {
        let looked_up = || self.countries.as_ref()?.country(ip?);
        let is_in = |network: &Network| ip.is_some_and(|ip| network.contains(ip));
        Sender {
            ip,
            agent,
            country: country.and_then(CountryCode::parse).or_else(looked_up),
            is_internal: site.definition.collect.internal.iter().any(is_in),
            is_machine: ip.is_some_and(|ip| self.datacentres.contains(ip)),
        }
    }

    /// Describes an event. An address that cannot be read is remarked upon, and counts as missing. Of a site's own server
    /// (`is_server`) any host is taken.
    ///
    /// # Errors
    /// When the page is of a host that the site does not list.
    pub fn describe(
        &self,
        site: &Site,
        sender: &Sender,
        is_server: bool,
        told: &mut Incoming<'_>,
    ) -> Result<Description, Refusal> {
        let hosts = &site.definition.hosts;
        let page = page(site, told);
        let is_of_no_host = matches!(page, Err(UrlError::NotWeb));
        let page = page.unwrap_or_else(|reason| {
            told.remarks.push(Remark::new("url", Reason::BadUrl(reason)));
            Page::default()
        });
        if page.is_cut {
            told.remarks.push(Remark::new("url", Reason::Text));
        }
        let is_listed = || is_server || hosts.is_empty() || names(hosts, &page.host);
        if (is_of_no_host || !page.host.is_empty()) && !is_listed() {
            return Err(Refusal::HostNotListed);
        }
        let before = told.referrer.as_deref().and_then(Referrer::read).unwrap_or_default();
        // Who comes back from paying has not come from there.
        let own = hosts.iter().chain(&site.definition.collect.payment_hosts);
        let arrival = arrival(&page.campaign, &page.host, &before.host, own);
        let (tag, not_counted) = match self.robot(sender, &before.host) {
            Some(reason) => (Tag::Bot, Some(reason.as_str())),
            None if sender.is_internal => (Tag::Internal, Some("internal")),
            None if told.is_test => (Tag::Test, Some("test")),
            None if is_local(&page.host) && !names(hosts, &page.host) => (Tag::Test, Some("local_host")),
            None => (Tag::None, None),
        };
        let referrer = if arrival.keeps_referrer { before.host + &before.path } else { String::new() };
        Ok(Description { page, referrer, arrival, tag, not_counted })
    }

    /// Why an event is a robot's, if it is one.
    fn robot(&self, sender: &Sender, referrer: &str) -> Option<BotReason> {
        let spam = || self.spam.contains(referrer).then_some(BotReason::SpamReferrer);
        sender.agent.bot.or_else(spam).or_else(|| sender.is_machine.then_some(BotReason::Datacentre))
    }
}

/// The page that an event names, if it names one.
fn page(site: &Site, told: &Incoming<'_>) -> Result<Page, UrlError> {
    let url = told.url.as_deref().map(str::trim).filter(|url| !url.is_empty());
    let Some(url) = url else { return Ok(Page::default()) };
    Page::read(url, &site.definition.collect.query_params, &site.definition.hosts, told.is_routed)
}

impl Description {
    /// What a session that begins with this event came by.
    pub(super) fn origin(&self) -> Origin {
        Origin {
            channel: self.arrival.channel.as_str(),
            source: self.arrival.source.clone(),
            medium: self.arrival.medium.clone(),
            campaign: self.page.campaign.campaign.clone().into_owned(),
            referrer: self.referrer.clone(),
        }
    }

    /// The texts of the event's columns, in a session that came by `origin`.
    pub(super) fn texts<'a>(&'a self, sender: &'a Sender, origin: &'a Origin) -> [(TextColumn, &'a str); 11] {
        [
            (TextColumn::Host, &self.page.host),
            (TextColumn::Path, &self.page.path),
            (TextColumn::Referrer, &origin.referrer),
            (TextColumn::Channel, origin.channel),
            (TextColumn::Source, &origin.source),
            (TextColumn::Medium, &origin.medium),
            (TextColumn::Campaign, &origin.campaign),
            (TextColumn::Country, sender.country.as_ref().map_or("", |country| country.as_str())),
            (TextColumn::Device, sender.agent.device.as_str()),
            (TextColumn::Browser, sender.agent.browser),
            (TextColumn::Os, sender.agent.os),
        ]
    }
}

/// Whether the list names the host: with any port unless it names one too.
fn names(hosts: &[String], host: &str) -> bool {
    hosts.iter().any(|listed| listed == host || listed == hosts::without_port(host))
}

/// Whether the host is somebody's own machine: `localhost`, a loopback address, or a name that is reserved for tests
/// (RFC 6761, 6.2 and 6.3).
fn is_local(host: &str) -> bool {
    let name = hosts::without_port(host);
    let name = name.trim_start_matches('[').trim_end_matches(']');
    name == "localhost"
        || [".localhost", ".test"].iter().any(|end| name.ends_with(end))
        || name.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_are_named_with_any_port_unless_one_is() {
        let hosts = |list: &[&str]| list.iter().map(|host| (*host).to_owned()).collect::<Vec<_>>();
        for (list, host, expected) in [
            (&["shop.example"][..], "shop.example", true),
            (&["shop.example"], "shop.example:8443", true),
            (&["shop.example:8443"], "shop.example:8443", true),
            (&["shop.example:8443"], "shop.example", false),
            (&["shop.example"], "www.shop.example", false),
            (&["shop.example"], "notshop.example", false),
            (&["shop.example"], "", false),
        ] {
            assert_eq!(names(&hosts(list), host), expected, "{list:?} {host}");
        }
    }

    #[test]
    fn machines_of_ones_own_are_local() {
        for host in
            ["localhost", "localhost:3000", "shop.localhost", "shop.test:80", "127.0.0.1:80", "[::1]:80"]
        {
            assert!(is_local(host), "{host}");
        }
        for host in ["", "shop.example", "localhost.example", "10.0.0.1", "test", "latest.example"] {
            assert!(!is_local(host), "{host}");
        }
    }
}
