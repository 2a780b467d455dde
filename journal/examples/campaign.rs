//! Sends a text to each customer of a file, `number,phone` a line: at most 50 a second, within a
//! spend limit. It may be stopped and run again; who got the text doesn't get it twice.
//!
//! `cargo run -p partner-messaging-journal --example campaign -- customers.csv`

use std::error::Error;
use std::fs::File;
use std::io::{BufRead, BufReader};

use partner_messaging::{Sms, blocking};
use partner_messaging_journal::Journal;

fn main() -> Result<(), Box<dyn Error>> {
    let file = std::env::args().nth(1).ok_or("which file? its lines are number,phone")?;
    let journal = Journal::open(format!("{file}.journal"))?;
    let client = blocking::Client::builder()
        .journal(&journal)
        .max_rate(50.0)
        .spend_limit("SGD", "100.00")
        .build_blocking()?;

    let customers = BufReader::new(File::open(file)?).lines().collect::<Result<Vec<String>, _>>()?;
    let messages = customers
        .iter()
        .filter_map(|customer| customer.split_once(','))
        .map(|(number, phone)| (number, Sms::text(phone, "We are closed tomorrow.")));
    let mut results = client.send_many(messages)?;
    for result in &mut results {
        let result = result?;
        if let Some(error) = result.error() {
            eprintln!("{}: {error}", result.key.as_deref().unwrap_or("?"));
        }
    }
    let sum = results.summary();
    println!("{} taken: {} sent, {} sent before", sum.taken, sum.sent, sum.replayed);
    Ok(())
}
