//! What a package that holds compiled code has in it of others: the licences, and a bill of
//! materials.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::Result;
use crate::files::{files, make_folder, read, write};
use crate::process::{output, program};

/// The file with the names, licences and licences' texts.
const NOTICES: &str = "THIRD-PARTY-LICENSES.txt";

/// A crate of another project that is linked in, or SQLite.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Component {
    name: String,
    version: String,
    licence: String,
    /// Names and texts.
    texts: Vec<String>,
    is_crate: bool,
}

/// Writes the notices, and `sbom.cdx.json` (CycloneDX), of what our crate `ours` links in, for
/// the system `triple`, into `folder`.
pub(crate) fn write_all(root: &Path, ours: &str, triple: &str, version: &str, folder: &Path) -> Result<()> {
    let components = components(root, ours, triple)?;
    make_folder(folder)?;
    write(&folder.join(NOTICES), &notices(&components))?;
    let bill = serde_json::to_string_pretty(&bill(&components, ours, version));
    write(&folder.join("sbom.cdx.json"), &(bill.map_err(|error| error.to_string())? + "\n"))
}

/// Writes the notices of the wheel and of the addon for the system `triple` where their builds
/// take them from.
pub(crate) fn write_for_builds(root: &Path, triple: &str) -> Result<()> {
    write_for_wheel(root, triple)?;
    write_for_addon(root, triple)
}

/// Tells the file, which is to be there while a wheel is built.
pub(crate) fn write_for_wheel(root: &Path, triple: &str) -> Result<PathBuf> {
    let file = root.join("bindings-python").join(NOTICES);
    write(&file, &notices(&components(root, "partner-messaging-python", triple)?))?;
    Ok(file)
}

pub(crate) fn write_for_addon(root: &Path, triple: &str) -> Result<()> {
    let folder = root.join("bindings-node/build/notices").join(node_platform(triple)?);
    make_folder(&folder)?;
    write(&folder.join(NOTICES), &notices(&components(root, "partner-messaging-node", triple)?))
}

/// What Node calls a system.
fn node_platform(triple: &str) -> Result<&'static str> {
    Ok(match triple {
        "x86_64-unknown-linux-gnu" => "linux-x64-gnu",
        "x86_64-unknown-linux-musl" => "linux-x64-musl",
        "aarch64-unknown-linux-gnu" => "linux-arm64-gnu",
        "aarch64-unknown-linux-musl" => "linux-arm64-musl",
        "x86_64-apple-darwin" => "darwin-x64",
        "aarch64-apple-darwin" => "darwin-arm64",
        _ => return Err(format!("there is no Node package for {triple}")),
    })
}

fn components(root: &Path, ours: &str, triple: &str) -> Result<BTreeSet<Component>> {
    let metadata = output(program("cargo").current_dir(root).args([
        "metadata",
        "--format-version=1",
        "--locked",
        "--offline",
        "--filter-platform",
        triple,
    ]))?;
    let metadata: Value = serde_json::from_str(&metadata).map_err(|error| error.to_string())?;
    let packages: BTreeMap<&str, &Value> =
        list(&metadata["packages"]).iter().map(|package| (text(&package["id"]), package)).collect();
    let nodes: BTreeMap<&str, &Value> =
        list(&metadata["resolve"]["nodes"]).iter().map(|node| (text(&node["id"]), node)).collect();
    let own = packages.iter().find(|(_, package)| package["name"] == ours);
    let mut waiting = vec![*own.ok_or_else(|| format!("cargo doesn't know {ours}"))?.0];
    let mut seen = BTreeSet::new();
    let mut found = BTreeSet::new();
    while let Some(id) = waiting.pop() {
        let (Some(package), Some(node)) = (packages.get(id), nodes.get(id)) else { continue };
        // What runs in the compiler is not linked in, nor is what that needs.
        if is_macro(package) || !seen.insert(id) {
            continue;
        }
        if !package["source"].is_null() {
            found.extend(components_of(root, package)?);
        }
        let linked = list(&node["deps"])
            .iter()
            .filter(|dependency| list(&dependency["dep_kinds"]).iter().any(|kind| kind["kind"].is_null()));
        waiting.extend(linked.map(|dependency| text(&dependency["pkg"])));
    }
    Ok(found)
}

fn is_macro(package: &Value) -> bool {
    let is_macro = |target: &Value| list(&target["kind"]).iter().any(|kind| kind == "proc-macro");
    list(&package["targets"]).iter().any(is_macro)
}

/// A crate, and SQLite if it is the one that brings it.
fn components_of(root: &Path, package: &Value) -> Result<Vec<Component>> {
    let manifest = Path::new(text(&package["manifest_path"]));
    let folder = manifest.parent().ok_or("a crate without a folder")?;
    let name = text(&package["name"]).to_owned();
    let mut texts = Vec::new();
    for file in files(folder)?.iter().filter(|file| file.is_file()) {
        let called = file.file_name().unwrap_or_default().to_string_lossy().to_uppercase();
        if ["LICEN", "COPYING", "NOTICE", "UNLICENSE"].iter().any(|start| called.starts_with(start)) {
            texts.push(read(file)?.trim().to_owned());
        }
    }
    if texts.is_empty() {
        texts.push(mit(root, package)?);
    }
    let mut found = Vec::new();
    if name == "libsqlite3-sys" {
        let header = read(&folder.join("sqlite3/sqlite3.h"))?;
        let version = header.split("#define SQLITE_VERSION").nth(1).and_then(|rest| rest.split('"').nth(1));
        found.push(Component {
            name: "SQLite".to_owned(),
            version: version.ok_or("SQLite's header names no version")?.to_owned(),
            licence: "blessing".to_owned(),
            texts: vec!["SQLite is in the public domain.".to_owned()],
            is_crate: false,
        });
    }
    found.push(Component {
        name,
        version: text(&package["version"]).to_owned(),
        licence: text(&package["license"]).replace('/', " OR ").replace("  ", " "),
        texts,
        is_crate: true,
    });
    Ok(found)
}

/// The text of the MIT licence for a crate that names it and brings no text.
fn mit(root: &Path, package: &Value) -> Result<String> {
    let name = text(&package["name"]);
    if !text(&package["license"]).contains("MIT") {
        return Err(format!("the crate {name} has no licence's text"));
    }
    let authors: Vec<&str> = list(&package["authors"]).iter().map(text).collect();
    let holders = if authors.is_empty() { format!("The {name} authors") } else { authors.join(", ") };
    let ours = read(&root.join("LICENSE-MIT"))?;
    let holder = |line: &str| match line.starts_with("Copyright (c)") {
        true => format!("Copyright (c) {holders}"),
        false => line.to_owned(),
    };
    Ok(ours.trim().lines().map(holder).collect::<Vec<_>>().join("\n"))
}

fn notices(components: &BTreeSet<Component>) -> String {
    let mut notices = String::from(
        "The compiled code of this package has these in it, besides Rust's standard library\n\
         (Copyright (c) The Rust Project Contributors, MIT OR Apache-2.0):\n\n",
    );
    let mut texts: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for component in components {
        let name = format!("{} {}", component.name, component.version);
        notices.push_str(&format!("  {name}: {}\n", component.licence));
        for text in &component.texts {
            texts.entry(text).or_default().push(name.clone());
        }
    }
    for (text, names) in texts {
        notices.push_str(&format!("\n{}\n{}:\n\n{text}\n", "-".repeat(79), names.join(", ")));
    }
    notices
}

/// A bill of materials, in CycloneDX 1.5.
fn bill(components: &BTreeSet<Component>, ours: &str, version: &str) -> Value {
    let components: Vec<Value> = components
        .iter()
        .map(|component| {
            let (name, version) = (&component.name, &component.version);
            let kind = if component.is_crate { "cargo" } else { "generic" };
            json!({
                "type": "library",
                "name": name,
                "version": version,
                "purl": format!("pkg:{kind}/{}@{version}", name.to_lowercase()),
                "licenses": [{"expression": component.licence}],
            })
        })
        .collect();
    json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {"component": {
            "type": "library",
            "name": ours,
            "version": version,
            "licenses": [{"expression": "MIT OR Apache-2.0"}],
        }},
        "components": components,
    })
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_linked_in_is_named_with_its_licence() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let components = components(root, "partner-messaging-c", "x86_64-unknown-linux-gnu").unwrap();
        let names: BTreeSet<&str> = components.iter().map(|component| component.name.as_str()).collect();
        for linked in ["SQLite", "ring", "rustls", "tokio", "webpki-roots"] {
            assert!(names.contains(linked), "{linked} is missing");
        }
        // Nothing of ours, nothing that only the compiler needs, and nothing of the tests.
        for not in ["partner-messaging", "syn", "serde_derive", "tempfile", "cbindgen"] {
            assert!(!names.contains(not), "{not} is not linked in");
        }
        let notices = notices(&components);
        assert!(notices.contains("ring 0.17.14: Apache-2.0 AND ISC\n") && notices.contains("public domain"));
        let bill = bill(&components, "partner-messaging-c", "1.2.3");
        assert_eq!(bill["components"].as_array().unwrap().len(), components.len());
    }

    #[test]
    fn a_crate_without_a_text_has_its_holders_in_that_of_its_licence() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let package = json!({"name": "napi", "license": "MIT", "authors": ["One", "Two"]});
        let text = mit(root, &package).unwrap();
        assert!(
            text.starts_with("MIT License\n\nCopyright (c) One, Two\n") && text.contains("AS IS"),
            "{text}"
        );
        assert!(mit(root, &json!({"name": "napi", "license": "Apache-2.0"})).is_err());
        let names = components(root, "partner-messaging-node", "aarch64-unknown-linux-musl").unwrap();
        assert!(names.iter().any(|component| component.name == "napi"));
    }
}
