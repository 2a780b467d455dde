//! One of the processes.

use std::time::Duration;

use partner_messaging::{Client, SendManyOptions, Sms};
use serde::{Deserialize, Serialize};

/// The variable that makes this program one of them.
pub(crate) const JOB: &str = "PARTNER_MESSAGING_TEST_JOB";

/// What it does.
#[derive(Serialize, Deserialize)]
pub(crate) struct Job {
    pub(crate) url: String,
    pub(crate) api_key: String,
    pub(crate) journal: String,
    /// What its keys begin with.
    pub(crate) name: String,
    pub(crate) messages: u32,
    pub(crate) max_rate: Option<f64>,
    /// In SGD.
    pub(crate) spend_limit: Option<String>,
    pub(crate) max_cost: Option<String>,
    pub(crate) max_in_flight: u32,
    pub(crate) timeout: Duration,
}

/// What it tells at its end.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Sum {
    pub(crate) sent: u64,
    pub(crate) unknown: u64,
    /// The kind of the error that stopped it.
    pub(crate) stopped: Option<String>,
}

pub(crate) fn run(job: &str) {
    let job: Job = serde_json::from_str(job).unwrap();
    let journal = partner_messaging_journal::Journal::open(&job.journal).unwrap();
    let mut builder = Client::builder().api_key(&job.api_key).base_url(&job.url).journal(&journal);
    if let Some(rate) = job.max_rate {
        builder = builder.max_rate(rate);
    }
    if let Some(limit) = &job.spend_limit {
        builder = builder.spend_limit("SGD", limit);
    }
    if let Some(cost) = &job.max_cost {
        builder = builder.max_cost("SGD", cost);
    }
    let client = builder.build_blocking().unwrap();
    let options = SendManyOptions::new().max_in_flight(job.max_in_flight).timeout(job.timeout);
    let messages = (0..job.messages).map(|n| {
        let message = Sms::text(format!("+65{:08}", 90_000_000 + n), "Hello");
        (format!("{}-{n}", job.name), message)
    });
    let mut results = client.send_many_opts(messages, &options).unwrap();
    let mut stopped = None;
    for result in &mut results {
        if let Err(error) = result {
            stopped = Some(error.kind().to_string());
        }
    }
    let summary = results.summary();
    println!(
        "{}",
        serde_json::to_string(&Sum { sent: summary.sent, unknown: summary.unknown, stopped }).unwrap()
    );
}
