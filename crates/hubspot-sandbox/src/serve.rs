//! The account as a server of its own: it answers until it is told to stop, and keeps what it was told.

use std::fmt::Debug;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

use axum::serve::Listener;
use tokio_util::sync::CancellationToken;
use tracing::warn;

use super::Sandbox;
use super::file::FileError;

/// Requests under way at the end may take this long: one that is never to be answered would take for ever.
const DRAIN_MAX: Duration = Duration::from_secs(10);

/// Why serving ended badly.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    #[error("answering requests: {0}")]
    Answer(io::Error),
    #[error(transparent)]
    Keep(#[from] FileError),
}

impl Sandbox {
    /// Answers until `stop`, then lets what is under way end. With a `file` the account is written into it every few
    /// seconds, and once more after the last answer: what a client was told is kept.
    pub async fn serve<L: Listener<Addr: Debug>>(
        &self,
        listener: L,
        file: Option<PathBuf>,
        stop: CancellationToken,
    ) -> Result<(), ServeError> {
        let Some(file) = file else { return self.answer(listener, stop).await.map_err(ServeError::Answer) };
        let answered_all = CancellationToken::new();
        let answering = async {
            let answered = self.answer(listener, stop).await;
            answered_all.cancel();
            answered
        };
        let (answered, kept) = tokio::join!(answering, self.save_periodically(file, answered_all.cancelled()));
        kept?;
        answered.map_err(ServeError::Answer)
    }

    async fn answer<L: Listener<Addr: Debug>>(&self, listener: L, stop: CancellationToken) -> io::Result<()> {
        let answering = axum::serve(listener, self.router()).with_graceful_shutdown(stop.clone().cancelled_owned());
        let too_late = async {
            stop.cancelled().await;
            tokio::time::sleep(DRAIN_MAX).await;
        };
        tokio::select! {
            answered = answering.into_future() => answered,
            () = too_late => {
                warn!("Some requests had no answer at the end.");
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
    use tokio::sync::mpsc;
    use tokio::task::JoinHandle;
    use tokio::time::{Instant, sleep};

    use super::*;
    use crate::Settings;
    use crate::fault::{Effect, Fault};

    /// Connections within the process: so the stopped clock holds for them too.
    struct Connections(mpsc::UnboundedReceiver<DuplexStream>);

    impl Listener for Connections {
        type Io = DuplexStream;
        type Addr = ();

        async fn accept(&mut self) -> (DuplexStream, ()) {
            match self.0.recv().await {
                Some(connection) => (connection, ()),
                None => std::future::pending().await,
            }
        }

        fn local_addr(&self) -> io::Result<()> {
            Ok(())
        }
    }

    struct Served {
        connect: mpsc::UnboundedSender<DuplexStream>,
        stop: CancellationToken,
        serving: JoinHandle<Result<(), ServeError>>,
    }

    fn serve(sandbox: &Sandbox, file: Option<PathBuf>) -> Served {
        let (connect, connections) = mpsc::unbounded_channel();
        let (sandbox, stop) = (sandbox.clone(), CancellationToken::new());
        let stopped = stop.clone();
        let serving = tokio::spawn(async move { sandbox.serve(Connections(connections), file, stopped).await });
        Served { connect, stop, serving }
    }

    impl Served {
        async fn create_contact(&self) -> DuplexStream {
            let (mut client, server) = duplex(64 << 10);
            let body = r#"{"properties": {"email": "late@x.com"}}"#;
            let head = "POST /crm/v3/objects/contacts HTTP/1.1\r\nhost: x\r\nauthorization: Bearer pat-na1-sandbox";
            let request = format!("{head}\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}", body.len());
            client.write_all(request.as_bytes()).await.unwrap();
            self.connect.send(server).unwrap();
            client
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_answered_at_the_very_end_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("account.json");
        let served = serve(&Sandbox::new(Settings { delay_ms: 3_000, ..Settings::default() }), Some(path.clone()));
        let mut client = served.create_contact().await;
        sleep(Duration::from_secs(1)).await;
        served.stop.cancel();
        let mut answer = String::new();
        client.read_to_string(&mut answer).await.unwrap();
        assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
        served.serving.await.unwrap().unwrap();
        assert_eq!(Sandbox::open(Settings::default(), &path).unwrap().unwrap().records("contacts").len(), 8);
    }

    #[tokio::test(start_paused = true)]
    async fn a_request_that_is_never_answered_holds_the_end_up_for_ten_seconds_only() {
        let sandbox = Sandbox::new(Settings::default());
        sandbox.inject_fault(Fault::once(Effect::Silence));
        let served = serve(&sandbox, None);
        let _client = served.create_contact().await;
        sleep(Duration::from_secs(60)).await;
        let start = Instant::now();
        served.stop.cancel();
        served.serving.await.unwrap().unwrap();
        assert_eq!(start.elapsed(), DRAIN_MAX);
    }
}
