//! The errors of the demo.

/// The reason why the demo ended early.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The output cannot be written.
    #[error("the demo could not be printed: {0}")]
    Print(#[from] std::io::Error),
    /// The server or the client cannot be started.
    #[error("the server could not be started: {0}")]
    Start(String),
    /// A step did not give the expected answer.
    #[error("`{tool}` did not give what the conversation needs: {answer}")]
    Step {
        /// The tool or resource.
        tool: String,
        /// Answer of the tool, as JSON text.
        answer: String,
    },
    /// The records in HubSpot are not the expected ones.
    #[error("HubSpot does not hold what the conversations should have left there: {0}")]
    Left(String),
}
