//! The sites that events are taken for, as the catalog had them when it was last read.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

use waymark_model::normal;
use waymark_store::catalog::{Catalog, CatalogError, Site};

/// The sites by everything that clients call them. Cheap to read; read anew when the catalog has changed.
#[derive(Debug, Default)]
pub struct Sites(RwLock<Arc<HashMap<String, Arc<Site>>>>);

impl Sites {
    /// Reads the sites of the catalog.
    ///
    /// # Errors
    /// When the catalog cannot be read; the sites stay as they were.
    pub async fn reload(&self, catalog: &Catalog) -> Result<(), CatalogError> {
        let sites: Vec<Arc<Site>> = catalog.sites().await?.into_iter().map(normal).map(Arc::new).collect();
        let mut names = HashMap::new();
        for site in &sites {
            for host in &site.definition.hosts {
                names.entry(host.clone()).or_insert_with(|| Arc::clone(site));
            }
        }
        for site in sites {
            names.insert(site.id.to_string(), site);
        }
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(names);
        Ok(())
    }

    /// All sites, each once.
    #[must_use]
    pub fn all(&self) -> Vec<Arc<Site>> {
        let names = Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner));
        names
            .iter()
            .filter(|(name, site)| **name == site.id.as_str())
            .map(|(_, site)| Arc::clone(site))
            .collect()
    }

    /// The site of that name, or that has that host.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<Arc<Site>> {
        let names = Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner));
        names.get(name).or_else(|| names.get(&normal::host(name).ok()?)).cloned()
    }
}

/// The site with its hosts in normal form, however they were written when it was defined.
fn normal(mut site: Site) -> Site {
    let of_collect = &mut site.definition.collect.payment_hosts;
    for host in site.definition.hosts.iter_mut().chain(of_collect) {
        // What is not a host matches no event, as it did when it was defined.
        if let Ok(normal) = normal::host(host) {
            *host = normal;
        }
    }
    site
}
