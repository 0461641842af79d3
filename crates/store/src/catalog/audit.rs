//! The record of who changed what: definitions, settings, members, keys and shared links. Rows are written with the change
//! itself, or not at all, and never changed.

use std::ops::{Deref, DerefMut};

use sqlx::{Sqlite, SqliteConnection, Transaction};

use super::{Account, Author, Catalog, CatalogError, Site};

/// Something that was changed.
#[derive(Clone, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct AuditEntry {
    /// Its number: later entries have greater ones.
    #[sqlx(rename = "id")]
    pub number: i64,
    /// Who changed it, and when.
    #[sqlx(flatten)]
    pub author: Author,
    /// The name of the site that it concerns; `None` for what concerns none or all.
    #[sqlx(rename = "site_name")]
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

impl<'n> Note<'n> {
    /// A note on something of a site.
    pub(super) const fn of_site(site: &Site, action: &'n str, subject: &'n str) -> Self {
        Self { site: Some(site.number), action, subject, detail: None }
    }

    /// A note on an account.
    pub(super) fn of_account(account: &'n Account, action: &'n str) -> Self {
        Self { site: None, action, subject: &account.email, detail: None }
    }

    pub(super) const fn with(self, detail: &'n str) -> Self {
        Self { detail: Some(detail), ..self }
    }
}

/// A change under way. What it writes and its note become durable together, by [`AuditedChange::finish`]; dropped before
/// that, it changes nothing.
pub(super) struct AuditedChange<'a> {
    work: Transaction<'static, Sqlite>,
    by: &'a Author,
}

impl Deref for AuditedChange<'_> {
    type Target = SqliteConnection;

    fn deref(&self) -> &SqliteConnection {
        &self.work
    }
}

impl DerefMut for AuditedChange<'_> {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        &mut self.work
    }
}

impl AuditedChange<'_> {
    /// Writes the note on the change, and makes both durable.
    pub(super) async fn finish(mut self, note: Note<'_>) -> Result<(), CatalogError> {
        self.note(note).await?;
        self.commit().await
    }

    /// Writes a note on a part of the change.
    pub(super) async fn note(&mut self, note: Note<'_>) -> Result<(), CatalogError> {
        write_note(&mut self.work, note, self.by).await
    }

    /// Makes durable what was written; for changes whose notes are written already.
    pub(super) async fn commit(self) -> Result<(), CatalogError> {
        Ok(self.work.commit().await?)
    }
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
        let rows = sqlx::query_as(
            "SELECT a.*, s.name AS site_name FROM audit a LEFT JOIN site s ON s.id = a.site
             WHERE (?1 IS NULL OR a.site = ?1) AND (?2 IS NULL OR a.id < ?2) ORDER BY a.id DESC LIMIT ?3",
        );
        Ok(rows.bind(site).bind(before).bind(limit).fetch_all(&self.pool).await?)
    }

    /// Begins a change of `by`, which is done as a whole and noted, or not at all.
    pub(super) async fn change<'a>(&self, by: &'a Author) -> Result<AuditedChange<'a>, CatalogError> {
        Ok(AuditedChange { work: self.begin().await?, by })
    }
}

/// Writes that something was changed.
pub(super) async fn write_note(
    work: &mut SqliteConnection,
    note: Note<'_>,
    by: &Author,
) -> Result<(), CatalogError> {
    let row =
        sqlx::query("INSERT INTO audit (at, by, site, action, subject, detail) VALUES (?, ?, ?, ?, ?, ?)");
    let row = row.bind(by.at).bind(&by.name).bind(note.site).bind(note.action);
    row.bind(note.subject).bind(note.detail).execute(work).await?;
    Ok(())
}
