//! The vectors that every language runs, through real C and C++ programs.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};
use std::time::Duration;

use common::Link;
use partner_messaging_sandbox::{Fault, RecordedRequest, Sandbox};
use serde_json::{Map, Value};

#[test]
fn c_that_blocks() {
    run_all("tests/programs/vector_runner.c", "send");
}

#[test]
fn c_that_submits() {
    run_all("tests/programs/vector_runner.c", "submit");
}

#[test]
fn cpp_that_blocks() {
    run_all("tests/programs/vector_runner.cpp", "send");
}

#[test]
fn cpp_with_futures() {
    run_all("tests/programs/vector_runner.cpp", "async");
}

fn run_all(source: &str, mode: &str) {
    let mut runner = Runner::start(source, mode);
    let sandbox = Sandbox::start().unwrap();
    let mut count = 0;
    for case in cases() {
        sandbox.reset();
        let problems = runner.run(&sandbox, &case);
        assert!(problems.is_empty(), "{}: {problems:#?}", case["name"]);
        count += 1;
    }
    assert!(count > 260, "only {count} cases");
    runner.finish();
}

fn cases() -> Vec<Value> {
    let mut files: Vec<_> = fs::read_dir(common::package().join("../tests/vectors"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .collect();
    files.sort();
    let read = |path| serde_json::from_str::<Vec<Value>>(&fs::read_to_string(path).unwrap()).unwrap();
    files.into_iter().flat_map(read).collect()
}

/// A program that is told what to send, line by line, and tells what came of it.
///
/// A line to it is a command and its arguments; texts are an x and hexadecimal
/// bytes. Its answer is a line for each thing it knows, ended by `end`.
struct Runner {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Runner {
    fn start(source: &str, mode: &str) -> Self {
        let mut command = common::command(&common::compile(source, Link::Shared));
        let mut child = command.arg(mode).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let input = child.stdin.take().unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        Self { child, input, output }
    }

    /// Runs one case; returns what is not as it should be.
    fn run(&mut self, sandbox: &Sandbox, case: &Value) -> Vec<String> {
        if let Some(state) = case.get("state") {
            sandbox.set_state(state).unwrap();
        }
        let folder = tempfile::tempdir().unwrap();
        let mut problems = Vec::new();
        let mut script = Vec::new();
        client_commands(case, sandbox, &mut script);
        if let Some(journal) = case.get("journal") {
            let path = folder.path().join("journal.db");
            if let Some(origin) = journal.get("origin") {
                let origin = hex(origin.as_str().unwrap());
                script.push(format!("used_by {} {origin}", hex(path.to_str().unwrap())));
            }
            script.push(format!("journal {}", hex(path.to_str().unwrap())));
            for step in journal["before"].as_array().into_iter().flatten() {
                self.run_step(sandbox, step, &mut script, &mut problems);
            }
        }
        push_faults(sandbox, case);
        work_commands(case, &mut script);
        for wanted in ["spending", "records"] {
            if case.get(wanted).is_some() {
                script.push(wanted.to_owned());
            }
        }
        let results = self.execute(&mut script, "run");

        compare_results(case, &results, &mut problems);
        if let Some(requests) = case.get("requests") {
            compare_requests(requests.as_array().unwrap(), &sandbox.requests(), &mut problems);
        }
        problems
    }

    /// Makes a call before the case's own, with the same client.
    fn run_step(
        &mut self,
        sandbox: &Sandbox,
        step: &Value,
        script: &mut Vec<String>,
        problems: &mut Vec<String>,
    ) {
        push_faults(sandbox, step);
        work_commands(step, script);
        let before = sandbox.requests().len();
        if step.get("pending").is_some() {
            self.execute(script, "begin");
            while sandbox.requests().len() == before {
                std::thread::sleep(Duration::from_millis(1));
            }
            return;
        }
        let results = self.execute(script, "step");
        sandbox.set_fault(None);
        let outcome = match results.get("ok") {
            Some(ok) if ok == 1 => &Value::from("sent"),
            _ => &results["outcome"],
        };
        if step.get("outcome").is_some_and(|wanted| wanted != outcome) {
            problems.push(format!("before: {outcome}, not {}: {results:?}", step["outcome"]));
        }
    }

    /// Writes the script with a last command, and reads what came of it.
    fn execute(&mut self, script: &mut Vec<String>, last: &str) -> Map<String, Value> {
        script.push(last.to_owned());
        self.input.write_all((script.join("\n") + "\n").as_bytes()).unwrap();
        script.clear();
        self.read_results()
    }

    fn read_results(&mut self) -> Map<String, Value> {
        let mut results = Map::new();
        loop {
            let mut line = String::new();
            assert_ne!(self.output.read_line(&mut line).unwrap(), 0, "the program ended");
            let (name, value) = line.trim_end().split_once(' ').unwrap_or((line.trim_end(), ""));
            if name == "end" {
                return results;
            }
            let value = match value.strip_prefix('x') {
                Some(hex) => Value::from(from_hex(hex)),
                None => value.parse::<i64>().unwrap_or_else(|_| panic!("{line}")).into(),
            };
            results.insert(name.to_owned(), value);
        }
    }

    fn finish(mut self) {
        drop(self.input);
        assert!(self.child.wait().unwrap().success());
    }
}

fn push_faults(sandbox: &Sandbox, of: &Value) {
    for fault in of["faults"].as_array().into_iter().flatten() {
        sandbox.push_fault(Fault::from_json(&fault.to_string()).unwrap());
    }
}

/// A case's or a step's call.
fn work_commands(of: &Value, script: &mut Vec<String>) {
    call_commands(of, script);
    if let Some(message) = of.get("message") {
        message_commands(message, script);
    }
    if let Some(call) = of.get("do") {
        do_commands(call, of, script);
    }
}

fn client_commands(case: &Value, sandbox: &Sandbox, script: &mut Vec<String>) {
    let mut options = case["client"].as_object().cloned().unwrap_or_default();
    options.entry("api_key").or_insert_with(|| sandbox.api_key().into());
    options.entry("base_url").or_insert_with(|| sandbox.url().into());
    for (name, value) in &options {
        match value {
            Value::String(text) => script.push(format!("text {name} {}", hex(text))),
            Value::Number(number) => script.push(format!("number {name} {number}")),
            Value::Bool(flag) => script.push(format!("number {name} {}", u8::from(*flag))),
            Value::Object(paths) if name == "endpoints" => {
                for (name, path) in paths {
                    script.push(format!("endpoint {} {}", hex(name), hex(path.as_str().unwrap())));
                }
            }
            Value::Object(headers) => {
                for (name, value) in headers {
                    script.push(format!("header {} {}", hex(name), hex(value.as_str().unwrap())));
                }
            }
            other => panic!("an option that C can't be given: {name} {other}"),
        }
    }
}

/// Another call than a send.
fn do_commands(call: &Value, case: &Value, script: &mut Vec<String>) {
    let op = call["op"].as_str().unwrap();
    for (name, value) in call.as_object().unwrap() {
        match (name.as_str(), value) {
            ("op", _) => {}
            ("messages", Value::Object(messages)) => {
                for (key, message) in messages {
                    message_commands(message, script);
                    script.push(format!("next_of {}", hex(key)));
                }
            }
            ("messages", messages) => {
                for message in messages.as_array().unwrap() {
                    message_commands(message, script);
                    script.push("next".to_owned());
                }
            }
            ("final_statuses", statuses) => {
                script.push("statuses".to_owned());
                let statuses = statuses.as_array().unwrap().iter();
                script.extend(statuses.map(|status| format!("status {}", hex(status.as_str().unwrap()))));
            }
            ("query", pairs) => {
                for (name, value) in pairs.as_object().unwrap() {
                    script.push(format!("query {} {}", hex(name), hex(value.as_str().unwrap())));
                }
            }
            ("json", json) => script.push(format!("body {}", hex(&json.to_string()))),
            ("idempotent", is) => script.push(format!("idempotent {}", u8::from(is.as_bool().unwrap()))),
            (name, Value::Number(number)) => script.push(format!("argument_number {name} {number}")),
            (name, value) => script.push(format!("argument {name} {}", hex(value.as_str().unwrap()))),
        }
    }
    for (name, _) in case["result"]["headers"].as_object().into_iter().flatten() {
        script.push(format!("wanted_header {}", hex(name)));
    }
    script.push(format!("do {op}"));
}

fn call_commands(case: &Value, script: &mut Vec<String>) {
    for (name, value) in case["call"].as_object().into_iter().flatten() {
        match value {
            Value::Number(number) => script.push(format!("call_number {name} {number}")),
            Value::String(key) if name == "key" => script.push(format!("call_key {}", hex(key))),
            Value::Array(codes) => {
                script.extend(
                    codes.iter().map(|code| format!("fallback_code {}", hex(code.as_str().unwrap()))),
                );
            }
            Value::Object(headers) => {
                for (name, value) in headers {
                    script.push(format!("call_header {} {}", hex(name), hex(value.as_str().unwrap())));
                }
            }
            other => panic!("an option of a call that C can't be given: {name} {other}"),
        }
    }
}

fn message_commands(message: &Value, script: &mut Vec<String>) {
    let text = |name: &str| hex(message[name].as_str().unwrap_or_else(|| panic!("no {name}: {message}")));
    let has = |name: &str| message.get(name).is_some();
    match message["type"].as_str().unwrap() {
        "whatsapp" => {
            script.push(format!("whatsapp {} {} {}", text("to"), text("from"), text("template_id")));
        }
        "sms" if has("template_id") => {
            script.push(format!("sms_template {} {} {}", text("to"), text("sender_id"), text("template_id")));
        }
        "sms" => {
            script.push(format!("sms {} {}", text("to"), text("content")));
            if has("sender_id") {
                script.push(format!("sender_id {}", text("sender_id")));
            }
        }
        "email" => {
            script.push(format!("email {} {} {}", text("to"), text("subject"), text("html_content")));
        }
        "wire" => script.push(format!("json {}", hex(&message["json"].to_string()))),
        other => panic!("an unknown type of message: {other}"),
    }
    for (name, value) in message["template_variables"].as_object().into_iter().flatten() {
        script.push(format!("variable {} {}", hex(name), hex(value.as_str().unwrap())));
    }
}

fn compare_results(case: &Value, results: &Map<String, Value>, problems: &mut Vec<String>) {
    compare_json("spending", case.get("spending"), results, problems);
    if let Some(wanted) = case.get("records") {
        compare_part("records after", wanted, &parsed("records_after", results), problems);
    }
    let success = case.get("receipt").or(case.get("result"));
    let (wanted, succeeds) = match (success, case.get("error")) {
        (Some(receipt), None) => (receipt, true),
        (None, Some(error)) => (error, false),
        _ => panic!("neither a receipt nor an error is expected"),
    };
    if (results.get("ok") == Some(&Value::from(1))) != succeeds {
        problems.push(format!("ended in {results:#?}"));
        return;
    }
    let whole_text = results.get("text").and_then(Value::as_str).unwrap_or_default();
    for (name, wanted) in wanted.as_object().unwrap() {
        let texts = || wanted.as_array().unwrap().iter().map(|text| text.as_str().unwrap());
        match name.as_str() {
            "text_has" => {
                problems.extend(
                    texts()
                        .filter(|text| !whole_text.contains(text))
                        .map(|text| format!("the text lacks {text:?}: {whole_text}")),
                );
            }
            "text_lacks" => {
                problems.extend(
                    texts()
                        .filter(|text| whole_text.contains(text))
                        .map(|text| format!("the text has {text:?}: {whole_text}")),
                );
            }
            "raw" | "ids" | "got" | "pages" | "trail" => {
                compare_json(name, Some(wanted), results, problems);
            }
            "record" | "records" | "summary" => {
                compare_part(name, wanted, &parsed(name, results), problems);
            }
            "replayed" => {
                let there = results.get(name);
                if there != Some(&Value::from(i64::from(wanted.as_bool().unwrap()))) {
                    problems.push(format!("replayed is {there:?}, not {wanted}"));
                }
            }
            // No data is `null`.
            "data" if results.get("data").is_some() => compare_json(name, Some(wanted), results, problems),
            "headers" => {
                for (header, wanted) in wanted.as_object().unwrap() {
                    let there = results.get(&format!("header:{header}"));
                    if there != Some(wanted) {
                        problems.push(format!("the header {header} is {there:?}, not {wanted}"));
                    }
                }
            }
            name => {
                let there = results.get(name).unwrap_or(&Value::Null);
                if there != wanted {
                    problems.push(format!("{name} is {there}, not {wanted}"));
                }
            }
        }
    }
}

/// A result that is JSON text.
fn compare_json(
    name: &str,
    wanted: Option<&Value>,
    results: &Map<String, Value>,
    problems: &mut Vec<String>,
) {
    let Some(wanted) = wanted else { return };
    let there = results.get(name).and_then(Value::as_str).unwrap_or_default();
    if serde_json::from_str::<Value>(there).ok().as_ref() != Some(wanted) {
        problems.push(format!("{name} is {there}, not {wanted}"));
    }
}

/// A result that is JSON text; `null` where there is none.
fn parsed(name: &str, results: &Map<String, Value>) -> Value {
    let text = results.get(name).and_then(Value::as_str);
    text.map_or(Value::Null, |text| serde_json::from_str(text).unwrap_or_else(|_| panic!("{text}")))
}

/// Of an object what is wanted is there; a list has its items.
fn compare_part(name: &str, wanted: &Value, there: &Value, problems: &mut Vec<String>) {
    match (wanted, there) {
        (Value::Object(wanted), Value::Object(facts)) => {
            for (member, value) in wanted {
                let fact = facts.get(member).unwrap_or_else(|| panic!("{name} has no {member}: {there}"));
                compare_part(&format!("{name}.{member}"), value, fact, problems);
            }
        }
        (Value::Array(wanted), Value::Array(items)) if wanted.len() == items.len() => {
            wanted.iter().zip(items).for_each(|(wanted, item)| compare_part(name, wanted, item, problems));
        }
        _ if wanted == there => {}
        _ => problems.push(format!("{name} is {there}, not {wanted}")),
    }
}

fn compare_requests(wanted: &[Value], there: &[RecordedRequest], problems: &mut Vec<String>) {
    if wanted.len() != there.len() {
        problems.push(format!("{} requests arrived, not {}", there.len(), wanted.len()));
        return;
    }
    for (wanted, request) in wanted.iter().zip(there) {
        let method = wanted.get("method").and_then(Value::as_str).unwrap_or("POST");
        let path = wanted.get("path").and_then(Value::as_str).unwrap_or("/partner/message/send");
        if request.method != method || request.path != path {
            problems.push(format!("{} {}", request.method, request.path));
        }
        for (name, value) in wanted["headers"].as_object().into_iter().flatten() {
            if request.header(&name.to_ascii_lowercase()) != value.as_str() {
                problems.push(format!("the header {name} is {:?}, not {value}", request.header(name)));
            }
        }
        if request.json.as_ref() != wanted.get("json") {
            problems.push(format!("the body is {}, not {:?}", request.body, wanted.get("json")));
        }
    }
}

fn hex(text: &str) -> String {
    text.bytes().fold("x".to_owned(), |hex, byte| hex + &format!("{byte:02x}"))
}

fn from_hex(hex: &str) -> String {
    let byte = |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap();
    String::from_utf8(hex.as_bytes().chunks(2).map(byte).collect()).unwrap()
}
