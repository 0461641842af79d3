//! Sites as the catalog keeps them.

use sqlx::SqliteConnection;
use waymark_model::{Retention, SiteDefinition, Zone};

use super::{
    Catalog, CatalogError,
    change::{Action, Author, Change, Subject},
    definitions::{in_force, record},
    secret::Secret,
    secret_changed,
};
use crate::{folder::Access, site::SiteId};

/// A site with what is defined for it now.
#[derive(Clone, Debug, PartialEq)]
pub struct Site {
    /// Its number, which never changes.
    pub number: i64,
    /// Its name as the store knows it.
    pub id: SiteId,
    /// Its settings, goals and funnels, under their versions.
    pub definition: SiteDefinition,
    /// What its pseudonyms are made with.
    pub secret: Secret,
}

impl Catalog {
    /// Adds a site with the settings of the definition; its goals and funnels come by [`Catalog::apply`].
    ///
    /// # Errors
    /// When there is a site of that name, or the catalog cannot be written.
    pub async fn add_site(
        &self,
        id: &SiteId,
        definition: &SiteDefinition,
        by: &Author,
    ) -> Result<Site, CatalogError> {
        let secret = Secret::random().map_err(CatalogError::NoRandomness)?;
        let mut work = self.begin().await?;
        if self.find(&mut work, id.as_str()).await?.is_some() {
            return Err(CatalogError::SiteExists(id.to_string()));
        }
        let row = sqlx::query(
            "INSERT INTO site (name, timezone, session_gap_ms, retention_months, hosts, collect, secret,
                               secret_check, created_at)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        );
        let row = row.bind(id.as_str()).bind(definition.zone.name()).bind(definition.session_gap_ms);
        let row = row.bind(retention_number(definition)).bind(hosts_text(definition));
        let row = row.bind(collect_text(definition)?).bind(secret.as_bytes().as_slice());
        row.bind(secret.check().as_slice()).bind(by.at).execute(&mut *work).await?;
        let added = self.find(&mut work, id.as_str()).await?;
        let site = added.ok_or_else(|| CatalogError::UnknownSite(id.to_string()))?;
        let change = settings_change(id.as_str(), Action::Added);
        record(&mut work, site.number, &change, by).await?;
        work.commit().await?;
        Ok(site)
    }

    /// All sites, by name.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub async fn sites(&self) -> Result<Vec<Site>, CatalogError> {
        let mut work = self.begin().await?;
        let rows: Vec<SiteRow> =
            sqlx::query_as("SELECT * FROM site ORDER BY name").fetch_all(&mut *work).await?;
        let mut sites = Vec::new();
        for row in rows {
            sites.push(self.read_site(&mut work, row).await?);
        }
        Ok(sites)
    }

    /// The site of that name.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub async fn site(&self, name: &str) -> Result<Option<Site>, CatalogError> {
        let mut work = self.begin().await?;
        self.find(&mut work, name).await
    }

    pub(super) async fn find(
        &self,
        work: &mut SqliteConnection,
        name: &str,
    ) -> Result<Option<Site>, CatalogError> {
        let row = sqlx::query_as("SELECT * FROM site WHERE name = ?").bind(name);
        match row.fetch_optional(&mut *work).await? {
            Some(row) => self.read_site(work, row).await.map(Some),
            None => Ok(None),
        }
    }

    async fn read_site(&self, work: &mut SqliteConnection, row: SiteRow) -> Result<Site, CatalogError> {
        let SiteRow { secret: SecretRow { id: number, name, .. }, .. } = &row;
        let damaged = |what: &str| CatalogError::Damaged(format!("the {what} of {name}"));
        let secret = row.secret.secret().ok_or_else(|| damaged("secret"))?;
        // Who only reads needs no secret; who stores would store repeated events again.
        if self.access == Access::Write && !row.secret.is_whole() {
            return Err(CatalogError::Damaged(secret_changed(name.as_str())));
        }
        let definition = SiteDefinition {
            name: name.to_string(),
            zone: Zone::parse(&row.timezone).map_err(|error| CatalogError::Damaged(error.to_string()))?,
            session_gap_ms: row.session_gap_ms,
            retention: match row.retention_months {
                None => Retention::Usual,
                Some(0) => Retention::Forever,
                Some(months) => Retention::Months(months),
            },
            hosts: serde_json::from_str(&row.hosts).map_err(|_| damaged("hosts"))?,
            collect: serde_json::from_str(&row.collect).map_err(|_| damaged("settings"))?,
            goals: in_force(work, *number).await?,
            funnels: in_force(work, *number).await?,
        };
        Ok(Site { number: *number, id: name.clone(), definition, secret })
    }

    /// The names of all sites.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub async fn site_names(&self) -> Result<Vec<SiteId>, CatalogError> {
        Ok(sqlx::query_scalar("SELECT name FROM site ORDER BY name").fetch_all(&self.pool).await?)
    }

    /// Sites whose secret is not the one that was written.
    pub(super) async fn changed_secrets(&self) -> Result<Vec<String>, CatalogError> {
        let secrets = self.secrets().await?;
        let changed = secrets.into_iter().filter(|row| !row.is_whole());
        Ok(changed.map(|row| row.name.to_string()).collect())
    }

    /// Gives secrets of an earlier Waymark the check that they lack.
    pub(super) async fn check_new_secrets(&self) -> Result<(), CatalogError> {
        for row in self.secrets().await? {
            let (None, Some(secret)) = (&row.secret_check, row.secret()) else { continue };
            let added = sqlx::query("UPDATE site SET secret_check = ? WHERE id = ?");
            added.bind(secret.check().as_slice()).bind(row.id).execute(&self.pool).await?;
        }
        Ok(())
    }

    async fn secrets(&self) -> Result<Vec<SecretRow>, CatalogError> {
        let rows = sqlx::query_as("SELECT id, name, secret, secret_check FROM site");
        Ok(rows.fetch_all(&self.pool).await?)
    }

    /// Gives a site other settings. `None` when they are the ones it has.
    pub(super) async fn change_settings(
        work: &mut SqliteConnection,
        site: &Site,
        wanted: &SiteDefinition,
    ) -> Result<Option<Change>, CatalogError> {
        let has = &site.definition;
        let settings = |of: &SiteDefinition| {
            (of.zone.clone(), of.session_gap_ms, of.retention, of.hosts.clone(), of.collect.clone())
        };
        if settings(has) == settings(wanted) {
            return Ok(None);
        }
        let row = "UPDATE site SET timezone = ?, session_gap_ms = ?, retention_months = ?, hosts = ?, collect = ? WHERE id = ?";
        sqlx::query(row)
            .bind(wanted.zone.name())
            .bind(wanted.session_gap_ms)
            .bind(retention_number(wanted))
            .bind(hosts_text(wanted))
            .bind(collect_text(wanted)?)
            .bind(site.number)
            .execute(work)
            .await?;
        Ok(Some(settings_change(&has.name, Action::Changed)))
    }
}

/// A row of the table.
#[derive(sqlx::FromRow)]
struct SiteRow {
    #[sqlx(flatten)]
    secret: SecretRow,
    timezone: String,
    session_gap_ms: i64,
    retention_months: Option<u16>,
    /// A JSON array.
    hosts: String,
    /// A JSON object.
    collect: String,
}

/// What a row has of the site's secret.
#[derive(sqlx::FromRow)]
struct SecretRow {
    id: i64,
    name: SiteId,
    secret: Vec<u8>,
    secret_check: Option<Vec<u8>>,
}

impl SecretRow {
    /// The secret, if it has the right length.
    fn secret(&self) -> Option<Secret> {
        self.secret.as_slice().try_into().ok().map(Secret::new)
    }

    /// Whether the secret is the one that its check was made of. One of an earlier Waymark has no check yet.
    fn is_whole(&self) -> bool {
        let Some(secret) = self.secret() else { return false };
        self.secret_check.as_ref().is_none_or(|check| *check == secret.check())
    }
}

fn collect_text(definition: &SiteDefinition) -> Result<String, CatalogError> {
    serde_json::to_string(&definition.collect).map_err(|error| CatalogError::Damaged(error.to_string()))
}

fn settings_change(site: &str, action: Action) -> Change {
    Change { site: site.to_owned(), subject: Subject::Site, name: site.to_owned(), action, version: None }
}

/// The retention as the catalog has it: in months, 0 for ever, nothing for the usual.
const fn retention_number(definition: &SiteDefinition) -> Option<u16> {
    match definition.retention {
        Retention::Usual => None,
        Retention::Forever => Some(0),
        Retention::Months(months) => Some(months),
    }
}

fn hosts_text(definition: &SiteDefinition) -> String {
    serde_json::Value::from(definition.hosts.clone()).to_string()
}
