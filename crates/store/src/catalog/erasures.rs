//! Requests to remove all that is stored of somebody. Whom one is about is known, as pseudonyms, only until it is done. It must
//! not know how anything is removed.

use super::{Author, Catalog, CatalogError, IdentifierKind, Site, audit::Note};
use crate::site::SiteId;

/// Who is to be forgotten.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::Type)]
#[sqlx(rename_all = "lowercase")]
pub enum ErasureOf {
    /// A visitor.
    Visitor,
    /// A user that the site knows.
    User,
}

impl ErasureOf {
    /// The name in tables and results.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Visitor => "visitor",
            Self::User => "user",
        }
    }

    const fn identifier(self) -> IdentifierKind {
        match self {
            Self::Visitor => IdentifierKind::Visitor,
            Self::User => IdentifierKind::User,
        }
    }
}

/// A request to forget somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Erasure {
    /// Its number.
    pub number: i64,
    /// The site.
    pub site: SiteId,
    /// A visitor or a user.
    pub of: ErasureOf,
    /// Their pseudonyms; none once it is done.
    pub who: Vec<u64>,
    /// Who asked, and when.
    pub by: Author,
    /// When it was done (ms since 1970-01-01 UTC), and how many events were removed.
    pub done: Option<(i64, u64)>,
}

/// The pseudonyms that an identifier may have: that of the text, with and without spaces around it, and, as browsers' own
/// identifiers are taken, that of its small letters.
fn pseudonyms(site: &Site, of: ErasureOf, identifier: &str) -> Vec<u64> {
    let mut texts = vec![identifier.to_owned(), identifier.trim().to_owned()];
    if of == ErasureOf::Visitor {
        texts.push(identifier.trim().to_ascii_lowercase());
    }
    let mut who: Vec<u64> = texts.iter().map(|text| site.secret.pseudonym(of.identifier(), text)).collect();
    who.sort_unstable();
    who.dedup();
    who
}

impl Catalog {
    /// Notes that somebody of that identifier is to be forgotten. The identifier itself is not kept.
    ///
    /// # Errors
    /// When the catalog cannot be written.
    pub async fn add_erasure(
        &self,
        site: &Site,
        of: ErasureOf,
        identifier: &str,
        by: &Author,
    ) -> Result<Erasure, CatalogError> {
        let who = pseudonyms(site, of, identifier);
        let text = serde_json::Value::from(who.clone()).to_string();
        let mut work = self.change(by).await?;
        let row = sqlx::query(
            "INSERT INTO erasure (site, kind, who, created_at, created_by) VALUES (?, ?, ?, ?, ?)",
        );
        let row = row.bind(site.number).bind(of).bind(text).bind(by.at).bind(&by.name);
        let number = row.execute(&mut *work).await?.last_insert_rowid();
        let subject = number.to_string();
        work.finish(Note::of_site(site, "erasure_asked", &subject).with(of.as_str())).await?;
        Ok(Erasure { number, site: site.id.clone(), of, who, by: by.clone(), done: None })
    }

    /// Notes that a request was done at a time (ms), and forgets whom it was about. Who does it once more removes nothing, and so
    /// changes nothing here.
    ///
    /// # Errors
    /// When the catalog cannot be written.
    pub async fn erasure_done(&self, number: i64, at: i64, events: u64) -> Result<(), CatalogError> {
        let row = sqlx::query(
            "UPDATE erasure SET who = NULL, done_at = ?, events = ? WHERE id = ? AND done_at IS NULL",
        );
        let row = row.bind(at).bind(i64::try_from(events).unwrap_or(i64::MAX)).bind(number);
        row.execute(&self.pool).await?;
        Ok(())
    }

    /// The requests of all sites, or of one, by number.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub async fn erasures(&self, site: Option<i64>) -> Result<Vec<Erasure>, CatalogError> {
        let rows: Vec<ErasureRow> = sqlx::query_as(
            "SELECT e.*, e.created_by AS by, e.created_at AS at, s.name AS site_name
             FROM erasure e JOIN site s ON s.id = e.site WHERE ?1 IS NULL OR e.site = ?1 ORDER BY e.id",
        )
        .bind(site)
        .fetch_all(&self.pool)
        .await?;
        rows.into_iter().map(Erasure::try_from).collect()
    }
}

/// A row of the table.
#[derive(sqlx::FromRow)]
struct ErasureRow {
    id: i64,
    site_name: SiteId,
    kind: ErasureOf,
    /// A JSON array of numbers.
    who: Option<String>,
    #[sqlx(flatten)]
    by: Author,
    done_at: Option<i64>,
    events: Option<i64>,
}

impl TryFrom<ErasureRow> for Erasure {
    type Error = CatalogError;

    fn try_from(row: ErasureRow) -> Result<Self, CatalogError> {
        let who = row.who.map_or(Ok(Vec::new()), |who| serde_json::from_str(&who));
        Ok(Self {
            number: row.id,
            site: row.site_name,
            of: row.kind,
            who: who.map_err(|_| CatalogError::Damaged(format!("the erasure {}", row.id)))?,
            by: row.by,
            done: row.done_at.map(|at| (at, row.events.unwrap_or(0).unsigned_abs())),
        })
    }
}
