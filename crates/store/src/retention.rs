//! Removes what is older than a site keeps, and what was asked to be forgotten, from segments. In one change of the
//! manifest: a crash at any point leaves the old segments or the new ones. It must not know how long a site keeps what.

use std::collections::BTreeSet;

use hashbrown::HashSet;
use waymark_model::Identity;

use crate::{
    columns::{ColumnsError, Keep, Left, NumberColumn, Part, rewrite},
    commit::Change,
    dedup::Runs,
    error::StoreError,
    lock,
    segment_files::Segment,
    site::SiteId,
    store::{Inner, Store},
};

/// Identifiers that are taken out of the runs at a time.
const FORGOTTEN_AT_ONCE: usize = 1 << 20;

/// What was removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Removed {
    /// Rows that are gone.
    pub rows: u64,
    /// Rows that stay bare: they tell only that an order was there before.
    pub bare: u64,
    /// Segments that were removed or written anew.
    pub segments: usize,
}

/// From when on a site keeps its events, in ms since 1970-01-01 UTC; `None` keeps all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct KeptFrom {
    /// Those that were collected.
    pub collected: Option<i64>,
    /// Those that were imported.
    pub imported: Option<i64>,
}

impl KeptFrom {
    /// One moment for all events.
    #[must_use]
    pub const fn all(moment: i64) -> Self {
        Self { collected: Some(moment), imported: Some(moment) }
    }

    fn moment(self, identity: Identity) -> i64 {
        let moment = if identity == Identity::Imported { self.imported } else { self.collected };
        moment.unwrap_or(i64::MIN)
    }
}

impl Store {
    /// Removes what the site keeps no longer and lies in segments. Events with an order key stay as bare rows, so that later
    /// events of the order still repeat it: of those no visitor, user, event identifier, device, place or referrer is kept, and
    /// no query counts them.
    ///
    /// # Errors
    /// When something could not be read or written. Nothing has changed then.
    pub fn remove_before(&self, site: &SiteId, kept: KeptFrom) -> Result<Removed, StoreError> {
        self.0.writable()?;
        let _one_at_a_time = lock(&self.0.maintaining);
        let mut gone = Vec::new();
        let (removed, mut change) = self.0.rewrite(site, |part| {
            let left = before(part, kept)?;
            if let Some(left) = &left {
                gone.append(&mut imported_ids_without(part, left)?);
            }
            Ok(left)
        })?;
        if change.remove.is_empty() {
            return Ok(removed);
        }
        let _no_flush = lock(&self.0.flushing);
        change.runs = self.0.runs_without(site, &gone)?;
        change.forget_properties = self.0.properties_without(site, &change)?;
        self.0.commit(change)?;
        Ok(removed)
    }
}

impl Store {
    /// Whether the site has something in segments that it keeps no longer.
    #[must_use]
    pub fn has_before(&self, site: &SiteId, kept: KeptFrom) -> bool {
        lock(&self.0.live).sound_segments(site).iter().any(|segment| has_before(&segment.part, kept))
    }
}

/// Whether a part may have rows that are kept no longer, by its bounds.
fn has_before(part: &Part, kept: KeptFrom) -> bool {
    let bounds = &part.bounds;
    !bounds.bare && bounds.identities.iter().any(|&identity| bounds.time.0 < kept.moment(identity))
}

/// What is left of a part; `None` when all of it stays.
type Rewritten = Result<Option<Left>, ColumnsError>;

/// What is left of a part of what is kept.
fn before(part: &Part, kept: KeptFrom) -> Rewritten {
    if !has_before(part, kept) {
        return Ok(None);
    }
    let last = part.bounds.time.1;
    let moments = || part.bounds.identities.iter().map(|&identity| kept.moment(identity));
    let keyed = part.columns.numbers(NumberColumn::Key)?.rows;
    if keyed.is_empty() && moments().all(|moment| last < moment) {
        return Ok(Some(Left::default()));
    }
    let (times, imported) = (part.columns.times()?, imported(part)?);
    let goes = |row: u32| {
        let identity = if imported(row) { Identity::Imported } else { Identity::Audience };
        times.get(row as usize) < kept.moment(identity)
    };
    if !(0..part.bounds.rows).any(goes) {
        return Ok(None);
    }
    let keyed: HashSet<u32> = keyed.iter().copied().collect();
    let keep = |row: u32| match goes(row) {
        false => Keep::Whole,
        true if keyed.contains(&row) => Keep::Bare,
        true => Keep::Not,
    };
    rewrite(part, keep).map(Some)
}

/// The identifiers of imported events that are in a part and not in what is left of it: nothing else would ever
/// forget them.
fn imported_ids_without(part: &Part, left: &Left) -> Result<Vec<u128>, ColumnsError> {
    let imported = imported(part)?;
    let (rows, ids) = part.columns.event_ids()?;
    let of_whole = left.whole.as_ref().map(|whole| whole.columns.event_ids()).transpose()?;
    let stay: HashSet<u128> = of_whole.iter().flat_map(|(_, ids)| ids.iter().copied()).collect();
    let gone = rows.iter().zip(&*ids).filter(|(row, id)| imported(**row) && !stay.contains(*id));
    Ok(gone.map(|(_, id)| *id).collect())
}

/// Tells which rows of a part were imported.
pub(crate) fn imported(part: &Part) -> Result<impl Fn(u32) -> bool, ColumnsError> {
    const IMPORTED: u8 = Identity::Imported as u8;
    let all = part.bounds.identities.first() == Some(&Identity::Imported);
    let each = part.columns.identities()?;
    Ok(move |row: u32| each.as_ref().map_or(all, |each| each.get(row as usize) == Some(&IMPORTED)))
}

impl Inner {
    /// The runs without these identifiers of a site; `None` when there are none of them. Flushes must wait.
    fn runs_without(&self, site: &SiteId, gone: &[u128]) -> Result<Option<Runs>, StoreError> {
        if gone.is_empty() {
            return Ok(None);
        }
        let mut runs = lock(&self.live).runs.clone();
        for some in gone.chunks(FORGOTTEN_AT_ONCE) {
            let some = some.iter().copied().collect();
            runs = self.in_place(|place| runs.without(place, site, &some))?;
        }
        Ok(Some(runs))
    }

    /// The site's properties that no segment has any more after the change: nothing may keep the words of somebody who is
    /// forgotten. Flushes and imports must wait. `None` while a segment is damaged, which may have any of them.
    pub(crate) fn properties_without(
        &self,
        site: &SiteId,
        change: &Change,
    ) -> Result<Option<(SiteId, BTreeSet<String>)>, ColumnsError> {
        let (segments, mut gone) = {
            let live = lock(&self.live);
            let Some(has) = live.set.site(site) else { return Ok(None) };
            let segments = live.sound_segments(site);
            if segments.len() < has.segments.len() {
                return Ok(None);
            }
            (segments, has.properties.keys().map(str::to_owned).collect::<BTreeSet<_>>())
        };
        let stay = segments.iter().filter(|segment| !change.remove.contains(&segment.entry.number));
        for segment in stay.chain(change.add.iter().map(|(_, segment)| segment)) {
            for key in segment.part.columns.properties()? {
                gone.remove(&key);
            }
        }
        Ok(Some((site.clone(), gone)))
    }

    /// What replaces each of the site's segments by what is left of it; to be committed. Nobody else may be changing segments
    /// that are there.
    pub(crate) fn rewrite(
        &self,
        site: &SiteId,
        mut left: impl FnMut(&Part) -> Rewritten,
    ) -> Result<(Removed, Change), StoreError> {
        let segments: Vec<Segment> = lock(&self.live).sound_segments(site);
        let (mut removed, mut change) = (Removed::default(), Change::default());
        for segment in segments {
            let Some(Left { whole, bare }) = left(&segment.part)? else { continue };
            let rows = |part: &Option<Part>| part.as_ref().map_or(0, |part| u64::from(part.bounds.rows));
            removed.rows += segment.rows() as u64 - rows(&whole) - rows(&bare);
            removed.bare += rows(&bare);
            removed.segments += 1;
            for part in whole.iter().chain(&bare) {
                change.add.push((site.clone(), self.segment_files.write(site, part)?));
            }
            change.remove.push(segment.entry.number);
        }
        Ok((removed, change))
    }
}
