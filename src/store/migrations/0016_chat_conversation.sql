-- Conversations of the chat page, so that every replica can go on with them. What was said in them is sealed with a key that
-- only their visitor's token makes, and the token is not here.
CREATE TABLE chat_conversation (
    -- A digest of the token.
    token TEXT NOT NULL PRIMARY KEY,
    -- Grows with every change: of two at once one is stored.
    version BIGINT NOT NULL,
    -- The run of a replica that answers in it, and until when it is surely alive.
    holder TEXT NOT NULL,
    held_until_ms BIGINT NOT NULL,
    -- 1 while the holder only listens to a person, so that another one may take it at once.
    yields BIGINT NOT NULL,
    -- 1 once the turn under way may have written something.
    wrote BIGINT NOT NULL,
    -- The contact whom the visitor has proved to be, or empty.
    contact TEXT NOT NULL,
    sealed TEXT NOT NULL,
    -- When it is forgotten, unless somebody uses it.
    until_ms BIGINT NOT NULL
);
CREATE INDEX chat_conversation_until ON chat_conversation (until_ms);
CREATE INDEX chat_conversation_contact ON chat_conversation (contact);
