//! What all requests share.

use std::{
    net::SocketAddr,
    path::Path,
    sync::{Arc, OnceLock},
};

use tokio::sync::{Semaphore, watch};
use waymark_collect::{
    Collector,
    client_time::ClientClocks,
    describe::Surroundings,
    enrich::{Countries, SeenAgents, lists},
    keys::Keys,
    live::Live,
    names::{self, Names},
    rate_limit::{Rate, RateLimit},
    shares::Shares,
    sites::Sites,
    who::Visitors,
};
use waymark_store::{
    Access, Clock, Store, StoreConfig,
    catalog::{Catalog, CatalogError},
    salts::Salts,
    vfs::Vfs,
};

use super::{
    Jobs, ServeError, body::Budget, catalog_damaged, check::Arrived, metrics::Metrics, observe::RequestIds,
    repeats::CountingRules,
};
use crate::accounts::{Accounts, Home};
use crate::api::Work;
use crate::config::Config;
use crate::salts::salt_damage;

/// Requests whose events are compared with earlier ones at a time, for those who watch.
const MARKING: usize = 2;

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
    /// The accounts of people.
    pub accounts: Accounts,
    /// Where browsers reach the server, once it listens.
    home: OnceLock<Home>,
    /// What stores deliveries.
    pub collector: Collector,
    /// The memory for bodies.
    pub bodies: Budget,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// What the server was told.
    pub settings: Config,
    /// Places for connections.
    pub connections: Arc<Semaphore>,
    /// How many of them one sender may have.
    pub connection_shares: Arc<Shares>,
    /// What is counted of the server's own work.
    pub metrics: Metrics,
    /// Which hosts events arrived from.
    pub arrived: Arrived,
    /// Places for questions about history.
    pub(crate) work: Work,
    /// What requests are called in the log.
    pub requests: RequestIds,
    /// Held while the catalog is read anew, so that what was read earlier never takes the place of what was read later.
    reloading: tokio::sync::Mutex<()>,
    /// How the work in the background goes.
    pub jobs: Arc<Jobs>,
    /// Held while somebody is being forgotten.
    pub erasing: tokio::sync::Mutex<()>,
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
        settings: Config,
    ) -> Result<Self, ServeError> {
        let config = StoreConfig {
            doing: "serve".to_owned(),
            flush_rows: settings.flush_rows,
            ..StoreConfig::default()
        };
        let store = Store::open(Arc::clone(&vfs), root, Arc::clone(&clock), config, Access::Write)?;
        let catalog = Catalog::open_for(root, Access::Write, &store.sites()).await?;
        catalog.damage().into_iter().for_each(|what| store.note_damage(catalog_damaged(&what)));
        let jobs = Arc::new(Jobs::new(Arc::clone(&clock)));
        let (sites, keys) = (Sites::default(), Keys::default());
        sites.reload(&catalog).await?;
        keys.reload(&catalog).await?;
        let salts = Salts::new(Arc::clone(&vfs), root);
        let now = clock.now();
        let of_salts = sites.all().into_iter().filter_map(|site| salt_damage(&store, &salts, &site, now));
        of_salts.for_each(|damaged| store.note_damage(damaged));
        store.set_voided(catalog.voided_keys().await?);
        let surroundings = Surroundings {
            agents: SeenAgents::new(u64::from_ne_bytes(random()?)),
            spam: lists::spam_referrers(settings.spam_referrers.as_deref())?,
            countries: settings.country_database.as_deref().map(Countries::open).transpose()?,
            datacentres: lists::networks(settings.datacentres.as_deref())?,
        };
        let collector = Collector {
            store: store.clone(),
            clock: Arc::clone(&clock),
            surroundings,
            visitors: Visitors::new(vfs, root, settings.truncation),
            clocks: ClientClocks::default(),
            limit: settings
                .rate_limit
                .map(rate)
                .map(|rate| Ok::<_, ServeError>(RateLimit::new(rate, random()?)))
                .transpose()?,
            names: Names::default(),
            live: Live::default(),
            marking: Arc::new(Semaphore::new(MARKING)),
            repeats: Arc::new(CountingRules::new(Arc::clone(&jobs))),
        };
        let app = Self {
            accounts: Accounts::new(catalog.clone(), Arc::clone(&clock), &settings, random()?)?,
            home: OnceLock::new(),
            store,
            catalog,
            sites,
            keys,
            collector,
            bodies: Budget::default(),
            clock,
            connections: Arc::new(Semaphore::new(settings.connections)),
            connection_shares: Arc::new(Shares::new(settings.connections)),
            metrics: Metrics::default(),
            arrived: Arrived::default(),
            work: Work::new(settings.question_time),
            requests: RequestIds::new(u32::from_ne_bytes(random()?)),
            settings,
            reloading: tokio::sync::Mutex::default(),
            jobs,
            erasing: tokio::sync::Mutex::default(),
            ending: watch::Sender::new(false),
        };
        app.decide_names().await?;
        Ok(app)
    }

    /// Says where it listens, which is where browsers reach it unless a public address is configured.
    pub fn listens(&self, address: SocketAddr) {
        let _ = self.home.set(Home::of(&self.settings, address));
    }

    /// Where browsers reach the server.
    pub fn home(&self) -> &Home {
        self.home.get_or_init(|| Home::of(&self.settings, self.settings.listen))
    }

    /// Puts everything in good order at the end: what was acknowledged is stored either way, but the next start has less
    /// to read.
    pub async fn close(&self) {
        if let Err(error) = self.keys.note(&self.catalog).await {
            tracing::warn!(%error, "the last use of keys could not be noted");
        }
        if let Err(error) = self.catalog.seal().await {
            tracing::warn!(%error, "the catalog's seal could not be written: until the next start its bytes cannot be checked");
        }
        super::note_salts(self);
        let store = self.store.clone();
        match tokio::task::spawn_blocking(move || store.flush()).await {
            Ok(Ok(_)) => {}
            Ok(Err(error)) => {
                tracing::error!(%error, "events could not be moved into segments; they stay in the log");
            }
            Err(error) => tracing::error!(%error, "the last flush broke off; events stay in the log"),
        }
    }

    /// Reads anew what the catalog says of sites, voided orders and keys.
    ///
    /// # Errors
    /// When it cannot be read; what was known goes on to hold.
    pub async fn reload(&self) -> Result<(), CatalogError> {
        let _one_at_a_time = self.reloading.lock().await;
        self.sites.reload(&self.catalog).await?;
        self.decide_names().await?;
        self.store.set_voided(self.catalog.voided_keys().await?);
        self.keys.reload(&self.catalog).await
    }

    /// Tells the collector which names definitions use, and what owners decided about others.
    async fn decide_names(&self) -> Result<(), CatalogError> {
        let mut decisions = self.catalog.all_name_decisions().await?;
        for site in self.sites.all() {
            let decided = decisions.remove(&site.number).unwrap_or_default();
            self.collector.names.decide(site.number, &site.definition, names::decisions(decided));
        }
        Ok(())
    }
}

/// Events of a minute as a rate: all of them at once, if a network was silent for a minute.
const fn rate(per_minute: u32) -> Rate {
    Rate { per_second: per_minute.div_ceil(60), burst: per_minute }
}

/// Bytes that nobody else knows.
fn random<const N: usize>() -> Result<[u8; N], ServeError> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(ServeError::NoRandomness)?;
    Ok(bytes)
}
