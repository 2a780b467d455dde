//! Going through lists ends, and no error shows what it must not, whatever the service answers.

#![no_main]

use libfuzzer_sys::fuzz_target;
use partner_messaging::{ErrorClass, Outcome};

const STATUSES: [u16; 8] = [200, 201, 204, 302, 400, 404, 429, 503];

// The first byte chooses the status; the rest is the body, given for every page.
fuzz_target!(|data: &[u8]| {
    let Some((choice, body)) = data.split_first() else { return };
    let status = STATUSES[usize::from(*choice) % STATUSES.len()];
    let (pages, error) = partner_messaging::fuzzing::pages(status, body);
    assert!(pages <= 1, "{pages} pages of a service that gives one for all");
    if let Some(error) = error {
        assert!(matches!(error.outcome(), None::<Outcome>));
        assert_ne!(error.class(), ErrorClass::OutcomeUnknown);
        assert!(!format!("{error} {error:?}").contains("+6591234567"));
    }
});
