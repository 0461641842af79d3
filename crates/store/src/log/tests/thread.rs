//! The writing thread: groups, order, answers, and the hook; on the simulated disk and on the real one.

use std::sync::{Mutex, mpsc};

use super::*;
use crate::{
    log::{CommittedRecord, FIRST_RESERVED_KIND, Log, LogConfig, LogReader, OnCommit},
    vfs::{RealVfs, sim::Operation},
};

type Seen = Arc<Mutex<Vec<Vec<CommittedRecord>>>>;

fn recorder(seen: &Seen) -> OnCommit {
    let seen = Arc::clone(seen);
    Box::new(move |group| seen.lock().unwrap().push(group))
}

fn start(vfs: Arc<dyn Vfs>, folder: &Path, config: LogConfig, on_commit: OnCommit) -> (Log, Vec<u64>) {
    let mut ids = Vec::new();
    let mut take = |found: LogRecord<'_>| ids.push(id_of(found.kind, found.payload).unwrap());
    let (log, recovery) = Log::open(vfs, folder, config, LogPosition::START, &mut take, on_commit).unwrap();
    assert_eq!(recovery.damage, []);
    (log, ids)
}

fn quiet() -> OnCommit {
    Box::new(|_| {})
}

#[test]
fn waiting_batches_are_synced_as_one_group() {
    let disk = SimDisk::new(1);
    let seen = Seen::default();
    let (entered, in_hook) = mpsc::channel();
    let (release, released) = mpsc::channel::<()>();
    let mut record_group = recorder(&seen);
    let hook: OnCommit = Box::new(move |group| {
        entered.send(()).unwrap();
        released.recv().unwrap();
        record_group(group);
    });
    let (log, _) = start(Arc::new(disk.clone()), folder(), LogConfig::default(), hook);
    let first = log.append(vec![record(1)]).unwrap();
    in_hook.recv().unwrap();
    let waiting: Vec<_> =
        (0..50).map(|n| log.append(vec![record(2 * n + 2), record(2 * n + 3)]).unwrap()).collect();
    let before = disk.operations();
    release.send(()).unwrap();
    first.wait().unwrap();
    in_hook.recv().unwrap();
    assert_eq!(disk.operations() - before, 2, "one write and one sync for all of them");
    release.send(()).unwrap();
    let positions: Vec<LogPosition> =
        waiting.into_iter().flat_map(|pending| pending.wait().unwrap().positions).collect();
    assert!(positions.is_sorted() && positions.len() == 100);
    let seen = seen.lock().unwrap();
    assert_eq!(seen.iter().map(Vec::len).collect::<Vec<_>>(), [1, 100]);
    assert_eq!(seen[1].iter().map(|committed| committed.position).collect::<Vec<_>>(), positions);
    assert!(seen[1].windows(2).all(|pair| pair[0].end == pair[1].position));
}

#[test]
fn answer_comes_after_the_hook_and_in_order() {
    let seen = Seen::default();
    let config = LogConfig { file_bytes: 3_000, queue: 8, ..LogConfig::default() };
    let (log, _) = start(Arc::new(SimDisk::new(1)), folder(), config, recorder(&seen));
    std::thread::scope(|scope| {
        for thread in 0..4_u64 {
            let (log, seen) = (&log, &seen);
            scope.spawn(move || {
                for n in 0..200 {
                    let batch = vec![record(thread * 1_000 + n)];
                    let appended = log.append(batch.clone()).unwrap().wait().unwrap();
                    let seen = seen.lock().unwrap();
                    let found =
                        seen.iter().flatten().rev().find(|found| found.position == appended.positions[0]);
                    assert_eq!(
                        found.map(|found| &found.record),
                        Some(&batch[0]),
                        "readable when acknowledged"
                    );
                }
            });
        }
    });
    log.close().unwrap();
    let seen = seen.lock().unwrap();
    let positions: Vec<LogPosition> = seen.iter().flatten().map(|committed| committed.position).collect();
    assert_eq!(positions.len(), 800);
    assert!(positions.windows(2).all(|pair| pair[0] < pair[1]));
}

#[test]
fn one_bad_record_refuses_its_batch_alone() {
    let config = LogConfig { payload_bytes: 100, ..LogConfig::default() };
    let disk = SimDisk::new(1);
    let (log, _) = start(Arc::new(disk.clone()), folder(), config, quiet());
    let small = Record { kind: 1, payload: vec![0; 100] };
    let large = Record { kind: 1, payload: vec![0; 101] };
    let reserved = Record { kind: FIRST_RESERVED_KIND, payload: Vec::new() };
    let first = log.append(vec![small.clone()]).unwrap();
    let refused = log.append(vec![small.clone(), large]).unwrap_err();
    assert!(matches!(refused, AppendError::TooLarge { index: 1, length: 101, limit: 100 }), "{refused}");
    let refused = log.append(vec![reserved]).unwrap_err();
    assert!(matches!(refused, AppendError::ReservedKind { index: 0, .. }), "{refused}");
    let last = log.append(vec![small.clone()]).unwrap();
    assert_eq!(first.wait().unwrap().positions.len(), 1);
    assert_eq!(last.wait().unwrap().positions.len(), 1);
    assert_eq!(log.append(Vec::new()).unwrap().wait().unwrap().positions, []);
    log.close().unwrap();
    let read: Vec<Record> =
        LogReader::new(&disk, folder(), LogPosition::START).unwrap().map(|item| item.unwrap().1).collect();
    assert_eq!(read, [small.clone(), small]);
}

#[test]
fn full_queue_is_said_at_once() {
    let (entered, in_hook) = mpsc::channel();
    let (release, released) = mpsc::channel::<()>();
    let hook: OnCommit = Box::new(move |_| {
        entered.send(()).unwrap();
        let _ = released.recv();
    });
    let config = LogConfig { queue: 2, ..LogConfig::default() };
    let (log, _) = start(Arc::new(SimDisk::new(1)), folder(), config, hook);
    let mut pending = vec![log.try_append(vec![record(1)]).unwrap()];
    in_hook.recv().unwrap();
    pending.extend([2, 3].map(|id| log.try_append(vec![record(id)]).unwrap()));
    assert!(matches!(log.try_append(vec![record(4)]).unwrap_err(), AppendError::QueueFull));
    drop(release);
    assert!(pending.into_iter().all(|pending| pending.wait().is_ok()));
}

#[test]
fn poison_refuses_all_and_is_said() {
    let disk = SimDisk::new(3);
    let (log, _) = start(Arc::new(disk.clone()), folder(), LogConfig::default(), quiet());
    log.append(vec![record(1)]).unwrap().wait().unwrap();
    disk.fail(Operation::SyncData, 0);
    let error = log.append(vec![record(2)]).unwrap().wait().unwrap_err();
    assert!(matches!(error, AppendError::Poisoned(_)), "{error}");
    assert!(matches!(log.try_append(vec![record(3)]).unwrap_err(), AppendError::Poisoned(_)));
    assert!(log.failure().is_some());
    assert!(matches!(log.close().unwrap_err(), LogError::NotClosed(AppendError::Poisoned(_))));
    let (_, ids) = start(Arc::new(disk), folder(), LogConfig::default(), quiet());
    assert!(ids == [1] || ids == [1, 2], "{ids:?}");
}

#[test]
fn failing_hook_acknowledges_nothing_and_is_said() {
    let disk = SimDisk::new(3);
    let hook: OnCommit = Box::new(|_| panic!("a hook that breaks its promise"));
    let (log, _) = start(Arc::new(disk.clone()), folder(), LogConfig::default(), hook);
    let error = log.append(vec![record(1)]).unwrap().wait().unwrap_err();
    assert!(matches!(error, AppendError::Closed), "{error}");
    assert!(matches!(log.close().unwrap_err(), LogError::WriterFailed));
    let (_, ids) = start(Arc::new(disk), folder(), LogConfig::default(), quiet());
    assert_eq!(ids, [1], "it may be found, and is");
}

#[test]
fn answer_can_be_awaited() {
    let (log, _) = start(Arc::new(SimDisk::new(3)), folder(), LogConfig::default(), quiet());
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let appended = runtime.block_on(async { log.try_append(vec![record(1)]).unwrap().await });
    assert_eq!(appended.unwrap().positions.len(), 1);
}

#[test]
fn log_on_the_real_disk_is_found_again() {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path().join("data/log");
    let config = LogConfig { file_bytes: 2_000, ..LogConfig::default() };
    let mut expected = Vec::new();
    for round in 0..4 {
        let (log, ids) = start(Arc::new(RealVfs), &folder, config, quiet());
        assert_eq!(ids, expected);
        for id in (0..30).map(|n| round * 100 + n) {
            log.append(vec![record(id)]).unwrap().wait().unwrap();
            expected.push(id);
        }
        if round % 2 == 0 {
            log.close().unwrap();
        }
    }
    let (_, ids) = start(Arc::new(RealVfs), &folder, config, quiet());
    assert_eq!(ids, expected);
}

#[test]
fn what_the_thread_acknowledged_survives_power_cuts() {
    let mut found = 0;
    for seed in 0..1_000 {
        let disk = SimDisk::new(seed);
        crate::vfs::create_folder(&disk, Path::new("data")).unwrap();
        let config = LogConfig { file_bytes: 1_500, queue: 4, ..LogConfig::default() };
        let (log, _) = start(Arc::new(disk.clone()), folder(), config, quiet());
        disk.cut_power_after(seed % 50);
        let mut pending = Vec::new();
        for id in 0..60 {
            match log.append(vec![record(id)]) {
                Ok(answer) => pending.push((id, answer)),
                Err(_) => break,
            }
        }
        let stored: Vec<u64> =
            pending.into_iter().filter_map(|(id, answer)| answer.wait().is_ok().then_some(id)).collect();
        drop(log);
        disk.power_cut();
        let (_, ids) = start(Arc::new(disk), folder(), config, quiet());
        assert!(ids.starts_with(&stored), "seed {seed}: {stored:?} were acknowledged, {ids:?} are found");
        found += ids.len();
    }
    assert!(found > 10_000, "{found}");
}
