//! What the READMEs and the guide have of the core's public types: the table of outcomes, which is
//! written anew, and the tables of a client's options, whose words are each language's own.

use std::path::Path;

use super::interface::{Interface, Row, camel_case, several};
use super::names::setter;
use super::written::between;
use crate::Result;
use crate::files::read;

const BEGIN: &str = "<!-- The table of outcomes: GENERATED from the core's classes of errors by `cargo xtask generate`; change those. -->\n\n";
const END: &str = "\n<!-- End of the table of outcomes. -->\n";

/// The documents that have the table by classes of errors, and what they call a receipt.
const BY_CLASS: [(&str, &str); 4] = [
    ("README.md", "the receipt"),
    ("docs/outcomes.md", "the receipt"),
    ("bindings-python/README.md", "`Receipt`, which the call returns"),
    ("bindings-node/README.md", "the receipt"),
];

/// The one that has it by statuses, and where it is said which class has which.
const BY_STATUS: (&str, &str) = ("bindings-c/README.md", "bindings-c/src/handles/status.rs");

/// What each outcome means.
const MEANINGS: [(&str, &str); 4] = [
    ("sent", "the service accepted it and gave it an id"),
    ("rejected", "the service answered that it did not take it"),
    ("not_sent", "no complete request left this process, or the server said that it processed nothing"),
    ("unknown", "it may have been accepted, and may not"),
];

/// Whether to send a message again after an error of a class, as the error's own text says.
const SEND_AGAIN: [(&str, &str); 7] = [
    ("ConfigError", "yes, once corrected"),
    ("InvalidMessageError", "yes, once corrected"),
    ("TransportError", "yes"),
    ("SpendLimitError", "yes, once the limit is raised"),
    ("JournalError", "yes, with the same key, once the journal can be used"),
    ("ApiError", "yes, once its cause is gone"),
    ("OutcomeUnknownError", "only after checking"),
];

/// The documents with the table of outcomes: their paths and their texts.
pub(super) fn outcomes(root: &Path, interface: &Interface) -> Result<Vec<(String, String)>> {
    let mut made = Vec::new();
    for (document, receipt) in BY_CLASS {
        let class = |class: &Row| match class.name.as_str() {
            "ApiError" => "`ApiError` and its subclasses".to_owned(),
            name => format!("`{name}`"),
        };
        let table = table(interface, &|outcome| format!("`{outcome}`"), receipt, &class)?;
        made.push((document.to_owned(), between(root, document, BEGIN, END, &table)?));
    }
    let (document, source) = BY_STATUS;
    let statuses = read(&root.join(source))?;
    for class in carriers(interface) {
        status(&statuses, class).ok_or_else(|| format!("{source} has no status of {}", class.variant))?;
    }
    let outcome = |outcome: &str| format!("`PM_OUTCOME_{}`", outcome.to_uppercase());
    let class = |class: &Row| format!("`{}`", status(&statuses, class).unwrap_or_default());
    let table = table(interface, &outcome, "`PM_OK`", &class)?;
    made.push((document.to_owned(), between(root, document, BEGIN, END, &table)?));
    Ok(made)
}

/// The classes that an outcome is told by.
fn carriers(interface: &Interface) -> impl Iterator<Item = &Row> {
    let base = interface.classes.first().map(|class| class.name.as_str());
    interface
        .classes
        .iter()
        .filter(move |class| class.parent.as_deref() == base && outcome_of(class).is_some())
}

fn outcome_of(class: &Row) -> Option<&str> {
    class.implies.iter().find(|(word, _)| word == "outcome").map(|(_, outcome)| outcome.as_str())
}

/// `PM_CONFIG_ERROR` of the line `ErrorClass::Config => PM_CONFIG_ERROR,`.
fn status<'a>(statuses: &'a str, class: &Row) -> Option<&'a str> {
    let (_, rest) = statuses.split_once(&format!("ErrorClass::{} => ", class.variant))?;
    rest.split_once(',').map(|(status, _)| status)
}

/// A row for each outcome, or several where its classes differ in what to do.
fn table(
    interface: &Interface,
    outcome_name: &dyn Fn(&str) -> String,
    receipt: &str,
    class_name: &dyn Fn(&Row) -> String,
) -> Result<String> {
    let mut table = String::from(
        "| outcome | means | carried by | send it again? |\n\
         | --- | --- | --- | --- |\n",
    );
    for outcome in &interface.outcomes {
        let name = outcome.name.as_str();
        let meaning = value(&MEANINGS, name)?;
        let mut rows: Vec<(Vec<String>, &str)> = Vec::new();
        if name == "sent" {
            rows.push((vec![receipt.to_owned()], "no"));
        }
        for class in carriers(interface).filter(|class| outcome_of(class) == Some(name)) {
            let advice = value(&SEND_AGAIN, &class.name)?;
            match rows.last_mut() {
                Some((classes, same)) if *same == advice => classes.push(class_name(class)),
                _ => rows.push((vec![class_name(class)], advice)),
            }
        }
        for (number, (classes, advice)) in rows.iter().enumerate() {
            let meaning = if number == 0 { meaning } else { "the same" };
            let classes = classes.join(", ");
            table += &format!("| {} | {meaning} | {classes} | {advice} |\n", outcome_name(name));
        }
    }
    Ok(table)
}

fn value<'a>(table: &[(&str, &'a str)], name: &str) -> Result<&'a str> {
    let found = table.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
    found.ok_or_else(|| format!("xtask/src/generate/readme.rs: nothing is said of {name}"))
}

/// The options that the core doesn't have in that form, or at all.
const OF_NODE: [&str; 1] = ["onEvent"];
const OF_C: [&str; 1] = ["own_thread"];

/// Fails if a README lacks an option of a client, or has one that there isn't.
pub(super) fn check_options(root: &Path, interface: &Interface, others: &Interface) -> Result<()> {
    let node = options(others, &|_, option| camel_case(&several(option)));
    compare(root, "bindings-node/README.md", node, &OF_NODE)?;
    let c = options(interface, &|settings, option| {
        let setter = setter(settings, option);
        let short = setter.strip_prefix("pm_options_set_").filter(|_| option.name != "endpoint");
        short.map_or_else(|| setter.clone(), str::to_owned)
    });
    compare(root, "bindings-c/README.md", c, &OF_C)
}

/// Fails if the guide's page of errors lacks a class that stands directly below the base, or the tree
/// of exceptions in C's README any class.
pub(super) fn check_classes(root: &Path, interface: &Interface) -> Result<()> {
    let base = interface.classes.first().map(|class| class.name.as_str());
    let direct = interface.classes.iter().filter(|class| class.parent.as_deref() == base);
    let rows = direct.map(|class| format!("\n| `{}` | ", class.name)).collect();
    all_in(root, "docs/errors.md", "# Errors", rows)?;
    let names = interface.classes.iter().map(|class| format!(" {}", class.name)).collect();
    all_in(root, "bindings-c/README.md", "```text\nstd::runtime_error\n", names)
}

/// Fails unless a document has all of these between a mark and the next heading or end of a block.
fn all_in(root: &Path, document: &str, mark: &str, wanted: Vec<String>) -> Result<()> {
    let text = read(&root.join(document))?;
    let (_, part) = text.split_once(mark).ok_or_else(|| format!("{document} has no `{mark}`"))?;
    let part = part.split("\n## ").next().and_then(|part| part.split("\n```").next()).unwrap_or_default();
    match wanted.iter().find(|wanted| !part.contains(wanted.as_str())) {
        Some(missing) => Err(format!("{document} lacks `{}`", missing.trim())),
        None => Ok(()),
    }
}

fn options(
    interface: &Interface,
    name: &dyn Fn(&super::interface::Record, &super::interface::Field) -> String,
) -> Vec<String> {
    let client = interface.settings.iter().filter(|settings| settings.name == "ClientBuilder");
    client.flat_map(|settings| settings.fields.iter().map(|option| name(settings, option))).collect()
}

fn compare(root: &Path, document: &str, mut options: Vec<String>, of_its_own: &[&str]) -> Result<()> {
    options.extend(of_its_own.iter().map(|&name| name.to_owned()));
    let text = read(&root.join(document))?;
    let rows = rows(&text).ok_or_else(|| format!("{document} has no section of options"))?;
    let missing = options.iter().find(|option| !rows.contains(&option.as_str()));
    if let Some(option) = missing {
        return Err(format!("{document}: the table of options lacks `{option}`"));
    }
    match rows.iter().find(|row| !options.iter().any(|option| option == *row)) {
        Some(row) => Err(format!("{document}: the table of options has `{row}`, which is no option")),
        None => Ok(()),
    }
}

/// What stands in backticks in the first cells of the section Options.
fn rows(text: &str) -> Option<Vec<&str>> {
    let (_, section) = text.split_once("\n## Options\n")?;
    let section = section.split("\n## ").next()?;
    let cells = section.lines().filter_map(|line| line.strip_prefix("| ")?.split(" | ").next());
    Some(cells.flat_map(|cell| cell.split('`').skip(1).step_by(2)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_are_named_in_the_first_cells_of_their_section() {
        let text = "# A\n| `no` | 1 |\n\n## Options\n\n| option | |\n| --- | --- |\n| `a`, `b` | see `c` |\n\nText.\n\n## B\n| `d` | |\n";
        assert_eq!(rows(text).unwrap(), ["a", "b"]);
        assert!(rows("# A\n").is_none());
    }

    #[test]
    fn a_class_that_is_only_elsewhere_is_missing() {
        let root = std::env::temp_dir().join(format!("xtask-classes-{}", std::process::id()));
        std::fs::create_dir_all(&root).unwrap();
        std::fs::write(root.join("README.md"), "BError\n# Errors\n\n| `AError` | x |\n\n## More\n BError\n")
            .unwrap();
        let has = |name: &str| all_in(&root, "README.md", "# Errors", vec![name.to_owned()]);
        assert_eq!(has("\n| `AError` | "), Ok(()));
        assert!(has("BError").unwrap_err().contains("lacks `BError`"));
        std::fs::remove_dir_all(&root).unwrap();
    }

    #[test]
    fn a_missing_row_and_one_too_many_fail() {
        let root = std::env::temp_dir().join(format!("xtask-readme-{}", std::process::id()));
        std::fs::create_dir_all(&root).unwrap();
        std::fs::write(root.join("README.md"), "\n## Options\n\n| `a` | |\n| `b` | |\n").unwrap();
        let compared = |options: &[&str]| {
            compare(&root, "README.md", options.iter().map(|&name| name.to_owned()).collect(), &["b"])
        };
        assert_eq!(compared(&["a"]), Ok(()));
        assert!(compared(&["a", "max_rate"]).unwrap_err().contains("lacks `max_rate`"));
        assert!(compared(&[]).unwrap_err().contains("`a`, which is no option"));
        std::fs::remove_dir_all(&root).unwrap();
    }
}
