//! Sends for a long time against a server that fails at random, and holds what
//! the callers were told against what the server got:
//! `cargo xtask soak --seconds 600 --seed 1`.

use std::fs;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use partner_messaging::{CallOptions, Cancel, Client, Sms};
use partner_messaging_wire::{End, Ledger, Plan, Server, answer, chunked, sent_body};

/// How many calls are under way at once.
const IN_FLIGHT: usize = 64;

struct Arguments {
    seconds: u64,
    seed: u64,
}

fn arguments() -> Result<Arguments, String> {
    let mut parsed = Arguments { seconds: 60, seed: 1 };
    let mut given = std::env::args().skip(1);
    while let Some(name) = given.next() {
        let value =
            given.next().and_then(|value| value.parse().ok()).ok_or(format!("{name} needs a number"))?;
        match name.as_str() {
            "--seconds" => parsed.seconds = value,
            "--seed" => parsed.seed = value,
            _ => return Err(format!("no such option: {name}; there are --seconds and --seed")),
        }
    }
    Ok(parsed)
}

/// A reproducible random number for the turn number `turn` (SplitMix64).
fn random(seed: u64, turn: u64) -> u64 {
    let mut z = seed.wrapping_add(turn.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

fn plan(random: u64) -> Plan {
    let whole = answer(200, &[], sent_body());
    let at = usize::try_from(random >> 16).unwrap_or(0) % whole.len();
    match random % 100 {
        0 => Plan::cut_answer(b"", End::Fin),
        1 => Plan::cut_answer(b"", End::Reset),
        2 => Plan::cut_answer(&whole[..at], End::Fin),
        3 => Plan::cut_answer(&whole[..at], End::Reset),
        4 => Plan::cut_answer(&whole[..at], End::Stall),
        5 => Plan::cut_request(at, End::Reset),
        6 => Plan::cut_request(at, End::Fin),
        7 => Plan::answered(answer(503, &[], b""), true),
        8 => Plan::answered(answer(307, &[("location", "/")], b""), true),
        9 => Plan::answered(answer(200, &[], b"<html>"), true),
        // A pause that outlasts every call under way, now and then.
        10 if (random >> 32).is_multiple_of(500) => {
            Plan::answered(answer(429, &[("retry-after", "1")], b""), false)
        }
        10 | 11 => Plan::answered(answer(429, &[("retry-after", "0")], b""), false),
        12 => Plan::answered(answer(400, &[], br#"{"success":false,"code":"VALIDATION_ERROR"}"#), false),
        13 => Plan::sent().then(End::Fin),
        14 => Plan::sent().then(End::Reset),
        // An answer that comes late, or after its call has ended.
        15 if (random >> 32).is_multiple_of(20) => Plan { delay: Duration::from_millis(400), ..Plan::sent() },
        15 => Plan { delay: Duration::from_millis(random >> 58), ..Plan::sent() },
        // A request that nobody reads to its end.
        16 => Plan::cut_request(at, End::Stall),
        17..30 => Plan::answered(chunked(200, sent_body()), true),
        _ => Plan::sent(),
    }
}

/// What the process holds on to: memory in kB, descriptors, threads.
fn held() -> (u64, usize, usize) {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let field = |name: &str| {
        status.lines().find_map(|line| line.strip_prefix(name)?.split_whitespace().next()?.parse().ok())
    };
    let descriptors = fs::read_dir("/proc/self/fd").map_or(0, Iterator::count);
    (field("VmRSS:").unwrap_or(0), descriptors, usize::try_from(field("Threads:").unwrap_or(0)).unwrap_or(0))
}

async fn caller(client: Client, ledger: Arc<Ledger>, next: Arc<AtomicU64>, seed: u64, until: Instant) {
    while Instant::now() < until {
        let call = next.fetch_add(1, Ordering::Relaxed);
        let message = Sms::text("+6591234567", Ledger::text(call));
        let chance = random(!seed, call);
        let cancel = Cancel::new();
        let options = CallOptions::new().timeout(Duration::from_millis(250)).max_retries(3).cancel(&cancel);
        let sending = client.send_opts(&message, &options);
        let result = if chance.is_multiple_of(20) {
            // Cancelled at some moment of its life.
            let moment = Duration::from_micros((chance >> 8) % 1_000);
            let (result, ()) = tokio::join!(sending, async {
                tokio::time::sleep(moment).await;
                cancel.cancel();
            });
            result
        } else {
            sending.await
        };
        ledger.told(call, &result);
        if result.is_err_and(|error| error.attempts() == 0) {
            // A hold is on: what nobody would wait for need not be tried a million times.
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

async fn soak(Arguments { seconds, seed }: Arguments) -> Result<bool, Box<dyn std::error::Error>> {
    let turn = AtomicU64::new(0);
    let server = Server::start(move |_| plan(random(seed, turn.fetch_add(1, Ordering::Relaxed))))?;
    let client = Client::builder().api_key("wire-key").base_url(server.url()).build()?;
    let next = Arc::new(AtomicU64::new(0));
    let started = Instant::now();
    let until = started + Duration::from_secs(seconds);
    let callers: Vec<_> = (0..IN_FLIGHT)
        .map(|_| tokio::spawn(caller(client.clone(), server.ledger().clone(), next.clone(), seed, until)))
        .collect();
    println!("{:>8} {:>12} {:>12} {:>12} {:>8}", "seconds", "calls", "memory kB", "descriptors", "threads");
    let every = Duration::from_secs((seconds / 10).clamp(1, 60));
    let mut report = started + every;
    while Instant::now() < until {
        tokio::time::sleep(Duration::from_millis(200)).await;
        // Often, so that the book of the calls is not what memory is measured of.
        server.ledger().close_settled();
        if Instant::now() >= report {
            report += every;
            let (memory, descriptors, threads) = held();
            let calls = next.load(Ordering::Relaxed);
            println!(
                "{:>8} {calls:>12} {memory:>12} {descriptors:>12} {threads:>8}",
                started.elapsed().as_secs()
            );
        }
    }
    for caller in callers {
        caller.await?;
    }
    // What was cut off may still be arriving.
    tokio::time::sleep(Duration::from_millis(300)).await;
    let calls = next.load(Ordering::Relaxed);
    println!("{} ({} a second)", server.ledger().summary(), calls / seconds.max(1));
    let contradictions = server.ledger().contradictions();
    println!("{} contradictions", contradictions.len());
    for contradiction in contradictions.iter().take(10) {
        println!("  {contradiction}");
    }
    Ok(contradictions.is_empty() && calls > 0)
}

fn main() -> ExitCode {
    let arguments = match arguments() {
        Ok(arguments) => arguments,
        Err(problem) => {
            eprintln!("soak: {problem}");
            return ExitCode::from(2);
        }
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let outcome = runtime.map_err(Into::into).and_then(|runtime| runtime.block_on(soak(arguments)));
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(problem) => {
            eprintln!("soak: {problem}");
            ExitCode::FAILURE
        }
    }
}
