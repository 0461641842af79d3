//! Measures segments, hot columns and merging on a simulated shop:
//! `cargo run --release -p waymark-store --example columns -- [million rows] [folder]`.
//!
//! Prints bytes a row for each column of the files, and how fast rows are built, merged, written, decoded,
//! made hot and mapped again.

use std::{
    collections::BTreeMap, error::Error, fs, num::NonZero, path::PathBuf, sync::Arc, thread, time::Instant,
};

use parquet::file::{
    metadata::{ParquetMetaData, RowGroupMetaData},
    reader::{FileReader, SerializedFileReader},
};
use waymark_model::{Dimension, TextColumn};
use waymark_sim::{Shop, ShopConfig};
use waymark_store::{
    columns::{ColumnName, MergeOptions, Part, PartBuilder, merge},
    hot::{HotCache, HotColumns},
    segment::{self, PropertyColumns, SegmentMeta, SegmentReader},
    vfs::RealVfs,
};

/// Rows of a part, before and after merging.
const PART_ROWS: usize = 5_000_000;

type Failure = Box<dyn Error>;

struct Bench {
    folder: PathBuf,
    threads: usize,
    rows: u64,
}

fn main() -> Result<(), Failure> {
    let mut arguments = std::env::args().skip(1);
    let millions: u64 = arguments.next().map_or(Ok(5), |text| text.parse())?;
    let folder = arguments.next().map_or_else(std::env::temp_dir, PathBuf::from).join("waymark-columns");
    fs::create_dir_all(&folder)?;
    let threads = thread::available_parallelism().map_or(1, NonZero::get);
    let mut bench = Bench { folder, threads, rows: millions * 1_000_000 };
    let parts = bench.build()?;
    let merged = bench.merge(&parts)?;
    drop(parts);
    let metas = bench.write(&merged)?;
    drop(merged);
    bench.sizes(&metas)?;
    bench.decode(&metas)?;
    bench.hot(&metas)?;
    if std::env::var_os("KEEP").is_none() {
        fs::remove_dir_all(&bench.folder)?;
    }
    Ok(())
}

/// When something began: on the wall and in seconds of CPU, the fairer of the two on a busy machine.
struct Clock {
    wall: Instant,
    cpu: f64,
}

impl Clock {
    fn start() -> Self {
        Self { wall: Instant::now(), cpu: cpu_seconds() }
    }
}

/// CPU time of this process so far, all threads, user and system; 0 where the system does not say.
fn cpu_seconds() -> f64 {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let ticks = stat.split(' ').skip(13).take(2).filter_map(|field| field.parse::<f64>().ok());
    ticks.sum::<f64>() / 100.0
}

impl Bench {
    fn report(&self, what: &str, Clock { wall, cpu }: Clock, bytes: u64) {
        let (seconds, rows) = (wall.elapsed().as_secs_f64(), self.rows as f64);
        print!(
            "{what:<44} {seconds:>7.3} s {:>7.2} s CPU {:>8.2} M rows/s",
            cpu_seconds() - cpu,
            rows / seconds / 1e6
        );
        println!(
            "{}",
            if bytes > 0 { format!(" {:>8.1} MB/s", bytes as f64 / seconds / 1e6) } else { String::new() }
        );
    }

    fn build(&mut self) -> Result<Vec<Part>, Failure> {
        let since = Clock::start();
        let mut parts = Vec::new();
        let mut builder = PartBuilder::default();
        let mut shop = Shop::new(ShopConfig::bench(self.rows))?;
        let mut rows = 0;
        while let Some(event) = shop.next_event() {
            builder.push(event);
            rows += 1;
            if builder.len() == PART_ROWS || rows == self.rows {
                let batch = u32::try_from(parts.len() + 1)?;
                parts.extend(std::mem::take(&mut builder).finish(batch));
            }
            if rows == self.rows {
                break;
            }
        }
        self.rows = rows;
        parts.extend(builder.finish(u32::try_from(parts.len() + 1)?));
        self.report("simulate and build parts, 1 thread", since, 0);
        Ok(parts)
    }

    fn merge(&self, parts: &[Part]) -> Result<Vec<Part>, Failure> {
        let since = Clock::start();
        let options = MergeOptions { split_rows: PART_ROWS, split_bytes: usize::MAX, event_ids: false };
        let merged = merge(parts, options)?.collect::<Result<Vec<_>, _>>()?;
        self.report(&format!("merge {} parts into {}, 1 thread", parts.len(), merged.len()), since, 0);
        Ok(merged)
    }

    fn path(&self, meta: &SegmentMeta) -> PathBuf {
        self.folder.join(&meta.file)
    }

    fn write(&self, parts: &[Part]) -> Result<Vec<SegmentMeta>, Failure> {
        let since = Clock::start();
        let mut metas = Vec::new();
        for (at, part) in parts.iter().enumerate() {
            let name = format!("{at}.parquet");
            let path = self.folder.join(&name);
            let _ = fs::remove_file(&path);
            let mut properties = PropertyColumns::default();
            properties.add(&*part.columns)?;
            metas.push(segment::write(&RealVfs, &path, part, &properties)?.named(name));
        }
        let bytes = metas.iter().map(|meta| meta.bytes).sum();
        self.report("write and sync segments, 1 thread", since, bytes);
        Ok(metas)
    }

    fn sizes(&self, metas: &[SegmentMeta]) -> Result<(), Failure> {
        let mut sizes: BTreeMap<String, i64> = BTreeMap::new();
        for meta in metas {
            let reader = SerializedFileReader::new(fs::File::open(self.path(meta))?)?;
            let file: &ParquetMetaData = reader.metadata();
            for column in file.row_groups().iter().flat_map(RowGroupMetaData::columns) {
                *sizes.entry(column.column_path().string()).or_default() += column.compressed_size();
            }
        }
        let mut sizes: Vec<_> = sizes.into_iter().collect();
        sizes.sort_by_key(|(_, size)| -size);
        println!("bytes a row:");
        for (name, size) in &sizes {
            println!("    {name:<20} {:>8.4}", *size as f64 / self.rows as f64);
        }
        let bytes: u64 = metas.iter().map(|meta| meta.bytes).sum();
        println!("    {:<20} {:>8.4}", "whole files", bytes as f64 / self.rows as f64);
        Ok(())
    }

    fn decode(&self, metas: &[SegmentMeta]) -> Result<(), Failure> {
        for threads in [1, self.threads] {
            let since = Clock::start();
            let mut bytes = 0;
            for meta in metas {
                SegmentReader::open(&RealVfs, &self.path(meta), meta)?.part(threads)?;
                bytes += meta.bytes;
            }
            self.report(&format!("decode all columns, {threads} threads"), since, bytes);
        }
        Ok(())
    }

    fn hot(&self, metas: &[SegmentMeta]) -> Result<(), Failure> {
        let root = self.folder.join("hot");
        let text = |column| ColumnName::Text(Dimension::Column(column));
        let few = [ColumnName::Runs, ColumnName::Times, text(TextColumn::Name)];
        for (what, threads) in
            [("first touch", 1), ("first touch", self.threads), ("mapped anew", self.threads)]
        {
            if what == "first touch" {
                let _ = fs::remove_dir_all(&root);
            }
            let cache = HotCache::open(root.clone(), u64::MAX, threads);
            let since = Clock::start();
            for meta in metas {
                let columns = HotColumns::new(&cache, Arc::new(RealVfs), self.path(meta), meta.clone());
                columns.into_part().columns.prefetch(&few)?;
            }
            self.report(&format!("{what}: visitors, time, name; {threads} threads"), since, cache.bytes());
            if let Some(note) = cache.note() {
                println!("note: {note}");
            }
        }
        Ok(())
    }
}
