//! Work in the background that panics: health and metrics say which job, since when and what to do, nothing that was
//! acknowledged is lost, and what can go on goes on.

use std::{
    io,
    net::SocketAddr,
    path::Path,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
};

use serde_json::Value;
use tokio::{
    net::TcpListener,
    runtime::{Builder, Runtime},
    sync::oneshot,
};
use waymark_server::{
    config::Config,
    serve::{App, Endpoint, Job, metrics, run_schedule, serve, tidy},
};
use waymark_store::{
    SystemClock,
    vfs::{RealVfs, SyncPoint, Vfs, VfsFile, VfsRead},
};

use super::{
    client::{Answer, Client},
    server::{BROWSER, EVENTS},
};
use crate::cli::Folder;

/// The real disk, with a trap: whoever writes to a path that holds the word panics while it is set.
#[derive(Debug)]
struct Trap {
    word: &'static str,
    is_set: AtomicBool,
}

impl Trap {
    fn step_on(&self, path: &Path) {
        let is_in = path.components().any(|part| part.as_os_str() == self.word);
        assert!(!(is_in && self.is_set.load(Relaxed)), "a trap in {}", self.word);
    }
}

impl Vfs for Trap {
    fn create_new(&self, path: &Path) -> io::Result<Box<dyn VfsFile>> {
        self.step_on(path);
        RealVfs.create_new(path)
    }

    fn open_append(&self, path: &Path) -> io::Result<Box<dyn VfsFile>> {
        RealVfs.open_append(path)
    }

    fn open_read(&self, path: &Path) -> io::Result<Box<dyn VfsRead>> {
        RealVfs.open_read(path)
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        RealVfs.read(path)
    }

    fn list(&self, folder: &Path) -> io::Result<Vec<String>> {
        self.step_on(folder);
        RealVfs.list(folder)
    }

    fn create_dir_all(&self, folder: &Path) -> io::Result<()> {
        RealVfs.create_dir_all(folder)
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        RealVfs.rename(from, to)
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        RealVfs.remove(path)
    }

    fn sync_dir(&self, folder: &Path, point: SyncPoint) -> io::Result<()> {
        RealVfs.sync_dir(folder, point)
    }

    fn len(&self, path: &Path) -> io::Result<u64> {
        RealVfs.len(path)
    }
}

/// A server in this process, on a disk with a trap.
struct Trapped {
    folder: Folder,
    trap: Arc<Trap>,
    app: Arc<App>,
    runtime: Runtime,
    public: SocketAddr,
    metrics: SocketAddr,
    end: Mutex<Option<oneshot::Sender<()>>>,
}

impl Trapped {
    fn start(word: &'static str) -> Self {
        let folder = Folder::new();
        folder.ok(&["site", "add", "shop", "--timezone", "UTC"]);
        let trap = Arc::new(Trap { word, is_set: AtomicBool::default() });
        let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let (vfs, settings) = (Arc::clone(&trap), Config { flush_rows: 1, ..Config::default() });
        let path = folder.path();
        let opened = App::open(vfs, Path::new(&path), Arc::new(SystemClock), settings);
        let app = Arc::new(runtime.block_on(opened).unwrap());
        let listen = || runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let (public, private) = (listen(), listen());
        let addresses = (public.local_addr().unwrap(), private.local_addr().unwrap());
        let (end, ended) = oneshot::channel::<()>();
        let ended = async { drop(ended.await) };
        let endpoint = Endpoint { listener: public, tls: None };
        drop(runtime.spawn(serve(Arc::clone(&app), endpoint, ended)));
        drop(runtime.spawn(metrics::serve(Arc::clone(&app), private)));
        let (public, metrics) = addresses;
        Self { folder, trap, app, runtime, public, metrics, end: Mutex::new(Some(end)) }
    }

    /// Starts the scheduled jobs.
    fn schedule(&self) {
        let app = Arc::clone(&self.app);
        drop(self.runtime.spawn(async move {
            app.jobs.keep_running(Job::Schedule, || run_schedule(Arc::clone(&app))).await;
        }));
    }

    fn set(&self, is_set: bool) {
        self.trap.is_set.store(is_set, Relaxed);
    }

    fn post(&self) -> Answer {
        let body = br#"{"site":"shop","name":"view"}"#;
        let headers = [("user-agent", BROWSER)];
        Client::connect(self.public).unwrap().ask("POST", EVENTS, &headers, body).unwrap()
    }

    fn health(&self) -> (u16, Value) {
        let answer = Client::connect(self.public).unwrap().ask("GET", "/health/ready", &[], &[]).unwrap();
        (answer.status, answer.json())
    }

    fn figure(&self, name: &str) -> u64 {
        let answer = Client::connect(self.metrics).unwrap().ask("GET", "/metrics", &[], &[]).unwrap();
        let page = answer.text();
        let line =
            page.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_else(|| panic!("{name}: {page}"));
        line.trim().parse().unwrap()
    }

    /// The gauge and the counter of a job.
    fn job(&self, job: Job) -> (u64, u64) {
        let named = |name: &str| self.figure(&format!("{name}{{job=\"{job}\"}}"));
        (named("waymark_background_failed"), named("waymark_background_failures_total"))
    }

    /// What health says of a job, once it says something.
    fn remark(&self, job: Job) -> String {
        while !self.app.jobs.is_failing(job) {
            std::thread::yield_now();
        }
        let (status, health) = self.health();
        assert_eq!(status, 200, "{health}");
        let remark = &health["remarks"][0];
        assert_eq!(remark["code"], "background_failed");
        remark["message"].as_str().unwrap().to_owned()
    }
}

impl Drop for Trapped {
    fn drop(&mut self) {
        drop(self.end.lock().unwrap().take());
    }
}

#[test]
fn a_panic_of_the_log_thread_ends_taking_events_and_is_said() {
    let server = Trapped::start("log");
    assert_eq!(server.figure("waymark_log_failed"), 0);
    server.set(true);
    for _ in 0..2 {
        let refused = server.post();
        assert_eq!((refused.status, refused.json()["error"]["code"].as_str()), (503, Some("store_failed")));
    }
    server.set(false);
    assert_eq!(server.post().status, 503, "the thread is gone until a restart");
    assert_eq!(server.figure("waymark_log_failed"), 1);
    let (status, health) = server.health();
    assert_eq!((status, &health["reasons"][0]["code"]), (503, &"log_failed".into()), "{health}");
    let message = health["reasons"][0]["message"].as_str().unwrap();
    for said in ["a fault in Waymark", "is safe", "Restart Waymark"] {
        assert!(message.contains(said), "{said} in {message}");
    }
}

#[test]
fn a_panic_of_a_flush_is_said_until_it_works_and_loses_nothing() {
    let server = Trapped::start("segments");
    assert_eq!(server.post().status, 200);
    server.set(true);
    server.schedule();
    let said = server.remark(Job::Flush);
    for part in
        ["The job `flush` has failed since 20", "a trap in segments", "Waymark tries again every second"]
    {
        assert!(said.contains(part), "{part} in {said}");
    }
    assert!(matches!(server.job(Job::Flush), (1, 1..)));
    assert_eq!(server.job(Job::Compaction), (0, 0));
    let doctor = server.folder.run(&["doctor"]);
    assert_ne!(doctor.code, 0, "nobody listens on the socket here, and the folder is in use");
    assert_eq!(server.post().status, 200, "events are taken all the same");
    server.set(false);
    while server.app.jobs.is_failing(Job::Flush) {
        std::thread::yield_now();
    }
    assert_eq!(server.job(Job::Flush).0, 0);
    let site = server.app.sites.find("shop").unwrap();
    assert_eq!(server.app.store.snapshot(&site.id).rows, 2);
    assert!(server.figure("waymark_segment_rows") >= 1);
}

#[test]
fn a_panic_of_a_request_or_of_a_job_is_answered_counted_and_over_with_the_next_that_works() {
    let server = Trapped::start("salts");
    server.set(true);
    let answer = server.post();
    assert_eq!((answer.status, answer.json()["error"]["code"].as_str()), (500, Some("internal")));
    assert!(answer.header("x-request-id").is_some());
    tidy(&server.app);
    let said = server.remark(Job::Salts);
    assert!(said.contains("Salts of past days are not deleted"), "{said}");
    server.set(false);
    tidy(&server.app);
    assert_eq!(server.job(Job::Salts), (0, 1));
    assert_eq!(server.post().status, 200);
    assert_eq!(server.job(Job::Requests), (0, 1));
}
