//! Sends with keys, and what a journal takes alone.

use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use partner_messaging::journal::{Claim, ClaimDeadline, ClaimId, Ending, Settlement};
use partner_messaging::{CallOptions, Decimal, Outcome, Sms};
use partner_messaging_journal::{Journal, sqlite_store};

use crate::measure::{Failure, Job};
use crate::{TO, builder, check, in_flight, runtime};

fn place() -> Result<String, Failure> {
    Ok(std::env::var("BENCH_JOURNAL")?)
}

pub(crate) fn send(job: &Job) -> Result<(), Failure> {
    let journal = Journal::open(place()?)?;
    let client = Arc::new(builder(job).journal(&journal).build()?);
    let content = Arc::new(job.content.clone());
    let (runtime, process) = (runtime()?, std::process::id());
    let numbers = Rc::new(Cell::new(0));
    job.measure(|sends| {
        let (client, content, numbers) = (Arc::clone(&client), Arc::clone(&content), Rc::clone(&numbers));
        in_flight(&runtime, sends, job.in_flight, move || {
            let (client, content) = (Arc::clone(&client), Arc::clone(&content));
            let number = numbers.replace(numbers.get() + 1);
            async move {
                let options = CallOptions::new().key(format!("order-{process}-{number:09}"));
                let receipt = client.send_opts(&Sms::text(TO, content.as_str()), &options).await?;
                check(&receipt.message_id)
            }
        })
    })?;
    drop(client);
    journal.close().wait()?;
    Ok(())
}

/// How many keys a transaction has, as where many calls are in flight.
const BATCH: u64 = 256;

/// Makes a journal with so many keys as there are sends, all of them sent.
pub(crate) fn fill(job: &Job) -> Result<(), Failure> {
    let mut store = sqlite_store(place()?)?.open()?;
    let identity = store.identity();
    let count = job.sends as u64;
    let mut settlements: Vec<Settlement> = Vec::new();
    for first in (0..count).step_by(usize::try_from(BATCH)?) {
        let claims: Vec<_> =
            (first..count.min(first + BATCH)).map(|number| claim(identity.owner, number)).collect();
        store.commit(&settlements, &claims)?;
        settlements = claims.into_iter().map(settlement).collect();
    }
    store.commit(&settlements, &[])?;
    Ok(())
}

fn claim(owner: u64, number: u64) -> Claim {
    let mut digest = [0; 32];
    digest[..8].copy_from_slice(&number.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes());
    let deadline = ClaimDeadline::after(Duration::from_secs(30));
    Claim {
        key: format!("order-{number:09}"),
        id: ClaimId { owner, number },
        digest,
        channel: "SMS".to_owned(),
        claimed_at: deadline.wall,
        deadline,
        budget: None,
    }
}

fn settlement(claim: Claim) -> Settlement {
    let ending = Ending {
        channel: Some("SMS".to_owned()),
        message_id: Some(format!("msg_{:09}", claim.id.number)),
        cost: Some(Decimal::new(12, 2)),
        currency: Some("SGD".to_owned()),
        ..Ending::now(Outcome::Sent, None)
    };
    Settlement { key: claim.key, claim: claim.id, ending }
}

/// How long it takes to open a journal and to look a key up.
pub(crate) fn open(job: &Job) -> Result<(), Failure> {
    let begun = Instant::now();
    let journal = Journal::open(place()?)?;
    let record = journal.get(&format!("order-{:09}", job.sends / 2)).wait()?;
    let took = begun.elapsed();
    println!(r#"{{"wall_us":{},"found":{}}}"#, took.as_micros(), record.is_some());
    journal.close().wait()?;
    Ok(())
}
