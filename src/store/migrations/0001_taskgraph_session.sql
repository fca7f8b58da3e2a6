CREATE TABLE taskgraph_session (
    id TEXT NOT NULL PRIMARY KEY,
    caller TEXT NOT NULL,
    graph TEXT NOT NULL,
    -- JSON with a version of its own.
    state TEXT NOT NULL,
    -- Raised by every step, so that of two at once only one is taken.
    revision BIGINT NOT NULL,
    expires_ms BIGINT NOT NULL
);
CREATE INDEX taskgraph_session_expires ON taskgraph_session (expires_ms);
