//! What a terminal is asked for: colours, its width, a line that is drawn anew in place.

use std::env;
use std::io::{self, IsTerminal, Write};

/// How words look, by the terminal's codes.
#[derive(Clone, Copy)]
pub(crate) enum Style {
    Bold = 1,
    Red = 31,
    Green = 32,
    Yellow = 33,
    Cyan = 36,
}

/// Words for standard output, in colour where people see it and want it (<https://no-color.org>).
pub(crate) fn styled(words: &str, style: Style) -> String {
    let refused = env::var_os("NO_COLOR").is_some_and(|it| !it.is_empty());
    let plain = env::var_os("TERM").is_none_or(|it| it.is_empty() || it == "dumb");
    match cfg!(unix) && io::stdout().is_terminal() && !refused && !plain {
        true => format!("\u{1b}[{}m{words}\u{1b}[0m", style as u8),
        false => words.to_owned(),
    }
}

/// A line on standard error, where that is a terminal; otherwise nothing is drawn.
pub(crate) struct Line {
    is_terminal: bool,
    is_drawn: bool,
}

impl Line {
    pub(crate) fn new() -> Self {
        Self { is_terminal: io::stderr().is_terminal(), is_drawn: false }
    }

    /// Draws it anew, as much as there is room for.
    pub(crate) fn draw(&mut self, text: &str) {
        if self.is_terminal {
            // The last column is left free: some terminals go on in the next line behind it.
            let shown: String = text.chars().take(width().saturating_sub(1)).collect();
            write_out(&format!("\r{shown}\u{1b}[K"));
            self.is_drawn = true;
        }
    }

    /// Takes it away.
    pub(crate) fn clear(&mut self) {
        if std::mem::take(&mut self.is_drawn) {
            write_out("\r\u{1b}[K");
        }
    }
}

/// Who closed standard error wants no line.
fn write_out(text: &str) {
    let mut out = io::stderr().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

/// How many columns the terminal has now.
fn width() -> usize {
    #[cfg(unix)]
    if let Ok(size) = rustix::termios::tcgetwinsize(io::stderr())
        && size.ws_col > 0
    {
        return size.ws_col.into();
    }
    80
}
