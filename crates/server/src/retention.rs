//! Deletes what a site no longer keeps, and the events of people who asked for it: for the command and the server alike. It
//! decides what a site's settings mean for its events; the store deletes them. It must not know when.

use waymark_model::Identity;
use waymark_store::{
    Erased, KeptFrom, Person, Removed, Store, StoreError,
    catalog::{Erasure, ErasureOf, Site},
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
