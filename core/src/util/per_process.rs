//! State that belongs to one process: after a fork, the child makes its own.

use std::sync::Arc;

use arc_swap::ArcSwapOption;

/// A value that is made on first use, and made anew on the first use in a
/// forked child.
///
/// A runtime or a pool of connections that a child inherits is unusable there:
/// its threads are gone, and its sockets are the parent's too. The child
/// forgets it without dropping it, since its locks may be held by threads that
/// no longer exist. There is no lock here for the same reason.
pub(crate) struct PerProcess<T> {
    current: ArcSwapOption<(u32, Arc<T>)>,
}

impl<T> PerProcess<T> {
    pub(crate) const fn new() -> Self {
        Self { current: ArcSwapOption::const_empty() }
    }

    /// This process's value, made by `make` if there is none yet.
    pub(crate) fn get<E>(&self, make: impl Fn() -> Result<T, E>) -> Result<Arc<T>, E> {
        let process = std::process::id();
        loop {
            let current = self.current.load();
            if let Some((owner, value)) = current.as_deref()
                && *owner == process
            {
                return Ok(value.clone());
            }
            let made = Arc::new((process, Arc::new(make()?)));
            // Of two threads that get here at once, one keeps what it made.
            let before = self.current.compare_and_swap(&*current, Some(made.clone()));
            let swapped = match (&*before, &*current) {
                (Some(before), Some(current)) => Arc::ptr_eq(before, current),
                (None, None) => true,
                _ => false,
            };
            if swapped {
                if let Some(inherited) = before.as_ref() {
                    std::mem::forget(inherited.clone());
                }
                return Ok(made.1.clone());
            }
        }
    }

    /// This process's value, if it has been made.
    pub(crate) fn existing(&self) -> Option<Arc<T>> {
        let current = self.current.load();
        let (owner, value) = current.as_deref()?;
        (*owner == std::process::id()).then(|| value.clone())
    }

    /// Takes this process's value out, if it has been made.
    pub(crate) fn take(&self) -> Option<Arc<T>> {
        let current = self.current.load();
        let (owner, value) = current.as_deref()?;
        if *owner != std::process::id() {
            return None;
        }
        let before = self.current.compare_and_swap(&*current, None);
        before.as_ref().is_some_and(|before| Arc::ptr_eq(&before.1, value)).then(|| value.clone())
    }
}

impl<T> Drop for PerProcess<T> {
    fn drop(&mut self) {
        // Dropped in a child that never used it, the parent's value is forgotten
        // too: its end would take the parent's sockets out of the epoll set that
        // both processes share, and the parent would wait on them for ever.
        if let Some(current) = self.current.swap(None)
            && current.0 != std::process::id()
        {
            std::mem::forget(current);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn threads_share_one_value() {
        let cell = PerProcess::<String>::new();
        assert!(cell.existing().is_none());
        let values: Vec<_> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..8)
                .map(|n| {
                    let cell = &cell;
                    scope.spawn(move || cell.get(|| Ok::<_, ()>(n.to_string())).unwrap())
                })
                .collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert!(values.iter().all(|value| Arc::ptr_eq(value, &values[0])));
        assert!(Arc::ptr_eq(&cell.existing().unwrap(), &values[0]));
    }
}
