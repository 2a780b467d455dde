//! What happens on the wire in place of an answer, as a list of steps.

use std::collections::VecDeque;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio::time::Sleep;

use crate::fault::FaultKind;

const GARBAGE: &[u8] = b"\x16\x03\x00\xff\xfe this is no HTTP \x00\x01\x02\r\n\r\n";

enum Step {
    /// Send from this position on.
    Send(Vec<u8>, usize),
    /// Send one byte at a time, with a pause after each.
    Drip(Vec<u8>, usize, Duration),
    Wait(Pin<Box<Sleep>>),
    /// Say that no more comes, and end the connection.
    Fin,
    /// Break the connection off.
    Rst,
    /// Do nothing until the peer gives up.
    Hang,
}

/// The steps that are still to be taken.
pub(crate) struct Script(VecDeque<Step>);

impl Script {
    /// What this fault makes of an answer. `head` is the length of its head.
    pub(crate) fn new(fault: &FaultKind, mut answer: Vec<u8>, head: usize) -> Script {
        let steps = match fault {
            FaultKind::CloseBeforeRead | FaultKind::CloseAfterRead => vec![Step::Fin],
            FaultKind::Reset => vec![Step::Rst],
            FaultKind::Stall { ms: None } => vec![Step::Hang],
            FaultKind::Stall { ms: Some(ms) } => {
                vec![wait(Duration::from_millis(*ms)), Step::Send(answer, 0)]
            }
            FaultKind::Truncate { after } => {
                let half = head + answer.len().saturating_sub(head) / 2;
                let after = after.map_or(half, |after| after.try_into().unwrap_or(usize::MAX));
                answer.truncate(after);
                vec![Step::Send(answer, 0), Step::Fin]
            }
            FaultKind::Garbage => vec![Step::Send(GARBAGE.to_vec(), 0), Step::Fin],
            FaultKind::Slow { ms_per_byte } => {
                vec![Step::Drip(answer, 0, Duration::from_millis(*ms_per_byte))]
            }
            _ => vec![Step::Send(answer, 0)],
        };
        Script(steps.into())
    }

    /// Takes steps until there is none left, or one that ends the connection, which is
    /// an error.
    pub(crate) fn poll(&mut self, stream: &mut TcpStream, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while let Some(step) = self.0.front_mut() {
            match step {
                Step::Send(bytes, sent) => {
                    while *sent < bytes.len() {
                        *sent += ready!(Pin::new(&mut *stream).poll_write(cx, &bytes[*sent..]))?;
                    }
                }
                Step::Drip(bytes, sent, pause) => {
                    if *sent < bytes.len() {
                        let byte = &bytes[*sent..=*sent];
                        *sent += ready!(Pin::new(&mut *stream).poll_write(cx, byte))?;
                        let pause = *pause;
                        self.0.push_front(wait(pause));
                        continue;
                    }
                }
                Step::Wait(sleep) => ready!(sleep.as_mut().poll(cx)),
                Step::Fin => {
                    ready!(Pin::new(&mut *stream).poll_shutdown(cx))?;
                    return Poll::Ready(Err(ended()));
                }
                Step::Rst => {
                    // The reset itself follows when the stream is dropped, which the error
                    // makes hyper do.
                    stream.set_zero_linger()?;
                    return Poll::Ready(Err(ended()));
                }
                Step::Hang => return poll_gone(stream, cx),
            }
            self.0.pop_front();
        }
        Poll::Ready(Ok(()))
    }
}

fn wait(time: Duration) -> Step {
    Step::Wait(Box::pin(tokio::time::sleep(time)))
}

fn ended() -> io::Error {
    io::Error::new(io::ErrorKind::ConnectionAborted, "ended by a fault")
}

/// Ready when the peer has closed its side, so that a client which gave up does not leave
/// a connection behind.
fn poll_gone(stream: &mut TcpStream, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
    let mut byte = [0];
    match ready!(stream.poll_peek(cx, &mut ReadBuf::new(&mut byte))) {
        Ok(1..) => Poll::Pending,
        Ok(0) | Err(_) => Poll::Ready(Err(ended())),
    }
}
