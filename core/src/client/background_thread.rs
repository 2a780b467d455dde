//! A thread that runs calls in the background, and its end.

use std::convert::Infallible;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, Weak};
use std::thread::JoinHandle;

use tokio::runtime::{Builder, Handle};
use tokio::sync::Notify;

use super::callback_watch::Running;
use crate::error::Error;
use crate::util::{PerProcess, ending_threads, lock};

/// A thread with a runtime. It ends when neither its owner nor one of its calls is
/// left; so what it was given runs to its end.
pub(super) struct BackgroundThread {
    handle: Handle,
    in_use: Arc<InUse>,
    /// Set once nothing runs on it any more.
    ended: Arc<AtomicBool>,
    thread: Mutex<Option<JoinHandle<()>>>,
    callback: Arc<Running>,
}

/// Ends the thread when the last one is dropped.
struct InUse(Arc<Notify>);

impl Drop for InUse {
    fn drop(&mut self) {
        self.0.notify_one();
    }
}

impl BackgroundThread {
    fn start() -> Result<Self, Error> {
        let failed = |error: std::io::Error| {
            Error::out_of_resources(format!("no background thread can be started: {error}"))
        };
        let runtime = Builder::new_current_thread().enable_all().build().map_err(failed)?;
        let handle = runtime.handle().clone();
        let (unused, ended) = (Arc::new(Notify::new()), Arc::new(AtomicBool::new(false)));
        let (until, at_end) = (unused.clone(), ended.clone());
        let run = move || {
            // The runtime panics where its descriptors were closed behind its back.
            let _ = catch_unwind(AssertUnwindSafe(|| runtime.block_on(until.notified())));
            at_end.store(true, Ordering::SeqCst);
            // Dropping the runtime cancels the calls that are left, and each reports its outcome.
            let _ = catch_unwind(AssertUnwindSafe(|| drop(runtime)));
        };
        let thread = std::thread::Builder::new().name("partner-messaging".to_owned()).spawn(run);
        let thread = Mutex::new(Some(thread.map_err(failed)?));
        Ok(Self { handle, in_use: Arc::new(InUse(unused)), ended, thread, callback: Arc::default() })
    }

    /// The thread of this place, started if there is none that runs.
    pub(super) fn running_in(place: &PerProcess<Self>) -> Result<Arc<Self>, Error> {
        loop {
            let thread = place.get(Self::start)?;
            if !thread.ended.load(Ordering::SeqCst) {
                return Ok(thread);
            }
            place.take();
        }
    }

    /// The callback that runs on it.
    pub(super) fn callback(&self) -> Arc<Running> {
        self.callback.clone()
    }

    /// Runs a future, which keeps the thread until it has ended. It is boxed, so that a task's
    /// code is there once and not for each kind of call.
    pub(super) fn spawn(&self, future: Pin<Box<dyn Future<Output = ()> + Send>>) {
        let in_use = self.in_use.clone();
        self.handle.spawn(async move {
            future.await;
            drop(in_use);
        });
    }

    /// Gives the thread up, and waits until it has run what it was given and has ended.
    pub(super) fn end(thread: Arc<Self>) {
        let joined = lock(&thread.thread).take();
        drop(thread);
        if let Some(joined) = joined {
            // It ends with a panic only of its own making, which has been told.
            let _ = joined.join();
        }
    }
}

impl Drop for BackgroundThread {
    fn drop(&mut self) {
        // Nobody waited for its end.
        if let Some(thread) = lock(&self.thread).take() {
            ending_threads::add(thread);
        }
    }
}

/// The place of a thread that one client has for itself.
pub(super) struct OwnThread(PerProcess<BackgroundThread>);

/// All of them that there are.
static OWN_THREADS: PerProcess<Mutex<Vec<Weak<OwnThread>>>> = PerProcess::new();

impl OwnThread {
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self(PerProcess::new()))
    }

    /// Where its thread is, if it has been started.
    pub(super) fn place(self: &Arc<Self>) -> &PerProcess<BackgroundThread> {
        if self.0.existing().is_none() {
            self.register();
        }
        &self.0
    }

    fn register(self: &Arc<Self>) {
        let Ok(all) = OWN_THREADS.get(|| Ok::<_, Infallible>(Mutex::default()));
        let mut all = lock(&all);
        all.retain(|own| own.upgrade().is_some_and(|own| !Arc::ptr_eq(&own, self)));
        all.push(Arc::downgrade(self));
    }

    /// Ends the threads of all clients, and waits until they have run what they were given.
    pub(super) fn end_all() {
        let Some(all) = OWN_THREADS.take() else { return };
        let all = std::mem::take(&mut *lock(&all));
        for thread in all.iter().filter_map(|own| own.upgrade()?.0.take()) {
            BackgroundThread::end(thread);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn the_end_waits_for_what_runs() {
        let place = PerProcess::new();
        let thread = BackgroundThread::running_in(&place).unwrap();
        let done = Arc::new(AtomicBool::new(false));
        let set = done.clone();
        thread.spawn(Box::pin(async move {
            tokio::time::sleep(Duration::from_millis(50)).await;
            set.store(true, Ordering::SeqCst);
        }));
        drop(thread);
        BackgroundThread::end(place.take().unwrap());
        assert!(done.load(Ordering::SeqCst) && place.existing().is_none());
        // The next one that asks has another.
        drop(BackgroundThread::running_in(&place).unwrap());
    }

    #[test]
    fn a_thread_that_broke_is_replaced() {
        let place = PerProcess::new();
        let broken = BackgroundThread::running_in(&place).unwrap();
        broken.ended.store(true, Ordering::SeqCst);
        let next = BackgroundThread::running_in(&place).unwrap();
        assert!(!Arc::ptr_eq(&broken, &next));
    }
}
