-- Conversations that were handed over to a person.
CREATE TABLE handoff_session (
    id TEXT NOT NULL PRIMARY KEY,
    -- Whoever began it; nobody else may read it or send through it.
    caller TEXT NOT NULL,
    -- Of everything that began it: the same call twice is one session.
    digest TEXT NOT NULL,
    -- `ticket`, `conversation` or `channel`.
    way TEXT NOT NULL,
    contact TEXT NOT NULL,
    -- HubSpot's id of the ticket or the thread, empty until it is known.
    place TEXT NOT NULL,
    -- JSON of ids, times and names of states; no text of anybody.
    state TEXT NOT NULL,
    -- The number of its newest event.
    newest BIGINT NOT NULL,
    revision BIGINT NOT NULL,
    started_ms BIGINT NOT NULL,
    -- 1 once it has ended.
    ended BIGINT NOT NULL,
    expires_ms BIGINT NOT NULL
);
CREATE INDEX handoff_session_caller ON handoff_session (caller, ended);
CREATE INDEX handoff_session_open ON handoff_session (ended, started_ms);
CREATE INDEX handoff_session_place ON handoff_session (place);
CREATE INDEX handoff_session_contact ON handoff_session (contact);
CREATE INDEX handoff_session_expires ON handoff_session (expires_ms);
CREATE TABLE handoff_event (
    session TEXT NOT NULL,
    -- From 1 on, without a gap.
    number BIGINT NOT NULL,
    -- Made of what happened, so that what is told twice is one event.
    key TEXT NOT NULL,
    -- `message`, `taken`, `reassigned`, `closed` or `not_taken`.
    kind TEXT NOT NULL,
    -- HubSpot's id of the note or the message whose text it is, else empty.
    message TEXT NOT NULL,
    -- HubSpot's id of the person, empty where there is none.
    person TEXT NOT NULL,
    at_ms BIGINT NOT NULL,
    PRIMARY KEY (session, number)
);
CREATE UNIQUE INDEX handoff_event_key ON handoff_event (session, key);
-- Counts the sessions that began. Its row is locked while one begins.
INSERT INTO store_meta (name, number) VALUES ('handoffs', 0);
