//! What is made of a request before it is forgotten: classes of the user agent, a page without its query, a channel, a
//! country, marks of robots and of the site's own people. Pure functions and tables; they must not know requests, sites or
//! the store.

pub mod agent;
pub mod bots;
pub mod channel;
pub mod country;
pub mod hosts;
pub mod lists;
pub mod networks;
mod seen;
pub mod spam;
pub mod url;

pub use agent::{Agent, Device};
pub use bots::BotReason;
pub use channel::{Arrival, Channel, arrival};
pub use country::{COUNTRY_HEADERS, Countries, CountryCode, CountryError};
pub use lists::ListError;
pub use networks::{BadLine, Networks};
pub use seen::SeenAgents;
pub use spam::SpamReferrers;
pub use url::{Page, Referrer, UrlError};
