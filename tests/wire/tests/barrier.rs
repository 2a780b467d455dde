//! The commit barrier's compare-and-swap under the model checker: every
//! interleaving of those who hand the body out and those who give it up.

#![allow(clippy::unwrap_used)] // A test may stop at what it did not expect.

use std::sync::Arc;

use loom::sync::atomic;
use loom::thread;

#[path = "../../../core/src/transport/barrier/state.rs"]
mod state;

use state::State;

#[test]
fn of_commit_and_seal_exactly_one_wins() {
    loom::model(|| {
        let state = Arc::new(State::new());
        let body = state.clone();
        let committing = thread::spawn(move || body.commit());
        let sealed = state.seal();
        let committed = committing.join().unwrap();
        assert_ne!(committed, sealed);
        // Both go on to say the same for ever.
        assert_eq!(state.seal(), sealed);
        assert!(!state.commit());
    });
}

#[test]
fn a_body_is_handed_out_once_at_most() {
    loom::model(|| {
        let state = Arc::new(State::new());
        let tries: Vec<_> = (0..2)
            .map(|_| {
                let state = state.clone();
                thread::spawn(move || state.commit())
            })
            .collect();
        let sealed = state.seal();
        let committed = tries.into_iter().filter_map(|thread| thread.join().unwrap().then_some(())).count();
        assert_eq!(committed, usize::from(!sealed));
    });
}

#[test]
fn all_who_give_up_are_told_the_same() {
    loom::model(|| {
        let state = Arc::new(State::new());
        let (body, other) = (state.clone(), state.clone());
        let committing = thread::spawn(move || body.commit());
        let sealing = thread::spawn(move || other.seal());
        let here = state.seal();
        let there = sealing.join().unwrap();
        let committed = committing.join().unwrap();
        // One told "sealed" before the commit could only mean that it never happened.
        assert!(!(committed && (here || there)));
        assert!(committed || (here && there));
    });
}
