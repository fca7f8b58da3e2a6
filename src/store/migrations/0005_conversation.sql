-- One row for each conversation that waits for an answer.
CREATE TABLE conversation (
    thread TEXT NOT NULL PRIMARY KEY,
    contact TEXT NOT NULL,
    newest_message TEXT NOT NULL,
    newest_ms BIGINT NOT NULL,
    -- The arrival of the first message that nobody has looked at; 0 if there is none.
    first_ms BIGINT NOT NULL,
    due_ms BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    -- 1 if too many attempts failed; the next message makes it 0.
    parked BIGINT NOT NULL,
    owner TEXT NOT NULL,
    fence BIGINT NOT NULL,
    until_ms BIGINT NOT NULL
);
CREATE INDEX conversation_due ON conversation (parked, due_ms);
CREATE INDEX conversation_contact ON conversation (contact);
