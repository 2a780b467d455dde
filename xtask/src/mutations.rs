//! Changes of the journal that its tests must not let pass: each is made in a copy, and has to
//! turn its test red.

use std::path::Path;
use std::process::Command;

use crate::Result;
use crate::files::{empty_folder, read, write};
use crate::fresh;
use crate::process::{run, succeeds};
use crate::services::postgres::Postgres;
use crate::workspace::Workspace;

struct Mutation {
    what: &'static str,
    file: &'static str,
    from: &'static str,
    to: &'static str,
    /// The package, its test program and the test.
    test: [&'static str; 3],
}

const CRASH: &str = "partner-messaging-crash";
const JOURNAL: &str = "partner-messaging-journal";

const MUTATIONS: [Mutation; 11] = [
    Mutation {
        what: "claims are written and not synced",
        file: "journal/src/sqlite/store.rs",
        from: "let mode = if claims.is_empty() { Mode::Write } else { Mode::WriteAndSync };",
        to: "let mode = Mode::Write;",
        test: [CRASH, "kills", "a_loss_of_power_loses_no_claim_whose_request_left"],
    },
    Mutation {
        what: "a claim whose time is over is free",
        file: "core/src/journal/rules.rs",
        from: "Some(Outcome::Unknown) => Decision::Unknown,",
        to: "Some(Outcome::Unknown) => Decision::Claim,",
        test: [CRASH, "protocol", "two_processes_and_three_claims_over_a_server"],
    },
    Mutation {
        what: "an outcome counts for whatever claim the key has",
        file: "core/src/journal/rules.rs",
        from: "if entry.claim != settlement.claim {",
        to: "if false {",
        test: [CRASH, "protocol", "two_processes_and_three_claims_over_a_server"],
    },
    Mutation {
        what: "a resolution counts for another claim than was read",
        file: "core/src/journal/rules.rs",
        from: "if entry.claim != resolution.claim || entry.outcome()",
        to: "if entry.outcome()",
        test: [CRASH, "protocol", "two_processes_and_three_claims_over_a_server"],
    },
    Mutation {
        what: "the barrier doesn't look at the claim's deadline",
        file: "core/src/transport/barrier/mod.rs",
        from: "let is_over = Instant::now() >= self.deadline || self.is_past_claim();",
        to: "let is_over = Instant::now() >= self.deadline;",
        test: [CRASH, "clock", "between_claim_and_request_a_step_forwards"],
    },
    Mutation {
        what: "a claim's time is over by the wall clock",
        file: "journal/src/sqlite/store.rs",
        from: "if since_boot() >= stored.boot_deadline {",
        to: "if partner_messaging::journal::wall_millis() >= stored.entry.deadline {",
        test: [CRASH, "clock", "a_frozen_process_is_waited_for"],
    },
    Mutation {
        what: "SQLite takes POSIX locks",
        file: "journal/src/sqlite/system_calls.rs",
        from: "replace(c\"fcntl\", fcntl as *const c_void)?;",
        to: "let _ = fcntl;",
        test: [JOURNAL, "store", "another_sqlite_may_come_and_go"],
    },
    Mutation {
        what: "files are closed in which another SQLite of the process has locks",
        file: "journal/src/sqlite/descriptors.rs",
        from: "const KEEPS: bool = cfg!(any(target_os = \"linux\", target_os = \"android\"));",
        to: "const KEEPS: bool = false;",
        test: [JOURNAL, "store", "what_another_sqlite_of_this_process_has_locked_stays_locked"],
    },
    Mutation {
        what: "owners are taken for gone that live",
        file: "journal/src/sqlite/files.rs",
        from: "!byte_lock::is_locked(&self.file, owner).unwrap_or(true)",
        to: "owner > 0",
        test: [CRASH, "company", "containers_that_do_not_see_each_other"],
    },
    Mutation {
        what: "a file that can't be written to is tried",
        file: "journal/src/sqlite/files.rs",
        from: "Some(error) => Err(StoreError::broken(format!(\"it can't be written to: {error}\"))),",
        to: "Some(_) => Ok(()),",
        test: [CRASH, "trouble", "what_cannot_be_written_is_refused"],
    },
    Mutation {
        what: "a lost connection is not made anew",
        file: "journal/src/postgres/store.rs",
        from: "Err(Fault::Lost(_)) if !lost && begun.elapsed() < MAX_TIME => lost = true,",
        to: "Err(Fault::Lost(_)) if !lost && begun.elapsed() > MAX_TIME => lost = true,",
        test: [CRASH, "connection", "a_commit_whose_answer_is_lost_is_recognised"],
    },
];

/// Makes each change in a copy of what is committed, and expects its test to fail.
pub(crate) fn run_all(workspace: &Workspace) -> Result<()> {
    let place = workspace.target.join("mutations/checkout");
    empty_folder(&place)?;
    fresh::clone(&workspace.root, &place)?;
    let server = Postgres::start(workspace)?;
    let mut passed = Vec::new();
    for mutation in &MUTATIONS {
        eprintln!("== {}", mutation.what);
        let file = place.join(mutation.file);
        let text = read(&file)?;
        if text.matches(mutation.from).count() != 1 {
            return Err(format!("{} has not once: {}", mutation.file, mutation.from));
        }
        write(&file, &text.replace(mutation.from, mutation.to))?;
        // What doesn't compile tells nothing.
        run(test(workspace, &place, mutation).arg("--no-run"))?;
        let survived = succeeds(server.points(test(workspace, &place, mutation).arg(mutation.test[2])));
        write(&file, &text)?;
        eprintln!("== {}", if survived { "NOT NOTICED" } else { "noticed" });
        if survived {
            passed.push(mutation.what);
        }
    }
    match passed.is_empty() {
        true => Ok(()),
        false => Err(format!("no test notices that {}", passed.join("; nor that "))),
    }
}

fn test(workspace: &Workspace, place: &Path, mutation: &Mutation) -> Command {
    let [package, program, _] = mutation.test;
    let mut command = workspace.cargo("test");
    command.args(["--quiet", "-p", package, "--test", program]).current_dir(place);
    // A copy of its own, so that nothing that was changed is taken for what it was.
    command.env("CARGO_TARGET_DIR", workspace.target.join("mutations/build"));
    command
}
