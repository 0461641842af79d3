//! The record of who changed what: definitions, settings, members, keys and shared links. Rows are written with the change
//! itself, or not at all, and never changed.

use sqlx::{Row, SqliteConnection, sqlite::SqliteRow};

use super::{Author, Catalog, CatalogError};

/// Something that was changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditEntry {
    /// Its number: later entries have greater ones.
    pub number: i64,
    /// Who changed it, and when.
    pub author: Author,
    /// The name of the site that it concerns; `None` for what concerns none or all.
    pub site: Option<String>,
    /// What was done: `goal_changed`, `role_changed`, `key_added`, …
    pub action: String,
    /// The name of what was changed: a goal's, an account's e-mail address, the first letters of a key.
    pub subject: String,
    /// What it is now, in a few words.
    pub detail: Option<String>,
}

/// What is written of a change.
pub(super) struct Note<'n> {
    pub(super) site: Option<i64>,
    pub(super) action: &'n str,
    pub(super) subject: &'n str,
    pub(super) detail: Option<&'n str>,
}

impl Catalog {
    /// The latest entries, the newest first: those of one site or all, before the one of number `before` where that is given.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub async fn audit(
        &self,
        site: Option<i64>,
        before: Option<i64>,
        limit: u32,
    ) -> Result<Vec<AuditEntry>, CatalogError> {
        let failed = self.failed("read");
        let rows = sqlx::query(
            "SELECT a.*, s.name AS site_name FROM audit a LEFT JOIN site s ON s.id = a.site
             WHERE (?1 IS NULL OR a.site = ?1) AND (?2 IS NULL OR a.id < ?2) ORDER BY a.id DESC LIMIT ?3",
        );
        let rows = rows.bind(site).bind(before).bind(limit).fetch_all(&self.pool).await.map_err(&failed)?;
        rows.iter().map(entry).collect::<Result<_, _>>().map_err(failed)
    }
}

fn entry(row: &SqliteRow) -> Result<AuditEntry, sqlx::Error> {
    Ok(AuditEntry {
        number: row.try_get("id")?,
        author: Author { name: row.try_get("by")?, at: row.try_get("at")? },
        site: row.try_get("site_name")?,
        action: row.try_get("action")?,
        subject: row.try_get("subject")?,
        detail: row.try_get("detail")?,
    })
}

/// Writes that something was changed.
pub(super) async fn note(
    work: &mut SqliteConnection,
    note: Note<'_>,
    by: &Author,
) -> Result<(), sqlx::Error> {
    let row =
        sqlx::query("INSERT INTO audit (at, by, site, action, subject, detail) VALUES (?, ?, ?, ?, ?, ?)");
    let row = row.bind(by.at).bind(&by.name).bind(note.site).bind(note.action);
    row.bind(note.subject).bind(note.detail).execute(work).await.map(drop)
}
