//! Lists of messages as streams.

use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use futures_core::Stream;

use crate::call;
use crate::config::CallOptions;
use crate::error::Error;
use crate::operations;
use crate::types::{MessageFilter, MessageRecord, Page, Pager};

/// The messages of a list, one after another, from as many pages as it has.
///
/// A page is fetched when its first message is asked for. An error ends the
/// list. It is a [`Stream`], too.
#[must_use = "nothing is asked for before the first message is"]
pub struct Messages {
    pages: Pages,
    /// What is left of the page at hand.
    buffered: std::vec::IntoIter<MessageRecord>,
}

impl Messages {
    pub(super) fn new(
        call_context: Arc<call::Context>,
        filter: &MessageFilter,
        options: CallOptions,
    ) -> Result<Self, Error> {
        let pager = Pager::new(filter)?;
        let pages = Pages { call_context, options, state: State::Waiting(Box::new(pager)) };
        Ok(Self { pages, buffered: Vec::new().into_iter() })
    }

    /// The next message; `None` after the last one. Dropping the future loses nothing.
    pub async fn next(&mut self) -> Option<Result<MessageRecord, Error>> {
        poll_fn(|context| self.poll(context)).await
    }

    /// The same list page by page, with the totals that the service tells.
    /// What is left of the page at hand is not in it.
    pub fn pages(self) -> Pages {
        self.pages
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<MessageRecord, Error>>> {
        loop {
            if let Some(message) = self.buffered.next() {
                return Poll::Ready(Some(Ok(message)));
            }
            match ready!(self.pages.poll(context)) {
                Some(Ok(page)) => self.buffered = page.messages.into_iter(),
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(None),
            }
        }
    }
}

impl Stream for Messages {
    type Item = Result<MessageRecord, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.poll(context)
    }
}

impl fmt::Debug for Messages {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Messages").field("buffered", &self.buffered.len()).finish_non_exhaustive()
    }
}

/// The pages of a list of messages, one after another. It is a [`Stream`], too.
#[must_use = "nothing is asked for before the first page is"]
pub struct Pages {
    call_context: Arc<call::Context>,
    options: CallOptions,
    state: State,
}

type Fetching = Pin<Box<dyn Future<Output = (Pager, Option<Result<Page, Error>>)> + Send>>;

enum State {
    Waiting(Box<Pager>),
    Fetching(Fetching),
    Ended,
}

impl Pages {
    /// The next page; `None` after the last one. Dropping the future loses nothing.
    pub async fn next(&mut self) -> Option<Result<Page, Error>> {
        poll_fn(|context| self.poll(context)).await
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Page, Error>>> {
        let mut fetching = match std::mem::replace(&mut self.state, State::Ended) {
            State::Ended => return Poll::Ready(None),
            State::Fetching(fetching) => fetching,
            State::Waiting(pager) => self.fetch(*pager),
        };
        match fetching.as_mut().poll(context) {
            Poll::Ready((pager, result)) => {
                if !pager.has_ended() {
                    self.state = State::Waiting(Box::new(pager));
                }
                Poll::Ready(result)
            }
            Poll::Pending => {
                self.state = State::Fetching(fetching);
                Poll::Pending
            }
        }
    }

    fn fetch(&self, mut pager: Pager) -> Fetching {
        let (context, options) = (self.call_context.clone(), self.options.clone());
        Box::pin(async move {
            let result = operations::next_page(&context, &mut pager, &options).await;
            (pager, result)
        })
    }
}

impl Stream for Pages {
    type Item = Result<Page, Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.poll(context)
    }
}

impl fmt::Debug for Pages {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages").field("ended", &matches!(self.state, State::Ended)).finish_non_exhaustive()
    }
}
