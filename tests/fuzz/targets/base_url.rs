//! A base URL is refused, or leads to an encrypted origin or to this machine;
//! no part of it is ever shown.

#![no_main]

use libfuzzer_sys::fuzz_target;
use partner_messaging::{Client, Kind};

fuzz_target!(|url: &str| {
    let built = Client::builder().api_key("sandbox-key").base_url(url).trust_env(false).http2(false).build();
    match built {
        Ok(_) => {
            let lower = url.to_ascii_lowercase();
            assert!(lower.starts_with("https:") || lower.starts_with("http:"), "{url:?}");
            assert!(!url.contains(['?', '#', '\n', '\r', ' ']), "{url:?}");
        }
        Err(error) => {
            assert_eq!(error.kind(), Kind::Config);
            assert_eq!(error.field(), Some("base_url"));
            if url.len() > 24 {
                assert!(!error.to_string().contains(url), "{error}");
            }
        }
    }
});
