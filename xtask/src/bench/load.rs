//! A load generator for loopback: bounded in connections, requests and time, on one thread, so that it takes little from the
//! server on the same machine. It speaks just enough HTTP/1.1.
//!
//! Closed, each connection sends as soon as it has its answer: that finds the capacity. Open, requests are due at fixed
//! times whether earlier ones are answered or not, and latency counts from when a request was due, so that a server that
//! stalls cannot hide it.

use std::{
    cell::Cell,
    collections::BTreeMap,
    io,
    net::SocketAddr,
    time::{Duration, Instant},
};

use futures_util::{StreamExt as _, stream::FuturesUnordered};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::{sleep_until, timeout},
};

/// So long an answer is waited for.
const PATIENCE: Duration = Duration::from_secs(30);

/// What to send, and how much of it.
#[derive(Clone, Copy)]
pub(crate) struct Plan<'a> {
    /// A loopback address.
    pub(crate) address: SocketAddr,
    /// Path and headers of every request, without the length.
    pub(crate) head: &'a str,
    /// Makes the body of the request of that number.
    pub(crate) body: &'a (dyn Fn(u64) -> Vec<u8> + Sync),
    pub(crate) connections: usize,
    /// Requests a second over all connections; as many as are answered unless given.
    pub(crate) rate: Option<f64>,
    /// Most requests.
    pub(crate) requests: u64,
    /// Longest time.
    pub(crate) time: Duration,
}

/// What came of it.
#[derive(Debug, Default)]
pub(crate) struct Load {
    pub(crate) seconds: f64,
    /// Requests by the status of their answers.
    pub(crate) answers: BTreeMap<u16, u64>,
    /// Refusals that said when to come again.
    pub(crate) told_when: u64,
    /// Requests that broke off.
    pub(crate) broken: u64,
    /// Times from due to answered of the requests that were taken, in µs, sorted.
    pub(crate) taken: Vec<u32>,
}

impl Load {
    /// Requests that were taken, a second.
    #[allow(clippy::cast_precision_loss, reason = "far below 2^53")]
    pub(crate) fn goodput(&self) -> f64 {
        self.taken.len() as f64 / self.seconds
    }

    /// All requests, a second.
    #[allow(clippy::cast_precision_loss, reason = "far below 2^53")]
    pub(crate) fn offered(&self) -> f64 {
        (self.answers.values().sum::<u64>() + self.broken) as f64 / self.seconds
    }

    /// The time within which that share of the taken requests was answered, in ms.
    #[allow(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "small"
    )]
    pub(crate) fn quantile(&self, share: f64) -> f64 {
        let at = (self.taken.len() as f64 * share) as usize;
        self.taken.get(at.min(self.taken.len().saturating_sub(1))).map_or(f64::NAN, |us| f64::from(*us) / 1e3)
    }
}

/// Sends.
///
/// # Errors
/// When no connection can be made.
pub(crate) fn run(plan: &Plan<'_>) -> io::Result<Load> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let mut streams = Vec::new();
        for _ in 0..plan.connections {
            streams.push(connect(plan.address).await?);
        }
        let (next, start) = (Cell::new(0), Instant::now());
        let workers = streams.into_iter().map(|stream| Worker::new(plan, stream, start).run(&next));
        let mut workers: FuturesUnordered<_> = workers.collect();
        let mut load = Load::default();
        while let Some(of_one) = workers.next().await {
            load.add(of_one);
        }
        load.seconds = start.elapsed().as_secs_f64();
        load.taken.sort_unstable();
        Ok(load)
    })
}

async fn connect(address: SocketAddr) -> io::Result<TcpStream> {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

impl Load {
    fn add(&mut self, other: Self) {
        for (status, count) in other.answers {
            *self.answers.entry(status).or_default() += count;
        }
        self.told_when += other.told_when;
        self.broken += other.broken;
        self.taken.extend(other.taken);
    }
}

struct Worker<'a> {
    plan: &'a Plan<'a>,
    stream: TcpStream,
    start: Instant,
    /// What was read and not yet taken.
    read: Vec<u8>,
}

impl<'a> Worker<'a> {
    fn new(plan: &'a Plan<'a>, stream: TcpStream, start: Instant) -> Self {
        Self { plan, stream, start, read: Vec::new() }
    }

    async fn run(mut self, next: &Cell<u64>) -> Load {
        let mut load = Load::default();
        loop {
            let number = next.replace(next.get() + 1);
            let due = self.due(number);
            if number >= self.plan.requests || due.duration_since(self.start) >= self.plan.time {
                return load;
            }
            if self.plan.rate.is_some() {
                sleep_until(due.into()).await;
            }
            let Ok(Ok((status, told_when))) = timeout(PATIENCE, self.ask(number)).await else {
                load.broken += 1;
                let Ok(stream) = connect(self.plan.address).await else { return load };
                self.stream = stream;
                self.read.clear();
                continue;
            };
            *load.answers.entry(status).or_default() += 1;
            load.told_when += u64::from(told_when);
            if (200..300).contains(&status) {
                load.taken.push(u32::try_from(due.elapsed().as_micros()).unwrap_or(u32::MAX));
            }
        }
    }

    /// When the request of that number is to be sent.
    #[allow(clippy::cast_precision_loss, reason = "far below 2^53")]
    fn due(&self, number: u64) -> Instant {
        match self.plan.rate {
            Some(rate) => self.start + Duration::from_secs_f64(number as f64 / rate),
            None => Instant::now(),
        }
    }

    /// Status, and whether a refusal says when to come again.
    async fn ask(&mut self, number: u64) -> io::Result<(u16, bool)> {
        let body = (self.plan.body)(number);
        let mut request = format!("{}content-length: {}\r\n\r\n", self.plan.head, body.len()).into_bytes();
        request.extend_from_slice(&body);
        self.stream.write_all(&request).await?;
        let head = loop {
            if let Some(end) = self.read.windows(4).position(|four| four == b"\r\n\r\n") {
                break self.read.drain(..end + 4).collect::<Vec<u8>>();
            }
            self.more().await?;
        };
        let head = Head::of(&String::from_utf8_lossy(&head)).ok_or(io::ErrorKind::InvalidData)?;
        while self.read.len() < head.length {
            self.more().await?;
        }
        self.read.drain(..head.length);
        Ok((head.status, head.told_when && head.status >= 400))
    }

    async fn more(&mut self) -> io::Result<()> {
        if self.stream.read_buf(&mut self.read).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(())
    }
}

/// What an answer's head says.
struct Head {
    status: u16,
    length: usize,
    told_when: bool,
}

impl Head {
    fn of(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
        let (mut length, mut told_when) = (0, false);
        for (name, value) in lines.filter_map(|line| line.split_once(':')) {
            if name.eq_ignore_ascii_case("content-length") {
                length = value.trim().parse().ok()?;
            }
            told_when |= name.eq_ignore_ascii_case("retry-after");
        }
        Some(Self { status, length, told_when })
    }
}
