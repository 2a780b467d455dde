//! Generated Rust, formatted as the rest of it is.

use std::io::Write;
use std::process::Stdio;

use crate::Result;
use crate::process::program;

/// A file of a module that this is said of.
pub(super) fn file(title: &str, uses: &str, items: &str) -> String {
    format!(
        "//! {title}\n//!\n//! GENERATED from the core's public types by `cargo xtask generate`: change those.\n\n{uses}{items}"
    )
}

pub(super) fn format(root: &std::path::Path, source: &str) -> Result<String> {
    let failed = |error: std::io::Error| format!("rustfmt: {error}");
    let mut rustfmt = program("rustfmt")
        .args(["--edition", "2024", "--config-path"])
        .arg(root)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(failed)?;
    // It reads everything before it writes anything.
    rustfmt.stdin.take().ok_or("rustfmt takes no input")?.write_all(source.as_bytes()).map_err(failed)?;
    let output = rustfmt.wait_with_output().map_err(failed)?;
    if !output.status.success() {
        return Err("rustfmt can't format what was generated".to_owned());
    }
    String::from_utf8(output.stdout).map_err(|_| "rustfmt wrote no UTF-8".to_owned())
}
