//! The error of everything that is told to the sandbox.

use std::fmt;

use serde::de::DeserializeOwned;

/// A command, configuration, state or fault that the sandbox cannot use, and the
/// field that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ControlError {
    field: Option<String>,
    problem: String,
}

impl ControlError {
    pub(crate) fn new(problem: impl Into<String>) -> Self {
        ControlError { field: None, problem: problem.into() }
    }

    pub(crate) fn at(field: impl Into<String>, problem: impl Into<String>) -> Self {
        ControlError { field: Some(field.into()), problem: problem.into() }
    }

    /// A command to a sandbox that is stopped; for bindings, whose sandboxes have that state.
    #[must_use]
    pub fn stopped() -> Self {
        ControlError::at("sandbox", "is stopped")
    }

    /// The same error seen from the object that holds the field.
    pub(crate) fn within(mut self, parent: &str) -> Self {
        self.field = Some(match self.field {
            Some(field) => format!("{parent}.{field}"),
            None => parent.to_owned(),
        });
        self
    }

    /// The path of the wrong field, such as `fault.status`; absent if the whole
    /// text is wrong.
    pub fn field(&self) -> Option<&str> {
        self.field.as_deref()
    }

    /// What is wrong, without the field.
    pub fn problem(&self) -> &str {
        &self.problem
    }

    fn from_path<E: fmt::Display>(error: serde_path_to_error::Error<E>) -> Self {
        let path = error.path().to_string();
        let problem = error.into_inner().to_string();
        match path.as_str() {
            "." | "?" => ControlError::new(problem),
            _ => ControlError::at(path, problem),
        }
    }
}

impl fmt::Display for ControlError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.field {
            Some(field) => write!(f, "{field}: {}", self.problem),
            None => f.write_str(&self.problem),
        }
    }
}

impl std::error::Error for ControlError {}

/// Reads a JSON object and says where it is wrong. An array is refused here, because serde
/// would take it for the fields without their names.
pub(crate) fn parse<T: DeserializeOwned>(text: &str) -> Result<T, ControlError> {
    if !text.trim_ascii_start().starts_with('{') {
        return Err(ControlError::new("must be a JSON object"));
    }
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let value = serde_path_to_error::deserialize(&mut deserializer).map_err(ControlError::from_path)?;
    deserializer.end().map_err(|error| ControlError::new(error.to_string()))?;
    Ok(value)
}

/// Reads a JSON value and says where it is wrong.
pub(crate) fn convert<T: DeserializeOwned>(value: serde_json::Value) -> Result<T, ControlError> {
    serde_path_to_error::deserialize(value).map_err(ControlError::from_path)
}
