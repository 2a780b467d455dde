//! What documents tell people to type: the program has to know its commands and options.

use std::path::Path;

use crate::support::Place;

const DOCUMENTS: [&str; 8] = [
    "README.md",
    "cli/README.md",
    "bindings-python/README.md",
    "bindings-node/README.md",
    "bindings-c/README.md",
    "docs/keys.md",
    "docs/cluster.md",
    "docs/start.md",
];

/// The arguments of the commands that stand in a line of their own.
fn commands(text: &str) -> Vec<Vec<String>> {
    let places = ["npx ", ".venv/bin/", "partner-messaging/bin/"];
    let lines = text.lines().map(|line| line.trim_start_matches("$ "));
    let lines = lines.map(|line| places.iter().fold(line, |line, place| line.trim_start_matches(place)));
    lines.filter_map(|line| line.strip_prefix("partner-messaging ")).map(words).collect()
}

/// As a shell splits them: single quotes hold blanks, `#` begins a comment.
fn words(line: &str) -> Vec<String> {
    let parts = line.split('\'').enumerate();
    let words = parts.flat_map(|(at, part)| match at % 2 {
        0 => part.split_whitespace().map(str::to_owned).collect(),
        _ => vec![part.to_owned()],
    });
    words.take_while(|word| word != "#").collect()
}

#[test]
fn what_documents_say_can_be_typed() {
    let place = Place::new();
    for document in DOCUMENTS {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(document);
        let found = commands(&std::fs::read_to_string(path).unwrap());
        assert!(!found.is_empty(), "{document}");
        for command in found {
            // Help is given once everything before it is understood.
            let arguments: Vec<&str> = command.iter().map(String::as_str).chain(["--help"]).collect();
            let ended = place.run(&arguments);
            assert_eq!(ended.status, Some(0), "{document}: {command:?}: {}", ended.err);
        }
    }
}
