//! An account as a server: it answers until it is told to stop, and saves itself to a file.

use std::fmt::Debug;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

use axum::serve::Listener;
use tokio_util::sync::CancellationToken;
use tracing::warn;

use crate::sandbox::Sandbox;
use crate::snapshot::file::FileError;

/// Time that requests have to complete after the stop. A request that a fault keeps silent would take for ever.
const DRAIN_MAX: Duration = Duration::from_secs(10);

/// The error of a server that did not end as it should.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// Accepting connections failed.
    #[error("answering requests: {0}")]
    Answer(io::Error),
    /// The last save failed.
    #[error(transparent)]
    Save(#[from] FileError),
}

impl Sandbox {
    /// Answers requests until `stop` is cancelled, then gives requests in flight up to ten seconds to complete. With a
    /// `file`, the account is saved to it every two seconds if it changed, and once more after the last response.
    ///
    /// # Errors
    ///
    /// [`ServeError::Answer`] if accepting connections fails, [`ServeError::Save`] if the last save fails.
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
        let (answered, saved) = tokio::join!(answering, self.save_periodically(file, answered_all.cancelled()));
        saved?;
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
                warn!("Some requests got no response before the end.");
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
    use crate::rules::fault::{Effect, Fault};
    use crate::settings::Settings;

    /// Connections inside the process, so that tests can stop the clock for them, too.
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
    async fn a_request_in_flight_at_the_stop_is_answered_and_saved() {
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
    async fn a_request_without_a_response_delays_the_end_by_ten_seconds_at_most() {
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
