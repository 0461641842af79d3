//! Removes all that is stored of a person at a site: from segments, the log, the identifiers of events, what was put
//! aside, and the cache. It must not know who asks, nor how identifiers become pseudonyms.

use std::path::Path;

use hashbrown::HashSet;
use waymark_model::event::NO_VISITOR;

use crate::{
    columns::{ColumnsError, Keep, Left, NumberColumn, Part, rewrite},
    commit::Change,
    dedup::Place,
    error::StoreError,
    lock,
    open::{LOG, QUARANTINE},
    retention::Removed,
    segment_files::Segment,
    site::SiteId,
    store::{Inner, Store},
    vfs::SyncPoint,
};

/// Somebody, by pseudonyms.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Person {
    /// Their visitors: all events of these.
    pub visitors: HashSet<u64>,
    /// Their users: the events of these, and those events of the same visitors that are of no user.
    pub users: HashSet<u64>,
}

/// What was removed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Erased {
    /// Events.
    pub events: u64,
    /// Segments that were removed or written anew.
    pub segments: usize,
    /// Files of records that nobody can read, and so not search: they are removed as a whole.
    pub put_aside: usize,
}

impl Store {
    /// Removes what is stored of a person at a site until now. When this returns, no new snapshot shows it, and no file of the
    /// data folder holds it, except segments that a snapshot taken before still reads: they go with it.
    ///
    /// It can be done again, and must be when it failed.
    ///
    /// # Errors
    /// When something could not be read or written, a damaged segment too. What was removed until then stays removed.
    pub fn erase(&self, site: &SiteId, person: &Person) -> Result<Erased, StoreError> {
        let inner = &self.0;
        inner.writable()?;
        let _no_compaction = lock(&inner.maintaining);
        let no_flush = lock(&inner.flushing);
        inner.flush_whole_log(&no_flush)?;
        let removed = inner.erase_rows(site, person)?;
        let put_aside = inner.erase_put_aside()?;
        inner.tidy_cache();
        let segments = inner.damaged_segments(site);
        if segments > 0 {
            return Err(StoreError::NotSearched { site: site.to_string(), segments });
        }
        Ok(Erased { events: removed.rows, segments: removed.segments, put_aside })
    }
}

impl Inner {
    /// Writes segments anew without the person's rows, and runs without the identifiers of these. Both in one change: once the
    /// rows are gone, nothing says any more which identifiers were theirs.
    fn erase_rows(&self, site: &SiteId, person: &Person) -> Result<Removed, StoreError> {
        let parts: Vec<Part> = {
            let live = lock(&self.live);
            live.sound_segments(site).into_iter().map(|segment| segment.part).collect()
        };
        let mut linked = HashSet::new();
        for part in &parts {
            linked.extend(visitors_of(part, &person.users)?);
        }
        let mut ids = HashSet::new();
        let (removed, mut change) = self.rewrite(site, |part| without(part, person, &linked, &mut ids))?;
        let runs = lock(&self.live).runs.clone();
        let number = || self.segment_files.number();
        let place = Place { vfs: &self.vfs, root: &self.root, number: &number };
        change.runs = Some(runs.without(&place, site, &ids)?);
        change.forget_properties = self.properties_without(site, &change)?;
        self.commit(change)?;
        // The manifest before stays beside the new one, and may tell of the person: another takes its place.
        self.commit(Change::default())?;
        Ok(removed)
    }

    /// How many segments of the site cannot be read and have their files.
    fn damaged_segments(&self, site: &SiteId) -> usize {
        let live = lock(&self.live);
        let damaged = |(of, segment): &(&SiteId, &Segment)| {
            let path = self.root.join(segment.entry.path(of));
            *of == site
                && self.damage.is_damaged(segment.entry.number)
                && self.vfs.exists(&path).unwrap_or(true)
        };
        live.segments().filter(damaged).count()
    }

    /// Removes what was put aside; gives the number of files.
    fn erase_put_aside(&self) -> Result<usize, StoreError> {
        let mut removed = 0;
        for folder in [self.root.join(QUARANTINE), self.root.join(LOG).join(QUARANTINE)] {
            removed += self.empty(&folder)?;
        }
        Ok(removed)
    }

    fn empty(&self, folder: &Path) -> Result<usize, StoreError> {
        let names = match self.vfs.list(folder) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(0),
            names => names.map_err(StoreError::io("read the folder", folder))?,
        };
        for name in &names {
            let path = folder.join(name);
            self.vfs.remove(&path).map_err(StoreError::io("remove", &path))?;
        }
        self.vfs.sync_dir(folder, SyncPoint::Removal).map_err(StoreError::io("sync the folder", folder))?;
        Ok(names.len())
    }
}

/// The visitors of a part that have events of those users.
fn visitors_of(part: &Part, users: &HashSet<u64>) -> Result<HashSet<u64>, ColumnsError> {
    if users.is_empty() || part.bounds.bare {
        return Ok(HashSet::new());
    }
    let (found, runs) = (part.columns.numbers(NumberColumn::User)?, part.columns.runs()?);
    let rows = found.rows.iter().zip(found.values.iter()).filter(|(_, user)| users.contains(*user));
    let visitor = |row: &u32| {
        let run = runs.starts.partition_point(|start| start <= row).checked_sub(1)?;
        runs.visitors.get(run).copied().filter(|&visitor| visitor != NO_VISITOR)
    };
    Ok(rows.filter_map(|(row, _)| visitor(row)).collect())
}

/// What is left of a part without the person's rows, whose identifiers are added to `ids`; `None` when there are none.
/// `linked` are the visitors of the person's users.
fn without(
    part: &Part,
    person: &Person,
    linked: &HashSet<u64>,
    ids: &mut HashSet<u128>,
) -> Result<Option<Left>, ColumnsError> {
    if part.bounds.bare {
        return Ok(None);
    }
    let (users, runs) = (part.columns.numbers(NumberColumn::User)?, part.columns.runs()?);
    let mut gone = vec![false; part.bounds.rows as usize];
    for (run, visitor) in runs.starts.windows(2).zip(runs.visitors.iter()) {
        if person.visitors.contains(visitor) || linked.contains(visitor) {
            gone[run[0] as usize..run[1] as usize].fill(true);
        }
        if linked.contains(visitor) && !person.visitors.contains(visitor) {
            let of_users = users.rows.partition_point(|row| *row < run[0])
                ..users.rows.partition_point(|row| *row < run[1]);
            users.rows[of_users].iter().for_each(|&row| gone[row as usize] = false);
        }
    }
    let own = users.rows.iter().zip(users.values.iter()).filter(|(_, user)| person.users.contains(*user));
    own.for_each(|(&row, _)| gone[row as usize] = true);
    if !gone.contains(&true) {
        return Ok(None);
    }
    let (rows, identifiers) = part.columns.event_ids()?;
    ids.extend(rows.iter().zip(&*identifiers).filter(|(row, _)| gone[**row as usize]).map(|(_, id)| *id));
    rewrite(part, |row| if gone[row as usize] { Keep::Not } else { Keep::Whole }).map(Some)
}
