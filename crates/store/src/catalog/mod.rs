//! The catalog: sites, what their owners defined with every version, accounts, and keys, in SQLite. It must not know
//! what a goal means or a role allows, nor anything of events.

mod accounts;
mod audit;
mod blocking;
mod change;
mod column_types;
mod confirmation;
mod definitions;
mod erasures;
mod error;
mod keys;
mod names;
mod notes;
mod one_time_codes;
mod roles;
mod seal;
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
    fs::{File, OpenOptions},
    io,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
};

use sqlx::{
    Sqlite, SqlitePool, Transaction,
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
pub use seal::SEAL;
pub use secret::{IdentifierKind, Secret};
pub use sessions::Session;
pub use shares::{Share, is_share};
pub use sites::Site;
pub use token::{TokenHash, random_token};
pub use versions::Version;
pub use voids::Void;

use seal::Sealed;

use crate::{SiteId, folder::Access, lock};

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
    root: PathBuf,
    access: Access,
    /// What is wrong with the file, as the seal says.
    damage: Arc<Mutex<Option<String>>>,
}

impl Catalog {
    /// Opens the catalog of a data folder, and brings it to the form that this Waymark writes. With
    /// [`Access::Write`] it is created when it is not there.
    ///
    /// # Errors
    /// When there is none, a newer Waymark wrote it, or SQLite cannot use the file.
    pub async fn open(root: &Path, access: Access) -> Result<Self, CatalogError> {
        let path = root.join(CATALOG);
        match access {
            Access::Read if !path.is_file() => return Err(CatalogError::Missing { path }),
            Access::Read => {}
            Access::Write => {
                private(&path).map_err(|source| CatalogError::File { path: path.clone(), source })?;
            }
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
        let pool = pool.map_err(CatalogError::file("open", &path))?;
        // What a crash left is rolled back by the first look; then the file is as it was sealed, or has gone on since.
        let looked = sqlx::query("PRAGMA schema_version").fetch_one(&pool).await;
        looked.map_err(CatalogError::file("open", &path))?;
        let damage = match seal::examine(root) {
            Ok(Sealed::Damaged(what)) => Some(what),
            Ok(Sealed::Whole | Sealed::Unknown) => None,
            Err(source) => return Err(CatalogError::File { path, source }),
        };
        let damage = Arc::new(Mutex::new(damage));
        match MIGRATIONS.run(&pool).await {
            Ok(()) => {
                let catalog = Self { pool, path, root: root.to_path_buf(), access, damage };
                if access == Access::Write {
                    catalog.check_new_secrets().await?;
                    catalog.seal().await?;
                }
                Ok(catalog)
            }
            Err(MigrateError::VersionMissing(_) | MigrateError::VersionTooNew(..)) => {
                Err(CatalogError::Newer { path })
            }
            Err(error) => Err(CatalogError::Upgrade { path, source: error }),
        }
    }

    /// Opens the catalog of a folder that holds events of the sites `known`. One that is gone is not made again: with it went what
    /// its sites are.
    ///
    /// # Errors
    /// As [`Self::open`]; and when the catalog is gone, or, to write, does not know one of the sites.
    pub async fn open_for(root: &Path, access: Access, known: &[SiteId]) -> Result<Self, CatalogError> {
        let path = root.join(CATALOG);
        let is_gone = !std::fs::metadata(&path).is_ok_and(|file| file.is_file() && file.len() > 0);
        if is_gone && !known.is_empty() {
            return Err(CatalogError::Lost { path, sites: names(known) });
        }
        let catalog = Self::open(root, access).await?;
        if access == Access::Write && !known.is_empty() {
            let has = catalog.site_names().await?;
            let unknown: Vec<SiteId> = known.iter().filter(|site| !has.contains(site)).cloned().collect();
            if !unknown.is_empty() {
                return Err(CatalogError::SitesLost { path, sites: names(&unknown) });
            }
        }
        Ok(catalog)
    }

    /// Notes what the catalog's bytes are now, so that a later change of them by anything but Waymark is seen.
    ///
    /// # Errors
    /// When the file cannot be read, or the seal not written.
    pub async fn seal(&self) -> Result<(), CatalogError> {
        // The one connection: nobody changes the file now.
        let _nobody_writes = self.pool.acquire().await?;
        let is_damaged = lock(&self.damage).is_some();
        seal::seal(&self.root, is_damaged)
            .map_err(|source| CatalogError::File { path: self.root.join(SEAL), source })
    }

    /// Looks at every byte of the file again, and gives what is wrong with it, if anything.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn examine(&self) -> Result<Option<String>, CatalogError> {
        let _nobody_writes = self.pool.acquire().await?;
        let found = seal::examine(&self.root)
            .map_err(|source| CatalogError::File { path: self.path.clone(), source })?;
        let mut damage = lock(&self.damage);
        if let Sealed::Damaged(what) = found {
            damage.get_or_insert(what);
        }
        Ok(damage.clone())
    }

    /// What is wrong with the file, as far as is known.
    #[must_use]
    pub fn damage(&self) -> Option<String> {
        lock(&self.damage).clone()
    }

    /// Takes the file as it is: somebody says that its damage is known.
    ///
    /// # Errors
    /// When the seal cannot be written.
    pub async fn accept_damage(&self) -> Result<bool, CatalogError> {
        let was_damaged = lock(&self.damage).take().is_some();
        self.seal().await?;
        Ok(was_damaged)
    }

    /// Writes a copy of the catalog as it is at this moment to a file that is not there yet, and seals it.
    ///
    /// # Errors
    /// When the file is there, or cannot be written.
    pub async fn backup(&self, to: &Path) -> Result<(), CatalogError> {
        let failed = CatalogError::file("copy", to);
        if to.metadata().is_ok_and(|file| file.len() > 0) {
            let there = io::Error::from(io::ErrorKind::AlreadyExists);
            return Err(CatalogError::File { path: to.to_path_buf(), source: there });
        }
        private(to).map_err(|source| CatalogError::File { path: to.to_path_buf(), source })?;
        let copied = sqlx::query("VACUUM INTO ?").bind(to.to_string_lossy().into_owned()).execute(&self.pool);
        copied.await.map_err(&failed)?;
        // SQLite leaves it to the system when the copy reaches the disk.
        let synced = File::open(to).and_then(|file| file.sync_all());
        synced.map_err(|error| failed(sqlx::Error::Io(error)))?;
        let folder = to.parent().unwrap_or(Path::new("."));
        let is_damaged = lock(&self.damage).is_some();
        seal::seal(folder, is_damaged)
            .map_err(|source| CatalogError::File { path: folder.join(SEAL), source })
    }

    /// What is wrong with the file: by its seal, which tells every changed byte; by SQLite's own examination of every page; and by
    /// the check that each secret has. Nothing for a sound one.
    ///
    /// # Errors
    /// When the file cannot be read at all.
    pub async fn check(&self) -> Result<Vec<String>, CatalogError> {
        let mut found: Vec<String> = self.examine().await?.into_iter().collect();
        let lines: Vec<String> = sqlx::query_scalar("PRAGMA integrity_check").fetch_all(&self.pool).await?;
        found.extend(lines.into_iter().filter(|line| line != "ok"));
        found.extend(self.changed_secrets().await?.into_iter().map(|site| secret_changed(&site)));
        Ok(found)
    }

    /// Begins something that is done as a whole or not at all.
    async fn begin(&self) -> Result<Transaction<'static, Sqlite>, CatalogError> {
        Ok(self.pool.begin().await?)
    }
}

/// What is said of a secret that the disk has changed.
fn secret_changed(site: &str) -> String {
    format!(
        "the secret of {site} is not the one that was written: its visitors, orders and repeated events would not be recognised"
    )
}

/// Makes an empty file that only its owner may read, unless there is one: SQLite takes it for a new catalog.
fn private(path: &Path) -> io::Result<()> {
    match OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

fn names(sites: &[SiteId]) -> String {
    sites.iter().map(|site| format!("`{site}`")).collect::<Vec<_>>().join(", ")
}
