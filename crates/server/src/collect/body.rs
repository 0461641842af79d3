//! The bytes of a request: read within limits of length, time and memory, and inflated by what they are rather
//! than by what they are called, since clients mislabel them. It must not know what they say.

use std::{io::Read as _, sync::Arc, time::Duration};

use axum::body::Body;
use http_body_util::BodyExt as _;
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};

use super::{RequestError, limits};

/// RFC 1952, 2.3.1.
const GZIP: [u8; 2] = [0x1f, 0x8b];
/// RFC 8878, 3.1.1.
const ZSTD: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];
/// The largest window of a zstd frame, as a power of two: what RFC 8878, 3.1.1.1.2, asks decoders to bear.
const ZSTD_WINDOW: u32 = 23;

/// The memory that bodies may take together.
#[derive(Clone, Debug)]
pub struct Budget(Arc<Semaphore>);

impl Default for Budget {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(limits::BODIES_BYTES)))
    }
}

/// A body in memory, and its share of the budget.
#[derive(Debug)]
pub struct Bytes {
    bytes: Vec<u8>,
    share: Option<OwnedSemaphorePermit>,
}

impl Budget {
    /// Bytes of bodies that are in memory now.
    #[must_use]
    pub fn used(&self) -> usize {
        limits::BODIES_BYTES.saturating_sub(self.0.available_permits())
    }

    /// Reads a body.
    ///
    /// # Errors
    /// When it is too long, does not come whole or in time, or bodies take too much memory already.
    pub async fn read(&self, mut body: Body) -> Result<Bytes, RequestError> {
        let mut read = Bytes { bytes: Vec::new(), share: None };
        let wait = Duration::from_millis(limits::BODY_WAIT_MS);
        loop {
            let frame = match timeout(wait, body.frame()).await {
                Ok(None) => return Ok(read),
                Ok(Some(Ok(frame))) => frame,
                Ok(Some(Err(_))) | Err(_) => return Err(RequestError::BodyBrokenOff),
            };
            let Ok(data) = frame.into_data() else { continue };
            if read.bytes.len() + data.len() > limits::BODY_BYTES {
                return Err(RequestError::BodyTooLarge);
            }
            read.grow(&self.0, data.len())?;
            read.bytes.extend_from_slice(&data);
        }
    }
}

impl Bytes {
    fn grow(&mut self, budget: &Arc<Semaphore>, bytes: usize) -> Result<(), RequestError> {
        let count = u32::try_from(bytes).map_err(|_| RequestError::BodyTooLarge)?;
        let more = Arc::clone(budget).try_acquire_many_owned(count).map_err(|_| RequestError::Overloaded)?;
        match &mut self.share {
            Some(share) => share.merge(more),
            None => self.share = Some(more),
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

    use super::*;

    fn inflate(bytes: Vec<u8>) -> Result<Vec<u8>, &'static str> {
        Bytes { bytes, share: None }.inflate().map_err(|error| error.code())
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

    #[tokio::test]
    async fn the_budget_is_shared_and_given_back() {
        let budget = Budget(Arc::new(Semaphore::new(10)));
        let first = budget.read(Body::from("12345678")).await.unwrap();
        assert_eq!(budget.read(Body::from("abc")).await.map(|_| ()).unwrap_err().code(), "overloaded");
        drop(first);
        assert_eq!(budget.read(Body::from("abc")).await.unwrap().bytes, b"abc");
        let long = Body::from(vec![b' '; limits::BODY_BYTES + 1]);
        assert_eq!(Budget::default().read(long).await.unwrap_err().code(), "body_too_large");
    }
}
