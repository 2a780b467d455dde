//! The command `bulk` from its beginning to its end.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use partner_messaging::background::{Batch, BatchStep};
use partner_messaging::journal::Digester;
use partner_messaging::{BatchSummary, ClientBuilder, Decimal, Error, Kind, SendManyOptions};
use partner_messaging_journal::Journal;

use super::arguments::{BulkArgs, RunArgs};
use super::bad_rows::BadRows;
use super::check::{Checked, check};
use super::estimate;
use super::maker::Maker;
use super::progress::Progress;
use super::results::Results;
use super::rows::{Place, Rows};
use super::source::{Next, Rules, SharedAccount, Source};
use super::sum::Sum;
use crate::commands::Context;
use crate::connection::open_journal;
use crate::output::{error_text, note};
use crate::status::{Failure, Status};

/// How often the run looks whether it was interrupted.
const PATIENCE: Duration = Duration::from_millis(50);

/// How many rows that were not sent are told of on the screen.
const REASONS: u64 = 10;

pub(crate) fn run(context: &Context, arguments: &BulkArgs) -> Result<Status, Failure> {
    let (place, options) = (arguments.rows.place(), &arguments.run);
    let open = || Rows::open(&place, arguments.rows.format, arguments.rows.delimiter()?);
    let name = journal_name(options, &place)?;
    let builder = limits(arguments.connection.builder(context.language)?, options)?;
    if !options.dry_run {
        // Wrong options are told before the rows are read.
        drop(builder.clone().build_blocking()?);
    }
    let mut rows = open()?;
    let mut journal = match &name {
        Some(name) if name.contains("://") || Path::new(name).exists() => Some(open_journal(name)?),
        _ => None,
    };
    let mut maker = maker(arguments, journal.as_ref())?;
    maker.check_columns(&rows, &place.name())?;
    let mut checked = Checked::default();
    let stamp = place.stamp();
    if place.is_file() || options.dry_run {
        let handle = journal.as_ref().map(Journal::handle);
        checked = check(&mut rows, &maker, handle, &mut bad_rows(&place))?;
        if options.dry_run {
            return estimate::show(
                &checked,
                handle,
                &amounts("--max-cost", &options.max_cost)?,
                context.json,
            );
        }
        refuse_bad_rows(&checked, options)?;
        rows = open()?;
        if place.stamp() != stamp {
            return Err(Failure::usage(format!("{} was changed while it was read", place.name())));
        }
    }
    if let (None, Some(name)) = (&journal, &name) {
        // Only now, so that rows which can't be sent leave no file behind.
        journal = Some(open_journal(name)?);
        maker = self::maker(arguments, journal.as_ref())?;
    }
    Run { context, options, place: &place, journal: journal.as_ref() }.send(builder, checked, rows, maker)
}

/// The journal: what was asked for, or a file beside the input.
fn journal_name(options: &RunArgs, place: &Place) -> Result<Option<String>, Failure> {
    match (&options.journal, place) {
        _ if options.no_journal => Ok(None),
        (Some(name), _) => Ok(Some(name.clone())),
        (None, Place::File(path)) if place.is_file() || !path.exists() => {
            Ok(Some(format!("{}.journal", path.display())))
        }
        _ if options.dry_run => Ok(None),
        _ => Err(Failure::usage(format!(
            "{} has no place for a journal: give one by --journal, or --no-journal",
            place.name()
        ))),
    }
}

fn maker(arguments: &BulkArgs, journal: Option<&Journal>) -> Result<Maker, Failure> {
    let digester = match journal {
        Some(journal) => journal.digester().wait()?,
        None => Digester::random()?,
    };
    Maker::new(&arguments.message, arguments.rows.key.as_deref(), digester)
}

fn bad_rows(place: &Place) -> BadRows {
    BadRows::new(place.name(), place.path().filter(|_| place.is_file()))
}

fn refuse_bad_rows(checked: &Checked, options: &RunArgs) -> Result<(), Failure> {
    match checked.bad.len() {
        0 => Ok(()),
        _ if options.skip_invalid => Ok(()),
        count => Err(Failure::usage(format!(
            "{count} of {} rows can't be sent, so none was; correct them, or leave them out by --skip-invalid",
            checked.rows
        ))),
    }
}

/// The client's limits on rate and spending.
fn limits(mut builder: ClientBuilder, options: &RunArgs) -> Result<ClientBuilder, Failure> {
    if let Some(rate) = options.max_rate {
        builder = builder.max_rate(rate);
    }
    for text in &options.spend_limit {
        let (currency, amount) = currency_and_amount("--spend-limit", text)?;
        builder = builder.spend_limit(currency, amount);
    }
    for text in &options.max_cost {
        let (currency, amount) = currency_and_amount("--max-cost", text)?;
        builder = builder.max_cost(currency, amount);
    }
    Ok(builder)
}

/// The two words of `SGD 100`, or of `100 SGD`.
fn currency_and_amount<'a>(option: &str, text: &'a str) -> Result<(&'a str, &'a str), Failure> {
    let mut words = text.split([' ', '=']).filter(|word| !word.is_empty());
    match (words.next(), words.next(), words.next()) {
        (Some(amount), Some(currency), None) if amount.starts_with(|c: char| c.is_ascii_digit()) => {
            Ok((currency, amount))
        }
        (Some(currency), Some(amount), None) => Ok((currency, amount)),
        _ => {
            Err(Failure::usage(format!("{option}: must be a currency and an amount, for example 'SGD 100'")))
        }
    }
}

fn amounts(option: &str, texts: &[String]) -> Result<BTreeMap<String, Decimal>, Failure> {
    let mut amounts = BTreeMap::new();
    for text in texts {
        let (currency, amount) = currency_and_amount(option, text)?;
        let amount =
            amount.parse().map_err(|_| Failure::usage(format!("{option}: {amount} is no amount")))?;
        amounts.insert(currency.to_owned(), amount);
    }
    Ok(amounts)
}

/// A run whose rows were checked, where they can be read twice.
struct Run<'a> {
    context: &'a Context,
    options: &'a RunArgs,
    place: &'a Place,
    journal: Option<&'a Journal>,
}

impl Run<'_> {
    fn send(
        &self,
        mut builder: ClientBuilder,
        checked: Checked,
        rows: Rows,
        maker: Maker,
    ) -> Result<Status, Failure> {
        if let Some(journal) = self.journal {
            note(format_args!("journal: {}", journal.name()));
            builder = builder.journal(journal.clone());
        }
        let client = builder.build_blocking()?;
        let mut results = self.options.results.as_deref().map(Results::open).transpose()?;
        let checked = Arc::new(checked);
        let account = SharedAccount::default();
        let pass_over = results.is_none();
        if pass_over && self.place.is_file() && checked.is_all_sent() {
            return self.end(&checked, &account, &BatchSummary::default(), Ending::default());
        }
        let options = SendManyOptions::new()
            .max_in_flight(self.options.max_in_flight)
            .max_unknown(self.options.max_unknown);
        let batch = client.send_many_batch(&options)?;
        let rules = Rules {
            checked: checked.clone(),
            pass_over,
            skip_invalid: self.options.skip_invalid,
            keyed: self.journal.is_some(),
        };
        self.context.interrupt.defer();
        let source = Source::start(rows, maker, rules, bad_rows(self.place), &account)?;
        let passed = if pass_over { checked.sent_before } else { 0 };
        let total = checked.rows.saturating_sub(passed + checked.bad.len() as u64);
        let progress = Progress::new(self.options.progress, self.place.is_file().then_some(total));
        let ending = self.take(&batch, source, &account, &progress, &mut results);
        let summary = batch.summary();
        progress.end(&summary);
        self.end(&checked, &account, &summary, ending)
    }

    /// Gives messages to the run and takes what became of them, until all has ended.
    fn take(
        &self,
        batch: &Batch,
        mut source: Source,
        account: &SharedAccount,
        progress: &Progress,
        results: &mut Option<Results>,
    ) -> Ending {
        let mut ending = Ending::default();
        let mut told = 0;
        loop {
            if !ending.interrupted && self.context.interrupt.is_requested() {
                ending.interrupted = true;
                batch.close();
                progress.say("ending: what is under way comes to its end; Ctrl-C again leaves at once");
            }
            match batch.wait(PATIENCE) {
                Some(BatchStep::Room) if ending.stops_source() => batch.finish(),
                Some(BatchStep::Room) => match source.next() {
                    Next::Message(message) => batch.offer(message),
                    Next::NotYet => {}
                    Next::End => batch.finish(),
                },
                Some(BatchStep::Result(result)) => {
                    let (number, line) = account.take_place(result.index);
                    // That the run was ended is told once.
                    if let Some(error) = result.error().filter(|it| it.kind() != Kind::Cancelled) {
                        told += 1;
                        if told <= REASONS {
                            progress.say(&format!("line {line}: {error}"));
                        }
                    }
                    if let Some(out) = results
                        && let Err(failure) = out.add(number, line, &result)
                    {
                        // What was sent is in the journal; what is to come would not be written.
                        ending.failure.get_or_insert(failure);
                        batch.close();
                        *results = None;
                    }
                }
                Some(BatchStep::Ended(error)) => {
                    ending.stopped = error;
                    break;
                }
                None => {}
            }
            progress.show_now_and_then(|| batch.summary());
        }
        if told > REASONS {
            progress.say(&format!("{} more were not sent; --results has the reason of each", told - REASONS));
        }
        if let Some(Err(failure)) = results.as_mut().map(Results::flush) {
            ending.failure.get_or_insert(failure);
        }
        ending
    }

    /// Shows the sum and why the run stopped.
    fn end(
        &self,
        checked: &Checked,
        account: &SharedAccount,
        summary: &BatchSummary,
        mut ending: Ending,
    ) -> Result<Status, Failure> {
        let mut account = account.lock();
        let passed = if self.options.results.is_none() { checked.sent_before } else { 0 };
        let (rows, invalid) = (account.rows.max(checked.rows), account.invalid.max(checked.bad.len() as u64));
        let sum = Sum::new(checked, rows, invalid, passed, summary);
        let mut status = sum.status();
        if let Some(failure) = ending.failure.take().or(account.failure.take()) {
            let told = crate::output::tell(&failure, false);
            status = status.or(if summary.taken == 0 { told } else { Status::Stopped });
        }
        if account.bad_row {
            note("a row can't be sent: correct it, or leave such rows out by --skip-invalid");
            status = status.or(if summary.taken == 0 { Status::Usage } else { Status::Stopped });
        }
        if let Some(error) = &ending.stopped {
            note(format_args!("partner-messaging: stopped: {}", error_text(error)));
            status = status.or(stop_status(error));
        }
        if ending.interrupted {
            status = status.or(Status::Interrupted);
        }
        if sum.not_begun() > 0 {
            match self.journal {
                Some(_) => note("run the same command again to go on where it was"),
                None => {
                    note("without a journal nothing knows which rows were sent: don't run it again blindly")
                }
            }
        }
        sum.show(self.context.json, self.journal.map(|journal| journal.name()), status)?;
        Ok(status)
    }
}

/// How a run came to its end.
#[derive(Default)]
struct Ending {
    interrupted: bool,
    stopped: Option<Error>,
    failure: Option<Failure>,
}

impl Ending {
    fn stops_source(&self) -> bool {
        self.interrupted || self.failure.is_some()
    }
}

/// What it means for the program that the run was stopped.
fn stop_status(error: &Error) -> Status {
    match Status::of(error) {
        Status::Journal => Status::Journal,
        Status::Usage => Status::Usage,
        _ => Status::Stopped,
    }
}
