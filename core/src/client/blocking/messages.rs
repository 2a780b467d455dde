//! Lists of messages as iterators.

use super::client::Client;
use crate::client::list_position::ListPosition;
use crate::config::CallOptions;
use crate::error::Error;
use crate::types::{MessageFilter, MessageRecord, Page, Pager};

impl Client {
    /// Lists messages: all pages, each fetched when it is needed. An error ends
    /// the list. See [`Client::list_messages`](crate::Client::list_messages).
    ///
    /// ```no_run
    /// use partner_messaging::{MessageFilter, blocking};
    /// let client = blocking::Client::from_env()?;
    /// for message in client.list_messages(&MessageFilter::new().status("FAILED"))? {
    ///     println!("{}", message?.message_id);
    /// }
    /// # Ok::<(), partner_messaging::Error>(())
    /// ```
    ///
    /// # Errors
    /// As `Client::list_messages`.
    pub fn list_messages(&self, filter: &MessageFilter) -> Result<Messages<'_>, Error> {
        self.list_messages_opts(filter, &CallOptions::default())
    }

    /// Like [`list_messages`](Self::list_messages), with options for each of the calls.
    ///
    /// # Errors
    /// As [`list_messages`](Self::list_messages).
    pub fn list_messages_opts(
        &self,
        filter: &MessageFilter,
        options: &CallOptions,
    ) -> Result<Messages<'_>, Error> {
        let pages = Pages { client: self, options: options.clone(), pager: Pager::new(filter)? };
        Ok(Messages { pages, buffered: Vec::new().into_iter() })
    }

    /// Asks for the next page of a list; `None` after the last one. For those
    /// who keep the list's place themselves.
    ///
    /// # Errors
    /// As [`Client::next_page`](crate::Client::next_page).
    pub fn next_page(&self, pager: &mut Pager, options: &CallOptions) -> Option<Result<Page, Error>> {
        self.run(async |client| client.next_page(pager, options).await.transpose()).transpose()
    }

    /// The next message of a list; `None` after the last one, and after an error. For bindings.
    ///
    /// # Errors
    /// As [`next_page`](Self::next_page).
    pub fn next_of(
        &self,
        list: &ListPosition,
        options: &CallOptions,
    ) -> Result<Option<MessageRecord>, Error> {
        self.run(async |client| client.next_of(list, options).await)
    }

    /// The next page of a list; `None` after the last one, and after an error. For bindings.
    ///
    /// # Errors
    /// As [`next_page`](Self::next_page).
    pub fn next_page_of(&self, list: &ListPosition, options: &CallOptions) -> Result<Option<Page>, Error> {
        self.run(async |client| client.next_page_of(list, options).await)
    }
}

/// The messages of a list, one after another, from as many pages as it has.
#[derive(Debug)]
#[must_use = "nothing is asked for before the first message is"]
pub struct Messages<'a> {
    pages: Pages<'a>,
    /// What is left of the page at hand.
    buffered: std::vec::IntoIter<MessageRecord>,
}

impl<'a> Messages<'a> {
    /// The same list page by page, with the totals that the service tells.
    /// What is left of the page at hand is not in it.
    pub fn pages(self) -> Pages<'a> {
        self.pages
    }
}

impl Iterator for Messages<'_> {
    type Item = Result<MessageRecord, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(message) = self.buffered.next() {
                return Some(Ok(message));
            }
            match self.pages.next()? {
                Ok(page) => self.buffered = page.messages.into_iter(),
                Err(error) => return Some(Err(error)),
            }
        }
    }
}

/// The pages of a list of messages, one after another.
#[derive(Debug)]
#[must_use = "nothing is asked for before the first page is"]
pub struct Pages<'a> {
    client: &'a Client,
    options: CallOptions,
    pager: Pager,
}

impl Iterator for Pages<'_> {
    type Item = Result<Page, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        self.client.next_page(&mut self.pager, &self.options)
    }
}
