//! A stream that signals its first flush: work that can wait starts after the first answer.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::AsyncWrite;
use tokio_util::sync::CancellationToken;

/// A stream that cancels `written` once the first bytes have been flushed.
pub(super) struct FirstFlush<W> {
    pub(super) output: W,
    pub(super) written: CancellationToken,
}

impl<W: AsyncWrite + Unpin> AsyncWrite for FirstFlush<W> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.output).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = ready!(Pin::new(&mut self.output).poll_flush(context));
        self.written.cancel();
        Poll::Ready(flushed)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.output).poll_shutdown(context)
    }
}
