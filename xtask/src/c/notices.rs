//! What the libraries have in them of others: the licences, and a bill of materials.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::{Value, json};

use crate::Result;
use crate::files::{files, read, write};
use crate::process::{output, program};

/// The crate of the C library.
const OURS: &str = "partner-messaging-c";

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

/// Writes `THIRD-PARTY-LICENSES.txt` and `sbom.cdx.json` (CycloneDX) in `folder`.
pub(super) fn write_all(root: &Path, folder: &Path, version: &str) -> Result<()> {
    let components = components(root)?;
    write(&folder.join("THIRD-PARTY-LICENSES.txt"), &notices(&components))?;
    let bill = serde_json::to_string_pretty(&bill(&components, version));
    write(&folder.join("sbom.cdx.json"), &(bill.map_err(|error| error.to_string())? + "\n"))
}

fn components(root: &Path) -> Result<BTreeSet<Component>> {
    let triple = format!("{}-unknown-{}-gnu", std::env::consts::ARCH, std::env::consts::OS);
    let metadata = output(program("cargo").current_dir(root).args([
        "metadata",
        "--format-version=1",
        "--locked",
        "--offline",
        "--filter-platform",
        &triple,
    ]))?;
    let metadata: Value = serde_json::from_str(&metadata).map_err(|error| error.to_string())?;
    let packages: BTreeMap<&str, &Value> =
        list(&metadata["packages"]).iter().map(|package| (text(&package["id"]), package)).collect();
    let nodes: BTreeMap<&str, &Value> =
        list(&metadata["resolve"]["nodes"]).iter().map(|node| (text(&node["id"]), node)).collect();
    let ours = packages.iter().find(|(_, package)| package["name"] == OURS);
    let mut waiting = vec![*ours.ok_or("cargo doesn't know the C library")?.0];
    let mut seen = BTreeSet::new();
    let mut found = BTreeSet::new();
    while let Some(id) = waiting.pop() {
        let (Some(package), Some(node)) = (packages.get(id), nodes.get(id)) else { continue };
        // What runs in the compiler is not linked in, nor is what that needs.
        if is_macro(package) || !seen.insert(id) {
            continue;
        }
        if !package["source"].is_null() {
            found.extend(components_of(package)?);
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
fn components_of(package: &Value) -> Result<Vec<Component>> {
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
        return Err(format!("the crate {name} has no licence's text"));
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

fn notices(components: &BTreeSet<Component>) -> String {
    let mut notices = String::from(
        "The Partner Messaging library has these in it, besides Rust's standard library\n\
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
fn bill(components: &BTreeSet<Component>, version: &str) -> Value {
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
            "name": "partner-messaging-c",
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
        let components = components(root).unwrap();
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
        let bill = bill(&components, "1.2.3");
        assert_eq!(bill["components"].as_array().unwrap().len(), components.len());
    }
}
