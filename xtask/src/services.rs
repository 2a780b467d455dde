//! What runs beside the programs under test: started here, and ended with the command.

pub(crate) mod postgres;
pub(crate) mod redis;
pub(crate) mod sandbox;
