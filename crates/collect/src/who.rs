//! Whose an event is: brings salts, open sessions and what the client says before the rules of `identity`. It must not know
//! what the event is about.

use std::{net::IpAddr, path::Path, sync::Arc};

use waymark_model::{Identity, event::NO_VISITOR};
use waymark_store::{
    catalog::{IdentifierKind, Site},
    salts::{SaltError, Salts},
    vfs::Vfs,
};

use super::{
    Incoming, Reason, Remark, Visitor,
    identity::{Audience, Choice, ConsentError, Consented, Known, OpenSession, SaltDays, Truncation, choose},
    live::{Live, Origin, Who},
    request::Request,
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
        Ok(DaySalts { today: *self.salts.get_or_create(&site.id, days.today)?.as_bytes(), yesterday })
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

    /// Whose the event of the address, on that host at `time`, is, and on what that rests. An identifier that is not one is
    /// remarked upon, and counts as missing.
    pub(super) fn choose(
        &self,
        request: &Request<'_>,
        told: &mut Incoming<'_>,
        ip: Option<IpAddr>,
        (host, time): (&str, i64),
        live: &Live,
    ) -> Choice {
        let Request { site, caller, .. } = request;
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
        let Some(ip) = ip else {
            let visitor = consented.filter(|_| !caller.objects).map_or(NO_VISITOR, |known| known.visitor);
            let identity = if visitor == NO_VISITOR { Identity::Audience } else { Identity::Consented };
            return Choice { visitor, identity, alias: None };
        };
        let Pseudonyms { today, yesterday } = self.audience(request, told, ip, host);
        let known = Known { today, yesterday, consented, objects: caller.objects };
        let session = |visitor| {
            let session = live.session(Who { site: site.number, visitor })?;
            Some(OpenSession { visitor: session.stored_as, start: session.start, last: session.last })
        };
        choose(&known, session, site.definition.session_gap_ms, time)
    }

    /// The audience's pseudonyms of a visitor on a host. Those of a browser are made once for a host.
    fn audience(&self, request: &Request<'_>, told: &Incoming<'_>, ip: IpAddr, host: &str) -> Pseudonyms {
        let Request { site, caller, salts, .. } = request;
        let known =
            |last: &AudienceOfHost| (last.host == host && !caller.is_server).then_some(last.pseudonyms);
        if let Some(pseudonyms) = request.audience.borrow().as_ref().and_then(known) {
            return pseudonyms;
        }
        let of_visitor = told.told.user_agent.as_deref().unwrap_or_default();
        let user_agent = if caller.is_server { of_visitor } else { &caller.user_agent };
        let site = site.id.as_str();
        let audience = Audience { site, ip, truncation: self.truncation, user_agent, host };
        let pseudonyms = Pseudonyms {
            today: audience.pseudonym(&salts.today),
            yesterday: salts.yesterday.as_ref().map(|salt| audience.pseudonym(salt)),
        };
        if !caller.is_server {
            request.audience.replace(Some(AudienceOfHost { host: host.to_owned(), pseudonyms }));
        }
        pseudonyms
    }
}

/// A visitor's pseudonyms without consent, of today and of yesterday while that may still count.
#[derive(Clone, Copy, Debug)]
struct Pseudonyms {
    today: u64,
    yesterday: Option<u64>,
}

/// A browser's pseudonyms on a host.
#[derive(Debug)]
pub(super) struct AudienceOfHost {
    host: String,
    pseudonyms: Pseudonyms,
}

/// Notes an event in the sessions that are open, under every name that its visitor may come by next; gives what the
/// session came by.
pub(super) fn note(
    live: &Live,
    site: &Site,
    choice: &Choice,
    time: i64,
    origin: impl FnOnce() -> Origin,
) -> Arc<Origin> {
    if choice.visitor == NO_VISITOR {
        return Arc::new(origin());
    }
    let gap = site.definition.session_gap_ms;
    let who = |visitor| Who { site: site.number, visitor };
    let origin = live.note(who(choice.visitor), choice.visitor, time, gap, origin);
    if let Some(alias) = choice.alias {
        live.alias(who(alias), choice.visitor, time, gap, &origin);
    }
    origin
}
