//! A tour of the whole API: sends, waits for what becomes of a message, lists
//! messages over several pages, compares the balance with the ledger, and lets
//! a message take the next channel. Prints one line, with tabs between the columns.
//!
//! It wants a service where SMS is configured and WhatsApp is not.

use partner_messaging::{Client, Decimal, Error, MessageFilter, Outcome, Sms, WhatsApp};

const SENT: usize = 5;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let client = Client::from_env()?;
    let before = client.get_balance().await?;

    let mut last = String::new();
    for n in 0..SENT {
        let receipt = client.send(&Sms::text(format!("+659123456{n}"), "Hello from Rust!")).await?;
        last = receipt.message_id;
    }
    let status = client.wait_for_status(&last).await?.status.unwrap_or_default();

    let mut pages = client.list_messages(&MessageFilter::new().channel("SMS").limit(2))?.pages();
    let (mut listed, mut count) = (0, 0);
    while let Some(page) = pages.next().await {
        listed += page?.messages.len();
        count += 1;
    }

    let whatsapp = WhatsApp::new("+6591234567", "+6581234567", "HXf8aa5a783ac6df54b1d28473f2de4c75");
    let sms = Sms::text("+6591234567", "Hello from Rust!");
    let accepted = client.send_with_fallback(&[&whatsapp, &sms]).await?;
    let trail: Vec<String> = accepted
        .trail
        .iter()
        .map(|step| format!("{} {}", step.channel, step.outcome.map_or("", Outcome::as_str)))
        .collect();

    let after = client.get_balance().await?;
    let sank = before.amount - after.amount;
    let ledger: Decimal = client.spending().iter().map(|entry| entry.cost).sum();
    let currency = after.currency.unwrap_or_default();
    let trail = trail.join(", ");
    println!(
        "{SENT} sent\t{status}\t{listed} on {count} pages\t{sank} {currency}\t{ledger} {currency}\t{trail}"
    );
    Ok(())
}
