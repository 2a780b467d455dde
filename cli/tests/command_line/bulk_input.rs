//! What `bulk` reads, and what it refuses before anything is sent.

use std::fmt::Write;

use serde_json::json;

use crate::support::{Ended, Place, mode};

const PEOPLE: &str = "id,phone,name\n1,+6591234561,Ann\n2,+6591234562,Bob\n3,+6591234563,Cem\n";

/// Sends the file `people.csv` as texts.
fn bulk(place: &Place, further: &[&str]) -> Ended {
    bulk_of(place, "people.csv", further)
}

fn bulk_of(place: &Place, file: &str, further: &[&str]) -> Ended {
    let mut arguments = vec!["bulk", file, "--channel", "SMS", "--to", "{phone}", "--content", "Hi {name}"];
    arguments.extend(further);
    place.run(&arguments)
}

fn texts(place: &Place) -> Vec<String> {
    let mut texts: Vec<String> = place
        .sandbox
        .requests()
        .iter()
        .map(|request| {
            let message = &request.json.as_ref().unwrap()["request"];
            format!("{} {}", message["to"].as_str().unwrap(), message["content"].as_str().unwrap())
        })
        .collect();
    texts.sort();
    texts
}

#[test]
fn every_form_of_csv_is_sent() {
    let utf8_mark = [b"\xef\xbb\xbf", PEOPLE.as_bytes()].concat();
    for (form, content) in [
        ("plain", PEOPLE.as_bytes().to_vec()),
        ("mark", utf8_mark),
        ("semicolon", PEOPLE.replace(',', ";").into()),
        ("tab", PEOPLE.replace(',', "\t").into()),
        ("crlf", PEOPLE.replace('\n', "\r\n").into()),
        ("cr", PEOPLE.replace('\n', "\r").into()),
        ("no last end", PEOPLE.trim_end().into()),
    ] {
        let place = Place::new();
        place.write("people.csv", content);
        bulk(&place, &[]).with(0);
        let sent = ["+6591234561 Hi Ann", "+6591234562 Hi Bob", "+6591234563 Hi Cem"];
        assert_eq!(texts(&place), sent, "{form}");
    }
}

#[test]
fn quotes_reach_over_lines_and_braces_are_written_twice() {
    let place = Place::new();
    place.write("people.csv", "phone,name\n+6591234561,\"a \"\"b\"\"\nc, d\"\n");
    place
        .run(&["bulk", "people.csv", "--channel", "SMS", "--to", "{phone}", "--content", "{{x} {name}"])
        .with(0);
    assert_eq!(texts(&place), ["+6591234561 {x} a \"b\"\nc, d"]);
}

#[test]
fn what_cannot_be_read_is_refused_with_what_to_do() {
    let utf16: Vec<u8> =
        [0xfeff].into_iter().chain(PEOPLE.encode_utf16()).flat_map(u16::to_le_bytes).collect();
    for (content, told) in [
        (utf16, "iconv -f UTF-16"),
        (b"id,phone,name\n1,+6591234561,M\xfcller\n".to_vec(), "iconv -f WINDOWS-1252"),
        (Vec::new(), "is empty"),
        (b"\n\n".to_vec(), "no header"),
        (b"id,name\n1,Ann\n".to_vec(), "no column for {phone} of --to; it has: id, name"),
        (b"phone,name,phone\n+6591234561,Ann,x\n".to_vec(), "\"phone\" twice"),
    ] {
        let place = Place::new();
        place.write("people.csv", content);
        let ended = bulk(&place, &[]).with(2);
        assert!(ended.err.contains(told), "{told}: {ended:?}");
        assert_eq!(place.accepted(), 0);
        assert!(!place.path("people.csv.journal").exists(), "{told}");
    }
    let place = Place::new();
    bulk(&place, &[]).with(2);
    place.write("people.csv", PEOPLE);
    place.run(&["bulk", "people.csv", "--channel", "SMS", "--to", "{phone", "--content", "x"]).with(2);
    place.run(&["bulk", "people.csv"]).with(2);
}

#[test]
fn a_header_alone_is_no_row() {
    let place = Place::new();
    place.write("people.csv", "id,phone,name\n");
    assert_eq!(bulk(&place, &["--json"]).with(0).json()["rows"], 0);
}

#[test]
fn bad_rows_are_told_by_line_and_column_and_nothing_is_sent() {
    let place = Place::new();
    place.write(
        "people.csv",
        "id,phone,name\n1,+6591234561,Ann\n2,6591,Bob\n3,+6591234563\n4,+6591234564,\"Dan",
    );
    let ended = bulk(&place, &[]).with(2);
    for told in ["line 3: column phone:", "line 4: has 2 columns", "line 5: is cut", "3 of 4 rows"] {
        assert!(ended.err.contains(told), "{told}: {ended:?}");
    }
    assert_eq!(place.accepted(), 0);
    let ended = bulk(&place, &["--skip-invalid", "--json"]).with(1);
    let sum = ended.json();
    assert_eq!((&sum["rows"], &sum["sent"], &sum["invalid"]), (&json!(4), &json!(1), &json!(3)));
}

#[test]
fn many_bad_rows_go_to_a_file() {
    let place = Place::new();
    let mut content = "phone,name\n".to_owned();
    for n in 0..50 {
        writeln!(content, "12{n},Ann").unwrap();
    }
    place.write("people.csv", content);
    let ended = bulk(&place, &[]).with(2);
    assert!(ended.err.lines().count() < 30, "{ended:?}");
    let file = place.path("people.csv.bad-rows.csv");
    let rows = std::fs::read_to_string(&file).unwrap();
    assert_eq!(rows.lines().count(), 51);
    assert!(rows.starts_with("line,column,reason\n2,phone,"), "{rows}");
    assert_eq!(mode(&file), 0o600);
}

#[test]
fn a_key_stands_for_one_message() {
    let place = Place::new();
    place.write("people.csv", "id,phone,name\n1,+6591234561,Ann\n1,+6591234562,Bob\n1,+6591234561,Ann\n");
    let ended = bulk(&place, &["--key", "{id}"]).with(2);
    assert!(ended.err.contains("line 3: its key is that of line 2"), "{ended:?}");
    assert_eq!(place.accepted(), 0);
    place.write("people.csv", "id,phone,name\n1,+6591234561,Ann\n");
    bulk(&place, &["--key", "{id}"]).with(0);
    // Changed between two runs.
    place.write("people.csv", "id,phone,name\n1,+6591234561,Anna\n2,+6591234562,Bob\n");
    let ended = bulk(&place, &["--key", "{id}"]).with(2);
    assert!(ended.err.contains("line 2: its key stands for another message"), "{ended:?}");
    assert_eq!(place.accepted(), 1);
    place.write("people.csv", "id,phone,name\n,+6591234561,Ann\n");
    let ended = bulk(&place, &["--key", "{id}"]).with(2);
    assert!(ended.err.contains("column id: must not be empty"), "{ended:?}");
}

#[test]
fn rows_that_are_the_same_go_out_once() {
    let place = Place::new();
    place.write("people.csv", format!("{PEOPLE}9,+6591234561,Ann\n9,+6591234561,Ann\n"));
    let ended = bulk(&place, &[]).with(0);
    let last = ended.out.lines().last().unwrap().to_owned();
    assert!(last.starts_with("5 rows: 3 sent, 2 sent before"), "{ended:?}");
    assert!(last.contains("2 rows were the same as one before"), "{ended:?}");
    assert_eq!(place.accepted(), 3);
    let again = bulk(&place, &[]).with(0);
    let last = again.out.lines().last().unwrap();
    assert!(last.contains("0 sent, 5 sent before (20") && last.contains("2 rows were the same"), "{again:?}");
    assert_eq!(place.accepted(), 3);
}

#[test]
fn json_lines_are_messages() {
    let place = Place::new();
    let line = |to: &str| {
        json!({"channel": "EMAIL", "to": to, "subject": "Hi", "htmlContent": "<p>Hi</p>"}).to_string()
    };
    place.write("m.jsonl", format!("{}\n\n{}\n", line("a@example.com"), line("b@example.com")));
    place.run(&["bulk", "m.jsonl"]).with(0);
    assert_eq!(place.accepted(), 2);
    place.write("m.jsonl", format!("{}\n{{\"channel\": \"EMAIL\"\n[]\n", line("a@example.com")));
    let ended = place.run(&["bulk", "m.jsonl"]).with(2);
    assert!(
        ended.err.contains("line 2: is cut") && ended.err.contains("line 3: must be one JSON object"),
        "{ended:?}"
    );
    // Rows of members, as CSV has columns.
    place.write("p.jsonl", "{\"phone\": \"+6591234567\", \"n\": 12}\n");
    place
        .run(&[
            "bulk",
            "p.jsonl",
            "--channel",
            "SMS",
            "--to",
            "{phone}",
            "--content",
            "No {n}",
            "--key",
            "k{n}",
        ])
        .with(0);
    assert_eq!(place.accepted(), 3);
}

#[test]
fn a_pipe_is_checked_as_it_comes() {
    let arguments = |further: &[&'static str]| {
        [&["bulk", "-", "--channel", "SMS", "--to", "{phone}", "--content", "Hi {name}"][..], further]
            .concat()
    };
    let place = Place::new();
    place.run_with_input(&arguments(&[]), PEOPLE.as_bytes()).with(2);
    let sum =
        place.run_with_input(&arguments(&["--journal", "j.db", "--json"]), PEOPLE.as_bytes()).with(0).json();
    assert_eq!((&sum["rows"], &sum["sent"]), (&json!(3), &json!(3)));
    place.run_with_input(&arguments(&["--journal", "j.db"]), PEOPLE.as_bytes()).with(0);
    assert_eq!(place.accepted(), 3);
    place.run_with_input(&arguments(&["--journal", "j.db"]), b"phone,name\n12,x\n").with(2);
    let late = format!("phone,name\n+6591234569,Zoe\n12,x\n{}", "+6591234568,Yan\n".repeat(3));
    place.run_with_input(&arguments(&["--journal", "j.db"]), late.as_bytes()).with(4);
    let sum = place
        .run_with_input(&arguments(&["--journal", "j.db", "--skip-invalid", "--json"]), late.as_bytes())
        .with(1);
    assert_eq!(sum.json()["invalid"], 1);
    place.run_with_input(&arguments(&["--no-journal"]), PEOPLE.as_bytes()).with(0);
}

#[test]
fn a_dry_run_sends_nothing_and_estimates() {
    let place = Place::new();
    place.write("people.csv", PEOPLE);
    let dry = place
        .program(&[
            "bulk",
            "people.csv",
            "--channel",
            "SMS",
            "--to",
            "{phone}",
            "--content",
            "{name}",
            "--dry-run",
        ])
        .env_remove("PARTNER_MESSAGING_API_KEY")
        .output()
        .unwrap();
    let dry = Ended::of(dry).with(0);
    assert!(dry.out.contains("nothing was sent") && dry.out.contains("cost unknown"), "{dry:?}");
    assert!(!place.path("people.csv.journal").exists());
    bulk(&place, &[]).with(0);
    place.write("people.csv", format!("{PEOPLE}4,+6591234564,Dan\n5,+6591234565,Eve\n"));
    let sum = bulk(&place, &["--dry-run", "--json"]).with(0).json();
    assert_eq!((&sum["to_send"], &sum["sent_before"]), (&json!({"SMS": 2}), &json!(3)));
    assert_eq!(sum["cost"], json!({"SGD": {"least": "0.10", "most": "0.10"}}));
    assert_eq!(place.accepted(), 3);
}
