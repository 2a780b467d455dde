//! Making messages of rows.

use std::fmt;

use partner_messaging::journal::{Digest, Digester, check_key};
use partner_messaging::{Error, Message, PreparedMessage, WireMessage};

use super::rows::{Row, Rows, Values};
use super::template::Template;
use crate::message_arguments::MessageArgs;
use crate::status::Failure;

/// What is wrong with a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    pub(crate) column: Option<String>,
    pub(crate) reason: String,
}

impl Fault {
    pub(crate) fn new(column: Option<&str>, reason: impl Into<String>) -> Self {
        Self { column: column.map(str::to_owned), reason: reason.into() }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.column {
            Some(column) => write!(f, "column {column}: {}", self.reason),
            None => f.write_str(&self.reason),
        }
    }
}

/// A row's message and its key, if there is a journal.
pub(crate) struct Made {
    pub(crate) message: PreparedMessage,
    pub(crate) digest: Digest,
    pub(crate) key: String,
}

/// Makes messages of rows by the options.
#[derive(Clone)]
pub(crate) struct Maker {
    members: Vec<Member>,
    key: Option<Template>,
    digester: Digester,
}

/// A member of the message.
#[derive(Clone)]
struct Member {
    option: String,
    name: String,
    is_variable: bool,
    template: Template,
}

impl Maker {
    /// Reads the templates of the options. Without any the rows are messages themselves.
    pub(crate) fn new(message: &MessageArgs, key: Option<&str>, digester: Digester) -> Result<Self, Failure> {
        let mut members = Vec::new();
        for (option, name, text) in message.members() {
            let template = Template::parse(option, text)?;
            members.push(Member {
                option: option.to_owned(),
                name: name.to_owned(),
                is_variable: false,
                template,
            });
        }
        for (name, text) in message.variables()? {
            let option = format!("--var {name}");
            let template = Template::parse(&option, text)?;
            members.push(Member { option, name: name.to_owned(), is_variable: true, template });
        }
        let key = key.map(|text| Template::parse("--key", text)).transpose()?;
        Ok(Self { members, key, digester })
    }

    /// Refuses templates with columns that the input doesn't have, all of them at once.
    pub(crate) fn check_columns(&self, rows: &Rows, name: &str) -> Result<(), Failure> {
        let Some(columns) = rows.columns() else { return Ok(()) };
        if self.members.is_empty() {
            return Err(Failure::usage(
                "which message? Give it by options such as --channel, --to and --content, with columns in braces",
            ));
        }
        let templates = self.members.iter().map(|member| (member.option.as_str(), &member.template));
        let mut missing: Vec<String> = Vec::new();
        for (option, template) in templates.chain(self.key.as_ref().map(|key| ("--key", key))) {
            for column in template.columns().filter(|column| !columns.iter().any(|it| it == column)) {
                missing.push(format!("{{{column}}} of {option}"));
            }
        }
        if missing.is_empty() {
            return Ok(());
        }
        let there: Vec<&str> = columns.iter().map(String::as_str).filter(|it| !it.is_empty()).collect();
        Err(Failure::usage(format!(
            "{name} has no column for {}; it has: {}",
            missing.join(", "),
            there.join(", ")
        )))
    }

    /// The message of a row, and its key: by the template, or else the message's digest.
    pub(crate) fn make(&self, rows: &Rows, row: &Row) -> Result<Made, Fault> {
        if let Some(fault) = &row.fault {
            return Err(Fault::new(None, fault));
        }
        let json = match (&row.values, self.members.is_empty()) {
            (Values::Members(line, _), true) => line.clone(),
            _ => self.json(rows, row)?,
        };
        let message = WireMessage::from_json(json).prepare().map_err(|error| self.fault(&error))?;
        let digest = self.digester.digest(&message).map_err(|error| self.fault(&error))?;
        let key = match &self.key {
            None => hex(&digest),
            Some(template) => {
                let mut key = String::new();
                template
                    .fill(&mut key, |column, out| rows.value(row, column, out))
                    .map_err(|column| Fault::new(Some(column), "is missing"))?;
                let column = template.columns().next();
                check_key(&key).map_err(|error| Fault::new(column, error.what()))?;
                key
            }
        };
        Ok(Made { message, digest, key })
    }

    fn json(&self, rows: &Rows, row: &Row) -> Result<String, Fault> {
        let mut json = Vec::with_capacity(256);
        let mut text = String::new();
        let mut in_variables = false;
        json.push(b'{');
        for member in &self.members {
            member
                .template
                .fill(&mut text, |column, out| rows.value(row, column, out))
                .map_err(|column| Fault::new(Some(column), "is missing"))?;
            if member.is_variable && !in_variables {
                in_variables = true;
                separate(&mut json);
                json.extend_from_slice(b"\"templateVariables\":{");
            }
            separate(&mut json);
            push_string(&mut json, &member.name);
            json.push(b':');
            push_string(&mut json, &text);
        }
        json.extend_from_slice(if in_variables { &b"}}"[..] } else { b"}" });
        // Texts went in, and nothing else.
        Ok(String::from_utf8(json).unwrap_or_default())
    }

    /// The library's word on a message, at the column that its member comes from.
    fn fault(&self, error: &Error) -> Fault {
        let field = error.field().unwrap_or_default();
        let variable = field.strip_prefix("templateVariables.");
        let member = self.members.iter().find(|member| match variable {
            Some(name) => member.is_variable && member.name == name,
            None => !member.is_variable && member.name == field,
        });
        match member.and_then(|member| member.template.columns().next()) {
            Some(column) => Fault::new(Some(column), error.what()),
            None if field.is_empty() => Fault::new(None, error.what()),
            None => Fault::new(None, format!("{field} {}", error.what())),
        }
    }
}

fn separate(json: &mut Vec<u8>) {
    if !json.ends_with(b"{") {
        json.push(b',');
    }
}

fn push_string(json: &mut Vec<u8>, text: &str) {
    // Writing a text as JSON into memory can't fail.
    let _ = serde_json::to_writer(json, text);
}

fn hex(digest: &Digest) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    digest
        .iter()
        .flat_map(|byte| [DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]])
        .map(char::from)
        .collect()
}
