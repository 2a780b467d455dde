//! Where journals are kept.

use std::sync::atomic::{AtomicU64, Ordering};

use tempfile::TempDir;

/// A folder of files.
pub(crate) struct Folder(TempDir);

impl Folder {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn journal(&self, name: &str) -> String {
        self.0.path().join(name).to_str().unwrap().to_owned()
    }
}

/// A PostgreSQL server, with names that nobody else has.
pub(crate) struct Server(u64);

impl Server {
    pub(crate) fn new() -> Self {
        static COUNT: AtomicU64 = AtomicU64::new(0);
        Self(COUNT.fetch_add(1, Ordering::Relaxed))
    }

    pub(crate) fn journal(&self, name: &str) -> String {
        let url = std::env::var("PARTNER_MESSAGING_TEST_POSTGRES").unwrap_or_else(|_| {
            panic!("these tests need a server: cargo xtask postgres cargo test -p partner-messaging-journal")
        });
        format!("{url}?journal=keys-{}-{}-{name}", std::process::id(), self.0)
    }
}
