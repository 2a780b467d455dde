//! The core's errors as plain values, and the table of their classes.

use std::time::Duration;

use napi_derive::napi;
use partner_messaging::{Error, ErrorClass, Outcome};
use serde::Serialize;

use crate::facts;

/// What the package makes an error of the class `className` from; what is
/// absent is left out.
#[napi(object, object_from_js = false)]
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Failure {
    pub class_name: &'static str,
    pub message: String,
    pub kind: &'static str,
    pub outcome: Option<&'static str>,
    pub field: Option<String>,
    pub attempts: u32,
    /// Milliseconds.
    pub elapsed: f64,
    pub status: Option<u32>,
    pub code: Option<String>,
    pub request_id: Option<String>,
    /// Milliseconds.
    pub retry_after: Option<f64>,
    pub body: Option<String>,
    /// The steps of a fallback, a JSON list.
    pub trail: Option<String>,
}

impl Failure {
    pub(crate) fn new(error: &Error) -> Self {
        // A message's fields have their names on the wire already.
        let field = error.field().map(|field| match error.class() {
            ErrorClass::InvalidMessage => field.to_owned(),
            _ => camel_case(field),
        });
        Self {
            class_name: error.class().name(),
            message: error.message_naming(field.as_deref().unwrap_or_default()),
            kind: error.kind().as_str(),
            outcome: error.outcome().map(Outcome::as_str),
            field,
            attempts: error.attempts(),
            elapsed: milliseconds(error.elapsed()),
            status: error.status().map(u32::from),
            code: error.code().map(str::to_owned),
            request_id: error.request_id().map(str::to_owned),
            retry_after: error.retry_after().map(milliseconds),
            body: error.body().map(str::to_owned),
            // It can always be written: names, words and numbers.
            trail: (!error.trail().is_empty()).then(|| facts::trail(error.trail()).unwrap_or_default()),
        }
    }
}

/// The failure for an option whose value has no usable type. `problem` must not
/// repeat that value.
#[napi(catch_unwind)]
pub fn config_failure(field: String, problem: String) -> Failure {
    let error = Error::config(&field, problem);
    // The name is the caller's own: it is told as it was given.
    Failure { message: error.message_naming(&field), field: Some(field), ..Failure::new(&error) }
}

/// A duration in milliseconds, to the microsecond.
pub(crate) fn milliseconds(duration: Duration) -> f64 {
    // A double is exact for centuries of microseconds.
    #[allow(clippy::cast_precision_loss)]
    let microseconds = duration.as_micros() as f64;
    microseconds / 1000.0
}

/// An option's name as Node has it. The name of an environment variable, which
/// the core blames too, is in capitals and stays.
fn camel_case(name: &str) -> String {
    if name.contains(|c: char| c.is_ascii_uppercase()) {
        return name.to_owned();
    }
    let mut words = name.split('_');
    let mut camel = words.next().unwrap_or_default().to_owned();
    for word in words {
        let mut letters = word.chars();
        camel.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        camel.push_str(letters.as_str());
    }
    camel
}

/// A class of errors as the core has it.
#[napi(object, object_from_js = false)]
pub struct NativeErrorClass {
    pub name: &'static str,
    /// The class above; absent for the base of all.
    pub parent: Option<&'static str>,
    /// The documented code that makes an error of this class.
    pub code: Option<&'static str>,
}

/// Every class of errors, parents before their children.
#[napi(catch_unwind)]
pub fn error_classes() -> Vec<NativeErrorClass> {
    let class = |class: &ErrorClass| NativeErrorClass {
        name: class.name(),
        parent: class.parent().map(ErrorClass::name),
        code: class.code(),
    };
    ErrorClass::ALL.iter().map(class).collect()
}
