//! What a send with a key does: the same on every store.

#![allow(clippy::unwrap_used)] // A test may stop at what it did not expect.

mod places;

#[path = "."]
mod in_a_file {
    use crate::places::Folder as Place;

    #[path = "behaviour.rs"]
    mod behaviour;
}

#[path = "."]
mod on_a_server {
    use crate::places::Server as Place;

    #[path = "behaviour.rs"]
    #[expect(clippy::duplicate_mod, reason = "the same tests, on another store")]
    mod behaviour;
}
