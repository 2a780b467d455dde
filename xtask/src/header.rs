//! The C header: made of the library's source, and checked against it.

use std::fs;
use std::path::Path;

/// The header's parts, in its order.
const SOURCES: [&str; 19] = [
    "status",
    "error",
    "receipt",
    "options",
    "message",
    "callback",
    "client",
    "call",
    "queue",
    "completion",
    "fallback",
    "record",
    "filter",
    "list",
    "balance",
    "request",
    "event",
    "sandbox",
    "version",
];

const HEADER: &str = "bindings-c/include/partner_messaging.h";

/// Writes the header; with `check`, fails instead when that would change it.
pub(crate) fn run(root: &Path, check: bool) -> Result<(), String> {
    let made = make(root)?;
    let path = root.join(HEADER);
    let there = fs::read_to_string(&path).unwrap_or_default();
    if there == made {
        return Ok(());
    }
    if check {
        return Err(format!(
            "{HEADER} is not what the source makes; run `cargo xtask header`.\n{}",
            first_difference(&there, &made)
        ));
    }
    fs::write(&path, made).map_err(|error| format!("{HEADER} can't be written: {error}"))
}

fn make(root: &Path) -> Result<String, String> {
    let library = root.join("bindings-c");
    let mut config = cbindgen::Config::from_file(library.join("cbindgen.toml"))
        .map_err(|error| format!("bindings-c/cbindgen.toml: {error}"))?;
    config.after_includes = Some(version_macros(&version(root)?)?);
    let builder = SOURCES.iter().fold(cbindgen::Builder::new().with_config(config), |builder, name| {
        builder.with_src(library.join("src").join(name).with_extension("rs"))
    });
    let bindings = builder.generate().map_err(|error| format!("cbindgen: {error}"))?;
    let mut header = Vec::new();
    bindings.write(&mut header);
    let header = String::from_utf8(header).map_err(|_| "cbindgen wrote no UTF-8".to_owned())?;
    Ok(tidy(&header))
}

/// The workspace's version.
fn version(root: &Path) -> Result<String, String> {
    let manifest =
        fs::read_to_string(root.join("Cargo.toml")).map_err(|error| format!("Cargo.toml: {error}"))?;
    manifest
        .lines()
        .skip_while(|line| line.trim() != "[workspace.package]")
        .find_map(|line| line.trim().strip_prefix("version = \"")?.strip_suffix('"').map(str::to_owned))
        .ok_or_else(|| "Cargo.toml names no version under [workspace.package]".to_owned())
}

fn version_macros(version: &str) -> Result<String, String> {
    // A pre-release's suffix stands in the text only.
    let core = version.split(['-', '+']).next().unwrap_or(version);
    let numbers: Vec<u32> = core.split('.').filter_map(|part| part.parse().ok()).collect();
    let [major, minor, patch] = numbers[..] else {
        return Err(format!("the version {version} is not major.minor.patch"));
    };
    Ok(format!(
        "\n/** The version of this header; pm_version() is that of the library that runs. */\n\
         #define PM_VERSION \"{version}\"\n\
         #define PM_VERSION_MAJOR {major}\n\
         #define PM_VERSION_MINOR {minor}\n\
         #define PM_VERSION_PATCH {patch}"
    ))
}

/// The same without blanks at the ends of lines and with one line feed at the end.
fn tidy(text: &str) -> String {
    let mut tidy: String = text.lines().flat_map(|line| [line.trim_end(), "\n"]).collect();
    tidy.truncate(tidy.trim_end().len());
    tidy.push('\n');
    tidy.trim_start().to_owned()
}

fn first_difference(there: &str, made: &str) -> String {
    let (mut old, mut new) = (there.lines(), made.lines());
    let mut number = 0;
    loop {
        number += 1;
        match (old.next(), new.next()) {
            (None, None) => return "Only line ends differ.".to_owned(),
            (old, new) if old != new => {
                let show = |line: Option<&str>| line.unwrap_or("(end of file)").to_owned();
                return format!("line {number}:\n- {}\n+ {}", show(old), show(new));
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_becomes_macros() {
        let macros = version_macros("1.2.3-rc.1").unwrap();
        assert!(macros.contains("PM_VERSION \"1.2.3-rc.1\"") && macros.contains("PM_VERSION_MINOR 2"));
        assert!(version_macros("1.2").is_err());
    }

    #[test]
    fn a_difference_is_shown() {
        assert_eq!(first_difference("a\nb\n", "a\nc\n"), "line 2:\n- b\n+ c");
    }
}
