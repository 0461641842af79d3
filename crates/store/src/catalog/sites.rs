//! Sites as the catalog keeps them.

use sqlx::{Row, Sqlite, SqliteConnection, Transaction, sqlite::SqliteRow};
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
        let failed = self.failed("add a site to");
        let secret = Secret::random().map_err(CatalogError::NoRandomness)?;
        let mut work = self.begin("add a site to").await?;
        if self.find(&mut work, id.as_str()).await?.is_some() {
            return Err(CatalogError::SiteExists(id.to_string()));
        }
        sqlx::query("INSERT INTO site (name, timezone, session_gap_ms, retention_months, hosts, collect, secret, secret_check, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")
            .bind(id.as_str())
            .bind(definition.zone.name())
            .bind(definition.session_gap_ms)
            .bind(retention_number(definition))
            .bind(hosts_text(definition))
            .bind(self.collect_text(definition)?)
            .bind(secret.as_bytes().as_slice())
            .bind(secret.check().as_slice())
            .bind(by.at)
            .execute(&mut *work)
            .await
            .map_err(&failed)?;
        let added = self.find(&mut work, id.as_str()).await?;
        let site = added.ok_or_else(|| CatalogError::UnknownSite(id.to_string()))?;
        let change = settings_change(id.as_str(), Action::Added);
        record(&mut work, site.number, &change, by).await.map_err(&failed)?;
        work.commit().await.map_err(&failed)?;
        Ok(site)
    }

    /// All sites, by name.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub async fn sites(&self) -> Result<Vec<Site>, CatalogError> {
        let mut work = self.begin("read").await?;
        let rows = sqlx::query("SELECT * FROM site ORDER BY name").fetch_all(&mut *work).await;
        let mut sites = Vec::new();
        for row in rows.map_err(self.failed("read"))? {
            sites.push(self.read_site(&mut work, &row).await?);
        }
        Ok(sites)
    }

    /// The site of that name.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub async fn site(&self, name: &str) -> Result<Option<Site>, CatalogError> {
        let mut work = self.begin("read").await?;
        self.find(&mut work, name).await
    }

    /// Begins something that is done as a whole or not at all.
    pub(super) async fn begin(
        &self,
        action: &'static str,
    ) -> Result<Transaction<'static, Sqlite>, CatalogError> {
        self.pool.begin().await.map_err(self.failed(action))
    }

    pub(super) async fn find(
        &self,
        work: &mut SqliteConnection,
        name: &str,
    ) -> Result<Option<Site>, CatalogError> {
        let row = sqlx::query("SELECT * FROM site WHERE name = ?").bind(name).fetch_optional(&mut *work);
        match row.await.map_err(self.failed("read"))? {
            Some(row) => self.read_site(work, &row).await.map(Some),
            None => Ok(None),
        }
    }

    async fn read_site(&self, work: &mut SqliteConnection, row: &SqliteRow) -> Result<Site, CatalogError> {
        let failed = self.failed("read");
        let number: i64 = row.try_get("id").map_err(&failed)?;
        let name: String = row.try_get("name").map_err(&failed)?;
        let zone: String = row.try_get("timezone").map_err(&failed)?;
        let hosts: String = row.try_get("hosts").map_err(&failed)?;
        let collect: String = row.try_get("collect").map_err(&failed)?;
        let retention: Option<u16> = row.try_get("retention_months").map_err(&failed)?;
        let secret: Vec<u8> = row.try_get("secret").map_err(&failed)?;
        let secret = secret.try_into().map_err(|_| self.damaged(format!("the secret of {name}")))?;
        let secret = Secret::new(secret);
        // Who only reads needs no secret; who stores would store repeated events again.
        if self.access == Access::Write && !is_whole(&secret, row).map_err(&failed)? {
            return Err(self.damaged(secret_changed(&name)));
        }
        let definition = SiteDefinition {
            zone: Zone::parse(&zone).map_err(|error| self.damaged(error.to_string()))?,
            session_gap_ms: row.try_get("session_gap_ms").map_err(&failed)?,
            retention: match retention {
                None => Retention::Usual,
                Some(0) => Retention::Forever,
                Some(months) => Retention::Months(months),
            },
            hosts: serde_json::from_str(&hosts).map_err(|_| self.damaged(format!("the hosts of {name}")))?,
            collect: serde_json::from_str(&collect)
                .map_err(|_| self.damaged(format!("the settings of {name}")))?,
            goals: self.bodies(in_force(work, number, Subject::Goal).await)?,
            funnels: self.bodies(in_force(work, number, Subject::Funnel).await)?,
            name,
        };
        let id = SiteId::parse(&definition.name).map_err(|error| self.damaged(error.to_string()))?;
        Ok(Site { number, id, definition, secret })
    }

    /// The names of all sites.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub async fn site_names(&self) -> Result<Vec<SiteId>, CatalogError> {
        let failed = self.failed("read");
        let rows = sqlx::query("SELECT name FROM site ORDER BY name").fetch_all(&self.pool).await;
        let mut names = Vec::new();
        for row in rows.map_err(&failed)? {
            let name: String = row.try_get(0).map_err(&failed)?;
            names.push(SiteId::parse(&name).map_err(|error| self.damaged(error.to_string()))?);
        }
        Ok(names)
    }

    /// Sites whose secret is not the one that was written.
    pub(super) async fn changed_secrets(&self) -> Result<Vec<String>, CatalogError> {
        let failed = self.failed("read");
        let mut changed = Vec::new();
        for row in self.secrets().await? {
            let secret: Option<[u8; Secret::LENGTH]> =
                row.try_get::<Vec<u8>, _>("secret").map_err(&failed)?.try_into().ok();
            let secret = secret.map(Secret::new);
            let is_whole = secret.map_or(Ok(false), |secret| is_whole(&secret, &row)).map_err(&failed)?;
            if !is_whole {
                changed.push(row.try_get("name").map_err(&failed)?);
            }
        }
        Ok(changed)
    }

    /// Gives secrets of an earlier Waymark the check that they lack.
    pub(super) async fn check_new_secrets(&self) -> Result<(), CatalogError> {
        let failed = self.failed("write");
        for row in self.secrets().await? {
            let check: Option<Vec<u8>> = row.try_get("secret_check").map_err(&failed)?;
            let secret: Vec<u8> = row.try_get("secret").map_err(&failed)?;
            let (None, Ok(secret)) = (check, secret.try_into().map(Secret::new)) else { continue };
            let number: i64 = row.try_get("id").map_err(&failed)?;
            let added = sqlx::query("UPDATE site SET secret_check = ? WHERE id = ?");
            let added = added.bind(secret.check().as_slice()).bind(number).execute(&self.pool).await;
            added.map_err(&failed)?;
        }
        Ok(())
    }

    async fn secrets(&self) -> Result<Vec<SqliteRow>, CatalogError> {
        let rows = sqlx::query("SELECT id, name, secret, secret_check FROM site").fetch_all(&self.pool).await;
        rows.map_err(self.failed("read"))
    }

    /// Gives a site other settings. `None` when they are the ones it has.
    pub(super) async fn change_settings(
        &self,
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
            .bind(self.collect_text(wanted)?)
            .bind(site.number)
            .execute(work)
            .await
            .map_err(self.failed("write"))?;
        Ok(Some(settings_change(&has.name, Action::Changed)))
    }

    fn collect_text(&self, definition: &SiteDefinition) -> Result<String, CatalogError> {
        serde_json::to_string(&definition.collect).map_err(|error| self.damaged(error.to_string()))
    }

    pub(super) fn damaged(&self, what: String) -> CatalogError {
        CatalogError::Damaged { path: self.path.clone(), what }
    }
}

/// Whether a secret is the one that its check was made of. One of an earlier Waymark has no check yet.
fn is_whole(secret: &Secret, row: &SqliteRow) -> Result<bool, sqlx::Error> {
    let check: Option<Vec<u8>> = row.try_get("secret_check")?;
    Ok(check.is_none_or(|check| check == secret.check()))
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
