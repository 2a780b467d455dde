//! Any other request to the service.

use std::time::Duration;

use bytes::Bytes;
use http::Method;
use serde_json::value::RawValue;
use url::{Position, Url};

use crate::call::{
    Context, Deadline, KeyedCall, Operation, RequestInfo, Success, execute_with_deadline, execute_with_key,
};
use crate::config::{CallOptions, Config};
use crate::error::{Effect, Error};
use crate::journal::{Canonical, Entry};
use crate::transport::Response;
use crate::types::{Reply, Request};
use crate::util::json;

pub(crate) async fn request(
    context: &Context,
    request: &Request,
    options: &CallOptions,
) -> Result<Reply, Error> {
    make(context, request, options).await.map_err(|error| error.attach_effect(request.effect()))
}

async fn make(context: &Context, request: &Request, options: &CallOptions) -> Result<Reply, Error> {
    let operation = MakeRequest::new(&context.config, request)?;
    let deadline = Deadline::start(context, options)?;
    let Some(mut keyed) = operation.key(context, options)? else {
        return execute_with_deadline(context, &operation, options, deadline).await;
    };
    let result = execute_with_key(context, &operation, options, deadline, Some(&mut keyed)).await;
    keyed.settle(&operation, deadline).await;
    result
}

struct MakeRequest {
    method: Method,
    effect: Effect,
    url: Url,
    body: Option<Bytes>,
    idempotent: bool,
    /// The values of the query.
    query: Vec<String>,
}

impl MakeRequest {
    fn new(config: &Config, request: &Request) -> Result<Self, Error> {
        let parts = request.check()?;
        let mut url = config.endpoints.any(parts.path)?;
        if !parts.query.is_empty() {
            url.query_pairs_mut().extend_pairs(parts.query);
        }
        let field = if parts.query.is_empty() { "path" } else { "query" };
        let url = config.finish_url(url, field)?;
        Ok(Self {
            method: parts.method,
            effect: parts.effect,
            url,
            body: parts.body,
            idempotent: parts.idempotent,
            query: parts.query.iter().map(|(_, value)| value.clone()).collect(),
        })
    }
}

impl MakeRequest {
    /// The key that the request was given, if any.
    fn key<'a>(
        &self,
        context: &'a Context,
        options: &'a CallOptions,
    ) -> Result<Option<KeyedCall<'a>>, Error> {
        let refuse = |problem: &str| Err(Error::config("key", problem));
        let body = match (&options.key, &self.body) {
            (None, _) => return Ok(None),
            (Some(_), _) if self.effect == Effect::Read => {
                return refuse("must not be given for GET, which changes nothing");
            }
            (Some(_), None) => return refuse("must not be given for a request without a body"),
            (Some(_), Some(body)) => std::str::from_utf8(body).unwrap_or_default(),
        };
        let path_and_query = &self.url[Position::BeforePath..Position::AfterQuery];
        let form = || Canonical::of_request(self.method.as_str(), path_and_query, body);
        KeyedCall::new(context, options, "", form)
    }
}

impl Operation for MakeRequest {
    type Output = Reply;

    fn name(&self) -> &'static str {
        "request"
    }

    fn effect(&self) -> Effect {
        self.effect
    }

    fn method(&self) -> Method {
        self.method.clone()
    }

    fn url(&self) -> Result<Url, Error> {
        Ok(self.url.clone())
    }

    fn body(&self) -> Option<Bytes> {
        self.body.clone()
    }

    fn idempotent(&self) -> bool {
        self.idempotent
    }

    fn info(&self) -> RequestInfo {
        RequestInfo { subject: "the request", endpoint: None }
    }

    fn secrets(&self) -> Option<Vec<String>> {
        let mut texts = self.query.clone();
        if let Some(body) = &self.body {
            json::collect_texts(&serde_json::from_slice(body).ok()?, &mut texts);
        }
        Some(texts)
    }

    fn read(&self, success: Success<'_>, response: &Response) -> Result<Reply, String> {
        Ok(Reply {
            status: response.status,
            message: success.message,
            headers: response.headers.iter().map(|(name, value)| (name.to_string(), text(value))).collect(),
            replayed: false,
            attempts: 1,
            elapsed: Duration::ZERO,
            data: success.data.map(RawValue::to_owned),
        })
    }

    fn replay(&self, _: Entry) -> Option<Reply> {
        Some(Reply::replay())
    }

    fn set_metrics(&self, reply: &mut Reply, attempts: u32, elapsed: Duration) {
        reply.attempts = attempts;
        reply.elapsed = elapsed;
    }
}

fn text(value: &http::HeaderValue) -> String {
    String::from_utf8_lossy(value.as_bytes()).into_owned()
}
