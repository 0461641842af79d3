//! The writing thread: groups, order, answers, and the hook; on the simulated disk and on the real one.

use std::sync::{Mutex, mpsc};

use super::*;
use crate::{
    log::{
        CommittedRecord, DamageCause, FIRST_RESERVED_KIND, Hooks, Log, LogConfig, LogMark, LogReader,
        OnCommit, ReadError, Start,
    },
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
                        found.map(|found| &found.entry),
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
    assert!(matches!(error, AppendError::WriterFailed), "{error}");
    assert!(matches!(log.failure(), Some(AppendError::WriterFailed)), "{:?}", log.failure());
    for again in [log.append(vec![record(2)]), log.try_append(vec![record(3)])] {
        assert!(matches!(again.unwrap_err(), AppendError::WriterFailed));
    }
    assert!(matches!(log.begin_file().unwrap_err(), AppendError::WriterFailed));
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

/// A log on the real disk with one acknowledged record.
fn on_disk(folder: &Path, hooks: Hooks) -> Log {
    let (log, _) =
        Log::open(Arc::new(RealVfs), folder, LogConfig::default(), LogPosition::START, &mut |_| {}, hooks)
            .unwrap();
    log.append(vec![record(1)]).unwrap().wait().unwrap();
    log
}

#[test]
fn a_file_that_is_not_at_its_place_acknowledges_nothing() {
    let first = "00000000000000000001.wlog";
    type Spoil<'a> = &'a dyn Fn(&Path);
    let cases: [(&str, Spoil<'_>); 5] = [
        ("file removed", &|folder| std::fs::remove_file(folder.join(first)).unwrap()),
        ("file moved", &|folder| std::fs::rename(folder.join(first), folder.join("other")).unwrap()),
        ("file replaced", &|folder| {
            std::fs::copy(folder.join(first), folder.join("copy")).unwrap();
            std::fs::rename(folder.join("copy"), folder.join(first)).unwrap();
        }),
        ("folder removed", &|folder| std::fs::remove_dir_all(folder).unwrap()),
        ("folder moved", &|folder| std::fs::rename(folder, folder.with_file_name("moved")).unwrap()),
    ];
    for (name, spoil) in cases {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("data/log");
        let log = on_disk(&folder, quiet().into());
        spoil(&folder);
        let error = log.append(vec![record(2)]).unwrap().wait().unwrap_err();
        assert!(matches!(error, AppendError::Displaced { .. }), "{name}: {error}");
        assert!(matches!(log.failure(), Some(AppendError::Displaced { .. })), "{name}");
        assert!(log.append(vec![record(3)]).is_err(), "{name}: it goes on");
    }
}

#[test]
fn a_folder_that_is_no_longer_ours_acknowledges_nothing() {
    let root = tempfile::tempdir().unwrap();
    let mut asked = 0;
    let still_ours = move || {
        asked += 1;
        if asked == 1 { Ok(()) } else { Err(AppendError::Displaced { what: "LOCK".to_owned() }) }
    };
    let hooks = Hooks { still_ours: Box::new(still_ours), ..quiet().into() };
    let log = on_disk(&root.path().join("log"), hooks);
    let error = log.append(vec![record(2)]).unwrap().wait().unwrap_err();
    assert!(matches!(error, AppendError::Displaced { .. }), "{error}");
    assert!(log.failure().is_some());
}

#[test]
fn nothing_is_acknowledged_in_a_file_that_cannot_be_marked() {
    let disk = SimDisk::new(1);
    let marks = Arc::new(Mutex::new(Vec::new()));
    let (seen, mut refused) = (Arc::clone(&marks), 0);
    let on_mark = move |mark| {
        refused += 1;
        match refused {
            1 => Err(AppendError::DiskFull(Arc::new(std::io::ErrorKind::StorageFull.into()))),
            _ => {
                seen.lock().unwrap().push(mark);
                Ok(())
            }
        }
    };
    let hooks = Hooks { on_mark: Box::new(on_mark), ..quiet().into() };
    let config = LogConfig { file_bytes: 400, ..LogConfig::default() };
    let (log, _) =
        Log::open(Arc::new(disk), folder(), config, LogPosition::START, &mut |_| {}, hooks).unwrap();
    let error = log.append(vec![record(1)]).unwrap().wait().unwrap_err();
    assert!(matches!(error, AppendError::DiskFull(_)), "{error}");
    let mut newest = 0;
    for id in 1..20 {
        for position in log.append(vec![record(id)]).unwrap().wait().unwrap().positions {
            newest = position.file;
            assert_eq!(marks.lock().unwrap().last().map(|mark: &LogMark| mark.file), Some(newest));
        }
    }
    assert!(newest > 3, "{newest}");
    log.close().unwrap();
    let last = *marks.lock().unwrap().last().unwrap();
    assert!(last.closed && last.file == newest + 1 && last.previous.file == newest, "{last:?}");
}

/// What is found missing of a log of three files and what its marks say, after some were removed.
#[test]
fn files_that_were_marked_and_are_gone_are_missed() {
    let gone = |files: &[u64], closed: bool, from: LogPosition| {
        let disk = SimDisk::new(1);
        let marks = Arc::new(Mutex::new(None));
        let seen = Arc::clone(&marks);
        let on_mark = move |mark| {
            *seen.lock().unwrap() = Some(mark);
            Ok(())
        };
        let hooks = Hooks { on_mark: Box::new(on_mark), ..quiet().into() };
        let config = LogConfig { file_bytes: 1, ..LogConfig::default() };
        let (log, _) =
            Log::open(Arc::new(disk.clone()), folder(), config, LogPosition::START, &mut |_| {}, hooks)
                .unwrap();
        for id in 1..=3 {
            log.append(vec![record(id)]).unwrap().wait().unwrap();
        }
        let mut mark = *marks.lock().unwrap();
        if closed {
            log.close().unwrap();
            mark = *marks.lock().unwrap();
        }
        for file in files {
            disk.remove(&folder().join(format!("{file:020}.wlog"))).unwrap();
        }
        let start = Start { from, mark };
        let read =
            LogReader::new(&disk, folder(), start).unwrap().filter_map(Result::err).collect::<Vec<_>>();
        let recovered = Log::open(Arc::new(disk.clone()), folder(), config, start, &mut |_| {}, quiet())
            .unwrap()
            .1
            .damage;
        let read: Vec<_> = read
            .into_iter()
            .filter_map(|error| if let ReadError::Damaged(damage) = error { Some(damage) } else { None })
            .collect();
        assert_eq!(read, recovered, "who reads and who writes see the same");
        read.into_iter().map(|damage| (damage.cause, damage.records_lost)).collect::<Vec<_>>()
    };
    let missing = |first, last, lost| vec![(DamageCause::MissingFiles { first, last }, lost)];
    let start = LogPosition::START;
    assert_eq!(gone(&[], false, start), []);
    assert_eq!(gone(&[], true, start), []);
    assert_eq!(gone(&[3], false, start), missing(3, 3, None));
    assert_eq!(gone(&[1, 2, 3], false, start), missing(1, 3, None));
    assert_eq!(gone(&[4], true, start), missing(4, 4, Some(0)));
    assert_eq!(gone(&[1, 2, 3, 4], true, start), missing(1, 4, None));
    let flushed = LogPosition::new(4, 40);
    assert_eq!(gone(&[1, 2, 3, 4], true, flushed), missing(4, 4, Some(0)), "all of it was in segments");
}
