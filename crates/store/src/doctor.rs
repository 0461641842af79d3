//! Examines a data folder: every file of the live set, the manifest, the log, what is left over. It changes
//! nothing; each finding says what it means and what to do.

use std::{
    fmt,
    path::{Path, PathBuf},
    sync::Arc,
};

use crate::{
    clock_doubt::ClockDoubt,
    codec::{Arrival, CodecError},
    columns::{Column, ColumnName, ColumnsError, Runs, Times},
    commit::MANIFEST,
    damage::{Damaged, DamagedPart},
    dedup,
    error::StoreError,
    folder::{self, FolderError, Lock, State},
    live_set::{LiveSet, SegmentEntry},
    lock,
    log::{Damage, LogError, LogPosition, LogReader, ReadError, Start, Truncated},
    manifest::{self, ManifestError},
    open::{LOG, orphans},
    segment::SegmentReader,
    site::SiteId,
    store::{Inner, Store},
    vfs::Vfs,
};

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Nothing is wrong; said for completeness.
    Note,
    /// Something is to be put in order; no stored event is affected.
    Warning,
    /// Stored events are affected, or the folder cannot be used.
    Error,
}

/// Something that the examination found.
#[derive(Debug, thiserror::Error)]
pub enum Finding {
    /// The folder cannot be used.
    #[error(transparent)]
    Folder(FolderError),
    /// There is nothing at that path.
    #[error("there is no data folder at {0}: name another with `--data`")]
    Missing(PathBuf),
    /// The manifest cannot be read, so it is not known which files count.
    #[error("{0}; no segment was examined: restore the folder from a backup")]
    Manifest(ManifestError),
    /// A segment cannot be read or is not what was written.
    #[error(
        "the segment {path}: {reason}; its {rows} events cannot be queried: restore the file from a backup"
    )]
    Segment {
        /// The file.
        path: PathBuf,
        /// Events in it.
        rows: u32,
        /// What is wrong.
        reason: ColumnsError,
    },
    /// A segment's rows are not as the manifest and its own rules say.
    #[error("the segment {path} is what was written, but {reason}: a fault of the program; please report it")]
    Rows {
        /// The file.
        path: PathBuf,
        /// What does not hold.
        reason: &'static str,
    },
    /// The log is damaged.
    #[error(
        "{0}: what the log held before and after it is not affected; restore the place from a backup if there is one"
    )]
    LogDamaged(Damage),
    /// The log ends in a broken tail.
    #[error("the log ends in writes that were under way when it stopped ({}); nobody was told that they were stored; the next start puts it in order", .0.cause)]
    LogTail(Truncated),
    /// The log cannot be read.
    #[error(transparent)]
    Log(LogError),
    /// A record of the log makes no events.
    #[error("the record at {position} of the log: {source}")]
    Record {
        /// Where it lies.
        position: LogPosition,
        /// Why not.
        source: CodecError,
    },
    /// The files of identifiers are damaged.
    #[error("{0}: the next start of the server makes them again from the segments and the log")]
    Identifiers(dedup::RunError),
    /// A file is in no live set.
    #[error("{0} belongs to nothing: a crash or an import under way left it; the next start removes it")]
    LeftOver(PathBuf),
    /// A folder cannot be listed.
    #[error(transparent)]
    Unreadable(StoreError),
    /// A site's counters do not add up.
    #[error("the counters of site {0} do not add up: a fault of the program; please report it")]
    Counters(SiteId),
    /// Decoded columns are kept in memory.
    #[error("decoded columns are kept in memory, queries are slower: {0}")]
    Cache(String),
    /// The same, where nothing may be written.
    #[error("nothing is written to the folder, so decoded columns are kept in memory: {0}")]
    NoCache(String),
    /// Something that the open store knows to be damaged, or to have been.
    #[error("{0}")]
    Known(String),
    /// Something was lost earlier.
    #[error("{0}; once you know what that means, `waymark doctor --accept` ends this reminder")]
    Lost(String),
    /// Others may look into the folder.
    #[error(
        "other users of this machine may look into {path} (mode {mode}), where secrets of sites and accounts are: `chmod -R go= {path}` closes it"
    )]
    OpenToOthers {
        /// The folder.
        path: PathBuf,
        /// Its mode.
        mode: String,
    },
    /// The folder is read without a lock.
    #[error(
        "{0} has no LOCK file, and one cannot be written there: other processes are not kept from writing to the folder"
    )]
    NotLocked(PathBuf),
    /// The clock is far ahead.
    #[error("{0}: `waymark maintain --clock-is-right`")]
    Clock(ClockDoubt),
}

impl Finding {
    /// Whether what is stored is as it was written, all the same.
    #[must_use]
    pub fn is_harmless(&self) -> bool {
        self.severity() == Severity::Note || matches!(self, Self::OpenToOthers { .. } | Self::Clock(_))
    }

    /// How bad it is.
    #[must_use]
    pub fn severity(&self) -> Severity {
        match self {
            Self::LogTail(_) | Self::LeftOver(_) | Self::NoCache(_) | Self::NotLocked(_) => Severity::Note,
            Self::Identifiers(_)
            | Self::Counters(_)
            | Self::Cache(_)
            | Self::OpenToOthers { .. }
            | Self::Clock(_) => Severity::Warning,
            _ => Severity::Error,
        }
    }
}

/// What was examined and found.
#[derive(Debug, Default)]
pub struct Report {
    /// Segments examined, byte for byte.
    pub segments: usize,
    /// Events in the sound ones.
    pub rows: u64,
    /// Events in the log that are not in segments yet.
    pub log_events: u64,
    /// What was found, in the order of the examination.
    pub findings: Vec<Finding>,
}

impl Report {
    /// Whether everything is as it was written.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.findings.iter().all(Finding::is_harmless)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} segments with {} events, {} events in the log",
            self.segments, self.rows, self.log_events
        )?;
        self.findings.iter().try_for_each(|finding| write!(f, "\n{:?}: {finding}", finding.severity()))
    }
}

impl Store {
    /// Examines the open folder. Flushes and compactions wait meanwhile, appends do not.
    #[must_use]
    pub fn doctor(&self) -> Report {
        let inner = &self.0;
        let _no_compaction = lock(&inner.maintaining);
        let _no_flush = lock(&inner.flushing);
        let mut report = examine(&inner.vfs, &inner.root);
        let is_writer = inner.log.is_some();
        let cache = if is_writer { Finding::Cache } else { Finding::NoCache };
        report.findings.extend(inner.segment_files.cache().note().map(cache));
        if is_writer {
            // The files may have gone on since: what this store found when it was opened is what counts.
            report.findings.retain(|finding| !matches!(finding, Finding::LogDamaged(_)));
            report.findings.extend(inner.known_damage());
        }
        report.findings.extend(self.clock_doubt().map(Finding::Clock));
        if inner.keeper.lock.as_ref().is_some_and(Lock::is_missing) {
            report.findings.push(Finding::NotLocked(inner.root.clone()));
        }
        let sites = lock(&inner.live)
            .sites
            .iter()
            .map(|(site, state)| (site.clone(), state.counters.add_up()))
            .collect::<Vec<_>>();
        report.findings.extend(
            sites.into_iter().filter(|(_, adds_up)| !adds_up).map(|(site, _)| Finding::Counters(site)),
        );
        report
    }
}

impl Inner {
    /// What the open store knows of damage, segments aside: those were just examined.
    fn known_damage(&self) -> Vec<Finding> {
        let finding = |damaged: Damaged| match damaged.part {
            DamagedPart::Segment | DamagedPart::Loss => None,
            DamagedPart::Log if !damaged.affects_answers => Some(Finding::Known(damaged.message)),
            // Noted as a loss, which the examination has read.
            DamagedPart::Log => None,
            _ => Some(Finding::Known(damaged.message)),
        };
        self.damage.all().into_iter().filter_map(finding).collect()
    }
}

/// Examines the folder at `root`, whatever state it is in. Nobody must be writing to it meanwhile.
#[must_use]
pub fn examine(vfs: &Arc<dyn Vfs>, root: &Path) -> Report {
    let mut report = Report::default();
    match folder::inspect(&**vfs, root) {
        Ok(State::Ready) => {}
        Ok(State::New) => report.findings.push(Finding::Missing(root.to_path_buf())),
        Err(error) => report.findings.push(Finding::Folder(error)),
    }
    if !report.findings.is_empty() {
        return report;
    }
    if let Some(mode) = folder::open_to_others(root) {
        report.findings.push(Finding::OpenToOthers { path: root.to_path_buf(), mode });
    }
    match manifest::read::<LiveSet>(&**vfs, &root.join(MANIFEST)) {
        Ok(set) => examine_set(vfs, root, &set, &mut report),
        Err(error) => report.findings.push(Finding::Manifest(error)),
    }
    report
}

fn examine_set(vfs: &Arc<dyn Vfs>, root: &Path, set: &LiveSet, report: &mut Report) {
    for (site, entry) in set.segments() {
        report.segments += 1;
        match examine_segment(&**vfs, &root.join(entry.path(site)), entry) {
            Ok(()) => report.rows += u64::from(entry.meta.bounds.rows),
            Err(finding) => report.findings.push(finding),
        }
    }
    for run in &set.dedup {
        match dedup::Runs::open(vfs, root, std::slice::from_ref(run)) {
            Ok((runs, damaged)) => {
                let damaged = damaged.into_iter().chain(runs.check(&**vfs));
                report.findings.extend(damaged.map(|(_, error)| Finding::Identifiers(error)));
            }
            Err(error) => report.findings.push(Finding::Identifiers(error)),
        }
    }
    report.findings.extend(set.losses.iter().map(|loss| Finding::Lost(loss.what.clone())));
    examine_log(&**vfs, root, Start { from: set.flushed, mark: set.log }, report);
    match orphans(&**vfs, root, set) {
        Ok(left_over) => report.findings.extend(left_over.into_iter().map(Finding::LeftOver)),
        Err(error) => report.findings.push(Finding::Unreadable(error)),
    }
    let wrong = set.sites.iter().filter(|(_, has)| !has.counters.add_up());
    report.findings.extend(wrong.map(|(site, _)| Finding::Counters(site.clone())));
}

fn examine_log(vfs: &dyn Vfs, root: &Path, start: Start, report: &mut Report) {
    let reader = match LogReader::new(vfs, &root.join(LOG), start) {
        Ok(reader) => reader,
        Err(error) => return report.findings.push(Finding::Log(error)),
    };
    for item in reader {
        let finding = match item {
            Ok((position, record)) => match Arrival::decode(record.kind, &record.payload) {
                Ok(arrival) => {
                    report.log_events += arrival.events.len() as u64;
                    continue;
                }
                Err(source) => Finding::Record { position, source },
            },
            Err(ReadError::Damaged(damage)) => Finding::LogDamaged(damage),
            Err(ReadError::Tail(tail)) => Finding::LogTail(tail),
            Err(ReadError::Log(error)) => Finding::Log(error),
        };
        report.findings.push(finding);
    }
}

fn examine_segment(vfs: &dyn Vfs, path: &Path, entry: &SegmentEntry) -> Result<(), Finding> {
    let rows = entry.meta.bounds.rows;
    let unreadable = |reason| Finding::Segment { path: path.to_path_buf(), rows, reason };
    let reader = SegmentReader::open(vfs, path, &entry.meta).map_err(unreadable)?;
    let wanted = [ColumnName::Runs, ColumnName::Times, ColumnName::Seqs];
    let columns = reader.columns(&wanted, 1).map_err(unreadable)?;
    let broken = match columns.as_slice() {
        [Column::Runs(runs), Column::Times(times), Column::Seqs(seqs)] => {
            broken_rule(entry, runs, times, seqs)
        }
        _ => Some("columns are of another kind than asked for"),
    };
    broken.map_or(Ok(()), |reason| Err(Finding::Rows { path: path.to_path_buf(), reason }))
}

/// The first rule that a segment's rows do not keep.
fn broken_rule(entry: &SegmentEntry, runs: &Runs, times: &Times, seqs: &[u64]) -> Option<&'static str> {
    let bounds = &entry.meta.bounds;
    let rows = bounds.rows as usize;
    if runs.visitors.len() != bounds.visitors as usize || times.offsets.len() != rows || seqs.len() != rows {
        return Some("it has not the rows or visitors that the manifest says");
    }
    if !runs.visitors.is_sorted_by(|a, b| a < b) || !runs.starts.is_sorted_by(|a, b| a < b) {
        return Some("its visitors are not in order");
    }
    let within = |range: &[u32]| {
        let rows = range[0] as usize..range[1] as usize;
        rows.clone().zip(rows.skip(1)).all(|(a, b)| (times.offsets[a], seqs[a]) < (times.offsets[b], seqs[b]))
    };
    if !runs.starts.windows(2).all(within) {
        return Some("a visitor's events are not in order");
    }
    let inside = |time: i64| bounds.time.0 <= time && time <= bounds.time.1;
    (0..rows)
        .any(|row| !inside(times.get(row)))
        .then_some("it has times outside the range that the manifest says")
}
