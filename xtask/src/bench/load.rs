//! A load generator for loopback: bounded in connections, requests and time. It speaks just enough HTTP/1.1.
//!
//! Closed, each connection sends as soon as it has its answer: that finds the capacity. Open, requests are due at fixed
//! times whether earlier ones are answered or not, and latency counts from when a request was due, so that a server that
//! stalls cannot hide it.

use std::{
    collections::BTreeMap,
    io::{self, BufRead as _, BufReader, Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    sync::atomic::{AtomicU64, Ordering},
    thread,
    time::{Duration, Instant},
};

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
    let streams: Vec<TcpStream> =
        (0..plan.connections).map(|_| connect(plan.address)).collect::<io::Result<_>>()?;
    let (next, start) = (AtomicU64::new(0), Instant::now());
    let mut load = Load::default();
    thread::scope(|scope| {
        let workers: Vec<_> = streams
            .into_iter()
            .map(|stream| scope.spawn(|| Worker::new(plan, stream, start).run(&next)))
            .collect();
        for worker in workers {
            load.add(worker.join().unwrap_or_default());
        }
    });
    load.seconds = start.elapsed().as_secs_f64();
    load.taken.sort_unstable();
    Ok(load)
}

fn connect(address: SocketAddr) -> io::Result<TcpStream> {
    let stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    stream.set_read_timeout(Some(Duration::from_secs(30)))?;
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
    stream: BufReader<TcpStream>,
    start: Instant,
    line: String,
    rest: Vec<u8>,
}

impl<'a> Worker<'a> {
    fn new(plan: &'a Plan<'a>, stream: TcpStream, start: Instant) -> Self {
        Self { plan, stream: BufReader::new(stream), start, line: String::new(), rest: Vec::new() }
    }

    fn run(mut self, next: &AtomicU64) -> Load {
        let mut load = Load::default();
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let due = self.due(number);
            if number >= self.plan.requests || due.duration_since(self.start) >= self.plan.time {
                return load;
            }
            thread::sleep(due.saturating_duration_since(Instant::now()));
            let Ok((status, told_when)) = self.ask(number) else {
                load.broken += 1;
                let Ok(stream) = connect(self.plan.address) else { return load };
                self.stream = BufReader::new(stream);
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
    fn ask(&mut self, number: u64) -> io::Result<(u16, bool)> {
        let body = (self.plan.body)(number);
        let mut request = format!("{}content-length: {}\r\n\r\n", self.plan.head, body.len()).into_bytes();
        request.extend_from_slice(&body);
        self.stream.get_mut().write_all(&request)?;
        let status = self.line()?.split(' ').nth(1).and_then(|status| status.parse().ok());
        let status = status.ok_or(io::ErrorKind::InvalidData)?;
        let (mut length, mut told_when) = (0, false);
        loop {
            let line = self.line()?.to_ascii_lowercase();
            if line.is_empty() {
                break;
            }
            if let Some(value) = line.strip_prefix("content-length:") {
                length = value.trim().parse().map_err(|_| io::ErrorKind::InvalidData)?;
            }
            told_when |= line.starts_with("retry-after:");
        }
        self.rest.resize(length, 0);
        self.stream.read_exact(&mut self.rest)?;
        Ok((status, told_when && status >= 400))
    }

    fn line(&mut self) -> io::Result<&str> {
        self.line.clear();
        if self.stream.read_line(&mut self.line)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(self.line.trim_end())
    }
}
