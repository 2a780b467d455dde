//! The man pages are made from the commands' own description; they are committed, for
//! packages. `UPDATE_MAN=1 cargo test -p partner-messaging-cli --test man` writes them anew.

#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test may fail by panicking")]

use std::collections::BTreeMap;
use std::path::Path;

/// A page for the program and one for each command.
fn pages() -> BTreeMap<String, String> {
    let mut pages = BTreeMap::new();
    let mut command = partner_messaging_cli::command();
    command.build();
    add(&command, "partner-messaging", &mut pages);
    pages
}

fn add(command: &clap::Command, name: &str, pages: &mut BTreeMap<String, String>) {
    let mut page = Vec::new();
    clap_mangen::Man::new(command.clone().name(&*name.to_owned().leak()))
        .title(name.to_uppercase())
        .render(&mut page)
        .unwrap();
    let page = String::from_utf8(page).unwrap();
    pages.insert(format!("{name}.1"), page);
    for command in command.get_subcommands().filter(|it| it.get_name() != "help") {
        add(command, &format!("{name}-{}", command.get_name()), pages);
    }
}

#[test]
fn the_committed_pages_are_these() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("man");
    let pages = pages();
    if std::env::var_os("UPDATE_MAN").is_some() {
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        for (name, page) in &pages {
            std::fs::write(folder.join(name), page).unwrap();
        }
    }
    let committed: BTreeMap<String, String> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| {
            (path.file_name().unwrap().to_str().unwrap().to_owned(), std::fs::read_to_string(path).unwrap())
        })
        .collect();
    assert!(pages.len() > 15);
    for (name, page) in &pages {
        assert_eq!(committed.get(name), Some(page), "{name}: write it anew with UPDATE_MAN=1");
    }
    assert_eq!(committed.len(), pages.len());
}
