//! The running sandbox compared with its description, `sandbox/openapi.yaml`.

use crate::Result;
use crate::files::empty_folder;
use crate::process::{program, run};
use crate::python::environment::environment_of;
use crate::result::every;
use crate::services::sandbox::Sandbox;
use crate::workspace::Workspace;

/// More than the generated messages can cost: the description knows 402, but none of them
/// is to be refused for want of credit.
const CREDIT: &str = r#"{"balance": "1000000.00"}"#;

/// How many requests are made up for each operation in each phase, unless the environment
/// variable `OPENAPI_EXAMPLES` says otherwise.
const EXAMPLES: &str = "60";

pub(crate) fn test(workspace: &Workspace) -> Result<()> {
    let venv = environment_of(workspace, "venv-openapi", "tests/openapi/requirements.txt")?;
    let sandbox = Sandbox::start(workspace, CREDIT)?;
    // Both tools leave files where they run.
    let place = workspace.target.join("openapi");
    empty_folder(&place)?;
    let folder = workspace.root.join("tests/openapi");

    let mut states = program(venv.join("bin/python"));
    states.env("PYTHONDONTWRITEBYTECODE", "1").current_dir(&place);
    states.args(["-m", "pytest", "-q", "-p", "no:cacheprovider"]).arg(folder.join("test_states.py"));
    let states = run(sandbox.points(&mut states));

    let examples = std::env::var("OPENAPI_EXAMPLES").unwrap_or_else(|_| EXAMPLES.to_owned());
    let mut generated = program(venv.join("bin/schemathesis"));
    generated.current_dir(&place).arg("--config-file").arg(folder.join("schemathesis.toml"));
    generated.arg("run").arg(workspace.root.join("sandbox/openapi.yaml"));
    generated.args(["--url", sandbox.url(), "--checks", "all", "--mode", "all"]);
    generated.args(["--generation-deterministic", "--continue-on-failure", "--max-examples", &examples]);
    let generated = run(sandbox.points(&mut generated));
    every([states, generated])
}
