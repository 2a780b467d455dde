//! What cbindgen can't say in the C header: its version, the size of enums, and
//! what a compiler may hold a caller to.

/// What a program's functions must promise in C++: before their types.
const NOEXCEPT: &str = "\
/* A function of yours that this library calls must not throw, and C++ holds it to that. A
 * program may define this itself, as nothing for example: what throws ends it all the same. */
#ifndef PM_NOEXCEPT
#if defined(__cplusplus) && __cplusplus >= 201703L
#define PM_NOEXCEPT noexcept
#else
#define PM_NOEXCEPT
#endif
#endif

";

/// Where the functions begin.
const FUNCTIONS: &str = "#ifdef __cplusplus\nextern \"C\" {";

/// The attributes, each of which a program may define for itself first. What
/// gcc calls `malloc` of one argument says less than the word alone: that this
/// function frees it, and nothing about what it points to.
const MACROS: &str = "\
/* What a compiler may hold you to: a status or a new handle must not be
 * discarded, a handle has to be freed by its own function, a pointer must not be
 * NULL. A program may define each of them itself, as nothing for example. */
#ifndef PM_NODISCARD
#if defined(__cplusplus) ? __cplusplus >= 201703L : __STDC_VERSION__ >= 202311L
#define PM_NODISCARD [[nodiscard]]
#elif defined(__GNUC__)
#define PM_NODISCARD __attribute__((warn_unused_result))
#else
#define PM_NODISCARD
#endif
#endif

#ifndef PM_FREED_BY
#if defined(__GNUC__) && __GNUC__ >= 11 && !defined(__clang__)
#define PM_FREED_BY(function) __attribute__((malloc(function, 1)))
#else
#define PM_FREED_BY(function)
#endif
#endif

#ifndef PM_NEW
#if defined(__GNUC__)
#define PM_NEW __attribute__((malloc))
#else
#define PM_NEW
#endif
#endif

#ifndef PM_NONNULL
#if defined(__GNUC__)
#define PM_NONNULL(parameter) __attribute__((nonnull(parameter)))
#else
#define PM_NONNULL(parameter)
#endif
#endif

";

/// The out-parameters that are refused when they are NULL, by their number.
const NONNULL: [(&str, u8); 2] = [("pm_client_new", 2), ("pm_sandbox_start", 2)];

pub(super) fn version_macros(version: &str) -> Result<String, String> {
    // A pre-release's suffix stands in the text only.
    let core = version.split(['-', '+']).next().unwrap_or(version);
    let numbers: Vec<u32> = core.split('.').filter_map(|part| part.parse().ok()).collect();
    let [major, minor, patch] = numbers[..] else {
        return Err(format!("the version {version} is not major.minor.patch"));
    };
    Ok(format!(
        "\n/** The version of this header; pm_version() is that of the library that runs. */\n\
         #define PM_VERSION \"{version}\"\n\
         #define PM_VERSION_MAJOR {major}\n\
         #define PM_VERSION_MINOR {minor}\n\
         #define PM_VERSION_PATCH {patch}\n\
         /** The same as a number, to be compared: 10203 for \"1.2.3\". */\n\
         #define PM_VERSION_NUMBER (PM_VERSION_MAJOR * 10000 + PM_VERSION_MINOR * 100 + PM_VERSION_PATCH)"
    ))
}

/// The enums with a name and, where the language allows it, a size.
///
/// `repr(i32)` would make them `typedef int32_t`, which no compiler warns about
/// when one is taken for another; a plain enum has the size that the compiler
/// chooses, so the header refuses any other than the library's.
pub(super) fn sized_enums(header: &str) -> Result<String, String> {
    const PLAIN: &str = "typedef enum {";
    let mut parts = header.split(PLAIN);
    let mut sized = parts.next().unwrap_or_default().to_owned();
    let mut names = Vec::new();
    for part in parts {
        let name = part.split_once("\n} ").and_then(|(_, rest)| rest.split_once(';'));
        let name = name.ok_or("an enum of the header has no end")?.0;
        sized.push_str(&format!(
            "typedef enum {name}\n\
             #if defined(__cplusplus) || __STDC_VERSION__ >= 202311L\n    \
             : int32_t\n\
             #endif\n\
             {{{part}"
        ));
        names.push(name);
    }
    let (types, functions) = sized.split_once(FUNCTIONS).ok_or("the header declares no functions")?;
    let sizes: Vec<String> = names.iter().map(|name| format!("sizeof({name}) == 4")).collect();
    Ok(format!(
        "{types}/* With -fshort-enums these would be another size than the library's. */\n\
         typedef char pm_enums_have_32_bits[{} ? 1 : -1];\n\n\
         {FUNCTIONS}{functions}",
        sizes.join(" && ")
    ))
}

/// The types of the program's functions, of which C++ knows that they don't throw.
pub(super) fn that_do_not_throw(header: &str) -> Result<String, String> {
    const ENUM: &str = "\n/**\n * ";
    let (start, types) = header.split_once(ENUM).ok_or("the header has no documented types")?;
    let mut made = format!("{start}\n{NOEXCEPT}{}", &ENUM[1..]);
    let mut is_function = false;
    for line in types.split_inclusive('\n') {
        is_function |= line.starts_with("typedef ") && line.contains("(*pm_");
        match line.strip_suffix(");\n") {
            Some(start) if is_function => {
                made.push_str(&format!("{start}) PM_NOEXCEPT;\n"));
                is_function = false;
            }
            _ => made.push_str(line),
        }
    }
    Ok(made)
}

/// The functions with their attributes, which follow from what they return.
pub(super) fn with_attributes(header: &str) -> Result<String, String> {
    let (types, functions) = header.split_once(FUNCTIONS).ok_or("the header declares no functions")?;
    let mut made = format!("{types}{MACROS}{FUNCTIONS}");
    for line in functions.split_inclusive('\n') {
        made.push_str(&attributes(line));
        made.push_str(line);
    }
    Ok(made)
}

/// The line of attributes before a declaration that begins on `line`.
fn attributes(line: &str) -> String {
    let Some((result, name)) = line.split('(').next().and_then(|line| line.rsplit_once(' ')) else {
        return String::new();
    };
    let (is_pointer, name) = (name.starts_with('*'), name.trim_start_matches('*'));
    let mut attributes = Vec::new();
    if result == "pm_status" {
        attributes.push("PM_NODISCARD".to_owned());
    } else if result.starts_with("pm_") && is_pointer {
        attributes.push("PM_NODISCARD".to_owned());
        attributes.push(format!("PM_FREED_BY({result}_free)"));
        if name.contains("_new") {
            attributes.push("PM_NEW".to_owned());
        }
    }
    let nonnull = NONNULL.iter().filter(|(function, _)| result == "pm_status" && *function == name);
    attributes.extend(nonnull.map(|(_, parameter)| format!("PM_NONNULL({parameter})")));
    if attributes.is_empty() { String::new() } else { attributes.join(" ") + "\n" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_becomes_macros() {
        let macros = version_macros("1.2.3-rc.1").unwrap();
        assert!(macros.contains("PM_VERSION \"1.2.3-rc.1\"") && macros.contains("PM_VERSION_MINOR 2"));
        assert!(version_macros("1.2").is_err());
    }

    #[test]
    fn enums_have_a_name_and_a_size() {
        let header = "typedef enum {\n    A = 0,\n} a;\n#ifdef __cplusplus\nextern \"C\" {\n";
        let sized = sized_enums(header).unwrap();
        assert!(
            sized.starts_with("typedef enum a\n#if") && sized.contains("    : int32_t\n#endif\n{\n    A")
        );
        assert!(sized.contains("[sizeof(a) == 4 ? 1 : -1]"), "{sized}");
        assert!(sized_enums("typedef enum {").is_err());
    }

    #[test]
    fn functions_of_the_program_promise_not_to_throw() {
        let header =
            "#define A 1\n\n/**\n * A.\n */\ntypedef void (*pm_a)(int b,\n    int c);\nint pm_f(void);\n";
        let made = that_do_not_throw(header).unwrap();
        assert!(made.contains("int c) PM_NOEXCEPT;\nint pm_f(void);\n"), "{made}");
        assert!(made.find("#define PM_NOEXCEPT").unwrap() < made.find("A.").unwrap());
    }

    #[test]
    fn attributes_follow_from_the_result() {
        assert_eq!(
            attributes("pm_status pm_client_new(const pm_options *o,\n"),
            "PM_NODISCARD PM_NONNULL(2)\n"
        );
        assert_eq!(
            attributes("pm_message *pm_message_new_sms(const char *to);\n"),
            "PM_NODISCARD PM_FREED_BY(pm_message_free) PM_NEW\n"
        );
        assert_eq!(
            attributes("pm_completion *pm_queue_next(const pm_queue *queue);\n"),
            "PM_NODISCARD PM_FREED_BY(pm_completion_free)\n"
        );
        for plain in [
            "const pm_receipt *pm_completion_receipt(void);\n",
            "void pm_error_free(pm_error *e);\n",
            " * see pm_client_new().\n",
        ] {
            assert_eq!(attributes(plain), "");
        }
    }
}
