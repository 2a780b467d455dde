//! The workflows that publish: checked for mistakes and for what others could make of them.

use crate::Result;
use crate::process::{program, run};
use crate::python::environment::environment_of;
use crate::workspace::Workspace;

pub(crate) fn check(workspace: &Workspace) -> Result<()> {
    let venv = environment_of(workspace, "venv-workflows", ".github/requirements.txt")?;
    run(program(venv.join("bin/zizmor")).current_dir(&workspace.root).args([
        "--offline",
        "--config",
        ".github/zizmor.yml",
        ".github/workflows",
    ]))
}
