//! The catalog for programs that wait: a runtime of its own on the calling thread.

use std::path::Path;

use tokio::runtime::{Builder, Runtime};

use super::{Catalog, CatalogError};
use crate::folder::Access;

/// A catalog whose work is waited for. Not for use inside an asynchronous runtime.
#[derive(Debug)]
pub struct BlockingCatalog {
    catalog: Catalog,
    runtime: Runtime,
}

impl BlockingCatalog {
    /// As [`Catalog::open`].
    ///
    /// # Errors
    /// As [`Catalog::open`], and when the runtime cannot be started.
    pub fn open(root: &Path, access: Access) -> Result<Self, CatalogError> {
        let runtime = Builder::new_current_thread().enable_all().build().map_err(CatalogError::Runtime)?;
        let catalog = runtime.block_on(Catalog::open(root, access))?;
        Ok(Self { catalog, runtime })
    }

    /// Does something with the catalog and waits for it: `catalog.wait(async |catalog| catalog.sites().await)`.
    pub fn wait<T>(&self, work: impl AsyncFnOnce(&Catalog) -> T) -> T {
        self.runtime.block_on(work(&self.catalog))
    }
}
