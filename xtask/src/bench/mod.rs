//! `cargo xtask bench`: Waymark beside other engines, on the same rows, in the same run.
//!
//! It runs programs, compares what they answered and writes the table; it counts nothing itself.

mod growth;
mod import;
mod ingest;
mod ingest_table;
mod load;
mod peers;
mod table;

use std::{fs, path::PathBuf};

use clap::Subcommand;
use serde::Deserialize;
use serde_json::Value;

use crate::{build, command::Command, failure::Failure, web, workspace::Workspace};

/// What to compare.
#[derive(Subcommand)]
pub(crate) enum Bench {
    /// Funnel, overview and breakdown on simulated events; needs python3.
    Query {
        /// Events to simulate; they are written once and used again.
        #[arg(long, default_value_t = 50_000_000)]
        events: u64,
        /// Times that each question is asked when everything is warm.
        #[arg(long, default_value_t = 9)]
        runs: usize,
    },
    /// The overview and a funnel in the browser: the query, the figure on the screen, and a key that is answered.
    Dashboard {
        /// Events to simulate, over 30 days.
        #[arg(long, default_value_t = 10_000_000)]
        events: u64,
        /// Times that each is asked and opened.
        #[arg(long, default_value_t = 9)]
        runs: usize,
    },
    /// Every fold on one visitor's journey of n, 2n and 4n events: no fold may be worse than n·log n.
    Growth {
        /// Events of the shortest journey.
        #[arg(long, default_value_t = 40_000)]
        events: u64,
    },
    /// Files of events: how fast, and how much memory at the most.
    Import,
    /// Events over HTTP, durable before each answer.
    Ingest {
        /// How long each kind of load lasts.
        #[arg(long, default_value_t = 10)]
        seconds: u64,
        /// Measure this binary of Waymark alone, and only print the table.
        #[arg(long)]
        binary: Option<PathBuf>,
    },
}

/// What writing the events took.
#[derive(Debug, Deserialize, serde::Serialize)]
pub(crate) struct Written {
    pub(crate) events: u64,
    pub(crate) seconds: f64,
    pub(crate) parts: usize,
    pub(crate) segment_bytes: u64,
    pub(crate) peak_rss_kib: u64,
}

/// The first question asked of a folder whose cache is empty.
#[derive(Debug, Deserialize)]
pub(crate) struct Cold {
    pub(crate) open_seconds: f64,
    pub(crate) rss_after_open_kib: u64,
    pub(crate) funnel_seconds: f64,
    pub(crate) funnel: Value,
}

/// The questions asked again and again.
#[derive(Debug, Deserialize)]
pub(crate) struct Hot {
    pub(crate) rows: u64,
    pub(crate) queries: Questions,
    pub(crate) peak_rss_kib: u64,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Questions {
    pub(crate) funnel: Question,
    pub(crate) overview: Question,
    pub(crate) breakdown: Question,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Question {
    /// The first time it was asked; peers only.
    pub(crate) first: Option<f64>,
    pub(crate) best: f64,
    pub(crate) median: f64,
    pub(crate) result: Value,
}

/// A peer's answers.
#[derive(Debug, Deserialize)]
pub(crate) struct Peer {
    pub(crate) version: String,
    pub(crate) load_seconds: f64,
    pub(crate) bytes: u64,
    pub(crate) queries: Questions,
}

/// # Errors
/// When something cannot be built or run, or two engines answer differently.
pub(crate) fn run(workspace: &Workspace, bench: &Bench) -> Result<(), Failure> {
    match bench {
        &Bench::Query { events, runs } => query(workspace, events, runs),
        &Bench::Dashboard { events, runs } => {
            let binary = build::run(workspace)?;
            web::bench(workspace, &binary, events, runs)
        }
        &Bench::Growth { events } => growth::run(workspace, events),
        Bench::Import => import::run(workspace),
        Bench::Ingest { seconds, binary: None } => ingest::run(workspace, *seconds),
        Bench::Ingest { seconds, binary: Some(binary) } => ingest::run_alone(workspace, binary, *seconds),
    }
}

fn query(workspace: &Workspace, events: u64, runs: usize) -> Result<(), Failure> {
    let build =
        Command::cargo(workspace, "build --release --locked --package waymark-query --example measure");
    if !build.run(workspace)? {
        return Err(Failure::Step { step: "the build", command: build.to_string() });
    }
    let folder = workspace.target.join("bench").join(format!("query-{events}"));
    let written = write(workspace, &folder, events)?;
    eprintln!("{} events in {} segments", written.events, written.parts);
    let cold: Cold = measure(workspace, &["cold", &text(&folder.join("data"))])?;
    let hot: Hot = measure(workspace, &["hot", &text(&folder.join("data")), &runs.to_string()])?;
    let peers = peers::run(workspace, &folder, runs)?;
    check_equal(&cold, &hot, &peers)?;
    let report = table::render(&written, &cold, &hot, &peers);
    println!("{report}");
    let path = workspace.root.join("docs").join("benchmarks.md");
    fs::write(&path, report).map_err(|source| Failure::NotCreated { path, source })
}

/// Simulates and imports the events, unless an earlier run has done it.
fn write(workspace: &Workspace, folder: &PathBuf, events: u64) -> Result<Written, Failure> {
    let note = folder.join("written.json");
    if let Ok(text) = fs::read_to_string(&note)
        && let Ok(written) = serde_json::from_str(&text)
    {
        return Ok(written);
    }
    eprintln!("Simulating and importing {events} events, once.");
    if folder.exists() {
        fs::remove_dir_all(folder).map_err(|source| Failure::NotCreated { path: folder.clone(), source })?;
    }
    fs::create_dir_all(folder).map_err(|source| Failure::NotCreated { path: folder.clone(), source })?;
    // As `waymark import` does: large blocks go back to the system as soon as they are free.
    let write = measuring(workspace, &["write", &text(&folder.join("data")), &events.to_string()])
        .var("MALLOC_MMAP_THRESHOLD_", "131072");
    let written: Written = json_of(workspace, &write, "measuring Waymark")?;
    let noted = serde_json::to_string(&written).unwrap_or_default();
    fs::write(&note, noted).map_err(|source| Failure::NotCreated { path: note, source })?;
    Ok(written)
}

fn measure<T: for<'a> Deserialize<'a>>(workspace: &Workspace, args: &[&str]) -> Result<T, Failure> {
    json_of(workspace, &measuring(workspace, args), "measuring Waymark")
}

/// The program that measures, with these arguments.
fn measuring(workspace: &Workspace, args: &[&str]) -> Command {
    let program = workspace.target.join("release").join("examples").join("measure");
    args.iter().fold(Command::program(&program), |command, arg| command.arg(*arg))
}

/// The last line that a program prints, read as JSON.
pub(crate) fn json_of<T: for<'a> Deserialize<'a>>(
    workspace: &Workspace,
    command: &Command,
    step: &'static str,
) -> Result<T, Failure> {
    let (done, output) = command.capture(workspace)?;
    let answer = output.lines().next_back().and_then(|line| serde_json::from_str(line).ok());
    match answer {
        Some(answer) if done => Ok(answer),
        _ => Err(Failure::Step { step, command: command.to_string() }),
    }
}

fn check_equal(cold: &Cold, hot: &Hot, peers: &[(&'static str, Peer)]) -> Result<(), Failure> {
    let ours = &hot.queries;
    let differ = |peer: &'static str, question| Err(Failure::Differ { peer, question });
    if cold.funnel != ours.funnel.result {
        return differ("Waymark's first answer", "funnel");
    }
    for (name, peer) in peers {
        let theirs = &peer.queries;
        for (question, ours, theirs) in [
            ("funnel", &ours.funnel, &theirs.funnel),
            ("overview", &ours.overview, &theirs.overview),
            ("breakdown", &ours.breakdown, &theirs.breakdown),
        ] {
            if ours.result != theirs.result {
                eprintln!("{question}: Waymark {}\n{name} {}", ours.result, theirs.result);
                return differ(name, question);
            }
        }
    }
    Ok(())
}

pub(crate) fn text(path: &std::path::Path) -> String {
    path.display().to_string()
}
