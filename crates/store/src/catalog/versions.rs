//! Goals and funnels as they once were.

use waymark_model::{FunnelDefinition, Goal};

use super::{
    Author, Catalog, CatalogError, Site,
    definitions::{Versioned, parse_body},
};

/// A definition as it was under one of its versions.
#[derive(Clone, Debug, PartialEq)]
pub struct Version<T> {
    /// The definition, with its version.
    pub definition: T,
    /// Who made it so, and when; `None` when that is not on record.
    pub by: Option<Author>,
}

impl Catalog {
    /// Every version of a goal, the newest first; none for a goal that never was.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub async fn goal_versions(&self, site: &Site, name: &str) -> Result<Vec<Version<Goal>>, CatalogError> {
        self.versions(site, name).await
    }

    /// Every version of a funnel, the newest first; none for a funnel that never was.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub async fn funnel_versions(
        &self,
        site: &Site,
        name: &str,
    ) -> Result<Vec<Version<FunnelDefinition>>, CatalogError> {
        self.versions(site, name).await
    }

    async fn versions<T: Versioned>(&self, site: &Site, name: &str) -> Result<Vec<Version<T>>, CatalogError> {
        let rows: Vec<(u32, String, Option<i64>, Option<String>)> = sqlx::query_as(
            "SELECT v.version, v.body, c.at, c.by
             FROM definition d JOIN definition_version v ON v.definition = d.id
             LEFT JOIN change c ON c.site = d.site AND c.kind = d.kind AND c.name = d.name
                               AND c.version = v.version AND c.action IN ('added', 'changed')
             WHERE d.site = ? AND d.kind = ? AND d.name = ? ORDER BY v.version DESC",
        )
        .bind(site.number)
        .bind(T::SUBJECT)
        .bind(name)
        .fetch_all(&self.pool)
        .await?;
        let version = |(version, body, at, by): (u32, String, Option<i64>, Option<String>)| {
            let by = by.zip(at).map(|(name, at)| Author { name, at });
            Ok(Version { definition: parse_body(name, &body, version)?, by })
        };
        rows.into_iter().map(version).collect()
    }
}
