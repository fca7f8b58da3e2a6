//! Errors that a transport still has to send. They are kept beside `receive`, which may be dropped at any wait.

use std::collections::VecDeque;

use tokio::sync::mpsc;

use super::reply::ClientMessage;

/// The errors, the oldest first. They are as many as one message can cause.
#[derive(Debug, Default)]
pub(super) struct PendingErrors(VecDeque<ClientMessage>);

impl PendingErrors {
    /// Adds one to be sent.
    pub(super) fn push(&mut self, error: ClientMessage) {
        self.0.push_back(error);
    }

    /// Adds those that answer one message.
    pub(super) fn extend(&mut self, errors: Vec<ClientMessage>) {
        self.0.extend(errors);
    }

    /// Sends them, or drops them if the way to the client is closed. One leaves the queue once there is room for it.
    pub(super) async fn flush(&mut self, outgoing: Option<&mpsc::Sender<ClientMessage>>) {
        while !self.0.is_empty()
            && let Some(outgoing) = outgoing
            && let Ok(permit) = outgoing.reserve().await
            && let Some(error) = self.0.pop_front()
        {
            permit.send(error);
        }
        self.0.clear();
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;
    use rmcp::model::ErrorData;

    use super::*;

    fn error() -> ClientMessage {
        ClientMessage::Unidentified(ErrorData::invalid_request("no message", None))
    }

    #[test]
    fn an_error_stays_until_there_is_room_for_it() {
        let (outgoing, mut queue) = mpsc::channel(1);
        let mut errors = PendingErrors::default();
        errors.push(error());
        errors.extend(vec![error(), error()]);
        for left in [2, 1] {
            assert!(errors.flush(Some(&outgoing)).now_or_never().is_none(), "there is room for one");
            assert_eq!(errors.0.len(), left);
            assert!(queue.try_recv().is_ok());
        }
        assert!(errors.flush(Some(&outgoing)).now_or_never().is_some() && errors.0.is_empty());
    }

    #[test]
    fn errors_for_a_client_who_has_left_are_dropped() {
        let (outgoing, queue) = mpsc::channel(1);
        drop(queue);
        for outgoing in [None, Some(&outgoing)] {
            let mut errors = PendingErrors::default();
            errors.push(error());
            assert!(errors.flush(outgoing).now_or_never().is_some() && errors.0.is_empty());
        }
    }
}
