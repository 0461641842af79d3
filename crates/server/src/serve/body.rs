//! The bytes of a request: read within limits of length, time and memory, and inflated by what they are rather
//! than by what they are called, since clients mislabel them. It must not know what they say.

use std::{io::Read as _, net::IpAddr, sync::Arc, time::Duration};

use axum::body::Body;
use http_body_util::BodyExt as _;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{Instant, timeout_at},
};
use waymark_collect::{
    RequestError, limits,
    shares::{Share, Shares},
};

/// RFC 1952, 2.3.1.
const GZIP: [u8; 2] = [0x1f, 0x8b];
/// RFC 8878, 3.1.1.
const ZSTD: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];
/// The largest window of a zstd frame, as a power of two: what RFC 8878, 3.1.1.1.2, asks decoders to bear.
const ZSTD_WINDOW: u32 = 23;

/// The memory that bodies may take together, of which no sender may take all.
#[derive(Clone, Debug)]
pub struct Budget {
    whole: Arc<Semaphore>,
    shares: Arc<Shares>,
    patience: Patience,
}

/// How long is waited for bodies.
#[derive(Clone, Copy, Debug)]
struct Patience {
    /// For the next piece of one.
    piece: Duration,
    /// For all of one.
    whole: Duration,
}

impl Default for Budget {
    fn default() -> Self {
        let [piece, whole] = [limits::BODY_WAIT_MS, limits::BODY_WHOLE_MS].map(Duration::from_millis);
        Self::new(limits::BODIES_BYTES, Patience { piece, whole })
    }
}

/// A body in memory, and its share of the budget.
#[derive(Debug)]
pub struct Bytes {
    bytes: Vec<u8>,
    places: Option<OwnedSemaphorePermit>,
    share: Option<Share>,
}

impl Budget {
    fn new(bytes: usize, patience: Patience) -> Self {
        Self { whole: Arc::new(Semaphore::new(bytes)), shares: Arc::new(Shares::new(bytes)), patience }
    }

    /// Bytes of bodies that are in memory now.
    #[must_use]
    pub fn used(&self) -> usize {
        limits::BODIES_BYTES.saturating_sub(self.whole.available_permits())
    }

    /// Reads a body that somebody at that address sends.
    ///
    /// # Errors
    /// When it is too long, does not come whole or in time, or bodies take too much memory already: all of them, or those of
    /// its sender or its network.
    pub async fn read(&self, mut body: Body, sender: Option<IpAddr>) -> Result<Bytes, RequestError> {
        let share = sender.map(|ip| self.shares.of(ip));
        let mut read = Bytes { bytes: Vec::new(), places: None, share };
        let end = Instant::now() + self.patience.whole;
        loop {
            let next = Instant::now() + self.patience.piece;
            let frame = match timeout_at(next.min(end), body.frame()).await {
                Ok(None) => return Ok(read),
                Ok(Some(Ok(frame))) => frame,
                Ok(Some(Err(_))) => return Err(RequestError::BodyBrokenOff),
                Err(_) => return Err(RequestError::BodyTooSlow),
            };
            let Ok(data) = frame.into_data() else { continue };
            if read.bytes.len() + data.len() > limits::BODY_BYTES {
                return Err(RequestError::BodyTooLarge);
            }
            read.grow(&self.whole, data.len())?;
            read.bytes.extend_from_slice(&data);
        }
    }
}

impl Bytes {
    fn grow(&mut self, budget: &Arc<Semaphore>, bytes: usize) -> Result<(), RequestError> {
        let count = u32::try_from(bytes).map_err(|_| RequestError::BodyTooLarge)?;
        if self.share.as_mut().is_some_and(|share| !share.grow(bytes)) {
            return Err(RequestError::Overloaded);
        }
        let more = Arc::clone(budget).try_acquire_many_owned(count).map_err(|_| RequestError::Overloaded)?;
        match &mut self.places {
            Some(places) => places.merge(more),
            None => self.places = Some(more),
        }
        Ok(())
    }

    /// The bytes, inflated if they are gzip or zstd.
    ///
    /// # Errors
    /// When they cannot be inflated, or to too much.
    pub fn inflate(self) -> Result<Vec<u8>, RequestError> {
        let bad = |error: std::io::Error| RequestError::BadCompression(error.to_string());
        if self.bytes.starts_with(&GZIP) {
            return bounded(flate2::read::MultiGzDecoder::new(self.bytes.as_slice()));
        }
        if self.bytes.starts_with(&ZSTD) {
            let mut decoder = zstd::stream::read::Decoder::with_buffer(self.bytes.as_slice()).map_err(bad)?;
            decoder.window_log_max(ZSTD_WINDOW).map_err(bad)?;
            return bounded(decoder);
        }
        Ok(self.bytes)
    }
}

/// Reads to the end, but never more than is allowed.
fn bounded(reader: impl std::io::Read) -> Result<Vec<u8>, RequestError> {
    let mut inflated = Vec::new();
    let limit = limits::INFLATED_BYTES as u64 + 1;
    reader
        .take(limit)
        .read_to_end(&mut inflated)
        .map_err(|error| RequestError::BadCompression(error.to_string()))?;
    if inflated.len() > limits::INFLATED_BYTES { Err(RequestError::InflatedTooLarge) } else { Ok(inflated) }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use futures_util::StreamExt as _;

    use super::*;

    const PATIENT: Patience = Patience { piece: Duration::from_secs(600), whole: Duration::from_secs(600) };

    fn inflate(bytes: Vec<u8>) -> Result<Vec<u8>, &'static str> {
        Bytes { bytes, places: None, share: None }.inflate().map_err(|error| error.code())
    }

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn bodies_are_inflated_by_what_they_are() {
        let text = br#"{"name":"pageview"}"#.to_vec();
        assert_eq!(inflate(text.clone()), Ok(text.clone()));
        assert_eq!(inflate(gzip(&text)), Ok(text.clone()));
        assert_eq!(inflate(zstd::encode_all(text.as_slice(), 3).unwrap()), Ok(text));
        assert_eq!(inflate(Vec::new()), Ok(Vec::new()));
    }

    #[test]
    fn bombs_and_broken_streams_are_refused() {
        let bomb = vec![0; limits::INFLATED_BYTES + 1];
        assert_eq!(inflate(gzip(&bomb)), Err("inflated_too_large"));
        assert_eq!(inflate(zstd::encode_all(bomb.as_slice(), 19).unwrap()), Err("inflated_too_large"));
        let whole = gzip(&bomb[..limits::INFLATED_BYTES]);
        assert_eq!(inflate(whole.clone()).map(|bytes| bytes.len()), Ok(limits::INFLATED_BYTES));
        assert_eq!(inflate(whole[..whole.len() - 9].to_vec()), Err("bad_compression"));
        assert_eq!(inflate([GZIP.as_slice(), b"junk"].concat()), Err("bad_compression"));
        assert_eq!(inflate([ZSTD.as_slice(), b"junk"].concat()), Err("bad_compression"));
    }

    fn refused(read: Result<Bytes, RequestError>) -> &'static str {
        read.map(|bytes| bytes.bytes.len()).unwrap_err().code()
    }

    #[tokio::test]
    async fn the_budget_is_shared_and_given_back() {
        let budget = Budget::new(10, PATIENT);
        let first = budget.read(Body::from("12345678"), None).await.unwrap();
        assert_eq!(refused(budget.read(Body::from("abc"), None).await), "overloaded");
        drop(first);
        assert_eq!(budget.read(Body::from("abc"), None).await.unwrap().bytes, b"abc");
        let long = Body::from(vec![b' '; limits::BODY_BYTES + 1]);
        assert_eq!(refused(Budget::default().read(long, None).await), "body_too_large");
    }

    #[tokio::test]
    async fn no_sender_takes_all_of_it() {
        let budget = Budget::new(100, PATIENT);
        let read = async |bytes: usize, ip: &str| {
            budget.read(Body::from(vec![b' '; bytes]), Some(ip.parse().unwrap())).await
        };
        let held = read(25, "192.0.2.1").await.unwrap();
        assert_eq!(refused(read(1, "192.0.2.1").await), "overloaded");
        assert!(read(25, "192.0.2.2").await.is_ok());
        drop(held);
        assert!(read(1, "192.0.2.1").await.is_ok());
        assert_eq!(budget.whole.available_permits(), 100);
    }

    /// A body of these pieces, with pauses of 5 ms before each.
    fn pieces(
        pieces: impl IntoIterator<Item = std::io::Result<&'static str>, IntoIter: Send + 'static>,
    ) -> Body {
        Body::from_stream(futures_util::stream::iter(pieces).then(async |piece| {
            tokio::time::sleep(Duration::from_millis(5)).await;
            piece
        }))
    }

    #[tokio::test]
    async fn only_a_body_that_is_too_slow_is_said_to_be() {
        let short = Duration::from_millis(60);
        let endless = || std::iter::repeat_with(|| Ok("x"));
        let broken = || std::io::ErrorKind::InvalidInput.into();
        for (body, patience, expected) in [
            (pieces([Ok("a"), Ok("b")]), PATIENT, Ok(2)),
            (pieces([Ok("a"), Err(broken())]), PATIENT, Err("body_broken_off")),
            // Each piece comes in time, and there is no end of them.
            (pieces(endless()), Patience { whole: short, ..PATIENT }, Err("body_too_slow")),
            (
                Body::from_stream(futures_util::stream::pending::<std::io::Result<&str>>()),
                Patience { piece: short, ..PATIENT },
                Err("body_too_slow"),
            ),
        ] {
            let read = Budget::new(limits::BODIES_BYTES, patience).read(body, None).await;
            assert_eq!(read.map(|read| read.bytes.len()).map_err(|error| error.code()), expected);
        }
    }
}
