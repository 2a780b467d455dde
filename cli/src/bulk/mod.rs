//! Sending a message for each row of an input.

mod arguments;
mod bad_rows;
mod check;
mod csv_rows;
mod encoding;
mod estimate;
mod json_rows;
mod maker;
mod progress;
mod results;
mod row_arguments;
mod rows;
mod run;
mod source;
mod sum;
mod template;

pub(crate) use arguments::BulkArgs;
pub(crate) use maker::Maker;
pub(crate) use row_arguments::RowArgs;
pub(crate) use rows::{Row, Rows};
pub(crate) use run::run;
