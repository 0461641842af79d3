//! The catalog: sites, what their owners defined with every version, accounts, and keys, in SQLite. It must not know
//! what a goal means or a role allows, nor anything of events.

mod accounts;
mod audit;
mod blocking;
mod change;
mod confirmation;
mod definitions;
mod erasures;
mod error;
mod keys;
mod names;
mod notes;
mod one_time_codes;
mod roles;
mod secret;
mod sessions;
mod shares;
mod sites;
#[cfg(test)]
mod tests;
mod token;
mod versions;
mod voids;

use std::{
    fs::File,
    path::{Path, PathBuf},
};

use sqlx::{
    Row as _, SqlitePool,
    migrate::{MigrateError, Migrator},
    sqlite::{SqliteConnectOptions, SqlitePoolOptions, SqliteSynchronous},
};

pub use accounts::{Account, NewAccount, PasswordHash};
pub use audit::AuditEntry;
pub use blocking::BlockingCatalog;
pub use change::{Action, Author, Change, ChangeEntry, Subject};
pub use confirmation::LinkHolder;
pub use erasures::{Erasure, ErasureOf};
pub use error::CatalogError;
pub use keys::{ApiKey, KeyScope, is_key};
pub use names::NameDecision;
pub use notes::{DateNote, SavedSegment};
pub use one_time_codes::CodeSecret;
pub use roles::{Given, Giver, Role, RoleOn};
pub use secret::{IdentifierKind, Secret};
pub use sessions::Session;
pub use shares::{Share, is_share};
pub use sites::Site;
pub use token::{TokenHash, random_token};
pub use versions::Version;
pub use voids::Void;

use crate::folder::Access;

/// The catalog's file, below the data folder.
pub const CATALOG: &str = "catalog.sqlite";

static MIGRATIONS: Migrator = sqlx::migrate!();

/// An open catalog. Cheap to clone.
///
/// A change is on the disk when its method returns; one that fails changes nothing.
#[derive(Clone, Debug)]
pub struct Catalog {
    pool: SqlitePool,
    path: PathBuf,
}

impl Catalog {
    /// Opens the catalog of a data folder, and brings it to the form that this Waymark writes. With
    /// [`Access::Write`] it is created when it is not there.
    ///
    /// # Errors
    /// When there is none, a newer Waymark wrote it, or SQLite cannot use the file.
    pub async fn open(root: &Path, access: Access) -> Result<Self, CatalogError> {
        let path = root.join(CATALOG);
        if access == Access::Read && !path.is_file() {
            return Err(CatalogError::Missing { path });
        }
        let options = SqliteConnectOptions::new()
            .filename(&path)
            .create_if_missing(access == Access::Write)
            .foreign_keys(true)
            // What is deleted is overwritten.
            .pragma("secure_delete", "ON")
            .synchronous(SqliteSynchronous::Extra);
        // One connection: the catalog is small, and so nobody waits for a lock within the process.
        let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options).await;
        let pool = pool.map_err(CatalogError::database("open", &path))?;
        match MIGRATIONS.run(&pool).await {
            Ok(()) => Ok(Self { pool, path }),
            Err(MigrateError::VersionMissing(_) | MigrateError::VersionTooNew(..)) => {
                Err(CatalogError::Newer { path })
            }
            Err(error) => Err(CatalogError::Upgrade { path, source: error }),
        }
    }

    /// Writes a copy of the catalog as it is at this moment to a file that is not there yet.
    ///
    /// # Errors
    /// When the file is there, or cannot be written.
    pub async fn backup(&self, to: &Path) -> Result<(), CatalogError> {
        let failed = CatalogError::database("copy", to);
        let copied = sqlx::query("VACUUM INTO ?").bind(to.to_string_lossy().into_owned()).execute(&self.pool);
        copied.await.map_err(&failed)?;
        // SQLite leaves it to the system when the copy reaches the disk.
        let synced = File::open(to).and_then(|file| file.sync_all());
        synced.map_err(|error| failed(sqlx::Error::Io(error)))
    }

    /// What is wrong with the file, by SQLite's own examination of every page; nothing for a sound one.
    ///
    /// # Errors
    /// When the file cannot be read at all.
    pub async fn check(&self) -> Result<Vec<String>, CatalogError> {
        let rows = sqlx::query("PRAGMA integrity_check").fetch_all(&self.pool).await;
        let rows = rows.map_err(self.failed("examine"))?;
        let lines = rows.iter().map(|row| row.try_get::<String, _>(0)).collect::<Result<Vec<_>, _>>();
        let lines = lines.map_err(self.failed("examine"))?;
        Ok(lines.into_iter().filter(|line| line != "ok").collect())
    }

    fn failed(&self, action: &'static str) -> impl Fn(sqlx::Error) -> CatalogError + use<> {
        CatalogError::database(action, &self.path)
    }
}
