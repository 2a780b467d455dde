//! `Retry-After` gives a bounded pause or none, whatever it says.

#![no_main]

use std::time::{Duration, SystemTime};

use libfuzzer_sys::fuzz_target;

fuzz_target!(|value: &[u8]| {
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000);
    let pause = partner_messaging::fuzzing::retry_after(value, now);
    let digits = value.trim_ascii();
    if !digits.is_empty() && digits.iter().all(u8::is_ascii_digit) {
        let pause = pause.expect("digits are seconds");
        assert!(pause <= Duration::from_secs(u32::MAX.into()));
    }
    // The last date of HTTP is in the year 9999.
    assert!(pause.is_none_or(|pause| pause < Duration::from_secs(300_000_000_000)));
});
