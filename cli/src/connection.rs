//! The options of the client, and the client.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;
use partner_messaging::journal::journal_error;
use partner_messaging::{ClientBuilder, blocking, count, seconds};
use partner_messaging_journal::Journal;

use crate::files;
use crate::status::Failure;

/// How the service is reached.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Connection")]
pub(crate) struct ConnectionArgs {
    /// File with the API key, instead of PARTNER_MESSAGING_API_KEY
    #[arg(long, value_name = "FILE")]
    api_key_file: Option<PathBuf>,
    /// Time for each call, with its retries [default: 30]
    #[arg(long, value_name = "SECONDS")]
    timeout: Option<f64>,
    /// Time for connecting [default: 5]
    #[arg(long, value_name = "SECONDS")]
    connect_timeout: Option<f64>,
    /// Further attempts where nothing can have been accepted [default: 2]
    #[arg(long, value_name = "N")]
    max_retries: Option<f64>,
    /// Open connections at most [default: 100]
    #[arg(long, value_name = "N")]
    max_connections: Option<f64>,
    /// Certificates to trust besides the platform's
    #[arg(long, value_name = "FILE")]
    ca_file: Option<PathBuf>,
    /// Client certificate
    #[arg(long, value_name = "FILE")]
    client_cert_file: Option<PathBuf>,
    /// Key of the client certificate
    #[arg(long, value_name = "FILE")]
    client_key_file: Option<PathBuf>,
    /// Allow plain http to other machines
    #[arg(long)]
    allow_http: bool,
    /// Path of an endpoint, for example get_message=/v2/message/{messageId}
    #[arg(long, value_name = "NAME=PATH")]
    endpoint: Vec<String>,
}

impl ConnectionArgs {
    /// The options as the library takes them.
    pub(crate) fn builder(&self, language: &'static str) -> Result<ClientBuilder, Failure> {
        let mut builder = ClientBuilder::default().language(language);
        if let Some(path) = &self.api_key_file {
            let key = fs::read_to_string(path).map_err(|error| files::of(path, &error))?;
            builder = builder.api_key(key.trim());
        }
        if let Some(timeout) = self.timeout {
            builder = builder.timeout(seconds("timeout", timeout)?);
        }
        if let Some(timeout) = self.connect_timeout {
            builder = builder.connect_timeout(seconds("connect_timeout", timeout)?);
        }
        if let Some(retries) = self.max_retries {
            builder = builder.max_retries(count("max_retries", retries)?);
        }
        if let Some(connections) = self.max_connections {
            builder = builder.max_connections(count("max_connections", connections)? as usize);
        }
        if let Some(path) = &self.ca_file {
            builder = builder.ca_file(path);
        }
        if let Some(path) = &self.client_cert_file {
            builder = builder.client_cert_file(path);
        }
        if let Some(path) = &self.client_key_file {
            builder = builder.client_key_file(path);
        }
        for endpoint in &self.endpoint {
            let (name, path) = pair("--endpoint", endpoint)?;
            builder = builder.endpoint(name, path);
        }
        Ok(builder.allow_http(self.allow_http))
    }

    pub(crate) fn client(&self, language: &'static str) -> Result<blocking::Client, Failure> {
        Ok(self.builder(language)?.build_blocking()?)
    }
}

/// The two sides of `NAME=VALUE`.
pub(crate) fn pair<'a>(option: &str, text: &'a str) -> Result<(&'a str, &'a str), Failure> {
    match text.split_once('=') {
        Some((name, value)) if !name.is_empty() => Ok((name, value)),
        _ => Err(Failure::usage(format!("{option}: must be written NAME=VALUE"))),
    }
}

/// Opens a journal, or makes it.
pub(crate) fn open_journal(place: &str) -> Result<Journal, Failure> {
    if has_password(place) {
        return Err(Failure::usage(
            "the journal's URL must not have a password in it, which every user of this machine could read \
             from the list of processes; give it in PGPASSWORD or a file (PGPASSFILE, ~/.pgpass)",
        ));
    }
    Ok(Journal::open(place)?)
}

/// Opens a journal that is there: a wrong name must not make an empty one.
pub(crate) fn open_existing_journal(place: &str) -> Result<Journal, Failure> {
    if !place.contains("://") && !place.is_empty() && !Path::new(place).exists() {
        return Err(Failure::Library(journal_error(place, "there is no such file")));
    }
    open_journal(place)
}

/// Whether a URL names a password, before the host or among its parameters.
fn has_password(place: &str) -> bool {
    let Some((_, rest)) = place.split_once("://") else { return false };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let before_host = authority.rsplit_once('@').is_some_and(|(user, _)| user.contains(':'));
    let parameters = rest.split_once('?').map_or("", |(_, query)| query);
    before_host || parameters.split('&').any(|parameter| parameter.starts_with("password="))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_in_a_url_is_seen() {
        for with in ["postgresql://a:b@h/d", "postgres://a:@h", "postgresql://h/d?journal=x&password=y"] {
            assert!(has_password(with), "{with}");
        }
        for without in ["postgresql://a@h:5432/d?journal=x", "campaign.db", "C:\\a@b:c", "a:b@c"] {
            assert!(!has_password(without), "{without}");
        }
    }
}
