//! A session in a real terminal, which tmux draws.

use std::process::{Command, Output};

use partner_messaging_sandbox::Fault;

use crate::bulk_run::{BULK, people, wait_until};
use crate::support::{Place, path_of_program};

/// A terminal of 100 columns with a shell in it, on a server of its own.
struct Terminal<'a> {
    place: &'a Place,
    socket: String,
}

impl<'a> Terminal<'a> {
    fn open(place: &'a Place) -> Self {
        let socket = place.path("tmux").display().to_string();
        let terminal = Self { place, socket };
        let environment = [
            ("PARTNER_MESSAGING_ALLOW", "loopback"),
            ("PARTNER_MESSAGING_API_KEY", place.sandbox.api_key()),
            ("PARTNER_MESSAGING_BASE_URL", place.sandbox.url()),
            ("PS1", "> "),
        ];
        let mut arguments = vec!["-f", "/dev/null", "new-session", "-d", "-s", "t", "-x", "100", "-y", "30"];
        let settings: Vec<String> =
            environment.iter().map(|(name, value)| format!("{name}={value}")).collect();
        for setting in &settings {
            arguments.extend(["-e", setting]);
        }
        arguments.extend(["sh"]);
        let made = terminal.tmux(&arguments);
        assert!(made.status.success(), "{made:?}");
        terminal
    }

    fn tmux(&self, arguments: &[&str]) -> Output {
        Command::new("tmux")
            .args(["-S", &self.socket])
            .args(arguments)
            .current_dir(self.place.folder.path())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("LANG", "C.UTF-8")
            .output()
            .expect("tmux is installed")
    }

    fn keys(&self, keys: &[&str]) {
        assert!(self.tmux(&[&["send-keys", "-t", "t"], keys].concat()).status.success());
    }

    /// Types the command with these arguments.
    fn start(&self, arguments: &[&str]) {
        let mut line = format!("'{}'", path_of_program().display());
        for argument in arguments {
            line.push_str(&format!(" '{argument}'"));
        }
        self.keys(&["-l", &line]);
        self.keys(&["Enter"]);
    }

    fn screen(&self) -> String {
        String::from_utf8(self.tmux(&["capture-pane", "-p", "-J", "-t", "t"]).stdout).unwrap()
    }

    /// With the colours.
    fn coloured(&self) -> String {
        String::from_utf8(self.tmux(&["capture-pane", "-p", "-e", "-t", "t"]).stdout).unwrap()
    }

    fn wait_for(&self, what: &str) {
        wait_until(|| self.screen().contains(what));
    }

    fn status(&self, expected: u8) {
        self.keys(&["-l", "echo status=$?."]);
        self.keys(&["Enter"]);
        self.wait_for(&format!("status={expected}."));
    }
}

impl Drop for Terminal<'_> {
    fn drop(&mut self) {
        self.tmux(&["kill-server"]);
    }
}

#[test]
fn a_bar_is_drawn_resized_and_ended_by_ctrl_c() {
    let place = Place::new();
    people(&place, 900);
    let terminal = Terminal::open(&place);
    terminal.start(&[&BULK[..], &["--max-rate", "10"]].concat());
    terminal.wait_for("/900");
    terminal.wait_for("SGD");
    terminal.wait_for("left");
    // One line, drawn anew in place: it may be gone for the moment in which it is.
    let sent = place.accepted();
    wait_until(|| place.accepted() > sent + 5);
    for _ in 0..5 {
        let screen = terminal.screen();
        assert!(screen.matches("/900").count() <= 1, "{screen}");
    }
    terminal.wait_for("/900");
    terminal.tmux(&["resize-window", "-t", "t", "-x", "60", "-y", "20"]);
    let sent = place.accepted();
    wait_until(|| place.accepted() > sent + 5);
    terminal.wait_for("/900");
    terminal.keys(&["C-c"]);
    terminal.wait_for("not begun");
    terminal.wait_for("900 rows");
    let screen = terminal.screen();
    assert!(screen.contains("Ctrl-C again leaves at once"), "{screen}");
    terminal.status(130);
    for secret in [place.sandbox.api_key(), "+6591000001", "271829"] {
        assert!(!screen.contains(secret), "{screen}");
    }
}

#[test]
fn a_second_ctrl_c_gives_the_prompt_back() {
    let place = Place::new();
    people(&place, 20);
    place.sandbox.set_fault(Some(Fault::from_json(r#"{"kind":"stall","ms":20000}"#).unwrap()));
    let terminal = Terminal::open(&place);
    terminal.start(&BULK);
    wait_until(|| !place.sandbox.requests().is_empty());
    terminal.keys(&["C-c"]);
    terminal.wait_for("leaves at once");
    terminal.keys(&["C-c"]);
    terminal.status(130);
}

#[test]
fn colour_is_for_terminals_that_want_it() {
    let place = Place::new();
    let terminal = Terminal::open(&place);
    let send = ["send", "--channel", "SMS", "--to", "+6591234567", "--content", "x"];
    terminal.start(&send);
    terminal.wait_for("sent as msg");
    assert!(terminal.coloured().contains("\u{1b}[32m"), "{:?}", terminal.coloured());
    terminal.keys(&["-l", "clear; export NO_COLOR=1"]);
    terminal.keys(&["Enter"]);
    wait_until(|| !terminal.screen().contains("sent as msg"));
    terminal.start(&send);
    terminal.wait_for("sent as msg");
    assert!(!terminal.coloured().contains("\u{1b}[32m"), "{:?}", terminal.coloured());
}
