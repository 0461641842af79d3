//! Goals and funnels under their versions: a changed definition gets the next one, an unchanged one keeps its own,
//! one that is left out is retired.

use serde::{Serialize, de::DeserializeOwned};
use sqlx::SqliteConnection;
use waymark_model::{Definitions, FunnelDefinition, Goal, SiteDefinition};

use super::{
    Catalog, CatalogError,
    audit::{Note, write_note},
    change::{Action, Author, Change, ChangeEntry, Subject},
    sites::Site,
};

/// What has versions.
pub(super) trait Versioned: Serialize + DeserializeOwned + PartialEq + Clone {
    const SUBJECT: Subject;
    fn name(&self) -> &str;
    fn with_version(self, version: u32) -> Self;
}

impl Versioned for Goal {
    const SUBJECT: Subject = Subject::Goal;

    fn name(&self) -> &str {
        &self.name
    }

    fn with_version(self, version: u32) -> Self {
        Self { version, ..self }
    }
}

impl Versioned for FunnelDefinition {
    const SUBJECT: Subject = Subject::Funnel;

    fn name(&self) -> &str {
        &self.name
    }

    fn with_version(self, version: u32) -> Self {
        Self { version, ..self }
    }
}

/// A definition as it is stored: its number, its newest version, and that version's body.
#[derive(sqlx::FromRow)]
pub(super) struct Stored {
    id: i64,
    name: String,
    #[sqlx(rename = "retired")]
    is_retired: bool,
    version: u32,
    body: String,
}

impl Catalog {
    /// Makes the definitions those in force for the sites they name, all or none. Goals and funnels that the
    /// definitions leave out are retired; sites that they do not name stay as they are.
    ///
    /// # Errors
    /// When a site is not known, or the catalog cannot be written.
    pub async fn apply(&self, wanted: &Definitions, by: &Author) -> Result<Vec<Change>, CatalogError> {
        let mut work = self.begin().await?;
        let mut changes = Vec::new();
        for definition in &wanted.sites {
            let found = self.find(&mut work, &definition.name).await?;
            let site = found.ok_or_else(|| CatalogError::UnknownSite(definition.name.clone()))?;
            changes.extend(self.define(&mut work, &site, definition, by).await?);
        }
        work.commit().await?;
        Ok(changes)
    }

    /// Puts in force what `edit` makes of a site's definition, while nobody else changes it. With `rehearse` it says what
    /// would change, and changes nothing.
    ///
    /// # Errors
    /// What `edit` refuses; and when the site is not known, or the catalog cannot be written.
    pub async fn edit<E: From<CatalogError>>(
        &self,
        site: &Site,
        by: &Author,
        rehearse: bool,
        edit: impl FnOnce(&SiteDefinition) -> Result<SiteDefinition, E>,
    ) -> Result<Vec<Change>, E> {
        let name = &site.definition.name;
        let mut work = self.begin().await?;
        let found = self.find(&mut work, name).await?;
        let site = found.ok_or_else(|| CatalogError::UnknownSite(name.clone()))?;
        let wanted = edit(&site.definition)?;
        let changes = self.define(&mut work, &site, &wanted, by).await?;
        if !rehearse {
            work.commit().await.map_err(CatalogError::from)?;
        }
        Ok(changes)
    }

    /// Makes the definition that of the site.
    async fn define(
        &self,
        work: &mut SqliteConnection,
        site: &Site,
        definition: &SiteDefinition,
        by: &Author,
    ) -> Result<Vec<Change>, CatalogError> {
        let mut changes = Vec::from_iter(Self::change_settings(work, site, definition).await?);
        changes.extend(self.replace(work, site, &definition.goals).await?);
        changes.extend(self.replace(work, site, &definition.funnels).await?);
        for change in &changes {
            record(work, site.number, change, by).await?;
        }
        Ok(changes)
    }

    /// Every change to the site and its definitions, oldest first.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub async fn history(&self, site: &Site) -> Result<Vec<ChangeEntry>, CatalogError> {
        let rows: Vec<ChangeRow> = sqlx::query_as(
            "SELECT kind, name, action, version, at, by FROM change WHERE site = ? ORDER BY id",
        )
        .bind(site.number)
        .fetch_all(&self.pool)
        .await?;
        let entry = |ChangeRow { kind, name, action, version, author }: ChangeRow| {
            let site = site.definition.name.clone();
            ChangeEntry { change: Change { site, subject: kind, name, action, version }, author }
        };
        Ok(rows.into_iter().map(entry).collect())
    }

    /// Makes these the site's definitions of their kind.
    async fn replace<T: Versioned>(
        &self,
        work: &mut SqliteConnection,
        site: &Site,
        wanted: &[T],
    ) -> Result<Vec<Change>, CatalogError> {
        let stored = all(work, site.number, T::SUBJECT).await?;
        let mut changes = Vec::new();
        for (position, definition) in (0_i64..).zip(wanted) {
            let name = definition.name();
            let known = stored.iter().find(|stored| stored.name == name);
            let (version, action) = match known {
                None => (1, Some(Action::Added)),
                Some(known) => {
                    let has: T = parse_body(&known.name, &known.body, known.version)?;
                    let same = has == definition.clone().with_version(known.version);
                    match (same, known.is_retired) {
                        (true, false) => (known.version, None),
                        (true, true) => (known.version, Some(Action::Revived)),
                        (false, _) => (known.version + 1, Some(Action::Changed)),
                    }
                }
            };
            let id = place(work, site.number, T::SUBJECT, name, position).await?;
            if matches!(action, Some(Action::Added | Action::Changed)) {
                let body = serde_json::to_string(&definition.clone().with_version(version));
                let body = body.map_err(|error| CatalogError::Damaged(error.to_string()))?;
                add_version(work, id, version, &body).await?;
            }
            changes.extend(action.map(|action| change::<T>(site, name, action, version)));
        }
        let gone =
            |stored: &&Stored| !stored.is_retired && wanted.iter().all(|one| one.name() != stored.name);
        for stored in stored.iter().filter(gone) {
            retire(work, stored.id).await?;
            changes.push(change::<T>(site, &stored.name, Action::Retired, stored.version));
        }
        Ok(changes)
    }
}

/// A row of the table of changes.
#[derive(sqlx::FromRow)]
struct ChangeRow {
    kind: Subject,
    name: String,
    action: Action,
    version: Option<u32>,
    #[sqlx(flatten)]
    author: Author,
}

/// Reads a definition from the text that is stored of it.
pub(super) fn parse_body<T: Versioned>(name: &str, body: &str, version: u32) -> Result<T, CatalogError> {
    let read = serde_json::from_str::<T>(body).map(|definition| definition.with_version(version));
    read.map_err(|error| CatalogError::Damaged(format!("version {version} of `{name}`: {error}")))
}

fn change<T: Versioned>(site: &Site, name: &str, action: Action, version: u32) -> Change {
    let (site, name) = (site.definition.name.clone(), name.to_owned());
    Change { site, subject: T::SUBJECT, name, action, version: Some(version) }
}

/// The definitions in force, in their order.
pub(super) async fn in_force<T: Versioned>(
    work: &mut SqliteConnection,
    site: i64,
) -> Result<Vec<T>, CatalogError> {
    let stored = all(work, site, T::SUBJECT).await?;
    let in_force = stored.iter().filter(|stored| !stored.is_retired);
    in_force.map(|stored| parse_body(&stored.name, &stored.body, stored.version)).collect()
}

/// All definitions of a kind, each with its newest version.
async fn all(work: &mut SqliteConnection, site: i64, subject: Subject) -> Result<Vec<Stored>, CatalogError> {
    let rows = sqlx::query_as(
        "SELECT d.id, d.name, d.position IS NULL AS retired, v.version, v.body
         FROM definition d JOIN definition_version v ON v.definition = d.id
         WHERE d.site = ? AND d.kind = ?
           AND v.version = (SELECT max(version) FROM definition_version WHERE definition = d.id)
         ORDER BY d.position, d.id",
    );
    Ok(rows.bind(site).bind(subject).fetch_all(work).await?)
}

/// Puts a definition, new or known, in force at that place; gives its number.
async fn place(
    work: &mut SqliteConnection,
    site: i64,
    subject: Subject,
    name: &str,
    position: i64,
) -> Result<i64, sqlx::Error> {
    let row = sqlx::query_scalar(
        "INSERT INTO definition (site, kind, name, position) VALUES (?, ?, ?, ?)
         ON CONFLICT (site, kind, name) DO UPDATE SET position = excluded.position RETURNING id",
    );
    row.bind(site).bind(subject).bind(name).bind(position).fetch_one(work).await
}

async fn add_version(
    work: &mut SqliteConnection,
    definition: i64,
    version: u32,
    body: &str,
) -> Result<(), sqlx::Error> {
    let row = sqlx::query("INSERT INTO definition_version (definition, version, body) VALUES (?, ?, ?)");
    row.bind(definition).bind(version).bind(body).execute(work).await.map(drop)
}

async fn retire(work: &mut SqliteConnection, definition: i64) -> Result<(), sqlx::Error> {
    let row = sqlx::query("UPDATE definition SET position = NULL WHERE id = ?");
    row.bind(definition).execute(work).await.map(drop)
}

/// Keeps that a change was made.
pub(super) async fn record(
    work: &mut SqliteConnection,
    site: i64,
    change: &Change,
    by: &Author,
) -> Result<(), CatalogError> {
    let row = sqlx::query(
        "INSERT INTO change (site, kind, name, action, version, at, by) VALUES (?, ?, ?, ?, ?, ?, ?)",
    );
    row.bind(site)
        .bind(change.subject)
        .bind(&change.name)
        .bind(change.action)
        .bind(change.version)
        .bind(by.at)
        .bind(&by.name)
        .execute(&mut *work)
        .await?;
    let action = format!("{}_{}", change.subject.as_str(), change.action.as_str());
    let detail = change.version.map(|version| format!("version {version}"));
    let noted = Note { site: Some(site), action: &action, subject: &change.name, detail: detail.as_deref() };
    write_note(work, noted, by).await
}
