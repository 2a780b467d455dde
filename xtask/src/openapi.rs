//! The running sandbox compared with its description, `tests/openapi.yaml`.

use std::process::Command;

use crate::python;
use crate::sandbox::Sandbox;
use crate::workspace::{Result, Workspace, empty_folder, run};

/// More than the generated messages can cost: the description knows 402, but none of them
/// is to be refused for want of credit.
const CREDIT: &str = r#"{"balance": "1000000.00"}"#;

/// How many requests are made up for each operation in each phase, unless the environment
/// variable `OPENAPI_EXAMPLES` says otherwise.
const EXAMPLES: &str = "60";

pub(crate) fn test(workspace: &Workspace) -> Result<()> {
    let venv = python::environment_of(workspace, "venv-openapi", "tests/openapi/requirements.txt")?;
    let sandbox = Sandbox::start(workspace, CREDIT)?;
    // Both tools leave files where they run.
    let place = workspace.target.join("openapi");
    empty_folder(&place)?;
    let folder = workspace.root.join("tests/openapi");

    let mut states = Command::new(venv.join("bin/python"));
    states.env("PYTHONDONTWRITEBYTECODE", "1").current_dir(&place);
    states.args(["-m", "pytest", "-q", "-p", "no:cacheprovider"]).arg(folder.join("test_states.py"));
    let states = run(sandbox.points(&mut states));

    let examples = std::env::var("OPENAPI_EXAMPLES").unwrap_or_else(|_| EXAMPLES.to_owned());
    let mut generated = Command::new(venv.join("bin/schemathesis"));
    generated.current_dir(&place).arg("--config-file").arg(folder.join("schemathesis.toml"));
    generated.arg("run").arg(workspace.root.join("tests/openapi.yaml"));
    generated.args(["--url", sandbox.url(), "--checks", "all", "--mode", "all"]);
    generated.args(["--generation-deterministic", "--continue-on-failure", "--max-examples", &examples]);
    let generated = run(sandbox.points(&mut generated));
    states.and(generated)
}
