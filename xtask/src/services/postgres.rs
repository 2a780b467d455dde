//! A PostgreSQL server of its own for each command that needs one, with nothing in it.

use std::ffi::OsStr;
use std::fs;
use std::io::Read;
use std::net::TcpListener;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use crate::Result;
use crate::files::{files, make_folder, read, remove_folder, write};
use crate::machine::{debian_program, is_root};
use crate::process::{in_path, output, program, run, succeeds};
use crate::workspace::Workspace;

/// Where tests find the server: `postgresql://user:password@host:port/database`. Its user
/// may do everything in it.
pub(crate) const VARIABLE: &str = "PARTNER_MESSAGING_TEST_POSTGRES";

/// The number of the server's process, for a test that ends it and starts it again.
const PROCESS: &str = "PARTNER_MESSAGING_TEST_POSTGRES_PROCESS";

const USER: &str = "tests";

/// Runs a command with a server that is there for it alone.
pub(crate) fn run_with(workspace: &Workspace, command: &str, arguments: &[&str]) -> Result<()> {
    let server = Postgres::start(workspace)?;
    run(server.points(workspace.command(command).args(arguments)))
}

/// On a busy machine; it takes a second or two.
const START_TIMEOUT: Duration = Duration::from_secs(120);

/// Another process can take a free port before the server does.
const MAX_STARTS: u32 = 5;

const SETTINGS: [&str; 4] =
    ["listen_addresses=127.0.0.1", "unix_socket_directories=", "max_connections=200", "timezone=UTC"];

/// Files of a server that is thrown away need not survive a power cut: only its own death.
const FORGETFUL: [&str; 2] = ["fsync=off", "full_page_writes=off"];

/// A running server. It ends when dropped, or with the thread that started it if that is
/// killed; its files are removed.
pub(crate) struct Postgres {
    process: Child,
    home: Home,
    url: String,
}

impl Postgres {
    pub(crate) fn start(workspace: &Workspace) -> Result<Self> {
        Self::start_with(workspace, &FORGETFUL)
    }

    /// One that syncs what it commits, as a server does whose cost is measured.
    pub(crate) fn start_durable(workspace: &Workspace) -> Result<Self> {
        Self::start_with(workspace, &[])
    }

    fn start_with(workspace: &Workspace, settings: &[&str]) -> Result<Self> {
        let home = Home::make(&workspace.target.join("postgres"))?;
        let password = initialise(&home)?;
        for _ in 0..MAX_STARTS {
            let port = free_port()?;
            if let Some(process) = serve(&home, port, settings)? {
                let url = format!("postgresql://{USER}:{password}@127.0.0.1:{port}/postgres");
                return Ok(Self { process, home, url });
            }
        }
        Err(format!("PostgreSQL does not start:\n{}", home.log()))
    }

    /// The program that asks a server.
    pub(crate) fn psql(&self) -> PathBuf {
        self.home.programs.join("psql")
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Tells a program of tests where the server is.
    pub(crate) fn points<'a>(&self, program: &'a mut Command) -> &'a mut Command {
        program.env(VARIABLE, &self.url).env(PROCESS, self.process.id().to_string())
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // At once, with every connection; and if that fails, the hard way. Either way it
        // is gone after this.
        let mut stop = self.home.command("pg_ctl");
        stop.args(["stop", "--silent", "--mode=immediate", "--pgdata"]).arg(self.home.data());
        if !succeeds(&mut stop) {
            let _ = self.process.kill();
        }
        let _ = self.process.wait();
    }
}

/// Makes the files of a server with one user; tells that one's password.
fn initialise(home: &Home) -> Result<String> {
    let password = random_word()?;
    let file = home.folder.join("password");
    write(&file, &password)?;
    home.give(&file)?;
    let mut initdb = home.command("initdb");
    initdb.args([
        "--no-sync",
        "--encoding=UTF8",
        "--locale=C.UTF-8",
        "--auth=scram-sha-256",
        "--username",
        USER,
    ]);
    output(initdb.arg("--pwfile").arg(&file).arg("--pgdata").arg(home.data()))?;
    fs::remove_file(&file).map_err(|error| format!("{}: {error}", file.display()))?;
    Ok(password)
}

/// Starts the server, and waits until it accepts connections; `None` if it ended instead.
fn serve(home: &Home, port: u16, settings: &[&str]) -> Result<Option<Child>> {
    let log =
        fs::File::create(home.folder.join("log")).map_err(|error| format!("the server's log: {error}"))?;
    let errors = log.try_clone().map_err(|error| format!("the server's log: {error}"))?;
    let mut postgres = home.command("postgres");
    postgres.arg("-D").arg(home.data()).arg("-p").arg(port.to_string());
    postgres.args(SETTINGS.iter().chain(settings).flat_map(|setting| ["-c", setting]));
    let postgres = postgres.stdin(Stdio::null()).stdout(log).stderr(errors).spawn();
    let mut process = postgres.map_err(|error| format!("PostgreSQL can't be started: {error}"))?;
    let began = Instant::now();
    while began.elapsed() < START_TIMEOUT {
        // The last line of the file by which its own tools know it.
        let state = fs::read_to_string(home.data().join("postmaster.pid")).unwrap_or_default();
        if state.lines().last().is_some_and(|line| line.trim() == "ready") {
            return Ok(Some(process));
        }
        if process.try_wait().map_err(|error| format!("PostgreSQL: {error}"))?.is_some() {
            return Ok(None);
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    let _ = process.kill();
    let _ = process.wait();
    Err(format!("PostgreSQL did not start in {} s:\n{}", START_TIMEOUT.as_secs(), home.log()))
}

/// A folder for a server's files, removed when this is dropped, and how its programs are run.
struct Home {
    folder: PathBuf,
    programs: PathBuf,
    account: Option<Account>,
}

impl Home {
    /// Makes one in `place`; or in the system's folder for temporary files, if the server's
    /// account can't get there.
    fn make(place: &Path) -> Result<Self> {
        static MADE: AtomicU32 = AtomicU32::new(0);
        let programs = programs()?;
        let account = if is_root() { Some(Account::find()?) } else { None };
        make_folder(place)?;
        remove_abandoned(place)?;
        let name = format!("{}-{}", std::process::id(), MADE.fetch_add(1, Ordering::Relaxed));
        let elsewhere = std::env::temp_dir().join(format!("partner-messaging-postgres-{}", random_word()?));
        for folder in [place.join(name), elsewhere] {
            let home = Self { folder, programs: programs.clone(), account };
            home.create()?;
            if succeeds(home.run_as_account("test").arg("-w").arg(&home.folder)) {
                return Ok(home);
            }
        }
        Err(format!("{} has no folder for PostgreSQL's files that its account can reach", place.display()))
    }

    fn create(&self) -> Result<()> {
        let failed = |error: std::io::Error| format!("{}: {error}", self.folder.display());
        fs::create_dir(&self.folder).map_err(failed)?;
        fs::set_permissions(&self.folder, fs::Permissions::from_mode(0o700)).map_err(failed)?;
        self.give(&self.folder)
    }

    /// Makes a file of ours the account's.
    fn give(&self, path: &Path) -> Result<()> {
        let Some(account) = self.account else { return Ok(()) };
        chown(path, Some(account.user), Some(account.group))
            .map_err(|error| format!("{}: {error}", path.display()))
    }

    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    fn log(&self) -> String {
        read(&self.folder.join("log")).unwrap_or_default()
    }

    /// One of PostgreSQL's programs.
    fn command(&self, name: &str) -> Command {
        self.run_as_account(self.programs.join(name))
    }

    /// A program that ends with the thread that starts it.
    fn run_as_account(&self, name: impl AsRef<OsStr>) -> Command {
        let mut command = program("setpriv");
        command.current_dir("/").arg("--pdeathsig=QUIT");
        if let Some(Account { user, group }) = self.account {
            command.arg(format!("--reuid={user}")).arg(format!("--regid={group}")).arg("--clear-groups");
        }
        command.arg(name);
        command
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        // Whatever is left, the next one removes.
        let _ = remove_folder(&self.folder);
    }
}

/// Who the server runs as if we are root, as whom it refuses to run.
#[derive(Clone, Copy)]
struct Account {
    user: u32,
    group: u32,
}

impl Account {
    /// That of the system's PostgreSQL, or nobody's.
    fn find() -> Result<Self> {
        let number =
            |option: &str, name: &str| output(program("id").args([option, name]).stderr(Stdio::null()));
        let name = if number("-u", "postgres").is_ok() { "postgres" } else { "nobody" };
        let parsed = |text: String| text.trim().parse().map_err(|_| format!("{name} has the number {text}"));
        Ok(Self { user: parsed(number("-u", name)?)?, group: parsed(number("-g", name)?)? })
    }
}

/// Where the server's programs are: Debian keeps them, by version, out of `PATH`.
fn programs() -> Result<PathBuf> {
    let find = || {
        let versions = files(Path::new("/usr/lib/postgresql")).unwrap_or_default();
        let newest =
            versions.into_iter().map(|version| version.join("bin/initdb")).rfind(|path| path.is_file());
        newest.or_else(|| in_path("initdb"))
    };
    let initdb = debian_program("PostgreSQL's server", "postgresql", find)?;
    initdb.parent().map(Path::to_owned).ok_or_else(|| "initdb is in no folder".to_owned())
}

/// Removes what a process that was killed has left.
fn remove_abandoned(place: &Path) -> Result<()> {
    for folder in files(place)? {
        let name = folder.file_name().unwrap_or_default().to_string_lossy();
        let owner = name.split('-').next().unwrap_or_default();
        if !Path::new("/proc").join(owner).exists() {
            remove_folder(&folder)?;
        }
    }
    Ok(())
}

fn free_port() -> Result<u16> {
    let free = TcpListener::bind("127.0.0.1:0").and_then(|listener| listener.local_addr());
    free.map(|address| address.port()).map_err(|error| format!("no port is free: {error}"))
}

/// What nobody can guess.
fn random_word() -> Result<String> {
    let mut bytes = [0; 16];
    let read = fs::File::open("/dev/urandom").and_then(|mut random| random.read_exact(&mut bytes));
    read.map_err(|error| format!("/dev/urandom: {error}"))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    use std::io::{BufRead, BufReader};
    use std::net::TcpStream;
    use std::panic::catch_unwind;

    fn workspace() -> Workspace {
        Workspace::find().unwrap()
    }

    /// What the server at this URL answers to a query.
    fn ask(server: &Postgres, url: &str, query: &str) -> Result<String> {
        output(program(server.psql()).args(["-X", "-A", "-t", "-c", query, url]))
    }

    fn port(url: &str) -> u16 {
        url.rsplit(':').next().unwrap().split('/').next().unwrap().parse().unwrap()
    }

    fn is_gone(url: &str) -> bool {
        TcpStream::connect(("127.0.0.1", port(url))).is_err()
    }

    #[test]
    fn it_serves_who_has_the_password_and_leaves_nothing() {
        let server = Postgres::start(&workspace()).unwrap();
        let (url, folder) = (server.url.clone(), server.home.folder.clone());
        assert_eq!(
            ask(&server, &url, "create table a (b int); select current_user").unwrap().trim(),
            "CREATE TABLE\ntests"
        );
        assert!(ask(&server, &url.replace("tests:", "tests:0"), "select 1").is_err());
        // A program of tests learns of it, and a second server is another one.
        assert_eq!(output(server.points(&mut program("printenv")).arg(VARIABLE)).unwrap().trim(), url);
        let other = Postgres::start(&workspace()).unwrap();
        assert!(ask(&other, &other.url, "select * from a").is_err());
        drop(server);
        assert!(is_gone(&url) && !folder.exists());
        assert!(!is_gone(&other.url));
    }

    #[test]
    fn its_files_are_where_its_account_can_get_and_those_of_the_dead_are_removed() {
        let private = workspace().target.join(format!("private-{}", std::process::id()));
        let abandoned = private.join("postgres/999999999-0");
        make_folder(&abandoned).unwrap();
        fs::set_permissions(&private, fs::Permissions::from_mode(0o700)).unwrap();
        let home = Home::make(&private.join("postgres")).unwrap();
        // As anyone else, the server runs as ourselves, and gets wherever we do.
        assert_eq!(home.folder.starts_with(&private), !is_root(), "{}", home.folder.display());
        assert!(!abandoned.exists());
        remove_folder(&private).unwrap();
    }

    #[test]
    fn it_ends_when_a_test_panics() {
        let panicked = catch_unwind(|| {
            let server = Postgres::start(&workspace()).unwrap();
            std::panic::panic_any(server.url.clone());
        });
        let url = panicked.unwrap_err().downcast::<String>().unwrap();
        assert!(is_gone(&url));
    }

    /// Set for the process that is to be killed.
    const HOLD: &str = "XTASK_TEST_HOLDS_A_SERVER";

    #[test]
    fn it_ends_with_the_process_that_started_it() {
        if std::env::var_os(HOLD).is_some() {
            let server = Postgres::start(&workspace()).unwrap();
            println!("\nurl {}", server.url);
            std::thread::sleep(Duration::from_secs(600));
        }
        let this = "services::postgres::tests::it_ends_with_the_process_that_started_it";
        let mut holder = program(std::env::current_exe().unwrap());
        holder.args(["--exact", this, "--nocapture"]).env(HOLD, "1").stdout(Stdio::piped());
        let mut holder = holder.spawn().unwrap();
        let lines = BufReader::new(holder.stdout.take().unwrap()).lines();
        let url = lines
            .map_while(std::result::Result::ok)
            .find_map(|line| Some(line.strip_prefix("url ")?.to_owned()));
        let url = url.unwrap();
        assert!(!is_gone(&url));
        holder.kill().unwrap();
        holder.wait().unwrap();
        let killed = Instant::now();
        while !is_gone(&url) {
            assert!(killed.elapsed() < Duration::from_secs(60), "the server outlives its owner");
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}
