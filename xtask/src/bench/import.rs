//! `cargo xtask bench import`: files of events into the store: how fast, and how much memory at the most.

use std::{
    fmt::Write as _,
    fs::{self, File},
    io::{BufWriter, Write as _},
    path::{Path, PathBuf},
    process::{Command as Process, Stdio},
    thread,
    time::{Duration, Instant},
};

use crate::{command::Command, failure::Failure, workspace::Workspace};

/// What the files hold.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Content {
    /// Every row has a visitor, path, order key, identifier and property of its own.
    Distinct,
    /// Few texts, again and again, as a site's page views have.
    Repeating,
}

/// The files: content and megabytes.
const FILES: [(Content, u64); 4] = [
    (Content::Distinct, 100),
    (Content::Distinct, 300),
    (Content::Distinct, 1_000),
    (Content::Repeating, 1_000),
];

/// What an import took.
struct Took {
    content: Content,
    megabytes: u64,
    events: u64,
    seconds: f64,
    peak_kib: u64,
    folder_bytes: u64,
}

/// # Errors
/// When something cannot be built, written or run.
pub(crate) fn run(workspace: &Workspace) -> Result<(), Failure> {
    let build = Command::cargo(workspace, "build --release --locked --package waymark-server --bin waymark");
    build.must("the build", workspace)?;
    let binary = workspace.target.join("release").join("waymark");
    let folder = workspace.target.join("bench").join("import");
    let mut all = Vec::new();
    for (content, megabytes) in FILES {
        // What an earlier run left.
        let _ = fs::remove_dir_all(&folder);
        create(&folder)?;
        let file = folder.join("events.csv");
        let events = write(&file, content, megabytes * 1_000_000)
            .map_err(|source| Failure::NotCreated { path: file.clone(), source })?;
        let took = import(workspace, &binary, &folder, &file)?;
        eprintln!("{megabytes} MB: {:.1} s, {} MiB", took.0, took.1 >> 10);
        let folder_bytes = size(&folder.join("data").join("segments"));
        let (seconds, peak_kib) = took;
        all.push(Took { content, megabytes, events, seconds, peak_kib, folder_bytes });
    }
    let _ = fs::remove_dir_all(&folder);
    let report = render(&all);
    println!("{report}");
    let path = workspace.root.join("docs").join("benchmarks-import.md");
    fs::write(&path, report).map_err(|source| Failure::NotCreated { path, source })
}

fn create(folder: &Path) -> Result<(), Failure> {
    fs::create_dir_all(folder).map_err(|source| Failure::NotCreated { path: folder.to_path_buf(), source })
}

/// Writes a file of about so many bytes; gives its events.
fn write(path: &PathBuf, content: Content, bytes: u64) -> std::io::Result<u64> {
    let mut file = BufWriter::with_capacity(1 << 20, File::create(path)?);
    writeln!(file, "visitor,time,name,path,key,value,currency,event_id,prop.item")?;
    let (mut written, mut events, mut row) = (0, 0, String::new());
    let mut random = 0x9e37_79b9_7f4a_7c15_u64;
    while written < bytes {
        // xorshift64*: plain, and the same in every run.
        random ^= random >> 12;
        random ^= random << 25;
        random ^= random >> 27;
        let number = random.wrapping_mul(0x2545_f491_4f6c_dd1d);
        row.clear();
        // Written to a text, which cannot fail.
        let _ = match content {
            Content::Distinct => distinct(&mut row, events, number),
            Content::Repeating => repeating(&mut row, events, number),
        };
        file.write_all(row.as_bytes())?;
        written += row.len() as u64;
        events += 1;
    }
    file.flush()?;
    Ok(events)
}

/// 2026-01-01 in ms.
const START: u64 = 1_767_225_600_000;

fn distinct(row: &mut String, event: u64, number: u64) -> std::fmt::Result {
    let time = START + event * 97;
    writeln!(
        row,
        "v{number:016x},{time},purchase,/order/{event}/done,A-{number:x}-{event},19.90,EUR,e{event}-{number:x},item-{event}"
    )
}

fn repeating(row: &mut String, event: u64, number: u64) -> std::fmt::Result {
    let (visitor, page, item) = (number % 300_000, number >> 40 & 0xff, number >> 50 & 0x3ff);
    let time = START + event * 97;
    match number % 50 {
        0 => writeln!(row, "v{visitor:06},{time},purchase,/done,K{event},19.90,EUR,,item-{item}"),
        _ => writeln!(row, "v{visitor:06},{time},pageview,/products/category/{page},,,,,item-{item}"),
    }
}

/// Imports the file into a new folder; gives the seconds that it took, and the peak of its resident memory in KiB.
fn import(workspace: &Workspace, binary: &Path, folder: &Path, file: &Path) -> Result<(f64, u64), Failure> {
    let data = folder.join("data");
    let cli = Command::program(binary).arg("--data").arg(data.display().to_string());
    cli.args("site add shop --timezone UTC").must("adding a site", workspace)?;
    let start = Instant::now();
    let process = Process::new(binary)
        .arg("--data")
        .arg(&data)
        .args(["import", "--site", "shop"])
        .arg(file)
        .stdout(Stdio::null())
        .spawn();
    let failed = |source| Failure::NotStarted { command: "waymark import".to_owned(), source };
    let mut process = process.map_err(failed)?;
    let status = format!("/proc/{}/status", process.id());
    let mut peak = 0;
    loop {
        peak = peak.max(fs::read_to_string(&status).ok().and_then(|text| high_water(&text)).unwrap_or(0));
        if let Some(ended) = process.try_wait().map_err(failed)? {
            let step =
                Failure::Step { step: "an import", command: format!("waymark import {}", file.display()) };
            return if ended.success() { Ok((start.elapsed().as_secs_f64(), peak)) } else { Err(step) };
        }
        thread::sleep(Duration::from_millis(5));
    }
}

/// The most memory that a process ever had resident, mapped files included, in KiB.
fn high_water(status: &str) -> Option<u64> {
    status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?.trim().strip_suffix(" kB")?.parse().ok()
}

fn size(folder: &Path) -> u64 {
    let Ok(entries) = fs::read_dir(folder) else { return 0 };
    let of = |entry: fs::DirEntry| match entry.metadata() {
        Ok(metadata) if metadata.is_dir() => size(&entry.path()),
        Ok(metadata) => metadata.len(),
        Err(_) => 0,
    };
    entries.flatten().map(of).sum()
}

fn render(all: &[Took]) -> String {
    let processors = thread::available_parallelism().map_or(1, usize::from);
    let mut text = format!(
        "# Importing files\n\n\
         Made by `cargo xtask bench import`. It imports CSV into an empty site, including the final merge.\n\n\
         - *Peak memory* is the `VmHWM` of the process: all resident memory, including mapped files.\n\
         - *Distinct values*: every row has its own visitor, path, order number, event ID and property.\n\
         - *Repeating values*: 300,000 visitors view 256 pages with 1,024 items.\n\n\
         {processors} processors.\n\n\
         | file | events | time | events per second | peak memory | segment files on disk |\n\
         |---|---:|---:|---:|---:|---:|\n"
    );
    for took in all {
        let what = if took.content == Content::Distinct { "distinct" } else { "repeating" };
        #[allow(clippy::cast_precision_loss, reason = "shown with few digits")]
        let rate = took.events as f64 / took.seconds / 1_000.0;
        let _ = writeln!(
            text,
            "| {} MB, {what} values | {} | {:.1} s | {rate:.0} k | {} MiB | {} MiB |",
            took.megabytes,
            took.events,
            took.seconds,
            took.peak_kib >> 10,
            took.folder_bytes >> 20,
        );
    }
    text
}
