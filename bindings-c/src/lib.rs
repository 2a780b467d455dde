//! The C library: handles, getters and status codes over the core client.
//!
//! This crate only converts. What a message needs, what may be retried and what
//! became of a message is decided in the core. The doc comments of public items
//! are written for readers of the C header, which is generated from them.
//!
//! Three layers, each of which imports from those before it only: [`ffi`] has
//! the pointers and all `unsafe` code, [`handles`] the types, [`entries`] the
//! functions.

#![allow(non_camel_case_types)]
#![warn(missing_docs)]

pub mod entries;
mod ffi;
pub mod handles;
