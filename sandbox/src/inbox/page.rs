//! The page, which is built from `sandbox/inbox` and has everything in it.

use crate::api::Response;

const PAGE: &str = include_str!("page.html");

/// What the page may do: run the script and the style in it, known by their digests, ask its own
/// sandbox, and frame an email of its own sandbox.
const POLICY: &str = include_str!("page.policy");

pub(crate) fn page() -> Response {
    let answer = Response::text(200, PAGE).with("content-type", "text/html; charset=utf-8");
    answer.with("content-security-policy", POLICY.trim_end())
}
