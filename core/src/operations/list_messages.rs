//! Listing messages page by page. The API document doesn't describe this; the path
//! is an assumption, and a setting.

use url::Url;

use crate::call::{Context, Operation, RequestInfo, Success, execute};
use crate::config::{CallOptions, Config};
use crate::error::Error;
use crate::transport::Response;
use crate::types::{MessageFilter, Page, PageStep, Pager};

/// Asks for the next page of a list; `None` after the last one.
pub(crate) async fn next_page(
    context: &Context,
    pager: &mut Pager,
    options: &CallOptions,
) -> Option<Result<Page, Error>> {
    loop {
        let (number, filter) = pager.next_page()?;
        let operation = ListPage::new(&context.config, number, filter);
        let result = execute(context, &operation, options).await;
        match pager.settle(number, result) {
            PageStep::Page(result) => return Some(result),
            PageStep::Skip => {}
            PageStep::End => return None,
        }
    }
}

pub(crate) struct ListPage<'a> {
    config: &'a Config,
    number: u32,
    filter: &'a MessageFilter,
}

impl<'a> ListPage<'a> {
    pub(crate) fn new(config: &'a Config, number: u32, filter: &'a MessageFilter) -> Self {
        Self { config, number, filter }
    }
}

impl Operation for ListPage<'_> {
    type Output = Page;

    fn name(&self) -> &'static str {
        "list_messages"
    }

    fn url(&self) -> Result<Url, Error> {
        let mut url = self.config.endpoints.list_messages.clone();
        self.filter.write(self.number, &mut url);
        self.config.finish_url(url, "query")
    }

    fn info(&self) -> RequestInfo {
        RequestInfo { subject: "to list messages", endpoint: Some("endpoints.list_messages") }
    }

    fn secrets(&self) -> Option<Vec<String>> {
        Some(self.filter.secrets())
    }

    fn read(&self, success: Success<'_>, _: &Response) -> Result<Page, String> {
        Page::read(self.number, success.data()?)
    }
}
