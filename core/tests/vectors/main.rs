//! Runs the shared cases of `tests/vectors` through the asynchronous and the blocking client.

#![allow(clippy::unwrap_used)] // A test may stop at what it did not expect.

mod build;
mod case;
mod facts;

use partner_messaging::{CallOptions, Client, Error, Message, Spending, blocking};
use partner_messaging_sandbox::Sandbox;
use serde_json::{Value, json};

use case::{Call, Case};

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

async fn asynchronous_call(
    client: &Client,
    case: &Case,
    options: &CallOptions,
    got: &mut Vec<String>,
) -> Result<Value, Error> {
    if let Some(message) = &case.message {
        let message = build::message(message).envelope()?;
        return client.send_with(&message, options).await.map(|receipt| facts::receipt_facts(&receipt));
    }
    let Some(call) = &case.call_of else { return Ok(Value::Null) };
    Ok(match call {
        Call::GetMessage { message_id } => {
            facts::record_facts(&client.get_message_with(message_id, options).await?)
        }
        Call::WaitForStatus { message_id, final_statuses } => {
            let record = client.wait_for_status_with(message_id, final_statuses.as_deref(), options).await?;
            facts::record_facts(&record)
        }
        Call::ListMessages(filter) => {
            let mut messages = client.list_messages_with(&build::filter(filter), options)?;
            while let Some(message) = messages.next().await {
                got.push(message?.message_id);
            }
            assert!(messages.next().await.is_none());
            json!({"ids": got})
        }
        Call::ListPages(filter) => {
            let mut pages = client.list_messages_with(&build::filter(filter), options)?.pages();
            let mut all = Vec::new();
            while let Some(page) = pages.next().await {
                all.push(facts::page_facts(&page?));
            }
            json!({"pages": all})
        }
        Call::GetBalance => facts::balance_facts(&client.get_balance_with(options).await?),
        Call::Request { method, path, query, json, idempotent } => {
            let request = build::request(method, path, query, json.as_ref(), *idempotent);
            facts::reply_facts(&client.request_with(&request, options).await?)
        }
        Call::SendWithFallback { messages } => {
            let messages: Vec<_> = messages.iter().map(build::message).collect();
            let messages: Vec<&dyn Message> = messages.iter().map(|message| &**message).collect();
            facts::fallback_facts(&client.send_with_fallback_with(&messages, options).await?)
        }
    })
}

fn blocking_call(
    client: &blocking::Client,
    case: &Case,
    options: &CallOptions,
    got: &mut Vec<String>,
) -> Result<Value, Error> {
    if let Some(message) = &case.message {
        let message = build::message(message).envelope()?;
        return client.send_with(&message, options).map(|receipt| facts::receipt_facts(&receipt));
    }
    let Some(call) = &case.call_of else { return Ok(Value::Null) };
    Ok(match call {
        Call::GetMessage { message_id } => {
            facts::record_facts(&client.get_message_with(message_id, options)?)
        }
        Call::WaitForStatus { message_id, final_statuses } => facts::record_facts(
            &client.wait_for_status_with(message_id, final_statuses.as_deref(), options)?,
        ),
        Call::ListMessages(filter) => {
            for message in client.list_messages_with(&build::filter(filter), options)? {
                got.push(message?.message_id);
            }
            json!({"ids": got})
        }
        Call::ListPages(filter) => {
            let pages = client.list_messages_with(&build::filter(filter), options)?.pages();
            let pages: Result<Vec<_>, _> =
                pages.map(|page| page.map(|page| facts::page_facts(&page))).collect();
            json!({"pages": pages?})
        }
        Call::GetBalance => facts::balance_facts(&client.get_balance_with(options)?),
        Call::Request { method, path, query, json, idempotent } => {
            let request = build::request(method, path, query, json.as_ref(), *idempotent);
            facts::reply_facts(&client.request_with(&request, options)?)
        }
        Call::SendWithFallback { messages } => {
            let messages: Vec<_> = messages.iter().map(build::message).collect();
            let messages: Vec<&dyn Message> = messages.iter().map(|message| &**message).collect();
            facts::fallback_facts(&client.send_with_fallback_with(&messages, options)?)
        }
    })
}

fn check(case: &Case, ended: &Ended, sandbox: &Sandbox) {
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
            _ => assert_eq!(&facts[member], value, "{name}: {member} of {facts}"),
        }
    }
    if let Some(expected) = &case.spending {
        assert_eq!(&facts::spending_facts(&ended.spending), expected, "{name}: spending");
    }
    check_requests(case, sandbox);
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

fn run_all(run: impl Fn(&Case, &Sandbox) -> Ended) {
    let sandbox = Sandbox::start().unwrap();
    let cases = case::cases();
    assert!(cases.len() > 200, "only {} cases", cases.len());
    for case in &cases {
        sandbox.reset();
        if let Some(state) = &case.state {
            sandbox.set_state(state).unwrap();
        }
        case.faults.iter().for_each(|fault| sandbox.push_fault(fault.clone()));
        check(case, &run(case, &sandbox), &sandbox);
    }
}

#[test]
fn asynchronous() {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    run_all(|case, sandbox| {
        let (options, mut got) = (build::call_options(&case.call), Vec::new());
        runtime.block_on(async move {
            let client = match build::builder(&case.client, sandbox).build() {
                Ok(client) => client,
                Err(error) => return Ended::refused(error),
            };
            let result = asynchronous_call(&client, case, &options, &mut got).await;
            Ended { result, got, spending: client.spending() }
        })
    });
}

#[test]
fn blocking() {
    run_all(|case, sandbox| {
        let (options, mut got) = (build::call_options(&case.call), Vec::new());
        let client = match build::builder(&case.client, sandbox).build_blocking() {
            Ok(client) => client,
            Err(error) => return Ended::refused(error),
        };
        let result = blocking_call(&client, case, &options, &mut got);
        Ended { result, got, spending: client.spending() }
    });
}
