//! The stream under hyper, which carries the faults out that only the wire can show.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::Sleep;

use crate::server::connection::{Plan, Wire};
use crate::server::opening::{FirstBytes, Opening};
use crate::server::script::Script;
use crate::shared::Shared;

/// How long the rest of a request is thrown away after it was cut off.
const DRAIN_TIME: Duration = Duration::from_secs(2);

pub(crate) struct FaultIo {
    stream: TcpStream,
    wire: Arc<Wire>,
    shared: Arc<Shared>,
    first_bytes: FirstBytes,
    output: Output,
    /// Set when a request was cut off.
    draining: Option<Pin<Box<Sleep>>>,
}

enum Output {
    /// What hyper writes is sent.
    Through,
    /// What hyper writes is kept until the answer is whole, ...
    Collecting(Plan, Vec<u8>),
    /// ... and this happens in its place.
    Playing(Script),
}

impl FaultIo {
    pub(crate) fn new(stream: TcpStream, wire: Arc<Wire>, shared: Arc<Shared>) -> FaultIo {
        FaultIo {
            stream,
            wire,
            shared,
            first_bytes: FirstBytes::default(),
            output: Output::Through,
            draining: None,
        }
    }

    fn poll_script(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        if let Output::Playing(script) = &mut self.output {
            ready!(script.poll(&mut self.stream, cx))?;
            self.output = Output::Through;
        }
        Poll::Ready(Ok(()))
    }

    /// Reads and forgets until the peer closes. Closing with bytes unread would send RST
    /// after the FIN, and the client could see either.
    fn poll_drain(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let Some(time) = &mut self.draining else {
            return Poll::Ready(Ok(()));
        };
        let mut bytes = [0; 4096];
        while time.as_mut().poll(cx).is_pending() {
            let mut bytes = ReadBuf::new(&mut bytes);
            let read = ready!(Pin::new(&mut self.stream).poll_read(cx, &mut bytes));
            if read.is_err() || bytes.filled().is_empty() {
                break;
            }
        }
        Poll::Ready(Ok(()))
    }

    /// Whether the request that begins with these bytes is to be cut off.
    fn is_cut_off(&mut self, bytes: &[u8]) -> bool {
        if bytes.is_empty() || !self.wire.is_between_requests() {
            return false;
        }
        match self.first_bytes.feed(bytes) {
            Opening::Unclear => false,
            Opening::Own => {
                self.wire.request_begins();
                false
            }
            Opening::Api => {
                self.wire.request_begins();
                self.shared.take_close_before_read()
            }
        }
    }
}

impl AsyncRead for FaultIo {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        if this.draining.is_none() {
            let before = buffer.filled().len();
            ready!(Pin::new(&mut this.stream).poll_read(cx, buffer))?;
            if !this.is_cut_off(&buffer.filled()[before..]) {
                return Poll::Ready(Ok(()));
            }
            buffer.set_filled(before);
            ready!(Pin::new(&mut this.stream).poll_shutdown(cx))?;
            this.draining = Some(Box::pin(tokio::time::sleep(DRAIN_TIME)));
        }
        // With nothing in the buffer this is the end of the stream to hyper.
        this.poll_drain(cx)
    }
}

impl AsyncWrite for FaultIo {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = &mut *self;
        ready!(this.poll_script(cx))?;
        if let (Output::Through, Some(plan)) = (&this.output, this.wire.take_plan()) {
            this.output = Output::Collecting(plan, Vec::new());
        }
        let Output::Collecting(plan, answer) = &mut this.output else {
            return Pin::new(&mut this.stream).poll_write(cx, bytes);
        };
        answer.extend_from_slice(bytes);
        if let Some(head) = head_length(answer)
            && answer.len() >= head + plan.body_length
        {
            let script = Script::new(&plan.fault, std::mem::take(answer), head);
            this.output = Output::Playing(script);
        }
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_script(cx))?;
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        ready!(self.poll_script(cx))?;
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

fn head_length(answer: &[u8]) -> Option<usize> {
    let end = answer.windows(4).position(|bytes| bytes == b"\r\n\r\n")?;
    Some(end + 4)
}
