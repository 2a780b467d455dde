//! The calls that the cases ask for, by both clients.

use partner_messaging::{CallOptions, Client, Error, JournalHandle, Message, Receipt, blocking, outcome_of};
use serde_json::{Value, json};

use crate::case::{Call, Case, Step};
use crate::{build, facts};

/// A send, or another call; neither: nothing is asked.
pub(crate) struct Work {
    message: Option<Value>,
    call: Option<Call>,
    options: CallOptions,
}

impl Work {
    pub(crate) fn of_case(case: &Case) -> Self {
        let options = build::call_options(&case.call);
        Self { message: case.message.clone(), call: case.call_of.clone(), options }
    }

    pub(crate) fn of_step(step: &Step) -> Self {
        let options = build::call_options(&step.call);
        Self { message: step.message.clone(), call: step.call_of.clone(), options }
    }

    /// The send alone, for another task.
    pub(crate) async fn into_send(self, client: Client) -> Result<Receipt, Error> {
        let message = build::message(&self.message.unwrap()).prepare().unwrap();
        client.send_opts(&message, &self.options).await
    }
}

pub(crate) async fn asynchronous(
    client: &Client,
    work: &Work,
    journal: Option<&JournalHandle>,
    got: &mut Vec<String>,
) -> Result<Value, Error> {
    let options = &work.options;
    if let Some(message) = &work.message {
        let message = build::message(message).prepare()?;
        return client.send_opts(&message, options).await.map(|receipt| facts::receipt_facts(&receipt));
    }
    let Some(call) = &work.call else { return Ok(Value::Null) };
    Ok(match call {
        Call::GetMessage { message_id } => {
            facts::record_facts(&client.get_message_opts(message_id, options).await?)
        }
        Call::WaitForStatus { message_id, final_statuses } => {
            let record = client.wait_for_status_opts(message_id, final_statuses.as_deref(), options).await?;
            facts::record_facts(&record)
        }
        Call::ListMessages(filter) => {
            let mut messages = client.list_messages_opts(&build::filter(filter), options)?;
            while let Some(message) = messages.next().await {
                got.push(message?.message_id);
            }
            assert!(messages.next().await.is_none());
            json!({"ids": got})
        }
        Call::ListPages(filter) => {
            let mut pages = client.list_messages_opts(&build::filter(filter), options)?.pages();
            let mut all = Vec::new();
            while let Some(page) = pages.next().await {
                all.push(facts::page_facts(&page?));
            }
            json!({"pages": all})
        }
        Call::GetBalance => facts::balance_facts(&client.get_balance_opts(options).await?),
        Call::Request { method, path, query, json, idempotent } => {
            let request = build::request(method, path, query, json.as_ref(), *idempotent);
            facts::reply_facts(&client.request_opts(&request, options).await?)
        }
        Call::SendWithFallback { messages } => {
            let messages: Vec<_> = messages.iter().map(build::message).collect();
            let messages: Vec<&dyn Message> = messages.iter().map(|message| &**message).collect();
            facts::fallback_facts(&client.send_with_fallback_opts(&messages, options).await?)
        }
        Call::JournalReconcile { messages } => {
            let keyed: Vec<_> =
                messages.iter().map(|(key, message)| (key, build::message(message))).collect();
            let given: Vec<_> = keyed.iter().map(|(key, message)| (key.as_str(), &**message)).collect();
            let records = journal.unwrap().reconcile(client, &given).await?;
            json!({"records": facts::journal_records_facts(&records)})
        }
        other => of_journal(journal.unwrap(), other)?,
    })
}

pub(crate) fn blocking(
    client: &blocking::Client,
    work: &Work,
    journal: Option<&JournalHandle>,
    got: &mut Vec<String>,
) -> Result<Value, Error> {
    let options = &work.options;
    if let Some(message) = &work.message {
        let message = build::message(message).prepare()?;
        return client.send_opts(&message, options).map(|receipt| facts::receipt_facts(&receipt));
    }
    let Some(call) = &work.call else { return Ok(Value::Null) };
    Ok(match call {
        Call::GetMessage { message_id } => {
            facts::record_facts(&client.get_message_opts(message_id, options)?)
        }
        Call::WaitForStatus { message_id, final_statuses } => facts::record_facts(
            &client.wait_for_status_opts(message_id, final_statuses.as_deref(), options)?,
        ),
        Call::ListMessages(filter) => {
            for message in client.list_messages_opts(&build::filter(filter), options)? {
                got.push(message?.message_id);
            }
            json!({"ids": got})
        }
        Call::ListPages(filter) => {
            let pages = client.list_messages_opts(&build::filter(filter), options)?.pages();
            let pages: Result<Vec<_>, _> =
                pages.map(|page| page.map(|page| facts::page_facts(&page))).collect();
            json!({"pages": pages?})
        }
        Call::GetBalance => facts::balance_facts(&client.get_balance_opts(options)?),
        Call::Request { method, path, query, json, idempotent } => {
            let request = build::request(method, path, query, json.as_ref(), *idempotent);
            facts::reply_facts(&client.request_opts(&request, options)?)
        }
        Call::SendWithFallback { messages } => {
            let messages: Vec<_> = messages.iter().map(build::message).collect();
            let messages: Vec<&dyn Message> = messages.iter().map(|message| &**message).collect();
            facts::fallback_facts(&client.send_with_fallback_opts(&messages, options)?)
        }
        Call::JournalReconcile { messages } => {
            let keyed: Vec<_> =
                messages.iter().map(|(key, message)| (key, build::message(message))).collect();
            let given: Vec<_> = keyed.iter().map(|(key, message)| (key.as_str(), &**message)).collect();
            let records = journal.unwrap().reconcile_blocking(client, &given)?;
            json!({"records": facts::journal_records_facts(&records)})
        }
        other => of_journal(journal.unwrap(), other)?,
    })
}

/// What needs no client.
fn of_journal(journal: &JournalHandle, call: &Call) -> Result<Value, Error> {
    Ok(match call {
        Call::JournalGet { key } => {
            json!({"record": journal.get(key).wait()?.as_ref().map(facts::journal_record_facts)})
        }
        Call::JournalRecords { outcome } => {
            let outcome = outcome.as_ref().map(|word| outcome_of("outcome", word)).transpose()?;
            let records = journal.records(outcome).blocking().collect::<Result<Vec<_>, _>>()?;
            json!({"records": facts::journal_records_facts(&records)})
        }
        Call::JournalSummary => json!({"summary": facts::journal_summary_facts(&journal.summary().wait()?)}),
        Call::JournalResolve { key, outcome, message_id } => {
            let record = match (outcome.as_str(), message_id) {
                ("sent", Some(id)) => journal.resolve_sent(key, id).wait()?,
                ("not_sent", None) => journal.resolve_not_sent(key).wait()?,
                _ => panic!("nobody can say that: {outcome}"),
            };
            json!({"record": facts::journal_record_facts(&record)})
        }
        Call::JournalPurge { before } => json!({"purged": journal.purge_before(before).wait()?}),
        _ => unreachable!(),
    })
}
