//! The Node package.

pub(crate) mod addon;
pub(crate) mod test;
