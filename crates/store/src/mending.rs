//! Looks at the files of an open store, a part of them at a time, and makes identifiers again that are damaged or gone. Segments
//! and log cannot be made again. It must not know who reads the list of what it finds.

use std::collections::BTreeMap;

use hashbrown::HashSet;

use crate::{
    columns::{ColumnsError, Part},
    commit::Change,
    damage::{Damaged, DamagedPart},
    dedup::{DamagedRun, RunEntry, RunError, Runs, Unsaved},
    error::StoreError,
    lock,
    retention::imported,
    segment_files::Segment,
    site::SiteId,
    store::{Inner, Store},
};

/// Bytes that are looked at when a store is opened: small folders are known to be whole then, large ones a while later.
const AT_START: u64 = 64 << 20;
/// Identifiers gathered before they are written as a run.
const GATHERED: usize = 4 << 20;

impl Store {
    /// Looks at segments that were not looked at yet, up to about that many bytes, and at one at least. Gives whether there is more to look at.
    #[must_use]
    pub fn examine_next(&self, bytes: u64) -> bool {
        self.0.examine_segments(bytes, true)
    }

    /// Begins to look at all files again: also at those that are damaged, which somebody may have restored.
    ///
    /// # Errors
    /// When damaged identifiers cannot be made again.
    pub fn examine_again(&self) -> Result<(), StoreError> {
        self.0.damage.look_again();
        self.0.mend_identifiers()
    }

    /// Looks again at the segments that are damaged: somebody may have restored them.
    pub fn examine_damaged(&self) {
        for number in self.0.damage.damaged_segments() {
            let found = lock(&self.0.live)
                .segments()
                .find(|(_, segment)| segment.entry.number == number)
                .map(|(site, segment)| (site.clone(), segment.clone()));
            match found {
                Some((site, segment)) => _ = self.0.segment_files.check(&site, &segment, true),
                None => self.0.damage.segment_is_sound(number),
            }
        }
    }

    /// Makes identifiers again that were found damaged when they were searched.
    ///
    /// # Errors
    /// When they cannot be written. Until then some batches are refused, and nothing is stored twice.
    pub fn mend_if_due(&self) -> Result<(), StoreError> {
        if self.0.damage.take_mending() {
            self.0.mend_identifiers().inspect_err(|_| self.0.damage.mend())
        } else {
            Ok(())
        }
    }

    /// Everything that is damaged or missing, as far as is known.
    #[must_use]
    pub fn damage(&self) -> Vec<Damaged> {
        self.0.damage.all()
    }

    /// Puts something on the list that is kept beside the store, such as the catalog.
    pub fn note_damage(&self, damaged: Damaged) {
        self.0.damage.add(damaged);
    }

    /// Takes what is of that kind off the list.
    pub fn forget_damage(&self, part: DamagedPart) {
        self.0.damage.forget(part);
    }
}

impl Inner {
    /// Looks at what there is time for when a store is opened: the length of every segment, and the bytes of a small folder.
    pub(crate) fn examine_at_start(&self) {
        for (site, segment) in self.all_segments() {
            self.segment_files.check(&site, &segment, false);
        }
        let runs = lock(&self.live).runs.clone();
        if runs.bytes() <= AT_START {
            self.note_damaged_runs(runs.check(&*self.vfs));
        }
        self.examine_segments(AT_START.saturating_sub(runs.bytes()), false);
    }

    fn examine_segments(&self, mut bytes: u64, mut at_least_one: bool) -> bool {
        for (site, segment) in self.all_segments() {
            let entry = &segment.entry;
            if self.damage.is_sound(entry.number) || self.damage.is_damaged(entry.number) {
                continue;
            }
            if entry.meta.bytes > bytes && !at_least_one {
                return true;
            }
            (bytes, at_least_one) = (bytes.saturating_sub(entry.meta.bytes), false);
            self.segment_files.check(&site, &segment, true);
        }
        false
    }

    fn all_segments(&self) -> Vec<(SiteId, Segment)> {
        let live = lock(&self.live);
        live.segments().map(|(site, segment)| (site.clone(), segment.clone())).collect()
    }

    /// Has identifiers made again that turned out to be damaged.
    pub(crate) fn mend_later(&self, error: &RunError) {
        if error.is_damage() {
            self.damage.mend();
        }
    }

    /// Does work that searches identifiers; once more when they were damaged and could be made again.
    pub(crate) fn mending<T>(&self, work: impl Fn(&Self) -> Result<T, StoreError>) -> Result<T, StoreError> {
        match work(self) {
            Err(StoreError::Dedup(error)) if error.is_damage() => {
                self.damage.take_mending();
                self.mend_identifiers()?;
                work(self)
            }
            done => done,
        }
    }

    /// Looks at every byte of the identifiers, and makes those again that are damaged.
    fn mend_identifiers(&self) -> Result<(), StoreError> {
        let runs = lock(&self.live).runs.clone();
        self.note_damaged_runs(runs.check(&*self.vfs));
        self.make_identifiers_again()
    }

    /// Notes runs that are damaged: they are made again as soon as somebody may write.
    pub(crate) fn note_damaged_runs(&self, damaged: Vec<DamagedRun>) {
        let mut lost = lock(&self.lost_runs);
        for run in damaged {
            if lost.iter().all(|(entry, _)| entry.file != run.0.file) {
                lost.push(run);
            }
        }
    }

    /// Makes the identifiers again that lay in damaged runs, from the segments that have them; those of the log are in memory.
    /// A run of a reader is only said to be damaged: who reads needs none.
    pub(crate) fn make_identifiers_again(&self) -> Result<(), StoreError> {
        let _no_flush = lock(&self.flushing);
        let lost: Vec<DamagedRun> = std::mem::take(&mut *lock(&self.lost_runs));
        if lost.is_empty() {
            return Ok(());
        }
        if self.log.is_none() {
            lost.iter().for_each(|run| self.say_damaged(&run.1.to_string()));
            return Ok(());
        }
        match self.replace_runs(&lost) {
            Ok(said) => {
                self.say_damaged(&said);
                Ok(())
            }
            Err(error) => {
                lost.iter().for_each(|run| self.say_damaged(&run.1.to_string()));
                *lock(&self.lost_runs) = lost;
                Err(error)
            }
        }
    }

    /// Puts runs in the place of those that are lost, and says what is known again.
    fn replace_runs(&self, lost: &[DamagedRun]) -> Result<String, StoreError> {
        let names: Vec<String> = lost.iter().map(|(entry, _)| entry.path().display().to_string()).collect();
        let why: Vec<String> = lost.iter().map(|(_, error)| error.reason()).collect();
        let entries: Vec<RunEntry> = lost.iter().map(|(entry, _)| entry.clone()).collect();
        let sound = lock(&self.live).runs.but_for_entries(&entries);
        let gathered = self.gather(sound, &entries)?;
        self.commit(Change { runs: Some(gathered.runs), ..Change::default() })?;
        for (entry, _) in lost {
            // Best effort: what stays is in no live set, and is removed at the next start.
            let _ = self.vfs.remove(&self.root.join(entry.path()));
        }
        let mut said = format!(
            "the identifiers in {} were damaged or gone ({}): they were made again from the segments, {} of them",
            names.join(", "),
            why.join(", "),
            gathered.ids
        );
        match gathered.unreadable {
            0 => said.push_str("; no event is lost or stored twice by it"),
            events => said.push_str(&format!(
                "; those of {events} events in damaged segments are not known any more: if such an event is sent again, it is stored again"
            )),
        }
        said.push_str(&format!(
            ". Not known again are those of events in months that ended more than {} days ago",
            self.config.month_age / waymark_model::time::DAY
        ));
        Ok(said)
    }

    /// The runs, and more of the identifiers that segments have: of imported events, which are known for ever, and of others.
    fn gather(&self, runs: Runs, lost: &[RunEntry]) -> Result<Gathered, StoreError> {
        let span = |kept: bool| {
            let of = || lost.iter().filter(move |entry| entry.is_kept() == kept).map(|entry| entry.arrived);
            Some((of().map(|arrived| arrived.0).min()?, of().map(|arrived| arrived.1).max()?))
        };
        let spans = [span(false), span(true)];
        let (mut gathered, mut sites, mut waiting) =
            (Gathered { runs, ids: 0, unreadable: 0 }, <[Sites; 2]>::default(), 0);
        for (site, segment) in self.all_segments().into_iter().filter(|(_, segment)| segment.entry.event_ids)
        {
            let Ok(found) = identifiers(&segment.part) else {
                gathered.unreadable += segment.rows();
                continue;
            };
            for (id, is_imported) in found {
                let kind = usize::from(is_imported);
                let is_new = spans[kind].is_some() && sites[kind].entry(site.clone()).or_default().insert(id);
                waiting += usize::from(is_new);
            }
            if waiting >= GATHERED {
                gathered.ids += std::mem::take(&mut waiting);
                gathered.runs = self.with_found(gathered.runs, &mut sites, spans)?;
            }
        }
        gathered.ids += waiting;
        gathered.runs = self.with_found(gathered.runs, &mut sites, spans)?;
        Ok(gathered)
    }

    /// The runs with identifiers that were found again.
    fn with_found(
        &self,
        mut runs: Runs,
        sites: &mut [Sites; 2],
        spans: [Option<(i64, i64)>; 2],
    ) -> Result<Runs, StoreError> {
        let (now, window) = (self.clock.now(), self.config.dedup_window);
        for (sites, span) in sites.iter_mut().zip(spans) {
            let Some(arrived) = span.filter(|_| !sites.is_empty()) else { continue };
            let unsaved = Unsaved::found_again(std::mem::take(sites), arrived);
            runs = self.in_place(|place| runs.with(place, Some(&unsaved), now, window))?;
        }
        Ok(runs)
    }

    fn say_damaged(&self, message: &str) {
        let (part, message) = (DamagedPart::Identifiers, message.to_owned());
        self.damage.add(Damaged { part, site: None, message, affects_answers: false });
    }
}

/// Identifiers that were found again.
struct Gathered {
    runs: Runs,
    ids: usize,
    /// Events in segments that cannot be read.
    unreadable: usize,
}

/// Identifiers of each site.
type Sites = BTreeMap<SiteId, HashSet<u128>>;

/// The identifiers of a part, and whether their events were imported.
fn identifiers(part: &Part) -> Result<Vec<(u128, bool)>, ColumnsError> {
    let is_imported = imported(part)?;
    let (rows, ids) = part.columns.event_ids()?;
    Ok(rows.iter().zip(ids.iter()).map(|(row, id)| (*id, is_imported(*row))).collect())
}
