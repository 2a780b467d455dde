//! The core's errors as plain values, and the table of their classes.

use napi_derive::napi;
use partner_messaging::{Effect, Error, ErrorClass, Request};

pub use crate::generated::Failure;

impl Failure {
    /// With the option at fault by its name in Node.
    pub(crate) fn new(error: &Error) -> Self {
        // A message's fields have their names on the wire already.
        match error.field() {
            Some(field) if error.class() != ErrorClass::InvalidMessage => {
                Self::named(error, camel_case(field))
            }
            _ => error.into(),
        }
    }

    fn named(error: &Error, field: String) -> Self {
        Self { message: error.message_with_field(&field), field: Some(field), ..error.into() }
    }
}

/// The failure for an option whose value has no usable type, of a client or of a call
/// with this `effect`: `read`, `write` or `send`. `problem` must not repeat that value.
#[napi(catch_unwind)]
pub fn config_failure(field: String, problem: String, effect: String) -> Failure {
    let error = Error::config(&field, problem).attach_effect(effect_of(&effect));
    // The name is the caller's own, and stays as it was given.
    Failure::named(&error, field)
}

/// The failure for a message whose `field` JSON can't express, the one at `index` of
/// several. `problem` must not repeat the field's value.
#[napi(catch_unwind)]
pub fn invalid_message_failure(field: String, problem: String, index: Option<u32>) -> Failure {
    let error = Error::invalid_message(&field, problem);
    Failure::new(&match index {
        Some(index) => error.with_message_index(index as usize),
        None => error,
    })
}

/// The failure for a fault of this library in the midst of a call with this `effect`.
#[napi(catch_unwind)]
pub fn internal_failure(effect: String) -> Failure {
    Failure::new(&Error::internal_fault(effect_of(&effect)))
}

fn effect_of(name: &str) -> Effect {
    match name {
        "read" => Effect::Read,
        "write" => Effect::Write,
        _ => Effect::Send,
    }
}

/// The effect of a request with this method: `read` or `write`.
#[napi(catch_unwind)]
pub fn request_effect(method: String) -> &'static str {
    if Request::effect_of(&method).has_outcome() { "write" } else { "read" }
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
