//! What every store does alike.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use partner_messaging::journal::{
    Affordability, Budget, Claim, ClaimDeadline, ClaimId, Claimed, Digest, Ending, Entry, OpenStore,
    RateRequest, RecordQuery, Resolution, Resolved, Settled, Settlement, Spending, Store, wall_millis,
};
use partner_messaging::{Decimal, Kind, Outcome};

pub(crate) const DIGEST: Digest = [1; 32];

static NUMBERS: AtomicU64 = AtomicU64::new(0);

/// A claim of this store's owner, with 30 seconds to go.
pub(crate) fn claim(store: &dyn Store, key: &str) -> Claim {
    Claim {
        key: key.to_owned(),
        id: ClaimId { owner: store.identity().owner, number: NUMBERS.fetch_add(1, Ordering::Relaxed) },
        digest: DIGEST,
        channel: "SMS".to_owned(),
        claimed_at: wall_millis(),
        deadline: ClaimDeadline::after(Duration::from_secs(300)),
        budget: None,
    }
}

pub(crate) fn sent(message_id: &str) -> Ending {
    Ending {
        message_id: Some(message_id.to_owned()),
        cost: Some("0.05".parse().unwrap()),
        currency: Some("SGD".to_owned()),
        ..Ending::now(Outcome::Sent, None)
    }
}

pub(crate) fn ended(outcome: Outcome) -> Ending {
    Ending { code: Some("CODE".to_owned()), ..Ending::now(outcome, Some(Kind::Api)) }
}

pub(crate) fn settlement(claim: &Claim, ending: Ending) -> Settlement {
    Settlement { key: claim.key.clone(), claim: claim.id, ending }
}

/// Makes one claim; what stands in its way otherwise.
pub(crate) fn try_claim(store: &mut dyn Store, claim: &Claim) -> Option<Entry> {
    match store.commit(&[], std::slice::from_ref(claim)).unwrap().claims.remove(0) {
        Claimed::Made => None,
        Claimed::Taken(entry) => Some(*entry),
        Claimed::Unaffordable => panic!("it has no budget"),
    }
}

/// Tries to claim a key; what stands in the way.
pub(crate) fn try_key(store: &mut dyn Store, key: &str) -> Option<Entry> {
    let claim = claim(store, key);
    try_claim(store, &claim)
}

pub(crate) fn make_claim(store: &mut dyn Store, key: &str) -> Claim {
    let claim = claim(store, key);
    assert_eq!(try_claim(store, &claim), None, "{key}");
    claim
}

pub(crate) fn settle(store: &mut dyn Store, claim: &Claim, ending: Ending) -> Settled {
    store.commit(&[settlement(claim, ending)], &[]).unwrap().settled[0]
}

pub(crate) fn look_up(store: &mut dyn Store, key: &str) -> Option<Entry> {
    store.look_up(&[key]).unwrap().remove(0)
}

fn outcome(store: &mut dyn Store, key: &str) -> Option<Outcome> {
    look_up(store, key).unwrap().outcome()
}

fn resolve(store: &mut dyn Store, claim: &Claim, ending: Ending) -> Resolved {
    store.resolve(&Resolution { key: claim.key.clone(), claim: claim.id, ending }).unwrap()
}

/// Runs it all, each on a journal of its own.
pub(crate) fn check(journal: &mut dyn FnMut() -> Box<dyn OpenStore>) {
    for test in [
        claims_and_outcomes,
        what_is_free,
        late_outcomes,
        message_ids_are_unique,
        only_what_is_recorded_takes_a_message_id,
        interrupted_claims,
        resolutions,
        batches,
        pages,
        sums,
        purging,
        identities,
        budgets,
        costs_are_learned,
        rates,
    ] {
        test(&*journal());
    }
}

fn claims_and_outcomes(journal: &dyn OpenStore) {
    let store = &mut *journal.open().unwrap();
    assert_eq!(look_up(store, "k"), None);
    let first = make_claim(store, "k");
    let entry = look_up(store, "k").unwrap();
    assert_eq!(entry, Entry::of_claim(&first));
    let (second, nobodys) = (claim(store, "k"), claim(store, "nothing"));
    assert_eq!(try_claim(store, &second), Some(entry));
    assert_eq!(settle(store, &second, sent("m")), Settled::Conflict, "it never had the key");
    assert_eq!(settle(store, &nobodys, sent("m")), Settled::Superseded);

    let (other, told) = (make_claim(store, "\u{4f60} '\"%_"), sent("m1"));
    assert_eq!(settle(store, &other, told.clone()), Settled::Recorded);
    let entry = look_up(store, &other.key).unwrap();
    assert_eq!(entry, Entry { ending: Some(told), ..Entry::of_claim(&other) });
    assert_eq!(try_key(store, &other.key), Some(entry.clone()));
    // Told again, as after a lost connection: nothing changes.
    assert_eq!(settle(store, &other, ended(Outcome::NotSent)), Settled::Recorded);
    assert_eq!(look_up(store, &other.key), Some(entry));
}

fn what_is_free(journal: &dyn OpenStore) {
    let store = &mut *journal.open().unwrap();
    for (key, outcome) in [("a", Outcome::Rejected), ("b", Outcome::NotSent)] {
        let first = make_claim(store, key);
        settle(store, &first, ended(outcome));
        let another = Claim { digest: [2; 32], ..claim(store, key) };
        assert_eq!(try_claim(store, &another).unwrap().claim, first.id);
        let again = make_claim(store, key);
        assert_eq!(look_up(store, key), Some(Entry::of_claim(&again)));
        settle(store, &again, sent(key));
        assert!(try_key(store, key).is_some());
    }
    let unknown = make_claim(store, "c");
    settle(store, &unknown, ended(Outcome::Unknown));
    assert_eq!(try_key(store, "c").unwrap().claim, unknown.id);
}

fn late_outcomes(journal: &dyn OpenStore) {
    let store = &mut *journal.open().unwrap();
    let late = make_claim(store, "late");
    settle(store, &late, ended(Outcome::Unknown));
    assert_eq!(settle(store, &late, sent("m1")), Settled::Recorded);
    assert_eq!(outcome(store, "late"), Some(Outcome::Sent));

    let wrong = make_claim(store, "wrong");
    settle(store, &wrong, ended(Outcome::Unknown));
    assert!(matches!(resolve(store, &wrong, Ending::now(Outcome::NotSent, None)), Resolved::Done(_)));
    let anew = make_claim(store, "wrong");
    assert_eq!(settle(store, &wrong, sent("m2")), Settled::Conflict);
    let entry = look_up(store, "wrong").unwrap();
    assert_eq!((entry.claim, entry.outcome()), (anew.id, None));
    assert_eq!(entry.conflict.as_ref().unwrap().message_id.as_deref(), Some("m2"));
    assert_eq!(settle(store, &anew, sent("m3")), Settled::Recorded);
    let entry = look_up(store, "wrong").unwrap();
    assert_eq!(entry.outcome(), Some(Outcome::Sent));
    assert_eq!(entry.conflict.unwrap().message_id.as_deref(), Some("m2"));
    assert_eq!(store.summary().unwrap().conflicts, 1);
}

fn message_ids_are_unique(journal: &dyn OpenStore) {
    let store = &mut *journal.open().unwrap();
    let (a, b, c) = (make_claim(store, "a"), make_claim(store, "b"), make_claim(store, "c"));
    assert_eq!(settle(store, &a, sent("m")), Settled::Recorded);
    assert_eq!(settle(store, &b, sent("m")), Settled::Conflict);
    let entry = look_up(store, "b").unwrap();
    assert_eq!(
        (entry.outcome(), entry.conflict.unwrap().message_id.as_deref()),
        (Some(Outcome::Sent), Some("m"))
    );
    settle(store, &c, ended(Outcome::Unknown));
    assert!(matches!(resolve(store, &c, sent("m")), Resolved::Duplicate));
    assert!(matches!(resolve(store, &c, sent("n")), Resolved::Done(_)));
    let summary = store.summary().unwrap();
    assert_eq!((summary.sent, summary.conflicts, summary.unknown), (3, 1, 0));
}

fn only_what_is_recorded_takes_a_message_id(journal: &dyn OpenStore) {
    let store = &mut *journal.open().unwrap();
    let (a, b) = (make_claim(store, "a"), make_claim(store, "b"));
    settle(store, &a, sent("m"));
    settle(store, &b, sent("n"));
    // The first word of a claim counts: a second one takes nothing from another key.
    let before = look_up(store, "b");
    assert_eq!(settle(store, &b, sent("m")), Settled::Recorded);
    assert_eq!(look_up(store, "b"), before);
    assert_eq!(store.summary().unwrap().conflicts, 0);
    // One that was recorded with it is told the same each time.
    let c = make_claim(store, "c");
    assert_eq!(settle(store, &c, sent("m")), Settled::Conflict);
    let before = look_up(store, "c");
    assert_eq!(settle(store, &c, sent("m")), Settled::Conflict);
    assert_eq!(settle(store, &c, ended(Outcome::NotSent)), Settled::Recorded);
    assert_eq!(look_up(store, "c"), before);
    // What was resolved takes it from nobody either.
    let d = make_claim(store, "d");
    settle(store, &d, ended(Outcome::Unknown));
    assert!(matches!(resolve(store, &d, sent("o")), Resolved::Done(_)));
    assert_eq!(settle(store, &d, sent("m")), Settled::Conflict);
    let entry = look_up(store, "d").unwrap();
    assert_eq!(entry.ending.unwrap().message_id.as_deref(), Some("o"));
    assert_eq!(entry.conflict.unwrap().message_id.as_deref(), Some("m"));
    assert_eq!(store.summary().unwrap().conflicts, 2);
    // It is taken as long as one key has it, whichever had it first.
    assert_eq!(store.purge(i64::MAX).unwrap(), 2);
    let e = make_claim(store, "e");
    assert_eq!(settle(store, &e, sent("m")), Settled::Conflict);
}

fn interrupted_claims(journal: &dyn OpenStore) {
    let store = &mut *journal.open().unwrap();
    let short = Claim { deadline: ClaimDeadline::after(Duration::from_millis(20)), ..claim(store, "short") };
    assert_eq!(try_claim(store, &short), None);
    let begun = std::time::Instant::now();
    while outcome(store, "short").is_none() {
        assert!(begun.elapsed() < Duration::from_secs(60));
        std::thread::sleep(Duration::from_millis(10));
    }
    let entry = look_up(store, "short").unwrap();
    assert_eq!(entry.outcome(), Some(Outcome::Unknown));
    assert_eq!(entry.ending.unwrap().kind, Some(Kind::Interrupted));
    // It stays closed, until somebody resolves it.
    assert_eq!(try_key(store, "short").unwrap().outcome(), Some(Outcome::Unknown));
    let summary = store.summary().unwrap();
    assert_eq!((summary.unknown, summary.in_progress), (1, 0));
    let unknown = RecordQuery { outcome: Some(Outcome::Unknown), limit: 10, after: None };
    assert_eq!(store.records(&unknown).unwrap().len(), 1);
    assert!(matches!(resolve(store, &short, Ending::now(Outcome::NotSent, None)), Resolved::Done(_)));
    let again = make_claim(store, "short");
    settle(store, &again, sent("m"));
    assert_eq!(store.summary().unwrap().sent, 1);
}

fn resolutions(journal: &dyn OpenStore) {
    let store = &mut *journal.open().unwrap();
    let claimed = make_claim(store, "k");
    let not_sent = || Ending::now(Outcome::NotSent, None);
    assert!(
        matches!(resolve(store, &claimed, not_sent()), Resolved::Changed(entry) if entry.outcome().is_none())
    );
    settle(store, &claimed, ended(Outcome::Unknown));
    let (other, nobodys) = (claim(store, "k"), claim(store, "nothing"));
    assert!(matches!(resolve(store, &other, not_sent()), Resolved::Changed(_)));
    assert!(matches!(resolve(store, &nobodys, not_sent()), Resolved::Missing));
    let Resolved::Done(entry) = resolve(store, &claimed, not_sent()) else { panic!() };
    assert!(entry.resolved);
    assert_eq!(look_up(store, "k"), Some(*entry));
    assert!(matches!(resolve(store, &claimed, sent("m")), Resolved::Changed(_)));
}

fn batches(journal: &dyn OpenStore) {
    let store = &mut *journal.open().unwrap();
    let mut claims: Vec<Claim> = (0..200).map(|n| claim(store, &format!("k{n:03}"))).collect();
    let committed = store.commit(&[], &claims).unwrap();
    assert!(committed.claims.iter().all(|claimed| *claimed == Claimed::Made));
    let settlements: Vec<_> = claims.iter().map(|claim| settlement(claim, sent(&claim.key))).collect();
    // Half of the keys of the next batch are taken.
    claims = (100..300).map(|n| claim(store, &format!("k{n:03}"))).collect();
    let committed = store.commit(&settlements, &claims).unwrap();
    assert!(committed.settled.iter().all(|settled| *settled == Settled::Recorded));
    let is_sent =
        |claimed: &Claimed| matches!(claimed, Claimed::Taken(it) if it.outcome() == Some(Outcome::Sent));
    assert!(committed.claims[..100].iter().all(is_sent));
    assert!(committed.claims[100..].iter().all(|claimed| *claimed == Claimed::Made));
    let keys: Vec<_> = (0..300).map(|n| format!("k{n:03}")).collect();
    let keys: Vec<_> = keys.iter().map(String::as_str).collect();
    assert!(
        store
            .look_up(&keys)
            .unwrap()
            .iter()
            .zip(&keys)
            .all(|(entry, key)| entry.as_ref().unwrap().key == **key)
    );
}

fn pages(journal: &dyn OpenStore) {
    let store = &mut *journal.open().unwrap();
    let keys: Vec<_> = ["B", "a", "aa", "b", "\u{e9}", "\u{4f60}", "\u{1f600}"].map(str::to_owned).into();
    for key in keys.iter().rev() {
        let claimed = make_claim(store, key);
        if key.len() > 1 {
            settle(store, &claimed, sent(key));
        }
    }
    let mut read = |outcome| {
        let (mut found, mut after) = (Vec::new(), None);
        loop {
            let page = store.records(&RecordQuery { after: after.clone(), outcome, limit: 2 }).unwrap();
            let Some(last) = page.last() else { return found };
            after = Some(last.key.clone());
            found.extend(page.into_iter().map(|entry| entry.key));
        }
    };
    assert_eq!(read(None), keys, "in the order of their bytes");
    assert_eq!(
        read(Some(Outcome::Sent)),
        keys.iter().filter(|key| key.len() > 1).cloned().collect::<Vec<_>>()
    );
    assert!(read(Some(Outcome::Unknown)).is_empty());
}

fn sums(journal: &dyn OpenStore) {
    let store = &mut *journal.open().unwrap();
    let end = |store: &mut dyn Store, key: &str, ending: Ending| {
        let claimed = make_claim(store, key);
        settle(store, &claimed, ending);
    };
    (0..10).for_each(|n| {
        end(store, &format!("s{n}"), Ending { cost: Some("0.1".parse().unwrap()), ..sent(&format!("m{n}")) })
    });
    end(store, "u", Ending { cost: None, ..sent("mu") });
    end(
        store,
        "w",
        Ending { channel: Some("WHATSAPP".to_owned()), currency: Some("USD".to_owned()), ..sent("mw") },
    );
    end(store, "r", ended(Outcome::Rejected));
    end(store, "r", ended(Outcome::Rejected));
    end(store, "n", ended(Outcome::NotSent));
    end(store, "n", sent("mn"));
    make_claim(store, "p");
    let summary = store.summary().unwrap();
    let counts = [summary.sent, summary.rejected, summary.not_sent, summary.unknown, summary.in_progress];
    assert_eq!(counts, [13, 1, 0, 0, 1]);
    let totals: Vec<_> = summary
        .totals
        .iter()
        .map(|it| {
            (
                it.outcome,
                it.channel.as_str(),
                it.currency.as_deref(),
                it.messages,
                it.cost.to_string(),
                it.unpriced,
            )
        })
        .collect();
    assert_eq!(
        totals,
        [
            (Some(Outcome::Sent), "SMS", Some("SGD"), 12, "1.05".to_owned(), 1),
            (Some(Outcome::Sent), "WHATSAPP", Some("USD"), 1, "0.05".to_owned(), 0),
            (Some(Outcome::Rejected), "SMS", None, 1, "0".to_owned(), 0),
            (None, "SMS", None, 1, "0".to_owned(), 0),
        ]
    );
    // A sum that would be rounded is not made.
    let huge: Decimal = "70000000000000000000000000000".parse().unwrap();
    end(store, "x", Ending { cost: Some(huge), currency: Some("X".to_owned()), ..sent("mx") });
    end(
        store,
        "y",
        Ending {
            cost: Some("0.00000000000001".parse().unwrap()),
            currency: Some("X".to_owned()),
            ..sent("my")
        },
    );
    let summary = store.summary().unwrap();
    let total = summary.totals.iter().find(|total| total.currency.as_deref() == Some("X")).unwrap();
    assert_eq!((total.messages, total.cost, total.unpriced), (2, huge, 1));
}

fn purging(journal: &dyn OpenStore) {
    let store = &mut *journal.open().unwrap();
    let outcomes = [Outcome::Sent, Outcome::Rejected, Outcome::NotSent, Outcome::Unknown];
    for outcome in outcomes {
        let claimed = make_claim(store, outcome.as_str());
        settle(store, &claimed, Ending { at: 1_000, ..ended(outcome) });
    }
    make_claim(store, "in progress");
    let fresh = make_claim(store, "fresh");
    settle(store, &fresh, sent("m"));
    let before = store.summary().unwrap();
    assert_eq!(store.purge(1_000).unwrap(), 0);
    assert_eq!(store.purge(1_001).unwrap(), 3);
    assert_eq!(store.summary().unwrap(), before, "the sums stay");
    let left: Vec<_> = store
        .records(&RecordQuery { limit: 10, ..RecordQuery::default() })
        .unwrap()
        .into_iter()
        .map(|entry| entry.key)
        .collect();
    assert_eq!(left, ["fresh", "in progress", "unknown"]);
    make_claim(store, "sent");
}

fn identities(journal: &dyn OpenStore) {
    let (secret, origin) = {
        let mut store = journal.open().unwrap();
        assert_eq!(store.bind_origin("http://127.0.0.1:1").unwrap(), "http://127.0.0.1:1");
        (store.identity().secret, store.bind_origin("https://example.com").unwrap())
    };
    assert_eq!(origin, "http://127.0.0.1:1");
    let mut store = journal.open().unwrap();
    assert_eq!(store.identity().secret, secret);
    assert_eq!(store.bind_origin("https://example.com").unwrap(), "http://127.0.0.1:1");
    assert_ne!(secret, [0; 32]);
}

fn amount(text: &str) -> Decimal {
    text.parse().unwrap()
}

/// A claim of a message that may spend what one SGD leaves.
fn limited(store: &dyn Store, key: &str, max_cost: Option<&str>) -> Claim {
    let budget = Budget {
        limits: vec![("SGD".to_owned(), amount("1.00"))],
        max_cost: max_cost.map(|cost| ("SGD".to_owned(), amount(cost))).into_iter().collect(),
        channels: vec!["SMS".to_owned()],
        besides: Spending::default(),
    };
    Claim { budget: Some(Box::new(budget)), ..claim(store, key) }
}

fn made(committed: &[Claimed]) -> usize {
    committed.iter().filter(|claimed| **claimed == Claimed::Made).count()
}

fn budgets(journal: &dyn OpenStore) {
    let store = &mut *journal.open().unwrap();
    // Without a limit it counts all the same.
    let first = make_claim(store, "free");
    let claims: Vec<_> = (0..6).map(|n| limited(store, &format!("k{n}"), Some("0.25"))).collect();
    let committed = store.commit(&[], &claims).unwrap();
    let expected = [vec![Claimed::Made; 3], vec![Claimed::Unaffordable; 3]].concat();
    assert!(committed.claims == expected, "{:?}", committed.claims);
    let budget = claims[5].budget.as_deref().unwrap();
    assert_eq!(committed.spending.unwrap().check(budget), Affordability::Later);
    assert_eq!(look_up(store, "k5"), None);
    // What is taken is told as that, whatever there is to spend.
    let again = limited(store, "k0", Some("0.25"));
    assert!(matches!(&store.commit(&[], &[again]).unwrap().claims[..], [Claimed::Taken(_)]));
    // As of the same transaction: 0.05 spent, one unknown, one refused, one in progress.
    let settlements = [
        settlement(&first, sent("m")),
        settlement(&claims[0], ended(Outcome::Unknown)),
        settlement(&claims[1], ended(Outcome::Rejected)),
    ];
    let more: Vec<_> = (6..9).map(|n| limited(store, &format!("k{n}"), Some("0.25"))).collect();
    let committed = store.commit(&settlements, &more).unwrap();
    assert_eq!(made(&committed.claims), 1, "{:?}", committed.claims);
    // An unknown counts until somebody resolves it.
    let not_sent = Ending::now(Outcome::NotSent, None);
    assert!(matches!(resolve(store, &claims[0], not_sent), Resolved::Done(_)));
    assert_eq!(made(&store.commit(&[], &more[1..]).unwrap().claims), 1);
    // Of a claim whose time is over nothing comes back.
    let deadline = ClaimDeadline::after(Duration::ZERO);
    settle(store, &claims[2], ended(Outcome::NotSent));
    let short = Claim { deadline, ..limited(store, "short", Some("0.25")) };
    assert_eq!(made(&store.commit(&[], &[short]).unwrap().claims), 1);
    assert_ne!(store.spending().unwrap().check(budget), Affordability::Now);
    // More than it should have cost: so may the next one.
    let dear = Ending { cost: Some(amount("0.60")), ..sent("dear") };
    settle(store, &more[0], dear);
    assert!(matches!(store.spending().unwrap().check(budget), Affordability::Never(_)));
}

fn costs_are_learned(journal: &dyn OpenStore) {
    let mut store = journal.open().unwrap();
    // Until it is known what one costs, they go one at a time.
    let claims: Vec<_> = (0..5).map(|n| limited(&*store, &format!("k{n}"), None)).collect();
    let committed = store.commit(&[], &claims).unwrap();
    assert_eq!(made(&committed.claims), 1);
    // By the channel that it was claimed with, whatever the service calls it.
    let named = Ending { channel: Some("sms".to_owned()), cost: Some(amount("0.30")), ..sent("m0") };
    assert_eq!(made(&store.commit(&[settlement(&claims[0], named)], &claims[1..]).unwrap().claims), 2);
    let cheap = Ending { cost: Some(amount("0.10")), ..sent("m1") };
    settle(&mut *store, &claims[1], cheap);
    drop(store);
    // It outlives the process; the highest counts.
    let store = &mut *journal.open().unwrap();
    assert_eq!(made(&store.commit(&[], &claims[3..]).unwrap().claims), 1);
}

fn rates(journal: &dyn OpenStore) {
    // So long a window that nobody can be too slow for this.
    let request = |id, wanted| RateRequest {
        id,
        count: 10,
        window: Duration::from_secs(3_600),
        wanted,
        holding: 0,
        recent: 0,
        last: Duration::ZERO,
    };
    let mut store = journal.open().unwrap();
    assert_eq!(store.share_rate(&request(1, 6)).unwrap().count, 6);
    assert_eq!(store.share_rate(&request(2, 9)).unwrap().count, 4);
    drop(store);
    // It is the others' still when this process is gone.
    let store = &mut *journal.open().unwrap();
    assert_eq!(store.share_rate(&request(3, 9)).unwrap().count, 0);
    // Of what comes back, what was used counts.
    let back = RateRequest { holding: 6, recent: 5, ..request(1, 0) };
    assert_eq!(store.share_rate(&back).unwrap().count, 0);
    assert_eq!(store.share_rate(&request(3, 9)).unwrap().count, 0, "until it is known that it keeps to it");
    let back = RateRequest { recent: 5, ..request(1, 0) };
    assert_eq!(store.share_rate(&back).unwrap().count, 0);
    assert_eq!(store.share_rate(&request(3, 9)).unwrap().count, 1);
}
