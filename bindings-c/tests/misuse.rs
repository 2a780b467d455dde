//! Mistakes that a compiler has to warn of. `CC` names another compiler than cc.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use std::fs;

use common::{compiler, scratch};

/// What the compiler says of a program with this statement in it.
fn said_of(statement: &str, file: &str, flags: &[&str]) -> (bool, String) {
    let source = scratch("misuse").join(file);
    let program = format!(
        "#include <partner_messaging.h>\n#include <stdlib.h>\n\
         pm_status status(void); pm_outcome outcome(void);\n\
         pm_outcome misuse(void);\n\
         pm_outcome misuse(void) {{\n{statement}\nreturn PM_OUTCOME_NONE;\n}}\n"
    );
    fs::write(&source, program).unwrap();
    // What is freed by what is only seen where code is made.
    let object = source.with_extension("o");
    let output =
        compiler(&source).args(["-Wno-error", "-c", "-o"]).arg(object).args(flags).arg(source).output();
    let output = output.unwrap();
    (output.status.success(), String::from_utf8(output.stderr).unwrap())
}

#[test]
fn a_status_is_not_taken_for_an_outcome() {
    let right = "switch (status()) { case PM_OK: break; default: break; }\n\
         if (outcome() == PM_OUTCOME_SENT && status() != PM_UNKNOWN) return outcome();";
    assert_eq!(said_of(right, "right.c", &[]), (true, String::new()));

    let is_clang = std::env::var("CC").is_ok_and(|compiler| compiler.contains("clang"));
    let mistakes = [
        ("assigned", "pm_outcome taken = status(); (void)taken;"),
        ("assigned the other way", "pm_status taken = PM_OUTCOME_SENT; (void)taken;"),
        ("passed", "(void)pm_outcome_name(status());"),
        ("passed the other way", "(void)pm_status_name(outcome());"),
        ("returned", "return status();"),
        ("switched on", "switch (status()) { case PM_OUTCOME_SENT: break; default: break; }"),
        ("switched on the other way", "switch (outcome()) { case PM_OK: break; default: break; }"),
        ("compared", "if (status() == PM_OUTCOME_SENT) return PM_OUTCOME_SENT;"),
    ];
    for (name, statement) in mistakes {
        let (_, said) = said_of(statement, "mistake.c", &[]);
        // To clang an enum's constant is an int, so it sees no two enums compared.
        assert!(said.contains("warning") || name == "compared" && is_clang, "{name}: no warning: {said}");
        // In C++ it is an error, but for a comparison.
        let (compiles, said) = said_of(statement, "mistake.cpp", &[]);
        assert!(!compiles || said.contains("warning"), "{name} in C++: no warning: {said}");
    }
}

#[test]
fn results_are_not_dropped_nor_freed_by_another() {
    let right = "pm_message *m = pm_message_new_sms(\"a\", \"b\"); pm_client *c = NULL;\n\
         if (pm_client_new(NULL, &c, NULL) != PM_OK) pm_message_free(m);\n\
         pm_client_wait(c, 0); pm_client_free(c);";
    for file in ["right.c", "right.cpp"] {
        assert_eq!(said_of(right, file, &[]), (true, String::new()));
    }
    let mistakes = [
        ("a status", "pm_client_send(NULL, NULL, NULL, NULL, NULL);", "unused"),
        ("a new handle", "pm_queue_new();", "unused"),
        ("a completion", "pm_queue_next(NULL, 0);", "unused"),
        ("no place for the client", "if (pm_client_new(NULL, NULL, NULL)) return outcome();", "nonnull"),
        ("another's free", "pm_options *o = pm_options_new(); free(o);", "dealloc"),
    ];
    let is_clang = std::env::var("CC").is_ok_and(|compiler| compiler.contains("clang"));
    for (name, statement, warning) in mistakes {
        for file in ["mistake.c", "mistake.cpp"] {
            let (_, said) = said_of(statement, file, &["-O1"]);
            // clang doesn't know what is freed by what.
            assert!(said.contains(warning) || warning == "dealloc" && is_clang, "{name}: {said}");
        }
    }
}

#[test]
fn the_header_of_cpp_says_what_it_needs_and_warns_of_no_dropped_future() {
    let compile = |standard: &str| {
        let source = scratch("standard").join("program.cpp");
        let program = "#include <partner_messaging.hpp>\nnamespace pm = partner_messaging;\n\
             void drop(const pm::Client &c, const pm::Sms &m);\n\
             void drop(const pm::Client &c, const pm::Sms &m) { c.send_async(m); c.try_send_async(m); }\n";
        fs::write(&source, program).unwrap();
        let output = compiler(&source).args([standard, "-fsyntax-only"]).arg(source).output().unwrap();
        (output.status.success(), String::from_utf8(output.stderr).unwrap())
    };
    assert_eq!(compile("-std=c++17"), (true, String::new()));
    let (compiles, said) = compile("-std=c++14");
    assert!(!compiles && said.contains("needs C++17 or later"), "{said}");
}

#[test]
fn enums_of_another_size_are_refused() {
    let (compiles, said) = said_of("", "short.c", &["-fshort-enums"]);
    assert!(!compiles && said.contains("pm_enums_have_32_bits"), "{said}");
    // There their size is in the header.
    let (compiles, said) = said_of("", "short.cpp", &["-fshort-enums"]);
    assert!(compiles, "{said}");
}
