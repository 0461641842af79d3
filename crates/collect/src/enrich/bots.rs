//! Robots that say what they are: crawlers, monitors, HTTP libraries, browsers without a person. It must not know what becomes
//! of their events.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

/// Why an event is taken for a robot's. It is kept, tagged, and left out of results unless asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum BotReason {
    /// It came without a user agent.
    NoAgent,
    /// The user agent is a crawler's, monitor's, scanner's or HTTP library's.
    Crawler,
    /// The user agent is that of a browser without a person.
    Headless,
    /// It came from a network of machines.
    Datacentre,
    /// Its referrer is there to be seen in reports.
    SpamReferrer,
}

impl BotReason {
    /// Every reason.
    pub const ALL: [Self; 5] =
        [Self::NoAgent, Self::Crawler, Self::Headless, Self::Datacentre, Self::SpamReferrer];

    /// The reason's name, as it is stored and told to senders.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NoAgent => "no_agent",
            Self::Crawler => "crawler",
            Self::Headless => "headless",
            Self::Datacentre => "datacentre",
            Self::SpamReferrer => "spam_referrer",
        }
    }
}

/// Browsers without a person.
const HEADLESS: [&str; 10] = [
    "Headless",
    "PhantomJS",
    "SlimerJS",
    "HtmlUnit",
    "jsdom/",
    "Puppeteer",
    "Playwright",
    "Selenium",
    "WebDriver",
    "Cypress/",
];

/// What robots that no list knows yet call themselves.
const SAYS_SO: [&str; 9] =
    ["bot/", "Bot/", "bot;", "Bot;", "crawler", "Crawler", "spider", "Spider", "+http"];

/// The list, one text a line.
static LIST: &str = include_str!("../../data/bots.txt");

/// The list, ready to be looked for.
struct Signs {
    anywhere: Option<AhoCorasick>,
    first: Vec<&'static str>,
    last: Vec<&'static str>,
}

/// Built when the first user agent is read, so that starting costs nothing.
static SIGNS: LazyLock<Signs> = LazyLock::new(Signs::read);

/// Why the user agent is a robot's, if it is.
#[must_use]
pub fn reason(agent: &str) -> Option<BotReason> {
    if agent.trim().is_empty() {
        return Some(BotReason::NoAgent);
    }
    if HEADLESS.iter().any(|sign| agent.contains(sign)) {
        return Some(BotReason::Headless);
    }
    SIGNS.in_agent(agent).then_some(BotReason::Crawler)
}

impl Signs {
    fn read() -> Self {
        let (mut anywhere, mut first, mut last) = (SAYS_SO.to_vec(), Vec::new(), Vec::new());
        for line in LIST.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
            if let Some(sign) = line.strip_prefix('^') {
                first.push(sign);
            } else if let Some(sign) = line.strip_suffix('$') {
                last.push(sign);
            } else {
                anywhere.push(line);
            }
        }
        Self { anywhere: AhoCorasick::new(anywhere).ok(), first, last }
    }

    fn in_agent(&self, agent: &str) -> bool {
        self.anywhere.as_ref().is_some_and(|signs| signs.is_match(agent))
            || self.first.iter().any(|sign| agent.starts_with(sign))
            || self.last.iter().any(|sign| agent.ends_with(sign))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn robots_say_so() {
        for (agent, expected) in [
            ("", Some(BotReason::NoAgent)),
            ("  ", Some(BotReason::NoAgent)),
            ("curl/8.5.0", Some(BotReason::Crawler)),
            (
                "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
                Some(BotReason::Crawler),
            ),
            ("Mozilla/5.0 (compatible; NewUnheardOfBot/1.0)", Some(BotReason::Crawler)),
            (
                "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 HeadlessChrome/141.0.0.0 Safari/537.36",
                Some(BotReason::Headless),
            ),
            ("LCC (+corpora)", Some(BotReason::Crawler)),
            ("A LCC ", None),
            ("SSL Labs", Some(BotReason::Crawler)),
            ("SSL Labs is not at the end", None),
            ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0", None),
            (
                "Mozilla/5.0 (Linux; Android 9; CUBOT NOTE 20) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/124.0.0.0 Mobile Safari/537.36",
                None,
            ),
        ] {
            assert_eq!(reason(agent), expected, "{agent}");
        }
    }

    #[test]
    fn the_list_knows_what_its_makers_collected() {
        let agents = include_str!("../../testdata/bots.txt").lines().filter(|line| !line.starts_with('#'));
        let missed: Vec<_> = agents.clone().filter(|agent| reason(agent).is_none()).collect();
        assert!(missed.is_empty(), "{} of {}: {missed:#?}", missed.len(), agents.count());
        assert!(agents.count() > 2_000);
    }

    #[test]
    fn the_list_is_built() {
        assert!(SIGNS.anywhere.is_some());
        assert!(!SIGNS.first.is_empty() && !SIGNS.last.is_empty());
    }
}
