//! The command line, for the package's `bin`.

use napi_derive::napi;

/// Does what the program `partner-messaging` does with these arguments, and gives its exit
/// status. It blocks until that is done, and takes the process's signals for itself.
/// `hangups_ignored` says whether the process was started by `nohup`, which Node undoes.
#[napi(catch_unwind)]
pub fn run_command_line(args: Vec<String>, hangups_ignored: bool) -> u8 {
    if hangups_ignored {
        partner_messaging_cli::ignore_hangups();
    }
    let program = std::iter::once("partner-messaging".to_owned());
    partner_messaging_cli::run(program.chain(args).map(Into::into), "node")
}
