//! A PostgreSQL server, and what may stand between it and a process.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// Where the server is; its user may do everything.
///
/// # Panics
/// When these tests were started without one.
#[must_use]
pub fn postgres_url() -> String {
    std::env::var("PARTNER_MESSAGING_TEST_POSTGRES").unwrap_or_else(|_| {
        panic!("this test needs a server: cargo xtask postgres cargo test -p partner-messaging-crash")
    })
}

/// The parts of the server's URL: user and password, host and port.
fn server() -> (String, String) {
    let url = postgres_url();
    let (user, rest) = url.split_once("//").unwrap().1.split_once('@').unwrap();
    (user.to_owned(), rest.split_once('/').unwrap().0.to_owned())
}

/// Passes connections to the server on, and cuts them where it is told to.
pub struct Proxy {
    address: String,
    state: Arc<Mutex<ProxyState>>,
}

#[derive(Default)]
struct ProxyState {
    /// Both ends of what is open.
    open: Vec<TcpStream>,
    accepted: u32,
    is_closed: bool,
    /// How many commits are told of until one is not.
    commits_until_cut: Option<u32>,
}

impl ProxyState {
    fn cut(&mut self) {
        for stream in self.open.drain(..) {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }
}

impl Proxy {
    /// Starts one on a free port; it lives as long as the process.
    #[must_use]
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let state: Arc<Mutex<ProxyState>> = Arc::default();
        let shared = state.clone();
        std::thread::spawn(move || listener.incoming().flatten().for_each(|stream| pass(stream, &shared)));
        Self { address, state }
    }

    /// The URL of a journal behind it.
    #[must_use]
    pub fn journal(&self, name: &str) -> String {
        format!("postgresql://{}@{}/postgres?journal={name}", server().0, self.address)
    }

    fn state(&self) -> MutexGuard<'_, ProxyState> {
        self.state.lock().unwrap()
    }

    /// Cuts all connections.
    pub fn cut(&self) {
        self.state().cut();
    }

    /// Cuts all connections, and takes no new ones until [`open`](Self::open).
    pub fn close(&self) {
        let mut state = self.state();
        state.is_closed = true;
        state.cut();
    }

    /// Takes connections again.
    pub fn open(&self) {
        self.state().is_closed = false;
    }

    /// Cuts all connections instead of telling of the commit of this number from now on, from 1:
    /// the server has done it, and nobody knows.
    pub fn cut_at_commit(&self, number: u32) {
        self.state().commits_until_cut = Some(number);
    }

    /// Whether that commit has come.
    #[must_use]
    pub fn has_cut(&self) -> bool {
        self.state().commits_until_cut.is_none()
    }

    /// How many connections it has had.
    #[must_use]
    pub fn accepted(&self) -> u32 {
        self.state().accepted
    }
}

fn pass(client: TcpStream, state: &Arc<Mutex<ProxyState>>) {
    let server = {
        let mut state = state.lock().unwrap();
        if state.is_closed {
            return;
        }
        let Ok(server) = TcpStream::connect(server().1) else { return };
        client.set_nodelay(true).unwrap();
        server.set_nodelay(true).unwrap();
        state.accepted += 1;
        state.open.extend([client.try_clone().unwrap(), server.try_clone().unwrap()]);
        server
    };
    let (from_client, to_server) = (client.try_clone().unwrap(), server.try_clone().unwrap());
    std::thread::spawn(move || copy(from_client, to_server, |_| true));
    let state = state.clone();
    std::thread::spawn(move || copy(server, client, |bytes| tells(bytes, &state)));
}

/// Whether these bytes of the server's are passed on.
fn tells(bytes: &[u8], state: &Mutex<ProxyState>) -> bool {
    let is_commit = bytes.windows(8).any(|it| it == b"\x0bCOMMIT\0");
    let mut state = state.lock().unwrap();
    let Some(left) = state.commits_until_cut.filter(|_| is_commit) else { return true };
    state.commits_until_cut = (left > 1).then(|| left - 1);
    if left > 1 {
        return true;
    }
    state.cut();
    false
}

fn copy(mut from: TcpStream, mut to: TcpStream, passes: impl Fn(&[u8]) -> bool) {
    let mut bytes = vec![0; 1 << 16];
    while let Ok(count) = from.read(&mut bytes)
        && count > 0
        && passes(&bytes[..count])
        && to.write_all(&bytes[..count]).is_ok()
    {}
    let _ = from.shutdown(Shutdown::Both);
    let _ = to.shutdown(Shutdown::Both);
}

/// pgbouncer before the server, which gives each transaction another of its few connections.
pub struct Pooler {
    folder: TempDir,
    process: Child,
}

/// Whom a program runs as that refuses to be root: nobody.
const NOBODY: u32 = 65_534;

impl Pooler {
    /// Starts it, on a socket in a folder of its own.
    ///
    /// # Panics
    /// When there is none.
    #[must_use]
    pub fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let ((user, address), place) = (server(), folder.path());
        let ((user, password), (host, port)) =
            (user.split_once(':').unwrap(), address.split_once(':').unwrap());
        write(&place.join("users"), &format!("\"{user}\" \"{password}\"\n"));
        let settings = format!(
            "[databases]\n* = host={host} port={port}\n[pgbouncer]\nlisten_addr =\nlisten_port = 5432\n\
             unix_socket_dir = {0}\nauth_type = scram-sha-256\nauth_file = {0}/users\n\
             pool_mode = transaction\ndefault_pool_size = 3\nlogfile = {0}/log\n",
            place.display()
        );
        write(&place.join("settings"), &settings);
        if is_root() {
            chown(place, Some(NOBODY), Some(NOBODY)).unwrap();
        }
        let process = run(place);
        Self { folder, process }
    }

    /// The URL of a journal behind it.
    #[must_use]
    pub fn journal(&self, name: &str) -> String {
        let folder = self.folder.path().to_str().unwrap().replace('/', "%2F");
        format!("postgresql://{}@{folder}/postgres?journal={name}", server().0)
    }

    /// Kills it with all its connections, and starts it anew.
    pub fn restart(&mut self) {
        self.stop();
        self.process = run(self.folder.path());
    }

    fn stop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = std::fs::remove_file(socket(self.folder.path()));
    }
}

impl Drop for Pooler {
    fn drop(&mut self) {
        self.stop();
    }
}

fn is_root() -> bool {
    std::fs::metadata("/proc/self").is_ok_and(|own| std::os::unix::fs::MetadataExt::uid(&own) == 0)
}

fn socket(place: &Path) -> PathBuf {
    place.join(".s.PGSQL.5432")
}

fn write(path: &Path, text: &str) {
    std::fs::write(path, text).unwrap();
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o644)).unwrap();
}

/// Waits until it listens. It ends with the thread that starts it.
fn run(place: &Path) -> Child {
    let debian = Path::new("/usr/sbin/pgbouncer");
    let program = if debian.is_file() { debian } else { Path::new("pgbouncer") };
    let mut command = Command::new("setpriv");
    command.arg("--pdeathsig=KILL");
    if is_root() {
        command.args([format!("--reuid={NOBODY}"), format!("--regid={NOBODY}")]).arg("--clear-groups");
    }
    command.arg(program).arg(place.join("settings")).stdout(Stdio::null()).stderr(Stdio::null());
    let mut process = command.spawn().unwrap();
    let begun = Instant::now();
    while !socket(place).exists() {
        if let Some(status) = process.try_wait().unwrap() {
            let log = std::fs::read_to_string(place.join("log")).unwrap_or_default();
            panic!("pgbouncer (Debian: apt install pgbouncer) ended, {status}: {log}");
        }
        assert!(begun.elapsed() < Duration::from_secs(120), "pgbouncer doesn't listen");
        std::thread::sleep(Duration::from_millis(10));
    }
    process
}
