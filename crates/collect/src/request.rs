//! What the events of a request share, found out once for all of them.

use std::cell::RefCell;

use waymark_store::catalog::Site;

use super::{
    Caller,
    describe::{Sender, Surroundings},
    incoming::Told,
    who::{AudienceOfHost, DaySalts},
};

/// A request under way.
#[derive(Debug)]
pub(super) struct Request<'r> {
    /// The site that its events are for.
    pub(super) site: &'r Site,
    /// Who sends it.
    pub(super) caller: &'r Caller,
    /// When it arrived, in ms since 1970-01-01 UTC.
    pub(super) received: i64,
    /// To be added to the client's times, in ms.
    pub(super) offset: i64,
    /// The salts of the day.
    pub(super) salts: DaySalts,
    /// The browser that sends it; a server tells of a visitor with each event instead.
    pub(super) browser: Option<Sender>,
    /// The audience's pseudonyms on the host of the last event: most requests are about one host.
    pub(super) audience: RefCell<Option<AudienceOfHost>>,
}

/// Whose an event is: the browser's that sends it, or a visitor's that a server tells of.
#[derive(Debug)]
pub(super) enum Whose<'r> {
    Browser(&'r Sender),
    Visitor(Sender),
}

impl std::ops::Deref for Whose<'_> {
    type Target = Sender;

    fn deref(&self) -> &Sender {
        match self {
            Self::Browser(sender) => sender,
            Self::Visitor(sender) => sender,
        }
    }
}

impl Request<'_> {
    /// Whose an event with these surroundings is.
    pub(super) fn sender(&self, surroundings: &Surroundings, told: &Told<'_>) -> Whose<'_> {
        match &self.browser {
            Some(browser) => Whose::Browser(browser),
            None => Whose::Visitor(surroundings.visitor(self.site, told)),
        }
    }
}
