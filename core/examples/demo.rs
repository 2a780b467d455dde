//! Sends every documented kind of message with the asynchronous client, and
//! prints a line for each, with tabs between the columns.

use std::process::ExitCode;

use partner_messaging::{Client, Email, Error, Outcome, Receipt, Sms, WhatsApp};

const TEMPLATE: &str = "HXf8aa5a783ac6df54b1d28473f2de4c75";

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<ExitCode, Error> {
    let client = Client::from_env()?;
    let whatsapp = WhatsApp::new("+6591234567", "+6581234567", TEMPLATE).variable("1", "123456");
    let template = Sms::template("+6591234567", "Pathomics", TEMPLATE).variable("1", "123456");
    let text = Sms::text("+6591234567", "Hello from Rust!");
    let email = Email::new("user@example.com", "Hello", "<h1>Hello from Rust!</h1>");
    let all_sent = [
        print("whatsapp", client.send(&whatsapp).await),
        print("sms-template", client.send(&template).await),
        print("sms-text", client.send(&text).await),
        print("email", client.send(&email).await),
    ];
    Ok(if all_sent == [true; 4] { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn print(kind: &str, result: Result<Receipt, Error>) -> bool {
    match &result {
        Ok(receipt) => {
            let cost = receipt.cost.map(|cost| cost.to_string()).unwrap_or_default();
            let currency = receipt.currency.as_deref().unwrap_or_default();
            println!("{kind}\tsent\t{}\t{cost} {currency}\t{}", receipt.message_id, receipt.attempts);
        }
        Err(error) => {
            let outcome = error.outcome().map_or("", Outcome::as_str);
            println!("{kind}\t{outcome}\t{}\t\t{}", error.class().name(), error.attempts());
        }
    }
    result.is_ok()
}
