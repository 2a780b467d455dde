//! Keys: the caller's names for what must happen at most once.

use crate::error::Error;

/// A key has this many bytes at most.
const MAX_KEY_LENGTH: usize = 255;

/// Refuses what can't be a key. Anything else is taken as it is given.
///
/// # Errors
/// [`ErrorClass::InvalidMessage`](crate::ErrorClass::InvalidMessage) with the field `key`.
pub fn check_key(key: &str) -> Result<(), Error> {
    let problem = if key.is_empty() {
        "must not be empty".to_owned()
    } else if key.len() > MAX_KEY_LENGTH {
        format!("must have {MAX_KEY_LENGTH} bytes at most, as UTF-8")
    } else if key.chars().any(char::is_control) {
        "must not have control characters in it".to_owned()
    } else {
        return Ok(());
    };
    Err(Error::invalid_message("key", problem))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_some_text_without_control_characters() {
        for good in ["a", "order 4711/otp", "\u{4f60}\u{597d}", "e\u{301}", " ", &"k".repeat(255)] {
            assert!(check_key(good).is_ok(), "{good}");
        }
        for bad in ["", "a\nb", "\u{0}", "\u{7f}", "\u{85}", &"k".repeat(256), &"\u{4f60}".repeat(86)] {
            let error = check_key(bad).unwrap_err();
            assert_eq!(error.field(), Some("key"));
            assert!(bad.is_empty() || !error.to_string().contains(bad), "{error}");
        }
    }
}
