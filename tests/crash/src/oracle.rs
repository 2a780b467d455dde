//! What must hold, whatever happened.

use std::collections::BTreeMap;
use std::path::Path;

use partner_messaging::Outcome;
use partner_messaging_journal::Journal;

use crate::driver::Ended;
use crate::server::Server;

/// What the runs over one journal were told.
#[derive(Default)]
pub struct Oracle {
    told: BTreeMap<u64, Vec<String>>,
    /// How many calls may have been in flight when their process was killed.
    interrupted: u64,
}

impl Oracle {
    /// Takes what a run was told. `in_flight`: how many calls it had at a time.
    pub fn note(&mut self, ended: &Ended, in_flight: u64) {
        for (number, said) in &ended.told {
            self.told.entry(*number).or_default().push(said.clone());
        }
        if ended.killed {
            self.interrupted += in_flight;
        }
    }

    /// After the last run, in which nothing was killed, over the numbers `first..end`.
    ///
    /// # Panics
    /// At the first contradiction. `bounds_unknowns`: only what was in flight may be unknown.
    pub fn check(
        &self,
        server: &Server,
        journal: &Path,
        numbers: std::ops::Range<u64>,
        bounds_unknowns: bool,
    ) {
        let journal = Journal::open(journal).unwrap();
        let mut unknown = 0;
        for number in numbers.clone() {
            let accepted = server.times_accepted(number);
            assert!(
                accepted <= 1,
                "message {number} was accepted {accepted} times: {:?}",
                self.told.get(&number)
            );
            let record = journal.get(&format!("key-{number:06}")).wait().unwrap();
            let record = record.unwrap_or_else(|| panic!("key {number} has no record"));
            match record.outcome {
                None => panic!("key {number} has no end"),
                Some(Outcome::Sent) => assert_eq!(accepted, 1, "key {number} is sent and wasn't accepted"),
                Some(Outcome::Unknown) if Server::is_silent(number) => {}
                Some(Outcome::Unknown) => unknown += 1,
                Some(_) => assert_eq!(accepted, 0, "key {number} is {:?} and was accepted", record.outcome),
            }
            assert!(record.conflict.is_none(), "key {number} has a conflict");
            let told = self.told.get(&number).map(Vec::as_slice).unwrap_or_default();
            let last = told.last().unwrap_or_else(|| panic!("nobody was told of {number}"));
            for said in told {
                match said.as_str() {
                    "sent" | "replayed" => assert_eq!(accepted, 1, "{number} was told sent: {told:?}"),
                    "unknown" | "not_sent" => {}
                    "rejected" => assert!(Server::refuses(number), "{number}: {told:?}"),
                    other => panic!("{number} was told {other}"),
                }
            }
            assert!(
                told.iter().filter(|said| *said == "sent").count() <= 1,
                "{number} was sent twice: {told:?}"
            );
            if last == "not_sent" || last == "rejected" {
                assert_eq!(accepted, 0, "{number} was told {last}, and was accepted");
            }
        }
        let summary = journal.summary().wait().unwrap();
        let sum = summary.sent + summary.rejected + summary.not_sent + summary.unknown + summary.in_progress;
        assert_eq!(sum, numbers.end - numbers.start, "the sums don't add up");
        if bounds_unknowns {
            let most = self.interrupted;
            assert!(unknown <= most, "{unknown} keys are unknown, and {most} calls were in flight at a kill");
        }
        journal.close().wait().unwrap();
    }
}
