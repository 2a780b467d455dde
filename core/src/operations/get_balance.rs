//! Asking for the credit that is left. The API document doesn't describe this; the
//! path is an assumption, and a setting.

use url::Url;

use crate::call::{Context, Operation, RequestInfo, Success, execute};
use crate::config::{CallOptions, endpoints};
use crate::error::Error;
use crate::transport::Response;
use crate::types::Balance;

pub(crate) async fn get_balance(context: &Context, options: &CallOptions) -> Result<Balance, Error> {
    execute(context, &GetBalance { url: &context.config.endpoints.get_balance }, options).await
}

struct GetBalance<'a> {
    url: &'a Url,
}

impl Operation for GetBalance<'_> {
    type Output = Balance;

    fn name(&self) -> &'static str {
        "get_balance"
    }

    fn url(&self) -> Result<Url, Error> {
        endpoints::checked(self.url.clone())
    }

    fn info(&self) -> RequestInfo {
        RequestInfo { subject: "to tell the balance", endpoint: Some("endpoints.get_balance") }
    }

    fn read(&self, success: Success<'_>, _: &Response) -> Result<Balance, String> {
        Balance::read(success.data()?)
    }
}
