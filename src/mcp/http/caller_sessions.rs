//! The sessions of callers, on both transports: they end when their caller has no token any more.

use std::sync::Arc;

use domain::clock::Clock;

use super::sessions::Sessions;
use super::sse::SseSessions;
use crate::mcp::auth::Auth;
use crate::mcp::auth::tokens::TokenError;
use crate::tool::caller::CallerId;

/// The tokens, and the sessions that were opened with them.
pub(super) struct CallerSessions {
    pub(super) auth: Auth,
    pub(super) clock: Clock,
    pub(super) sessions: Arc<Sessions>,
    pub(super) sse: Option<Arc<SseSessions>>,
}

impl CallerSessions {
    /// Reads the tokens again, and returns the number of sessions that ended. Tokens that cannot be used change nothing.
    pub(super) async fn reload(&self) -> Result<usize, TokenError> {
        let auth = self.auth.clone();
        // Reading a file may block.
        let read = tokio::task::spawn_blocking(move || auth.reload()).await;
        read.unwrap_or_else(|ended| Err(TokenError::unread(&ended)))?;
        let now = self.clock.now();
        let is_gone = |caller: &CallerId| !self.auth.knows(caller, now);
        let of_sse = self.sse.as_ref().map_or(0, |sse| sse.end_of(is_gone));
        Ok(of_sse + self.sessions.end_of(is_gone).await)
    }
}
