//! Kills, power loss and trouble: what the journal makes of them.
//!
//! A [`Driver`] is a program that sends keyed messages in Rust, Python or Node to a
//! [`Server`], which books what it accepts before it answers. It is killed, stopped or let
//! down at chosen moments by the [`Shim`], and started again. Then the [`Oracle`] holds the
//! server's book against what the driver was told and what the journal says.

#![allow(clippy::unwrap_used, clippy::expect_used)] // A test may stop at what it did not expect.

mod campaign;
mod driver;
mod oracle;
mod postgres;
mod power;
mod server;
mod shim;

pub use campaign::{Figures, kill_campaign, power_campaign};
pub use driver::{Driver, Ended, Run, Work};
pub use oracle::Oracle;
pub use postgres::{Pooler, Proxy, postgres_url};
pub use power::lose_power;
pub use server::Server;
pub use shim::{Action, Shim};
