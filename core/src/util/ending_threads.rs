//! Threads that end by themselves, for whoever waits until all are gone.

use std::convert::Infallible;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::JoinHandle;

use super::PerProcess;
use super::lock::lock;

static THREADS: PerProcess<Mutex<Vec<JoinHandle<()>>>> = PerProcess::new();

static JOINS: AtomicU64 = AtomicU64::new(0);

/// Hands a thread over that ends without anybody's doing.
pub(crate) fn add(thread: JoinHandle<()>) {
    let Ok(threads) = THREADS.get(|| Ok::<_, Infallible>(Mutex::default()));
    let mut threads = lock(&threads);
    threads.retain(|thread| !thread.is_finished());
    threads.push(thread);
}

/// How often somebody has begun to wait: a thread that would take its time ends soon when
/// this changes.
pub(crate) fn joins() -> u64 {
    JOINS.load(Ordering::SeqCst)
}

/// Waits until every thread that was handed over has ended, but the calling one.
pub(crate) fn join() {
    JOINS.fetch_add(1, Ordering::SeqCst);
    while let Some(threads) = THREADS.take() {
        let threads = std::mem::take(&mut *lock(&threads));
        for thread in threads {
            if thread.thread().id() != std::thread::current().id() {
                // A panic of its own has been told.
                let _ = thread.join();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    #[test]
    fn all_are_waited_for_but_the_waiting_one() {
        let ended = Arc::new(AtomicU32::new(0));
        for _ in 0..3 {
            let ended = ended.clone();
            add(std::thread::spawn(move || {
                std::thread::yield_now();
                ended.fetch_add(1, Ordering::SeqCst);
            }));
        }
        join();
        assert_eq!(ended.load(Ordering::SeqCst), 3);
        let (handle, itself) = std::sync::mpsc::channel();
        let thread = std::thread::spawn(move || {
            add(itself.recv().unwrap());
            join();
            ended.fetch_add(1, Ordering::SeqCst);
        });
        handle.send(thread).unwrap();
        join();
    }
}
