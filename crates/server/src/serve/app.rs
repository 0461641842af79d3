//! What all requests share.

use std::{path::Path, sync::Arc};

use tokio::sync::watch;
use waymark_store::{
    Access, Clock, Store, StoreConfig,
    catalog::{Catalog, CatalogError},
    vfs::Vfs,
};

use super::ServeError;
use crate::collect::{
    Collector,
    body::Budget,
    client_time::ClientClocks,
    describe::Surroundings,
    enrich::{Networks, SeenAgents, SpamReferrers},
    identity::Truncation,
    keys::Keys,
    live::Live,
    names::Names,
    sites::Sites,
    who::Visitors,
};

/// What the server is told.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where events are sent to.
    pub endpoint: String,
    /// Events in memory are moved into segments once there are so many.
    pub flush_rows: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Self { endpoint: "/v1/events".to_owned(), flush_rows: StoreConfig::default().flush_rows }
    }
}

/// An open data folder and what serves it.
#[derive(Debug)]
pub struct App {
    /// The events.
    pub store: Store,
    /// Sites and definitions.
    pub catalog: Catalog,
    /// The sites that events are taken for.
    pub sites: Sites,
    /// The secret keys of programs.
    pub keys: Keys,
    /// What stores deliveries.
    pub collector: Collector,
    /// The memory for bodies.
    pub bodies: Budget,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// What the server was told.
    pub settings: Settings,
    /// True from the moment that no more connections are taken: answers without an end, end.
    pub ending: watch::Sender<bool>,
}

impl App {
    /// Opens the data folder, alone.
    ///
    /// # Errors
    /// When it cannot be used.
    pub async fn open(
        vfs: Arc<dyn Vfs>,
        root: &Path,
        clock: Arc<dyn Clock>,
        settings: Settings,
    ) -> Result<Self, ServeError> {
        let config = StoreConfig {
            doing: "serve".to_owned(),
            flush_rows: settings.flush_rows,
            ..StoreConfig::default()
        };
        let store = Store::open(Arc::clone(&vfs), root, Arc::clone(&clock), config, Access::Write)?;
        let catalog = Catalog::open(root, Access::Write).await?;
        let (sites, keys) = (Sites::default(), Keys::default());
        sites.reload(&catalog).await?;
        keys.reload(&catalog).await?;
        let surroundings = Surroundings {
            agents: SeenAgents::new(random()?),
            spam: SpamReferrers::new(""),
            countries: None,
            datacentres: Networks::default(),
        };
        let ending = watch::Sender::new(false);
        let collector = Collector {
            store: store.clone(),
            clock: Arc::clone(&clock),
            surroundings,
            visitors: Visitors::new(vfs, root, Truncation::Whole),
            clocks: ClientClocks::default(),
            limit: None,
            names: Names::default(),
            live: Live::default(),
        };
        Ok(Self {
            store,
            catalog,
            sites,
            keys,
            collector,
            bodies: Budget::default(),
            clock,
            settings,
            ending,
        })
    }

    /// Reads anew what the catalog says of sites and keys.
    ///
    /// # Errors
    /// When it cannot be read; what was known goes on to hold.
    pub async fn reload(&self) -> Result<(), CatalogError> {
        self.sites.reload(&self.catalog).await?;
        self.keys.reload(&self.catalog).await
    }
}

/// A number that nobody else knows.
fn random() -> Result<u64, ServeError> {
    getrandom::u64().map_err(ServeError::NoRandomness)
}
