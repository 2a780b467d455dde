//! The journals that are open in this process: one is opened once, however often it is
//! asked for.

use std::collections::BTreeMap;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use partner_messaging::JournalHandle;
use partner_messaging::journal::{OpenStore, WeakJournal};
use ring::digest::{SHA256, digest};

use crate::fork::{enter, generation};
use crate::sqlite::SqliteFile;

#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum JournalIdentity {
    /// A file by its device and inode.
    File(u64, u64),
    /// A server by the SHA-256 of its URL, which may have a password in it.
    Server([u8; 32]),
}

/// In one process: a forked child has its own. What looks for leaks finds what a tree holds.
type OpenJournals = BTreeMap<(u64, JournalIdentity), WeakJournal>;

static OPEN: Mutex<Option<OpenJournals>> = Mutex::new(None);

/// The journal in this file, opened before or now.
pub(crate) fn journal_of(path: &Path) -> std::io::Result<JournalHandle> {
    let metadata = path.metadata()?;
    let identity = JournalIdentity::File(metadata.dev(), metadata.ino());
    Ok(get(identity, || Arc::new(SqliteFile::new(path.to_owned()))))
}

/// The journal at this URL, which stands for a server.
pub(crate) fn journal_at(url: &str, server: impl FnOnce() -> Arc<dyn OpenStore>) -> JournalHandle {
    let mut identity = [0; 32];
    identity.copy_from_slice(digest(&SHA256, url.as_bytes()).as_ref());
    get(JournalIdentity::Server(identity), server)
}

fn get(identity: JournalIdentity, store: impl FnOnce() -> Arc<dyn OpenStore>) -> JournalHandle {
    let identity = (generation(), identity);
    // Nobody forks while this is locked.
    let _inside = enter();
    let mut open = OPEN.lock().unwrap_or_else(PoisonError::into_inner);
    let open = open.get_or_insert_default();
    open.retain(|_, journal| journal.upgrade().is_some());
    if let Some(journal) = open.get(&identity).and_then(WeakJournal::upgrade) {
        return journal;
    }
    let journal = JournalHandle::new(store());
    open.insert(identity, journal.downgrade());
    journal
}
