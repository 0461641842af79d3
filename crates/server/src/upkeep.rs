//! What is done to a site's data as time goes by, by the command and by the server alike. It must not know when.

use waymark_collect::identity::SaltDays;
use waymark_model::Identity;
use waymark_store::{
    Damaged, DamagedPart, Erased, KeptFrom, Person, Removed, Store, StoreError,
    catalog::{Erasure, ErasureOf, Site},
    salts::{SaltFile, Salts},
};

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

/// What is said of today's salt of a site when it is damaged, or was there and is gone. To be asked before any event is taken: the
/// next one has a new salt made.
pub(crate) fn salt_damage(store: &Store, salts: &Salts, site: &Site, now: i64) -> Option<Damaged> {
    let today = SaltDays::at(&site.definition.zone, now).today;
    let is_damaged = match salts.examine(&site.id, today).ok()? {
        SaltFile::Whole => false,
        SaltFile::Damaged => true,
        SaltFile::Missing => store.salted(&site.id) == Some(today.to_string()),
    };
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

/// Notes that today's salt of a site is there, if it is.
///
/// # Errors
/// When that cannot be noted: then it is not missed when it is gone.
pub(crate) fn note_salt(store: &Store, salts: &Salts, site: &Site, now: i64) -> Result<(), StoreError> {
    let today = SaltDays::at(&site.definition.zone, now).today;
    match salts.examine(&site.id, today) {
        Ok(SaltFile::Whole) => store.note_salt(&site.id, &today.to_string()),
        _ => Ok(()),
    }
}
