//! The runs that are live, and how few they stay. It must not know of the manifest.

use std::{path::Path, sync::Arc};

use hashbrown::HashSet;

use super::{
    Unsaved,
    run::{Run, RunEntry, RunError},
    write::{RunWriter, ids, merge},
};
use crate::{
    segment_files::FileGuard,
    site::SiteId,
    vfs::{Vfs, create_folder},
};

/// The window is covered by about so many runs, besides the small ones of late: a run is dropped when its
/// last identifier is past the window.
const RUNS_IN_WINDOW: i64 = 8;

/// All runs: those that are kept for ever, then the others, each oldest first. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub(crate) struct Runs(Vec<Arc<LiveRun>>);

/// A run whose file is not what was written, and what is wrong with it.
pub(crate) type DamagedRun = (RunEntry, RunError);

#[derive(Debug)]
struct LiveRun {
    run: Run,
    guard: FileGuard,
}

/// Where runs are written.
pub(crate) struct Place<'a> {
    pub(crate) vfs: &'a Arc<dyn Vfs>,
    pub(crate) root: &'a Path,
    /// Gives file numbers.
    pub(crate) number: &'a dyn Fn() -> u64,
}

impl LiveRun {
    fn open(vfs: &Arc<dyn Vfs>, root: &Path, entry: RunEntry, doomed: bool) -> Result<Arc<Self>, RunError> {
        let guard = FileGuard::new(Arc::clone(vfs), root.join(entry.path()), doomed);
        Ok(Arc::new(Self { run: Run::open(vfs, root, entry)?, guard }))
    }

    fn entry(&self) -> &RunEntry {
        &self.run.entry
    }
}

impl Runs {
    /// Opens the runs of the manifest, and gives those that are damaged beside them.
    pub(crate) fn open(
        vfs: &Arc<dyn Vfs>,
        root: &Path,
        entries: &[RunEntry],
    ) -> Result<(Self, Vec<DamagedRun>), RunError> {
        let (mut sound, mut damaged) = (Vec::new(), Vec::new());
        for entry in entries {
            match LiveRun::open(vfs, root, entry.clone(), false) {
                Ok(run) => sound.push(run),
                Err(error) if error.is_damage() => damaged.push((entry.clone(), error)),
                Err(error) => return Err(error),
            }
        }
        Ok((Self(sound), damaged))
    }

    /// What the manifest says of them.
    pub(crate) fn entries(&self) -> Vec<RunEntry> {
        self.0.iter().map(|run| run.entry().clone()).collect()
    }

    /// Whether the site's identifier is in any run; the newest are asked first.
    pub(crate) fn contains(&self, site: &SiteId, id: u128) -> Result<bool, RunError> {
        for run in self.0.iter().rev() {
            if run.run.contains(site, id)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Reads every byte of every run, and gives those that are damaged.
    pub(crate) fn check(&self, vfs: &dyn Vfs) -> Vec<DamagedRun> {
        let damaged = |run: &Arc<LiveRun>| {
            let error = run.run.check(vfs).err().filter(RunError::is_damage)?;
            Some((run.entry().clone(), error))
        };
        self.0.iter().filter_map(damaged).collect()
    }

    /// Bytes of all of them.
    pub(crate) fn bytes(&self) -> u64 {
        self.0.iter().map(|run| run.entry().bytes).sum()
    }

    /// The runs with `unsaved` in a new one, without those that are past the window at `now`. Small ones are
    /// merged into their elders. New files are doomed until [`Self::kept`].
    pub(crate) fn with(
        &self,
        place: &Place<'_>,
        unsaved: Option<&Unsaved>,
        now: i64,
        window: i64,
    ) -> Result<Self, RunError> {
        let horizon = now.saturating_sub(window);
        let mut runs: Vec<_> =
            self.0.iter().filter(|run| run.entry().arrived.1 >= horizon).cloned().collect();
        if let Some(unsaved) = unsaved {
            runs.push(place.save(unsaved)?);
        }
        Self::merged(place, runs, window / RUNS_IN_WINDOW)
    }

    /// The runs with those of an import, which are kept for ever. New files are doomed until [`Self::kept`].
    pub(crate) fn and_kept(&self, place: &Place<'_>, imported: &Self) -> Result<Self, RunError> {
        let runs = self.0.iter().chain(&imported.0).cloned().collect();
        Self::merged(place, runs, 0)
    }

    /// Merges small runs into their elders.
    fn merged(place: &Place<'_>, runs: Vec<Arc<LiveRun>>, span: i64) -> Result<Self, RunError> {
        let (kept, others): (Vec<_>, Vec<_>) = runs.into_iter().partition(|run| run.entry().is_kept());
        let mut all = Vec::new();
        for mut runs in [kept, others] {
            while let [.., older, newer] = runs.as_slice()
                && worth_merging(older.entry(), newer.entry(), span)
            {
                let merged = place.merge(older, newer)?;
                runs.truncate(runs.len() - 2);
                runs.push(merged);
            }
            all.append(&mut runs);
        }
        Ok(Self(all))
    }

    /// Whether there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The runs but for those of these entries.
    pub(crate) fn but_for_entries(&self, entries: &[RunEntry]) -> Self {
        let is_other = |run: &&Arc<LiveRun>| entries.iter().all(|entry| entry.file != run.entry().file);
        Self(self.0.iter().filter(is_other).cloned().collect())
    }

    /// The site's identifiers, run after run.
    pub(crate) fn ids<'a>(
        &'a self,
        site: &'a SiteId,
    ) -> impl Iterator<Item = Result<u128, RunError>> + use<'a> {
        self.0.iter().flat_map(move |run| ids(&run.run, site))
    }

    /// The runs without those identifiers of a site. New files are doomed until [`Self::kept`].
    pub(crate) fn without(
        &self,
        place: &Place<'_>,
        site: &SiteId,
        gone: &HashSet<u128>,
    ) -> Result<Self, RunError> {
        let rewritten = |run: &Arc<LiveRun>| {
            for id in gone {
                if run.run.contains(site, *id)? {
                    return place.rewrite(run, site, gone);
                }
            }
            Ok(Arc::clone(run))
        };
        self.0.iter().map(rewritten).collect::<Result<_, _>>().map(Self)
    }

    /// Keeps the files of these runs, and dooms those of `before` that are not among them: these are live now.
    pub(crate) fn kept(&self, before: &Self) {
        let live = |of: &LiveRun| self.0.iter().any(|run| run.entry().file == of.entry().file);
        before.0.iter().filter(|run| !live(run)).for_each(|run| run.guard.doom());
        self.keep();
    }

    /// Keeps the files of these runs.
    pub(crate) fn keep(&self) {
        self.0.iter().for_each(|run| run.guard.keep());
    }
}

/// Merging two runs keeps their number logarithmic in what arrives, and no run older than a share of the
/// window.
fn worth_merging(older: &RunEntry, newer: &RunEntry, span: i64) -> bool {
    let is_near = newer.is_kept() || newer.arrived.1.saturating_sub(older.arrived.0) <= span;
    older.ids <= newer.ids.saturating_mul(2) && is_near
}

impl Place<'_> {
    fn save(&self, unsaved: &Unsaved) -> Result<Arc<LiveRun>, RunError> {
        self.write(unsaved.arrived, |writer| {
            for (site, ids) in unsaved.sorted() {
                writer.site(site, ids.len() as u64, ids.into_iter().map(Ok))?;
            }
            Ok(())
        })
    }

    fn merge(&self, older: &LiveRun, newer: &LiveRun) -> Result<Arc<LiveRun>, RunError> {
        let (first, last) = (older.entry().arrived, newer.entry().arrived);
        let arrived = (first.0.min(last.0), first.1.max(last.1));
        self.write(arrived, |writer| merge(writer, &older.run, &newer.run))
    }

    /// The run without those identifiers of a site.
    fn rewrite(&self, of: &LiveRun, site: &SiteId, gone: &HashSet<u128>) -> Result<Arc<LiveRun>, RunError> {
        self.write(of.entry().arrived, |writer| {
            for each in of.run.sites() {
                let stays = |id: &Result<u128, RunError>| {
                    each != site || !id.as_ref().is_ok_and(|id| gone.contains(id))
                };
                writer.site(each, of.run.ids(each), ids(&of.run, each).filter(stays))?;
            }
            Ok(())
        })
    }

    fn write(
        &self,
        arrived: (i64, i64),
        content: impl FnOnce(&mut RunWriter<'_>) -> Result<(), RunError>,
    ) -> Result<Arc<LiveRun>, RunError> {
        let mut entry = RunEntry { file: (self.number)(), bytes: 0, ids: 0, arrived };
        let path = self.root.join(entry.path());
        let folder = path.parent().unwrap_or(self.root);
        let failed = |source| RunError::Io { action: "create the folder of", path: path.clone(), source };
        // Somebody may have removed it.
        if !self.vfs.exists(folder).map_err(failed)? {
            create_folder(&**self.vfs, folder).map_err(failed)?;
        }
        let mut writer = RunWriter::create(&**self.vfs, path)?;
        content(&mut writer)?;
        entry = writer.finish(entry.file, arrived)?;
        LiveRun::open(self.vfs, self.root, entry, true)
    }
}
