//! The C library.

pub(crate) mod abi;
pub(crate) mod archive;
pub(crate) mod clang;
mod consumers;
mod declarations;
pub(crate) mod doxygen;
pub(crate) mod header;
pub(crate) mod library;
mod link;
mod linking;
mod packages;
mod program;
mod recipes;
mod reference;
pub(crate) mod sanitize;
pub(crate) mod test;
pub(crate) mod tools;
