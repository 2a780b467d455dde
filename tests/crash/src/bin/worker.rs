//! Sends keyed messages, and says what became of each: see README.md for the arguments.

#![allow(clippy::unwrap_used)] // A test program may stop at what it did not expect.

use std::io::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use partner_messaging::{CallOptions, Client, Sms};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [base_url, journal, first, count, threads, timeout] = &arguments[..] else {
        panic!("base URL, journal, first number, count, threads, timeout in ms");
    };
    let (first, count, threads): (u64, u64, u64) =
        (first.parse().unwrap(), count.parse().unwrap(), threads.parse().unwrap());
    let journal = match partner_messaging_journal::Journal::open(journal) {
        Ok(journal) => journal,
        Err(error) => {
            println!("refused {error}");
            return;
        }
    };
    let client = Client::builder()
        .api_key("a-key")
        .base_url(base_url)
        .journal(&journal)
        .timeout(Duration::from_millis(timeout.parse().unwrap()))
        .max_retries(0)
        .build_blocking();
    let client = match client {
        Ok(client) => client,
        Err(error) => {
            println!("refused {error}");
            return;
        }
    };
    let next = AtomicU64::new(first);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    if number >= first + count {
                        return;
                    }
                    let message = Sms::text("+6591234567", format!("call-{number}."));
                    let options = CallOptions::new().key(format!("key-{number:06}"));
                    let said = match client.send_opts(&message, &options) {
                        Ok(receipt) if receipt.replayed => "replayed".to_owned(),
                        Ok(_) => "sent".to_owned(),
                        Err(error) => {
                            eprintln!("{number} {error}");
                            error.outcome().map_or("none".to_owned(), |outcome| outcome.to_string())
                        }
                    };
                    // At once, and as one: what was told must not go with the process.
                    std::io::stdout().write_all(format!("{number} {said}\n").as_bytes()).unwrap();
                }
            });
        }
    });
    drop(client);
    journal.close().wait().unwrap();
}
