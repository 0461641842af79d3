//! What can be read of a site at one moment. It does not change, whatever is written, merged or removed
//! meanwhile.

use std::sync::Arc;

use crate::{columns::Part, damage::Damaged, segment_files::FileGuard};

/// All rows of a site at one moment, each in exactly one part. Cheap to clone.
///
/// Files that a snapshot reads stay on the disk until it is dropped, so keep it as long as its parts are read.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// The rows: segments, then what has not been flushed yet.
    pub parts: Vec<Part>,
    /// Rises with every change of the site's segments: equal generations have the same segments.
    pub generation: u64,
    /// Number of rows in `parts`, bare ones aside.
    pub rows: u64,
    /// What is damaged or missing, so that `parts` may lack events.
    pub damage: Arc<[Damaged]>,
    _files: Arc<[Arc<FileGuard>]>,
}

impl Snapshot {
    pub(crate) fn new(
        generation: u64,
        parts: Vec<Part>,
        files: Vec<Arc<FileGuard>>,
        damage: Vec<Damaged>,
    ) -> Self {
        let counted = parts.iter().filter(|part| !part.bounds.bare);
        let rows = counted.map(|part| u64::from(part.bounds.rows)).sum();
        Self { parts, generation, rows, damage: damage.into(), _files: files.into() }
    }
}
