//! Systems that are not this machine's: what is built for them, and how it is tried.

pub(crate) mod systems;
