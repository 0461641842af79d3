//! `cargo xtask bench ingest`: events over HTTP to the log, durable before each answer, beside a peer that syncs before it
//! answers too.

use std::{
    fs,
    io::{BufRead as _, BufReader},
    net::{SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command as Process, Stdio},
    thread,
    time::{Duration, Instant},
};

use super::{
    ingest_table as table,
    load::{self, Load, Plan},
};
use crate::{build, command::Command, failure::Failure, workspace::Workspace};

const SITE: &str = "shop";
const BATCH: u64 = 50;
/// The load that a server's capacity is taken from, …
pub(crate) const SINGLE: &str = "single events";
/// … and the one that is too much for it.
pub(crate) const OVERLOAD: &str = "single events, five times the load";
/// The user agent of an ordinary browser, so that events are ordinary ones.
const BROWSER: &str =
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";

/// A kind of load and what came of it.
pub(crate) struct Measured {
    pub(crate) what: &'static str,
    pub(crate) events_per_request: u64,
    pub(crate) connections: usize,
    pub(crate) load: Load,
    /// CPU time of the server, in seconds.
    pub(crate) cpu: f64,
    /// Resident memory of the server afterwards, in KiB.
    pub(crate) rss_kib: u64,
}

/// What one server did.
pub(crate) struct Subject {
    pub(crate) name: String,
    pub(crate) idle_kib: Option<u64>,
    pub(crate) measured: Vec<Measured>,
    /// Longest time from an answer until a query that was asked then had counted the event, under half the load, in
    /// seconds; and how often that was tried.
    pub(crate) counted_after: Option<(f64, usize)>,
}

/// A server under test; it is ended when it is dropped.
struct Server {
    process: Child,
    address: SocketAddr,
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// # Errors
/// When something cannot be built or run.
pub(crate) fn run(workspace: &Workspace, seconds: u64) -> Result<(), Failure> {
    let binary = build::run(workspace)?;
    let folder = empty_folder(workspace)?;
    let time = Duration::from_secs(seconds);
    let mut subjects = vec![waymark(workspace, &binary, &folder, time)?];
    match influx(&folder, time) {
        Ok(peer) => subjects.push(peer),
        Err(reason) => eprintln!("skipped: {reason} (apt-get install --no-install-recommends influxdb)"),
    }
    let report = table::render(&subjects);
    println!("{report}");
    let page = workspace.root.join("docs/benchmarks-ingest.md");
    fs::write(&page, report).map_err(|source| Failure::NotCreated { path: page, source })
}

/// Measures a binary that is built already, without a peer.
///
/// # Errors
/// When it cannot be run.
pub(crate) fn run_alone(workspace: &Workspace, binary: &Path, seconds: u64) -> Result<(), Failure> {
    let folder = empty_folder(workspace)?;
    let subject = waymark(workspace, binary, &folder, Duration::from_secs(seconds))?;
    println!("{}", table::render(&[subject]));
    Ok(())
}

/// A folder for data, without what an earlier run left.
fn empty_folder(workspace: &Workspace) -> Result<PathBuf, Failure> {
    let folder = workspace.target.join("bench").join("ingest");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).map_err(|source| Failure::NotCreated { path: folder.clone(), source })?;
    Ok(folder)
}

fn waymark(workspace: &Workspace, binary: &Path, folder: &Path, time: Duration) -> Result<Subject, Failure> {
    let data = folder.join("waymark");
    let cli = Command::program(binary).arg("--data").arg(data.display().to_string());
    let site = cli.args(&format!("site add {SITE} --timezone UTC"));
    if !site.run(workspace)? {
        return Err(Failure::Step { step: "adding a site", command: site.to_string() });
    }
    let process = Process::new(binary)
        .arg("--data")
        .arg(&data)
        .args(["serve", "--listen", "127.0.0.1:0", "--rate-limit", "off"])
        .stderr(Stdio::piped())
        .spawn();
    let mut process =
        process.map_err(|source| Failure::NotStarted { command: "waymark serve".to_owned(), source })?;
    let address = said_address(&mut process)
        .ok_or(Failure::NotThere { what: "waymark serve", get: "cargo xtask build" })?;
    let server = Server { process, address };
    let idle_kib = Some(rss_kib(&server));
    let head = format!("POST /v1/events HTTP/1.1\r\nhost: {address}\r\nuser-agent: {BROWSER}\r\n");
    let one = |number: u64| format!(r#"{{"site":"{SITE}",{}"#, &event(number)[1..]).into_bytes();
    let many = |number: u64| {
        let events: Vec<String> = (0..BATCH).map(|nth| event(number * BATCH + nth)).collect();
        format!(r#"{{"site":"{SITE}","events":[{}]}}"#, events.join(",")).into_bytes()
    };
    let measured = measure(&server, &head, &one, &many, time)?;
    let counted_after = Some(counted_after(&server, binary, &data, &head, &one, time)?);
    Ok(Subject { name: "Waymark".to_owned(), idle_kib, measured, counted_after })
}

/// How long it takes at most, while others send, from an event's answer until a query asked then has counted it; and how
/// often that was tried.
fn counted_after(
    server: &Server,
    binary: &Path,
    data: &Path,
    head: &str,
    one: &(dyn Fn(u64) -> Vec<u8> + Sync),
    time: Duration,
) -> Result<(f64, usize), Failure> {
    let failed = |source| Failure::NotStarted { command: "counting under load".to_owned(), source };
    let body = |number| one(5_000_000_000 + number);
    let plan = Plan {
        address: server.address,
        head,
        body: &body,
        connections: 16,
        rate: Some(4_000.0),
        requests: u64::MAX,
        time,
    };
    thread::scope(|scope| {
        let load = scope.spawn(|| load::run(&plan));
        let (start, mut longest, mut tries) = (Instant::now(), 0.0_f64, 0);
        while start.elapsed() < time {
            let name = format!("probe-{tries}");
            let event = |_| format!(r#"{{"site":"{SITE}","name":"{name}"}}"#).into_bytes();
            let probe = Plan { body: &event, connections: 1, rate: None, requests: 1, ..plan };
            load::run(&probe).map_err(failed)?;
            let answered = Instant::now();
            let rate = Process::new(binary)
                .arg("--data")
                .arg(data)
                .args(["rate", "--site", SITE, "--base", "event", "--json", "--goal", &name])
                .output()
                .map_err(failed)?;
            let answer: serde_json::Value = serde_json::from_slice(&rate.stdout).unwrap_or_default();
            if answer["numerator"] != 1 {
                return Err(Failure::Differ {
                    peer: "Waymark",
                    question: "whether an event was counted that was answered for",
                });
            }
            longest = longest.max(answered.elapsed().as_secs_f64());
            tries += 1;
        }
        let load = load.join().unwrap_or_else(|_| Ok(Load::default())).map_err(failed)?;
        eprintln!("counted within {longest:.3} s, {tries} tries, {:.0} requests/s meanwhile", load.goodput());
        Ok((longest, tries))
    })
}

/// An event as a browser sends it, of one of some thousand visitors.
fn event(number: u64) -> String {
    let (page, visitor) = (number % 997, number % 5003);
    format!(
        r#"{{"id":"{number:032x}","name":"pageview","url":"https://shop.example/product/{page}?utm_source=news&utm_medium=email","referrer":"https://www.search.example/","visitor":"{visitor:032x}","props":{{"plan":"pro","n":{page}}}}}"#
    )
}

/// InfluxDB 1.x syncs its log before it answers, unless told otherwise.
fn influx(folder: &Path, time: Duration) -> Result<Subject, String> {
    let version =
        Process::new("influxd").arg("version").output().map_err(|_| "influxd is not installed".to_owned())?;
    let version = String::from_utf8_lossy(&version.stdout).split_whitespace().nth(1).unwrap_or("").to_owned();
    let (http, rpc) = (free_port()?, free_port()?);
    let home = folder.join("influx");
    let config = format!(
        "reporting-disabled = true\nbind-address = \"{rpc}\"\n[meta]\ndir = \"{0}/meta\"\n[data]\ndir = \"{0}/data\"\nwal-dir = \"{0}/wal\"\nwal-fsync-delay = \"0s\"\nquery-log-enabled = false\n[http]\nbind-address = \"{http}\"\nlog-enabled = false\n[monitor]\nstore-enabled = false\n",
        home.display()
    );
    fs::create_dir_all(&home).map_err(|error| error.to_string())?;
    let path = home.join("influx.conf");
    fs::write(&path, config).map_err(|error| error.to_string())?;
    let mut run = Process::new("influxd");
    run.arg("run").arg("-config").arg(&path).stderr(Stdio::null()).stdout(Stdio::null());
    let process = run.spawn().map_err(|error| error.to_string())?;
    let server = Server { process, address: http };
    wait_for(http)?;
    let create = |_| Vec::new();
    let head = format!("POST /query?q=CREATE+DATABASE+shop HTTP/1.1\r\nhost: {http}\r\n");
    let plan =
        Plan { address: http, head: &head, body: &create, connections: 1, rate: None, requests: 1, time };
    load::run(&plan).map_err(|error| error.to_string())?;
    let head = format!("POST /write?db=shop&precision=ms HTTP/1.1\r\nhost: {http}\r\n");
    let one = |number: u64| line(number).into_bytes();
    let many = |number: u64| {
        let lines: Vec<String> = (0..BATCH).map(|nth| line(number * BATCH + nth)).collect();
        lines.join("\n").into_bytes()
    };
    let idle_kib = Some(rss_kib(&server));
    let measured = measure(&server, &head, &one, &many, time).map_err(|error| error.to_string())?;
    Ok(Subject { name: format!("InfluxDB {version}"), idle_kib, measured, counted_after: None })
}

/// The same event as a point: what is grouped by as tags, what tells points apart as fields.
fn line(number: u64) -> String {
    let (page, visitor) = (number % 997, number % 5003);
    format!(
        r#"pageview,host=shop.example,source=news,medium=email,plan=pro id="{number:032x}",path="/product/{page}",referrer="www.search.example/",visitor="{visitor:032x}",n={page} {}"#,
        1_700_000_000_000 + number
    )
}

fn measure(
    server: &Server,
    head: &str,
    one: &(dyn Fn(u64) -> Vec<u8> + Sync),
    many: &(dyn Fn(u64) -> Vec<u8> + Sync),
    time: Duration,
) -> Result<Vec<Measured>, Failure> {
    let mut first = 0;
    let mut measured = Vec::new();
    let mut step =
        |what: &'static str, body: &(dyn Fn(u64) -> Vec<u8> + Sync), per_request, connections, rate| {
            let from = first;
            // No two requests of a run are the same.
            let body = |number| body(from + number);
            let requests = 20_000_000 / per_request;
            let plan = Plan { address: server.address, head, body: &body, connections, rate, requests, time };
            let before = cpu_seconds(server);
            let load = load::run(&plan)
                .map_err(|source| Failure::NotStarted { command: what.to_owned(), source })?;
            let cpu = cpu_seconds(server) - before;
            first += load.answers.values().sum::<u64>() + load.broken + 1_000_000;
            eprintln!("{what}: {:.0} requests/s taken of {:.0} offered", load.goodput(), load.offered());
            let goodput = load.goodput();
            measured.push(Measured {
                what,
                events_per_request: per_request,
                connections,
                load,
                cpu,
                rss_kib: rss_kib(server),
            });
            Ok::<f64, Failure>(goodput)
        };
    let single = step(SINGLE, one, 1, 64, None)?;
    step("single events at half load", one, 1, 64, Some(single / 2.0))?;
    step(OVERLOAD, one, 1, 1024, Some(single * 5.0))?;
    // Last, as moving so many events to segments goes on for a while.
    step("batches of 50", many, BATCH, 16, None)?;
    Ok(measured)
}

/// The address that the server says it listens on.
fn said_address(process: &mut Child) -> Option<SocketAddr> {
    let mut said = BufReader::new(process.stderr.take()?);
    let mut line = String::new();
    while said.read_line(&mut line).ok()? > 0 {
        if let Some((_, address)) = line.split_once("listens on http://") {
            let address = address.trim().parse().ok();
            // What it says later is read on, so that it never waits for a reader.
            thread::spawn(move || said.lines().for_each(drop));
            return address;
        }
        line.clear();
    }
    None
}

fn free_port() -> Result<SocketAddr, String> {
    TcpListener::bind("127.0.0.1:0")
        .and_then(|listener| listener.local_addr())
        .map_err(|error| error.to_string())
}

fn wait_for(address: SocketAddr) -> Result<(), String> {
    let start = Instant::now();
    while TcpStream::connect(address).is_err() {
        if start.elapsed() > Duration::from_secs(30) {
            return Err("it did not start within 30 s".to_owned());
        }
        thread::sleep(Duration::from_millis(50));
    }
    Ok(())
}

/// CPU time that the server has used (proc(5), /proc/pid/stat: fields 14 and 15, in hundredths of a second).
fn cpu_seconds(server: &Server) -> f64 {
    let stat = fs::read_to_string(format!("/proc/{}/stat", server.process.id())).unwrap_or_default();
    let after_name = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    let ticks: f64 =
        after_name.split_whitespace().skip(11).take(2).filter_map(|field| field.parse::<f64>().ok()).sum();
    ticks / 100.0
}

fn rss_kib(server: &Server) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", server.process.id())).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}
