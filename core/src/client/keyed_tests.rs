//! What calls with keys ask of a journal's store, and what they make of its answers.

use std::sync::Arc;

use partner_messaging_sandbox::Sandbox;

use super::client::Client;
use crate::config::{CallOptions, ClientBuilder};
use crate::error::{Error, ErrorClass, Outcome};
use crate::journal::JournalHandle;
use crate::journal::memory::Memory;
use crate::types::{Receipt, Sms};

/// A service, and a store in memory.
struct World {
    sandbox: Sandbox,
    memory: Memory,
}

impl World {
    fn new() -> Self {
        Self { sandbox: Sandbox::start().unwrap(), memory: Memory::default() }
    }

    fn builder(&self) -> ClientBuilder {
        Client::builder().api_key(self.sandbox.api_key()).base_url(self.sandbox.url())
    }

    fn client(&self) -> Client {
        self.client_with(&self.memory)
    }

    fn client_with(&self, memory: &Memory) -> Client {
        self.builder().journal(JournalHandle::new(Arc::new(memory.clone()))).build().unwrap()
    }

    /// How many keys were looked up, and how many settlements and claims were written, since
    /// this was last asked.
    fn asked(&self) -> (usize, Vec<(usize, usize)>) {
        let mut state = self.memory.state();
        (std::mem::take(&mut state.looked_up), std::mem::take(&mut state.commits))
    }
}

async fn send(client: &Client, key: &str) -> Result<Receipt, Error> {
    client.send_opts(&Sms::text("+6591234567", "Hello"), &CallOptions::new().key(key)).await
}

#[tokio::test]
async fn a_new_key_costs_the_store_two_questions() {
    let world = World::new();
    let client = world.client();
    send(&client, "a").await.unwrap();
    assert_eq!(world.asked(), (0, vec![(0, 1), (1, 0)]));
    // What was refused is claimed anew; what was sent is found by the claim, and then read.
    world.sandbox.set_state(&serde_json::json!({"balance": "0.00"})).unwrap();
    assert_eq!(send(&client, "b").await.unwrap_err().class(), ErrorClass::InsufficientCredit);
    world.sandbox.set_state(&serde_json::json!({"balance": "10.00"})).unwrap();
    world.asked();
    send(&client, "b").await.unwrap();
    assert_eq!(world.asked(), (0, vec![(0, 1), (1, 0)]));
    assert!(send(&client, "b").await.unwrap().replayed);
    assert_eq!(world.asked(), (1, vec![(0, 1)]));
}

#[tokio::test]
async fn a_key_is_read_first_where_its_call_must_wait_for_its_turn() {
    let world = World::new();
    send(&world.client(), "a").await.unwrap();
    world.asked();
    let paced = world.builder().max_rate(1.0).spend_limit("SGD", "10");
    let paced = paced.journal(JournalHandle::new(Arc::new(world.memory.clone()))).build().unwrap();
    assert!(send(&paced, "a").await.unwrap().replayed);
    assert_eq!(world.asked(), (1, vec![]), "it has taken nothing that is bounded");
}

/// A full disk takes no claim, and still tells what was sent before.
#[tokio::test]
async fn a_store_that_cannot_be_written_answers_what_it_knows() {
    let world = World::new();
    send(&world.client(), "a").await.unwrap();
    let requests = world.sandbox.requests().len();
    let client = world.client_with(&world.memory.failing());
    assert!(send(&client, "a").await.unwrap().replayed);
    let other = client.send_opts(&Sms::text("+6591234567", "Bye"), &CallOptions::new().key("a")).await;
    assert_eq!(other.unwrap_err().class(), ErrorClass::InvalidMessage);
    let error = send(&client, "b").await.unwrap_err();
    assert_eq!((error.class(), error.outcome()), (ErrorClass::Journal, Some(Outcome::NotSent)), "{error}");
    assert_eq!(world.sandbox.requests().len(), requests);
}
