//! The thread that writes the log, and the handle to it: takes all batches that wait as one group, has it
//! synced, then tells the hook and the waiters. It must not decide what is safe: the appender does.

use std::{
    path::{Path, PathBuf},
    pin::Pin,
    sync::{
        Arc, OnceLock,
        mpsc::{Receiver, SyncSender, TrySendError, sync_channel},
    },
    task::{Context, Poll},
    thread::{self, JoinHandle},
};

use tokio::sync::oneshot;

use super::{
    appender::{Appender, Record},
    error::{AppendError, LogError},
    hooks::{Hooks, Start},
    position::LogPosition,
    record::{FIRST_RESERVED_KIND, FRAME_BYTES, MAX_PAYLOAD_BYTES},
    recovery::{LogRecord, Recovery, recover, remove_below},
};
use crate::vfs::Vfs;

/// Sizes of the log.
#[derive(Clone, Copy, Debug)]
pub struct LogConfig {
    /// A file that would grow longer is closed and the next one begun.
    pub file_bytes: u64,
    /// A group takes no further batch once it has so many bytes.
    pub group_bytes: usize,
    /// Batches that may wait.
    pub queue: usize,
    /// The largest payload of a record; at most [`MAX_PAYLOAD_BYTES`].
    pub payload_bytes: usize,
}

impl Default for LogConfig {
    fn default() -> Self {
        Self { file_bytes: 32 << 20, group_bytes: 4 << 20, queue: 1024, payload_bytes: 4 << 20 }
    }
}

/// A record that was just synced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommittedRecord<E = Record> {
    /// Where it begins.
    pub position: LogPosition,
    /// Where it ends: what is flushed up to here includes it.
    pub end: LogPosition,
    /// What was appended.
    pub entry: E,
}

/// Called by the writing thread with each group after its sync and before its acknowledgement, in the log's order.
/// So what it makes readable is readable when a waiter hears of it. It must not panic and should not wait.
pub type OnCommit<E = Record> = Box<dyn FnMut(Vec<CommittedRecord<E>>) + Send>;

/// Where a batch lies, now that it survives a power cut.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Appended {
    /// The position of each record of the batch, in its order.
    pub positions: Vec<LogPosition>,
}

/// An answer to come. It can be awaited or, outside async code, waited for. Dropping it does not take the batch
/// back. The thread answers all that was queued before it ends, so one that never answers has failed.
#[derive(Debug)]
#[must_use = "a batch is safe only once this has given `Ok`"]
pub struct Pending(oneshot::Receiver<Answer>);

type Answer = Result<Appended, AppendError>;

impl Pending {
    /// Blocks until the batch is synced or refused. Must not be called from async code, which would block its
    /// thread: await the value there.
    pub fn wait(self) -> Answer {
        self.0.blocking_recv().unwrap_or(Err(AppendError::WriterFailed))
    }
}

impl Future for Pending {
    type Output = Answer;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Answer> {
        Pin::new(&mut self.0).poll(context).map(|answer| answer.unwrap_or(Err(AppendError::WriterFailed)))
    }
}

/// A batch in the queue.
#[derive(Debug)]
struct QueuedBatch<E> {
    batch: Vec<E>,
    answer: oneshot::Sender<Answer>,
    /// The next file is to be begun after this, and who waits for the place where it begins.
    next_file: Option<oneshot::Sender<Result<LogPosition, AppendError>>>,
}

/// An open log. The folder belongs to it alone; that no other process has it open is for the caller to see to.
///
/// An entry `E` is a record with whatever its owner wants to have back once it is synced, such as what it was encoded
/// from. Only the record is written.
#[derive(Debug)]
pub struct Log<E = Record> {
    vfs: Arc<dyn Vfs>,
    folder: PathBuf,
    payload_bytes: usize,
    queue: Option<SyncSender<QueuedBatch<E>>>,
    thread: Option<JoinHandle<Result<(), AppendError>>>,
    failed: Arc<OnceLock<AppendError>>,
}

impl<E: AsRef<Record> + Send + 'static> Log<E> {
    /// Opens the log in `folder`, creating it if need be. Hands every record from `from` on to `take`, in order,
    /// then starts the writing thread.
    pub fn open(
        vfs: Arc<dyn Vfs>,
        folder: &Path,
        config: LogConfig,
        from: impl Into<Start>,
        take: &mut dyn FnMut(LogRecord<'_>),
        hooks: impl Into<Hooks<E>>,
    ) -> Result<(Self, Recovery), LogError> {
        let Hooks { on_commit, on_mark, still_ours } = hooks.into();
        let (recovery, next) = recover(&*vfs, folder, from.into(), take)?;
        let appender =
            Appender::new(Arc::clone(&vfs), folder.into(), config.file_bytes, next.number, next.previous)
                .watched(on_mark, still_ours);
        let (queue, batches) = sync_channel(config.queue);
        let failed = Arc::new(OnceLock::new());
        let writer = Writer {
            appender,
            batches,
            group_bytes: config.group_bytes,
            on_commit,
            failed: Arc::clone(&failed),
        };
        let thread = thread::Builder::new()
            .name("waymark-log".into())
            .spawn(move || writer.run_to_the_end())
            .map_err(LogError::Thread)?;
        let payload_bytes = config.payload_bytes.min(MAX_PAYLOAD_BYTES);
        let (queue, thread) = (Some(queue), Some(thread));
        Ok((Self { vfs, folder: folder.into(), payload_bytes, queue, thread, failed }, recovery))
    }

    /// Queues a batch, blocking while the queue is full. All of the batch is synced at once or refused.
    pub fn append(&self, batch: Vec<E>) -> Result<Pending, AppendError> {
        let (queue, waiting, pending) = self.prepare(batch)?;
        queue.send(waiting).map_err(|_| self.gone())?;
        Ok(pending)
    }

    /// Queues a batch, or says that the queue is full. Never blocks.
    pub fn try_append(&self, batch: Vec<E>) -> Result<Pending, AppendError> {
        let (queue, waiting, pending) = self.prepare(batch)?;
        queue.try_send(waiting).map_err(|error| match error {
            TrySendError::Full(_) => AppendError::QueueFull,
            TrySendError::Disconnected(_) => self.gone(),
        })?;
        Ok(pending)
    }

    /// Begins the next file, so that [`Log::remove_below`] can remove all that was appended before, and gives where it begins.
    /// Blocks until what waits is written.
    pub fn begin_file(&self) -> Result<LogPosition, AppendError> {
        let (queue, mut waiting, _) = self.prepare(Vec::new())?;
        let (begun, answer) = oneshot::channel();
        waiting.next_file = Some(begun);
        queue.send(waiting).map_err(|_| self.gone())?;
        answer.blocking_recv().unwrap_or(Err(AppendError::WriterFailed))
    }

    /// Why the thread takes nothing any more, though the log was not closed.
    fn gone(&self) -> AppendError {
        self.failure().unwrap_or(AppendError::WriterFailed)
    }

    /// The largest payload a record may have.
    pub fn payload_bytes(&self) -> usize {
        self.payload_bytes
    }

    /// Why the log takes nothing more, if so: for health checks.
    pub fn failure(&self) -> Option<AppendError> {
        self.failed.get().cloned()
    }

    /// Removes the files all of whose records lie below `position`, oldest first, and says how many. To be called
    /// only once a manifest that names `position` is durable, or records would be in no place.
    pub fn remove_below(&self, position: LogPosition) -> Result<u64, LogError> {
        remove_below(&*self.vfs, &self.folder, position)
    }

    /// Writes what waits, closes the newest file, and ends the thread.
    pub fn close(mut self) -> Result<(), LogError> {
        self.queue = None;
        match self.thread.take().map(JoinHandle::join) {
            Some(Ok(closed)) => closed.map_err(LogError::NotClosed),
            Some(Err(_)) => Err(LogError::WriterFailed),
            None => Ok(()),
        }
    }

    fn prepare(&self, batch: Vec<E>) -> Result<Prepared<'_, E>, AppendError> {
        if let Some(failure) = self.failed.get() {
            return Err(failure.clone());
        }
        for (index, Record { kind, payload }) in batch.iter().map(AsRef::as_ref).enumerate() {
            if payload.len() > self.payload_bytes {
                let (length, limit) = (payload.len(), self.payload_bytes);
                return Err(AppendError::TooLarge { index, length, limit });
            }
            if *kind >= FIRST_RESERVED_KIND {
                return Err(AppendError::ReservedKind { index, kind: *kind });
            }
        }
        let queue = self.queue.as_ref().ok_or(AppendError::Closed)?;
        let (answer, pending) = oneshot::channel();
        Ok((queue, QueuedBatch { batch, answer, next_file: None }, Pending(pending)))
    }
}

impl<E> Drop for Log<E> {
    fn drop(&mut self) {
        self.queue = None;
        if let Some(thread) = self.thread.take() {
            // What is not closed tidily is recovered at the next start.
            let _ = thread.join();
        }
    }
}

/// The queue, a batch for it, and the answer to come.
type Prepared<'a, E> = (&'a SyncSender<QueuedBatch<E>>, QueuedBatch<E>, Pending);

/// What the thread owns.
struct Writer<E> {
    appender: Appender,
    batches: Receiver<QueuedBatch<E>>,
    group_bytes: usize,
    on_commit: OnCommit<E>,
    failed: Arc<OnceLock<AppendError>>,
}

/// Notes, when it is dropped by a panic, that the thread has failed: nobody must take it for working.
struct Panicked(Arc<OnceLock<AppendError>>);

impl Drop for Panicked {
    fn drop(&mut self) {
        if thread::panicking() {
            // Set once: the first failure is the one that counts.
            let _ = self.0.set(AppendError::WriterFailed);
        }
    }
}

impl<E: AsRef<Record>> Writer<E> {
    fn run_to_the_end(self) -> Result<(), AppendError> {
        let _panicked = Panicked(Arc::clone(&self.failed));
        self.run()
    }

    fn run(mut self) -> Result<(), AppendError> {
        while let Ok(first) = self.batches.recv() {
            let mut group = self.gather(first);
            let wanted: Vec<_> = group.iter_mut().filter_map(|waiting| waiting.next_file.take()).collect();
            self.commit(group);
            for begun in wanted {
                // The waiter may have gone away.
                let _ = begun.send(self.appender.next_file().inspect_err(|error| self.note(error)));
            }
        }
        self.appender.close()
    }

    /// The batch and all that wait behind it, up to a group's size.
    fn gather(&self, first: QueuedBatch<E>) -> Vec<QueuedBatch<E>> {
        let mut bytes = size(&first.batch);
        let mut group = vec![first];
        while bytes < self.group_bytes
            && let Ok(next) = self.batches.try_recv()
        {
            bytes += size(&next.batch);
            group.push(next);
        }
        group
    }

    fn commit(&mut self, group: Vec<QueuedBatch<E>>) {
        // Dropped before those who wait hear of a panic.
        let _panicked = Panicked(Arc::clone(&self.failed));
        let records: Vec<&Record> =
            group.iter().flat_map(|waiting| &waiting.batch).map(AsRef::as_ref).collect();
        match self.appender.commit(&records) {
            Ok(positions) => self.acknowledge(group, &positions),
            Err(error) => {
                self.note(&error);
                for waiting in group {
                    // The waiter may have gone away.
                    let _ = waiting.answer.send(Err(error.clone()));
                }
            }
        }
    }

    /// Notes an error after which nothing more is taken.
    fn note(&self, error: &AppendError) {
        if error.is_final() {
            // Set once: the first failure is the one that counts.
            let _ = self.failed.set(error.clone());
        }
    }

    fn acknowledge(&mut self, group: Vec<QueuedBatch<E>>, positions: &[LogPosition]) {
        let mut committed = Vec::with_capacity(positions.len());
        let mut answers = Vec::with_capacity(group.len());
        let mut rest = positions;
        for QueuedBatch { batch, answer, .. } in group {
            let (own, others) = rest.split_at(batch.len().min(rest.len()));
            rest = others;
            committed
                .extend(batch.into_iter().zip(own).map(|(entry, position)| committed_at(entry, *position)));
            answers.push((answer, Appended { positions: own.to_vec() }));
        }
        // The same: `answers` must outlive it.
        let _panicked = Panicked(Arc::clone(&self.failed));
        (self.on_commit)(committed);
        for (answer, appended) in answers {
            // The waiter may have gone away; its batch is stored all the same.
            let _ = answer.send(Ok(appended));
        }
    }
}

fn committed_at<E: AsRef<Record>>(entry: E, position: LogPosition) -> CommittedRecord<E> {
    let length = (FRAME_BYTES + entry.as_ref().payload.len()) as u64;
    CommittedRecord { position, end: LogPosition::new(position.file, position.offset + length), entry }
}

fn size<E: AsRef<Record>>(batch: &[E]) -> usize {
    batch.iter().map(|entry| FRAME_BYTES + entry.as_ref().payload.len()).sum()
}
