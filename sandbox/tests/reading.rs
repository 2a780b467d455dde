//! The endpoints that read, over real sockets: a message, the list of them, the credit.

#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod support;

use std::time::{Duration, Instant};

use partner_messaging_sandbox::Sandbox;
use serde_json::{Value, json};
use support::{Answer, Connection, SMS, get, push, send};

const LIST: &str = "/partner/message";
const BALANCE: &str = "/partner/credit/balance";
const WHATSAPP: &str =
    r#"{"request":{"channel":"WHATSAPP","to":"+6591234567","from":"+1234567890","templateId":"HX1"}}"#;
const EMAIL: &str =
    r#"{"request":{"channel":"EMAIL","to":"a b@x","senderId":"Shop","subject":"s","htmlContent":"h"}}"#;

/// A sandbox whose messages stay as they are.
fn quiet() -> Sandbox {
    let sandbox = Sandbox::start().unwrap();
    sandbox.set_state(&json!({"delivery": {"after_ms": null}})).unwrap();
    sandbox
}

fn sent(sandbox: &Sandbox, body: &str) -> String {
    let answer = send(sandbox, body);
    assert_eq!(answer.status, 200, "{}", answer.body);
    assert_eq!(answer.json()["data"]["status"], "SENT");
    answer.json()["data"]["messageId"].as_str().unwrap().to_owned()
}

fn record(sandbox: &Sandbox, id: &str) -> Value {
    let answer = get(sandbox, &format!("{LIST}/{id}"));
    assert_eq!((answer.status, &answer.json()["success"]), (200, &json!(true)));
    answer.json()["data"].clone()
}

fn ids(answer: &Answer) -> Vec<String> {
    let json = answer.json();
    let messages = json["data"]["messages"].as_array().unwrap();
    messages.iter().map(|message| message["messageId"].as_str().unwrap().to_owned()).collect()
}

/// The milliseconds between two of the sandbox's moments of the same minute.
fn milliseconds(from: &Value, to: &Value) -> i64 {
    let of_minute = |moment: &Value| {
        let moment = moment.as_str().unwrap();
        assert_eq!(moment.len(), "2026-01-02T03:04:05.678Z".len());
        moment[17..19].parse::<i64>().unwrap() * 1000 + moment[20..23].parse::<i64>().unwrap()
    };
    (of_minute(to) - of_minute(from)).rem_euclid(60_000)
}

#[test]
fn a_message_is_read_with_the_members_of_its_send_and_more() {
    let sandbox = quiet();
    let date = |answer: &Answer| answer.header("date").unwrap().to_owned();
    let before = date(&get(&sandbox, BALANCE));
    let id = sent(&sandbox, WHATSAPP);
    let answer = get(&sandbox, &format!("{LIST}/{id}"));
    assert_eq!(answer.header("content-type"), Some("application/json"));
    let created = answer.json()["data"]["createdAt"].as_str().unwrap().to_owned();
    assert_eq!(
        answer.body,
        format!(
            "{{\"success\":true,\"data\":{{\"messageId\":\"{id}\",\"recipient\":\"+6591234567\",\
             \"channel\":\"WHATSAPP\",\"status\":\"SENT\",\"cost\":0.12,\"currency\":\"SGD\",\
             \"sender\":\"+1234567890\",\"createdAt\":\"{created}\",\"updatedAt\":\"{created}\"}}}}"
        )
    );
    // The moment is told in UTC, as HTTP's own is.
    let (day, year, hour) = (&created[8..10], &created[..4], &created[11..13]);
    let shown =
        |http: &String| http.contains(&format!(", {day} ")) && http.contains(&format!(" {year} {hour}:"));
    assert!([before, date(&answer)].iter().any(shown), "{created}");

    // Percent-encoded it is the same id.
    let (letters, first) = (id.strip_prefix('m').unwrap(), "%6D");
    assert_eq!(record(&sandbox, &format!("{first}{letters}?x=1"))["messageId"], json!(id));
    // Without a template's sender there is none, and senderId stands in for from.
    let id = sent(&sandbox, SMS);
    assert_eq!(record(&sandbox, &id).get("sender"), None);
    let id = sent(&sandbox, &EMAIL.replace("a b", "ab"));
    assert_eq!(record(&sandbox, &id)["sender"], "Shop");
}

#[test]
fn a_message_that_is_not_there_is_not_found() {
    let sandbox = quiet();
    for id in ["msg_1", "send%2F", "%zz", "%ff", "%00"] {
        let answer = get(&sandbox, &format!("{LIST}/{id}"));
        assert_eq!(answer.code(), (404, "MESSAGE_NOT_FOUND".to_owned()), "{id}");
    }
    // Neither of these is the path of a message.
    for path in ["/partner/message/", "/partner/message/a/b", "/partner/messages"] {
        let answer = get(&sandbox, path);
        assert_eq!((answer.status, answer.body.as_str()), (404, "not found"));
    }
}

#[test]
fn the_credit_is_told_with_its_own_digits() {
    let sandbox = quiet();
    let body = |sandbox: &Sandbox| get(sandbox, BALANCE).body;
    assert_eq!(body(&sandbox), r#"{"success":true,"data":{"balance":100.00,"currency":"SGD"}}"#);
    sent(&sandbox, WHATSAPP);
    assert_eq!(body(&sandbox), r#"{"success":true,"data":{"balance":99.88,"currency":"SGD"}}"#);
    sandbox.set_state(&json!({"balance": "-0.1000000000", "currency": "MYR"})).unwrap();
    assert_eq!(body(&sandbox), r#"{"success":true,"data":{"balance":-0.1000000000,"currency":"MYR"}}"#);
}

#[test]
fn pages_go_from_the_newest_to_the_oldest() {
    let sandbox = quiet();
    let answer = get(&sandbox, LIST);
    let empty =
        json!({"messages": [], "page": 1, "limit": 50, "total": 0, "totalPages": 0, "hasMore": false});
    assert_eq!(answer.json(), json!({"success": true, "data": empty}));

    let mut newest_first: Vec<_> = (0..5).map(|_| sent(&sandbox, SMS)).collect();
    newest_first.reverse();
    let all = get(&sandbox, LIST);
    assert_eq!(ids(&all), newest_first);
    assert_eq!(all.body.matches("\"cost\":0.05,").count(), 5, "{}", all.body);
    assert_eq!(all.json()["data"]["messages"][0], record(&sandbox, &newest_first[0]));
    for (page, found, more) in
        [(1, &newest_first[..2], true), (2, &newest_first[2..4], true), (3, &newest_first[4..], false)]
    {
        let answer = get(&sandbox, &format!("{LIST}?limit=2&page={page}"));
        assert_eq!(ids(&answer), found);
        let mut data = answer.json()["data"].clone();
        data["messages"].take();
        let told =
            json!({"messages": null, "page": page, "limit": 2, "total": 5, "totalPages": 3, "hasMore": more});
        assert_eq!(data, told);
    }
    // A full last page has none after it, and past the end there is nothing but the totals.
    assert_eq!(get(&sandbox, "/partner/message?limit=5").json()["data"]["hasMore"], false);
    for page in ["4", "4294967295"] {
        let data = get(&sandbox, &format!("{LIST}?limit=2&page={page}")).json()["data"].clone();
        assert_eq!((&data["messages"], &data["total"]), (&json!([]), &json!(5)));
        assert_eq!(data["hasMore"], false);
    }
}

#[test]
fn a_page_that_cannot_be_is_refused() {
    let sandbox = quiet();
    for query in [
        "page=0",
        "page=-1",
        "page=",
        "page",
        "page=x",
        "page=1.0",
        "page=%2B1",
        "page=4294967296",
        "limit=0",
        "limit=101",
        "limit=",
        "limit=1&limit=2",
        "page=1&page=1",
    ] {
        let answer = get(&sandbox, &format!("{LIST}?{query}"));
        assert_eq!(answer.code(), (400, "INVALID_PAGINATION".to_owned()), "{query}");
        assert!(answer.json()["error"].as_str().unwrap().starts_with(&query[..4]), "{}", answer.body);
    }
    for query in ["page=1&limit=100", "limit=1", "", "&&", "sort=up&page=1&sort=down"] {
        assert_eq!(get(&sandbox, &format!("{LIST}?{query}")).status, 200, "{query}");
    }
}

#[test]
fn filters_are_exact() {
    let sandbox = quiet();
    let whatsapp = sent(&sandbox, WHATSAPP);
    let sms = sent(&sandbox, SMS);
    let email = sent(&sandbox, &EMAIL.replace("a b", "ab"));
    sandbox.advance(Some(&sms), "FAILED").unwrap();
    for (query, found) in [
        ("channel=SMS", &[&sms][..]),
        ("channel=sms", &[]),
        ("status=SENT", &[&email, &whatsapp]),
        ("status=FAILED", &[&sms]),
        ("recipient=%2B6591234567", &[&whatsapp]),
        ("recipient=ab%40x", &[&email]),
        ("recipient=ab@x", &[&email]),
        ("recipient=ab", &[]),
        ("sender=Shop", &[&email]),
        ("sender=%2B1234567890", &[&whatsapp]),
        ("sender=", &[]),
        ("status=SENT&channel=EMAIL", &[&email]),
        ("status=SENT&channel=SMS", &[]),
        ("Channel=SMS", &[&email, &sms, &whatsapp]),
    ] {
        let answer = get(&sandbox, &format!("{LIST}?{query}"));
        assert_eq!(ids(&answer).iter().collect::<Vec<_>>(), found, "{query}");
        assert_eq!(answer.json()["data"]["total"], found.len(), "{query}");
    }
    let answer = get(&sandbox, &format!("{LIST}?status=SENT&limit=1&page=2"));
    assert_eq!(ids(&answer), [whatsapp]);
    let answer = get(&sandbox, &format!("{LIST}?status=SENT&status=FAILED"));
    assert_eq!(answer.code(), (400, "VALIDATION_ERROR".to_owned()));
}

#[test]
fn since_is_inclusive_and_until_is_not() {
    let sandbox = quiet();
    let first = sent(&sandbox, SMS);
    std::thread::sleep(Duration::from_millis(3));
    let second = sent(&sandbox, SMS);
    let moment = record(&sandbox, &second)["createdAt"].as_str().unwrap().to_owned();
    let find = |query: &str| ids(&get(&sandbox, &format!("{LIST}?{query}")));
    assert_eq!(find(&format!("since={moment}")), [second.as_str()]);
    assert_eq!(find(&format!("until={moment}")), [first.as_str()]);
    assert!(find(&format!("since={moment}&until={moment}")).is_empty());
    let just_after = moment.replace('Z', "0001Z");
    assert!(find(&format!("since={just_after}")).is_empty());
    assert_eq!(find(&format!("until={just_after}")).len(), 2);
    let same_moment_elsewhere = moment.replace('Z', "%2B00:00");
    assert_eq!(find(&format!("since={same_moment_elsewhere}")), [second.as_str()]);
    assert_eq!(find("since=2020-01-01&until=9999-12-31T23:59:59-08:00").len(), 2);
    assert!(find("until=2020-01-01").is_empty());
    for query in ["since=", "since=yesterday", "until=2026-13-01", "since=2026-01-01&since=2026-01-01"] {
        let answer = get(&sandbox, &format!("{LIST}?{query}"));
        assert_eq!(answer.code(), (400, "VALIDATION_ERROR".to_owned()), "{query}");
        assert!(answer.json()["error"].as_str().unwrap().starts_with(&query[..5]), "{}", answer.body);
    }
}

#[test]
fn totals_can_be_taken_away_and_the_layout_changed() {
    let sandbox = quiet();
    sent(&sandbox, SMS);
    let data = |patch: Value| {
        sandbox.set_state(&patch).unwrap();
        let mut data = get(&sandbox, "/partner/message?limit=1").json()["data"].take();
        let messages = if data.is_array() { &mut data } else { &mut data["messages"] };
        assert_eq!(messages.as_array().unwrap().len(), 1);
        *messages = json!("one");
        data
    };
    assert_eq!(
        data(json!({"page_totals": ["hasMore"]})),
        json!({"messages": "one", "page": 1, "limit": 1, "hasMore": false})
    );
    assert_eq!(data(json!({"page_totals": []})), json!({"messages": "one", "page": 1, "limit": 1}));
    assert_eq!(
        data(json!({"page_totals": ["totalPages", "total"], "page_style": "pagination"})),
        json!({"messages": "one", "pagination": {"page": 1, "limit": 1, "total": 1, "totalPages": 1}})
    );
    assert_eq!(data(json!({"page_style": "array"})), json!("one"));
}

#[test]
fn a_status_changes_when_its_time_has_come() {
    let sandbox = Sandbox::start().unwrap();
    let delivery = |delivery: Value| sandbox.set_state(&json!({"delivery": delivery})).unwrap();
    delivery(json!({"after_ms": 300}));
    let begin = Instant::now();
    let delivered = sent(&sandbox, SMS);
    delivery(json!({"after_ms": 0, "status": "FAILED"}));
    // The setting at the time of acceptance counts.
    let status = record(&sandbox, &delivered)["status"].take();
    assert!(status == "SENT" || begin.elapsed() >= Duration::from_millis(300), "{status}");
    let failed = sent(&sandbox, SMS);
    assert_eq!(record(&sandbox, &failed)["status"], "FAILED");
    delivery(json!({"after_ms": null}));
    let kept = sent(&sandbox, SMS);

    while record(&sandbox, &delivered)["status"] == "SENT" {
        std::thread::sleep(Duration::from_millis(5));
    }
    let message = record(&sandbox, &delivered);
    assert_eq!(message["status"], "DELIVERED");
    assert_eq!(milliseconds(&message["createdAt"], &message["updatedAt"]), 300);
    assert_eq!(record(&sandbox, &kept)["status"], "SENT");
    assert_eq!(ids(&get(&sandbox, "/partner/message?status=DELIVERED")), [delivered]);
    let statuses: Vec<_> = sandbox.messages().iter().map(|message| message["status"].clone()).collect();
    assert_eq!(statuses, ["DELIVERED", "FAILED", "SENT"]);
}

#[test]
fn a_status_that_was_set_stays() {
    let sandbox = Sandbox::start().unwrap();
    sandbox.advance(None, "READ").unwrap();
    sandbox.set_state(&json!({"delivery": {"after_ms": 100}})).unwrap();
    let first = sent(&sandbox, SMS);
    let second = sent(&sandbox, SMS);
    std::thread::sleep(Duration::from_millis(20));
    sandbox.advance(Some(&first), "QUEUED").unwrap();
    let message = record(&sandbox, &first);
    assert_eq!(message["status"], "QUEUED");
    assert!((20..60_000).contains(&milliseconds(&message["createdAt"], &message["updatedAt"])));
    while record(&sandbox, &second)["status"] == "SENT" {
        std::thread::sleep(Duration::from_millis(5));
    }
    assert_eq!(record(&sandbox, &first), message);

    sandbox.advance(None, "READ").unwrap();
    for id in [&first, &second] {
        assert_eq!(record(&sandbox, id)["status"], "READ");
    }
    for (id, status, field) in [(Some("msg_1"), "READ", "message_id"), (None, "", "status")] {
        assert_eq!(sandbox.advance(id, status).unwrap_err().field(), Some(field));
    }
    assert_eq!(get(&sandbox, "/partner/message?status=READ").json()["data"]["total"], 2);
    sandbox.reset();
    assert_eq!(get(&sandbox, &format!("{LIST}/{first}")).code().1, "MESSAGE_NOT_FOUND");
}

#[test]
fn reading_is_refused_and_disturbed_like_sending() {
    let sandbox = quiet();
    let id = sent(&sandbox, SMS);
    let message = format!("{LIST}/{id}");
    for path in [LIST, BALANCE, &message] {
        let mut connection = Connection::to(sandbox.url());
        connection.ask("GET", path, "x-api-key: other\r\n", "");
        assert_eq!(connection.answer().code(), (401, "UNAUTHORIZED".to_owned()));
        for method in ["POST", "PUT", "DELETE", "OPTIONS"] {
            connection.ask(method, path, "", "");
            let answer = connection.answer();
            assert_eq!((answer.status, answer.header("allow")), (405, Some("GET")), "{method} {path}");
            assert_eq!(answer.body, "method not allowed");
        }
        for (patch, status, code) in [
            (json!({"organization": "missing"}), 404, "ORG_NOT_FOUND"),
            (json!({"organization": "inactive"}), 403, "ORG_INACTIVE"),
            (json!({"organization": "active", "app": "missing"}), 404, "APP_NOT_FOUND"),
            (json!({"app": "inactive"}), 403, "APP_INACTIVE"),
        ] {
            sandbox.set_state(&patch).unwrap();
            assert_eq!(connection.get(path).code(), (status, code.to_owned()));
        }
        sandbox.set_state(&json!({"organization": null, "app": null})).unwrap();

        push(&sandbox, r#"{"kind":"html502"}"#);
        push(&sandbox, r#"{"kind":"unreadable"}"#);
        assert_eq!(connection.get(path).status, 502);
        assert_eq!(connection.get(path).body, "accepted, but this is not JSON");
        assert_eq!(connection.get(path).status, 200);
        push(&sandbox, r#"{"kind":"close_after_read"}"#);
        connection.ask("GET", path, "x-api-key: sandbox-key\r\n", "");
        assert_eq!(connection.end(), (Vec::new(), support::End::Fin));
    }
    assert_eq!(sandbox.requests().last().unwrap().path, message);
}
