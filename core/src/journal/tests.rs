//! The rules, the engine and the handle, over a store in memory.

use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::FutureExt;

use super::memory::Memory;
use super::rules::{Decision, decide, resolve, settle};
use super::*;
use crate::error::{Error, ErrorClass, Kind, Outcome};

const DIGEST: Digest = [1; 32];

/// How long a test waits for what another thread is to do: longer than a busy machine takes.
const PATIENCE: Duration = Duration::from_secs(30);

fn id(number: u64) -> ClaimId {
    ClaimId { owner: 9, number }
}

fn claim(key: &str, number: u64) -> Claim {
    Claim {
        key: key.to_owned(),
        id: id(number),
        digest: DIGEST,
        channel: "SMS".to_owned(),
        claimed_at: wall_millis(),
        deadline: ClaimDeadline::after(Duration::from_secs(30)),
        budget: None,
    }
}

fn sent(message_id: &str) -> Ending {
    Ending { message_id: Some(message_id.to_owned()), ..Ending::now(Outcome::Sent, None) }
}

fn ended(outcome: Outcome) -> Ending {
    Ending::now(outcome, Some(Kind::Reset))
}

fn settlement(key: &str, number: u64, ending: Ending) -> Settlement {
    Settlement { key: key.to_owned(), claim: id(number), ending }
}

/// An entry of claim 1 with this ending.
fn entry(ending: Option<Ending>) -> Entry {
    Entry { ending, ..Entry::of_claim(&claim("k", 1)) }
}

fn resolved(ending: Ending) -> Entry {
    let mut entry = entry(Some(ended(Outcome::Unknown)));
    assert!(resolve(&mut entry, &Resolution { key: "k".to_owned(), claim: id(1), ending }));
    entry
}

#[test]
fn what_a_send_does_with_what_it_finds() {
    assert_eq!(decide(None, &DIGEST), Decision::Claim);
    let decisions = [
        (None, Decision::Wait),
        (Some(Outcome::Sent), Decision::Replay),
        (Some(Outcome::Rejected), Decision::Claim),
        (Some(Outcome::NotSent), Decision::Claim),
        (Some(Outcome::Unknown), Decision::Unknown),
    ];
    for (outcome, decision) in decisions {
        let entry = entry(outcome.map(ended));
        assert_eq!(decide(Some(&entry), &DIGEST), decision);
        assert_eq!(decide(Some(&entry), &[2; 32]), Decision::OtherMessage, "{outcome:?}");
        let of_another_form = Entry { form: FORM + 1, ..entry };
        assert_eq!(decide(Some(&of_another_form), &DIGEST), Decision::OtherMessage, "{outcome:?}");
    }
}

#[test]
fn a_claim_that_is_interrupted_is_unknown_and_nothing_else_changes() {
    let mut claimed = entry(None);
    claimed.interrupt();
    assert_eq!(claimed.outcome(), Some(Outcome::Unknown));
    assert_eq!(claimed.ending.as_ref().unwrap().kind, Some(Kind::Interrupted));
    let mut done = entry(Some(sent("m")));
    done.interrupt();
    assert_eq!(done, entry(done.ending.clone()));
}

#[test]
fn a_late_outcome_wins_over_unknown_only() {
    for before in [None, Some(ended(Outcome::Unknown))] {
        for told in [sent("m"), ended(Outcome::Rejected), ended(Outcome::NotSent)] {
            let mut entry = entry(before.clone());
            assert_eq!(settle(&mut entry, &settlement("k", 1, told.clone()), false), Settled::Recorded);
            assert_eq!(entry.ending, Some(told));
            assert_eq!(entry.conflict, None);
        }
    }
    // Told again, as after a connection that was lost in a commit.
    let mut done = entry(Some(sent("m")));
    assert_eq!(settle(&mut done, &settlement("k", 1, ended(Outcome::NotSent)), false), Settled::Recorded);
    assert_eq!(done.outcome(), Some(Outcome::Sent));
}

#[test]
fn against_a_resolution_it_is_a_conflict_unless_it_agrees() {
    let told = |mut entry: Entry, ending: Ending| {
        let settled = settle(&mut entry, &settlement("k", 1, ending), false);
        (settled, entry.outcome().unwrap(), entry.conflict.map(|it| (it.outcome, it.message_id)))
    };
    let not_sent = || resolved(Ending::now(Outcome::NotSent, None));
    let was_sent = || resolved(sent("m"));
    let m = |id: &str| Some(id.to_owned());
    assert_eq!(
        told(not_sent(), sent("m")),
        (Settled::Conflict, Outcome::NotSent, Some((Outcome::Sent, m("m"))))
    );
    assert_eq!(told(not_sent(), ended(Outcome::Rejected)), (Settled::Recorded, Outcome::NotSent, None));
    assert_eq!(told(not_sent(), ended(Outcome::Unknown)), (Settled::Recorded, Outcome::NotSent, None));
    assert_eq!(told(was_sent(), sent("m")), (Settled::Recorded, Outcome::Sent, None));
    assert_eq!(
        told(was_sent(), sent("n")),
        (Settled::Conflict, Outcome::Sent, Some((Outcome::Sent, m("n"))))
    );
    assert_eq!(
        told(was_sent(), ended(Outcome::NotSent)),
        (Settled::Conflict, Outcome::Sent, Some((Outcome::NotSent, None)))
    );
}

#[test]
fn an_outcome_of_a_claim_that_lost_its_key_is_kept_if_something_was_accepted() {
    // Claim 1 was resolved as not sent, and claim 2 has the key.
    let mut anew = Entry::of_claim(&claim("k", 2));
    assert_eq!(settle(&mut anew, &settlement("k", 1, ended(Outcome::NotSent)), false), Settled::Superseded);
    assert_eq!((anew.outcome(), anew.conflict.is_none()), (None, true));
    assert_eq!(settle(&mut anew, &settlement("k", 1, sent("m")), false), Settled::Conflict);
    assert_eq!(anew.conflict.as_ref().unwrap().message_id.as_deref(), Some("m"));
    assert_eq!(anew.outcome(), None);
    // That something was accepted is never replaced.
    assert_eq!(settle(&mut anew, &settlement("k", 0, sent("n")), false), Settled::Conflict);
    assert_eq!(anew.conflict.as_ref().unwrap().message_id.as_deref(), Some("m"));
}

#[test]
fn a_message_id_that_another_key_has_is_a_conflict_where_it_is_recorded() {
    let told = |mut entry: Entry, ending: Ending| {
        let settled = settle(&mut entry, &settlement("k", 1, ending), true);
        let id = entry.ending.and_then(|ending| ending.message_id);
        (settled, id, entry.conflict.and_then(|it| it.message_id))
    };
    let m = |id: &str| Some(id.to_owned());
    let not_sent = || Ending::now(Outcome::NotSent, None);
    for before in [None, Some(ended(Outcome::Unknown)), Some(sent("m"))] {
        assert_eq!(told(entry(before), sent("m")), (Settled::Conflict, m("m"), m("m")));
    }
    assert_eq!(told(resolved(sent("m")), sent("m")), (Settled::Conflict, m("m"), m("m")));
    assert_eq!(told(resolved(not_sent()), sent("m")), (Settled::Conflict, None, m("m")));
    // What was recorded before stays, and takes nothing from another key.
    assert_eq!(told(entry(Some(sent("n"))), sent("m")), (Settled::Recorded, m("n"), None));
    assert_eq!(told(entry(Some(not_sent())), sent("m")), (Settled::Recorded, None, None));
    assert_eq!(told(entry(None), not_sent()), (Settled::Recorded, None, None));
}

#[test]
fn only_an_unknown_is_resolved_and_only_the_claim_that_was_read() {
    let resolution = |number| Resolution { key: "k".to_owned(), claim: id(number), ending: sent("m") };
    for ending in [None, Some(sent("x")), Some(ended(Outcome::Rejected)), Some(ended(Outcome::NotSent))] {
        assert!(!resolve(&mut entry(ending), &resolution(1)));
    }
    assert!(!resolve(&mut entry(Some(ended(Outcome::Unknown))), &resolution(2)));
    assert!(resolve(&mut entry(Some(ended(Outcome::Unknown))), &resolution(1)));
}

#[test]
fn what_is_unknown_or_contradicted_is_never_purged() {
    assert!(rules::may_purge(&entry(Some(sent("m"))), i64::MAX));
    assert!(!rules::may_purge(&entry(Some(sent("m"))), 0));
    assert!(!rules::may_purge(&entry(Some(ended(Outcome::Unknown))), i64::MAX));
    assert!(!rules::may_purge(&entry(None), i64::MAX));
    let mut contradicted = entry(Some(sent("m")));
    settle(&mut contradicted, &settlement("k", 0, sent("n")), false);
    assert!(!rules::may_purge(&contradicted, i64::MAX));
}

#[test]
fn a_deadline_counts_by_both_clocks() {
    let far = ClaimDeadline::after(Duration::from_secs(60));
    assert!(!far.has_passed());
    assert!(ClaimDeadline { wall: wall_millis() - 1, ..far }.has_passed());
    assert!(ClaimDeadline { boot: since_boot(), ..far }.has_passed());
}

fn journal() -> (Memory, JournalHandle) {
    let memory = Memory::default();
    (memory.clone(), JournalHandle::new(Arc::new(memory)))
}

fn session() -> (Memory, Session) {
    let (memory, journal) = journal();
    (memory, journal.session().unwrap())
}

#[tokio::test]
async fn calls_at_the_same_time_share_commits_and_one_of_a_key_wins() {
    let (memory, journal) = session();
    let claims = (0..200).map(|number| journal.claim(claim(&format!("k{}", number % 100), number)));
    let mut claims = futures_util::future::join_all(claims);
    {
        // The store can do nothing until all have asked.
        let _busy = memory.state();
        assert!((&mut claims).now_or_never().is_none());
    }
    let results = claims.await;
    let won = results.iter().filter(|result| matches!(result, Ok(answer) if answer.is_made())).count();
    assert_eq!((won, memory.state().entries.len()), (100, 100));
    let commits = memory.state().commits.len();
    assert!(commits < 10, "{commits}");
}

/// Calls end one by one while others claim: none of them makes the others pay for a sync more.
#[tokio::test]
async fn a_call_that_ends_cuts_no_batch() {
    let (memory, journal) = journal();
    let [mut ending, claiming]: [Vec<_>; 2] =
        std::array::from_fn(|_| (0..40).map(|_| journal.session().unwrap()).collect());
    let mut claims: Vec<_> = claiming
        .iter()
        .enumerate()
        .map(|(number, session)| Box::pin(session.claim(claim(&format!("k{number:02}"), number as u64))))
        .collect();
    {
        // The store can do nothing until all have asked.
        let _busy = memory.state();
        for claim in &mut claims {
            assert!(claim.as_mut().now_or_never().is_none());
            ending.pop();
        }
    }
    for claim in claims {
        assert!(claim.await.unwrap().is_made());
    }
    let commits = memory.state().commits.len();
    assert!(commits <= 2, "{commits}: the first may have gone alone");
}

#[tokio::test]
async fn messages_are_compared_as_a_send_would() {
    let (memory, journal) = journal();
    let forms = [("now", FORM, DIGEST), ("other digest", FORM, [2; 32]), ("other form", FORM + 1, DIGEST)];
    let key = |name: &str| name.to_owned();
    for (name, form, digest) in forms {
        let entry = Entry { form, digest, ..Entry::of_claim(&claim(name, 1)) };
        memory.state().entries.insert(key(name), entry);
    }
    let keys = forms.iter().map(|(name, ..)| (key(name), DIGEST)).collect();
    let states = journal.compare(keys).await.unwrap();
    let same: Vec<_> = states.into_iter().map(|state| state.unwrap().same_message).collect();
    assert_eq!(same, [true, false, false]);
}

#[tokio::test]
async fn what_could_not_be_recorded_is_tried_again() {
    let (memory, journal) = session();
    assert!(journal.claim(claim("k", 1)).await.unwrap().is_made());
    memory.state().failures.push(StoreError::failed("the disk is full"));
    let error = journal.settle(settlement("k", 1, sent("m"))).await.unwrap_err();
    assert_eq!((error.class(), error.kind()), (ErrorClass::Journal, Kind::Journal));
    assert!(error.to_string().contains("the disk is full"), "{error}");
    // The next commit takes it along.
    assert!(journal.claim(claim("l", 2)).await.unwrap().is_made());
    assert_eq!(memory.state().entries["k"].outcome(), Some(Outcome::Sent));
    assert_eq!(memory.state().opened, 1);
}

#[tokio::test]
async fn a_broken_store_is_opened_anew_at_most_once_a_second() {
    let (memory, journal) = session();
    memory.state().failures.push(StoreError::broken("a sync failed"));
    let first = Instant::now();
    assert!(journal.claim(claim("k", 1)).await.is_err());
    let answer = loop {
        match journal.claim(claim("k", 1)).await {
            Ok(answer) => break answer,
            Err(error) => {
                assert!(error.to_string().contains("a sync failed"), "{error}");
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
    };
    assert!(answer.is_made() && first.elapsed() >= Duration::from_secs(1));
    assert_eq!(memory.state().opened, 2);
}

#[test]
fn records_are_read_page_by_page_and_a_journal_can_be_closed() {
    let (memory, journal) = journal();
    for number in 0..1_203 {
        let key = format!("k{number:04}");
        let ending = (number % 2 == 0).then(|| sent(&key));
        memory.state().entries.insert(key.clone(), Entry { ending, ..Entry::of_claim(&claim(&key, number)) });
    }
    let keys = |outcome| -> Vec<String> {
        journal.records(outcome).blocking().map(|record| record.unwrap().key).collect()
    };
    assert_eq!(keys(None).len(), 1_203);
    assert_eq!(keys(Some(Outcome::Sent)).len(), 602);
    assert!(keys(None).is_sorted());
    assert_eq!(journal.summary().wait().unwrap().in_progress, 601);
    assert_eq!(journal.get("k0002").wait().unwrap().unwrap().message_id.as_deref(), Some("k0002"));
    assert!(journal.get("nothing").wait().unwrap().is_none());
    assert_eq!(journal.get("").wait().unwrap_err().field(), Some("key"));

    journal.close().wait().unwrap();
    journal.close().wait().unwrap();
    let error: Error = journal.summary().wait().unwrap_err();
    assert_eq!((error.class(), error.outcome()), (ErrorClass::Journal, None));
}

#[test]
fn a_resolution_says_why_it_is_refused() {
    let (memory, journal) = journal();
    let unknown = |key: &str, number| {
        let ending = Some(ended(Outcome::Unknown));
        let entry = Entry { ending, ..Entry::of_claim(&claim(key, number)) };
        memory.state().entries.insert(key.to_owned(), entry);
    };
    unknown("a", 1);
    unknown("b", 2);
    memory.state().entries.insert("c".to_owned(), Entry::of_claim(&claim("c", 3)));
    let record = journal.resolve_sent("a", "m").wait().unwrap();
    assert_eq!((record.outcome, record.resolved), (Some(Outcome::Sent), true));
    let refused = |call: JournalCall<_>| {
        let error: Error = call.wait().map(|_: crate::JournalRecord| ()).unwrap_err();
        (error.class(), error.field().unwrap().to_owned())
    };
    let config = |field: &str| (ErrorClass::Config, field.to_owned());
    assert_eq!(refused(journal.resolve_sent("a", "n")), config("key"));
    assert_eq!(refused(journal.resolve_not_sent("c")), config("key"));
    assert_eq!(refused(journal.resolve_not_sent("nothing")), config("key"));
    assert_eq!(refused(journal.resolve_sent("b", "m")), config("message_id"));
    assert_eq!(refused(journal.resolve_sent("b", "")), config("message_id"));
    assert_eq!(journal.resolve_not_sent("b").wait().unwrap().outcome, Some(Outcome::NotSent));
}

#[test]
fn a_journal_belongs_to_its_first_origin() {
    let (_, journal) = session();
    journal.bind_origin("http://127.0.0.1:1").wait().unwrap();
    journal.bind_origin("http://127.0.0.1:1").wait().unwrap();
    let error = journal.bind_origin("https://example.com").wait().unwrap_err();
    assert_eq!((error.class(), error.field()), (ErrorClass::Config, Some("journal")));
    let text = error.to_string();
    assert!(text.contains("http://127.0.0.1:1") && text.contains("https://example.com"), "{text}");
}

#[tokio::test]
async fn the_end_of_a_claim_wakes_who_waits_for_it() {
    let (_, journal) = session();
    assert!(journal.claim(claim("k", 1)).await.unwrap().is_made());
    let end = journal.end_of("k").unwrap();
    let mut notified = std::pin::pin!(end.notified());
    notified.as_mut().enable();
    journal.settle_later(settlement("k", 1, sent("m")));
    tokio::time::timeout(PATIENCE, notified).await.unwrap();
}

#[test]
fn the_store_is_closed_with_the_last_who_uses_it() {
    let (memory, one) = journal();
    let other = one.downgrade().upgrade().unwrap();
    assert!(one.is_same(&other));
    one.open().wait().unwrap();
    one.close().wait().unwrap();
    assert!(one.summary().wait().is_err() && other.summary().wait().is_ok());
    // A call that is under way keeps it, whoever closes it meanwhile.
    let session = other.session().unwrap();
    other.close().wait().unwrap();
    other.close().wait().unwrap();
    assert!(other.session().is_err());
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        assert!(session.claim(claim("k", 1)).await.unwrap().is_made());
        session.settle_later(settlement("k", 1, sent("m")));
    });
    let weak = other.downgrade();
    assert!(weak.upgrade().is_some_and(|handle| handle.get("k").wait().is_ok()));
    assert_eq!(memory.state().opened, 1);
    drop(session);
    // Closed for good: the next one opens another.
    assert!(weak.upgrade().is_none());
    assert_eq!(memory.state().entries["k"].outcome(), Some(Outcome::Sent));
}

#[test]
fn a_handle_that_is_dropped_closes_the_store() {
    let (memory, journal) = journal();
    let clone = journal.clone();
    journal.open().wait().unwrap();
    drop(journal);
    assert!(clone.open().wait().is_ok());
    let weak = clone.downgrade();
    drop(clone);
    assert!(weak.upgrade().is_none());
    assert_eq!(memory.state().opened, 1);
}

#[test]
fn words_of_other_languages_are_checked() {
    let (_, journal) = journal();
    let refused = |call: JournalCall<crate::JournalRecord>| {
        let error = call.wait().unwrap_err();
        assert_eq!((error.class(), error.outcome()), (ErrorClass::Config, None));
        error.field().unwrap().to_owned()
    };
    assert_eq!(refused(journal.resolve("k", Outcome::Sent, None)), "message_id");
    assert_eq!(refused(journal.resolve("k", Outcome::NotSent, Some("m"))), "message_id");
    assert_eq!(refused(journal.resolve("k", Outcome::Unknown, None)), "outcome");
    for (text, is_moment) in [
        ("2026-11-29T02:47:00Z", true),
        ("2026-11-29T02:47:00.5+08:00", true),
        ("2026-11-29", true),
        ("yesterday", false),
        ("", false),
    ] {
        let purged = journal.purge_before(text).wait();
        assert_eq!(purged.is_ok(), is_moment, "{text}");
        assert!(purged.err().is_none_or(|error| error.field() == Some("before")));
    }
}

#[test]
fn what_could_not_be_recorded_is_tried_again_after_the_journal_was_closed() {
    let (memory, journal) = journal();
    let session = journal.session().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    assert!(runtime.block_on(session.claim(claim("k", 1))).unwrap().is_made());
    // For as often as it is tried until the journal is closed, and on.
    memory.state().failures.extend((0..10_000).map(|_| StoreError::failed("the disk is full")));
    assert!(runtime.block_on(session.settle(settlement("k", 1, sent("m")))).is_err());
    drop(session);
    journal.close().wait().unwrap();
    let outcome = || memory.state().entries["k"].outcome();
    assert_eq!(outcome(), None);
    memory.state().failures.clear();
    let begun = Instant::now();
    while outcome().is_none() {
        assert!(begun.elapsed() < PATIENCE, "it was given up");
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(outcome(), Some(Outcome::Sent));
}

#[test]
fn who_opens_the_journal_again_records_what_was_left() {
    let memory = Memory::default();
    // Whatever the first one tries, now or later, fails: it is never the one who records it.
    let one = JournalHandle::new(Arc::new(memory.failing()));
    let session = one.session().unwrap();
    memory.state().entries.insert("k".to_owned(), Entry::of_claim(&claim("k", 1)));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    assert!(runtime.block_on(session.settle(settlement("k", 1, sent("m")))).is_err());
    drop(session);
    one.close().wait().unwrap();
    assert_eq!(memory.state().entries["k"].outcome(), None);
    // While the first one tries again, which takes no time, it is not left for others.
    let begun = Instant::now();
    while memory.state().entries["k"].outcome().is_none() {
        assert!(begun.elapsed() < PATIENCE, "nobody took it over");
        let other = JournalHandle::new(Arc::new(memory.clone()));
        other.open().wait().unwrap();
        other.close().wait().unwrap();
    }
    assert_eq!(memory.state().entries["k"].outcome(), Some(Outcome::Sent));
}

#[test]
fn a_question_that_breaks_the_store_is_not_asked_again_at_once() {
    let begun = Instant::now();
    // A machine that stands still for a second lets the second question through.
    while begun.elapsed() < PATIENCE {
        let (memory, journal) = journal();
        memory.state().failures.push(StoreError::broken("a sync failed"));
        let asked = Instant::now();
        let answers = [journal.get("k").wait(), journal.get("k").wait()];
        if asked.elapsed() < Duration::from_secs(1) {
            for answer in answers {
                let error = answer.unwrap_err();
                assert!(error.to_string().contains("a sync failed"), "{error}");
            }
            assert_eq!(memory.state().opened, 1);
            return;
        }
    }
    panic!("this machine stands still");
}
