//! How far a list has got, where several callers at once ask for what comes next.

use tokio::sync::{Mutex, MutexGuard};

use super::client::Client;
use crate::call::{Deadline, interrupted_error, pause};
use crate::config::CallOptions;
use crate::error::{Effect, Error, Kind};
use crate::operations;
use crate::types::{MessageFilter, MessageRecord, Page, Pager};

/// How far a list has got. Of several callers that ask for the next message at once,
/// each is given another. For bindings.
pub struct ListPosition(Mutex<Position>);

struct Position {
    pager: Pager,
    rest_of_page: std::vec::IntoIter<MessageRecord>,
}

impl ListPosition {
    /// The beginning of a list.
    ///
    /// # Errors
    /// `ConfigError` for a filter that can't be used.
    pub fn new(filter: &MessageFilter) -> Result<Self, Error> {
        let position = Position { pager: Pager::new(filter)?, rest_of_page: Vec::new().into_iter() };
        Ok(Self(Mutex::new(position)))
    }
}

impl Client {
    /// The next message of a list, whose page is asked for if need be; `None` after the
    /// last one, and after an error. For bindings.
    ///
    /// # Errors
    /// As [`next_page`](Self::next_page).
    pub async fn next_of(
        &self,
        list: &ListPosition,
        options: &CallOptions,
    ) -> Result<Option<MessageRecord>, Error> {
        let (mut position, options) = self.lock(list, options).await?;
        loop {
            if let Some(record) = position.rest_of_page.next() {
                return Ok(Some(record));
            }
            match self.fetch(&mut position, &options).await? {
                Some(page) => position.rest_of_page = page.messages.into_iter(),
                None => return Ok(None),
            }
        }
    }

    /// The next page of a list, without what is left of the present one; `None` after the
    /// last one, and after an error. For bindings.
    ///
    /// # Errors
    /// As [`next_page`](Self::next_page).
    pub async fn next_page_of(
        &self,
        list: &ListPosition,
        options: &CallOptions,
    ) -> Result<Option<Page>, Error> {
        let (mut position, options) = self.lock(list, options).await?;
        position.rest_of_page = Vec::new().into_iter();
        self.fetch(&mut position, &options).await
    }

    async fn fetch(&self, position: &mut Position, options: &CallOptions) -> Result<Option<Page>, Error> {
        operations::next_page(self.context(), &mut position.pager, options).await.transpose()
    }

    /// Waits until no other caller has the list, as long as the call may last; and gives
    /// the call's options with what is left of its time.
    async fn lock<'a>(
        &self,
        list: &'a ListPosition,
        options: &CallOptions,
    ) -> Result<(MutexGuard<'a, Position>, CallOptions), Error> {
        if let Ok(position) = list.0.try_lock() {
            return Ok((position, options.clone()));
        }
        let deadline = Deadline::start(self.context(), options)?;
        let late = async {
            match pause(self.context(), options, deadline.remaining()).await {
                Ok(()) => interrupted_error(Kind::Timeout),
                Err(error) => error,
            }
        };
        tokio::select! {
            biased;
            error = late => Err(error.attach_effect(Effect::Read)),
            position = list.0.lock() => {
                let remaining = deadline.remaining().max(std::time::Duration::from_millis(1));
                Ok((position, options.clone().timeout(remaining)))
            }
        }
    }
}
