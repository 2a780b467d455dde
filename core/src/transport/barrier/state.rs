//! The one atomic of the commit barrier.
//!
//! It stands alone so that the model checker can be run on it with its own
//! atomics in place of these.

use super::atomic::{AtomicU8, Ordering};

const IDLE: u8 = 0;
const COMMITTED: u8 = 1;
const SEALED: u8 = 2;

/// Idle, then for ever either committed or sealed.
#[derive(Debug)]
pub(crate) struct State(AtomicU8);

impl State {
    pub(crate) fn new() -> Self {
        Self(AtomicU8::new(IDLE))
    }

    /// `true`: it is sealed, now or before. `false`: it was committed before.
    pub(crate) fn seal(&self) -> bool {
        self.step(SEALED) != COMMITTED
    }

    /// `true`: it is committed now. `false`: it was committed or sealed before.
    pub(crate) fn commit(&self) -> bool {
        self.step(COMMITTED) == IDLE
    }

    /// Leaves `IDLE` for `to`; tells the state before.
    fn step(&self, to: u8) -> u8 {
        match self.0.compare_exchange(IDLE, to, Ordering::AcqRel, Ordering::Acquire) {
            Ok(before) | Err(before) => before,
        }
    }
}
