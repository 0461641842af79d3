//! What is done to a site's data as time goes by, by the command and by the server alike. It must not know when.

use waymark_model::{Identity, time::HOUR};
use waymark_store::{
    Damaged, DamagedPart, Erased, KeptFrom, Person, Removed, Store, StoreError,
    catalog::{Erasure, ErasureOf, Site},
    salts::{SaltFile, Salts},
};

use crate::collect::identity::SaltDays;

/// Removes what the site keeps no longer at `now` (ms since 1970-01-01 UTC).
///
/// # Errors
/// When something could not be read or written; nothing of the site has changed then.
pub(crate) fn retain(store: &Store, site: &Site, now: i64) -> Result<Removed, StoreError> {
    store.remove_before(&site.id, kept_from(site, now))
}

/// Whether there is something of the site that it keeps no longer at `now`.
pub(crate) fn is_due(store: &Store, site: &Site, now: i64) -> bool {
    store.has_before(&site.id, kept_from(site, now))
}

fn kept_from(site: &Site, now: i64) -> KeptFrom {
    let since = |identity| site.definition.retention.since(identity, now, &site.definition.zone);
    KeptFrom { collected: since(Identity::Consented), imported: since(Identity::Imported) }
}

/// Does what a request to forget somebody asks for.
///
/// # Errors
/// When something could not be read or written: it is to be done again.
pub(crate) fn erase(store: &Store, erasure: &Erasure) -> Result<Erased, StoreError> {
    let who = erasure.who.iter().copied().collect();
    let person = match erasure.of {
        ErasureOf::Visitor => Person { visitors: who, ..Person::default() },
        ErasureOf::User => Person { users: who, ..Person::default() },
    };
    store.erase(&erasure.site, &person)
}

/// What is said of today's salt of a site when it is damaged, or gone though visitors were told apart with it. To be asked before
/// any event is taken: the next one has a new salt made.
pub(crate) fn salt_damage(store: &Store, salts: &Salts, site: &Site, now: i64) -> Option<Damaged> {
    let (zone, today) = (&site.definition.zone, SaltDays::at(&site.definition.zone, now).today);
    // Until then sessions of the day before may have gone on with its salt.
    let since = zone.start_of(today).saturating_add(HOUR);
    // A copy has no salts, so that those of before were never there.
    let since = since.max(store.copied_at().unwrap_or(i64::MIN).saturating_add(HOUR));
    let needs = |salt| match salt {
        SaltFile::Whole => false,
        SaltFile::Damaged => true,
        SaltFile::Missing => {
            let snapshot = store.snapshot(&site.id);
            let with_it = |range: (i64, i64), kinds: &[Identity]| {
                since <= range.1 && range.1 <= now && kinds.contains(&Identity::Audience)
            };
            snapshot.parts.iter().any(|part| with_it(part.bounds.time, &part.bounds.identities))
        }
    };
    let is_damaged = salts.examine(&site.id, today).is_ok_and(needs);
    is_damaged.then(|| Damaged {
        part: DamagedPart::Salt,
        site: Some(site.id.clone()),
        message: format!(
            "the salt of {today} of {} is damaged or gone: visitors of that day who come again count as new ones; it cannot be restored, and the next day has a new one anyway",
            site.id
        ),
        affects_answers: true,
    })
}
