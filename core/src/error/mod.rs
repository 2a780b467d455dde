//! The one taxonomy of errors that every language shares, and what an error
//! says of a message.

mod class;
mod effect;
#[allow(clippy::module_inception)]
mod error;
mod kind;
mod outcome;
mod text;
mod trail;

pub use class::ErrorClass;
pub use effect::Effect;
pub use error::Error;
#[doc(hidden)]
pub use error::Lack;
pub(crate) use error::{INTERNAL_FAULT, ResponseInfo};
pub use kind::Kind;
pub use outcome::Outcome;
pub use trail::FallbackStep;
