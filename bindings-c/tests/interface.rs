//! The headers, and what the shared library exports.

#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use common::{compiler, library_dir, package, scratch, succeed};
use partner_messaging::{ErrorClass, Kind};

/// The functions that the header declares.
fn declared() -> BTreeSet<String> {
    let header = fs::read_to_string(package().join("include/partner_messaging.h")).unwrap();
    let code: String = header.split("/*").map(|part| part.rsplit("*/").next().unwrap()).collect();
    code.split(|c: char| !c.is_ascii_alphanumeric() && c != '_' && c != '(')
        .filter_map(|word| word.split_once('(').map(|(name, _)| name.to_owned()))
        .filter(|name| name.starts_with("pm_"))
        .collect()
}

#[test]
fn the_library_exports_what_the_header_declares() {
    let library = library_dir().join("libpartner_messaging.so");
    let output = succeed(Command::new("nm").args(["-D", "--defined-only"]).arg(library));
    let text = String::from_utf8(output.stdout).unwrap();
    // As users get it, each has a version, which is a name itself.
    let exported: BTreeSet<String> = text
        .lines()
        .filter(|line| !line.contains(" A "))
        .filter_map(|line| line.split_whitespace().nth(2)?.split('@').next())
        .map(str::to_owned)
        .collect();
    assert!(exported.len() > 60, "{exported:?}");
    let mut known = declared();
    // For the program that comes with the library.
    known.insert("pm_run_command_line".to_owned());
    assert_eq!(exported, known);
}

#[test]
fn every_function_is_given_hostile_arguments() {
    let programs = package().join("tests/programs");
    let files = ["hostile.c", "hostile_arguments.h", "hostile_values.h"];
    let program: String = files.map(|file| fs::read_to_string(programs.join(file)).unwrap()).concat();
    let named: BTreeSet<&str> = program.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').collect();
    let missing: Vec<_> = declared().into_iter().filter(|name| !named.contains(name.as_str())).collect();
    assert_eq!(missing, [""; 0]);
}

#[test]
fn the_shared_library_has_its_soname() {
    let library = library_dir().join("libpartner_messaging.so");
    let output = succeed(Command::new("readelf").arg("-d").arg(library));
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("[libpartner_messaging.so.0]") && text.contains("NODELETE"), "{text}");
}

#[test]
fn the_headers_compile_alone() {
    let dir = scratch("headers");
    let cases = [
        ("c99.c", "partner_messaging.h", "-std=c99"),
        ("c17.c", "partner_messaging.h", "-std=c17"),
        ("c_in_cpp17.cpp", "partner_messaging.h", "-std=c++17"),
        ("cpp17.cpp", "partner_messaging.hpp", "-std=c++17"),
        ("cpp20.cpp", "partner_messaging.hpp", "-std=c++20"),
        ("no_exceptions.cpp", "partner_messaging.hpp", "-fno-exceptions"),
    ];
    for (name, header, standard) in cases {
        let source = dir.join(name);
        // Twice: the second time nothing is left of it.
        fs::write(&source, format!("#include <{header}>\n#include <{header}>\nextern int nothing;\n"))
            .unwrap();
        let mut compiler = compiler(&source);
        compiler.args([standard, "-Wshadow", "-Wconversion", "-Wundef", "-fsyntax-only"]).arg(source);
        succeed(&mut compiler);
    }
}

#[test]
fn every_kind_and_class_is_documented() {
    let header = fs::read_to_string(package().join("include/partner_messaging.h")).unwrap();
    for kind in Kind::ALL {
        assert!(header.contains(&format!("\"{kind}\"")), "{kind} is not in the header");
    }
    let readme = fs::read_to_string(package().join("README.md")).unwrap();
    for class in ErrorClass::ALL {
        assert!(readme.contains(class.name()), "{} is not in the README", class.name());
    }
}

#[test]
fn the_header_explains_itself() {
    let header = fs::read_to_string(package().join("include/partner_messaging.h")).unwrap();
    assert!(header.contains("GENERATED") && header.contains("CONVENTIONS"));
    for name in declared() {
        let place = header.match_indices(&format!("{name}(")).find(|(at, _)| {
            let line = header[..*at].rfind('\n').unwrap() + 1;
            let before = header[..line].lines().rfind(|line| !line.starts_with("PM_"));
            before.is_some_and(|line| line.ends_with("*/"))
        });
        assert!(place.is_some(), "{name} has no comment");
    }
    for foreign in ["# Safety", "Option<", "Box<", "`"] {
        let rest = header.split_once("#ifndef").unwrap().1;
        assert!(!rest.contains(foreign), "{foreign} means nothing in C");
    }
}

/// Pointers are the business of one layer.
#[test]
fn the_layers_above_ffi_have_no_unsafe_code() {
    for folder in ["handles", "entries", "entries/generated"] {
        for file in fs::read_dir(package().join("src").join(folder)).unwrap() {
            let file = file.unwrap().path();
            if file.is_dir() {
                continue;
            }
            let text = fs::read_to_string(&file).unwrap().replace("unsafe(no_mangle)", "");
            let text = text.replace("unsafe extern \"C\" fn(", "");
            assert!(!text.contains("unsafe"), "{} has unsafe code", file.display());
        }
    }
}
