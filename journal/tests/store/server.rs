//! What only a server can go through: company, lost connections, other tables.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Barrier};
use std::time::{Duration, Instant};

use partner_messaging::journal::{Claimed, OpenStore, Settled, Store};
use partner_messaging::{ErrorClass, Outcome};
use partner_messaging_journal::{Journal, postgres_store};
use tokio_postgres::{Client, NoTls};

use crate::conformance::{check, claim, ended, look_up, make_claim, sent, settle, settlement, try_key};

/// Where the server is; its user may do everything.
pub(crate) fn url() -> String {
    std::env::var("PARTNER_MESSAGING_TEST_POSTGRES").unwrap_or_else(|_| {
        panic!("these tests need a server: cargo xtask postgres cargo test -p partner-messaging-journal")
    })
}

/// A journal that nobody else has.
fn new_url() -> String {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    let name = format!("{}-{number}", std::process::id());
    format!("{}?application_name={name}&journal={name}", url())
}

fn new_store() -> Arc<dyn OpenStore> {
    postgres_store(&new_url()).unwrap()
}

/// Tells the server something, as its administrator.
fn tell(url: &str, sql: &str) -> Vec<String> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let (client, connection) = connect(url).await;
        let connection = tokio::spawn(connection);
        let rows = client.query_typed(sql, &[]).await.unwrap();
        drop(client);
        connection.await.unwrap();
        rows.iter().map(|row| row.get::<_, String>(0)).collect()
    })
}

type BoxedConnection = std::pin::Pin<Box<dyn Future<Output = ()> + Send>>;

async fn connect(url: &str) -> (Client, BoxedConnection) {
    let config: tokio_postgres::Config = url.split('?').next().unwrap().parse().unwrap();
    let host = match &config.get_hosts()[0] {
        tokio_postgres::config::Host::Tcp(name) => name.clone(),
        other => panic!("{other:?}"),
    };
    let stream = tokio::net::TcpStream::connect((host, config.get_ports()[0])).await.unwrap();
    let (client, connection) = config.connect_raw(stream, NoTls).await.unwrap();
    (client, Box::pin(async move { connection.await.unwrap() }))
}

fn name_of(url: &str) -> &str {
    url.split_once("journal=").unwrap().1
}

/// Ends the connections of a journal's stores, as an administrator does.
fn cut(url: &str) -> usize {
    let sql = "SELECT pg_terminate_backend(pid)::text FROM pg_stat_activity WHERE application_name = ";
    tell(url, &format!("{sql}'{}'", name_of(url))).len()
}

#[test]
fn a_server_is_a_store() {
    check(&mut || {
        struct Owned(Arc<dyn OpenStore>);
        impl OpenStore for Owned {
            fn open(&self) -> Result<Box<dyn Store>, partner_messaging::journal::StoreError> {
                self.0.open()
            }
            fn name(&self) -> String {
                self.0.name()
            }
            fn is_local(&self) -> bool {
                self.0.is_local()
            }
            fn is_loopback(&self) -> bool {
                self.0.is_loopback()
            }
        }
        Box::new(Owned(new_store()))
    });
}

#[test]
fn many_owners_make_each_claim_once() {
    const OWNERS: usize = 6;
    const ROUNDS: usize = 30;
    const KEYS: usize = 40;
    let url = new_url();
    let start = Arc::new(Barrier::new(OWNERS));
    let owners = (0..OWNERS).map(|owner| {
        let (store, start) = (postgres_store(&url).unwrap(), start.clone());
        std::thread::spawn(move || {
            let mut store = store.open().unwrap();
            let (mut made, mut open) = (0, Vec::new());
            start.wait();
            for round in 0..ROUNDS {
                // Each key is refused once, so that it is claimed twice.
                let mut claims: Vec<_> =
                    (0..KEYS).map(|n| claim(&*store, &format!("k{:03}", (round * 17 + n) % 200))).collect();
                claims.sort_by(|a, b| a.key.cmp(&b.key));
                let settlements: Vec<_> = std::mem::take(&mut open);
                let committed = store.commit(&settlements, &claims).unwrap();
                assert!(committed.settled.iter().all(|settled| *settled == Settled::Recorded));
                for (claim, found) in claims.iter().zip(committed.claims) {
                    if found == Claimed::Made {
                        made += 1;
                        let ending = match made % 3 {
                            0 => ended(Outcome::Rejected),
                            _ => sent(&format!("m-{owner}-{made}")),
                        };
                        open.push(settlement(claim, ending));
                    }
                }
            }
            store.commit(&open, &[]).unwrap();
            made
        })
    });
    let made: usize = owners.collect::<Vec<_>>().into_iter().map(|owner| owner.join().unwrap()).sum();
    let mut store = postgres_store(&url).unwrap().open().unwrap();
    let claims: i64 = tell(
        &url,
        &format!(
            "SELECT sum(claims)::text FROM partner_messaging.entries WHERE journal = \
             (SELECT id FROM partner_messaging.journals WHERE name = '{}')",
            name_of(&url)
        ),
    )[0]
    .parse()
    .unwrap();
    assert_eq!(claims, made as i64, "as often as somebody was told so");
    let summary = store.summary().unwrap();
    assert_eq!((summary.in_progress, summary.unknown, summary.conflicts), (0, 0, 0));
    assert_eq!(summary.sent + summary.rejected, 200);
    let cost: String = summary.totals.iter().map(|total| total.cost.to_string()).next().unwrap();
    assert_eq!(cost.parse::<f64>().unwrap(), 0.05 * summary.sent as f64);
}

#[test]
fn a_message_id_is_unique_however_close_two_come() {
    let url = new_url();
    for round in 0..20 {
        let id = format!("m{round}");
        let both = ["a", "b"].map(|name| {
            let (store, id, key) = (postgres_store(&url).unwrap(), id.clone(), format!("{name}{round}"));
            std::thread::spawn(move || {
                let mut store = store.open().unwrap();
                let claimed = make_claim(&mut *store, &key);
                settle(&mut *store, &claimed, sent(&id))
            })
        });
        let settled = both.map(|one| one.join().unwrap());
        assert_eq!(settled.iter().filter(|it| **it == Settled::Conflict).count(), 1, "{settled:?}");
    }
    // In one batch, too.
    let mut store = postgres_store(&url).unwrap().open().unwrap();
    let (a, b) = (make_claim(&mut *store, "x"), make_claim(&mut *store, "y"));
    let settled = store.commit(&[settlement(&b, sent("n")), settlement(&a, sent("n"))], &[]).unwrap().settled;
    assert_eq!(settled, [Settled::Conflict, Settled::Recorded], "in the order of their keys");
    let summary = store.summary().unwrap();
    assert_eq!((summary.sent, summary.conflicts), (42, 21));
}

#[test]
fn a_lost_connection_is_made_anew() {
    let url = new_url();
    let mut store = postgres_store(&url).unwrap().open().unwrap();
    let first = make_claim(&mut *store, "a");
    assert!(cut(&url) > 0);
    assert_eq!(look_up(&mut *store, "a").unwrap().claim, first.id);
    cut(&url);
    let second = make_claim(&mut *store, "b");
    cut(&url);
    assert_eq!(settle(&mut *store, &second, sent("m")), Settled::Recorded);
    // What was committed although its answer never came is recognised.
    let again = store.commit(&[settlement(&second, sent("m"))], std::slice::from_ref(&first)).unwrap();
    assert_eq!((again.settled, again.claims), (vec![Settled::Recorded], vec![Claimed::Made]));
    let summary = store.summary().unwrap();
    assert_eq!((summary.sent, summary.in_progress), (1, 1));
}

#[test]
fn time_ends_a_claim_by_the_servers_clock_and_never_opens_it() {
    let url = new_url();
    let mut store = postgres_store(&url).unwrap().open().unwrap();
    let claimed = make_claim(&mut *store, "k");
    // This machine's clock is not asked: one that is an hour ahead changes nothing.
    assert_eq!(look_up(&mut *store, "k").unwrap().outcome(), None);
    let age = "UPDATE partner_messaging.entries SET expires_at = clock_timestamp() - interval '0 seconds' \
               WHERE key = 'k' RETURNING key";
    // It has five seconds of grace, in which it is to be looked at.
    let in_grace = |store: &mut dyn Store| {
        let begun = Instant::now();
        tell(&url, age);
        let outcome = look_up(store, "k").unwrap().outcome();
        (begun.elapsed() < Duration::from_secs(5)).then_some(outcome)
    };
    let outcome = std::iter::repeat_with(|| in_grace(&mut *store)).take(20).flatten().next();
    assert_eq!(outcome, Some(None));
    tell(&url, &age.replace("0 seconds", "5.1 seconds"));
    assert_eq!(look_up(&mut *store, "k").unwrap().outcome(), Some(Outcome::Unknown));
    assert_eq!(try_key(&mut *store, "k").unwrap().outcome(), Some(Outcome::Unknown));
    tell(&url, &age.replace("0 seconds", "10 years"));
    assert_eq!(try_key(&mut *store, "k").unwrap().claim, claimed.id);
    assert_eq!(settle(&mut *store, &claimed, sent("m")), Settled::Recorded);
}

#[test]
fn journals_of_one_database_know_nothing_of_each_other() {
    let (one, two) = (new_url(), new_url());
    let (one, two) = (postgres_store(&one).unwrap(), postgres_store(&two).unwrap());
    let (mut one, mut two) = (one.open().unwrap(), two.open().unwrap());
    assert_ne!(one.identity().secret, two.identity().secret);
    assert_ne!(one.identity().owner, two.identity().owner);
    let claimed = make_claim(&mut *one, "k");
    settle(&mut *one, &claimed, sent("m"));
    assert_eq!(look_up(&mut *two, "k"), None);
    let claimed = make_claim(&mut *two, "k");
    assert_eq!(settle(&mut *two, &claimed, sent("m")), Settled::Recorded, "ids are unique in a journal");
    assert_eq!(two.bind_origin("http://127.0.0.1:2").unwrap(), "http://127.0.0.1:2");
    assert_eq!(one.bind_origin("http://127.0.0.1:1").unwrap(), "http://127.0.0.1:1");
}

#[test]
fn what_cannot_be_stored_as_it_is_does_not_stand_in_the_way() {
    let mut store = new_store().open().unwrap();
    let mut odd = claim(&*store, "k");
    odd.channel = "S\0MS".to_owned();
    odd.deadline.boot = Duration::MAX;
    odd.deadline.wall = i64::MAX;
    assert_eq!(store.commit(&[], &[odd.clone()]).unwrap().claims, [Claimed::Made]);
    let mut told = sent("m\0");
    told.code = Some("\0".to_owned());
    told.cost = Some(partner_messaging::Decimal::MAX);
    assert_eq!(settle(&mut *store, &odd, told), Settled::Recorded);
    let entry = look_up(&mut *store, "k").unwrap();
    assert_eq!(entry.ending.unwrap().message_id.as_deref(), Some("m\u{fffd}"));
}

#[test]
fn a_url_is_refused_before_anything_is_connected_to() {
    let refused = |url: &str| {
        let error = Journal::open(url).map(drop).unwrap_err();
        assert_eq!((error.class(), error.field()), (ErrorClass::Config, Some("journal")), "{error}");
        assert!(!error.to_string().contains("s3cret"), "{error}");
        error.to_string()
    };
    assert!(refused("postgresql://a:s3cret@db.example.com/d?sslmode=disable").contains("plain connection"));
    refused("postgresql://a:s3cret@localhost/d?nonsense=1");
    refused("mysql://a:s3cret@localhost/d");
    // Nobody is there.
    let journal = Journal::open("postgresql://a:s3cret@127.0.0.1:9/d?journal=x").unwrap();
    assert_eq!(journal.name(), "postgresql://a@127.0.0.1:9/d?journal=x");
    let error = journal.open().wait().unwrap_err();
    assert_eq!((error.class(), error.outcome()), (ErrorClass::Journal, Some(Outcome::NotSent)));
    let text = error.to_string();
    assert!(text.contains("127.0.0.1") && text.contains("refused") && !text.contains("s3cret"), "{text}");
    // The password is wrong.
    let (scheme, rest) = (url().split_once("//").unwrap().0.to_owned(), url());
    let wrong = format!("{scheme}//tests:s3cret@{}", rest.rsplit_once('@').unwrap().1);
    let error = Journal::open(wrong).unwrap().open().wait().unwrap_err();
    assert!(error.to_string().contains("password") && !error.to_string().contains("s3cret"), "{error}");
}

#[test]
fn a_stop_is_remembered_until_somebody_resumes() {
    let (one, two) = (new_url(), new_url());
    let open = |url: &str| postgres_store(url).unwrap().open().unwrap();
    let (mut first, mut second, mut other) = (open(&one), open(&one), open(&two));
    assert_eq!(first.stopped().unwrap(), None);
    first.stop("no credit").unwrap();
    second.stop("no credit there, either").unwrap();
    let stop = second.stopped().unwrap().unwrap();
    assert_eq!(stop.reason, "no credit");
    assert_eq!(other.stopped().unwrap(), None);
    assert_eq!(second.resume().unwrap(), Some(stop));
    assert_eq!((first.stopped().unwrap(), first.resume().unwrap()), (None, None));
}

#[test]
fn one_url_is_opened_once() {
    let url = new_url();
    let first = Journal::open(&url).unwrap();
    assert!(Journal::open(&url).unwrap().is_same(&first));
    assert_eq!(first.summary().wait().unwrap().sent, 0);
    first.close().wait().unwrap();
    assert!(!Journal::open(&url).unwrap().is_same(&first));
}

#[test]
fn what_is_not_ours_is_refused_and_left_as_it_is() {
    let database = format!("other_{}", std::process::id());
    let tell_main = |sql: &str| tell(&url(), sql);
    tell_main(&format!("CREATE DATABASE {database}"));
    let url = url().replace("/postgres", &format!("/{database}"));
    let open = || {
        let journal = Journal::open(&url).unwrap();
        let opened = journal.open().wait().map_err(|error| error.to_string());
        journal.close().wait().unwrap();
        opened
    };
    tell(&url, "CREATE SCHEMA partner_messaging");
    tell(&url, "CREATE TABLE partner_messaging.entries (x text)");
    assert!(open().unwrap_err().contains("another program's"));
    tell(&url, "DROP TABLE partner_messaging.entries");
    // A schema that the administrator made for us.
    open().unwrap();
    // Tables of format 1 are brought to this one.
    let version = || tell(&url, "SELECT version::text FROM partner_messaging.format");
    let mut store = postgres_store(&url).unwrap().open().unwrap();
    let claimed = make_claim(&mut *store, "k");
    settle(&mut *store, &claimed, sent("m"));
    tell(&url, "DROP TABLE partner_messaging.highest, partner_messaging.rates, partner_messaging.stops");
    tell(&url, "UPDATE partner_messaging.format SET version = 1");
    open().unwrap();
    assert_eq!(version(), ["2"]);
    assert_eq!(tell(&url, "SELECT cost::text FROM partner_messaging.highest"), ["0.05"]);
    store.spending().unwrap();
    tell(&url, "UPDATE partner_messaging.format SET version = 99");
    assert!(Journal::open(format!("{url}?journal=x")).unwrap().open().wait().is_err());
    assert_eq!(tell(&url, "SELECT name FROM partner_messaging.journals"), ["default"]);
}

/// A campaign's journal is as a rule newer than what the server knows of the table: that it
/// expects no rows of it must not have it read all of them for each look.
#[test]
fn a_look_reads_what_it_asks_for_whatever_the_statistics_say() {
    let database = format!("statistics_{}", std::process::id());
    tell(&url(), &format!("CREATE DATABASE {database}"));
    let url = url().replace("/postgres", &format!("/{database}"));
    let mut store = postgres_store(&format!("{url}?journal=new")).unwrap().open().unwrap();
    let fill = |name: &str, keys: u32| {
        let insert =
            "INSERT INTO partner_messaging.journals (name, secret) VALUES ($name, '') ON CONFLICT DO NOTHING";
        tell(&url, &insert.replace("$name", &format!("'{name}'")));
        let insert = "INSERT INTO partner_messaging.entries (journal, key, digest, form, owner, claim, channel, \
                      claimed_at, deadline, expires_at, outcome, ended_at) SELECT id, 'k' || n, \
                      decode(repeat('00', 32), 'hex'), 1, 1, 1, 'SMS', 0, 0, now(), 3, 0 FROM partner_messaging.journals, generate_series(1, $keys) AS n WHERE name = $name";
        tell(&url, &insert.replace("$name", &format!("'{name}'")).replace("$keys", &keys.to_string()));
    };
    fill("old", 20_000);
    tell(&url, "ANALYZE partner_messaging.entries");
    fill("new", 10_000);
    let keys: Vec<String> = (1..=50).map(|n| format!("k{}", n * 100)).collect();
    let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
    tell(&url, "SELECT pg_stat_reset()::text");
    let found = store.look_up(&keys).unwrap();
    assert!(found.iter().all(|entry| entry.as_ref().is_some_and(|entry| entry.outcome().is_some())));
    // What a session has read, it tells when it ends.
    drop(store);
    let read = "SELECT (coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0))::text \
                FROM pg_stat_user_tables WHERE relname = 'entries'";
    let begun = Instant::now();
    let read = std::iter::repeat_with(|| tell(&url, read)[0].parse::<u32>().unwrap());
    let read = read.take_while(|_| begun.elapsed() < Duration::from_secs(120)).find(|rows| *rows > 0);
    assert!(read.unwrap() < 200, "{read:?} rows for 50");
}
