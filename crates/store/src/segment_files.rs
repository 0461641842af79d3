//! Where segment files are made, opened and removed. A file stays as long as the live set names it or somebody
//! holds it; this must not know which those are.

use std::{
    collections::{BTreeMap, HashSet},
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

use waymark_model::{Dimension, TextColumn};

use crate::{
    columns::{Columns, ColumnsError, Month, Part},
    damage::{DamageList, Damaged, DamagedPart},
    error::StoreError,
    hot::{Ahead, HotCache, HotColumns, OnDamage},
    live_set::{LiveSet, SEGMENTS, SegmentEntry},
    lock,
    publish::{publish, temporary},
    segment::{self, PropertyColumn, PropertyColumns, SegmentError},
    site::SiteId,
    vfs::{Vfs, create_folder},
};

/// Makes, opens and removes segment files.
#[derive(Debug)]
pub(crate) struct SegmentFiles {
    vfs: Arc<dyn Vfs>,
    root: PathBuf,
    cache: Arc<HotCache>,
    next_file: AtomicU64,
    /// The columns that each site's properties have in files, live or on their way.
    properties: Mutex<BTreeMap<SiteId, PropertyColumns>>,
    /// Folders whose names are durable.
    folders: Mutex<HashSet<PathBuf>>,
    damage: Arc<DamageList>,
}

/// A file that is removed with its last holder, if it is doomed then.
#[derive(Debug)]
pub(crate) struct FileGuard {
    vfs: Arc<dyn Vfs>,
    path: PathBuf,
    doomed: AtomicBool,
}

/// A segment that can be read.
#[derive(Clone, Debug)]
pub(crate) struct Segment {
    pub(crate) entry: SegmentEntry,
    pub(crate) part: Part,
    pub(crate) guard: Arc<FileGuard>,
    /// The properties that have columns of their own in it, if it was written by this process.
    pub(crate) properties: Arc<[PropertyColumn]>,
}

impl Segment {
    pub(crate) fn rows(&self) -> usize {
        self.entry.meta.bounds.rows as usize
    }
}

impl FileGuard {
    pub(crate) fn new(vfs: Arc<dyn Vfs>, path: PathBuf, doomed: bool) -> Self {
        Self { vfs, path, doomed: AtomicBool::new(doomed) }
    }

    /// Has the file removed with its last holder.
    pub(crate) fn doom(&self) {
        self.doomed.store(true, Ordering::Release);
    }

    /// Keeps the file.
    pub(crate) fn keep(&self) {
        self.doomed.store(false, Ordering::Release);
    }
}

impl Drop for FileGuard {
    fn drop(&mut self) {
        if *self.doomed.get_mut() {
            // Best effort: what stays is in no live set, and is removed at the next start.
            let _ = self.vfs.remove(&self.path);
        }
    }
}

/// Bytes of the distinct texts of all columns.
fn text_bytes(columns: &dyn Columns) -> Result<u64, ColumnsError> {
    let fixed = TextColumn::ALL.into_iter().map(Dimension::Column);
    let properties = columns.properties()?.into_iter().map(Dimension::Property);
    let bytes = |of| Ok(columns.text(&of)?.map_or(0, |text| text.dictionary.bytes() as u64));
    fixed.chain(properties).map(bytes).sum()
}

impl SegmentFiles {
    /// Goes on from a live set. Segments that cannot be read are put on the list of damage.
    pub(crate) fn new(
        vfs: Arc<dyn Vfs>,
        root: PathBuf,
        cache: Arc<HotCache>,
        set: &LiveSet,
        damage: Arc<DamageList>,
    ) -> Self {
        let next_file = AtomicU64::new(set.next_file);
        let properties = set.sites.iter().map(|(site, has)| (site.clone(), has.properties.clone())).collect();
        let (properties, folders) = (Mutex::new(properties), Mutex::default());
        Self { vfs, root, cache, next_file, properties, folders, damage }
    }

    /// The columns of segments in the form in which they are read.
    pub(crate) fn cache(&self) -> &HotCache {
        &self.cache
    }

    /// A number for a file, never given before.
    pub(crate) fn number(&self) -> u64 {
        self.next_file.fetch_add(1, Ordering::Relaxed)
    }

    /// The number that the next file gets.
    pub(crate) fn next_number(&self) -> u64 {
        self.next_file.load(Ordering::Relaxed)
    }

    /// The columns that the site's properties have in files, after the part's properties got some.
    fn properties_with(&self, site: &SiteId, part: &Part) -> Result<PropertyColumns, ColumnsError> {
        let mut of_sites = lock(&self.properties);
        let properties = of_sites.entry(site.clone()).or_default();
        properties.add(&*part.columns)?;
        Ok(properties.clone())
    }

    /// Writes a part, all of one month, as a segment, durably. The file is doomed until it is kept.
    pub(crate) fn write(&self, site: &SiteId, part: &Part) -> Result<Segment, StoreError> {
        let number = self.number();
        let month = Month::containing(part.bounds.time.0);
        let folder = self.root.join(SEGMENTS).join(site.as_str()).join(month.to_string());
        self.folder(&folder)?;
        let name = format!("{month}/{number:016}.parquet");
        let path = folder.join(format!("{number:016}.parquet"));
        let properties = self.properties_with(site, part).map_err(SegmentError::from)?;
        // Removes the file, whatever fails from here on.
        let unfinished = FileGuard::new(Arc::clone(&self.vfs), temporary(&path), true);
        let written = segment::write(&*self.vfs, &temporary(&path), part, &properties)?;
        publish(&*self.vfs, &path).map_err(StoreError::io("name the segment", &path))?;
        unfinished.keep();
        let event_ids = !part.columns.event_ids()?.0.is_empty();
        let text_bytes = text_bytes(&*part.columns)?;
        let own = written.properties.clone().into();
        let entry = SegmentEntry { number, event_ids, text_bytes, meta: written.named(name) };
        let columns = self.columns(site, &entry);
        // Best effort: a column that has no file is decoded when somebody asks for it.
        let _ = columns.fill(&*part.columns);
        Ok(Segment { properties: own, ..self.guarded(site, entry, columns, true) })
    }

    /// Opens a segment that is live. Its file is not looked at before a column is asked for.
    pub(crate) fn open(&self, site: &SiteId, entry: SegmentEntry) -> Segment {
        let columns = self.columns(site, &entry);
        self.guarded(site, entry, columns, false)
    }

    fn guarded(&self, site: &SiteId, entry: SegmentEntry, columns: HotColumns, doomed: bool) -> Segment {
        let path = self.root.join(entry.path(site));
        let guard = Arc::new(FileGuard::new(Arc::clone(&self.vfs), path, doomed));
        Segment { entry, part: columns.into_part(), guard, properties: Arc::default() }
    }

    /// The columns of a segment. Nothing is read until one is asked for.
    fn columns(&self, site: &SiteId, entry: &SegmentEntry) -> HotColumns {
        let path = self.root.join(entry.path(site));
        let columns = HotColumns::new(&self.cache, Arc::clone(&self.vfs), path, entry.meta.clone());
        columns.telling(self.on_damage(site, entry))
    }

    /// Makes the files of the segment's columns that are missing, if there is free room for them.
    pub(crate) fn make_ready(&self, site: &SiteId, entry: &SegmentEntry) -> Result<Ahead, ColumnsError> {
        self.columns(site, entry).make_ready(entry.text_bytes)
    }

    /// Puts the segment on the list when whoever reads it finds that it is damaged.
    fn on_damage(&self, site: &SiteId, entry: &SegmentEntry) -> OnDamage {
        let (damage, site) = (Arc::clone(&self.damage), site.clone());
        let (number, rows) = (entry.number, entry.meta.bounds.rows);
        let path = entry.path(&site);
        Arc::new(move |error| damage.segment_is_damaged(number, damaged(&site, &path, rows, error)))
    }

    /// Looks at the segment's file, at every byte or at its length alone, and puts what is found on the list. Gives whether
    /// the file is what was written; what the disk cannot say now is not held against the file.
    pub(crate) fn check(&self, site: &SiteId, segment: &Segment, every_byte: bool) -> bool {
        let path = self.root.join(segment.entry.path(site));
        let meta = &segment.entry.meta;
        let checked = match every_byte {
            true => segment::check_bytes(&*self.vfs, &path, meta),
            false => segment::check_length(&*self.vfs, &path, meta),
        };
        match checked {
            Ok(()) if every_byte => self.damage.segment_is_sound(segment.entry.number),
            Ok(()) | Err(ColumnsError::Unreadable { .. }) => {}
            Err(error) => {
                let rows = meta.bounds.rows;
                let path = segment.entry.path(site);
                self.damage.segment_is_damaged(segment.entry.number, damaged(site, &path, rows, &error));
                return false;
            }
        }
        true
    }

    fn folder(&self, folder: &Path) -> Result<(), StoreError> {
        let mut folders = lock(&self.folders);
        if !folders.contains(folder) {
            create_folder(&*self.vfs, folder).map_err(StoreError::io("create the folder", folder))?;
            folders.insert(folder.to_path_buf());
        }
        Ok(())
    }
}

/// A damaged segment, in the words for everybody: by its place below the data folder.
fn damaged(site: &SiteId, path: &Path, rows: u32, error: &ColumnsError) -> Damaged {
    let reason = match error {
        ColumnsError::Damaged { reason, .. } | ColumnsError::Unreadable { reason, .. } => reason,
    };
    let message = format!(
        "the segment {} of {site}: {reason}; answers do not count its {rows} events: restore the file from a backup",
        path.display()
    );
    Damaged { part: DamagedPart::Segment, site: Some(site.clone()), message, affects_answers: true }
}
