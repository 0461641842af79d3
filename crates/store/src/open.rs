//! Opens a data folder: checks whose it is, locks it, reads the manifest, removes what a crash left, replays
//! the log. It must not decide what live data means.

use std::{
    collections::HashSet,
    io,
    path::{Path, PathBuf},
    sync::{Arc, Mutex},
};

use crate::{
    clock::Clock,
    codec::{Arrival, CodecError, EncodedArrival},
    commit::{Keeper, MANIFEST},
    config::StoreConfig,
    damage::DamageList,
    dedup::{self, DamagedRun, Runs},
    error::StoreError,
    folder::{self, Access, FolderError, Lock, State},
    hot::HotCache,
    live::Live,
    live_set::{LiveSet, SEGMENTS},
    lock,
    log::{
        CommittedRecord, Damage, Hooks, Log, LogPosition, LogReader, LogRecord, ReadError, Recovery, Start,
        Truncated,
    },
    manifest,
    segment_files::SegmentFiles,
    store::Inner,
    vfs::{SyncPoint, Vfs, create_folder, write_atomic},
};

/// The folder of the log, below the data folder.
pub(crate) const LOG: &str = "log";
/// The folder of records that make no events, below the data folder.
pub(crate) const QUARANTINE: &str = "quarantine";
/// The folder of the hot columns, below the data folder.
const HOT: &str = "cache/hot";

/// What was found when a store was opened.
#[derive(Clone, Debug, Default)]
pub struct Recovered {
    /// Events read from the log into the live tail.
    pub events: u64,
    /// Files in no live set that a crash had left, and that were removed.
    pub removed_files: u64,
    /// The broken end of the log, which nobody was told was safe.
    pub truncated: Option<Truncated>,
    /// Damage to what had been safe: nothing of it was skipped in silence.
    pub damage: Vec<Damage>,
    /// Records that are sound and yet make no events, and where they lie. They are copied to the folder
    /// `quarantine`.
    pub undecodable: Vec<(LogPosition, CodecError)>,
}

pub(crate) fn open(
    vfs: Arc<dyn Vfs>,
    root: &Path,
    clock: Arc<dyn Clock>,
    config: StoreConfig,
    access: Access,
) -> Result<Inner, StoreError> {
    let held = claim(&*vfs, root, clock.now(), &config, access)?;
    let mut recovered = Recovered::default();
    let set = live_set(&*vfs, root, clock.now(), access, &mut recovered)?;
    let damage = Arc::new(DamageList::default());
    let cache = hot_cache(root, &config, &set);
    let segment_files =
        SegmentFiles::new(Arc::clone(&vfs), root.to_path_buf(), cache, &set, Arc::clone(&damage));
    let (loaded, lost_runs) = load(&vfs, root, &segment_files, set, &damage)?;
    let live = Arc::new(Mutex::new(loaded));
    let keeper = Arc::new(Keeper {
        vfs: Arc::clone(&vfs),
        root: root.to_path_buf(),
        clock: Arc::clone(&clock),
        live: Arc::clone(&live),
        lock: held,
        one_at_a_time: Mutex::default(),
    });
    let log = match access {
        Access::Write => Some(open_log(&keeper, &config, &mut recovered)?),
        Access::Read => {
            read_log(&*vfs, root, &live, &mut recovered)?;
            None
        }
    };
    let inner = Inner {
        log,
        vfs,
        root: root.to_path_buf(),
        clock,
        config,
        segment_files,
        append_order: Mutex::default(),
        maintaining: Mutex::default(),
        flushing: Mutex::default(),
        keeper,
        live,
        recovered,
        damage,
        lost_runs: Mutex::new(lost_runs),
    };
    inner.note_losses()?;
    inner.examine_at_start();
    inner.make_identifiers_again()?;
    Ok(inner)
}

/// What is live, after what a crash left of earlier sets is removed.
fn live_set(
    vfs: &dyn Vfs,
    root: &Path,
    now: i64,
    access: Access,
    recovered: &mut Recovered,
) -> Result<LiveSet, StoreError> {
    let mut set: LiveSet = manifest::read(vfs, &root.join(MANIFEST))?;
    if access == Access::Write {
        // The manifest may be so new that a power cut would take it back; nothing that the one before names may go until then.
        vfs.sync_dir(root, SyncPoint::AtomicRename).map_err(StoreError::io("sync the folder", root))?;
        recovered.removed_files = remove_orphans(vfs, root, &set)?;
    }
    if set.clock.is_none() {
        // An earlier Waymark kept no time: what it stored has some.
        set.clock = Live::new(set.clone()).newest_before(now);
    }
    Ok(set)
}

/// Sees to it that the folder is ours to use, and creates it if need be. FORMAT is written last: a folder
/// without it holds nothing that counts.
fn claim(
    vfs: &dyn Vfs,
    root: &Path,
    now: i64,
    config: &StoreConfig,
    access: Access,
) -> Result<Option<Lock>, StoreError> {
    match (folder::inspect(vfs, root)?, access) {
        (State::New, Access::Read) => return Err(FolderError::Missing { path: root.to_path_buf() }.into()),
        (State::New, Access::Write) => {
            folder::create(vfs, root)?;
            if config.local {
                folder::close_to_others(root);
            }
        }
        (State::Ready, _) => {}
    }
    let held = config.local.then(|| Lock::acquire(root, access, &config.doing)).transpose()?;
    // Somebody may have been at it before the lock was ours.
    if folder::inspect(vfs, root)? == State::New {
        for name in [SEGMENTS, dedup::FOLDER, LOG] {
            let path = root.join(name);
            create_folder(vfs, &path).map_err(StoreError::io("create the folder", path))?;
        }
        let empty = LiveSet { clock: Some(now), ..LiveSet::default() };
        manifest::write(vfs, &root.join(MANIFEST), &empty)?;
        folder::mark(vfs, root)?;
    }
    Ok(held)
}

/// The cache of decoded columns; on a simulated disk, whose files cannot be mapped, it stays in memory.
fn hot_cache(root: &Path, config: &StoreConfig, set: &LiveSet) -> Arc<HotCache> {
    let budget = if config.local { config.hot_bytes } else { 0 };
    let cache = HotCache::open(root.join(HOT), budget, config.threads);
    if config.local {
        cache.retain(&set.segments().map(|(_, entry)| entry.meta.hash).collect());
    }
    cache
}

/// Opens what the live set names, and gives the runs that are damaged.
fn load(
    vfs: &Arc<dyn Vfs>,
    root: &Path,
    segment_files: &SegmentFiles,
    set: LiveSet,
    damage: &Arc<DamageList>,
) -> Result<(Live, Vec<DamagedRun>), StoreError> {
    let (runs, lost) = Runs::open(vfs, root, &set.dedup)?;
    let mut live = Live::new(set);
    live.runs = runs;
    live.damage = Arc::clone(damage);
    for (site, has) in &live.set.sites {
        for entry in &has.segments {
            let segment = segment_files.open(site, entry.clone());
            if let Some(state) = live.sites.get_mut(site) {
                state.segments.push(segment);
            }
        }
    }
    Ok((live, lost))
}

fn open_log(
    keeper: &Arc<Keeper>,
    config: &StoreConfig,
    recovered: &mut Recovered,
) -> Result<Log<EncodedArrival>, StoreError> {
    let (vfs, root, live) = (&keeper.vfs, &keeper.root, &keeper.live);
    let start = start(&lock(live));
    let mut stop: Option<StoreError> = None;
    let (hook_live, marking, asking) = (Arc::clone(live), Arc::clone(keeper), Arc::clone(keeper));
    let hooks = Hooks {
        on_commit: Box::new(move |records| committed(&hook_live, records)),
        on_mark: Box::new(move |mark| marking.mark(mark)),
        still_ours: Box::new(move || asking.is_ours()),
    };
    let (log, recovery) = Log::open(
        Arc::clone(vfs),
        &root.join(LOG),
        config.log,
        start,
        &mut |record| {
            let result = Arrival::decode(record.kind, record.payload);
            if let Err(CodecError::Undecodable(_)) = result {
                stop = stop.take().or(put_aside(&**vfs, root, &record).err());
            }
            let unknown = replay(live, record.position, record.end, result, recovered);
            stop = stop.take().or(unknown.map(StoreError::from));
        },
        hooks,
    )?;
    let Recovery { truncated, damage, .. } = recovery;
    (recovered.truncated, recovered.damage) = (truncated, damage);
    stop.map_or(Ok(log), Err)
}

/// Where reading the log begins, and what it must have.
fn start(live: &Live) -> Start {
    Start { from: live.position, mark: live.set.log }
}

/// Copies a record that makes no events to a file of its own, since the log will not keep it.
fn put_aside(vfs: &dyn Vfs, root: &Path, record: &LogRecord<'_>) -> Result<(), StoreError> {
    let folder = root.join(QUARANTINE);
    create_folder(vfs, &folder).map_err(StoreError::io("create the folder", &folder))?;
    let LogPosition { file, offset } = record.position;
    let path = folder.join(format!("log-{file:020}-{offset:012}.kind-{}", record.kind));
    write_atomic(vfs, &path, record.payload).map_err(|error| StoreError::io("write", path)(error.into()))
}

fn read_log(
    vfs: &dyn Vfs,
    root: &Path,
    live: &Mutex<Live>,
    recovered: &mut Recovered,
) -> Result<(), StoreError> {
    let start = start(&lock(live));
    for item in LogReader::new(vfs, &root.join(LOG), start)? {
        match item {
            Ok((position, record)) => {
                let result = Arrival::decode(record.kind, &record.payload);
                if let Some(error) = replay(live, position, position, result, recovered) {
                    return Err(error.into());
                }
            }
            Err(ReadError::Damaged(damage)) => recovered.damage.push(damage),
            Err(ReadError::Tail(truncated)) => recovered.truncated = Some(truncated),
            Err(ReadError::Log(error)) => return Err(error.into()),
        }
    }
    Ok(())
}

/// Reads one record into the tails. Gives an error when a newer Waymark wrote it: going on would lose it.
fn replay(
    live: &Mutex<Live>,
    position: LogPosition,
    end: LogPosition,
    result: Result<Arrival, CodecError>,
    recovered: &mut Recovered,
) -> Option<CodecError> {
    match result {
        Ok(Arrival { site, arrived, events }) => {
            recovered.events += events.len() as u64;
            let mut live = lock(live);
            live.stored(&site, &events, arrived);
            live.position = end;
        }
        Err(error @ CodecError::UnknownKind { .. }) => return Some(error),
        Err(error) => recovered.undecodable.push((position, error)),
    }
    None
}

/// Makes each group of records readable. The log calls it after the sync and before the acknowledgement.
fn committed(live: &Mutex<Live>, records: Vec<CommittedRecord<EncodedArrival>>) {
    let mut live = lock(live);
    for CommittedRecord { end, entry, .. } in &records {
        let Arrival { site, arrived, events } = &entry.arrival;
        live.stored(site, events, *arrived);
        live.position = *end;
    }
    // Dropping the events takes a while: others should not wait for it.
    drop(live);
}

/// Removes files that are in no live set: a crash left them.
fn remove_orphans(vfs: &dyn Vfs, root: &Path, set: &LiveSet) -> Result<u64, StoreError> {
    let orphans = orphans(vfs, root, set)?;
    for path in &orphans {
        vfs.remove(path).map_err(StoreError::io("remove the left-over file", path))?;
    }
    Ok(orphans.len() as u64)
}

/// Files of segments and runs that are in no live set.
pub(crate) fn orphans(vfs: &dyn Vfs, root: &Path, set: &LiveSet) -> Result<Vec<PathBuf>, StoreError> {
    let mut known: HashSet<PathBuf> =
        set.segments().map(|(site, entry)| root.join(entry.path(site))).collect();
    known.extend(set.dedup.iter().map(|run| root.join(run.path())));
    let mut found = list(vfs, &root.join(dedup::FOLDER))?;
    for site in list(vfs, &root.join(SEGMENTS))? {
        for month in list(vfs, &site)? {
            found.extend(list(vfs, &month)?);
        }
    }
    found.retain(|path| !known.contains(path));
    Ok(found)
}

/// Paths of what is in a folder; nothing when there is none.
fn list(vfs: &dyn Vfs, folder: &Path) -> Result<Vec<PathBuf>, StoreError> {
    match vfs.list(folder) {
        Ok(names) => Ok(names.iter().map(|name| folder.join(name)).collect()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(StoreError::io("read the folder", folder)(error)),
    }
}
