/// What a command comes to: an error is a sentence for the person who ran it.
pub(crate) type Result<T> = std::result::Result<T, String>;

/// Fails with what each of these says that failed.
pub(crate) fn every(results: impl IntoIterator<Item = Result<()>>) -> Result<()> {
    let problems: Vec<String> = results.into_iter().filter_map(Result::err).collect();
    if problems.is_empty() { Ok(()) } else { Err(problems.join("\n")) }
}
