//! Any other request to the service.

use partner_messaging::{CallOptions, Request};
use serde_json::json;

use super::Context;
use crate::arguments::RequestArgs;
use crate::connection::{open_journal, pair};
use crate::status::{Failure, Status};
use crate::{files, output};

pub(super) fn run(context: &Context, arguments: &RequestArgs) -> Result<Status, Failure> {
    let request = request(arguments)?;
    let mut builder = arguments.connection.builder(context.language)?;
    if let Some(place) = &arguments.journal {
        builder = builder.own_journal(open_journal(place)?);
    }
    let client = builder.build_blocking()?;
    let mut options = CallOptions::new();
    if let Some(key) = &arguments.key {
        options = options.key(key);
    }
    let reply = context
        .call(&client, &options, async |client, options| client.request_opts(&request, options).await)?;
    match context.json {
        true => output::line(json!({
            "status": reply.status,
            "message": reply.message,
            "data": reply.data_json(),
            "attempts": reply.attempts,
            "replayed": reply.replayed,
        }))?,
        false => output::line(reply.data().unwrap_or("null"))?,
    }
    Ok(Status::Success)
}

fn request(arguments: &RequestArgs) -> Result<Request, Failure> {
    let mut request = Request::new(&arguments.method, &arguments.path);
    for parameter in &arguments.query {
        let (name, value) = pair("--query", parameter)?;
        request = request.query(name, value);
    }
    match arguments.body.as_deref() {
        Some("-") => request = request.json(files::read_standard_input()?),
        Some(body) => request = request.json(body),
        None => {}
    }
    if arguments.idempotent {
        request = request.idempotent(true);
    }
    Ok(request)
}
