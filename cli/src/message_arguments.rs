//! The options that make up a message, as they are or with columns in them.

use clap::Args;
use serde_json::{Map, Value};

use crate::connection::pair;
use crate::status::Failure;

/// The members of a message.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Message")]
pub(crate) struct MessageArgs {
    /// Channel: SMS, WHATSAPP, EMAIL, …
    #[arg(long, value_name = "NAME")]
    channel: Option<String>,
    /// Recipient: a phone number like +6591234567, or an email address
    #[arg(long, value_name = "RECIPIENT")]
    to: Option<String>,
    /// Sender of a WhatsApp message
    #[arg(long, value_name = "NUMBER")]
    from: Option<String>,
    /// Sender of an SMS
    #[arg(long, value_name = "NAME", allow_hyphen_values = true)]
    sender_id: Option<String>,
    /// Template to fill
    #[arg(long, value_name = "ID", allow_hyphen_values = true)]
    template_id: Option<String>,
    /// Variable of the template; may be given several times
    #[arg(long, value_name = "NAME=VALUE", allow_hyphen_values = true)]
    var: Vec<String>,
    /// Text of an SMS
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    content: Option<String>,
    /// Subject of an email
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    subject: Option<String>,
    /// Body of an email
    #[arg(long, value_name = "HTML", allow_hyphen_values = true)]
    html_content: Option<String>,
}

impl MessageArgs {
    /// Those that are given: the option, the member's name on the wire, and the value.
    pub(crate) fn members(&self) -> Vec<(&'static str, &'static str, &str)> {
        let all = [
            ("--channel", "channel", &self.channel),
            ("--to", "to", &self.to),
            ("--from", "from", &self.from),
            ("--sender-id", "senderId", &self.sender_id),
            ("--template-id", "templateId", &self.template_id),
            ("--content", "content", &self.content),
            ("--subject", "subject", &self.subject),
            ("--html-content", "htmlContent", &self.html_content),
        ];
        all.into_iter().filter_map(|(option, name, value)| Some((option, name, value.as_deref()?))).collect()
    }

    /// The variables: names and values.
    pub(crate) fn variables(&self) -> Result<Vec<(&str, &str)>, Failure> {
        self.var.iter().map(|text| pair("--var", text)).collect()
    }

    /// Whether none is given.
    pub(crate) fn is_empty(&self) -> bool {
        self.members().is_empty() && self.var.is_empty()
    }

    /// The wire form of the message that they make up.
    pub(crate) fn json(&self) -> Result<String, Failure> {
        let text = |value: &str| Value::String(value.to_owned());
        let mut message = Map::new();
        for (_, name, value) in self.members() {
            message.insert(name.to_owned(), text(value));
        }
        let variables = self.variables()?;
        if !variables.is_empty() {
            let variables = variables.into_iter().map(|(name, value)| (name.to_owned(), text(value)));
            message.insert("templateVariables".to_owned(), Value::Object(variables.collect()));
        }
        Ok(Value::Object(message).to_string())
    }
}
