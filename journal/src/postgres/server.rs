//! A journal by its URL: what it is known by, and how it is opened.

use std::sync::{Arc, Mutex, PoisonError};

use partner_messaging::journal::{OpenStore, Store, StoreError};
use ring::rand::{SecureRandom, SystemRandom};

use super::address::Address;
use super::schema::Journal;
use super::store::PostgresStore;
use crate::fork::{enter, generation};

/// A journal on a server, which is connected to on the thread that uses it.
pub(crate) struct Server {
    address: Arc<Address>,
    name: String,
    process: Mutex<Process>,
}

/// What belongs to this process: a forked child is a new owner.
#[derive(Clone, Copy, Default)]
struct Process {
    generation: u64,
    owner: Option<u64>,
    /// What was found when it was first opened.
    journal: Option<Journal>,
}

impl Server {
    /// Reads a URL; nothing is connected to.
    ///
    /// # Errors
    /// What is wrong with it, without a password.
    pub(crate) fn new(url: &str) -> Result<Self, String> {
        let address = Address::new(url)?;
        Ok(Self { name: address.to_string(), address: Arc::new(address), process: Mutex::default() })
    }

    /// This process's number as an owner of claims.
    fn owner(&self) -> Result<u64, StoreError> {
        // Nobody forks while this is locked.
        let _inside = enter();
        let mut process = self.process.lock().unwrap_or_else(PoisonError::into_inner);
        if process.generation != generation() {
            *process = Process { generation: generation(), ..Process::default() };
        }
        let owner = match process.owner {
            Some(owner) => owner,
            None => random_owner()?,
        };
        process.owner = Some(owner);
        Ok(owner)
    }

    /// Refuses another journal than the one that was open before: digests were made with
    /// its secret.
    fn check_is_same(&self, journal: Journal) -> Result<(), StoreError> {
        let _inside = enter();
        let mut process = self.process.lock().unwrap_or_else(PoisonError::into_inner);
        match process.journal.replace(journal) {
            Some(before) if before != journal => {
                process.journal = Some(before);
                Err(StoreError::broken("it was removed and made anew while it was in use"))
            }
            _ => Ok(()),
        }
    }
}

impl OpenStore for Server {
    fn open(&self) -> Result<Box<dyn Store>, StoreError> {
        let owner = self.owner()?;
        let (store, journal) = PostgresStore::open(&self.address, owner)?;
        self.check_is_same(journal)?;
        Ok(Box::new(store))
    }

    fn name(&self) -> String {
        self.name.clone()
    }

    fn is_local(&self) -> bool {
        false
    }

    fn is_loopback(&self) -> bool {
        self.address.is_loopback()
    }
}

/// Of 63 bits, so that it is positive in the tables.
fn random_owner() -> Result<u64, StoreError> {
    let mut bytes = [0; 8];
    if SystemRandom::new().fill(&mut bytes).is_err() {
        return Err(StoreError::broken("this machine gives no random numbers"));
    }
    Ok(u64::from_be_bytes(bytes) >> 1)
}
