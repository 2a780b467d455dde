//! What the processes keep together.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use partner_messaging::{CallOptions, Client, Kind, Outcome, Sms};
use partner_messaging_journal::Journal;
use partner_messaging_sandbox::{Fault, FaultKind, Sandbox};

use crate::child::{JOB, Job, Sum};
use crate::places::{Folder, Server};

/// Nothing takes longer, on however slow a machine.
const LONGEST: Duration = Duration::from_secs(120);

/// A sandbox, and where its journal is.
pub(crate) struct Place {
    sandbox: Sandbox,
    journal: String,
    kind: &'static str,
    _folder: Option<Folder>,
}

impl Place {
    pub(crate) fn file() -> Self {
        let folder = Folder::new();
        let journal = folder.journal("journal.db");
        Self { sandbox: Sandbox::start().unwrap(), journal, kind: "in a file", _folder: Some(folder) }
    }

    pub(crate) fn server() -> Self {
        let journal = Server::new().journal("limits");
        Self { sandbox: Sandbox::start().unwrap(), journal, kind: "on a server", _folder: None }
    }

    pub(crate) fn kind(&self) -> &'static str {
        self.kind
    }

    /// What a process does that sends a hundred messages.
    fn job(&self, name: &str) -> Job {
        Job {
            url: self.sandbox.url().to_owned(),
            api_key: self.sandbox.api_key().to_owned(),
            journal: self.journal.clone(),
            name: name.to_owned(),
            messages: 100,
            max_rate: None,
            spend_limit: None,
            max_cost: None,
            max_in_flight: 16,
            timeout: Duration::from_secs(60),
        }
    }

    /// The same with one SGD to spend, at 0.05 a message.
    fn limited(&self, name: &str) -> Job {
        let (limit, cost) = ("1.00".to_owned(), "0.05".to_owned());
        Job { spend_limit: Some(limit), max_cost: Some(cost), ..self.job(name) }
    }

    fn arrived(&self) -> usize {
        self.sandbox.requests().len()
    }
}

fn start(job: &Job) -> Child {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.env(JOB, serde_json::to_string(job).unwrap()).env("PARTNER_MESSAGING_ALLOW", "loopback");
    command.stdout(Stdio::piped()).spawn().unwrap()
}

fn end(child: Child) -> Sum {
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{output:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}

fn wait_until(condition: impl Fn() -> bool) {
    let begun = Instant::now();
    while !condition() {
        assert!(begun.elapsed() < LONGEST, "it never came");
        std::thread::sleep(Duration::from_millis(5));
    }
}

pub(crate) fn a_rate_is_kept_together(place: &Place) {
    const RATE: u32 = 30;
    const EACH: u32 = 75;
    let job = |name| Job { messages: EACH, max_rate: Some(RATE.into()), ..place.job(name) };
    let begun = Instant::now();
    let processes = ["a", "b"].map(|name| start(&job(name)));
    // When each message had arrived at the latest, by the order of their arrival. A slow
    // machine makes it later than it was, and never earlier.
    let mut arrivals = Vec::new();
    wait_until_all(place, &mut arrivals, begun);
    for (number, arrival) in arrivals.iter().enumerate() {
        let seconds = u32::try_from(number).unwrap() / RATE;
        assert!(*arrival >= Duration::from_secs(seconds.into()), "{number} messages before {arrival:?}");
    }
    let sums = processes.map(end);
    assert!(sums.iter().all(|sum| sum.sent == u64::from(EACH) && sum.stopped.is_none()), "{sums:?}");
    assert_eq!(place.sandbox.messages().len(), 2 * EACH as usize);

    fn wait_until_all(place: &Place, arrivals: &mut Vec<Duration>, begun: Instant) {
        while arrivals.len() < 2 * EACH as usize {
            // The moment after the look: what is seen had arrived by then.
            let arrived = place.arrived();
            arrivals.resize(arrived, begun.elapsed());
            assert!(begun.elapsed() < LONGEST, "{arrived} have arrived");
            std::thread::sleep(Duration::from_millis(2));
        }
    }
}

pub(crate) fn a_spend_limit_is_kept_together(place: &Place) {
    let processes = ["a", "b"].map(|name| start(&place.limited(name)));
    let sums = processes.map(end);
    assert!(sums.iter().all(|sum| sum.stopped.as_deref() == Some("spend_limit")), "{sums:?}");
    assert_eq!(place.sandbox.messages().len(), 20, "all that there was, and no more");
    assert_eq!(sums.iter().map(|sum| sum.sent).sum::<u64>(), 20);
    let summary = Journal::open(&place.journal).unwrap().summary().wait().unwrap();
    assert_eq!((summary.sent, summary.unknown, summary.in_progress), (20, 0, 0));
}

pub(crate) fn who_has_no_limit_counts_too(place: &Place) {
    let journal = Journal::open(&place.journal).unwrap();
    let client = Client::builder().api_key(place.sandbox.api_key()).base_url(place.sandbox.url());
    let client = client.journal(&journal).spend_limit("SGD", "1.00").max_cost("SGD", "0.05");
    let client = client.build_blocking().unwrap();
    let send = |key: &str| client.send_opts(&Sms::text("+6591234567", "Hello"), &CallOptions::new().key(key));
    send("first").unwrap();
    // The client knows by now what the journal had when it began.
    let free = end(start(&Job { messages: 15, ..place.job("b") }));
    assert_eq!((free.sent, free.stopped), (15, None));
    for n in 0..4 {
        send(&format!("k{n}")).unwrap();
    }
    let error = send("too many").unwrap_err();
    assert_eq!((error.kind(), error.outcome()), (Kind::SpendLimit, Some(Outcome::NotSent)));
    assert!(error.to_string().contains("1.00 is spent"), "{error}");
    // Without a key, too.
    let error = client.send(&Sms::text("+6591234567", "Hello")).unwrap_err();
    assert_eq!(error.kind(), Kind::SpendLimit);
    assert_eq!(place.sandbox.messages().len(), 20);
}

pub(crate) fn what_a_killed_process_held_counts_as_spent(place: &Place) {
    place.sandbox.set_fault(Some(Fault::new(FaultKind::Stall { ms: None })));
    let timeout = Duration::from_secs(3);
    let mut killed = start(&Job { max_in_flight: 4, timeout, ..place.limited("a") });
    wait_until(|| place.arrived() >= 4);
    killed.kill().unwrap();
    killed.wait().unwrap();
    place.sandbox.clear_faults();
    // The server knows after the deadline that it is gone; until then the others wait.
    let sum = end(start(&place.limited("b")));
    assert_eq!(sum.stopped.as_deref(), Some("spend_limit"));
    let journal = Journal::open(&place.journal).unwrap();
    let summary = journal.summary().wait().unwrap();
    assert!(summary.unknown >= 4 && summary.in_progress == 0, "{summary:?}");
    assert_eq!((summary.sent, summary.sent + summary.unknown), (sum.sent, 20));
    // What somebody knows not to have been sent is there to be used.
    let record = journal.records(Some(Outcome::Unknown)).blocking().next().unwrap().unwrap();
    journal.resolve_not_sent(&record.key).wait().unwrap();
    let sum = end(start(&place.limited("c")));
    assert_eq!((sum.sent, sum.stopped.as_deref()), (1, Some("spend_limit")));
}
