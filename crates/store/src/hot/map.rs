//! Maps files of the private cache into memory.

use std::{fs::File, io, path::Path, sync::Arc};

use memmap2::{Mmap, MmapOptions};

/// Maps a whole file for reading, its pages brought in at once. An empty file is an error.
pub(super) fn map(path: &Path) -> io::Result<Arc<Mmap>> {
    let file = File::open(path)?;
    // SAFETY: the memory must not change while it is mapped. Files of the cache are written under a temporary
    // name and never again after they have got this one: they are only replaced by rename or removed, which
    // leaves the mapped bytes as they are. The folder is private to this process by the lock on the data folder.
    let map = unsafe { MmapOptions::new().populate().map(&file)? };
    Ok(Arc::new(map))
}
