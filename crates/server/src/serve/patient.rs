//! A connection that waits for whoever reads it, and not for ever: what is not read for too long is closed, so that nobody
//! holds a place by reading nothing. It must not know what is written.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    sync::watch,
    time::{Instant, Sleep, sleep},
};

/// Longest wait for somebody who takes nothing of what is written.
const WAIT: Duration = Duration::from_secs(30);
/// The same while the server ends.
const WAIT_AT_THE_END: Duration = Duration::from_secs(1);

/// A stream to a client.
pub(super) struct Patient<S> {
    stream: S,
    /// Runs while something is written that is not taken.
    stalled: Option<Pin<Box<Sleep>>>,
    /// Done once the server ends.
    ending: Option<Pin<Box<dyn Future<Output = ()> + Send>>>,
}

impl<S> Patient<S> {
    pub(super) fn new(stream: S, mut ending: watch::Receiver<bool>) -> Self {
        // An error means that the server is gone altogether.
        let ending = Box::pin(async move { drop(ending.wait_for(|ending| *ending).await) });
        Self { stream, stalled: None, ending: Some(ending) }
    }

    /// What became of a write, if it was not tried for too long.
    fn bounded<T>(&mut self, cx: &mut Context<'_>, done: Poll<io::Result<T>>) -> Poll<io::Result<T>> {
        if done.is_ready() {
            self.stalled = None;
            return done;
        }
        let ends = match &mut self.ending {
            None => true,
            Some(ending) => ending.as_mut().poll(cx).is_ready(),
        };
        let stalled =
            self.stalled.get_or_insert_with(|| Box::pin(sleep(if ends { WAIT_AT_THE_END } else { WAIT })));
        if ends && self.ending.take().is_some() {
            let until = stalled.deadline().min(Instant::now() + WAIT_AT_THE_END);
            stalled.as_mut().reset(until);
        }
        ready!(stalled.as_mut().poll(cx));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Patient<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Patient<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.bounded(cx, written)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.stream).poll_flush(cx);
        self.bounded(cx, flushed)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let shut = Pin::new(&mut self.stream).poll_shutdown(cx);
        self.bounded(cx, shut)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, parts);
        self.bounded(cx, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::AsyncWriteExt as _;

    use super::*;

    /// A client that takes 8 bytes and no more: what writing 64 ends with, and after how long.
    async fn write(ends: bool, already: bool) -> (io::ErrorKind, Duration) {
        let (stream, _client) = tokio::io::duplex(8);
        let ending = watch::Sender::new(ends && already);
        let mut patient = Patient::new(stream, ending.subscribe());
        let begun = Instant::now();
        let told = async {
            tokio::task::yield_now().await;
            ending.send_replace(ends);
        };
        let (written, ()) = tokio::join!(patient.write_all(&[0; 64]), told);
        (written.unwrap_err().kind(), begun.elapsed())
    }

    #[tokio::test]
    async fn an_end_waits_a_second_for_who_reads_nothing() {
        for already in [false, true] {
            let (kind, after) = write(true, already).await;
            assert_eq!(kind, io::ErrorKind::TimedOut, "{already}");
            assert!(after >= WAIT_AT_THE_END && after < WAIT, "{after:?}");
        }
    }
}
