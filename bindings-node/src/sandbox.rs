//! The sandbox: starts and stops it, and hands its commands through.

use napi::Task;
use napi::bindgen_prelude::{AsyncTask, Either, Env};
use napi_derive::napi;
use partner_messaging_sandbox::{Config, ControlError, Sandbox};

/// A running sandbox. It works on a thread of its own, which keeps no process alive.
#[napi]
pub struct NativeSandbox(Option<Sandbox>);

/// Why the sandbox can't carry out a command.
#[napi(object, object_from_js = false)]
pub struct Refusal {
    pub problem: String,
    /// The path of the wrong field, if one is wrong.
    pub field: Option<String>,
}

impl Refusal {
    fn new(error: &ControlError) -> Self {
        Self { problem: error.to_string(), field: error.field().map(str::to_owned) }
    }

    fn plain(problem: impl ToString) -> Self {
        Self { problem: problem.to_string(), field: None }
    }
}

/// Starts a sandbox with a configuration in JSON; it accepts connections when this returns.
#[napi(catch_unwind)]
pub fn start_sandbox(config: String) -> Either<NativeSandbox, Refusal> {
    let config = match Config::from_json(&config) {
        Ok(config) => config,
        Err(error) => return Either::B(Refusal::new(&error)),
    };
    match Sandbox::start_with(config) {
        Ok(sandbox) => Either::A(NativeSandbox(Some(sandbox))),
        Err(error) => Either::B(Refusal::plain(error)),
    }
}

#[napi]
impl NativeSandbox {
    /// The base URL; absent once stopped.
    #[napi(getter, catch_unwind)]
    pub fn url(&self) -> Option<String> {
        self.0.as_ref().map(|sandbox| sandbox.url().to_owned())
    }

    /// The key that requests have to carry; absent once stopped.
    #[napi(getter, catch_unwind)]
    pub fn api_key(&self) -> Option<String> {
        self.0.as_ref().map(|sandbox| sandbox.api_key().to_owned())
    }

    /// Carries out a command in JSON, and returns its reply in JSON.
    #[napi(catch_unwind)]
    pub fn control(&self, command: String) -> Either<String, Refusal> {
        let Some(sandbox) = &self.0 else {
            return Either::B(Refusal::new(&ControlError::stopped()));
        };
        match sandbox.control(&command) {
            Ok(answer) => Either::A(answer),
            Err(error) => Either::B(Refusal::new(&error)),
        }
    }

    /// Ends the server and its connections; resolves when its thread is gone.
    /// Idempotent.
    #[napi(catch_unwind, ts_return_type = "Promise<void>")]
    pub fn stop(&mut self) -> AsyncTask<Stop> {
        AsyncTask::new(Stop(self.0.take()))
    }
}

/// Ending a sandbox joins its thread, which JavaScript's must not wait for.
pub struct Stop(Option<Sandbox>);

impl Task for Stop {
    type Output = ();
    type JsValue = ();

    fn compute(&mut self) -> napi::Result<()> {
        drop(self.0.take());
        Ok(())
    }

    fn resolve(&mut self, _: Env, (): ()) -> napi::Result<()> {
        Ok(())
    }
}
