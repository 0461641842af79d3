//! Removes what is older than a site keeps, and what was asked to be forgotten, from segments. In one change of the
//! manifest: a crash at any point leaves the old segments or the new ones. It must not know how long a site keeps what.

use hashbrown::HashSet;

use crate::{
    columns::{ColumnsError, Keep, Left, NumberColumn, Part, rewrite},
    commit::Change,
    error::StoreError,
    lock,
    shelf::Segment,
    site::SiteId,
    store::{Inner, Store},
};

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

impl Store {
    /// Removes what happened at the site before a moment (ms since 1970-01-01 UTC) and lies in segments. Events with an
    /// order key stay as bare rows, so that later events of the order still repeat it: of those no visitor, user, event
    /// identifier, device, place or referrer is kept, and no query counts them.
    ///
    /// # Errors
    /// When something could not be read or written. Nothing has changed then.
    pub fn remove_before(&self, site: &SiteId, moment: i64) -> Result<Removed, StoreError> {
        self.0.writable()?;
        let _one_at_a_time = lock(&self.0.maintaining);
        self.0.rewrite(site, |part| before(part, moment))
    }
}

/// What is left of a part; `None` when all of it stays.
type Rewritten = Result<Option<Left>, ColumnsError>;

/// What is left of a part from a moment on.
fn before(part: &Part, moment: i64) -> Rewritten {
    let (first, last) = part.bounds.time;
    if part.bounds.bare || first >= moment {
        return Ok(None);
    }
    let keyed = part.columns.numbers(NumberColumn::Key)?.rows;
    if last < moment && keyed.is_empty() {
        return Ok(Some(Left::default()));
    }
    let times = part.columns.times()?;
    let keyed: HashSet<u32> = keyed.iter().copied().collect();
    let keep = |row: u32| match times.get(row as usize) >= moment {
        true => Keep::Whole,
        false if keyed.contains(&row) => Keep::Bare,
        false => Keep::Not,
    };
    rewrite(part, keep).map(Some)
}

impl Inner {
    /// Replaces each of the site's segments by what is left of it. Nobody else may be changing segments that are there.
    pub(crate) fn rewrite(
        &self,
        site: &SiteId,
        mut left: impl FnMut(&Part) -> Rewritten,
    ) -> Result<Removed, StoreError> {
        let segments: Vec<Segment> =
            lock(&self.live).sites.get(site).map(|state| state.segments.clone()).unwrap_or_default();
        let (mut removed, mut change) = (Removed::default(), Change::default());
        for segment in segments {
            let Some(Left { whole, bare }) = left(&segment.part)? else { continue };
            let rows = |part: &Option<Part>| part.as_ref().map_or(0, |part| u64::from(part.bounds.rows));
            removed.rows += segment.rows() as u64 - rows(&whole) - rows(&bare);
            removed.bare += rows(&bare);
            removed.segments += 1;
            for part in whole.iter().chain(&bare) {
                change.add.push((site.clone(), self.shelf.write(site, part)?));
            }
            change.remove.push(segment.entry.number);
        }
        if !change.remove.is_empty() {
            self.commit(change)?;
        }
        Ok(removed)
    }
}
