//! Makes a segment's files in the cache before anybody asks for a column: out of the rows that it was written
//! from, or by decoding it. It takes no room from other segments, and decides nothing about which segments
//! are worth it.

use std::sync::{PoisonError, atomic::Ordering};

use super::{
    columns::{HotColumns, list, unusable},
    file::Layout,
    form::Texts,
    name::Item,
};
use crate::columns::{Column, ColumnName, Columns, ColumnsError};

/// What came of making a segment's files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ahead {
    /// All were there.
    Ready,
    /// All are there now.
    Made,
    /// There is no room for all of them.
    NoRoom,
    /// The disk did not take one of them; the cache's note says why.
    Failed,
}

/// Roughly the bytes that a row takes up in the files, besides its texts.
const ROW_BYTES: u64 = 64;
/// Columns that are decoded at a time, so that memory stays bounded.
const AT_ONCE: usize = 8;

impl HotColumns {
    /// Writes the files of all columns, out of a part that has the same rows. What cannot be written is
    /// counted, noted, and left to whoever asks for the column.
    ///
    /// # Errors
    /// When a column of the part cannot be read.
    pub(crate) fn fill(&self, part: &dyn Columns) -> Result<Ahead, ColumnsError> {
        let _loading = self.slot.loading.lock().unwrap_or_else(PoisonError::into_inner);
        let properties = part.properties()?;
        let listed = list(&properties);
        for name in ColumnName::all(properties) {
            let made = self.write(&Item::Column(name.clone()), &Column::read(part, &name)?);
            if made != Ahead::Made {
                return Ok(made);
            }
        }
        let made = listed.map_or(Ahead::Failed, |listed| self.write(&Item::Properties, &listed));
        self.slot.is_ready.store(made == Ahead::Made, Ordering::Relaxed);
        Ok(made)
    }

    /// Writes one file, if there is free room for it.
    fn write(&self, item: &Item, column: &Column) -> Ahead {
        let path = self.slot.folder.join(item.file());
        if path.exists() {
            return Ahead::Made;
        }
        let name = item.name();
        let expected = self.expected(item, &name);
        let texts = Texts::from_column(column);
        let layout = Layout::new(&expected, column, &texts);
        if !self.cache.reserve_free(&self.slot, layout.bytes()) {
            return Ahead::NoRoom;
        }
        match self.slot.make_folder().and_then(|()| layout.write(&path)) {
            Ok(()) => Ahead::Made,
            Err(error) => {
                self.cache.release(&self.slot, layout.bytes());
                self.cache.note_failure(unusable(&path, &error));
                Ahead::Failed
            }
        }
    }

    /// Whether the files of all columns are there. Looked up on the disk until it is so.
    fn is_ready(&self) -> bool {
        if !self.slot.is_ready.load(Ordering::Relaxed) {
            let properties = self.map(&Item::Properties).and_then(|listed| keys(&listed));
            let has = |name: ColumnName| self.slot.folder.join(Item::Column(name).file()).exists();
            let all = properties.is_some_and(|keys| ColumnName::all(keys).into_iter().all(has));
            self.slot.is_ready.store(all, Ordering::Relaxed);
        }
        self.slot.is_ready.load(Ordering::Relaxed)
    }

    /// Decodes the columns whose files are missing, if there is free room for about as much; `text_bytes` are
    /// those of the texts.
    ///
    /// # Errors
    /// When the segment cannot be read.
    pub(crate) fn make_ready(&self, text_bytes: u64) -> Result<Ahead, ColumnsError> {
        let rows = u64::from(self.meta.bounds.rows);
        if self.is_ready() {
            return Ok(Ahead::Ready);
        }
        if !self.cache.has_free(rows * ROW_BYTES + text_bytes) {
            return Ok(Ahead::NoRoom);
        }
        let failures = self.cache.failures();
        let names = ColumnName::all(self.properties()?);
        names.chunks(AT_ONCE).try_for_each(|names| self.prefetch(names))?;
        self.slot.unmap();
        Ok(match self.is_ready() {
            true => Ahead::Made,
            false if self.cache.failures() > failures => Ahead::Failed,
            false => Ahead::NoRoom,
        })
    }
}

/// The keys in a list of properties.
pub(super) fn keys(listed: &Column) -> Option<Vec<String>> {
    match listed {
        Column::Text(Some(list)) => Some(list.dictionary.texts().iter().skip(1).map(str::to_owned).collect()),
        Column::Text(None) => Some(Vec::new()),
        _ => None,
    }
}
