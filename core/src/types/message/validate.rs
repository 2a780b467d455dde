//! The rules a message must keep before it goes out.
//!
//! Strict about what the API document settles (which fields a channel needs,
//! that they are strings), open about the rest: other channels and further
//! fields pass. The shape of numbers is ITU-T E.164, that of addresses RFC 5321.

use std::collections::BTreeMap;

use crate::error::Error;
use crate::util::redact;

/// The documented fields of a message, borrowed from whatever form it came in.
#[derive(Default)]
pub(crate) struct Fields<'a> {
    pub(crate) channel: &'a str,
    pub(crate) to: Option<&'a str>,
    pub(crate) from: Option<&'a str>,
    pub(crate) sender_id: Option<&'a str>,
    pub(crate) template_id: Option<&'a str>,
    pub(crate) template_variables: Option<&'a BTreeMap<String, String>>,
    pub(crate) content: Option<&'a str>,
    pub(crate) subject: Option<&'a str>,
    pub(crate) html_content: Option<&'a str>,
}

/// The documented channels.
pub(crate) const WHATSAPP: &str = "WHATSAPP";
pub(crate) const SMS: &str = "SMS";
pub(crate) const EMAIL: &str = "EMAIL";

/// Checks a message against what its channel needs; the error names the first
/// field at fault by its name on the wire.
pub(crate) fn check(fields: &Fields<'_>) -> Result<(), Error> {
    match fields.channel {
        "" => Err(Error::invalid_message("channel", "is required, for example SMS")),
        WHATSAPP => {
            phone_number("to", fields.to)?;
            phone_number("from", fields.from)?;
            text("templateId", fields.template_id)?;
            variables(fields)
        }
        SMS => {
            phone_number("to", fields.to)?;
            sms_text(fields)
        }
        EMAIL => {
            email_address("to", fields.to)?;
            line("subject", fields.subject)?;
            text("htmlContent", fields.html_content).map(drop)
        }
        other => match [WHATSAPP, SMS, EMAIL].into_iter().find(|it| it.eq_ignore_ascii_case(other)) {
            Some(meant) => Err(Error::invalid_message("channel", format!("must be {meant}, in capitals"))),
            // An undocumented channel: what it needs is the service's to say.
            None => Ok(()),
        },
    }
}

fn sms_text(fields: &Fields<'_>) -> Result<(), Error> {
    if fields.template_id.is_some() {
        text("templateId", fields.template_id)?;
        line("senderId", fields.sender_id)?;
        return variables(fields);
    }
    if fields.content.is_none() {
        return Err(Error::invalid_message("content", "is required, unless the SMS names a templateId"));
    }
    text("content", fields.content)?;
    if fields.sender_id.is_some() {
        line("senderId", fields.sender_id)?;
    }
    Ok(())
}

fn variables(fields: &Fields<'_>) -> Result<(), Error> {
    let empty_name = fields.template_variables.is_some_and(|variables| variables.contains_key(""));
    if empty_name {
        return Err(Error::invalid_message("templateVariables", "has a variable with an empty name"));
    }
    Ok(())
}

fn text<'a>(field: &str, value: Option<&'a str>) -> Result<&'a str, Error> {
    match value {
        None => Err(Error::invalid_message(field, "is required")),
        Some(value) if value.trim().is_empty() => Err(Error::invalid_message(field, "must not be empty")),
        Some(value) => Ok(value),
    }
}

/// A text that goes into a header of mail or of an SMS: one line.
fn line(field: &str, value: Option<&str>) -> Result<(), Error> {
    if text(field, value)?.contains(['\r', '\n', '\0']) {
        return Err(Error::invalid_message(field, "must not have line breaks or NUL in it"));
    }
    Ok(())
}

fn phone_number(field: &str, value: Option<&str>) -> Result<(), Error> {
    let number = text(field, value)?;
    if is_e164(number) {
        return Ok(());
    }
    let problem = phone_problem(number);
    Err(Error::invalid_message(
        field,
        format!(
            "must be a phone number in E.164 form (a plus, the country code and the number), and {problem}"
        ),
    ))
}

/// What is wrong with a phone number, without a word of it.
fn phone_problem(number: &str) -> &'static str {
    let digits = number.strip_prefix('+').unwrap_or(number);
    let is_digits = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    if number.chars().any(redact::is_invisible) {
        return "has an invisible character in it";
    }
    if number.chars().any(char::is_control) {
        return "has a line break or another control character in it";
    }
    if number.contains(':') {
        return "has a prefix such as whatsapp: before it, which does not belong to the number";
    }
    if number.starts_with("00") {
        return "begins with 00 instead of a plus";
    }
    if !number.starts_with('+') && is_digits {
        return "has no plus and country code: it is in national format";
    }
    if number.starts_with("+0") {
        return "has a 0 after the plus, where no country code begins with one";
    }
    if is_digits && digits.len() > 15 {
        return "has more than 15 digits";
    }
    if is_digits {
        return "is too short";
    }
    if number.chars().any(|c| c.is_whitespace() || matches!(c, '-' | '(' | ')' | '.' | '/')) {
        return "has blanks or punctuation in it: only digits may follow the plus";
    }
    "has characters in it that are no digits"
}

/// ITU-T E.164: a plus, then up to fifteen digits of which the first is no zero.
fn is_e164(number: &str) -> bool {
    let Some(digits) = number.strip_prefix('+') else { return false };
    (2..=15).contains(&digits.len())
        && !digits.starts_with('0')
        && digits.bytes().all(|digit| digit.is_ascii_digit())
}

fn email_address(field: &str, value: Option<&str>) -> Result<(), Error> {
    let address = text(field, value)?;
    if is_email_address(address) {
        return Ok(());
    }
    let problem = email_problem(address);
    Err(Error::invalid_message(field, format!("must be an email address of the form name@domain{problem}")))
}

fn email_problem(address: &str) -> &'static str {
    if address.chars().any(redact::is_invisible) {
        return ", and has an invisible character in it";
    }
    if address.get(..7).is_some_and(|start| start.eq_ignore_ascii_case("mailto:")) {
        return ", without mailto: before it";
    }
    if address.contains([';', ',']) {
        return ", and only one";
    }
    if address.contains(['<', '>']) {
        return ", without a name and angle brackets around it";
    }
    if address.contains("..") {
        return ", and has two dots in a row";
    }
    ""
}

/// The shape of RFC 5321, section 4.1.2, without its rarities: a local part of
/// at most 64 bytes, an @, and a domain of two labels or more (a mail domain
/// without a dot does not exist in public). Whether it can be delivered to is
/// the service's to say.
fn is_email_address(address: &str) -> bool {
    let Some((local, domain)) = address.rsplit_once('@') else { return false };
    let clean = |part: &str| {
        !part.chars().any(|c| {
            c.is_whitespace()
                || c.is_control()
                || matches!(c, '<' | '>' | ',' | ';' | ':')
                || redact::is_invisible(c)
        })
    };
    let dots_fit = |part: &str| !part.starts_with('.') && !part.ends_with('.') && !part.contains("..");
    let quoted = local.len() > 2 && local.starts_with('"') && local.ends_with('"');
    let local_fits = !local.is_empty()
        && local.len() <= 64
        && clean(local)
        && (quoted || (!local.contains('@') && dots_fit(local)));
    let label_fits = |label: &str| {
        !label.is_empty() && label.len() <= 63 && !label.starts_with('-') && !label.ends_with('-')
    };
    local_fits
        && address.len() <= 254
        && clean(domain)
        && domain.contains('.')
        && domain.split('.').all(label_fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn e164() {
        for good in ["+6591234567", "+1234567890", "+12", "+123456789012345"] {
            assert!(is_e164(good), "{good}");
        }
        for bad in [
            "",
            "+",
            "+1",
            "6591234567",
            "+0123456",
            "+1234567890123456",
            "+65 9123",
            "+65\u{0661}23",
            "++65912",
        ] {
            assert!(!is_e164(bad), "{bad}");
        }
    }

    #[test]
    fn each_mistake_in_a_number_has_its_own_words() {
        for (number, words) in [
            ("91234567", "no plus and country code"),
            ("006591234567", "begins with 00"),
            ("whatsapp:+6591234567", "prefix"),
            ("+65\u{200b}91234567", "invisible"),
            ("+6591234567\n", "line break"),
            ("+065912345", "no country code begins"),
            ("+1234567890123456", "more than 15"),
            ("+1", "too short"),
            ("+65 9123-4567", "blanks or punctuation"),
            ("+65x1234567", "no digits"),
        ] {
            let error = phone_number("to", Some(number)).unwrap_err().to_string();
            assert!(error.contains(words) && !error.contains("9123"), "{number:?}: {error}");
        }
    }

    #[test]
    fn each_mistake_in_an_address_has_its_own_words() {
        for (address, words) in [
            ("mailto:a@x.com", "without mailto:"),
            ("a@x.com;b@y.com", "only one"),
            ("a@x.com;y.com", "only one"),
            ("A <a@x.com>", "angle brackets"),
            ("a..b@x.com", "two dots"),
            ("a\u{200b}b@x.com", "invisible"),
            (".a@x.com", "name@domain"),
        ] {
            let error = email_address("to", Some(address)).unwrap_err().to_string();
            assert!(error.contains(words) && !error.contains("x.com"), "{address:?}: {error}");
        }
    }

    #[test]
    fn what_goes_into_a_header_is_one_line() {
        let email = |subject| Fields {
            channel: EMAIL,
            to: Some("a@example.com"),
            subject: Some(subject),
            html_content: Some("x\ny"),
            ..Fields::default()
        };
        assert!(check(&email("Hi")).is_ok());
        for subject in ["Hi\r\nBcc: b@example.com", "Hi\0"] {
            assert_eq!(check(&email(subject)).unwrap_err().field(), Some("subject"));
        }
        let error = check(&Fields { channel: "sms", ..Fields::default() }).unwrap_err();
        assert!(error.to_string().contains("must be SMS, in capitals"), "{error}");
    }

    #[test]
    fn email_addresses() {
        for good in
            ["a@example.com", "first.last+tag@mail.example.co", "\"a@b\"@example.com", "用户@例子.公司"]
        {
            assert!(is_email_address(good), "{good}");
        }
        for bad in [
            "",
            "a",
            "@example.com",
            "a@",
            "a@b",
            "a@b..c",
            "a@.com",
            "a b@example.com",
            "a@example.com\n",
            "a@b@example.com",
            "<a@example.com>",
            "a@-x.com",
        ] {
            assert!(!is_email_address(bad), "{bad}");
        }
    }

    #[test]
    fn the_field_at_fault_is_named_and_not_shown() {
        let error =
            check(&Fields { channel: SMS, to: Some("91234567"), content: Some("x"), ..Fields::default() })
                .unwrap_err();
        assert_eq!(error.field(), Some("to"));
        assert!(!error.to_string().contains("91234567 "), "{error}");
        let error = check(&Fields {
            channel: SMS,
            to: Some("+6591234567"),
            template_id: Some("HX"),
            ..Fields::default()
        })
        .unwrap_err();
        assert_eq!(error.field(), Some("senderId"));
        assert!(check(&Fields { channel: "PIGEON", ..Fields::default() }).is_ok());
    }
}
