//! Killed at random moments and run again: nothing twice, nothing lost, and the sums are
//! those of the sandbox.

use std::collections::HashMap;
use std::time::Duration;

use crate::bulk_run::{BULK, adds_up, bulk, people, wait_until};
use crate::support::Place;

const ROWS: u32 = 400;
const KILLS: u64 = 6;

#[test]
fn killed_and_resumed_it_sends_each_once() {
    let place = Place::new();
    people(&place, ROWS);
    let mut random = std::process::id().wrapping_mul(2_654_435_761);
    for round in 0..KILLS {
        let mut child = place
            .program(&[&BULK[..], &["--max-in-flight", "16", "--max-rate", "200"]].concat())
            .spawn()
            .unwrap();
        let before = place.accepted();
        wait_until(|| place.accepted() > before || child.try_wait().unwrap().is_some());
        random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        std::thread::sleep(Duration::from_millis(u64::from(random >> 24)));
        child.kill().unwrap();
        child.wait().unwrap();
        println!("killed {round}: {} accepted", place.accepted());
    }
    let ended = bulk(&place, &["--json"]);
    let sum = ended.json();
    adds_up(&sum);
    let mut accepted = HashMap::new();
    for message in place.sandbox.messages() {
        *accepted.entry(message["recipient"].as_str().unwrap().to_owned()).or_insert(0) += 1;
    }
    // Nothing twice, and nothing that is not known.
    assert!(accepted.values().all(|count| *count == 1), "{accepted:?}");
    let unknown = sum["unknown"].as_u64().unwrap();
    assert!(unknown <= KILLS * 16, "{sum}");
    let sent = sum["sent"].as_u64().unwrap() + sum["sent_before"].as_u64().unwrap();
    assert_eq!(sent + unknown, u64::from(ROWS), "{sum}");
    let accepted = accepted.len() as u64;
    assert!((sent..=sent + unknown).contains(&accepted), "{sum}, {accepted} accepted");
    assert_eq!(ended.status, Some(if unknown > 0 { 3 } else { 0 }));
    let summary = place.run(&["journal", "summary", "people.csv.journal", "--json"]).with(0).json();
    assert_eq!(summary["outcomes"]["sent"].as_u64().unwrap(), sent);
    // The unknowns that arrived are found in the service's list.
    let mut reconcile = vec!["journal", "reconcile", "people.csv", "--journal", "people.csv.journal"];
    reconcile.extend(&BULK[2..]);
    let reconciled = place.run(&reconcile);
    assert!(matches!(reconciled.status, Some(0 | 3)), "{reconciled:?}");
    let after = place.run(&["journal", "summary", "people.csv.journal", "--json"]).with(0).json();
    assert_eq!(after["outcomes"]["sent"].as_u64().unwrap(), accepted);
}
