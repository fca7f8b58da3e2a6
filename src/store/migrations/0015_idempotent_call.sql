-- Calls with a key of their client's: a repeat is answered with what the first one did.
CREATE TABLE idempotent_call (
    -- A digest of the caller and the key.
    key TEXT NOT NULL PRIMARY KEY,
    caller TEXT NOT NULL,
    -- A digest of the tool and its arguments.
    request TEXT NOT NULL,
    -- `begun`, `answered` or `unclear`.
    state TEXT NOT NULL,
    -- The run that carries it out, and until when it is surely alive.
    holder TEXT NOT NULL,
    held_until_ms BIGINT NOT NULL,
    -- JSON of ids, times and names of states; no text of anybody.
    outcome TEXT NOT NULL,
    begun_ms BIGINT NOT NULL
);
CREATE INDEX idempotent_call_caller ON idempotent_call (caller, begun_ms);
CREATE INDEX idempotent_call_begun ON idempotent_call (begun_ms);
