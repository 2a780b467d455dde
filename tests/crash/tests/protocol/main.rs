//! The protocol itself, in every order of what can happen in a small world: processes that claim,
//! send, record, crash, freeze and thaw, a service, a person, time, and a loss of power, over a
//! store with the rules of the core.
//!
//! A process that is frozen is one that others do everything before; so freezing needs no step.

#![allow(clippy::unwrap_used)] // A test may stop at what it did not expect.

mod model;
mod world;

use model::{Mutation, Protocol};
use stateright::{Checker, HasDiscoveries, Model};
use world::StoreKind;

const FILE: Protocol = Protocol { store: StoreKind::File, processes: 2, claims: 3, mutation: None };
const SERVER: Protocol = Protocol { store: StoreKind::Server, ..FILE };

/// In all worlds that can come of it.
fn holds(protocol: Protocol) {
    let checker = protocol.checker().threads(2).spawn_bfs().join();
    println!("{} states", checker.unique_state_count());
    checker.assert_properties();
}

#[test]
fn two_processes_and_three_claims_over_a_file() {
    holds(FILE);
}

#[test]
fn two_processes_and_three_claims_over_a_server() {
    holds(SERVER);
}

#[test]
fn three_processes_and_two_claims() {
    for protocol in [FILE, SERVER] {
        holds(Protocol { processes: 3, claims: 2, ..protocol });
    }
}

/// Each is what somebody might write, and what must not stay unnoticed.
#[test]
fn a_protocol_that_is_wrong_is_found_wrong() {
    let mutations = [
        (FILE, Mutation::TimeOpensClaims),
        (SERVER, Mutation::TimeOpensClaims),
        (SERVER, Mutation::UnknownIsFree),
        (SERVER, Mutation::BarrierForgetsTime),
        (FILE, Mutation::ClaimIsNotSynced),
        (SERVER, Mutation::ReplicaLacksClaims),
        (SERVER, Mutation::SilenceIsNotSent),
        (SERVER, Mutation::AnybodySettles),
        (SERVER, Mutation::ResolvesWhatWasNotRead),
        (SERVER, Mutation::PersonErrs),
    ];
    for (protocol, mutation) in mutations {
        let opens = matches!(mutation, Mutation::TimeOpensClaims | Mutation::UnknownIsFree);
        let wanted: &[&str] = if opens { &[model::ONCE, model::NEVER_BY_TIME] } else { &[model::ONCE] };
        let found = HasDiscoveries::AllOf(wanted.iter().copied().collect());
        let protocol = Protocol { mutation: Some(mutation), ..protocol };
        let checker = protocol.checker().threads(2).finish_when(found).spawn_bfs().join();
        for property in wanted {
            let states = checker.unique_state_count();
            assert!(
                checker.discovery(property).is_some(),
                "{mutation:?} passes in {states} states: {property}"
            );
        }
    }
}
