//! The secret keys that programs may use, as the catalog had them when it was last read.

use std::{
    collections::HashMap,
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicI64, Ordering},
    },
};

use waymark_model::time::DAY;
use waymark_store::catalog::{ApiKey, Catalog, CatalogError, KeyScope, TokenHash};

/// The keys by their hash. A key is looked up by the hash of what was sent, so that the time it takes says nothing
/// about how much of it was right.
#[derive(Debug, Default)]
pub struct Keys(RwLock<Arc<HashMap<TokenHash, Known>>>);

#[derive(Debug)]
struct Known {
    key: Arc<ApiKey>,
    /// The day of the last use, and of the last one that the catalog knows; days since 1970-01-01, 0 for never.
    used_on: AtomicI64,
    noted_on: AtomicI64,
}

impl Keys {
    /// Reads the keys of the catalog.
    ///
    /// # Errors
    /// When the catalog cannot be read; the keys stay as they were.
    pub async fn reload(&self, catalog: &Catalog) -> Result<(), CatalogError> {
        // What was used since is noted first, or it would be forgotten.
        self.note(catalog).await?;
        let keys = catalog.keys().await?.into_iter().map(|key| {
            let used = key.used_on.unwrap_or(0);
            let (used_on, noted_on) = (AtomicI64::new(used), AtomicI64::new(used));
            (key.hash, Known { key: Arc::new(key), used_on, noted_on })
        });
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(keys.collect());
        Ok(())
    }

    /// The key of that text, if it may be used for `wanted` now.
    #[must_use]
    pub fn find(&self, text: &str, wanted: KeyScope, now: i64) -> Option<Arc<ApiKey>> {
        let keys = self.all();
        let known = keys.get(&TokenHash::new(text))?;
        if known.key.is_expired(now) || !known.key.scope.allows(wanted) {
            return None;
        }
        known.used_on.fetch_max(now.div_euclid(DAY), Ordering::Relaxed);
        Some(Arc::clone(&known.key))
    }

    /// Writes the days of last use that the catalog does not know yet.
    ///
    /// # Errors
    /// When the catalog cannot be written; it is tried again the next time.
    pub async fn note(&self, catalog: &Catalog) -> Result<(), CatalogError> {
        for known in self.all().values() {
            let used = known.used_on.load(Ordering::Relaxed);
            if used > known.noted_on.load(Ordering::Relaxed) {
                catalog.key_used(known.key.number, used).await?;
                known.noted_on.store(used, Ordering::Relaxed);
            }
        }
        Ok(())
    }

    fn all(&self) -> Arc<HashMap<TokenHash, Known>> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use waymark_model::{SiteDefinition, Zone};
    use waymark_store::{Access, SiteId, catalog::Author};

    use super::*;

    #[tokio::test]
    async fn a_key_is_found_while_it_holds_and_its_last_day_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let catalog = Catalog::open(folder.path(), Access::Write).await.unwrap();
        let (id, by) = (SiteId::parse("shop").unwrap(), Author { name: "ada".to_owned(), at: 0 });
        let definition = SiteDefinition::new("shop", Zone::utc());
        let site = catalog.add_site(&id, &definition, &by).await.unwrap();
        let (sends, _) = catalog.add_key(&site, KeyScope::Collect, Some(3 * DAY), &by).await.unwrap();
        let (reads, read_key) = catalog.add_key(&site, KeyScope::Read, None, &by).await.unwrap();
        let keys = Keys::default();
        keys.reload(&catalog).await.unwrap();
        let found = |text: &str, now| keys.find(text, KeyScope::Collect, now).is_some();
        assert!(found(&sends, 2 * DAY));
        assert!(!found(&sends, 3 * DAY), "it has expired");
        assert!(!found(&reads, 0), "it may only read");
        assert!(!found("wms_", 0) && !found(&sends[..40], 0));
        assert!(keys.find(&reads, KeyScope::Read, DAY).is_some());
        catalog.revoke_key(&read_key.prefix, &by).await.unwrap();
        keys.reload(&catalog).await.unwrap();
        assert!(keys.find(&reads, KeyScope::Read, DAY).is_none(), "it is revoked");
        let days: Vec<_> = catalog.keys().await.unwrap().iter().map(|key| key.used_on).collect();
        assert_eq!(days, [Some(2)]);
    }
}
