//! Whatever a caller gives as a path or an id stays under the base URL.

#![no_main]

use libfuzzer_sys::fuzz_target;

const BASE: &str = "https://example.com/api/";

fuzz_target!(|text: &str| {
    if let Ok(url) = partner_messaging::fuzzing::any_path(BASE, text) {
        assert!(url.starts_with(BASE) && !url.contains(['?', '#']), "{url}");
    }
    if let Ok(url) = partner_messaging::fuzzing::message_path(BASE, text) {
        let id = url.strip_prefix("https://example.com/api/partner/message/").expect("a message's path");
        assert!(!id.is_empty() && !id.contains(['/', '?', '#', '\\']), "{url}");
        assert!(!matches!(id, "." | ".."), "{url}");
    }
});
