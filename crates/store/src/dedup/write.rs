//! Writes runs: from identifiers in memory, or out of two older runs. It must not know when.

use std::{
    collections::BTreeSet,
    io,
    iter::Peekable,
    path::{Path, PathBuf},
};

use super::{
    filter::Filter,
    index::{self, SiteIndex},
    run::{BLOCK_BYTES, BLOCK_IDS, CHECKED_BYTES, MAGIC, RUN_VERSION, Run, RunEntry, RunError, checksum},
};
use crate::{
    publish::{publish, temporary},
    site::SiteId,
    vfs::{SyncPoint, Vfs, VfsFile},
};

/// A run that is being written.
pub(super) struct RunWriter<'a> {
    vfs: &'a dyn Vfs,
    path: PathBuf,
    file: Box<dyn VfsFile>,
    buffer: Vec<u8>,
    bytes: u64,
    ids: u64,
    index: Vec<u8>,
}

/// Bytes written at a time.
const WRITE_BYTES: usize = 1 << 20;

impl<'a> RunWriter<'a> {
    /// Begins the run of that path.
    pub(super) fn create(vfs: &'a dyn Vfs, path: PathBuf) -> Result<Self, RunError> {
        let temporary = temporary(&path);
        let file = vfs.create_new(&temporary).map_err(failed("create", &path))?;
        Ok(Self { vfs, path, file, buffer: Vec::new(), bytes: 0, ids: 0, index: Vec::new() })
    }

    /// Writes a site's identifiers: ascending, each once, at most `expected` of them. Sites come in order.
    pub(super) fn site(
        &mut self,
        site: &SiteId,
        expected: u64,
        ids: impl Iterator<Item = Result<u128, RunError>>,
    ) -> Result<(), RunError> {
        let (mut filter, mut firsts, mut count) = (Filter::new(expected), Vec::new(), 0);
        let mut block = Vec::with_capacity(BLOCK_BYTES);
        for id in ids {
            let id = id?;
            if block.is_empty() {
                firsts.push(id);
            }
            filter.insert(id);
            block.extend_from_slice(&id.to_le_bytes());
            count += 1;
            if block.len() == BLOCK_IDS * 16 {
                self.block(&mut block)?;
            }
        }
        if !block.is_empty() {
            self.block(&mut block)?;
        }
        self.ids += count;
        index::encode(&mut self.index, &SiteIndex { site: site.clone(), ids: count, firsts, filter });
        Ok(())
    }

    fn block(&mut self, block: &mut Vec<u8>) -> Result<(), RunError> {
        block.resize(CHECKED_BYTES, 0);
        let checksum = crc32c::crc32c(block);
        self.buffer.append(block);
        self.buffer.extend_from_slice(&checksum.to_le_bytes());
        if self.buffer.len() >= WRITE_BYTES { self.write() } else { Ok(()) }
    }

    fn write(&mut self) -> Result<(), RunError> {
        self.file.append(&self.buffer).map_err(failed("write", &self.path))?;
        self.bytes += self.buffer.len() as u64;
        self.buffer.clear();
        Ok(())
    }

    /// Ends the run and makes it durable.
    pub(super) fn finish(mut self, file: u64, arrived: (i64, i64)) -> Result<RunEntry, RunError> {
        let index = std::mem::take(&mut self.index);
        self.buffer.extend_from_slice(&index);
        self.buffer.extend_from_slice(&(index.len() as u64).to_le_bytes());
        self.buffer.extend_from_slice(&checksum(&index, RUN_VERSION).to_le_bytes());
        self.buffer.extend_from_slice(&RUN_VERSION.to_le_bytes());
        self.buffer.extend_from_slice(MAGIC);
        self.write()?;
        self.file.sync_data(SyncPoint::AtomicContent).map_err(failed("sync", &self.path))?;
        publish(self.vfs, &self.path).map_err(failed("name", &self.path))?;
        Ok(RunEntry { file, bytes: self.bytes, ids: self.ids, arrived })
    }
}

fn failed(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> RunError {
    let path = path.to_path_buf();
    move |source| RunError::Io { action, path, source }
}

/// The identifiers of a site in a run, ascending.
pub(super) fn ids<'a>(run: &'a Run, site: &'a SiteId) -> impl Iterator<Item = Result<u128, RunError>> + 'a {
    (0..run.blocks(site)).flat_map(move |block| match run.block(site, block) {
        Ok(ids) => ids.into_iter().map(Ok).collect(),
        Err(error) => vec![Err(error)],
    })
}

/// Writes a run that holds what two runs hold.
pub(super) fn merge(writer: &mut RunWriter<'_>, older: &Run, newer: &Run) -> Result<(), RunError> {
    let sites: BTreeSet<&SiteId> = older.sites().chain(newer.sites()).collect();
    for site in sites {
        let both = Both { older: ids(older, site).peekable(), newer: ids(newer, site).peekable() };
        writer.site(site, older.ids(site) + newer.ids(site), both)?;
    }
    Ok(())
}

/// Two ascending sequences as one; what is in both comes once.
struct Both<A: Iterator, B: Iterator> {
    older: Peekable<A>,
    newer: Peekable<B>,
}

impl<A, B> Iterator for Both<A, B>
where
    A: Iterator<Item = Result<u128, RunError>>,
    B: Iterator<Item = Result<u128, RunError>>,
{
    type Item = Result<u128, RunError>;

    fn next(&mut self) -> Option<Self::Item> {
        match (self.older.peek(), self.newer.peek()) {
            (Some(Ok(older)), Some(Ok(newer))) if older == newer => {
                self.newer.next();
                self.older.next()
            }
            (Some(Ok(older)), Some(Ok(newer))) if newer < older => self.newer.next(),
            (Some(_), _) => self.older.next(),
            (None, _) => self.newer.next(),
        }
    }
}
