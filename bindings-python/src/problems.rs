//! What values of Python's own types are refused with. What the values have to be, the core says.

pub(crate) const STRING: &str = "must be a string";
pub(crate) const STRINGS: &str = "must be a list of strings";
pub(crate) const REFUSALS: &str = "must be a list of codes and classes of errors";
pub(crate) const STRING_MAPPING: &str = "must be a mapping whose names and values are strings";
pub(crate) const FLAG: &str = "must be True or False";
pub(crate) const NUMBER: &str = "must be a number";
pub(crate) const SECONDS: &str = "must be a number of seconds";
pub(crate) const AMOUNTS: &str = "must be a mapping of currencies to amounts: strings or Decimals";
pub(crate) const PATH: &str = "must be a path";
pub(crate) const TIME: &str = "must be a string, a datetime or a date";
pub(crate) const TIME_ZONE: &str = "must be a datetime with a time zone: one without is not a point in time";
pub(crate) const CALLABLE: &str = "must be callable";
pub(crate) const JOURNAL: &str = "must be a path, a URL or a Journal";
pub(crate) const MESSAGE: &str = "must be a WhatsApp, an Sms, an Email, or a mapping in wire form";
pub(crate) const MESSAGES: &str = "must be a list of messages";
pub(crate) const KEYED_MESSAGES: &str = "must be a mapping of keys to messages";
