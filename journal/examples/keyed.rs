//! Sends the code of an order under a key: however often it is run, one message goes out.
//!
//! The key of the API comes from the environment variable `PARTNER_MESSAGING_API_KEY`:
//! `cargo run -p partner-messaging-journal --example keyed -- codes.db +6591234567`

use partner_messaging::{CallOptions, Error, Outcome, Sms, blocking};
use partner_messaging_journal::Journal;

fn main() -> Result<(), Error> {
    let mut arguments = std::env::args().skip(1);
    let (Some(file), Some(recipient)) = (arguments.next(), arguments.next()) else {
        eprintln!("which journal, and to whom? give a file, and a phone number like +6591234567");
        std::process::exit(2);
    };
    let journal = Journal::open(file)?;
    let client = blocking::Client::builder().journal(&journal).build_blocking()?;

    let code = Sms::text(recipient, "Your code is 123456");
    match client.send_opts(&code, &CallOptions::new().key("order-4711-otp")) {
        Ok(receipt) if receipt.replayed => println!("{} was sent before", receipt.message_id),
        Ok(receipt) => println!("{} is sent", receipt.message_id),
        Err(error) if error.outcome() == Some(Outcome::Unknown) => println!("it may have been sent: {error}"),
        Err(error) => return Err(error),
    }
    println!("{} sent under this journal's keys", journal.summary().wait()?.sent);
    Ok(())
}
