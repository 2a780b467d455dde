//! What is made of the core's public types: each language's records, options and errors, and what
//! the READMEs say of them.

mod c;
mod cpp;
mod docs;
mod interface;
mod names;
mod node;
mod python;
mod readme;
mod rust;
mod stub;
mod typescript;
pub(crate) mod written;

use std::path::Path;

use crate::Result;
use crate::c::header;
use interface::Interface;
use written::write_or_check;

/// Writes the generated files; with `check`, fails instead when that would change one.
pub(crate) fn run(root: &Path, check: bool) -> Result<()> {
    // C and C++ have it all, the others what is not of queues.
    let interface = Interface::read(root)?;
    let others = Interface::read(root)?.without(&["max_queued"]);
    let mut made = vec![
        stub::stub(root)?,
        python::errors(root, &interface)?,
        ("bindings-c/include/partner_messaging/generated.hpp".to_owned(), cpp::records(&interface)),
        ("bindings-c/include/partner_messaging/exceptions.hpp".to_owned(), cpp::exceptions(&interface)),
    ];
    for (name, text) in [
        ("lib/generated.d.cts", typescript::declarations(&others)),
        ("lib/fields.cjs", typescript::fields(&others)),
        ("lib/error-classes.cjs", typescript::error_classes(&interface)),
        ("index.cjs", typescript::common_module(&interface)),
        ("index.js", typescript::module(&interface)),
        ("src/generated.rs", rust::format(root, &node::glue(&others))?),
    ] {
        made.push((format!("bindings-node/{name}"), text));
    }
    for (name, text) in [
        ("python/partner_messaging/_options.py", python::options(&others)),
        ("src/generated.rs", rust::format(root, &python::glue(&others))?),
    ] {
        made.push((format!("bindings-python/{name}"), text));
    }
    let handles = ("bindings-c/src/handles/generated.rs".to_owned(), c::handles(&interface));
    let entries = c::entries(&interface).into_iter();
    let entries = entries.map(|(name, text)| (format!("bindings-c/src/entries/generated/{name}.rs"), text));
    for (name, text) in entries.chain([handles]) {
        made.push((name, rust::format(root, &text)?));
    }
    made.extend(readme::outcomes(root, &interface)?);
    readme::check_classes(root, &interface)?;
    readme::check_options(root, &interface, &others)?;
    made.iter().try_for_each(|(name, text)| write_or_check(root, name, text, check))?;
    header::run(root, check)
}
