//! What the sandbox's own paths answer to what a web page can make a browser send.

#![allow(clippy::unwrap_used, reason = "a test may fail by panicking")]

mod support;

use partner_messaging_sandbox::Sandbox;
use support::{Answer, CONTROL, Connection, SEND, SMS};

const RESET: &str = r#"{"op":"set_state","state":{"balance":"0.00"}}"#;
const JSON: &str = "Content-Type: application/json\r\n";

fn ask(sandbox: &Sandbox, method: &str, path: &str, headers: &str, body: &str) -> Answer {
    let mut connection = Connection::to(sandbox.url());
    connection.ask_as(headers, method, path, body);
    connection.answer()
}

/// The sandbox's own host, as a browser names it.
fn host(sandbox: &Sandbox) -> &str {
    sandbox.url().strip_prefix("http://").unwrap()
}

#[test]
fn the_sandboxs_own_page_and_programs_may_drive_it() {
    let sandbox = Sandbox::start().unwrap();
    let host = host(&sandbox);
    let port = host.rsplit_once(':').unwrap().1;
    for headers in [
        format!("Host: {host}\r\n{JSON}"),
        format!("Host: localhost:{port}\r\n{JSON}"),
        format!("Host: [::1]:{port}\r\nContent-Type: Application/JSON; charset=utf-8\r\n"),
        format!("Host: {host}\r\nOrigin: http://{host}\r\nSec-Fetch-Site: same-origin\r\n{JSON}"),
        format!("Host: localhost:{port}\r\nOrigin: http://localhost:{port}\r\n{JSON}"),
        format!("Host: {host}\r\nSec-Fetch-Site: none\r\n{JSON}"),
    ] {
        let answer = ask(&sandbox, "POST", CONTROL, &headers, RESET);
        assert_eq!((answer.status, answer.body.as_str()), (200, "null"), "{headers}");
        assert_eq!(sandbox.state().balance.to_string(), "0.00", "{headers}");
        sandbox.reset();
    }
}

#[test]
fn a_page_of_another_origin_is_refused() {
    let sandbox = Sandbox::start().unwrap();
    let host = host(&sandbox);
    let port = host.rsplit_once(':').unwrap().1;
    for origin in [
        "Origin: http://evil.example\r\n".to_owned(),
        // A sandboxed frame, a file, a data: page.
        "Origin: null\r\n".to_owned(),
        "Origin:\r\n".to_owned(),
        format!("Origin: https://{host}\r\n"),
        format!("Origin: http://{host}/\r\n"),
        format!("Origin: http://{host}.evil.example\r\n"),
        format!("Origin: http://localhost:{port}\r\n"),
        // Another server of this machine.
        "Origin: http://127.0.0.1:1\r\n".to_owned(),
        "Origin: http://127.0.0.1\r\n".to_owned(),
        format!("Origin: http://{host}\r\nOrigin: http://{host}\r\n"),
        format!("Origin: http://{host}\r\nSec-Fetch-Site: cross-site\r\n"),
        "Sec-Fetch-Site: same-site\r\n".to_owned(),
    ] {
        let headers = format!("Host: {host}\r\n{origin}{JSON}");
        assert_eq!(ask(&sandbox, "POST", CONTROL, &headers, RESET).status, 403, "{origin}");
        assert_eq!(sandbox.state().balance.to_string(), "100.00", "{origin}");
        let headers = format!("Host: {host}\r\n{origin}");
        assert_eq!(ask(&sandbox, "GET", "/sandbox/events", &headers, "").status, 403, "{origin}");
        let answer = ask(&sandbox, "OPTIONS", CONTROL, &headers, "");
        assert_eq!(answer.status, 403, "{origin}");
        assert_eq!(answer.header("access-control-allow-origin"), None);
    }
    let headers = format!("Host: {host}\r\nOrigin: http://evil.example\r\n");
    assert_eq!(ask(&sandbox, "GET", "/", &headers, "").status, 403);
}

#[test]
fn a_form_is_refused_whatever_its_origin() {
    let sandbox = Sandbox::start().unwrap();
    let host = host(&sandbox);
    for content_type in [
        "",
        "Content-Type: text/plain\r\n",
        "Content-Type: application/x-www-form-urlencoded\r\n",
        "Content-Type: multipart/form-data; boundary=application/json\r\n",
        "Content-Type: text/plain; application/json\r\n",
        "Content-Type: application/jsonp\r\n",
    ] {
        for origin in [String::new(), format!("Origin: http://{host}\r\n")] {
            let headers = format!("Host: {host}\r\n{origin}{content_type}");
            assert_eq!(ask(&sandbox, "POST", CONTROL, &headers, RESET).status, 415, "{headers}");
        }
    }
    let twice = format!("Host: {host}\r\nContent-Type: text/plain\r\n{JSON}");
    assert_eq!(ask(&sandbox, "POST", CONTROL, &twice, RESET).status, 403);
    assert_eq!(sandbox.state().balance.to_string(), "100.00");
}

#[test]
fn a_name_that_was_made_to_point_here_is_refused() {
    let sandbox = Sandbox::start().unwrap();
    let port = host(&sandbox).rsplit_once(':').unwrap().1;
    for host in [
        format!("Host: evil.example:{port}\r\nOrigin: http://evil.example:{port}\r\n"),
        format!("Host: evil.example:{port}\r\nSec-Fetch-Site: same-origin\r\n"),
        format!("Host: localhost.evil.example:{port}\r\n"),
        format!("Host: 127.0.0.1:{port}\r\nHost: evil.example\r\n"),
        "Host: 10.0.0.1\r\n".to_owned(),
        "Host: 0.0.0.0\r\n".to_owned(),
        "Host:\r\n".to_owned(),
        String::new(),
    ] {
        for (method, path) in
            [("POST", CONTROL), ("GET", "/"), ("GET", "/sandbox/events"), ("GET", "/sandbox/x")]
        {
            let answer = ask(&sandbox, method, path, &format!("{host}{JSON}"), RESET);
            assert_eq!(answer.status, 403, "{host} {path}");
        }
    }
    let target = format!("http://evil.example:{port}{CONTROL}");
    let headers = format!("Host: 127.0.0.1\r\n{JSON}");
    assert_eq!(ask(&sandbox, "POST", &target, &headers, RESET).status, 403);
    assert_eq!(sandbox.state().balance.to_string(), "100.00");
}

#[test]
fn reading_changes_nothing() {
    let sandbox = Sandbox::start().unwrap();
    let host = host(&sandbox);
    for method in ["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"] {
        let mut connection = Connection::to(sandbox.url());
        let head = format!("Host: {host}\r\n{JSON}Connection: close\r\n");
        connection.ask_as(&head, method, &format!("{CONTROL}?op=reset"), RESET);
        let (bytes, _) = connection.end();
        assert!(bytes.starts_with(b"HTTP/1.1 405 "), "{method}");
    }
    assert_eq!(sandbox.state().balance.to_string(), "100.00");
}

#[test]
fn no_answer_can_be_framed_embedded_or_kept() {
    let sandbox = Sandbox::start().unwrap();
    let host = host(&sandbox);
    for (method, path, headers) in [
        ("GET", "/", ""),
        ("GET", "/", "Origin: http://evil.example\r\n"),
        ("POST", CONTROL, JSON),
        ("POST", CONTROL, ""),
        ("GET", CONTROL, ""),
        ("GET", "/sandbox/nothing", ""),
        ("POST", CONTROL, "X-Larger-Than: allowed\r\n"),
    ] {
        let body = match headers.starts_with("X-Larger") {
            true => " ".repeat(1024 * 1024 + 1),
            false => r#"{"op":"state"}"#.to_owned(),
        };
        let answer = ask(&sandbox, method, path, &format!("Host: {host}\r\n{headers}"), &body);
        let header = |name| answer.header(name).unwrap_or_default();
        let policy = header("content-security-policy");
        assert!(policy.contains("default-src 'none'"), "{method} {path}: {policy}");
        assert!(policy.contains("frame-ancestors 'none'"), "{method} {path}: {policy}");
        assert_eq!(header("cross-origin-resource-policy"), "same-origin");
        assert_eq!(header("x-content-type-options"), "nosniff");
        assert_eq!(header("cache-control"), "no-store");
        assert_eq!(answer.header("access-control-allow-origin"), None);
    }
}

#[test]
fn only_the_sandboxs_own_page_may_frame_an_email() {
    const PATH: &str = "/sandbox/entries/0/email";
    let sandbox = Sandbox::start().unwrap();
    let host = host(&sandbox);
    let key = format!("Host: {host}\r\nX-Api-Key: sandbox-key\r\n{JSON}");
    let email =
        r#"{"request":{"channel":"EMAIL","to":"a@b.example","subject":"S","htmlContent":"<p>Secret</p>"}}"#;
    assert_eq!(ask(&sandbox, "POST", SEND, &key, email).status, 200);

    let frame = format!("Host: {host}\r\nSec-Fetch-Dest: iframe\r\nSec-Fetch-Site:");
    for site in ["cross-site", "same-site"] {
        let answer = ask(&sandbox, "GET", PATH, &format!("{frame} {site}\r\n"), "");
        assert_eq!(answer.status, 403, "{site}");
        assert!(!answer.body.contains("Secret"), "{site}");
        assert!(answer.header("content-security-policy").unwrap().contains("frame-ancestors 'none'"));
    }
    // A browser that doesn't say where a request comes from goes by the policy alone.
    for headers in [format!("{frame} same-origin\r\n"), format!("Host: {host}\r\n")] {
        let answer = ask(&sandbox, "GET", PATH, &headers, "");
        assert_eq!((answer.status, answer.body.as_str()), (200, "<p>Secret</p>"), "{headers}");
        let policy = answer.header("content-security-policy").unwrap();
        for directive in ["sandbox; ", "default-src 'none'", "form-action 'none'", "frame-ancestors 'self'"] {
            assert!(policy.contains(directive), "{policy}");
        }
        assert_eq!(answer.header("cross-origin-resource-policy"), Some("same-origin"));
    }
}

#[test]
fn the_api_takes_any_host_and_origin() {
    let sandbox = Sandbox::start().unwrap();
    let headers = "Host: api.example\r\nOrigin: http://evil.example\r\nX-Api-Key: sandbox-key\r\n";
    assert_eq!(ask(&sandbox, "POST", SEND, headers, SMS).status, 200);
    let target = format!("http://api.example{SEND}");
    assert_eq!(ask(&sandbox, "POST", &target, headers, SMS).status, 200);
    assert_eq!(sandbox.messages().len(), 2);
}
