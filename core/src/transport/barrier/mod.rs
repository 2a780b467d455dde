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
use std::task::{Context, Poll, ready};
use std::time::Instant;

use bytes::Bytes;
use http_body::{Frame, SizeHint};
use tokio::time::{Sleep, sleep_until};

use crate::journal::ClaimDeadline;

/// What the state is made of; the model checker has others.
use std::sync::atomic;

mod state;

use state::State;

/// One attempt's barrier, shared by its body and whoever may give it up.
#[derive(Clone, Debug)]
pub(crate) struct Barrier {
    state: Arc<State>,
    deadline: Instant,
    /// The deadline of the key's claim, if the call has a key.
    claim: Option<ClaimDeadline>,
    gate: Option<Gate>,
}

/// What a body asks as it leaves: whether it may now, or when to ask again.
#[derive(Clone)]
pub(crate) struct Gate(Arc<dyn Fn() -> Result<(), Instant> + Send + Sync>);

impl Gate {
    pub(crate) fn new(may_leave: impl Fn() -> Result<(), Instant> + Send + Sync + 'static) -> Self {
        Self(Arc::new(may_leave))
    }
}

impl fmt::Debug for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Gate")
    }
}

impl Barrier {
    /// From `deadline` on the barrier counts as sealed: a call whose time is over
    /// sends nothing, even where nobody has got round to giving it up.
    pub(crate) fn new(deadline: Instant) -> Self {
        Self { state: Arc::new(State::new()), deadline, claim: None, gate: None }
    }

    /// The same with a gate that the body has to pass as it leaves.
    pub(crate) fn with_gate(mut self, gate: Option<Gate>) -> Self {
        self.gate = gate;
        self
    }

    /// The same from the deadline of a key's claim on: others may rely on it that nothing
    /// leaves after that, by the time since the machine was started and by the wall clock.
    pub(crate) fn with_claim_deadline(mut self, claim: Option<ClaimDeadline>) -> Self {
        self.claim = claim;
        self
    }

    /// Gives the attempt up. `true`: proved, its body never left and never
    /// will. `false`: its body was handed out before.
    pub(crate) fn seal(&self) -> bool {
        self.state.seal()
    }

    /// Whether the time of the key's claim is over, by either clock.
    pub(crate) fn is_past_claim(&self) -> bool {
        self.claim.is_some_and(|claim| claim.has_passed())
    }

    fn commit(&self) -> bool {
        // Read as late as can be: a process may be frozen at any point before this one.
        self.is_over();
        self.state.commit()
    }

    /// Whether its time is over; then it is sealed, unless it was committed before.
    fn is_over(&self) -> bool {
        let is_over = Instant::now() >= self.deadline || self.is_past_claim();
        if is_over {
            self.state.seal();
        }
        is_over
    }

    /// Counts a request without a body as gone: nothing would ask for its body.
    pub(crate) fn commit_without_body(&self) {
        self.state.commit();
    }

    /// The body that this barrier guards, handed out whole.
    pub(super) fn guard(&self, bytes: Bytes) -> GuardedBody {
        GuardedBody { barrier: self.clone(), bytes: Some(bytes), first_byte_early: false, pause: None }
    }

    /// The same for HTTP/2, whose stack asks for data before the server lets any
    /// leave. It gets the first byte, which proves nothing, and asks for the rest,
    /// which is behind the barrier, when that byte may leave.
    pub(super) fn guard_until_wanted(&self, bytes: Bytes) -> GuardedBody {
        GuardedBody { first_byte_early: bytes.len() > 1, ..self.guard(bytes) }
    }
}

/// A request's body behind its barrier. It can't be cloned, so the HTTP stack
/// can't send it twice.
pub(super) struct GuardedBody {
    barrier: Barrier,
    bytes: Option<Bytes>,
    /// Whether the first byte goes ahead of the rest.
    first_byte_early: bool,
    /// What wakes it where its gate was closed.
    pause: Option<Pin<Box<Sleep>>>,
}

impl GuardedBody {
    /// Waits until the gate lets it leave.
    fn poll_gate(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let Some(gate) = &self.barrier.gate else { return Poll::Ready(()) };
        loop {
            if let Some(pause) = &mut self.pause {
                ready!(pause.as_mut().poll(context));
                self.pause = None;
            }
            // What is out of time takes no place of another's.
            if self.barrier.is_over() {
                return Poll::Ready(());
            }
            match (gate.0)() {
                Ok(()) => return Poll::Ready(()),
                Err(again) => self.pause = Some(Box::pin(sleep_until(again.into()))),
            }
        }
    }
}

impl http_body::Body for GuardedBody {
    type Data = Bytes;
    type Error = Sealed;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Sealed>>> {
        let this = &mut *self;
        if let Some(bytes) = this.bytes.as_mut().filter(|_| std::mem::take(&mut this.first_byte_early)) {
            return Poll::Ready(Some(Ok(Frame::data(bytes.split_to(1)))));
        }
        if this.bytes.is_some() {
            ready!(this.poll_gate(context));
        }
        let Some(bytes) = this.bytes.take() else { return Poll::Ready(None) };
        if this.barrier.commit() {
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
pub(super) struct Sealed;

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

    use std::time::Duration;

    use super::*;

    fn barrier() -> Barrier {
        Barrier::new(Instant::now() + Duration::from_secs(60))
    }

    fn poll(body: &mut GuardedBody) -> Poll<Option<Result<Frame<Bytes>, Sealed>>> {
        Pin::new(body).poll_frame(&mut Context::from_waker(Waker::noop()))
    }

    #[test]
    fn a_body_that_left_cannot_be_sealed() {
        let barrier = barrier();
        let mut body = barrier.guard(Bytes::from_static(b"x"));
        assert_eq!(body.size_hint().exact(), Some(1));
        assert!(matches!(poll(&mut body), Poll::Ready(Some(Ok(_)))));
        assert!(!barrier.seal());
        assert!(matches!(poll(&mut body), Poll::Ready(None)));
        assert!(body.is_end_stream());
    }

    #[test]
    fn a_body_past_its_deadline_never_leaves() {
        let barrier = Barrier::new(Instant::now());
        let mut body = barrier.guard(Bytes::from_static(b"x"));
        assert!(matches!(poll(&mut body), Poll::Ready(Some(Err(Sealed)))));
        assert!(barrier.seal());
    }

    #[test]
    fn a_first_byte_proves_nothing() {
        let barrier = barrier();
        let mut body = barrier.guard_until_wanted(Bytes::from_static(b"body"));
        assert_eq!(body.size_hint().exact(), Some(4));
        let mut frame = || match poll(&mut body) {
            Poll::Ready(Some(Ok(frame))) => frame.into_data().ok(),
            _ => None,
        };
        assert_eq!(frame().unwrap(), "b");
        assert!(barrier.clone().seal(), "the rest is still here");
        assert_eq!(frame(), None);
    }

    #[test]
    fn a_sealed_body_never_leaves() {
        let barrier = barrier();
        let mut body = barrier.guard(Bytes::from_static(b"x"));
        assert!(barrier.seal());
        assert!(barrier.seal(), "sealing again tells the same");
        assert!(matches!(poll(&mut body), Poll::Ready(Some(Err(Sealed)))));
    }

    #[test]
    fn of_two_threads_exactly_one_wins() {
        for _ in 0..2_000 {
            let barrier = barrier();
            let mut body = barrier.guard(Bytes::from_static(b"x"));
            let left = std::thread::spawn(move || matches!(poll(&mut body), Poll::Ready(Some(Ok(_)))));
            let sealed = barrier.seal();
            assert_ne!(left.join().unwrap(), sealed);
        }
    }
}
