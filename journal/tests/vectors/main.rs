//! Runs the shared cases of `tests/vectors` through the asynchronous and the blocking client.

#![allow(clippy::unwrap_used)] // A test may stop at what it did not expect.

mod build;
mod calls;
mod case;
mod facts;

use std::sync::Arc;
use std::time::Duration;

use partner_messaging::{Client, Error, JournalHandle, Outcome, Spending, blocking};
use partner_messaging_journal::Journal;
use partner_messaging_sandbox::Sandbox;
use serde_json::{Value, json};

use calls::Work;
use case::{Case, Step};

/// What a case came to: the facts of its success, or its error; for a list,
/// the ids that came before the error; and the ledger.
struct Ended {
    result: Result<Value, Error>,
    got: Vec<String>,
    spending: Vec<Spending>,
}

impl Ended {
    fn refused(error: Error) -> Self {
        Self { result: Err(error), got: Vec::new(), spending: Vec::new() }
    }
}

fn check(case: &Case, ended: &Ended, sandbox: &Sandbox, journal: Option<&JournalHandle>) {
    let name = &case.name;
    let (expected, facts) = match (&ended.result, case.receipt.as_ref().or(case.result.as_ref()), &case.error)
    {
        (Ok(facts), Some(expected), None) => (expected, facts.clone()),
        (Err(error), None, Some(expected)) => {
            check_text(name, expected, &format!("{error} {error:?}"));
            let mut facts = facts::error_facts(error);
            facts["got"] = json!(ended.got);
            (expected, facts)
        }
        _ => panic!("{name}: {:?}", ended.result),
    };
    for (member, value) in expected.as_object().unwrap() {
        match member.as_str() {
            "text_has" | "text_lacks" => {}
            "headers" => {
                for (header, value) in value.as_object().unwrap() {
                    assert_eq!(&facts["headers"][header], value, "{name}: {header}");
                }
            }
            "record" | "records" | "summary" => check_part(name, value, &facts[member]),
            _ => assert_eq!(&facts[member], value, "{name}: {member} of {facts}"),
        }
    }
    if let Some(expected) = &case.spending {
        assert_eq!(&facts::spending_facts(&ended.spending), expected, "{name}: spending");
    }
    if let Some(expected) = &case.records {
        let records = journal.unwrap().records(None).blocking().collect::<Result<Vec<_>, _>>().unwrap();
        check_part(name, &json!(expected), &facts::journal_records_facts(&records));
    }
    check_requests(case, sandbox);
}

/// Of an object what is wanted is there; a list has its items.
fn check_part(name: &str, wanted: &Value, there: &Value) {
    match (wanted, there) {
        (Value::Object(wanted), Value::Object(facts)) => {
            for (member, value) in wanted {
                assert!(facts.contains_key(member), "{name}: {member}");
                check_part(name, value, &facts[member]);
            }
        }
        (Value::Array(wanted), Value::Array(items)) => {
            assert_eq!(wanted.len(), items.len(), "{name}: {there}");
            wanted.iter().zip(items).for_each(|(wanted, item)| check_part(name, wanted, item));
        }
        _ => assert_eq!(wanted, there, "{name}"),
    }
}

fn check_requests(case: &Case, sandbox: &Sandbox) {
    let (name, Some(expected)) = (&case.name, &case.requests) else { return };
    let recorded = sandbox.requests();
    assert_eq!(recorded.len(), expected.len(), "{name}: requests");
    for (request, expected) in recorded.iter().zip(expected) {
        assert_eq!((&request.method, &request.path), (&expected.method, &expected.path), "{name}");
        assert_eq!(request.json, expected.json, "{name}");
        for header in &expected.headers {
            let found = request.headers.iter().any(|(name, value)| (name, value) == header);
            assert!(found, "{name}: {header:?} in {:?}", request.headers);
        }
    }
}

fn check_text(name: &str, expected: &Value, text: &str) {
    let list = |member: &str| expected[member].as_array().cloned().unwrap_or_default();
    for part in list("text_has") {
        assert!(text.contains(part.as_str().unwrap()), "{name}: {part} in {text}");
    }
    for part in list("text_lacks") {
        assert!(!text.contains(part.as_str().unwrap()), "{name}: {part} in {text}");
    }
}

/// Pushes a step's faults.
fn begin_step(step: &Step, sandbox: &Sandbox) {
    step.faults.iter().for_each(|fault| sandbox.push_fault(fault.clone()));
}

/// Ends what its faults left, such as a closed port; it has to have had its outcome.
fn end_step(case: &Case, step: &Step, result: Result<Value, Error>, sandbox: &Sandbox) {
    sandbox.set_fault(None);
    let outcome = match &result {
        Ok(_) => Some(Outcome::Sent),
        Err(error) => error.outcome(),
    };
    if let Some(expected) = &step.outcome {
        assert_eq!(outcome.map(Outcome::as_str), Some(&**expected), "{}: {result:?}", case.name);
    }
}

fn wait_for_request(sandbox: &Sandbox, before: usize) {
    while sandbox.requests().len() == before {
        std::thread::sleep(Duration::from_millis(1));
    }
}

fn run_all(run: impl Fn(&Case, &Sandbox, Option<&Journal>) -> Ended) {
    let sandbox = Sandbox::start().unwrap();
    let cases = case::cases();
    assert!(cases.len() > 260, "only {} cases", cases.len());
    for case in &cases {
        sandbox.reset();
        if let Some(state) = &case.state {
            sandbox.set_state(state).unwrap();
        }
        let folder = tempfile::tempdir().unwrap();
        let journal = case.journal.as_ref().map(|it| {
            let journal = Journal::open(folder.path().join("journal.db")).unwrap();
            if let Some(origin) = &it.origin {
                let other = Client::builder().api_key("key").base_url(origin).journal(&journal);
                other.build().unwrap().close();
            }
            journal
        });
        let ended = run(case, &sandbox, journal.as_ref());
        check(case, &ended, &sandbox, journal.as_deref());
    }
}

#[test]
fn asynchronous() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    run_all(|case, sandbox, journal| {
        runtime.block_on(async {
            let mut got = Vec::new();
            let builder = build::builder(&case.client, sandbox);
            let client = match journal.iter().fold(builder, |it, journal| it.journal(*journal)).build() {
                Ok(client) => client,
                Err(error) => return Ended::refused(error),
            };
            let mut pending = Vec::new();
            for step in case.journal.iter().flat_map(|journal| &journal.before) {
                begin_step(step, sandbox);
                let (work, before) = (Work::of_step(step), sandbox.requests().len());
                if step.pending {
                    pending.push(tokio::spawn(work.into_send(client.clone())));
                    tokio::task::block_in_place(|| wait_for_request(sandbox, before));
                } else {
                    let result =
                        calls::asynchronous(&client, &work, journal.map(|it| &**it), &mut Vec::new()).await;
                    end_step(case, step, result, sandbox);
                }
            }
            case.faults.iter().for_each(|fault| sandbox.push_fault(fault.clone()));
            let work = Work::of_case(case);
            let result = calls::asynchronous(&client, &work, journal.map(|it| &**it), &mut got).await;
            let ended = Ended { result, got, spending: client.spending() };
            client.close();
            for call in pending {
                drop(call.await.unwrap());
            }
            ended
        })
    });
}

#[test]
fn blocking() {
    run_all(|case, sandbox, journal| {
        let mut got = Vec::new();
        let builder = build::builder(&case.client, sandbox);
        let client = match journal.iter().fold(builder, |it, journal| it.journal(*journal)).build_blocking() {
            Ok(client) => Arc::new(client),
            Err(error) => return Ended::refused(error),
        };
        let run = |client: &blocking::Client, work: &Work, got: &mut Vec<String>| {
            calls::blocking(client, work, journal.map(|it| &**it), got)
        };
        std::thread::scope(|scope| {
            for step in case.journal.iter().flat_map(|journal| &journal.before) {
                begin_step(step, sandbox);
                let (work, before) = (Work::of_step(step), sandbox.requests().len());
                if step.pending {
                    let client = client.clone();
                    scope.spawn(move || run(&client, &work, &mut Vec::new()));
                    wait_for_request(sandbox, before);
                } else {
                    end_step(case, step, run(&client, &work, &mut Vec::new()), sandbox);
                }
            }
            case.faults.iter().for_each(|fault| sandbox.push_fault(fault.clone()));
            let result = run(&client, &Work::of_case(case), &mut got);
            let ended = Ended { result, got, spending: client.spending() };
            client.close();
            ended
        })
    });
}
