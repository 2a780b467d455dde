//! Kills and losses of power through Rust, a short form: `cargo xtask crash` has the long one.

#![allow(clippy::unwrap_used)] // A test may stop at what it did not expect.

use std::path::Path;

use partner_messaging_crash::{Driver, kill_campaign, power_campaign};

fn driver() -> Driver {
    Driver::rust(Path::new(env!("CARGO_BIN_EXE_crash-worker")))
}

#[test]
fn a_kill_at_any_step_doubles_nothing() {
    let seed = fastrand::u64(..);
    println!("seed {seed}");
    let figures = kill_campaign(&driver(), 200, seed);
    println!("{figures}");
    // The steps: the claim written and synced, the body out, the answer read.
    for step in ["write -wal", "sync -wal", "send socket", "recv socket"] {
        assert!(figures.events.contains_key(step), "{step}: {figures}");
    }
}

#[test]
fn a_loss_of_power_loses_no_claim_whose_request_left() {
    let seed = fastrand::u64(..);
    println!("seed {seed}");
    let figures = power_campaign(&driver(), 240, seed);
    println!("{figures}");
    assert!(figures.events.contains_key("send socket"), "{figures}");
}
