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

/// What was found.
#[derive(Debug)]
pub struct Description {
    /// The page; empty for an event that has none.
    pub page: Page,
    /// The page before, unless it is one of the site's own.
    pub referrer: String,
    /// The way the visit came, as far as this event says it.
    pub arrival: Arrival,
    /// Device, browser and system.
    pub agent: Agent,
    /// The country, where it can be told.
    pub country: Option<CountryCode>,
    /// Whether it is left out of results …
    pub tag: Tag,
    /// … and why: the stable name of the reason.
    pub not_counted: Option<&'static str>,
}

/// Of an agent that is not told.
const NO_AGENT: Agent = Agent { device: Device::Other, browser: "", os: "", bot: None };

impl Surroundings {
    /// Describes an event. An address that cannot be read is remarked upon, and counts as missing.
    ///
    /// # Errors
    /// When the page is of a host that the site does not list.
    pub fn describe(
        &self,
        site: &Site,
        caller: &Caller,
        told: &mut Incoming,
    ) -> Result<Description, Refusal> {
        let hosts = &site.definition.hosts;
        let is_listed = |host: &str| caller.is_server || hosts.is_empty() || names(hosts, host);
        let page = page(site, told);
        let is_of_no_host = matches!(page, Err(UrlError::NotWeb));
        let page = page.unwrap_or_else(|reason| {
            told.remarks.push(Remark::new("url", Reason::BadUrl(reason)));
            Page::default()
        });
        if page.is_cut {
            told.remarks.push(Remark::new("url", Reason::Text));
        }
        if (is_of_no_host || !page.host.is_empty()) && !is_listed(&page.host) {
            return Err(Refusal::HostNotListed);
        }
        let before = told.referrer.as_deref().and_then(Referrer::read).unwrap_or_default();
        let collect = &site.definition.collect;
        // Who comes back from paying has not come from there.
        let own = [hosts.as_slice(), collect.payment_hosts.as_slice()].concat();
        let arrival = arrival(&page.campaign, &page.host, &before.host, &own);
        let agent = self.agent(caller, told);
        let ip = address(caller, told);
        let country = self.country(caller, told, ip);
        let bot = agent.bot.or_else(|| self.robot(&before.host, ip));
        let (tag, not_counted) = match bot {
            Some(reason) => (Tag::Bot, Some(reason.as_str())),
            None if is_internal(&collect.internal, ip) => (Tag::Internal, Some("internal")),
            None if told.is_test => (Tag::Test, Some("test")),
            None if is_local(&page.host) && !names(hosts, &page.host) => (Tag::Test, Some("local_host")),
            None => (Tag::None, None),
        };
        let referrer =
            if arrival.keeps_referrer { format!("{}{}", before.host, before.path) } else { String::new() };
        Ok(Description { page, referrer, arrival, agent, country, tag, not_counted })
    }

    /// A server tells the visitor's agent, or none: its own is not the visitor's.
    fn agent(&self, caller: &Caller, told: &Incoming) -> Agent {
        match (&told.told.user_agent, caller.is_server) {
            (Some(text), true) => self.agents.read(text),
            (None, true) => NO_AGENT,
            (_, false) => self.agents.read(&caller.user_agent),
        }
    }

    fn country(&self, caller: &Caller, told: &Incoming, ip: Option<IpAddr>) -> Option<CountryCode> {
        let said = if caller.is_server { &told.told.country } else { &caller.country };
        let said = said.as_deref().and_then(CountryCode::parse);
        said.or_else(|| self.countries.as_ref()?.country(ip?))
    }

    fn robot(&self, referrer: &str, ip: Option<IpAddr>) -> Option<BotReason> {
        if self.spam.contains(referrer) {
            return Some(BotReason::SpamReferrer);
        }
        ip.filter(|ip| self.datacentres.contains(*ip)).map(|_| BotReason::Datacentre)
    }
}

/// The page that an event names, if it names one.
fn page(site: &Site, told: &Incoming) -> Result<Page, UrlError> {
    let url = told.url.as_deref().map(str::trim).filter(|url| !url.is_empty());
    let Some(url) = url else { return Ok(Page::default()) };
    Page::read(url, &site.definition.collect.query_params, &site.definition.hosts, told.is_routed)
}

/// Whether an address is of the site's own people.
fn is_internal(networks: &[String], ip: Option<IpAddr>) -> bool {
    let holds = |network: &String, ip| network.parse::<Network>().is_ok_and(|network| network.contains(ip));
    ip.is_some_and(|ip| networks.iter().any(|network| holds(network, ip)))
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
    pub(super) fn texts<'a>(&'a self, origin: &'a Origin) -> Vec<(TextColumn, &'a str)> {
        vec![
            (TextColumn::Host, &self.page.host),
            (TextColumn::Path, &self.page.path),
            (TextColumn::Referrer, &origin.referrer),
            (TextColumn::Channel, origin.channel),
            (TextColumn::Source, &origin.source),
            (TextColumn::Medium, &origin.medium),
            (TextColumn::Campaign, &origin.campaign),
            (TextColumn::Country, self.country.as_ref().map_or("", |country| country.as_str())),
            (TextColumn::Device, self.agent.device.as_str()),
            (TextColumn::Browser, self.agent.browser),
            (TextColumn::Os, self.agent.os),
        ]
    }
}

/// The visitor's address: the caller's own, or the one that a server tells.
pub(super) fn address(caller: &Caller, told: &Incoming) -> Option<IpAddr> {
    if caller.is_server { told.told.ip } else { Some(caller.ip) }
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
