//! User agents: which class of device, which family of browser and system. The text itself is not kept.
//!
//! Tables of texts to look for, in order: the first that a user agent contains decides, because browsers claim to be their
//! forerunners too (Edge says Chrome, and Chrome says Safari). Families are named as uap-core names them, without its
//! distinction of mobile editions. A reader by its regular expressions was measured: 25 MB of memory and 120 ms to start.

use super::bots::{self, BotReason};

/// No more of a user agent than so many bytes is looked at.
pub const LONGEST_AGENT: usize = 1024;

/// A class of devices.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Device {
    /// A computer.
    Desktop,
    /// A phone.
    Mobile,
    /// A tablet. An iPad that asks for desktop pages calls itself a Mac and cannot be told from one.
    Tablet,
    /// A television or a box beside it.
    Tv,
    /// A games console.
    Console,
    /// Something else, or not said.
    Other,
}

impl Device {
    /// The class's name, as it is stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Desktop => "desktop",
            Self::Mobile => "mobile",
            Self::Tablet => "tablet",
            Self::Tv => "tv",
            Self::Console => "console",
            Self::Other => "other",
        }
    }
}

/// What a user agent says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Agent {
    /// The class of device.
    pub device: Device,
    /// Family of the browser or app; empty when it is none that is known.
    pub browser: &'static str,
    /// Family of the operating system; empty when it is none that is known.
    pub os: &'static str,
    /// Why it is a robot's, if it is.
    pub bot: Option<BotReason>,
}

impl Agent {
    /// Reads a user agent.
    #[must_use]
    pub fn of(text: &str) -> Self {
        Rows::of(text).agent()
    }
}

/// What a user agent says, as rows of the tables: small enough for a cache.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Rows {
    pub(super) device: u8,
    pub(super) browser: u8,
    pub(super) os: u8,
    /// A position in [`BotReason::ALL`].
    pub(super) bot: u8,
}

/// Stands for a text that is in no row.
const NONE: u8 = u8::MAX;

impl Rows {
    pub(super) fn of(text: &str) -> Self {
        let text = &text[..text.floor_char_boundary(LONGEST_AGENT)];
        let bot = bots::reason(text);
        let position = |reason| BotReason::ALL.iter().position(|known| *known == reason);
        Self {
            device: row(&DEVICES, text),
            browser: row(&BROWSERS, text),
            os: row(&SYSTEMS, text),
            bot: bot.and_then(position).map_or(NONE, |at| at as u8),
        }
    }

    pub(super) fn agent(self) -> Agent {
        Agent {
            device: of_row(&DEVICES, self.device).unwrap_or(Device::Other),
            browser: of_row(&BROWSERS, self.browser).unwrap_or_default(),
            os: of_row(&SYSTEMS, self.os).unwrap_or_default(),
            bot: BotReason::ALL.get(usize::from(self.bot)).copied(),
        }
    }
}

/// The first row whose text is in the user agent.
fn row<T>(table: &[(&str, T)], text: &str) -> u8 {
    table.iter().position(|(sign, _)| text.contains(sign)).map_or(NONE, |at| at as u8)
}

fn of_row<T: Copy>(table: &[(&str, T)], row: u8) -> Option<T> {
    table.get(usize::from(row)).map(|(_, is)| *is)
}

const BROWSERS: [(&str, &str); 67] = [
    // Apps that show pages themselves.
    ("FBAN", "Facebook"),
    ("FBAV", "Facebook"),
    ("FB_IAB", "Facebook"),
    ("Instagram", "Instagram"),
    ("GSA/", "Google"),
    ("BytedanceWebview", "TikTok"),
    ("musical_ly", "TikTok"),
    ("Snapchat", "Snapchat"),
    ("Pinterest/", "Pinterest"),
    ("[Pinterest", "Pinterest"),
    ("LinkedInApp", "LinkedIn"),
    ("MicroMessenger", "WeChat"),
    ("KAKAOTALK", "KakaoTalk"),
    (" Line/", "Line"),
    ("Twitter for", "X"),
    ("TwitterAndroid", "X"),
    // Browsers on other browsers' engines.
    ("Edg/", "Edge"),
    ("EdgA/", "Edge"),
    ("EdgiOS/", "Edge"),
    ("Edge/", "Edge"),
    ("Opera Mini", "Opera Mini"),
    ("OPR/", "Opera"),
    ("OPT/", "Opera"),
    ("OPX/", "Opera"),
    ("OPiOS/", "Opera"),
    ("Opera", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("YaBrowser/", "Yandex Browser"),
    ("YaSearchBrowser/", "Yandex Browser"),
    ("Vivaldi/", "Vivaldi"),
    ("Brave/", "Brave"),
    ("DuckDuckGo/", "DuckDuckGo"),
    ("Ddg/", "DuckDuckGo"),
    ("Ecosia", "Ecosia"),
    ("Whale/", "Whale"),
    ("UCBrowser", "UC Browser"),
    ("UCWEB", "UC Browser"),
    ("MiuiBrowser/", "Miui Browser"),
    ("HuaweiBrowser/", "Huawei Browser"),
    ("VivoBrowser/", "Vivo Browser"),
    ("HeyTapBrowser/", "HeyTap Browser"),
    ("QQBrowser/", "QQ Browser"),
    ("Puffin/", "Puffin"),
    ("Silk/", "Amazon Silk"),
    ("PaleMoon/", "Pale Moon"),
    ("SeaMonkey/", "SeaMonkey"),
    ("Waterfox/", "Waterfox"),
    ("Epiphany/", "Epiphany"),
    ("Konqueror", "Konqueror"),
    ("PlayStation", "NetFront"),
    ("Nintendo", "NetFront"),
    ("Electron/", "Electron"),
    ("CriOS/", "Chrome"),
    ("FxiOS/", "Firefox"),
    ("Focus/", "Firefox"),
    ("Klar/", "Firefox"),
    ("Firefox/", "Firefox"),
    ("Chromium/", "Chromium"),
    ("; wv)", "Android WebView"),
    ("Version/4.0 Chrome/", "Android WebView"),
    ("Chrome/", "Chrome"),
    ("IEMobile", "Internet Explorer"),
    ("MSIE ", "Internet Explorer"),
    ("Trident/", "Internet Explorer"),
    ("Android", "Android"),
    ("Safari/", "Safari"),
    // An iPhone's app that shows a page in Safari's engine.
    ("AppleWebKit/", "WebKit"),
];

const SYSTEMS: [(&str, &str); 32] = [
    ("Windows Phone", "Windows Phone"),
    ("Xbox", "Xbox"),
    ("Windows", "Windows"),
    ("CrOS", "Chrome OS"),
    ("Tizen", "Tizen"),
    ("Web0S", "webOS"),
    ("webOS", "webOS"),
    ("hpwOS", "webOS"),
    ("KAIOS", "KaiOS"),
    ("HarmonyOS", "HarmonyOS"),
    ("OpenHarmony", "HarmonyOS"),
    ("PlayStation", "PlayStation"),
    ("Nintendo", "Nintendo"),
    ("Roku", "Roku OS"),
    ("AppleTV", "tvOS"),
    ("Apple TV", "tvOS"),
    ("tvOS", "tvOS"),
    ("iPhone", "iOS"),
    ("iPad", "iOS"),
    ("iPod", "iOS"),
    ("iOS", "iOS"),
    ("Android", "Android"),
    ("BlackBerry", "BlackBerry"),
    ("BB10", "BlackBerry"),
    ("Symbian", "Symbian"),
    ("Macintosh", "macOS"),
    ("Mac OS X", "macOS"),
    ("FreeBSD", "FreeBSD"),
    ("OpenBSD", "OpenBSD"),
    ("NetBSD", "NetBSD"),
    ("Linux", "Linux"),
    ("X11", "Linux"),
];

const DEVICES: [(&str, Device); 53] = [
    ("Xbox", Device::Console),
    ("PlayStation", Device::Console),
    ("Nintendo", Device::Console),
    ("SMART-TV", Device::Tv),
    ("SmartTV", Device::Tv),
    ("Smart-TV", Device::Tv),
    ("Smart TV", Device::Tv),
    ("Android TV", Device::Tv),
    ("GoogleTV", Device::Tv),
    ("AppleTV", Device::Tv),
    ("Apple TV", Device::Tv),
    ("tvOS", Device::Tv),
    ("HbbTV", Device::Tv),
    ("NetCast", Device::Tv),
    ("Web0S", Device::Tv),
    ("BRAVIA", Device::Tv),
    ("MiTV", Device::Tv),
    ("MiBOX", Device::Tv),
    ("; AFT", Device::Tv),
    ("CrKey", Device::Tv),
    ("Roku", Device::Tv),
    ("VIDAA", Device::Tv),
    // Internet Explorer says so on computers with a pen.
    ("Tablet PC", Device::Desktop),
    ("iPad", Device::Tablet),
    ("Tablet", Device::Tablet),
    ("tablet", Device::Tablet),
    ("PlayBook", Device::Tablet),
    ("Kindle", Device::Tablet),
    ("Silk/", Device::Tablet),
    ("SM-T", Device::Tablet),
    ("SM-X", Device::Tablet),
    ("iPhone", Device::Mobile),
    ("iPod", Device::Mobile),
    ("Mobile", Device::Mobile),
    ("Windows Phone", Device::Mobile),
    ("Opera Mini", Device::Mobile),
    ("Opera Mobi", Device::Mobile),
    ("KAIOS", Device::Mobile),
    ("BlackBerry", Device::Mobile),
    ("BB10", Device::Mobile),
    ("Symbian", Device::Mobile),
    ("MIDP", Device::Mobile),
    // Requests of an app itself, which do not say `Mobile`.
    ("Dalvik/", Device::Mobile),
    // Phones say `Mobile`, tablets do not.
    ("Android", Device::Tablet),
    ("Windows", Device::Desktop),
    ("Macintosh", Device::Desktop),
    ("Mac OS X", Device::Desktop),
    ("CrOS", Device::Desktop),
    ("X11", Device::Desktop),
    ("Linux", Device::Desktop),
    ("FreeBSD", Device::Desktop),
    ("OpenBSD", Device::Desktop),
    ("NetBSD", Device::Desktop),
];

#[cfg(test)]
mod tests;
