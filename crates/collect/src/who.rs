//! Whose an event is: brings salts, open sessions and what the client says before the rules of `identity`. It must not know
//! what the event is about.

use std::path::Path;
use std::sync::Arc;

use waymark_model::{Identity, event::NO_VISITOR};
use waymark_store::{
    catalog::{IdentifierKind, Site},
    salts::{SaltError, Salts},
    vfs::Vfs,
};

use super::{
    Caller, Incoming, Reason, Remark, Visitor,
    describe::address,
    identity::{Audience, Choice, ConsentError, Consented, Known, OpenSession, SaltDays, Truncation, choose},
    live::{Live, Origin, Who},
};

/// Finds out whose events are.
#[derive(Debug)]
pub struct Visitors {
    salts: Salts,
    truncation: Truncation,
}

/// The salts that serve a site at a moment.
#[derive(Clone, Copy, Debug)]
pub(super) struct DaySalts {
    today: [u8; 32],
    yesterday: Option<[u8; 32]>,
}

impl Visitors {
    /// With the salts of a data folder.
    #[must_use]
    pub fn new(vfs: Arc<dyn Vfs>, root: &Path, truncation: Truncation) -> Self {
        Self { salts: Salts::new(vfs, root), truncation }
    }

    /// The salts of the site at `now`. Writes a file once a day.
    pub(super) fn salts(&self, site: &Site, now: i64) -> Result<DaySalts, SaltError> {
        let days = SaltDays::at(&site.definition.zone, now);
        let yesterday = match days.yesterday {
            Some(day) => self.salts.kept(&site.id, day)?.map(|salt| *salt.as_bytes()),
            None => None,
        };
        Ok(DaySalts { today: *self.salts.of(&site.id, days.today)?.as_bytes(), yesterday })
    }

    /// The salts themselves.
    #[must_use]
    pub const fn salt_files(&self) -> &Salts {
        &self.salts
    }

    /// Removes the salts that have served. From then on nobody can say whose the pseudonyms of those days were.
    ///
    /// # Errors
    /// When the disk refuses; it is to be tried again.
    pub fn forget(&self, site: &Site, now: i64) -> Result<(), SaltError> {
        let days = SaltDays::at(&site.definition.zone, now);
        self.salts.unlink_before(&site.id, days.oldest()).map(drop)
    }

    /// Whose the event on that host at `time` is, and on what that rests. An identifier that is not one is remarked upon, and
    /// counts as missing.
    pub(super) fn choose(
        &self,
        site: &Site,
        caller: &Caller,
        told: &mut Incoming,
        at: (&str, i64),
        salts: &DaySalts,
        live: &Live,
    ) -> Choice {
        let (host, time) = at;
        let consented = match &told.visitor {
            Some(Visitor::Named(name)) if !caller.objects => {
                let visitor = site.secret.pseudonym(IdentifierKind::Visitor, name);
                return Choice { visitor, identity: Identity::Consented, alias: None };
            }
            Some(Visitor::Consented { id, since }) => {
                let consented = Consented::read(id, *since, time, &site.secret);
                if matches!(consented, Err(ConsentError::BadId)) {
                    told.remarks.push(Remark::new("visitor", Reason::BadVisitor));
                }
                // Consent that does not hold is as good as missing.
                consented.ok()
            }
            _ => None,
        };
        let Some(audience) = self.audience(site, caller, told, host) else {
            let visitor = consented.filter(|_| !caller.objects).map_or(NO_VISITOR, |known| known.visitor);
            let identity = if visitor == NO_VISITOR { Identity::Audience } else { Identity::Consented };
            return Choice { visitor, identity, alias: None };
        };
        let known = Known {
            today: audience.pseudonym(&salts.today),
            yesterday: salts.yesterday.as_ref().map(|salt| audience.pseudonym(salt)),
            consented,
            objects: caller.objects,
        };
        let session = |visitor| {
            let session = live.session(Who { site: site.number, visitor })?;
            Some(OpenSession { visitor: session.stored_as, start: session.start, last: session.last })
        };
        choose(&known, session, site.definition.session_gap_ms, time)
    }

    /// What an audience pseudonym is made of. None for a server that tells nothing of its visitor.
    fn audience<'a>(
        &self,
        site: &'a Site,
        caller: &'a Caller,
        told: &'a Incoming,
        host: &'a str,
    ) -> Option<Audience<'a>> {
        let ip = address(caller, told)?;
        let user_agent = if caller.is_server {
            told.told.user_agent.as_deref().unwrap_or_default()
        } else {
            &caller.user_agent
        };
        Some(Audience { site: site.id.as_str(), ip, truncation: self.truncation, user_agent, host })
    }
}

/// Notes an event in the sessions that are open, under every name that its visitor may come by next; gives what the
/// session came by.
pub(super) fn note(live: &Live, site: &Site, choice: &Choice, time: i64, origin: Origin) -> Arc<Origin> {
    if choice.visitor == NO_VISITOR {
        return Arc::new(origin);
    }
    let gap = site.definition.session_gap_ms;
    let who = |visitor| Who { site: site.number, visitor };
    let origin = live.note(who(choice.visitor), choice.visitor, time, gap, origin);
    if let Some(alias) = choice.alias {
        live.alias(who(alias), choice.visitor, time, gap, &origin);
    }
    origin
}
