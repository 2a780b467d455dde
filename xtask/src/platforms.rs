//! Systems that are not this machine's: what is built for them, and how it is tried.

mod debian;
mod guest;
mod python;
pub(crate) mod sends;
pub(crate) mod systems;
