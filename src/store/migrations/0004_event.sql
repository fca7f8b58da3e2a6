CREATE TABLE event (
    -- Made of what the event is about, so that a repeat and a second way have the same.
    key TEXT NOT NULL PRIMARY KEY,
    -- In the order in which transactions ended: a reader that goes on from the last one it saw misses none.
    number BIGINT NOT NULL,
    -- HubSpot's name, such as `conversation.newMessage`.
    kind TEXT NOT NULL,
    -- `webhook` or `poll`: the way by which it came first.
    source TEXT NOT NULL,
    -- Ids, empty where the event has none.
    thread TEXT NOT NULL,
    message TEXT NOT NULL,
    contact TEXT NOT NULL,
    occurred_ms BIGINT NOT NULL,
    received_ms BIGINT NOT NULL
);
CREATE UNIQUE INDEX event_number ON event (number);
CREATE INDEX event_received ON event (received_ms);
CREATE INDEX event_thread ON event (thread);
CREATE INDEX event_contact ON event (contact);
-- The number of the newest event. Its row is locked while events are stored.
INSERT INTO store_meta (name, number) VALUES ('newest_event', 0);
