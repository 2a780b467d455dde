//! The C library's records with their getters, and the setters of its options: Rust
//! that cbindgen makes the header of.

use super::docs::{Dialect, Doc};
use super::interface::{Field, Interface, Record, Type, several};
use super::names;
use super::rust;

const WIDTH: usize = 84;

/// What C has no type of its own for.
const WITHOUT_HANDLE: [&str; 1] = ["FallbackReceipt"];

/// The types: what is kept of each record, as C reads it.
pub(super) fn handles(interface: &Interface) -> String {
    let records = with_handles(interface).chain([&interface.error]);
    let names: Vec<_> = records.clone().map(|record| record.name.as_str()).collect();
    let types: String = records.map(handle).collect();
    let uses = format!(
        "use std::ffi::CString;\nuse std::time::Duration;\n
use partner_messaging::{{Outcome, {}}};\n
use crate::ffi::c_string;\n",
        names.join(", ")
    );
    rust::file("What is kept of the core's records, as C reads it.", &uses, &types)
}

/// The functions of each handle, by the names of their files.
pub(super) fn entries(interface: &Interface) -> Vec<(String, String)> {
    let records = with_handles(interface).chain([&interface.error]);
    let getters = records.map(|record| {
        let functions: String = record.fields.iter().map(|field| getter(interface, record, field)).collect();
        let count = if names::is_list(&record.name) { list_count(record) } else { String::new() };
        (record, "getters", count + &functions)
    });
    let setters = interface.settings.iter().map(|settings| {
        (settings, "setters", settings.fields.iter().map(|setting| setter(settings, setting)).collect())
    });
    let file = |(record, what, functions): (&Record, &str, String)| {
        let name = names::handle(&record.name).to_owned();
        let title = format!("The {what} of `pm_{name}`.");
        let text = rust::file(&title, &imports(&name, &functions), &functions);
        (name, text)
    };
    getters.chain(setters).map(file).collect()
}

fn with_handles(interface: &Interface) -> impl Iterator<Item = &Record> + Clone {
    interface.records.iter().filter(|record| !WITHOUT_HANDLE.contains(&record.name.as_str()))
}

fn imports(handle: &str, functions: &str) -> String {
    let of_handle = match handle {
        "options" | "call_options" => format!("use crate::handles::options::pm_{handle};\n"),
        "filter" | "request" => format!("use crate::handles::{handle}::pm_{handle};\n"),
        _ => {
            let given = functions.split("-> Option<&").skip(1).filter_map(|it| it.split_once('>'));
            let mut names: Vec<_> = given.map(|(name, _)| name.to_owned()).collect();
            names.push(format!("pm_{handle}"));
            names.sort_unstable();
            match names.as_slice() {
                [one] => format!("use crate::handles::generated::{one};\n"),
                several => format!("use crate::handles::generated::{{{}}};\n", several.join(", ")),
            }
        }
    };
    let from = |module: &str, names: &[&str]| {
        let used: Vec<_> = names.iter().copied().filter(|name| is_used(functions, name)).collect();
        match used.as_slice() {
            [] => String::new(),
            [one] => format!("use {module}::{one};\n"),
            several => format!("use {module}::{{{}}};\n", several.join(", ")),
        }
    };
    [
        from("std::ffi", &["c_char"]),
        from("std::time", &["Duration"]),
        "\n".to_owned(),
        from("crate::ffi", &["entry", "pointer"]),
        of_handle,
        from("crate::handles::settings", &["add_string", "set", "set_pair", "set_string"]),
        from("crate::handles::status", &["PM_OUTCOME_NONE", "outcome_of", "pm_outcome"]),
        from("crate::handles::value", &["get", "get_by_name", "milliseconds", "signed"]),
    ]
    .concat()
}

/// Whether a file has this word, outside of its comments.
fn is_used(functions: &str, word: &str) -> bool {
    let code = functions.lines().filter(|line| !line.starts_with("///"));
    code.flat_map(|line| line.split(|c: char| !c.is_alphanumeric() && c != '_')).any(|it| it == word)
}

struct C;

impl Dialect for C {
    fn code(&self, code: &str) -> String {
        match code {
            "true" | "false" => code.to_owned(),
            _ => format!("\"{code}\""),
        }
    }

    fn link(&self, owner: &str, item: &str) -> String {
        match owner {
            "Client" => format!("pm_client_{item}()"),
            _ if names::handle(item) != item => format!("pm_{}", names::handle(item)),
            _ => self.code(item),
        }
    }
}

fn comment(doc: &Doc) -> String {
    doc.lines(&C, "/// ", WIDTH)
}

/// A struct of what a record has, and how it is made of one. A list of them is one handle.
fn handle(record: &Record) -> String {
    let handle = names::handle(&record.name);
    let of_list = names::is_list(&record.name);
    let name = if of_list { record.name.clone() + "Entry" } else { format!("pm_{handle}") };
    let visibility = if of_list { "pub(crate)" } else { "pub" };
    let fields: String =
        record.fields.iter().map(|it| format!("pub(crate) {}: {},\n", it.name, kept(it))).collect();
    // What borrows the whole of it comes before what takes a part.
    let (borrowed, taken): (Vec<_>, Vec<_>) = record.fields.iter().partition(|it| it.ty == Type::Json);
    let is_opaque = record.name == "Error";
    let value = |field: &Field| {
        let call = if field.ty == Type::Json || is_opaque { "()" } else { "" };
        convert(field, &format!("it.{}{call}", field.name))
    };
    let values: String =
        borrowed.into_iter().chain(taken).map(|it| format!("{}: {},\n", it.name, value(it))).collect();
    let (whole, itself) = if is_opaque { ("pub(crate) core: Error,\n", "core: it,\n") } else { ("", "") };
    let mut out = format!(
        "\n{doc}{visibility} struct {name} {{\n{fields}{whole}}}\n
impl From<{core}> for {name} {{ fn from(it: {core}) -> Self {{ Self {{ {values}{itself} }} }} }}\n",
        doc = comment(&record.doc),
        core = record.name,
    );
    if of_list {
        out.push_str(&format!(
            "\n/// A list, each: {doc}pub struct pm_{handle}(pub(crate) Vec<{name}>);\n
impl From<Vec<{core}>> for pm_{handle} {{
    fn from(list: Vec<{core}>) -> Self {{ Self(list.into_iter().map(Into::into).collect()) }}
}}

impl pm_{handle} {{
    pub(crate) fn entry(list: Option<&Self>, index: usize) -> Option<&{name}> {{ list?.0.get(index) }}
}}\n",
            doc = lower_first(comment(&record.doc).trim_start_matches("/// ")),
            core = record.name,
        ));
    }
    out
}

/// How a value of the core is kept.
fn convert(field: &Field, value: &str) -> String {
    match (&field.ty, field.optional) {
        (Type::Text | Type::Json, false) => format!("c_string({value})"),
        (Type::Text | Type::Json, true) => format!("{value}.map(c_string)"),
        (Type::Amount, false) => format!("c_string({value}.to_string())"),
        (Type::Amount, true) => format!("{value}.map(|it| c_string(it.to_string()))"),
        (Type::Kind, false) => format!("c_string({value}.as_str())"),
        (Type::Kind, true) => format!("{value}.map(|it| c_string(it.as_str()))"),
        (Type::Class, _) => format!("c_string({value}.name())"),
        (Type::Record(_), false) => format!("{value}.into()"),
        (Type::Record(_), true) => format!("{value}.map(Into::into)"),
        (Type::Pairs, _) => {
            format!("{value}.into_iter().map(|(name, value)| (c_string(name), c_string(value))).collect()")
        }
        (Type::Records(name), _) if names::is_list(name) => format!("{value}.to_vec().into()"),
        (Type::Records(_), _) => format!("{value}.into_iter().map(Into::into).collect()"),
        _ => value.to_owned(),
    }
}

fn lower_first(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_ascii_lowercase()).into_iter().chain(letters).collect()
}

/// The type that a field is kept as.
fn kept(field: &Field) -> String {
    let ty = match &field.ty {
        Type::Text | Type::Json | Type::Amount | Type::Path | Type::Kind | Type::Class | Type::Journal => {
            "CString".to_owned()
        }
        Type::Bool => "bool".to_owned(),
        Type::Status => "u16".to_owned(),
        Type::Count => "u32".to_owned(),
        Type::Size => "u64".to_owned(),
        Type::Duration => "Duration".to_owned(),
        Type::Outcome => "Outcome".to_owned(),
        Type::Record(name) => format!("pm_{}", names::handle(name)),
        Type::Records(name) if names::is_list(name) => format!("pm_{}", names::handle(name)),
        Type::Records(name) => format!("Vec<pm_{}>", names::handle(name)),
        Type::Number => "f64".to_owned(),
        Type::Pair | Type::AmountOf | Type::Pairs => "Vec<(CString, CString)>".to_owned(),
        Type::Texts => "Vec<CString>".to_owned(),
    };
    if field.optional { format!("Option<{ty}>") } else { ty }
}

/// What a getter gives: its type, what it gives for none, a value, and how its comment ends.
fn given(field: &Field) -> (&'static str, &'static str, String, &'static str) {
    let it = format!("it.{}", field.name);
    const STRING: &str = "*const c_char";
    const NULL: &str = "std::ptr::null()";
    match (&field.ty, field.optional) {
        (Type::Outcome, true) => (
            "pm_outcome",
            "PM_OUTCOME_NONE.code()",
            format!("outcome_of({it}).code()"),
            "PM_OUTCOME_NONE when absent.",
        ),
        (Type::Outcome, false) => {
            ("pm_outcome", "PM_OUTCOME_NONE.code()", format!("outcome_of(Some({it})).code()"), "")
        }
        (Type::Status, true) => ("i32", "0", format!("{it}.map_or(0, i32::from)"), "0 when absent."),
        (Type::Status, false) => ("i32", "0", format!("i32::from({it})"), ""),
        (Type::Count, _) => ("u32", "0", it, ""),
        (Type::Size, true) => ("i64", "-1", format!("{it}.map_or(-1, signed)"), "-1 when absent."),
        (Type::Size, false) => ("u64", "0", it, ""),
        (Type::Duration, true) => ("i64", "-1", format!("{it}.map_or(-1, milliseconds)"), "-1 when absent."),
        (Type::Duration, false) => ("i64", "0", format!("milliseconds({it})"), ""),
        (Type::Bool, true) => ("i32", "-1", format!("{it}.map_or(-1, i32::from)"), "1 or 0; -1 when absent."),
        (Type::Bool, false) => ("bool", "false", it, ""),
        (Type::Amount, true) => (
            STRING,
            NULL,
            format!("pointer({it}.as_ref())"),
            "Exact decimal text, for example `0.12`; NULL when absent.",
        ),
        (Type::Amount, false) => {
            (STRING, NULL, format!("{it}.as_ptr()"), "Exact decimal text, for example `0.12`.")
        }
        (_, true) => (STRING, NULL, format!("pointer({it}.as_ref())"), "NULL when absent."),
        (_, false) => (STRING, NULL, format!("{it}.as_ptr()"), ""),
    }
}

const EXPORT: &str = "#[unsafe(no_mangle)]\npub extern \"C\" fn";

fn list_count(record: &Record) -> String {
    let handle = names::handle(&record.name);
    format!(
        "\n/// How many entries there are.\n{EXPORT} pm_{handle}_count({handle}: Option<&pm_{handle}>) -> usize {{
    entry(0, || {handle}.map_or(0, |list| list.0.len()))\n}}\n"
    )
}

/// The function that gives a field, or the functions that give its parts.
fn getter(interface: &Interface, record: &Record, field: &Field) -> String {
    let handle = names::handle(&record.name);
    let function = names::getter(record, field);
    let it = &field.name;
    let parameter = format!("{handle}: Option<&pm_{handle}>");
    let doc = &field.doc;
    match &field.ty {
        Type::Record(name) => {
            let one = names::handle(name);
            let (doc, value) = match field.optional {
                true => (doc.clone().with("NULL when absent."), format!("{handle}?.{it}.as_ref()")),
                false => (doc.clone(), format!("Some(&{handle}?.{it})")),
            };
            return format!(
                "\n{}{EXPORT} {function}({parameter}) -> Option<&pm_{one}> {{\n    entry(None, || {value})\n}}\n",
                comment(&doc.with(&format!("It belongs to the {}: don't free it.", names::noun(handle))))
            );
        }
        Type::Records(name) if names::is_list(name) => {
            let list = names::handle(name);
            return format!(
                "\n{}{EXPORT} {function}({parameter}) -> Option<&pm_{list}> {{\n    entry(None, || Some(&{handle}?.{it}))\n}}\n",
                comment(
                    &doc.clone().with(&format!("It belongs to the {}: don't free it.", names::noun(handle)))
                )
            );
        }
        Type::Records(name) => {
            let one = names::handle(name);
            return format!(
                "
/// How many {it} there are.
{EXPORT} pm_{handle}_count({parameter}) -> usize {{
    entry(0, || {handle}.map_or(0, |it| it.{it}.len()))
}}

{}{EXPORT} pm_{handle}_message({parameter}, index: usize) -> Option<&pm_{one}> {{
    entry(None, || {handle}?.{it}.get(index))
}}
",
                comment(&doc.clone().with(&format!(
                    "The one at index, from 0; NULL beyond the last. It belongs to the {handle}: don't free it."
                )))
            );
        }
        Type::Pairs => return pairs(record, field),
        _ => {}
    }
    let (ty, absent, value, ending) = given(field);
    let mut doc = doc.clone();
    if field.ty == Type::Duration {
        doc = doc.measured(", in milliseconds");
    }
    if field.ty == Type::Kind && record.name == "Error" {
        let words: Vec<_> = interface.kinds.iter().map(|kind| format!("`{}`", kind.name)).collect();
        doc = doc.with(&format!("One of {}; later versions may add others.", words.join(", ")));
    }
    let (parameters, handle) = match names::is_list(&record.name) {
        true => {
            doc = doc.measured(", for the entry at index");
            (format!("{parameter}, index: usize"), format!("pm_{handle}::entry({handle}, index)"))
        }
        false => (parameter, handle.to_owned()),
    };
    format!(
        "\n{}{EXPORT} {function}({parameters}) -> {ty} {{\n    get({handle}, {absent}, |it| {value})\n}}\n",
        comment(&doc.with(ending))
    )
}

/// The getters of names and values, by index and by name.
fn pairs(record: &Record, field: &Field) -> String {
    let handle = names::handle(&record.name);
    let (it, one) = (&field.name, field.name.trim_end_matches('s'));
    let parameter = format!("{handle}: Option<&pm_{handle}>");
    let by_index = |part: &str, at: usize| {
        format!(
            "\n/// The {part} of the {one} at index, from 0; NULL beyond the last.
{EXPORT} pm_{handle}_{one}_{part}({parameter}, index: usize) -> *const c_char {{
    get({handle}.and_then(|it| it.{it}.get(index)), std::ptr::null(), |pair| pair.{at}.as_ptr())
}}\n"
        )
    };
    format!(
        "
/// How many {it} there are: see pm_{handle}_{one}_name().
{EXPORT} pm_{handle}_{one}_count({parameter}) -> usize {{
    entry(0, || {handle}.map_or(0, |it| it.{it}.len()))
}}
{}{}
/// The first value of a {one}, by its name in whatever case; NULL when absent.
{EXPORT} pm_{handle}_{one}({parameter}, name: *const c_char) -> *const c_char {{
    get_by_name({handle}.map(|it| &*it.{it}), name)
}}
",
        by_index("name", 0),
        by_index("value", 1)
    )
}

/// The function that sets one thing.
fn setter(settings: &Record, setting: &Field) -> String {
    let handle = names::handle(&settings.name);
    let function = names::setter(settings, setting);
    let first = if handle == "call_options" { "options" } else { handle };
    let (name, field) = (&setting.name, several(setting));
    let mut parameters = setting.parameters.clone();
    let mut doc = setting.doc.clone();
    let (ty, body) = match setting.ty {
        // By a path or by a handle: written by hand.
        Type::Journal => return String::new(),
        Type::Pair | Type::AmountOf => {
            let [name_of, value] = &parameters[..] else { return String::new() };
            let set = format!("|it, {name_of}, {value}| it.{name}({name_of}, {value})");
            ("*const c_char", format!("set_pair({first}, \"{field}\", {name_of}, {value}, {set})"))
        }
        Type::Texts => {
            doc = doc.with("Adds one; the first takes the place of the default.");
            parameters = parameters.iter().map(|it| it.trim_end_matches('s').to_owned()).collect();
            (
                "*const c_char",
                format!("add_string({first}, \"{field}\", {}, |it| &mut it.{name})", parameters[0]),
            )
        }
        Type::Duration => {
            doc = doc.measured(", in milliseconds");
            parameters = parameters.iter().map(|it| format!("{it}_ms")).collect();
            ("u64", format!("set({first}, |it| it.{name}(Duration::from_millis({})))", parameters[0]))
        }
        Type::Bool => ("bool", format!("set({first}, |it| it.{name}({}))", parameters[0])),
        Type::Number => ("f64", format!("set({first}, |it| it.{name}({}))", parameters[0])),
        Type::Count => ("u32", format!("set({first}, |it| it.{name}({}))", parameters[0])),
        Type::Size => {
            let size = format!("usize::try_from({}).unwrap_or(usize::MAX)", parameters[0]);
            (
                if names::is_small(setting) { "u32" } else { "u64" },
                format!("set({first}, |it| it.{name}({size}))"),
            )
        }
        _ => {
            let it = &parameters[0];
            ("*const c_char", format!("set_string({first}, \"{field}\", {it}, |it, value| it.{name}(value))"))
        }
    };
    let parameters: String = parameters.iter().map(|it| format!(", {it}: {ty}")).collect();
    format!(
        "\n{}{EXPORT} {function}({first}: Option<&mut pm_{handle}>{parameters}) {{\n    {body};\n}}\n",
        comment(&doc)
    )
}
