//! The live set: which files hold the store's rows, as the manifest names them. Plain data; it reads and
//! writes no file.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use crate::{
    counters::Counters,
    dedup::RunEntry,
    log::{LogMark, LogPosition},
    segment::{PropertyColumns, SegmentMeta},
    site::SiteId,
};

/// Everything that is live, at one moment. What is not named here does not count.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LiveSet {
    /// Rises by one with every change.
    pub generation: u64,
    /// The number that the next file gets; no number is used twice.
    pub next_file: u64,
    /// All events before this place of the log lie in segments.
    pub flushed: LogPosition,
    /// What each site has.
    pub sites: BTreeMap<SiteId, SiteSet>,
    /// What became of events that belong to no known site, up to the flushed position.
    #[serde(default)]
    pub unknown_site: Counters,
    /// Runs of identifiers by which duplicates are recognised, oldest first.
    pub dedup: Vec<RunEntry>,
    /// How far the log had got when its newest file was begun or it was closed: what the log must have at least.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub log: Option<LogMark>,
    /// The latest time that was believed, in ms since 1970-01-01 UTC: a clock far ahead of it is doubted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clock: Option<i64>,
    /// What was lost and cannot come back by itself, until somebody says that it is known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub losses: Vec<Loss>,
}

/// Something that was stored and is lost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Loss {
    /// When it was found, in ms since 1970-01-01 UTC.
    pub found: i64,
    /// What is lost.
    pub what: String,
}

/// What a site has.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteSet {
    /// Batches from this number on are not used in any segment.
    pub next_batch: u32,
    /// The segments, oldest file first.
    pub segments: Vec<SegmentEntry>,
    /// The imports, oldest first.
    pub imports: Vec<ImportEntry>,
    /// What became of the events received, up to the flushed position.
    pub counters: Counters,
    /// The columns that properties have in the segments.
    #[serde(default, skip_serializing_if = "PropertyColumns::is_empty")]
    pub properties: PropertyColumns,
    /// The newest day that has a salt, so that one that is gone is missed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub salted: Option<String>,
}

/// A segment file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SegmentEntry {
    /// Its number.
    pub number: u64,
    /// Whether the rows may have event identifiers.
    pub event_ids: bool,
    /// Bytes of the distinct texts of all columns; 0 when that was not noted.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub text_bytes: u64,
    /// Name, length, hash and what it holds. All its rows are of the month that its name begins with.
    #[serde(flatten)]
    pub meta: SegmentMeta,
}

/// A file that was imported.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportEntry {
    /// Hash of the file's content, as the importer computed it.
    pub fingerprint: String,
    /// Rows that it added.
    pub rows: u64,
    /// Events of it that were stored before, by their identifiers.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub duplicates: u64,
    /// When it was done, in ms since 1970-01-01 UTC.
    pub time: i64,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
const fn is_zero(number: &u64) -> bool {
    *number == 0
}

/// The folder of the segments, below the data folder.
pub(crate) const SEGMENTS: &str = "segments";

impl SegmentEntry {
    /// Where the file lies, below the data folder.
    #[must_use]
    pub fn path(&self, site: &SiteId) -> PathBuf {
        Path::new(SEGMENTS).join(site.as_str()).join(&self.meta.file)
    }
}

impl LiveSet {
    /// The site's part; empty when nothing of the site was ever stored.
    #[must_use]
    pub fn site(&self, site: &SiteId) -> Option<&SiteSet> {
        self.sites.get(site)
    }

    /// The site's part, to change it.
    pub(crate) fn site_mut(&mut self, site: &SiteId) -> &mut SiteSet {
        self.sites.entry(site.clone()).or_default()
    }

    /// All segments, with their sites.
    pub fn segments(&self) -> impl Iterator<Item = (&SiteId, &SegmentEntry)> {
        self.sites.iter().flat_map(|(site, set)| set.segments.iter().map(move |entry| (site, entry)))
    }

    /// Forgets which days have a salt: for a copy, which has none.
    pub(crate) fn without_salts(mut self) -> Self {
        self.sites.values_mut().for_each(|has| has.salted = None);
        self
    }

    /// The import of that fingerprint into that site, if there was one.
    #[must_use]
    pub fn import(&self, site: &SiteId, fingerprint: &str) -> Option<&ImportEntry> {
        self.site(site)?.imports.iter().find(|import| import.fingerprint == fingerprint)
    }
}

impl SiteSet {
    /// Rows in the segments.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.segments.iter().map(|entry| u64::from(entry.meta.bounds.rows)).sum()
    }
}
