//! The C header: made of the library's source, and checked against it.

use std::fs;
use std::path::Path;

use super::declarations;
use crate::files::files_ending;
use crate::generate::written::write_or_check;

/// The files of the functions, in the header's order; the types stand before them.
const ENTRIES: [&str; 40] = [
    "free",
    "status",
    "error",
    "generated/error",
    "generated/receipt",
    "options",
    "generated/options",
    "generated/call_options",
    "message",
    "client",
    "send",
    "call",
    "queue",
    "completion",
    "send_with_fallback",
    "generated/trail",
    "get_message",
    "wait_for_status",
    "generated/record",
    "filter",
    "generated/filter",
    "list_messages",
    "generated/page",
    "get_balance",
    "generated/balance",
    "spending",
    "generated/spending",
    "request",
    "generated/request",
    "send_request",
    "generated/reply",
    "journal",
    "generated/journal_record",
    "generated/journal_conflict",
    "generated/journal_counts",
    "generated/journal_totals",
    "event",
    "sandbox",
    "library",
    "version",
];

const HEADER: &str = "bindings-c/include/partner_messaging.h";

/// Writes the header; with `check`, fails instead when that would change it.
pub(crate) fn run(root: &Path, check: bool) -> Result<(), String> {
    write_or_check(root, HEADER, &make(root)?, check)
}

fn make(root: &Path) -> Result<String, String> {
    let library = root.join("bindings-c");
    let mut config = cbindgen::Config::from_file(library.join("cbindgen.toml"))
        .map_err(|error| format!("bindings-c/cbindgen.toml: {error}"))?;
    config.after_includes = Some(declarations::version_macros(&version(root)?)?);
    let sources = library.join("src");
    let types = files_ending(&sources.join("handles"), ".rs")?;
    let functions = ENTRIES.iter().map(|name| sources.join("entries").join(name).with_extension("rs"));
    let builder = types
        .into_iter()
        .chain(functions)
        .fold(cbindgen::Builder::new().with_config(config), cbindgen::Builder::with_src);
    let bindings = builder.generate().map_err(|error| format!("cbindgen: {error}"))?;
    let mut header = Vec::new();
    bindings.write(&mut header);
    let header = String::from_utf8(header).map_err(|_| "cbindgen wrote no UTF-8".to_owned())?;
    let header = declarations::that_do_not_throw(&declarations::sized_enums(&header)?)?;
    Ok(tidy(&declarations::with_attributes(&header)?))
}

/// The workspace's version.
fn version(root: &Path) -> Result<String, String> {
    let manifest =
        fs::read_to_string(root.join("Cargo.toml")).map_err(|error| format!("Cargo.toml: {error}"))?;
    manifest
        .lines()
        .skip_while(|line| line.trim() != "[workspace.package]")
        .find_map(|line| line.trim().strip_prefix("version = \"")?.strip_suffix('"').map(str::to_owned))
        .ok_or_else(|| "Cargo.toml names no version under [workspace.package]".to_owned())
}

/// The same without blanks at the ends of lines and with one line feed at the end.
fn tidy(text: &str) -> String {
    let mut tidy: String = text.lines().flat_map(|line| [line.trim_end(), "\n"]).collect();
    tidy.truncate(tidy.trim_end().len());
    tidy.push('\n');
    tidy.trim_start().to_owned()
}
