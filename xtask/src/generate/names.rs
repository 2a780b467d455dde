//! What the C library calls a record, its getters and a setter; C++ calls them by these.

use super::interface::{Field, Record, Type};

/// The handle of a record: `receipt` of `pm_receipt`.
pub(crate) fn handle(record: &str) -> &str {
    match record {
        "FallbackStep" => "trail",
        "MessageRecord" => "record",
        "Receipt" => "receipt",
        "Page" => "page",
        "Balance" => "balance",
        "Spending" => "spending",
        "Reply" => "reply",
        "JournalConflict" => "journal_conflict",
        "JournalRecord" => "journal_record",
        "JournalTotal" => "journal_totals",
        // The function of that name gives it.
        "JournalSummary" => "journal_counts",
        "Error" => "error",
        "ClientBuilder" => "options",
        "CallOptions" => "call_options",
        "MessageFilter" => "filter",
        "Request" => "request",
        other => other,
    }
}

/// What a handle is called in a sentence.
pub(crate) fn noun(handle: &str) -> &str {
    handle.rsplit('_').next().unwrap_or(handle)
}

/// Whether one handle holds all records of a list, so that a getter takes an index.
pub(crate) fn is_list(record: &str) -> bool {
    matches!(record, "FallbackStep" | "Spending" | "JournalTotal")
}

/// A field's name in C and C++, without a unit: a status of a message is no status of HTTP.
pub(crate) fn field<'a>(record: &str, field: &'a Field) -> &'a str {
    match (record, field.name.as_str(), &field.ty) {
        (_, "status", Type::Status) => "http_status",
        (_, "class", _) => "class_name",
        ("Page", "page", _) => "number",
        (_, name, _) => name,
    }
}

/// The function that gives a field of a handle.
pub(crate) fn getter(record: &Record, field: &Field) -> String {
    let unit = if field.ty == Type::Duration { "_ms" } else { "" };
    format!("pm_{}_{}{unit}", handle(&record.name), self::field(&record.name, field))
}

/// The function that sets an option, or adds to it.
pub(crate) fn setter(settings: &Record, setting: &Field) -> String {
    let (verb, unit) = match setting.ty {
        Type::Duration => ("set", "_ms"),
        // A second one for the same endpoint takes the place of the first.
        Type::Pair if setting.name != "endpoint" => ("add", ""),
        Type::Texts => ("add", ""),
        _ => ("set", ""),
    };
    format!("pm_{}_{verb}_{}{unit}", handle(&settings.name), one(setting))
}

/// A setting's name where it is given one value at a time.
pub(crate) fn one(setting: &Field) -> &str {
    match setting.ty {
        Type::Texts => setting.name.trim_end_matches('s'),
        _ => &setting.name,
    }
}

/// Whether C gives a number with 32 bits, whatever the core takes.
pub(crate) fn is_small(setting: &Field) -> bool {
    setting.ty == Type::Count || setting.name == "max_connections"
}
