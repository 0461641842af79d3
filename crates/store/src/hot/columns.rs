//! A segment's columns: mapped from the cache, or decoded into it when they are not there.

use std::{
    fmt, fs, io,
    path::PathBuf,
    sync::{Arc, PoisonError},
};

use waymark_model::Dimension;

use super::{
    HotCache,
    ahead::keys,
    file::{self, Expected, Layout},
    form::Texts,
    name::Item,
    slot::Slot,
};
use crate::{
    columns::{
        Buffer, CodeBuilder, Codes, Column, ColumnName, Columns, ColumnsError, NumberColumn, Numbers, Part,
        Runs, TextCodes, Times,
    },
    parallel::parallel,
    segment::{SegmentMeta, SegmentReader},
    vfs::Vfs,
};

/// The columns of a segment file, through the cache.
pub struct HotColumns {
    pub(super) cache: Arc<HotCache>,
    pub(super) slot: Arc<Slot>,
    vfs: Arc<dyn Vfs>,
    path: PathBuf,
    pub(super) meta: SegmentMeta,
    on_damage: Option<OnDamage>,
}

/// Told that a segment's file is not what was written.
pub type OnDamage = Arc<dyn Fn(&ColumnsError) + Send + Sync>;

impl HotColumns {
    /// The columns of the segment at `path`. Nothing is read until a column is asked for.
    #[must_use]
    pub fn new(cache: &Arc<HotCache>, vfs: Arc<dyn Vfs>, path: PathBuf, meta: SegmentMeta) -> Self {
        let slot = cache.slot(meta.hash);
        Self { cache: Arc::clone(cache), slot, vfs, path, meta, on_damage: None }
    }

    /// The same, and says when the file is damaged.
    #[must_use]
    pub fn telling(mut self, on_damage: OnDamage) -> Self {
        self.on_damage = Some(on_damage);
        self
    }

    /// The segment as a part.
    #[must_use]
    pub fn into_part(self) -> Part {
        Part { bounds: Arc::new(self.meta.bounds.clone()), columns: Arc::new(self) }
    }

    fn one(&self, item: Item) -> Result<Column, ColumnsError> {
        if let Some(column) = self.slot.get(&item, self.cache.now()) {
            return Ok(column);
        }
        let loaded = self.load(&[item])?.pop();
        loaded.ok_or_else(|| self.wrong_form())
    }

    fn column(&self, name: ColumnName) -> Result<Column, ColumnsError> {
        self.one(Item::Column(name))
    }

    /// The items, in order: kept, else mapped, else decoded, all that are missing in one pass.
    fn load(&self, items: &[Item]) -> Result<Vec<Column>, ColumnsError> {
        let _loading = self.slot.loading.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.cache.now();
        let find = |at: usize| Ok(self.slot.get(&items[at], now).or_else(|| self.map(&items[at])));
        let mut found: Vec<Option<Column>> = parallel(items.len(), self.cache.threads, find)?;
        let missing: Vec<usize> = (0..items.len()).filter(|&at| found[at].is_none()).collect();
        if !missing.is_empty() {
            let wanted: Vec<&Item> = missing.iter().map(|&at| &items[at]).collect();
            let decoded = self.decode(&wanted).inspect_err(|error| self.tell(error))?;
            for (at, column) in missing.into_iter().zip(decoded) {
                found[at] = Some(column);
            }
        }
        Ok(found.into_iter().flatten().collect())
    }

    fn tell(&self, error: &ColumnsError) {
        if let (ColumnsError::Damaged { .. }, Some(on_damage)) = (error, &self.on_damage) {
            on_damage(error);
        }
    }

    pub(super) fn map(&self, item: &Item) -> Option<Column> {
        let name = item.name();
        let mapped = file::open(&self.slot.folder.join(item.file()), &self.expected(item, &name))?;
        Some(self.slot.keep_mapped(item.clone(), mapped))
    }

    pub(super) fn expected<'a>(&self, item: &Item, name: &'a str) -> Expected<'a> {
        let rows = if *item == Item::Properties { 0 } else { self.meta.bounds.rows };
        Expected { segment: self.meta.hash, name, rows }
    }

    /// Decodes from the segment file, and moves what was decoded into the cache.
    fn decode(&self, items: &[&Item]) -> Result<Vec<Column>, ColumnsError> {
        let threads = self.cache.threads;
        self.cache.note_decoded(items.len());
        let reader = SegmentReader::open(&*self.vfs, &self.path, &self.meta)?;
        let names: Vec<ColumnName> = items.iter().filter_map(|item| item.column().cloned()).collect();
        let mut decoded = reader.columns(&names, threads)?.into_iter();
        let mut columns = Vec::with_capacity(items.len());
        for item in items {
            let column = match item {
                Item::Column(_) => decoded.next(),
                Item::Properties => list(&reader.properties()?),
            };
            columns.push(column.ok_or_else(|| self.wrong_form())?);
        }
        drop(reader);
        parallel(items.len(), threads, |at| Ok(self.store(items[at], &columns[at])))
    }

    /// The column as it is to be used from now on: mapped, or in memory where that cannot be.
    fn store(&self, item: &Item, column: &Column) -> Column {
        let name = item.name();
        let expected = self.expected(item, &name);
        let texts = Texts::from_column(column);
        let layout = Layout::new(&expected, column, &texts);
        let path = self.slot.folder.join(item.file());
        if self.cache.reserve(&self.slot, layout.bytes()) {
            let replaced = fs::metadata(&path).map_or(0, |file| file.len());
            match self.slot.make_folder().and_then(|()| layout.write(&path)) {
                Ok(()) => {
                    self.cache.release(&self.slot, replaced);
                    if let Some(column) = self.map(item) {
                        return column;
                    }
                }
                Err(error) => {
                    self.cache.release(&self.slot, layout.bytes());
                    self.cache.note_failure(unusable(&path, &error));
                }
            }
        } else {
            self.cache.set_note("columns that are being read use up the budget of the cache".to_owned());
        }
        if self.cache.reserve_memory(&self.slot, layout.bytes()) {
            self.slot.keep_in_memory(item.clone(), column.clone());
        }
        column.clone()
    }

    fn wrong_form(&self) -> ColumnsError {
        let reason = "a column does not have the form that its name asks for".to_owned();
        ColumnsError::Damaged { part: self.meta.file.clone(), reason }
    }
}

pub(super) fn unusable(path: &std::path::Path, error: &io::Error) -> String {
    format!("cannot write {}: {error}; columns stay in memory instead", path.display())
}

/// The list of properties as a dictionary.
pub(super) fn list(keys: &[String]) -> Option<Column> {
    if keys.is_empty() {
        return Some(Column::Text(None));
    }
    let mut builder = CodeBuilder::default();
    for key in keys {
        builder.code(key);
    }
    let dictionary = builder.into_dictionary()?;
    Some(Column::Text(Some(TextCodes { codes: Codes::U8(Buffer::default()), dictionary })))
}

impl fmt::Debug for HotColumns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HotColumns").field("path", &self.path).finish_non_exhaustive()
    }
}

impl Columns for HotColumns {
    fn prefetch(&self, names: &[ColumnName]) -> Result<(), ColumnsError> {
        let now = self.cache.now();
        let items = names.iter().cloned().map(Item::Column);
        let missing: Vec<Item> = items.filter(|item| self.slot.get(item, now).is_none()).collect();
        if !missing.is_empty() {
            self.load(&missing)?;
        }
        Ok(())
    }

    fn text(&self, of: &Dimension) -> Result<Option<TextCodes>, ColumnsError> {
        match self.column(ColumnName::Text(of.clone()))? {
            Column::Text(text) => Ok(text),
            _ => Err(self.wrong_form()),
        }
    }

    fn properties(&self) -> Result<Vec<String>, ColumnsError> {
        keys(&self.one(Item::Properties)?).ok_or_else(|| self.wrong_form())
    }

    fn runs(&self) -> Result<Runs, ColumnsError> {
        match self.column(ColumnName::Runs)? {
            Column::Runs(runs) => Ok(runs),
            _ => Err(self.wrong_form()),
        }
    }

    fn times(&self) -> Result<Times, ColumnsError> {
        match self.column(ColumnName::Times)? {
            Column::Times(times) => Ok(times),
            _ => Err(self.wrong_form()),
        }
    }

    fn seqs(&self) -> Result<Buffer<u64>, ColumnsError> {
        match self.column(ColumnName::Seqs)? {
            Column::Seqs(seqs) => Ok(seqs),
            _ => Err(self.wrong_form()),
        }
    }

    fn tags(&self) -> Result<Option<Buffer<u8>>, ColumnsError> {
        match self.column(ColumnName::Tags)? {
            Column::Small(tags) => Ok(tags),
            _ => Err(self.wrong_form()),
        }
    }

    fn identities(&self) -> Result<Option<Buffer<u8>>, ColumnsError> {
        match self.column(ColumnName::Identities)? {
            Column::Small(kinds) => Ok(kinds),
            _ => Err(self.wrong_form()),
        }
    }

    fn numbers(&self, of: NumberColumn) -> Result<Numbers, ColumnsError> {
        match self.column(ColumnName::Numbers(of))? {
            Column::Numbers(numbers) => Ok(numbers),
            _ => Err(self.wrong_form()),
        }
    }

    fn verified(&self) -> Result<Buffer<u32>, ColumnsError> {
        match self.column(ColumnName::Verified)? {
            Column::Verified(rows) => Ok(rows),
            _ => Err(self.wrong_form()),
        }
    }

    fn event_ids(&self) -> Result<(Buffer<u32>, Buffer<u128>), ColumnsError> {
        match self.column(ColumnName::EventIds)? {
            Column::EventIds(rows, ids) => Ok((rows, ids)),
            _ => Err(self.wrong_form()),
        }
    }
}
