//! The Rust programs of the benchmark: ours, and reqwest as a careful user has it.
//!
//! `bench-rust <who> <base URL> <warm-up> <sends> <in flight> <characters>`; with
//! `BENCH_CA` the base URL is https. For `blocking`, in flight are threads. `keyed`, `fill` and
//! `open` use the journal that `BENCH_JOURNAL` names.

mod keyed;
mod measure;

use std::cell::Cell;
use std::future::Future;
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use measure::{Failure, Job};
use partner_messaging::{Client, ClientBuilder, Sms, blocking};
use serde::{Deserialize, Serialize};
use tokio::runtime::Runtime;
use tokio::task::LocalSet;

const TO: &str = "+6591234567";
const KEY: &str = "bench-key";

fn main() -> Result<(), Failure> {
    let (who, job) = Job::from_arguments()?;
    match (who.as_str(), job.in_flight) {
        ("blocking", _) => ours_blocking(&job),
        ("async", _) => ours_async(&job),
        ("keyed", _) => keyed::send(&job),
        ("fill", _) => keyed::fill(&job),
        ("open", _) => keyed::open(&job),
        ("reqwest", 1) => reqwest_in_turn(&job),
        ("reqwest", _) => reqwest_in_flight(&job),
        _ => Err(format!("no such client: {who}").into()),
    }
}

fn builder(job: &Job) -> ClientBuilder {
    let builder = Client::builder().api_key(KEY).base_url(&job.url).max_connections(job.in_flight.max(100));
    match &job.ca {
        Some(ca) => builder.ca_file(ca),
        None => builder,
    }
}

fn ours_blocking(job: &Job) -> Result<(), Failure> {
    let client = builder(job).build_blocking()?;
    job.measure(|sends| {
        if job.in_flight == 1 {
            return (0..sends).try_for_each(|_| send_blocking(&client, &job.content));
        }
        let left = AtomicUsize::new(sends);
        let work = || -> Result<(), Failure> {
            while left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).is_ok()
            {
                send_blocking(&client, &job.content)?;
            }
            Ok(())
        };
        std::thread::scope(|scope| {
            let threads: Vec<_> = (0..job.in_flight).map(|_| scope.spawn(work)).collect();
            threads.into_iter().try_for_each(|thread| thread.join().map_err(|_| "a thread panicked")?)
        })
    })
}

fn send_blocking(client: &blocking::Client, content: &str) -> Result<(), Failure> {
    let receipt = client.send(&Sms::text(TO, content))?;
    check(&receipt.message_id)
}

fn ours_async(job: &Job) -> Result<(), Failure> {
    let client = Arc::new(builder(job).build()?);
    let content = Arc::new(job.content.clone());
    let runtime = runtime()?;
    job.measure(|sends| {
        let (client, content) = (Arc::clone(&client), Arc::clone(&content));
        in_flight(&runtime, sends, job.in_flight, move || {
            let (client, content) = (Arc::clone(&client), Arc::clone(&content));
            async move {
                let receipt = client.send(&Sms::text(TO, content.as_str())).await?;
                check(&receipt.message_id)
            }
        })
    })
}

#[derive(Serialize)]
struct Outgoing<'a> {
    request: Text<'a>,
}

#[derive(Serialize)]
struct Text<'a> {
    channel: &'a str,
    to: &'a str,
    content: &'a str,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    success: bool,
    data: Option<Data>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Data {
    message_id: String,
    #[serde(rename = "recipient")]
    _recipient: Option<String>,
    #[serde(rename = "channel")]
    _channel: Option<String>,
    #[serde(rename = "status")]
    _status: Option<String>,
    #[serde(rename = "cost")]
    _cost: Option<f64>,
    #[serde(rename = "currency")]
    _currency: Option<String>,
}

/// The peer: one reqwest client, with the TLS provider that ours has, and a deadline.
fn peer(job: &Job) -> Result<reqwest::Client, Failure> {
    // Only the first call in a process can install one; it is the only call.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut builder = reqwest::Client::builder().timeout(std::time::Duration::from_secs(30));
    if let Some(ca) = &job.ca {
        builder = builder.add_root_certificate(reqwest::Certificate::from_pem(&std::fs::read(ca)?)?);
    }
    Ok(builder.build()?)
}

async fn post(http: &reqwest::Client, url: &str, content: &str) -> Result<(), Failure> {
    let message = Outgoing { request: Text { channel: "SMS", to: TO, content } };
    let response = http
        .post(url)
        .header("x-api-key", KEY)
        .header("content-type", "application/json")
        .body(serde_json::to_vec(&message)?)
        .send()
        .await?
        .error_for_status()?;
    let answer: Answer = serde_json::from_slice(&response.bytes().await?)?;
    match answer {
        Answer { success: true, data: Some(data) } => check(&data.message_id),
        _ => Err("refused".into()),
    }
}

fn reqwest_in_turn(job: &Job) -> Result<(), Failure> {
    let (http, url) = (peer(job)?, job.send_url());
    let runtime = runtime()?;
    job.measure(|sends| (0..sends).try_for_each(|_| runtime.block_on(post(&http, &url, &job.content))))
}

fn reqwest_in_flight(job: &Job) -> Result<(), Failure> {
    let http = peer(job)?;
    let (url, content) = (Arc::new(job.send_url()), Arc::new(job.content.clone()));
    let runtime = runtime()?;
    job.measure(|sends| {
        let (http, url, content) = (http.clone(), Arc::clone(&url), Arc::clone(&content));
        in_flight(&runtime, sends, job.in_flight, move || {
            let (http, url, content) = (http.clone(), Arc::clone(&url), Arc::clone(&content));
            async move { post(&http, &url, &content).await }
        })
    })
}

fn runtime() -> Result<Runtime, Failure> {
    Ok(tokio::runtime::Builder::new_current_thread().enable_all().build()?)
}

/// Makes so many sends on one thread, never more at once than `in_flight`.
fn in_flight<F, S>(runtime: &Runtime, sends: usize, in_flight: usize, send: F) -> Result<(), Failure>
where
    F: Fn() -> S + Clone + 'static,
    S: Future<Output = Result<(), Failure>> + 'static,
{
    let left = Rc::new(Cell::new(sends));
    let local = LocalSet::new();
    let workers: Vec<_> = (0..in_flight)
        .map(|_| {
            let (left, send) = (Rc::clone(&left), send.clone());
            local.spawn_local(async move {
                while left.get() > 0 {
                    left.set(left.get() - 1);
                    send().await?;
                }
                Ok::<(), Failure>(())
            })
        })
        .collect();
    local.block_on(runtime, async {
        for worker in workers {
            worker.await??;
        }
        Ok(())
    })
}

fn check(message_id: &str) -> Result<(), Failure> {
    if message_id.starts_with("msg_") { Ok(()) } else { Err("another message id".into()) }
}
