//! The way from one page of a list to the next.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use super::{MessageFilter, Page};
use crate::error::{Effect, Error, ErrorClass, Kind};

/// Goes through a list page by page.
///
/// For those who fetch pages themselves, such as bindings;
/// [`Client::next_page`](crate::Client::next_page) asks for its next page, and
/// [`Client::list_messages`](crate::Client::list_messages) is built on it. It
/// ends at the last page whatever of `total`, `totalPages` and `hasMore` the
/// service tells. What moves from page to page while it is read comes once; where
/// the service gave less than it told of, the list ends in an error.
///
/// ```no_run
/// # async fn example(client: &partner_messaging::Client) -> Result<(), partner_messaging::Error> {
/// use partner_messaging::{CallOptions, MessageFilter, Pager};
/// let mut pager = Pager::new(&MessageFilter::new().limit(100))?;
/// while let Some(page) = client.next_page(&mut pager, &CallOptions::new()).await {
///     println!("{} messages", page?.messages.len());
/// }
/// # Ok(()) }
/// ```
#[derive(Clone, Debug)]
pub struct Pager {
    filter: MessageFilter,
    /// The next page's number; `None` after the last one.
    next: Option<u32>,
    /// How many messages lie before the next page.
    passed: u64,
    /// How many there must be: the least that the service told of. `None` where it
    /// didn't, or where the list was begun further on.
    expected: Option<u64>,
    /// Whether the page before told of a further one, by whatever it said.
    promised: bool,
    /// How many pages in a row had nothing new.
    repeated: u32,
    /// The hashes of the ids that were given.
    seen: HashSet<u64>,
}

/// In a list that is newest first, as many new messages as a page has make the next
/// page a repetition. Several of these in a row are a service that has no pages.
const MAX_REPEATED: u32 = 2;

/// What becomes of the list with an answer.
pub(crate) enum PageStep {
    Page(Result<Page, Error>),
    /// The page had nothing new: the next one may.
    Skip,
    End,
}

impl Pager {
    /// Before the first page.
    ///
    /// # Errors
    /// [`ErrorClass::Config`] when the filter can't be used.
    pub fn new(filter: &MessageFilter) -> Result<Self, Error> {
        filter.check().map_err(|error| error.attach_effect(Effect::Read))?;
        let first = filter.first_page();
        Ok(Self {
            filter: filter.clone(),
            next: Some(first),
            passed: u64::from(first - 1) * u64::from(filter.page_size()),
            expected: None,
            promised: false,
            repeated: 0,
            seen: HashSet::new(),
        })
    }

    /// Whether no page is left to ask for.
    #[must_use]
    pub fn has_ended(&self) -> bool {
        self.next.is_none()
    }

    /// The number of the next page, and the filter to ask for it with.
    pub(crate) fn next_page(&self) -> Option<(u32, &MessageFilter)> {
        Some((self.next?, &self.filter))
    }

    /// What the answer for the page called `number` makes of the list.
    pub(crate) fn settle(&mut self, number: u32, result: Result<Page, Error>) -> PageStep {
        self.next = None;
        match result {
            Ok(page) => self.accept(page),
            // Nobody said that there was a further page, and there is none.
            Err(error) if !self.is_first(number) && !self.promised && is_past_the_end(&error) => self.end(),
            Err(error) => PageStep::Page(Err(error)),
        }
    }

    fn accept(&mut self, mut page: Page) -> PageStep {
        let first = self.is_first(page.page);
        if page.messages.is_empty() {
            return if first { PageStep::Page(Ok(page)) } else { self.end() };
        }
        let is_full = page.messages.len() as u64 >= u64::from(self.filter.page_size());
        page.messages.retain(|message| self.seen.insert(hash(&message.message_id)));
        if let Some(total) = page.total.filter(|_| self.filter.first_page() == 1) {
            self.expected = Some(self.expected.map_or(total, |expected| expected.min(total)));
        }
        if page.messages.is_empty() {
            return self.repetition(page.page, is_full);
        }
        self.repeated = 0;
        self.passed += page.messages.len() as u64;
        let lacks = self.expected.is_some_and(|expected| self.passed < expected);
        let more = self.more_after(&page);
        self.promised = more == Some(true) || lacks;
        if more != Some(false) || lacks {
            self.next = page.page.checked_add(1);
        }
        PageStep::Page(Ok(page))
    }

    /// Whether there is a page after this one, as far as the service tells. How full it
    /// is tells nothing: a service may give less at a time than it has.
    fn more_after(&self, page: &Page) -> Option<bool> {
        if let Some(more) = page.has_more {
            return Some(more);
        }
        if let Some(pages) = page.total_pages {
            return Some(u64::from(page.page) < pages);
        }
        Some(self.passed < page.total?)
    }

    /// A page whose messages were all there before.
    fn repetition(&mut self, number: u32, is_full: bool) -> PageStep {
        if !self.promised && !is_full {
            return self.end();
        }
        self.repeated += 1;
        if self.repeated < MAX_REPEATED {
            self.next = number.checked_add(1);
            return PageStep::Skip;
        }
        let what = format!("the service gave page {number} the messages of an earlier page");
        PageStep::Page(Err(Error::read_failed(Kind::Malformed, what)))
    }

    /// The last page was there. Nothing is missing silently.
    fn end(&self) -> PageStep {
        match self.expected {
            Some(expected) if self.passed < expected => {
                let what = format!(
                    "the service told of {expected} messages and gave {} (pages are counted from 1 here)",
                    self.passed
                );
                PageStep::Page(Err(Error::read_failed(Kind::Malformed, what)))
            }
            _ => PageStep::End,
        }
    }

    fn is_first(&self, number: u32) -> bool {
        number == self.filter.first_page()
    }
}

fn hash(id: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    id.hash(&mut hasher);
    hasher.finish()
}

fn is_past_the_end(error: &Error) -> bool {
    error.class() == ErrorClass::InvalidPagination || error.status() == Some(404)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::types::page::tests::with;

    fn pager(limit: u32) -> Pager {
        Pager::new(&MessageFilter::new().limit(limit)).unwrap()
    }

    /// What the list gives for these pages, asked for in turn: ids, or the error's text.
    fn read(pager: &mut Pager, pages: &[Page]) -> Vec<Result<Vec<String>, String>> {
        let mut given = Vec::new();
        for page in pages {
            let Some((number, _)) = pager.next_page() else { break };
            assert_eq!(number, page.page);
            match pager.settle(number, Ok(page.clone())) {
                PageStep::Page(Ok(page)) => {
                    given.push(Ok(page.messages.into_iter().map(|message| message.message_id).collect()));
                }
                PageStep::Page(Err(error)) => given.push(Err(error.to_string())),
                PageStep::Skip => {}
                PageStep::End => break,
            }
        }
        given
    }

    fn ids(pages: &[&[u32]]) -> Vec<Result<Vec<String>, String>> {
        pages.iter().map(|ids| Ok(ids.iter().map(u32::to_string).collect())).collect()
    }

    #[test]
    fn the_last_page_is_known_by_whatever_is_told() {
        for (totals, ended) in [
            (r#","hasMore":false"#, true),
            (r#","hasMore":true"#, false),
            (r#","totalPages":1"#, true),
            (r#","totalPages":2"#, false),
            (r#","total":2"#, true),
            (r#","total":3"#, false),
            // How full a page is tells nothing: only the next page does.
            (r#","limit":3"#, false),
            (r#","limit":2"#, false),
            ("", false),
            (r#","hasMore":true,"totalPages":1,"total":2"#, false),
            (r#","hasMore":false,"total":3"#, false),
        ] {
            let mut pager = pager(2);
            read(&mut pager, &[with(1, &[1, 2], totals)]);
            assert_eq!(pager.has_ended(), ended, "{totals}");
        }
    }

    #[test]
    fn an_empty_page_ends_the_list_whatever_it_says() {
        let mut pager = pager(2);
        let more = r#","hasMore":true"#;
        let given = read(&mut pager, &[with(1, &[1, 2], more), with(2, &[], more)]);
        assert_eq!(given, ids(&[&[1, 2]]));
        assert!(pager.has_ended());
        let mut fresh = Pager::new(&MessageFilter::new()).unwrap();
        assert_eq!(read(&mut fresh, &[with(1, &[], "")]), ids(&[&[]]));
        assert!(fresh.has_ended());
    }

    #[test]
    fn a_service_without_pages_is_noticed() {
        // All there is was given.
        let given = read(&mut pager(3), &[with(1, &[1, 2], ""), with(2, &[1, 2], "")]);
        assert_eq!(given, ids(&[&[1, 2]]));
        // More was promised, or the page was full: something would be missing.
        for (limit, totals) in [(3, r#","hasMore":true"#), (3, r#","total":9"#), (2, "")] {
            let page = |number| with(number, &[1, 2], totals);
            let given = read(&mut pager(limit), &[page(1), page(2), page(3)]);
            assert!(matches!(given.as_slice(), [Ok(_), Err(_)]), "{given:?}");
        }
    }

    #[test]
    fn what_moves_while_the_list_is_read_comes_once() {
        // One new message, then as many as a page has.
        let pages = [
            with(1, &[9, 8], r#","total":6"#),
            with(2, &[8, 7], r#","total":7"#),
            with(3, &[8, 7], r#","total":9"#),
            with(4, &[6, 5], r#","total":9"#),
            with(5, &[4], r#","total":9"#),
            with(6, &[], r#","total":9"#),
        ];
        assert_eq!(read(&mut pager(2), &pages), ids(&[&[9, 8], &[7], &[6, 5], &[4]]));
    }

    #[test]
    fn what_is_missing_is_told() {
        // A service that counts pages from 0: its first page is never asked for.
        for totals in [r#","total":6"#, r#","total":6,"hasMore":false"#] {
            let more = totals.replace("false", "true");
            let pages = [with(1, &[3, 4], &more), with(2, &[5, 6], totals), with(3, &[], totals)];
            let given = read(&mut pager(2), &pages);
            assert_eq!(given[..2], ids(&[&[3, 4], &[5, 6]]));
            assert!(given[2].as_ref().unwrap_err().contains("told of 6 messages and gave 4"), "{given:?}");
        }
        // Some were deleted meanwhile: the least that was told of counts.
        let pages = [with(1, &[1, 2], r#","total":6"#), with(2, &[3], r#","total":3"#)];
        assert_eq!(read(&mut pager(2), &pages), ids(&[&[1, 2], &[3]]));
    }

    #[test]
    fn a_list_begun_later_counts_what_lies_before() {
        let mut pager = Pager::new(&MessageFilter::new().limit(2).page(2)).unwrap();
        read(&mut pager, &[with(2, &[3, 4], r#","total":4"#)]);
        assert!(pager.has_ended());
    }
}
