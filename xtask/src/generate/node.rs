//! The Rust of the Node addon: what it writes of a record, and the options that it takes.

use super::interface::{Field, Interface, Record, Type, several};
use super::rust;

pub(super) fn glue(interface: &Interface) -> String {
    let records: String = interface.records.iter().map(record).collect();
    let settings: String = interface.settings.iter().map(settings).collect();
    let names: Vec<_> = interface.records.iter().map(|record| record.name.as_str()).collect();
    let uses = format!(
        "use napi_derive::napi;
use partner_messaging::{{CallOptions, ClientBuilder, Error, MessageFilter, Outcome, Request, Kind, count, {}}};
use serde::{{Serialize, Serializer}};

use crate::option_values::{{milliseconds, pairs, size, snake_case}};
use crate::results::{{Fields, decimal_text, in_milliseconds, list}};
",
        names.join(", ")
    );
    rust::file(
        "The fields of the core's records as lists, and its options.",
        &uses,
        &(records + &error(&interface.error) + &settings),
    )
}

/// A record as a list of its fields: there are many of them, and a list is half the work
/// of an object.
fn record(record: &Record) -> String {
    let values: Vec<_> = record.fields.iter().map(|field| value(field, "it")).collect();
    format!(
        "\nimpl Serialize for Fields<'_, {name}> {{
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {{
        let it = self.0;
        ({},).serialize(serializer)
    }}
}}\n",
        values.join(", "),
        name = record.name,
    )
}

fn value(field: &Field, it: &str) -> String {
    let value = format!("{it}.{}", field.name);
    match (&field.ty, field.optional) {
        (Type::Json, _) => format!("{value}_json()"),
        (Type::Amount, false) => format!("{value}.to_string()"),
        (Type::Amount, true) => format!("{value}.map(decimal_text)"),
        (Type::Duration, false) => format!("in_milliseconds({value})"),
        (Type::Duration, true) => format!("{value}.map(in_milliseconds)"),
        (Type::Outcome, false) => format!("{value}.as_str()"),
        (Type::Outcome, true) => format!("{value}.map(Outcome::as_str)"),
        (Type::Kind, true) => format!("{value}.map(Kind::as_str)"),
        (Type::Record(_), false) => format!("Fields(&{value})"),
        (Type::Record(_), true) => format!("{value}.as_ref().map(Fields)"),
        (Type::Records(_), _) => format!("list(&{value})"),
        _ => format!("&{value}"),
    }
}

/// The fields of an error as an object: what is absent is left out.
fn error(error: &Record) -> String {
    let of = |field: &Field| {
        let it = format!("error.{}()", field.name);
        match (&field.ty, field.optional) {
            (Type::Class, _) => ("class_name".to_owned(), "&'static str", format!("{it}.name()")),
            (Type::Kind, _) => (field.name.clone(), "&'static str", format!("{it}.as_str()")),
            (Type::Outcome, _) => {
                (field.name.clone(), "Option<&'static str>", format!("{it}.map(Outcome::as_str)"))
            }
            (Type::Duration, false) => (field.name.clone(), "f64", format!("in_milliseconds({it})")),
            (Type::Duration, true) => {
                (field.name.clone(), "Option<f64>", format!("{it}.map(in_milliseconds)"))
            }
            (Type::Status, _) => (field.name.clone(), "Option<u32>", format!("{it}.map(u32::from)")),
            (Type::Count, _) => (field.name.clone(), "u32", it),
            (Type::Records(_), _) => {
                (field.name.clone(), "Option<String>", format!("crate::results::json_list({it})"))
            }
            (_, true) => (field.name.clone(), "Option<String>", format!("{it}.map(str::to_owned)")),
            (_, false) => (field.name.clone(), "String", it),
        }
    };
    let fields: Vec<_> = error.fields.iter().map(of).collect();
    let declared: String = fields.iter().map(|(name, ty, _)| format!("pub {name}: {ty},\n")).collect();
    let values: String = fields.iter().map(|(name, _, value)| format!("{name}: {value},\n")).collect();
    format!(
        "\n/// What the package makes an error of the class `className` from; what is absent is left
/// out. Durations are milliseconds; the trail is a JSON list.
#[napi(object, object_from_js = false)]
#[derive(Serialize)]
#[serde(rename_all = \"camelCase\")]
pub struct Failure {{\n{declared}}}

impl From<&Error> for Failure {{ fn from(error: &Error) -> Self {{ Self {{ {values} }} }} }}\n"
    )
}

/// The options of a kind: numbers as JavaScript has them, mappings as names and values in turn.
fn settings(settings: &Record) -> String {
    let (name, core) = match settings.name.as_str() {
        "ClientBuilder" => ("NativeClientOptions", "ClientBuilder"),
        "CallOptions" => ("NativeCallOptions", "CallOptions"),
        "MessageFilter" => ("NativeFilter", "MessageFilter"),
        _ => ("NativeRequest", "Request"),
    };
    let given: String =
        settings.constructor.parameters.iter().map(|it| format!("pub {it}: String,\n")).collect();
    let fields = || settings.fields.iter().filter(|setting| setting.ty != Type::Journal);
    let declared: String = fields()
        .map(|setting| {
            let ty = match setting.ty {
                Type::Bool => "bool",
                Type::Count | Type::Size | Type::Number | Type::Duration | Type::Status => "f64",
                Type::Pair | Type::AmountOf | Type::Texts => "Vec<String>",
                _ => "String",
            };
            format!("pub {}: Option<{ty}>,\n", several(setting))
        })
        .collect();
    let set: String = fields().map(set).collect();
    format!(
        "\n/// The package's own form of the core's `{core}`: durations are milliseconds, mappings
/// names and values in turn.
#[napi(object, object_to_js = false)]
pub struct {name} {{\n{given}{declared}}}

impl {name} {{
    /// The same as the core takes it; what is absent stays as it is in `core`.
    pub(crate) fn apply(self, mut core: {core}) -> Result<{core}, Error> {{
        {set}
        Ok(core)
    }}
}}\n"
    )
}

fn set(setting: &Field) -> String {
    let (name, field) = (&setting.name, several(setting));
    let value = match setting.ty {
        Type::Pair | Type::AmountOf => {
            let key = if setting.name == "endpoint" { "snake_case(&key)" } else { "key" };
            return format!(
                "for (key, value) in pairs(self.{field}) {{ core = core.{name}({key}, value); }}\n"
            );
        }
        Type::Duration => format!("milliseconds(\"{name}\", it)?"),
        Type::Count => format!("count(\"{name}\", it)?"),
        Type::Size => format!("size(\"{name}\", it)?"),
        _ => "it".to_owned(),
    };
    format!("if let Some(it) = self.{field} {{ core = core.{name}({value}); }}\n")
}
