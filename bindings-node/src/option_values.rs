//! What JavaScript has other forms for than the core: names, durations, sizes, pairs.

use std::time::Duration;

use partner_messaging::{Error, count, seconds};

/// A name as the core has it: Node's `getMessage` is its `get_message`. A name that is
/// neither stays unknown, with its underscore or capital.
pub(crate) fn snake_case(name: &str) -> String {
    let mut snake = String::with_capacity(name.len() + 4);
    for letter in name.chars() {
        if letter.is_ascii_uppercase() {
            snake.push('_');
        }
        snake.push(letter.to_ascii_lowercase());
    }
    snake
}

pub(crate) fn milliseconds(field: &str, value: f64) -> Result<Duration, Error> {
    seconds(field, value / 1000.0)
}

pub(crate) fn size(field: &str, value: f64) -> Result<usize, Error> {
    Ok(usize::try_from(count(field, value)?).unwrap_or(usize::MAX))
}

pub(crate) fn pairs(flat: Option<Vec<String>>) -> impl Iterator<Item = (String, String)> {
    let mut flat = flat.unwrap_or_default().into_iter();
    std::iter::from_fn(move || Some((flat.next()?, flat.next()?)))
}
