//! Processes that share a journal keep a rate and a spend limit together. Each is this
//! program again, and what they did is judged by the sandbox's record.

#![allow(clippy::unwrap_used)] // A test may stop at what it did not expect.

mod child;
mod limits;
#[path = "../keys/places.rs"]
mod places;

use limits::Place;

/// A test, on a place of its own.
type Test = fn(&Place);

fn main() {
    if let Some(job) = std::env::var_os(child::JOB) {
        child::run(&job.into_string().unwrap());
        return;
    }
    let tests: [(&str, Test); 4] = [
        ("a_rate_is_kept_together", limits::a_rate_is_kept_together),
        ("a_spend_limit_is_kept_together", limits::a_spend_limit_is_kept_together),
        ("who_has_no_limit_counts_too", limits::who_has_no_limit_counts_too),
        ("what_a_killed_process_held_counts_as_spent", limits::what_a_killed_process_held_counts_as_spent),
    ];
    let wanted = std::env::args().nth(1).filter(|it| !it.starts_with('-')).unwrap_or_default();
    for (name, test) in tests.iter().filter(|(name, _)| name.contains(&wanted)) {
        for place in [Place::file(), Place::server()] {
            println!("{name} {}", place.kind());
            test(&place);
        }
    }
}
