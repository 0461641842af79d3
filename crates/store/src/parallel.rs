//! Runs independent jobs on a few threads. It knows nothing of what they do.

use std::{
    panic::resume_unwind,
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};

/// The results of `job(0)`, …, `job(count - 1)` in order, computed on at most that many threads; the error of
/// the first job (in order) that failed, if one did. A panic in a job goes on in the caller.
pub(crate) fn parallel<T: Send, E: Send>(
    count: usize,
    threads: usize,
    job: impl Fn(usize) -> Result<T, E> + Sync,
) -> Result<Vec<T>, E> {
    let threads = threads.min(count);
    if threads < 2 {
        return (0..count).map(job).collect();
    }
    let next = AtomicUsize::new(0);
    let work = || {
        let mut done = Vec::new();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            if at >= count {
                return done;
            }
            done.push((at, job(at)));
        }
    };
    let mut results = thread::scope(|scope| {
        let helpers: Vec<_> = (1..threads).map(|_| scope.spawn(work)).collect();
        let mut results = work();
        for helper in helpers {
            results.extend(helper.join().unwrap_or_else(|panic| resume_unwind(panic)));
        }
        results
    });
    results.sort_unstable_by_key(|(at, _)| *at);
    results.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_order_and_the_first_error_wins() {
        for threads in [0, 1, 2, 5] {
            assert_eq!(parallel(9, threads, Ok::<_, ()>), Ok((0..9).collect()));
            let odd = |at| if at % 4 == 3 { Err(at) } else { Ok(at) };
            assert_eq!(parallel(9, threads, odd), Err(3));
            assert_eq!(parallel(0, threads, odd), Ok(Vec::new()));
        }
    }
}
