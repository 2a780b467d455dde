//! The C++ header's records, options and exceptions.

use super::docs::{Dialect, Doc};
use super::interface::{Field, Interface, Record, Row, Type, snake_case};
use super::names;

const WIDTH: usize = 100;

/// A header of this name that includes these.
fn file(name: &str, includes: &str, body: &str) -> String {
    format!(
        "\
/*
 * GENERATED from the core's public types by `cargo xtask generate`: change those.
 */
#ifndef PARTNER_MESSAGING_{name}_HPP
#define PARTNER_MESSAGING_{name}_HPP

{includes}
namespace partner_messaging {{
inline namespace v0 {{
{body}
}} // namespace v0
}} // namespace partner_messaging

#endif
"
    )
}

/// What the options take by classes of their own, which need the records.
const TAKEN: &str = "
class Journal;
class Event;

namespace detail {
inline const pm_journal *handle(const Journal &journal) noexcept;
inline void tell_events(pm_options *options, std::function<void(const Event &)> function);
}
";

/// An option that is a function.
const ON_EVENT: &str = "
    /// A function that is called at every attempt, retry and end of the calls, for example with
    /// the text of the event to log. It is kept as long as a client made with these options has
    /// calls under way; it must not throw: the program ends then. See pm_event_callback.
    Options &on_event(std::function<void(const Event &)> function) & {
        detail::tell_events(get(), std::move(function));
        return *this;
    }
    /// The same for what is in the making.
    [[nodiscard]] Options on_event(std::function<void(const Event &)> function) && {
        return std::move(this->on_event(std::move(function)));
    }
";

/// The records and the options.
pub(super) fn records(interface: &Interface) -> String {
    let records = interface.records.iter().chain([&interface.error]).map(|it| match it.name.as_str() {
        "Error" => shared(it),
        "Reply" => owner(it),
        _ => record(it),
    });
    let settings = interface.settings.iter().map(settings);
    let parts = [TAKEN.to_owned(), outcome(&interface.outcomes)].into_iter().chain(records).chain(settings);
    file(
        "GENERATED",
        "#include \"support.hpp\"\n\n#include <functional>\n#include <tuple>\n",
        &parts.collect::<String>(),
    )
}

/// The exceptions, where there can be any.
pub(super) fn exceptions(interface: &Interface) -> String {
    let classes: String = interface.classes.iter().map(exception).collect();
    let body =
        format!("\n#if PARTNER_MESSAGING_EXCEPTIONS\n{classes}{}\n#endif\n", table(&interface.classes));
    file("EXCEPTIONS", "#include \"error.hpp\"\n\n#include <exception>\n#include <stdexcept>\n", &body)
}

struct Cpp;

impl Dialect for Cpp {
    fn link(&self, _owner: &str, item: &str) -> String {
        match item.chars().next() {
            Some(first) if first.is_ascii_lowercase() => format!("{item}()"),
            _ => item.to_owned(),
        }
    }
}

fn outcome(outcomes: &[Row]) -> String {
    let mut out = "
/// What became of a message.
enum class Outcome : std::int32_t {
    /// No message was at stake.
    none = PM_OUTCOME_NONE,
"
    .to_owned();
    for outcome in outcomes {
        out.push_str(&outcome.doc.lines(&Cpp, "    /// ", WIDTH));
        out.push_str(&format!("    {} = PM_OUTCOME_{},\n", outcome.name, outcome.name.to_uppercase()));
    }
    out.push_str("};\n");
    out
}

/// A struct that copies what a handle says.
fn record(record: &Record) -> String {
    let mut out = format!("\n{}struct {} {{\n", record.doc.lines(&Cpp, "/// ", WIDTH), record.name);
    for field in &record.fields {
        let name = names::field(&record.name, field);
        out.push_str(&comment(field));
        out.push_str(&format!("    {} {name}{};\n", member(field), initial(field)));
    }
    // A fallback's receipt is made of two handles.
    if record.name == "FallbackReceipt" {
        return out + "\n" + &equality(record) + "};\n";
    }
    let (parameters, members) = copied(record);
    out.push_str(&format!(
        "
    {name}() = default;
    /// Copies what C has.
    explicit {name}({parameters})
        : {members} {{}}

{equality}}};
",
        name = record.name,
        equality = equality(record),
    ));
    out
}

/// Records are equal if all their members are.
fn equality(record: &Record) -> String {
    let name = &record.name;
    let members = |of: &str| {
        let members = record.fields.iter().map(|field| format!("{of}.{}", names::field(name, field)));
        members.collect::<Vec<_>>().join(", ")
    };
    format!(
        "    /// Whether all members are equal.
    friend bool operator==(const {name} &a, const {name} &b) {{
        return std::tie({}) ==
               std::tie({});
    }}
    /// Whether one member differs.
    friend bool operator!=(const {name} &a, const {name} &b) {{ return !(a == b); }}
",
        members("a"),
        members("b"),
    )
}

/// What a struct is copied of, and how each of its members is.
fn copied(record: &Record) -> (String, String) {
    let handle = names::handle(&record.name);
    let (parameters, arguments) = match names::is_list(&record.name) {
        true => (format!("const pm_{handle} *{handle}, std::size_t index"), format!("{handle}, index")),
        false => (format!("const pm_{handle} *{handle}"), handle.to_owned()),
    };
    let copy = |field| format!("{}({})", names::field(&record.name, field), read(record, field, &arguments));
    let members: Vec<String> = record.fields.iter().map(copy).collect();
    (parameters, members.join(",\n          "))
}

/// A class over what copies of it share, so that copying is cheap and never throws.
fn shared(record: &Record) -> String {
    let name = record.name.clone() + "Fields";
    let handle = names::handle(&record.name);
    let (parameters, members) = copied(record);
    let mut out = format!(
        "
{doc}class {name} {{
  public:
    /// Copies what C has.
    explicit {name}({parameters}) : fields_(std::make_shared<const Fields>({handle})) {{}}
    /// Moving copies, too: none is ever empty.
    {name}(const {name} &) noexcept = default;
    /// The same.
    {name} &operator=(const {name} &) noexcept = default;
    ~{name}() = default;
",
        doc = record.doc.lines(&Cpp, "/// ", WIDTH),
    );
    for field in &record.fields {
        let called = names::field(&record.name, field);
        let is_small = matches!(
            field.ty,
            Type::Bool | Type::Status | Type::Count | Type::Size | Type::Duration | Type::Outcome
        );
        let ty = if is_small { member(field) + " " } else { format!("const {} &", member(field)) };
        out.push_str(&comment(field));
        out.push_str(&format!(
            "    [[nodiscard]] {ty}{called}() const noexcept {{\n        return fields_->{called};\n    }}\n"
        ));
    }
    let fields: String = record
        .fields
        .iter()
        .map(|field| {
            format!("        {} {}{};\n", member(field), names::field(&record.name, field), initial(field))
        })
        .collect();
    out.push_str(&format!(
        "
  private:
    struct Fields {{
        explicit Fields({parameters})
            : {} {{}}
{fields}    }};
    std::shared_ptr<const Fields> fields_;
}};
",
        members.replace('\n', "\n    "),
    ));
    out
}

/// A class that shares a handle with its copies, and asks it.
fn owner(record: &Record) -> String {
    let (name, handle) = (&record.name, names::handle(&record.name));
    let mut out = format!(
        "
{doc}class {name} {{
  public:
    /// Takes a C handle over.
    explicit {name}(pm_{handle} *handle) : handle_(handle, pm_{handle}_free) {{}}
    /// Shares what has an owner already.
    explicit {name}(std::shared_ptr<const pm_{handle}> handle) noexcept : handle_(std::move(handle)) {{}}
",
        doc = record.doc.lines(&Cpp, "/// ", WIDTH),
    );
    for field in &record.fields {
        let called = names::field(&record.name, field);
        out.push_str(&format!(
            "{}    [[nodiscard]] {} {called}() const {{\n        return {};\n    }}\n",
            comment(field),
            member(field),
            read(record, field, "handle_.get()"),
        ));
        if field.ty == Type::Pairs {
            let one = called.trim_end_matches('s');
            out.push_str(&format!(
                "    /// The first value of a {one}, by its name in whatever case.
    [[nodiscard]] std::optional<std::string> {one}(const StringArgument &name) const {{
        return detail::optional_text(pm_{handle}_{one}(handle_.get(), name.get()));
    }}
"
            ));
        }
    }
    out.push_str(&format!("\n  private:\n    std::shared_ptr<const pm_{handle}> handle_;\n}};\n"));
    out
}

fn comment(field: &Field) -> String {
    let amount = if field.ty == Type::Amount { "Exact decimal text, for example `0.12`." } else { "" };
    field.doc.clone().with(amount).lines(&Cpp, "    /// ", WIDTH)
}

/// The type of a member.
fn member(field: &Field) -> String {
    let ty = match &field.ty {
        Type::Text | Type::Json | Type::Amount | Type::Path | Type::Kind | Type::Class | Type::Journal => {
            "std::string".to_owned()
        }
        Type::Bool => "bool".to_owned(),
        Type::Status => "int".to_owned(),
        Type::Count => "std::uint32_t".to_owned(),
        Type::Number => "double".to_owned(),
        Type::Size => "std::uint64_t".to_owned(),
        Type::Duration => "std::chrono::milliseconds".to_owned(),
        // It has a value of its own for what is absent.
        Type::Outcome => return "Outcome".to_owned(),
        Type::Record(name) => name.clone(),
        Type::Records(name) => format!("std::vector<{name}>"),
        Type::Texts => "std::vector<std::string>".to_owned(),
        Type::Pair | Type::AmountOf | Type::Pairs => {
            "std::vector<std::pair<std::string, std::string>>".to_owned()
        }
    };
    if field.optional { format!("std::optional<{ty}>") } else { ty }
}

fn initial(field: &Field) -> &'static str {
    match field.ty {
        Type::Outcome => " = Outcome::none",
        Type::Duration if !field.optional => "{0}",
        Type::Status | Type::Count | Type::Size if !field.optional => " = 0",
        Type::Bool if !field.optional => " = false",
        _ => "",
    }
}

/// What a member is made of.
fn read(record: &Record, field: &Field, arguments: &str) -> String {
    let getter = names::getter(record, field);
    let value = format!("{getter}({arguments})");
    match &field.ty {
        Type::Outcome => format!("static_cast<Outcome>({value})"),
        Type::Duration if !field.optional => format!("std::chrono::milliseconds({value})"),
        Type::Pairs => {
            let one = format!("pm_{}_{}", names::handle(&record.name), field.name.trim_end_matches('s'));
            format!(
                "detail::pairs<pm_{}>({arguments}, {one}_count, {one}_name, {one}_value)",
                names::handle(&record.name)
            )
        }
        Type::Record(name) if field.optional => format!("detail::optional_record<{name}>({value})"),
        Type::Record(name) => format!("{name}({value})"),
        Type::Records(name) if names::is_list(name) => {
            format!("detail::entries<{name}>({value}, pm_{}_count)", names::handle(name))
        }
        Type::Records(name) => {
            let handle = names::handle(&record.name);
            format!("detail::entries<{name}>({handle}, pm_{handle}_count, pm_{handle}_message)")
        }
        Type::Text | Type::Json | Type::Amount | Type::Kind | Type::Class if !field.optional => {
            format!("detail::text({value})")
        }
        _ if !field.optional => value,
        Type::Status => format!("detail::optional_status({value})"),
        Type::Bool => format!("detail::optional_bool({value})"),
        Type::Count | Type::Size => format!("detail::optional_number({value})"),
        Type::Duration => format!("detail::optional_duration({value})"),
        _ => format!("detail::optional_text({value})"),
    }
}

/// A builder over a handle. Each setter comes twice: for what has a name, and for
/// what is in the making, which gives itself, so that no reference dangles.
fn settings(settings: &Record) -> String {
    let name = match settings.name.as_str() {
        "ClientBuilder" => "Options",
        "MessageFilter" => "Filter",
        other => other,
    };
    let handle = names::handle(&settings.name);
    let parameters: Vec<_> =
        settings.constructor.parameters.iter().map(|it| format!("const StringArgument &{it}")).collect();
    let arguments: Vec<_> = settings.constructor.parameters.iter().map(|it| format!("{it}.get()")).collect();
    let mut out = format!(
        "\n{doc}class {name} {{\n  public:\n{begun}    {name}({}) : handle_(pm_{handle}_new({})) {{}}\n",
        parameters.join(", "),
        arguments.join(", "),
        doc = settings.doc.lines(&Cpp, "/// ", WIDTH),
        begun = settings.constructor.doc.lines(&Cpp, "    /// ", WIDTH),
    );
    for setting in &settings.fields {
        let called = names::one(setting);
        let (parameters, arguments) = parameters_of(setting);
        let setter = names::setter(settings, setting);
        out.push_str(&format!(
            "
{doc}    {name} &{called}({parameters}) & {{
        {setter}(get(), {arguments});
        return *this;
    }}
    /// The same for what is in the making.
    [[nodiscard]] {name} {called}({parameters}) && {{
        return std::move(this->{called}({passed}));
    }}
",
            passed = setting_names(setting).join(", "),
            doc = doc(setting).lines(&Cpp, "    /// ", WIDTH),
        ));
        if setting.ty == Type::Journal {
            out.push_str(&format!(
                "
    /// The same with one that is open, which several clients may share.
    {name} &{called}(const Journal &{called}) & {{
        {setter}_handle(get(), detail::handle({called}));
        return *this;
    }}
    /// The same for what is in the making.
    [[nodiscard]] {name} {called}(const Journal &{called}) && {{
        return std::move(this->{called}({called}));
    }}
"
            ));
        }
    }
    if name == "Options" {
        out.push_str(ON_EVENT);
    }
    out.push_str(&format!(
        "
    /// The C handle, which stays this object's.
    [[nodiscard]] pm_{handle} *get() const noexcept {{ return handle_.get(); }}

  private:
    detail::Handle<pm_{handle}, pm_{handle}_free> handle_;
}};
"
    ));
    out
}

fn doc(setting: &Field) -> Doc {
    let adds = match setting.ty {
        Type::Texts => "Adds one; the first takes the place of the default.",
        Type::Journal => {
            "Here by the path of a file or a URL: it is opened with the client, and closed with it."
        }
        _ => "",
    };
    setting.doc.clone().with(adds)
}

/// A setter's parameters, and what C is given of them.
fn parameters_of(setting: &Field) -> (String, String) {
    let (ty, argument): (&str, fn(&str) -> String) = match setting.ty {
        Type::Bool => ("bool ", str::to_owned),
        Type::Number => ("double ", str::to_owned),
        Type::Count | Type::Size if names::is_small(setting) => ("std::uint32_t ", str::to_owned),
        Type::Size => ("std::uint64_t ", str::to_owned),
        Type::Duration => ("std::chrono::milliseconds ", |it| format!("detail::count({it})")),
        _ => ("const StringArgument &", |it| format!("{it}.get()")),
    };
    let names = setting_names(setting);
    let parameters: Vec<_> = names.iter().map(|it| format!("{ty}{it}")).collect();
    let arguments: Vec<_> = names.iter().map(|it| argument(it)).collect();
    (parameters.join(", "), arguments.join(", "))
}

/// The names of a setter's parameters; of several values it takes one at a time.
fn setting_names(setting: &Field) -> Vec<String> {
    let one = |it: &String| match setting.ty {
        Type::Texts => it.trim_end_matches('s').to_owned(),
        _ => it.clone(),
    };
    setting.parameters.iter().map(one).collect()
}

fn exception(class: &Row) -> String {
    let doc = class.doc.lines(&Cpp, "/// ", WIDTH);
    match &class.parent {
        None => format!(
            "\n{doc}/// what() is for people.
class {name} : public std::runtime_error, public Error {{
  public:
    explicit {name}(const Error &error) : std::runtime_error(error.message()), Error(error) {{}}
}};
",
            name = class.name
        ),
        Some(parent) => {
            format!("\n{doc}class {} : public {parent} {{\n    using {parent}::{parent};\n}};\n", class.name)
        }
    }
}

/// The exceptions by the names that the library gives them, and by its statuses.
fn table(classes: &[Row]) -> String {
    let named: Vec<_> = classes
        .iter()
        .map(|it| format!("        {{\"{name}\", make_exception<{name}>}},\n", name = it.name))
        .collect();
    let below_base = classes.iter().filter(|it| it.parent.as_ref() == classes.first().map(|base| &base.name));
    let by_status: Vec<_> = below_base
        .map(|it| format!("    case {}: return make_exception<{}>(error);\n", status(&it.variant), it.name))
        .collect();
    let base = classes.first().map(|base| base.name.as_str()).unwrap_or_default();
    format!(
        "
namespace detail {{

template <class Exception> std::exception_ptr make_exception(const Error &error) {{
    return std::make_exception_ptr(Exception(error));
}}

/// The exception of the class that the library names. A class that a later
/// library added is thrown as the one above it.
inline std::exception_ptr exception(const Error &error, std::string_view class_name) {{
    struct Class {{
        std::string_view name;
        std::exception_ptr (*make)(const Error &);
    }};
    static constexpr Class classes[] = {{
{}    }};
    for (const Class &candidate : classes) {{
        if (candidate.name == class_name) {{
            return candidate.make(error);
        }}
    }}
    switch (error.status()) {{
{}    default: return make_exception<{base}>(error);
    }}
}}

inline std::exception_ptr exception(const Error &error) {{
    return exception(error, error.class_name());
}}

}} // namespace detail
",
        named.concat(),
        by_status.concat(),
    )
}

/// The status of a class that is right below the base of all.
fn status(class: &str) -> String {
    match class {
        "InvalidMessage" => "PM_INVALID_MESSAGE".to_owned(),
        "OutcomeUnknown" => "PM_UNKNOWN".to_owned(),
        other => format!("PM_{}_ERROR", snake_case(other).to_uppercase()),
    }
}
