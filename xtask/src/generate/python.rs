//! The Python package's options and exceptions, and the Rust that takes the options.

use std::path::Path;

use super::docs::{Dialect, Doc, wrap};
use super::interface::{Field, Interface, Record, Row, Type, several};
use super::rust;
use super::written::between;
use crate::Result;

const WIDTH: usize = 100;
const MARK: &str = "GENERATED from the core's public types by `cargo xtask generate`: change those.";

/// Settings that are parameters by themselves: of a client, and of one method.
const PARAMETERS: [&str; 2] = ["api_key", "fallback_codes"];

/// Options of a client whose types are Python's own: their names, types and docs.
/// `bindings-python/src/options.rs` takes them.
const OF_PYTHON: [(&str, &str, &str); 1] = [(
    "on_event",
    "OnEvent",
    "Called with an ``Event`` for every attempt, retry and outcome: by ``Client`` on the thread that made \
     the call or takes the results of ``send_many``, by ``AsyncClient`` on the event loop's once the call has ended. What it raises doesn't \
     change the call.",
)];

/// What an option's doc says more in Python.
const MORE: [(&str, &str); 2] = [
    ("trust_env", "After those two `REQUESTS_CA_BUNDLE` and `CURL_CA_BUNDLE` count."),
    (
        "journal",
        "By the path of a file or a URL it is opened with the client, and closed with it; several clients \
         may share a `Journal`.",
    ),
];

/// The module `_options.py`.
pub(super) fn options(interface: &Interface) -> String {
    let classes: String = interface.settings.iter().filter_map(class).collect();
    let errors: String = error_fields(&interface.error)
        .map(|field| format!("    {}: {}\n", field.name, error_type(field)))
        .collect();
    format!(
        "\"\"\"What constructors and calls take by keyword. Importing this module imports `typing`;
the package itself does not.

{MARK}
\"\"\"

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from os import PathLike
from typing import TypeAlias, TypedDict

from ._journal import AsyncJournal, Journal
from ._native import Event, FallbackStep

OnEvent: TypeAlias = Callable[[Event], object]
\"\"\"What a client's ``on_event`` takes.\"\"\"
{classes}

class ErrorFields(TypedDict, total=False):
    \"\"\"The fields of a ``PartnerMessagingError`` besides its message.\"\"\"

{errors}"
    )
}

/// Where the package has its exceptions, and the lines around what is made of the core's classes.
const ERRORS: (&str, &str, &str) = (
    "bindings-python/python/partner_messaging/_errors.py",
    "# The classes: GENERATED from the core's table by `cargo xtask generate`; change that.\n",
    "# End of the classes.\n",
);

/// What a class of errors is besides in Python.
const BESIDES: [(&str, &str); 2] = [("ConfigError", "ValueError"), ("InvalidMessageError", "ValueError")];

/// The module `_errors.py` with its classes below the base: its path and its text.
pub(super) fn errors(root: &Path, interface: &Interface) -> Result<(String, String)> {
    let classes: String = interface.classes.iter().filter_map(error_class).collect();
    let (name, begin, end) = ERRORS;
    let mut names: Vec<&str> = interface.classes.iter().map(|class| class.name.as_str()).collect();
    names.sort_unstable();
    let all: String = names.iter().map(|name| format!("    \"{name}\",\n")).collect();
    Ok((name.to_owned(), between(root, name, begin, end, &format!("{classes}\n\n__all__ = [\n{all}]\n\n"))?))
}

fn error_class(class: &Row) -> Option<String> {
    let parent = class.parent.as_deref()?;
    let besides = BESIDES.iter().find(|(name, _)| *name == class.name);
    let besides = besides.map(|(_, above)| format!(", {above}")).unwrap_or_default();
    let implied = class.implies.iter().map(|(word, value)| match word.as_str() {
        "status" => format!("\"{word}\": {value}"),
        _ => format!("\"{word}\": \"{value}\""),
    });
    let implied = implied.collect::<Vec<_>>().join(", ");
    let doc = docstring(&class.doc);
    let end = if doc.contains('\n') { "\n    " } else { "" };
    Some(format!(
        "\n\nclass {}({parent}{besides}):\n    \"\"\"{doc}{end}\"\"\"\n\n    _implied = {parent}._implied | {{{implied}}}\n",
        class.name
    ))
}

/// The tables by which the options are set.
pub(super) fn glue(interface: &Interface) -> String {
    let tables: String = interface.settings.iter().filter_map(table).collect();
    let uses = "use partner_messaging::{CallOptions, ClientBuilder, MessageFilter};

use crate::convert::{amounts, duration, flag, mapping, number, path, size, text, time, whole};
use crate::setter::{Setter, add_all};\n";
    rust::file("The options by their names in Python, and what sets each.", uses, &tables)
}

/// A group of options in Python: the class of its keywords, the class above it, the table
/// that sets them, and what `None` means for one.
fn group(settings: &Record) -> Option<(&'static str, &'static str, &'static str, &'static str)> {
    Some(match settings.name.as_str() {
        "ClientBuilder" => ("ClientOptions", "TypedDict", "CLIENT", "`None` is the default."),
        "CallOptions" => ("CallOptions", "TypedDict", "CALL", "`None` is the client's."),
        "MessageFilter" => (
            "ListOptions",
            "CallOptions",
            "LIST",
            "The options of its calls are here, too: see `CallOptions`.",
        ),
        _ => return None,
    })
}

fn keywords(settings: &Record) -> impl Iterator<Item = &Field> {
    settings.fields.iter().filter(|setting| !PARAMETERS.contains(&setting.name.as_str()))
}

fn class(settings: &Record) -> Option<String> {
    let (name, parent, _, none) = group(settings)?;
    let besides: &[_] = if name == "ClientOptions" { &OF_PYTHON } else { &[] };
    let described = keywords(settings).map(|setting| (several(setting), doc(setting)));
    let besides_described =
        besides.iter().map(|(name, _, doc)| ((*name).to_owned(), vec![(*doc).to_owned()]));
    let attributes: String =
        described.chain(besides_described).map(|(name, doc)| attribute(&name, &doc)).collect();
    let typed = keywords(settings).map(|setting| (several(setting), option_type(setting)));
    let besides_typed = besides.iter().map(|(name, ty, _)| ((*name).to_owned(), *ty));
    let annotations: String =
        typed.chain(besides_typed).map(|(name, ty)| format!("    {name}: {ty} | None\n")).collect();
    Some(format!(
        "\n
class {name}({parent}, total=False):
    \"\"\"{}

    Attributes:
{attributes}    \"\"\"

{annotations}",
        docstring(&settings.doc.clone().with(none))
    ))
}

/// The lines of one attribute in a class's docstring.
fn attribute(name: &str, doc: &[String]) -> String {
    let mut paragraphs = doc.iter();
    let first = format!("{name}: {}", paragraphs.next().map_or("", String::as_str));
    // The first line hangs out, as every line of the others would be indented.
    let first = wrap(&first, "            ", WIDTH)[4..].to_owned();
    let more = paragraphs.map(|paragraph| format!("\n{}", wrap(paragraph, "            ", WIDTH)));
    [first].into_iter().chain(more).collect()
}

/// A class's docstring, without its quotes: the first ones take the place of blanks.
fn docstring(doc: &Doc) -> String {
    let paragraphs = doc.paragraphs(&Python);
    let wrapped = paragraphs.iter().map(|paragraph| wrap(paragraph, "    ", WIDTH - 3));
    wrapped.collect::<Vec<_>>().join("\n").trim().to_owned()
}

fn doc(setting: &Field) -> Vec<String> {
    let mut doc = setting.doc.clone();
    if setting.ty == Type::Duration {
        doc = doc.measured(", in seconds");
    }
    if let Some((_, more)) = MORE.iter().find(|(name, _)| *name == setting.name) {
        doc = doc.with(more);
    }
    if is_time(setting) {
        doc = doc.with("A `date` or a `datetime` with a time zone will do, too.");
    }
    doc.paragraphs(&Python)
}

struct Python;

impl Dialect for Python {
    fn code(&self, code: &str) -> String {
        match code {
            "true" => "``True``".to_owned(),
            "false" => "``False``".to_owned(),
            _ => format!("``{code}``"),
        }
    }

    fn link(&self, _: &str, item: &str) -> String {
        self.code(item)
    }
}

fn is_time(setting: &Field) -> bool {
    setting.ty == Type::Text && setting.parameters.first().is_some_and(|name| name == "time")
}

fn option_type(setting: &Field) -> &'static str {
    match setting.ty {
        Type::Bool => "bool",
        Type::Status | Type::Count | Type::Size => "int",
        Type::Duration | Type::Number => "float",
        Type::Path => "str | PathLike[str]",
        Type::Journal => "str | PathLike[str] | Journal | AsyncJournal",
        Type::AmountOf => "Mapping[str, str | Decimal | int]",
        Type::Pair | Type::Pairs => "Mapping[str, str]",
        Type::Texts => "Sequence[str]",
        _ if is_time(setting) => "str | date",
        _ => "str",
    }
}

/// An error's text is no keyword, and its class is its own.
fn error_fields(error: &Record) -> impl Iterator<Item = &Field> {
    error.fields.iter().filter(|field| field.name != "message" && field.ty != Type::Class)
}

fn error_type(field: &Field) -> String {
    let ty = match &field.ty {
        Type::Status | Type::Count | Type::Size => "int",
        Type::Duration => "float",
        Type::Records(name) => return format!("Sequence[{name}]"),
        _ => "str",
    };
    // The kind is known without one, too: it is the class's.
    if field.optional || field.ty == Type::Kind { format!("{ty} | None") } else { ty.to_owned() }
}

fn table(settings: &Record) -> Option<String> {
    let (_, _, table, _) = group(settings)?;
    // A journal is opened with the client: `bindings-python/src/options.rs` takes it.
    let plain = keywords(settings).filter(|setting| setting.ty != Type::Journal);
    let setters: String = plain.map(|setting| setter(&settings.name, setting)).collect();
    Some(format!("\npub(crate) const {table}: &[Setter<{core}>] = &[\n{setters}];\n", core = settings.name))
}

fn setter(core: &str, setting: &Field) -> String {
    let name = &setting.name;
    let read = match setting.ty {
        Type::Bool => "flag",
        Type::Count => "whole",
        Type::Size => "size",
        Type::Duration => "duration",
        Type::Path => "path",
        Type::Number => "number",
        Type::AmountOf => {
            return format!(
                "(\"{name}\", |it, name, value| Ok(add_all(it, amounts(name, value)?, {core}::{name}))),\n"
            );
        }
        Type::Pair => {
            return format!(
                "(\"{}\", |it, name, value| Ok(add_all(it, mapping(name, value)?, {core}::{name}))),\n",
                several(setting)
            );
        }
        _ if is_time(setting) => "time",
        _ => "text",
    };
    format!("(\"{name}\", |it, name, value| Ok(it.{name}({read}(name, value)?))),\n")
}
