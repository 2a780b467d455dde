//! The options of clients and calls, and what they are worth once checked.

mod api_key;
mod base_url;
mod builder;
mod call_options;
mod cancel;
mod checked_options;
mod client_certificate;
pub(crate) mod endpoints;
mod env;
mod headers;
mod no_proxy;
mod proxy;
mod send_many_options;
mod trust;
mod values;

pub(crate) use api_key::ApiKey;
pub use builder::ClientBuilder;
pub use call_options::CallOptions;
pub use cancel::Cancel;
pub(crate) use checked_options::Config;
pub(crate) use client_certificate::ClientCertificate;
pub(crate) use headers::add_headers;
pub use send_many_options::SendManyOptions;
pub(crate) use trust::Roots;
pub use trust::RootsVariable;
pub(crate) use values::duration;
pub use values::{NOT_WHOLE, count, outcome_of, seconds};
