CREATE TABLE outbox (
    -- Of the caller's making: the same reply has the same key.
    key TEXT NOT NULL PRIMARY KEY,
    thread TEXT NOT NULL,
    contact TEXT NOT NULL,
    fence BIGINT NOT NULL,
    -- `message` or `comment`.
    kind TEXT NOT NULL,
    -- Of its text, which is not kept.
    digest TEXT NOT NULL,
    -- `new`, `sent`, `confirmed` or `unclear`.
    state TEXT NOT NULL,
    -- HubSpot's id, empty until it is known.
    message TEXT NOT NULL,
    begun_ms BIGINT NOT NULL
);
CREATE INDEX outbox_thread ON outbox (thread);
CREATE INDEX outbox_message ON outbox (message);
CREATE INDEX outbox_contact ON outbox (contact);
CREATE INDEX outbox_begun ON outbox (begun_ms);
