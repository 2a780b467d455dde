//! The tests of the C library.

use std::path::Path;

use super::{archive, consumers, library, linking, packages, recipes, tools};
use crate::Result;
use crate::process::run;
use crate::workspace::Workspace;

/// The tests run C and C++ programs against the libraries that users get: those
/// that tell their own result under CTest, those that something has to be told
/// from outside under cargo, and the examples by each way of building them.
pub(crate) fn test(workspace: &Workspace) -> Result<()> {
    let libraries = library::build(workspace)?;
    is_small(&libraries.join("libpartner_messaging.so"))?;
    let place = workspace.target.join("c");
    let installed = place.join("installed");
    archive::unpacked(workspace, &libraries, &installed)?;
    let programs = tools::programs(workspace)?;
    let out = place.join("tests");
    tools::test_programs(workspace, &programs, &installed, &out, &[])?;
    tools::ctest(&programs, &out, &[])?;
    consumers::test(workspace, &programs, &installed, &place)?;
    recipes::test(workspace, &programs, &installed, &place)?;
    linking::test(workspace, &programs, &installed, &place)?;
    packages::test(workspace, &programs, &installed.with_extension("packed"), &installed, &place)?;
    run(workspace.cargo("test").args(["-p", "partner-messaging-c"]).env("PM_LIB_DIR", libraries))
}

/// The release profile strips the library, so its size is what users get.
fn is_small(library: &Path) -> Result<()> {
    let metadata = library.metadata().map_err(|error| format!("{}: {error}", library.display()))?;
    if metadata.len() > library::MAX_SIZE {
        return Err(format!(
            "{} has {} bytes, more than {}",
            library.display(),
            metadata.len(),
            library::MAX_SIZE
        ));
    }
    Ok(())
}
