//! The commit barrier: the proof that a request did not leave.
//!
//! A request's body is handed out once, whole, at the moment the HTTP stack
//! first asks for it. That moment is one atomic step from `IDLE` to
//! `COMMITTED`. Whoever gives a call up tries the step from `IDLE` to `SEALED`
//! instead: if that succeeds, the body can never be had any more, so no
//! complete request can leave, whatever the HTTP stack still does. If it fails,
//! the body was handed out, and nothing is known.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Frame, SizeHint};

/// What the state is made of; the model checker has others.
use std::sync::atomic;

mod state;

use state::State;

/// One attempt's barrier, shared by its body and whoever may give it up.
#[derive(Clone, Debug)]
pub(crate) struct Barrier(Arc<State>);

impl Barrier {
    pub(crate) fn new() -> Self {
        Self(Arc::new(State::new()))
    }

    /// Gives the attempt up. `true`: proved, its body never left and never
    /// will. `false`: its body was handed out before.
    pub(crate) fn seal(&self) -> bool {
        self.0.seal()
    }

    /// Counts a request without a body as gone: nothing would ask for its body.
    pub(crate) fn pass(&self) {
        self.0.commit();
    }

    /// The body that this barrier guards; `None` for a request without one.
    pub(crate) fn guard(&self, bytes: Option<Bytes>) -> GuardedBody {
        GuardedBody { barrier: self.clone(), bytes }
    }
}

/// A request's body behind its barrier. It can't be cloned, so the HTTP stack
/// can't send it twice.
pub(crate) struct GuardedBody {
    barrier: Barrier,
    bytes: Option<Bytes>,
}

impl http_body::Body for GuardedBody {
    type Data = Bytes;
    type Error = Sealed;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Sealed>>> {
        let Some(bytes) = self.bytes.take() else { return Poll::Ready(None) };
        if self.barrier.0.commit() {
            Poll::Ready(Some(Ok(Frame::data(bytes))))
        } else {
            Poll::Ready(Some(Err(Sealed)))
        }
    }

    fn is_end_stream(&self) -> bool {
        self.bytes.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.bytes.as_ref().map_or(0, |bytes| bytes.len() as u64))
    }
}

/// What the HTTP stack gets in place of a sealed body.
#[derive(Debug)]
pub(crate) struct Sealed;

impl fmt::Display for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the call was given up before its request left")
    }
}

impl std::error::Error for Sealed {}

#[cfg(test)]
mod tests {
    use std::task::Waker;

    use http_body::Body;

    use super::*;

    fn poll(body: &mut GuardedBody) -> Poll<Option<Result<Frame<Bytes>, Sealed>>> {
        Pin::new(body).poll_frame(&mut Context::from_waker(Waker::noop()))
    }

    #[test]
    fn a_body_that_left_cannot_be_sealed() {
        let barrier = Barrier::new();
        let mut body = barrier.guard(Some(Bytes::from_static(b"x")));
        assert_eq!(body.size_hint().exact(), Some(1));
        assert!(matches!(poll(&mut body), Poll::Ready(Some(Ok(_)))));
        assert!(!barrier.seal());
        assert!(matches!(poll(&mut body), Poll::Ready(None)));
        assert!(body.is_end_stream());
    }

    #[test]
    fn a_sealed_body_never_leaves() {
        let barrier = Barrier::new();
        let mut body = barrier.guard(Some(Bytes::from_static(b"x")));
        assert!(barrier.seal());
        assert!(barrier.seal(), "sealing again tells the same");
        assert!(matches!(poll(&mut body), Poll::Ready(Some(Err(Sealed)))));
    }

    #[test]
    fn of_two_threads_exactly_one_wins() {
        for _ in 0..2_000 {
            let barrier = Barrier::new();
            let mut body = barrier.guard(Some(Bytes::from_static(b"x")));
            let left = std::thread::spawn(move || matches!(poll(&mut body), Poll::Ready(Some(Ok(_)))));
            let sealed = barrier.seal();
            assert_ne!(left.join().unwrap(), sealed);
        }
    }
}
