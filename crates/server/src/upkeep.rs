//! What is done to a site's data as time goes by, by the command and by the server alike. It must not know when.

use waymark_store::{Removed, Store, StoreError, catalog::Site};

/// Removes what the site keeps no longer at `now` (ms since 1970-01-01 UTC).
///
/// # Errors
/// When something could not be read or written; nothing of the site has changed then.
pub(crate) fn retain(store: &Store, site: &Site, now: i64) -> Result<Removed, StoreError> {
    let since = site.definition.retention.since(now, &site.definition.zone);
    since.map_or(Ok(Removed::default()), |since| store.remove_before(&site.id, since))
}
