//! The form of the shared cases.

use std::collections::BTreeMap;
use std::path::Path;

use partner_messaging_sandbox::Fault;
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Case {
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) client: Options,
    /// The client has a journal of its own.
    pub(crate) journal: Option<Journal>,
    #[serde(default)]
    pub(crate) call: Options,
    pub(crate) message: Option<Value>,
    /// Another call than sending `message`.
    #[serde(rename = "do")]
    pub(crate) call_of: Option<Call>,
    pub(crate) state: Option<Value>,
    #[serde(default)]
    pub(crate) faults: Vec<Fault>,
    pub(crate) requests: Option<Vec<ExpectedRequest>>,
    pub(crate) receipt: Option<Value>,
    pub(crate) result: Option<Value>,
    pub(crate) error: Option<Value>,
    pub(crate) spending: Option<Value>,
    /// What the journal has in the end.
    pub(crate) records: Option<Vec<Value>>,
}

/// What happens to a journal before the case's own call.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Journal {
    /// Where a client of it was before.
    pub(crate) origin: Option<String>,
    #[serde(default)]
    pub(crate) before: Vec<Step>,
}

/// A call before the case's own.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Step {
    #[serde(default)]
    pub(crate) call: Options,
    pub(crate) message: Option<Value>,
    #[serde(rename = "do")]
    pub(crate) call_of: Option<Call>,
    #[serde(default)]
    pub(crate) faults: Vec<Fault>,
    /// What it has to end in.
    pub(crate) outcome: Option<String>,
    /// Whether it goes on while the case runs.
    #[serde(default)]
    pub(crate) pending: bool,
}

#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Options {
    pub(crate) api_key: Option<String>,
    pub(crate) base_url: Option<String>,
    pub(crate) timeout_ms: Option<u64>,
    pub(crate) connect_timeout_ms: Option<u64>,
    pub(crate) max_retries: Option<u32>,
    pub(crate) max_connections: Option<usize>,
    pub(crate) max_response_bytes: Option<usize>,
    pub(crate) user_agent: Option<String>,
    pub(crate) proxy: Option<String>,
    pub(crate) trust_env: Option<bool>,
    pub(crate) ca_file: Option<String>,
    pub(crate) fallback_codes: Option<Vec<String>>,
    pub(crate) key: Option<String>,
    #[serde(default)]
    pub(crate) endpoints: BTreeMap<String, String>,
    #[serde(default)]
    pub(crate) headers: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ExpectedRequest {
    #[serde(default = "post")]
    pub(crate) method: String,
    #[serde(default = "send_path")]
    pub(crate) path: String,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) json: Option<Value>,
}

fn post() -> String {
    "POST".to_owned()
}

fn send_path() -> String {
    "/partner/message/send".to_owned()
}

pub(crate) fn cases() -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/vectors");
    let mut cases = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "json") {
            let text = std::fs::read_to_string(&path).unwrap();
            let found: Vec<Case> =
                serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            assert!(!found.is_empty());
            cases.extend(found);
        }
    }
    cases
}

/// A call, by its name and its arguments.
#[derive(Clone, Deserialize)]
#[serde(tag = "op", rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Call {
    GetMessage {
        message_id: String,
    },
    WaitForStatus {
        message_id: String,
        final_statuses: Option<Vec<String>>,
    },
    ListMessages(Filter),
    ListPages(Filter),
    GetBalance,
    Request {
        method: String,
        path: String,
        #[serde(default)]
        query: BTreeMap<String, String>,
        json: Option<Value>,
        idempotent: Option<bool>,
    },
    SendWithFallback {
        messages: Vec<Value>,
    },
    JournalGet {
        key: String,
    },
    JournalRecords {
        outcome: Option<String>,
    },
    JournalSummary,
    JournalResolve {
        key: String,
        outcome: String,
        message_id: Option<String>,
    },
    JournalReconcile {
        messages: BTreeMap<String, Value>,
    },
    JournalPurge {
        before: String,
    },
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Filter {
    pub(crate) channel: Option<String>,
    pub(crate) status: Option<String>,
    pub(crate) recipient: Option<String>,
    pub(crate) sender: Option<String>,
    pub(crate) since: Option<String>,
    pub(crate) until: Option<String>,
    pub(crate) page: Option<u32>,
    pub(crate) limit: Option<u32>,
    #[serde(default)]
    pub(crate) query: BTreeMap<String, String>,
}
