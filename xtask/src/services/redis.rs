//! A Redis server of its own for a command that needs one, with nothing in it and no network:
//! it listens on a socket in a folder that is its own.

use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use crate::Result;
use crate::files::{empty_folder, remove_folder};
use crate::machine::debian_program;
use crate::process::{in_path, program, succeeds};

/// On a busy machine; it takes some milliseconds.
const START_TIMEOUT: Duration = Duration::from_secs(120);

/// A running server. It ends when dropped, and its folder is removed.
pub(crate) struct Redis {
    process: Child,
}

/// Where this command's server has its files. A socket's path has to be short, which a
/// checkout's need not be.
fn folder() -> PathBuf {
    std::env::temp_dir().join(format!("partner-messaging-redis-{}", std::process::id()))
}

/// Where this command's server listens.
pub(crate) fn socket() -> PathBuf {
    folder().join("socket")
}

impl Redis {
    pub(crate) fn start() -> Result<Self> {
        let server = debian_program("redis-server", "redis-server", || in_path("redis-server"))?;
        empty_folder(&folder())?;
        let mut start = program(&server);
        start.args(["--port", "0", "--save", "", "--appendonly", "no", "--dir"]).arg(folder());
        start.arg("--unixsocket").arg(socket()).stdout(Stdio::null());
        let process =
            start.spawn().map_err(|error| format!("{} can't be started: {error}", server.display()))?;
        let mut redis = Self { process };
        redis.wait()?;
        Ok(redis)
    }

    fn wait(&mut self) -> Result<()> {
        let begin = Instant::now();
        while !answers() {
            if let Ok(Some(status)) = self.process.try_wait() {
                return Err(format!("redis-server ended at once: {status}"));
            }
            if begin.elapsed() > START_TIMEOUT {
                return Err(format!("redis-server does not answer after {} s", START_TIMEOUT.as_secs()));
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        Ok(())
    }
}

fn answers() -> bool {
    succeeds(program("redis-cli").arg("-s").arg(socket()).arg("ping"))
}

impl Drop for Redis {
    fn drop(&mut self) {
        // It may have ended by itself; either way it is gone after this.
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = remove_folder(&folder());
    }
}
