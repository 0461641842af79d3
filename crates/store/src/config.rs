//! The sizes and ages by which the store decides. Plain numbers.

use waymark_model::time::{DAY, HOUR, MINUTE};

use crate::log::LogConfig;

/// How the store behaves.
#[derive(Clone, Debug)]
pub struct StoreConfig {
    /// The tails are due to be flushed when they have so many rows together …
    pub flush_rows: u64,
    /// … or when the oldest row not flushed has this age, in ms.
    pub flush_age: i64,
    /// Compaction splits what has more rows than this by visitor …
    pub split_rows: usize,
    /// … or what would take up more memory than this, in bytes.
    pub split_bytes: usize,
    /// Segments of a month that ended so many ms ago are merged by month, younger ones by day.
    pub month_age: i64,
    /// An import sorts and writes so many rows at a time; about twice as many are in memory. Fewer, when they take up …
    pub import_rows: usize,
    /// … so many bytes.
    pub import_bytes: usize,
    /// An identifier is known for at least so many ms after its event arrived.
    pub dedup_window: i64,
    /// Threads that decode columns.
    pub threads: usize,
    /// Disk budget of the cache of decoded columns, in bytes.
    pub hot_bytes: u64,
    /// The disk is this machine's own: the folder is locked and files are mapped. Simulated disks have neither.
    pub local: bool,
    /// Sizes of the log.
    pub log: LogConfig,
    /// What others are told who want the folder meanwhile, such as `import into shop`.
    pub doing: String,
}

impl Default for StoreConfig {
    fn default() -> Self {
        Self {
            flush_rows: 500_000,
            flush_age: 5 * MINUTE,
            split_rows: 1 << 20,
            split_bytes: 26 << 20,
            month_age: 35 * DAY,
            import_rows: 500_000,
            import_bytes: 32 << 20,
            dedup_window: 96 * HOUR,
            threads: std::thread::available_parallelism().map_or(1, usize::from),
            hot_bytes: 8 << 30,
            local: true,
            log: LogConfig::default(),
            doing: "open".to_owned(),
        }
    }
}
