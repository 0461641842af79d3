//! Requests to remove all that is stored of somebody. Whom one is about is known, as pseudonyms, only until it is done. It must
//! not know how anything is removed.

use sqlx::{Row, sqlite::SqliteRow};

use super::{
    Author, Catalog, CatalogError, IdentifierKind, Site,
    audit::{Note, note},
};
use crate::site::SiteId;

/// Who is to be forgotten.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
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

    fn from_name(name: &str) -> Option<Self> {
        [Self::Visitor, Self::User].into_iter().find(|kind| kind.as_str() == name)
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
        let failed = self.failed("note an erasure in");
        let who = pseudonyms(site, of, identifier);
        let text = serde_json::Value::from(who.clone()).to_string();
        let mut work = self.begin("note an erasure in").await?;
        let row = sqlx::query(
            "INSERT INTO erasure (site, kind, who, created_at, created_by) VALUES (?, ?, ?, ?, ?)",
        );
        let row = row.bind(site.number).bind(of.as_str()).bind(text).bind(by.at).bind(&by.name);
        let number = row.execute(&mut *work).await.map_err(&failed)?.last_insert_rowid();
        let subject = number.to_string();
        let asked = Note {
            site: Some(site.number),
            action: "erasure_asked",
            subject: &subject,
            detail: Some(of.as_str()),
        };
        note(&mut work, asked, by).await.map_err(&failed)?;
        work.commit().await.map_err(&failed)?;
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
        row.execute(&self.pool).await.map(drop).map_err(self.failed("note an erasure in"))
    }

    /// The requests of all sites, or of one, by number.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub async fn erasures(&self, site: Option<i64>) -> Result<Vec<Erasure>, CatalogError> {
        let failed = self.failed("read");
        let rows = sqlx::query(
            "SELECT e.*, s.name AS site_name FROM erasure e JOIN site s ON s.id = e.site
             WHERE ?1 IS NULL OR e.site = ?1 ORDER BY e.id",
        );
        let rows = rows.bind(site).fetch_all(&self.pool).await.map_err(&failed)?;
        rows.iter().map(|row| self.read_erasure(row)).collect()
    }

    fn read_erasure(&self, row: &SqliteRow) -> Result<Erasure, CatalogError> {
        let failed = self.failed("read");
        let number: i64 = row.try_get("id").map_err(&failed)?;
        let (site, kind): (String, String) =
            (row.try_get("site_name").map_err(&failed)?, row.try_get("kind").map_err(&failed)?);
        let who: Option<String> = row.try_get("who").map_err(&failed)?;
        let who = who.map_or(Ok(Vec::new()), |who| serde_json::from_str(&who));
        let done_at: Option<i64> = row.try_get("done_at").map_err(&failed)?;
        let events: Option<i64> = row.try_get("events").map_err(&failed)?;
        let damaged = || self.damaged(format!("the erasure {number}"));
        Ok(Erasure {
            number,
            site: SiteId::parse(&site).map_err(|error| self.damaged(error.to_string()))?,
            of: ErasureOf::from_name(&kind).ok_or_else(damaged)?,
            who: who.map_err(|_| damaged())?,
            by: Author {
                name: row.try_get("created_by").map_err(&failed)?,
                at: row.try_get("created_at").map_err(&failed)?,
            },
            done: done_at.map(|at| (at, events.unwrap_or(0).unsigned_abs())),
        })
    }
}
