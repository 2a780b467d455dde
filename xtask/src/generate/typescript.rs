//! The Node package's declarations, and the JavaScript that has a name for each field,
//! option and class of errors.

use super::docs::{Dialect, Doc};
use super::interface::{Field, Interface, Record, Row, Type, camel_case, several};

const WIDTH: usize = 100;
const MARK: &str = "// GENERATED from the core's public types by `cargo xtask generate`: change those.\n";

/// The records that the package has classes of its own for, which extend their fields.
const CLASSES: [&str; 3] = ["Receipt", "MessageRecord", "Page"];

/// The classes of errors that are written by hand: they say more than their names.
const BY_HAND: [&str; 2] = ["PartnerMessagingError", "ConfigError"];

/// The classes of errors that no read ends in: they always have their outcome.
const NO_READ: [&str; 2] = ["SpendLimit", "OutcomeUnknown"];

/// What a module of the package exports besides the classes of errors.
const EXPORTS: [&str; 5] = ["Client", "Journal", "MessageRecord", "Page", "Receipt"];

pub(super) fn declarations(interface: &Interface) -> String {
    let records = interface.records.iter().chain([&interface.error]).map(record);
    let settings = interface.settings.iter().map(settings);
    let classes = derived(&interface.classes).map(class);
    let words = [
        union("Outcome", "What became of a message.", &interface.outcomes),
        union("Kind", "The stable word for what went wrong, the same in every language.", &interface.kinds),
    ];
    let head = format!(
        "{MARK}import type {{ Endpoints, Query }} from \"./client.cjs\";
import {{ PartnerMessagingError }} from \"./errors.cjs\";
import type {{ Journal }} from \"./journal.cjs\";
import type {{ MessageRecord, Receipt }} from \"./results.cjs\";\n"
    );
    [head].into_iter().chain(words).chain(records).chain(settings).chain(classes).collect()
}

/// What reads the addon's lists, and the types that options must have.
pub(super) fn fields(interface: &Interface) -> String {
    let mut out = format!("'use strict';\n{MARK}");
    for record in interface.records.iter().filter(|it| it.name != "FallbackReceipt") {
        out.push_str(&format!(
            "\n/** Gives `it` the fields of a {}, of the list that the addon writes. */\n",
            record.name
        ));
        out.push_str(&format!("function read{}(it, fields) {{\n", record.name));
        for (at, field) in record.fields.iter().enumerate() {
            out.push_str(&format!("  it.{} = fields[{at}];\n", camel_case(&field.name)));
        }
        out.push_str("  return it;\n}\n");
    }
    out.push_str("\n/** The fields of an error, as they are where nothing is known. */\nconst ERROR = {\n");
    for field in error_fields(&interface.error) {
        let value = match field.ty {
            Type::Records(_) => "Object.freeze([])",
            _ if field.optional || field.ty == Type::Kind => "null",
            _ => "0",
        };
        out.push_str(&format!("  {}: {value},\n", camel_case(&field.name)));
    }
    out.push_str("};\n");
    for settings in &interface.settings {
        out.push_str(&format!("\nconst {} = {{\n", constant(&settings.name)));
        for setting in &settings.fields {
            out.push_str(&format!("  {}: '{}',\n", camel_case(&several(setting)), checked_as(setting)));
        }
        out.push_str("};\n");
    }
    let readers = interface.records.iter().filter(|it| it.name != "FallbackReceipt");
    let readers = readers.map(|it| format!("  read{},\n", it.name));
    let constants = interface.settings.iter().map(|it| format!("  {},\n", constant(&it.name)));
    out + "\nmodule.exports = {\n"
        + &readers.collect::<String>()
        + "  ERROR,\n"
        + &constants.collect::<String>()
        + "};\n"
}

pub(super) fn error_classes(interface: &Interface) -> String {
    let base = "const { IMPLIED, ConfigError, PartnerMessagingError } = require('./error.cjs');\n";
    let mut out = format!("'use strict';\n{MARK}\n{base}");
    for class in derived(&interface.classes) {
        let parent = class.parent.as_deref().unwrap_or_default();
        let implied: String = class
            .implies
            .iter()
            .map(|(word, value)| match word.as_str() {
                "status" => format!(", {word}: {value}"),
                _ => format!(", {word}: '{value}'"),
            })
            .collect();
        out.push_str(&format!(
            "\nclass {} extends {parent} {{\n  static [IMPLIED] = {{ ...{parent}[IMPLIED]{implied} }};\n}}\n",
            class.name
        ));
    }
    let names: String = interface.classes.iter().map(|class| format!("  {},\n", class.name)).collect();
    out + "\nmodule.exports = {\n" + &names + "};\n"
}

/// The package's entry for CommonJS.
pub(super) fn common_module(interface: &Interface) -> String {
    let names =
        interface.classes.iter().map(|class| format!("  {name}: classes.{name},\n", name = class.name));
    let exports = EXPORTS.iter().map(|name| format!("  {name},\n"));
    format!(
        "'use strict';
{MARK}
const {{ Client }} = require('./lib/client.cjs');
const classes = require('./lib/error-classes.cjs');
const {{ Journal }} = require('./lib/journal.cjs');
const {{ MessageRecord, Page, Receipt }} = require('./lib/results.cjs');

// One by one, so that Node finds the names when an ES module imports this file.
module.exports = {{
{}}};
",
        exports.chain(names).collect::<String>()
    )
}

/// The package's entry for ES modules.
pub(super) fn module(interface: &Interface) -> String {
    let classes = interface.classes.iter().map(|class| class.name.as_str());
    let names: String = EXPORTS.into_iter().chain(classes).map(|name| format!("  {name},\n")).collect();
    format!(
        "{MARK}
// The classes of index.cjs, so that there is one of each for both kinds of modules.
import partnerMessaging from './index.cjs';

export const {{
{names}}} = partnerMessaging;
"
    )
}

struct TypeScript;

impl Dialect for TypeScript {
    fn code(&self, code: &str) -> String {
        // The words of outcomes are the same in every language.
        let is_name = code.contains('_') && code.chars().all(|c| c.is_ascii_lowercase() || c == '_');
        match is_name && code != "not_sent" {
            true => format!("`{}`", camel_case(code)),
            false => format!("`{code}`"),
        }
    }

    fn link(&self, owner: &str, item: &str) -> String {
        match owner {
            "Client" => format!("`Client.{}`", camel_case(item)),
            _ => format!("`{}`", camel_case(item)),
        }
    }
}

fn derived(classes: &[Row]) -> impl Iterator<Item = &Row> {
    classes.iter().filter(|class| !BY_HAND.contains(&class.name.as_str()))
}

fn class(class: &Row) -> String {
    let parent = class.parent.as_deref().unwrap_or_default();
    let implied = class.implies.iter().find(|(word, _)| word == "outcome");
    let outcome = match implied {
        Some((_, outcome)) if NO_READ.contains(&class.variant.as_str()) => Some(format!("\"{outcome}\"")),
        Some((_, outcome)) => Some(format!("\"{outcome}\" | null")),
        None => (parent == BY_HAND[0]).then(|| "null".to_owned()),
    };
    let body = outcome.map_or(String::new(), |outcome| format!("\n  readonly outcome: {outcome};\n"));
    format!("\n{}export class {} extends {parent} {{{body}}}\n", comment(&class.doc, ""), class.name)
}

/// A doc comment; on one line if it fits.
fn comment(doc: &Doc, indent: &str) -> String {
    let lines = doc.lines(&TypeScript, &format!("{indent} * "), WIDTH);
    match lines.lines().count() {
        1 => format!("{indent}/** {} */\n", lines.trim().trim_start_matches("* ")),
        _ => format!("{indent}/**\n{lines}{indent} */\n"),
    }
}

fn union(name: &str, doc: &str, rows: &[Row]) -> String {
    let words: String = rows.iter().map(|row| format!("\n  | \"{}\"", row.name)).collect();
    format!("\n/** {doc} */\nexport type {name} ={words};\n")
}

/// An error's text is that of every `Error`, and its class is its own.
fn error_fields(error: &Record) -> impl Iterator<Item = &Field> {
    error.fields.iter().filter(|field| field.name != "message" && field.ty != Type::Class)
}

fn record(record: &Record) -> String {
    let name = match record.name.as_str() {
        "Reply" => "Reply<Data = any>".to_owned(),
        "Error" => "ErrorProperties".to_owned(),
        name if CLASSES.contains(&name) => format!("{name}Fields"),
        name => name.to_owned(),
    };
    let fields: String = record
        .fields
        .iter()
        .filter(|field| record.name != "Error" || error_fields(record).any(|it| it.name == field.name))
        .map(|field| {
            let mut doc = field.doc.clone();
            if field.ty == Type::Duration {
                doc = doc.measured(", in milliseconds");
            }
            let ending = match (&field.ty, record.name.as_str()) {
                (Type::Amount, _) => "Exact decimal text, for example `0.12`.",
                (Type::Json, _) => "Its numbers are JavaScript's.",
                _ => "",
            };
            let ty = value_type(record, field);
            format!("{}  readonly {}: {ty};\n", comment(&doc.with(ending), "  "), camel_case(&field.name))
        })
        .collect();
    let doc = match record.name.as_str() {
        "Error" => record.doc.clone(),
        _ => record.doc.clone().with("Frozen; what is absent is `null`."),
    };
    format!("\n{}export interface {name} {{\n{fields}}}\n", comment(&doc, ""))
}

fn value_type(record: &Record, field: &Field) -> String {
    let ty = match &field.ty {
        Type::Text | Type::Amount | Type::Path | Type::Class | Type::Journal => "string",
        Type::Json if record.name == "Reply" => return "Data".to_owned(),
        Type::Json if record.name == "Page" => "any",
        Type::Json => "Readonly<Record<string, any>>",
        Type::Bool => "boolean",
        Type::Status | Type::Count | Type::Size | Type::Number | Type::Duration => "number",
        Type::Outcome if record.name == "Error" => "Exclude<Outcome, \"sent\">",
        Type::Outcome => "Outcome",
        Type::Kind => "Kind",
        Type::Record(name) => name,
        Type::Records(name) => return format!("readonly {name}[]"),
        Type::Texts => "readonly string[]",
        Type::Pair | Type::AmountOf | Type::Pairs => "Readonly<Record<string, string>>",
    };
    if field.optional { format!("{ty} | null") } else { ty.to_owned() }
}

fn settings(settings: &Record) -> String {
    let name = match settings.name.as_str() {
        "ClientBuilder" => "ClientSettings",
        "CallOptions" => "CallSettings",
        "Request" => "RequestSettings",
        name => name,
    };
    let fields: String = settings
        .fields
        .iter()
        .map(|setting| {
            let mut doc = setting.doc.clone();
            if setting.ty == Type::Duration {
                doc = doc.measured(", in milliseconds");
            }
            if setting.ty == Type::Journal {
                doc = doc.with(
                    "By the path of a file or a URL it is opened with the client, and closed with it; \
                     several clients may share a `Journal`.",
                );
            }
            let ty = setting_type(setting);
            format!("{}  {}?: {ty};\n", comment(&doc, "  "), camel_case(&several(setting)))
        })
        .collect();
    format!("\n{}export interface {name} {{\n{fields}}}\n", comment(&settings.doc, ""))
}

fn setting_type(setting: &Field) -> String {
    let ty = match checked_as(setting) {
        "json" => return "unknown".to_owned(),
        "moment" => "string | Date",
        "query" => "Query",
        "list" => "readonly string[]",
        "journal" => "string | Journal",
        "strings" if setting.name == "endpoint" => "Endpoints",
        "strings" => "Readonly<Record<string, string | undefined>>",
        simple => simple,
    };
    format!("{ty} | undefined")
}

/// The word for the type that the package checks a setting to have.
fn checked_as(setting: &Field) -> &'static str {
    match (&setting.ty, setting.parameters.first().map(String::as_str)) {
        (Type::Text, Some("time")) => "moment",
        (Type::Text, Some("json")) => "json",
        (Type::Bool, _) => "boolean",
        (Type::Status | Type::Count | Type::Size | Type::Number | Type::Duration, _) => "number",
        (Type::Pair, _) if setting.name == "query" => "query",
        (Type::Pair | Type::AmountOf, _) => "strings",
        (Type::Texts, _) => "list",
        (Type::Journal, _) => "journal",
        _ => "string",
    }
}

fn constant(settings: &str) -> &str {
    match settings {
        "ClientBuilder" => "CLIENT",
        "CallOptions" => "CALL",
        "MessageFilter" => "FILTER",
        _ => "REQUEST",
    }
}
