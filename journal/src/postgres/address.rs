//! A server's URL: what may be in it, and what it means.

use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use percent_encoding::percent_decode_str;
use rustls::ClientConfig;
use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode};
use zeroize::Zeroizing;

use super::passfile::{self, Wanted};
use super::tls;

const SCHEMES: [&str; 2] = ["postgresql://", "postgres://"];

/// Whether this is the URL of a PostgreSQL server, and not a file's path.
pub(crate) fn is_url(text: &str) -> bool {
    SCHEMES.iter().any(|scheme| text.get(..scheme.len()).is_some_and(|it| it.eq_ignore_ascii_case(scheme)))
}

/// The journal where the URL doesn't name one.
const DEFAULT_JOURNAL: &str = "default";

const DEFAULT_PORT: u16 = 5432;
const DEFAULT_CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// The folders that PostgreSQL's socket lies in by default: of Debian and most others, and its own.
const SOCKET_FOLDERS: [&str; 2] = ["/var/run/postgresql", "/tmp"];

/// Where a journal is, and how to get there.
pub(super) struct Address {
    /// User, password, database and other words for the server.
    pub(super) config: Config,
    pub(super) hosts: Vec<ServerHost>,
    /// The journal's name in the database.
    pub(super) journal: String,
    /// Over everything until the server has said yes.
    pub(super) connect_timeout: Duration,
    passwords: Passwords,
}

/// One of the servers, which are tried in turn.
pub(super) struct ServerHost {
    pub(super) place: Place,
    pub(super) port: u16,
    /// How the connection is encrypted; those to other machines always are.
    pub(super) tls: Option<Arc<ClientConfig>>,
}

/// Where a server listens.
pub(super) enum Place {
    /// The folder of its socket.
    Unix(PathBuf),
    /// A name, whose addresses the system knows.
    Name(String),
    /// An address, and the name that its certificate is of.
    Address(IpAddr, String),
}

enum Passwords {
    Given,
    /// Lines of a file that the URL names, or the usual one.
    File(Option<PathBuf>),
}

/// What the URL says besides what the client library reads.
#[derive(Default)]
struct Parameters {
    journal: Option<String>,
    encrypted: Option<bool>,
    roots: Option<PathBuf>,
    passfile: Option<PathBuf>,
    connect_timeout: Option<Duration>,
    kept: Vec<String>,
}

impl Address {
    /// Reads a URL, and the password of the environment.
    ///
    /// # Errors
    /// What is wrong with it, without a password.
    pub(super) fn new(url: &str) -> Result<Self, String> {
        let password = std::env::var("PGPASSWORD").ok().filter(|password| !password.is_empty());
        Self::parse(url, password.map(Zeroizing::new))
    }

    fn parse(url: &str, password: Option<Zeroizing<String>>) -> Result<Self, String> {
        let (base, query) = url.split_once('?').unwrap_or((url, ""));
        let parameters = Parameters::read(query)?;
        // The library's messages quote what they don't know, which may be half a password.
        let rest = Zeroizing::new(format!("{base}?{}", parameters.kept.join("&")));
        let mut config: Config =
            rest.parse().map_err(|_| "is no URL of a PostgreSQL server: postgresql://user@host/database")?;
        let mut passwords = Passwords::Given;
        match password {
            _ if config.get_password().is_some() => {}
            Some(password) => {
                config.password(password.as_bytes());
            }
            None => passwords = Passwords::File(parameters.passfile),
        }
        if config.get_user().is_none()
            && let Some(user) = ["USER", "LOGNAME"].iter().find_map(|name| std::env::var(name).ok())
        {
            config.user(user);
        }
        if config.get_application_name().is_none() {
            config.application_name("partner-messaging");
        }
        let hosts = hosts(&config, parameters.encrypted, parameters.roots)?;
        Ok(Self {
            config,
            hosts,
            journal: parameters.journal.unwrap_or_else(|| DEFAULT_JOURNAL.to_owned()),
            connect_timeout: parameters.connect_timeout.unwrap_or(DEFAULT_CONNECT_TIMEOUT),
            passwords,
        })
    }

    /// Whether the server is on this machine, whichever of them it is.
    pub(super) fn is_loopback(&self) -> bool {
        self.hosts.iter().all(|host| host.place.is_loopback())
    }

    /// What to tell one of the servers.
    ///
    /// # Errors
    /// What is wrong with the file of passwords.
    pub(super) fn config_for(&self, host: &ServerHost) -> Result<Config, String> {
        let mut config = self.config.clone();
        config.ssl_mode(if host.tls.is_some() { SslMode::Require } else { SslMode::Disable });
        if let Passwords::File(named) = &self.passwords
            && let Some(path) = named.clone().or_else(passfile::usual_place)
        {
            let user = config.get_user().unwrap_or_default();
            let name = host.place.to_string();
            let wanted = Wanted {
                host: if matches!(host.place, Place::Unix(_)) { "localhost" } else { &name },
                port: host.port,
                database: config.get_dbname().unwrap_or(user),
                user,
            };
            if let Some(password) = passfile::find(&path, &wanted)? {
                config.password(password.as_slice());
            }
        }
        Ok(config)
    }
}

impl Parameters {
    fn read(query: &str) -> Result<Self, String> {
        let mut read = Self::default();
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').ok_or("has a parameter without a value")?;
            let decoded = || {
                percent_decode_str(value)
                    .decode_utf8()
                    .map(String::from)
                    .map_err(|_| "is not UTF-8".to_owned())
            };
            match name {
                "journal" => read.journal = Some(journal_name(decoded()?)?),
                "sslmode" => read.encrypted = Some(is_encrypted(value)?),
                "sslrootcert" => {
                    read.roots = Some(decoded()?.into()).filter(|path: &PathBuf| path != "system")
                }
                "passfile" => read.passfile = Some(decoded()?.into()),
                "connect_timeout" => {
                    let seconds = value.parse().ok().filter(|seconds| (1..=3600).contains(seconds));
                    let seconds = seconds.ok_or("connect_timeout must be a number of seconds, 1 to 3600")?;
                    read.connect_timeout = Some(Duration::from_secs(seconds));
                }
                "target_session_attrs" if matches!(value, "any" | "read-write" | "primary") => {}
                "target_session_attrs" => {
                    return Err("asks for a standby, which can't be written to".to_owned());
                }
                "user" | "password" | "host" | "hostaddr" | "port" | "dbname" | "application_name"
                | "options" => {
                    read.kept.push(pair.to_owned());
                }
                // What follows a password with a question mark in it is nobody's business.
                _ => {
                    return Err("has a parameter that is not known; known are: journal, sslmode, sslrootcert, passfile, \
                         connect_timeout, target_session_attrs, user, password, host, hostaddr, port, dbname, \
                         application_name, options. In a password, ? and & are written %3F and %26"
                        .to_owned());
                }
            }
        }
        Ok(read)
    }
}

fn journal_name(name: String) -> Result<String, String> {
    if name.is_empty() || name.len() > 63 || name.chars().any(char::is_control) {
        return Err("names a journal that can't be: 1 to 63 bytes without control characters".to_owned());
    }
    Ok(name)
}

/// What PostgreSQL's own programs only encrypt is checked here, too.
fn is_encrypted(mode: &str) -> Result<bool, String> {
    match mode {
        "disable" | "allow" | "prefer" => Ok(false),
        "require" | "verify-ca" | "verify-full" => Ok(true),
        _ => Err("sslmode must be disable, allow, prefer, require, verify-ca or verify-full".to_owned()),
    }
}

fn hosts(
    config: &Config,
    encrypted: Option<bool>,
    roots: Option<PathBuf>,
) -> Result<Vec<ServerHost>, String> {
    let ports = config.get_ports();
    let port = |at: usize| {
        let port = if ports.len() > 1 { ports.get(at) } else { ports.first() };
        port.copied().unwrap_or(DEFAULT_PORT)
    };
    let name = |at: usize| match config.get_hosts().get(at) {
        Some(Host::Tcp(name)) => Some(name.clone()),
        _ => None,
    };
    let places: Vec<Place> = if config.get_hostaddrs().is_empty() {
        config.get_hosts().iter().map(Place::of).collect()
    } else {
        let addresses = config.get_hostaddrs().iter().enumerate();
        addresses.map(|(at, it)| Place::Address(*it, name(at).unwrap_or_else(|| it.to_string()))).collect()
    };
    let places = if places.is_empty() { vec![usual_socket()] } else { places };
    if ports.len() > 1 && ports.len() != places.len() {
        return Err("has more ports than hosts, or fewer".to_owned());
    }
    let mut tls = None;
    let mut hosts = Vec::new();
    for (at, place) in places.into_iter().enumerate() {
        let is_local = place.is_loopback();
        if !is_local && encrypted == Some(false) {
            return Err("asks for a plain connection (sslmode) to another machine, which would show the password and \
                 every key to the network: leave sslmode out, or verify-full"
                .to_owned());
        }
        let wanted = !is_local || encrypted == Some(true) && !matches!(place, Place::Unix(_));
        if wanted && tls.is_none() {
            tls = Some(tls::client_config(roots.as_deref())?);
        }
        hosts.push(ServerHost { place, port: port(at), tls: tls.clone().filter(|_| wanted) });
    }
    Ok(hosts)
}

fn usual_socket() -> Place {
    let folder = SOCKET_FOLDERS.iter().map(PathBuf::from).find(|folder| folder.is_dir());
    Place::Unix(folder.unwrap_or_else(|| PathBuf::from(SOCKET_FOLDERS[0])))
}

impl Place {
    fn of(host: &Host) -> Self {
        match host {
            Host::Unix(folder) => Self::Unix(folder.clone()),
            Host::Tcp(name) => {
                let bare = name.strip_prefix('[').and_then(|name| name.strip_suffix(']')).unwrap_or(name);
                match bare.parse::<IpAddr>() {
                    Ok(address) => Self::Address(address.to_canonical(), bare.to_owned()),
                    Err(_) => Self::Name(name.clone()),
                }
            }
        }
    }

    fn is_loopback(&self) -> bool {
        match self {
            Self::Unix(_) => true,
            Self::Name(name) => name.strip_suffix('.').unwrap_or(name).eq_ignore_ascii_case("localhost"),
            Self::Address(address, _) => address.is_loopback(),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unix(folder) => folder.display().fmt(f),
            Self::Name(name) | Self::Address(_, name) => f.write_str(name),
        }
    }
}

/// As a person would write it, without the password.
impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let user = self.config.get_user().unwrap_or_default();
        write!(f, "postgresql://{user}@")?;
        for (at, host) in self.hosts.iter().enumerate() {
            f.write_str(if at > 0 { "," } else { "" })?;
            match &host.place {
                Place::Address(IpAddr::V6(_), name) => write!(f, "[{name}]")?,
                place => place.fmt(f)?,
            }
            if host.port != DEFAULT_PORT {
                write!(f, ":{}", host.port)?;
            }
        }
        let database = self.config.get_dbname().unwrap_or(user);
        write!(f, "/{database}?journal={}", self.journal)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)] // A test may stop at what it did not expect.

    use super::*;

    fn parse(url: &str) -> Result<Address, String> {
        Address::parse(url, None)
    }

    fn password(address: &Address) -> Option<String> {
        let config = address.config_for(&address.hosts[0]).unwrap();
        config.get_password().map(|password| String::from_utf8(password.to_vec()).unwrap())
    }

    #[test]
    fn what_is_a_url() {
        for url in ["postgresql://h/d", "POSTGRES://", "postgres:///d?host=/tmp"] {
            assert!(is_url(url), "{url}");
        }
        for path in ["postgresql", "postgresql:/x", "./postgresql://x", "\u{e9}", "mysql://h"] {
            assert!(!is_url(path), "{path}");
        }
    }

    #[test]
    fn it_is_shown_without_its_password() {
        let shown = [
            (
                "postgresql://anna:s3cret@127.0.0.1/orders?journal=may",
                "postgresql://anna@127.0.0.1/orders?journal=may",
            ),
            (
                "postgres://anna@localhost:6432/o?password=s3cret",
                "postgresql://anna@localhost:6432/o?journal=default",
            ),
            (
                "postgresql://anna@[::1]:5433,localhost:5432/o",
                "postgresql://anna@[::1]:5433,localhost/o?journal=default",
            ),
            ("postgresql://anna@%2Ftmp?journal=a%20b", "postgresql://anna@/tmp/anna?journal=a b"),
        ];
        for (url, wanted) in shown {
            assert_eq!(parse(url).unwrap().to_string(), wanted);
        }
        // The usual ways of writing one wrong.
        for url in [
            "postgresql://anna:s3?cret@127.0.0.1/orders",
            "postgresql://anna:s3&cret@127.0.0.1/orders?x=s3cret",
            "postgresql://anna:s3?cret=1@127.0.0.1/orders",
            "postgresql://anna:s3cret@127.0.0.1:port/orders",
            "postgresql://anna:s3cret@db.example.com/o?sslmode=prefer",
            "postgresql://anna:s3cret@127.0.0.1/orders?sslmode=s3cret",
            "postgresql://anna:s3cret@127.0.0.1/orders?journal=",
            "postgresql://anna:s3cret@127.0.0.1/orders?target_session_attrs=standby",
            "postgresql://anna:s3cret@127.0.0.1/orders?sslmode=require&sslrootcert=/no/such/file",
        ] {
            let problem = parse(url).map(|address| address.to_string()).unwrap_err();
            assert!(!problem.contains("s3") && !problem.contains("cret@"), "{url}: {problem}");
        }
    }

    #[test]
    fn only_this_machine_is_spoken_to_in_plain_words() {
        for (url, encrypted, loopback) in [
            ("postgresql://a@127.0.0.1/d", false, true),
            ("postgresql://a@LOCALHOST./d", false, true),
            ("postgresql://a@%2Fvar%2Frun%2Fpostgresql/d", false, true),
            ("postgresql:///d?user=a", false, true),
            ("postgresql://a@localhost/d?sslmode=verify-full", true, true),
            ("postgresql://a@%2Ftmp/d?sslmode=require", false, true),
            ("postgresql://a@localhost.example.com/d", true, false),
            ("postgresql://a@10.0.0.1/d", true, false),
            ("postgresql://a@[::ffff:10.0.0.1]/d?sslmode=require", true, false),
            ("postgresql://a@localhost/d?hostaddr=10.0.0.1", true, false),
        ] {
            let address = parse(url).unwrap();
            assert_eq!(
                (address.hosts[0].tls.is_some(), address.is_loopback()),
                (encrypted, loopback),
                "{url}"
            );
        }
        let mixed = parse("postgresql://a@127.0.0.1,10.0.0.1/d").unwrap();
        assert!(mixed.hosts[0].tls.is_none() && mixed.hosts[1].tls.is_some() && !mixed.is_loopback());
    }

    #[test]
    fn the_password_of_the_url_counts_before_all_others() {
        let environment = || Some(Zeroizing::new("environment".to_owned()));
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("passes");
        std::fs::write(&path, "localhost:5432:d:a:file\n").unwrap();
        std::fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
        let file = path.display();
        let url = format!("postgresql://a:url%3A@localhost/d?passfile={file}");
        assert_eq!(password(&Address::parse(&url, environment()).unwrap()).as_deref(), Some("url:"));
        let url = format!("postgresql://a@localhost/d?passfile={file}");
        assert_eq!(password(&Address::parse(&url, environment()).unwrap()).as_deref(), Some("environment"));
        assert_eq!(password(&parse(&url).unwrap()).as_deref(), Some("file"));
        let socket = format!("postgresql://a@%2Ftmp/d?passfile={file}");
        assert_eq!(password(&parse(&socket).unwrap()).as_deref(), Some("file"));
        let other = format!("postgresql://a@localhost:5433/d?passfile={file}");
        assert_eq!(password(&parse(&other).unwrap()), None);
    }
}
