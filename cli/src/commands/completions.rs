//! Scripts that complete commands and options, and what they ask for.

use clap::Arg;

use crate::arguments::{CompletionsArgs, Shell, command};
use crate::output::line;
use crate::status::{Failure, Status};

pub(super) fn run(arguments: &CompletionsArgs) -> Result<Status, Failure> {
    if let Some(words) = &arguments.words {
        for candidate in candidates(words) {
            line(candidate)?;
        }
        return Ok(Status::Success);
    }
    // The scripts ask the program itself, so that they are right for each version of it.
    line(match arguments.shell {
        Some(Shell::Zsh) => include_str!("completions/zsh").trim_end(),
        Some(Shell::Fish) => include_str!("completions/fish").trim_end(),
        _ => include_str!("completions/bash").trim_end(),
    })?;
    Ok(Status::Success)
}

/// What the last word may be: a candidate on each line, and what it is for behind a tab.
/// Nothing where it may be anything, such as a file.
fn candidates(words: &[String]) -> Vec<String> {
    let (last, before) = words.split_last().map_or(("", &[][..]), |(last, before)| (last.as_str(), before));
    let mut command = command();
    command.build();
    let mut command = &command;
    let mut option: Option<&Arg> = None;
    for word in before {
        // The value of the option before it is no command.
        if option.take().is_some() {
            continue;
        }
        option = command.get_arguments().find(|it| long(it).as_ref() == Some(word) && takes_value(it));
        command = command.find_subcommand(word).unwrap_or(command);
    }
    let all: Vec<(String, String)> = match option {
        Some(option) => values(option),
        None if last.starts_with('-') => command
            .get_arguments()
            .filter(|it| !it.is_hide_set())
            .filter_map(|it| Some((long(it)?, it.get_help().map(ToString::to_string).unwrap_or_default())))
            .collect(),
        None => command
            .get_subcommands()
            .map(|it| (it.get_name().to_owned(), it.get_about().map(ToString::to_string).unwrap_or_default()))
            .chain(command.get_positionals().flat_map(values))
            .collect(),
    };
    all.into_iter()
        .filter(|(word, _)| word.starts_with(last))
        .map(|(word, about)| format!("{word}\t{about}"))
        .collect()
}

fn long(argument: &Arg) -> Option<String> {
    argument.get_long().map(|name| format!("--{name}"))
}

fn takes_value(argument: &Arg) -> bool {
    argument.get_action().takes_values()
}

fn values(argument: &Arg) -> Vec<(String, String)> {
    let all = argument.get_possible_values().into_iter().filter(|_| takes_value(argument));
    all.map(|it| (it.get_name().to_owned(), it.get_help().map(ToString::to_string).unwrap_or_default()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offered(words: &[&str]) -> Vec<String> {
        let words: Vec<String> = words.iter().map(|it| (*it).to_owned()).collect();
        candidates(&words).iter().filter_map(|it| Some(it.split_once('\t')?.0.to_owned())).collect()
    }

    #[test]
    fn commands_options_and_values_are_offered_where_they_belong() {
        for (words, expected) in [
            (&["jou"][..], &["journal"][..]),
            (&["journal", "rec"], &["reconcile"]),
            (&["--json", "journal", "pur"], &["purge"]),
            (&["bulk", "people.csv", "--chan"], &["--channel"]),
            (&["bulk", "--progress", "b"], &["bar"]),
            // A value is no command, and a file is the shell's to complete.
            (&["send", "--content", "journal", "--ke"], &["--key"]),
            (&["bulk", "--journal", ""], &[]),
            (&["bulk", "peo"], &[]),
            (&["completions", ""], &["bash", "zsh", "fish"]),
            (&["completions", "--wo"], &[]),
        ] {
            assert_eq!(offered(words), expected, "{words:?}");
        }
        assert!(offered(&[]).len() > 9 && offered(&["balance", "--"]).contains(&"--api-key-file".to_owned()));
    }
}
