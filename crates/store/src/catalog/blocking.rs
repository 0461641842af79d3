//! The catalog for programs that wait.

use std::path::Path;

use tokio::runtime::{Builder, Handle, Runtime};

use super::{Catalog, CatalogError};
use crate::{folder::Access, site::SiteId};

/// A catalog whose work is waited for. Not for use inside an asynchronous runtime.
#[derive(Debug)]
pub struct BlockingCatalog {
    catalog: Catalog,
    runtime: CatalogRuntime,
}

/// What runs the catalog's work.
#[derive(Debug)]
enum CatalogRuntime {
    /// A runtime of its own.
    Own(Runtime),
    /// One that runs anyway.
    Within(Handle),
}

impl BlockingCatalog {
    /// As [`Catalog::open`].
    ///
    /// # Errors
    /// As [`Catalog::open`], and when the runtime cannot be started.
    pub fn open(root: &Path, access: Access) -> Result<Self, CatalogError> {
        let runtime = Builder::new_current_thread().enable_all().build().map_err(CatalogError::Runtime)?;
        let catalog = runtime.block_on(Catalog::open(root, access))?;
        Ok(Self { catalog, runtime: CatalogRuntime::Own(runtime) })
    }

    /// As [`Catalog::open_for`].
    ///
    /// # Errors
    /// As [`Catalog::open_for`], and when the runtime cannot be started.
    pub fn open_for(root: &Path, access: Access, known: &[SiteId]) -> Result<Self, CatalogError> {
        let runtime = Builder::new_current_thread().enable_all().build().map_err(CatalogError::Runtime)?;
        let catalog = runtime.block_on(Catalog::open_for(root, access, known))?;
        Ok(Self { catalog, runtime: CatalogRuntime::Own(runtime) })
    }

    /// An open catalog, waited for on a runtime that runs. Not for use on that runtime's own threads, except those for
    /// work that blocks.
    #[must_use]
    pub const fn within(catalog: Catalog, runtime: Handle) -> Self {
        Self { catalog, runtime: CatalogRuntime::Within(runtime) }
    }

    /// Does something with the catalog and waits for it: `catalog.wait(async |catalog| catalog.sites().await)`.
    pub fn wait<T>(&self, work: impl AsyncFnOnce(&Catalog) -> T) -> T {
        match &self.runtime {
            CatalogRuntime::Own(runtime) => runtime.block_on(work(&self.catalog)),
            CatalogRuntime::Within(runtime) => runtime.block_on(work(&self.catalog)),
        }
    }
}
