//! The tests of the C library.

use super::{archive, consumers, library, linking, packages, recipes, tools};
use crate::Result;
use crate::process::run;
use crate::workspace::Workspace;

/// The tests run C and C++ programs against the libraries that users get: those
/// that tell their own result under CTest, those that something has to be told
/// from outside under cargo, and the examples by each way of building them.
pub(crate) fn test(workspace: &Workspace) -> Result<()> {
    let libraries = library::build(workspace)?;
    library::is_small(&libraries.join("libpartner_messaging.so"))?;
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
