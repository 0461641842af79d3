//! An open data folder: its store, and the catalog of its sites.

use std::sync::Arc;

use waymark_analysis::{Answer, Query, Source, answer, small_groups::SmallGroups};
use waymark_model::{SiteDefinition, nearest};
use waymark_query::Cancel;
use waymark_store::{
    Access, Clock, FolderError, Store, StoreConfig, StoreError, SystemClock,
    catalog::{BlockingCatalog, Catalog, CatalogError, Site},
    vfs::RealVfs,
};

use super::{Context, failure::CliError, progress};
use crate::serve::catalog_damaged;

/// An open data folder.
pub(crate) struct Data {
    pub(crate) store: Store,
    pub(crate) catalog: BlockingCatalog,
    /// What this process has opened the folder for; `None` where a server has it open.
    access: Option<Access>,
    /// Whether the user sees how far long work is.
    pub(crate) shows_progress: bool,
}

impl Drop for Data {
    fn drop(&mut self) {
        if self.access == Some(Access::Write) {
            // Without a seal, what changes the file from now on is not seen until the next one.
            let _ = self.catalog.wait(async |catalog| catalog.seal().await);
        }
    }
}

impl Data {
    /// Opens the folder to read.
    pub(crate) fn read(context: &Context) -> Result<Self, CliError> {
        Self::open(context, Access::Read, "a query")
    }

    /// Opens the folder to write, alone; `doing` is told to others who want it meanwhile.
    pub(crate) fn write(context: &Context, doing: &str) -> Result<Self, CliError> {
        if context.from.is_some() {
            return Self::open(context, Access::Write, doing);
        }
        let root = &context.data;
        let is_empty = std::fs::read_dir(root).is_ok_and(|mut entries| entries.next().is_none());
        if is_empty || !root.exists() {
            return Err(StoreError::from(FolderError::Missing { path: root.clone() }).into());
        }
        Self::open(context, Access::Write, doing)
    }

    /// The same, and makes the folder if it is not there.
    pub(crate) fn create(context: &Context, doing: &str) -> Result<Self, CliError> {
        Self::open(context, Access::Write, doing)
    }

    /// The same, whatever sites the catalog has lost: one of them is about to be taken over.
    pub(crate) fn adopt(context: &Context, doing: &str) -> Result<Self, CliError> {
        Self::open_as(context, Access::Write, doing, false)
    }

    fn open(context: &Context, access: Access, doing: &str) -> Result<Self, CliError> {
        Self::open_as(context, access, doing, true)
    }

    fn open_as(context: &Context, access: Access, doing: &str, knows_all: bool) -> Result<Self, CliError> {
        if let Some(from) = &context.from {
            let catalog = BlockingCatalog::within(from.app.catalog.clone(), from.runtime.clone());
            return Ok(Self { store: from.app.store.clone(), catalog, access: None, shows_progress: false });
        }
        let root = &context.data;
        let config = StoreConfig { doing: doing.to_owned(), ..StoreConfig::default() };
        let store = Store::open(Arc::new(RealVfs), root, Arc::new(SystemClock), config, access)?;
        let known = if knows_all { store.sites() } else { Vec::new() };
        let catalog = BlockingCatalog::open_for(root, access, &known)?;
        let damaged = catalog.wait(async |catalog| catalog.damage());
        damaged.into_iter().for_each(|what| store.note_damage(catalog_damaged(&what)));
        store.set_voided(catalog.wait(async |catalog| catalog.voided_keys().await)?);
        Ok(Self { store, catalog, access: Some(access), shows_progress: true })
    }

    /// Does something with the catalog and waits for it.
    pub(crate) fn wait<T>(
        &self,
        work: impl AsyncFnOnce(&Catalog) -> Result<T, CatalogError>,
    ) -> Result<T, CliError> {
        Ok(self.catalog.wait(work)?)
    }

    /// The site of that name.
    pub(crate) fn site(&self, name: &str) -> Result<Site, CliError> {
        if let Some(site) = self.wait(async |catalog| catalog.site(name).await)? {
            return Ok(site);
        }
        let sites = self.wait(async |catalog| catalog.sites().await)?;
        let names: Vec<&str> = sites.iter().map(|site| site.id.as_str()).collect();
        let hint = match nearest(name, names.iter().copied()) {
            Some(known) => format!("did you mean `{known}`?"),
            None if names.is_empty() => format!("add it with `waymark site add {name} --timezone ZONE`"),
            None => format!("sites: {}", names.join(", ")),
        };
        Err(CliError::UnknownSite { name: name.to_owned(), hint })
    }

    /// The answer to a query about a site.
    pub(crate) fn answer(&self, site: &Site, query: &Query) -> Result<Answer, CliError> {
        self.with_source(site, &site.definition, |source| Ok(answer(query, source)?))
    }

    /// Does something with a site's history, seen by a definition, and shows how far long work is.
    pub(crate) fn with_source<T>(
        &self,
        site: &Site,
        definition: &SiteDefinition,
        mut work: impl FnMut(&Source<'_>) -> Result<T, CliError>,
    ) -> Result<T, CliError> {
        let bar = progress::tasks("counting", self.shows_progress);
        let watch = |done: usize, all: usize| bar.set(done, all);
        let found = self.store.read(&site.id, |snapshot| {
            work(&Source {
                site: definition,
                parts: &snapshot.parts,
                damage: &snapshot.damage,
                now: SystemClock.now(),
                watch: &watch,
                cancel: &Cancel::default(),
                small_groups: SmallGroups::Shown,
            })
        });
        bar.clear();
        found
    }
}
