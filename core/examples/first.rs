//! A complete first program: sends one SMS and says what became of it.
//!
//! The key comes from the environment variable `PARTNER_MESSAGING_API_KEY`:
//! `cargo run -p partner-messaging --example first -- +6591234567`

use std::process::ExitCode;

use partner_messaging::{Outcome, Sms, blocking};

fn main() -> ExitCode {
    let Some(recipient) = std::env::args().nth(1) else {
        eprintln!("to whom? give a phone number like +6591234567");
        return ExitCode::from(2);
    };
    let client = match blocking::Client::from_env() {
        Ok(client) => client,
        Err(error) => {
            eprintln!("{error}");
            return ExitCode::from(2);
        }
    };
    match client.send(&Sms::text(recipient, "Hello from Partner Messaging!")) {
        Ok(receipt) => {
            println!("sent as {}", receipt.message_id);
            if let (Some(cost), Some(currency)) = (receipt.cost, receipt.currency) {
                println!("cost {cost} {currency}");
            }
            ExitCode::SUCCESS
        }
        Err(error) if error.outcome() == Some(Outcome::Unknown) => {
            eprintln!("perhaps sent, don't send it again blindly: {error}");
            ExitCode::from(3)
        }
        Err(error) => {
            eprintln!("not accepted: {error}");
            ExitCode::FAILURE
        }
    }
}
