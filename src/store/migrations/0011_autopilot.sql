-- What the autopilot remembers of a conversation: ids, times and counts as JSON, and no text of anybody.
CREATE TABLE autopilot_thread (
    thread TEXT NOT NULL PRIMARY KEY,
    contact TEXT NOT NULL,
    inbox TEXT NOT NULL,
    state TEXT NOT NULL,
    touched_ms BIGINT NOT NULL
);
CREATE INDEX autopilot_thread_contact ON autopilot_thread (contact);
CREATE INDEX autopilot_thread_touched ON autopilot_thread (touched_ms);
-- What operators have switched: `begun`, `all`, `inbox/ID` and `thread/ID`.
CREATE TABLE autopilot_switch (
    scope TEXT NOT NULL PRIMARY KEY,
    paused BIGINT NOT NULL,
    at_ms BIGINT NOT NULL
);
-- What became of messages, counted for each day (in days since 1970), inbox, outcome and reason.
CREATE TABLE autopilot_count (
    key TEXT NOT NULL PRIMARY KEY,
    day BIGINT NOT NULL,
    inbox TEXT NOT NULL,
    outcome TEXT NOT NULL,
    reason TEXT NOT NULL,
    messages BIGINT NOT NULL,
    wait_ms BIGINT NOT NULL,
    tokens BIGINT NOT NULL
);
CREATE INDEX autopilot_count_day ON autopilot_count (day);
-- Questions without a good answer: where to read them, and a digest by which equal ones are counted together.
CREATE TABLE autopilot_unanswered (
    digest TEXT NOT NULL PRIMARY KEY,
    thread TEXT NOT NULL,
    contact TEXT NOT NULL,
    message TEXT NOT NULL,
    asked BIGINT NOT NULL,
    at_ms BIGINT NOT NULL
);
CREATE INDEX autopilot_unanswered_thread ON autopilot_unanswered (thread);
CREATE INDEX autopilot_unanswered_contact ON autopilot_unanswered (contact);
CREATE INDEX autopilot_unanswered_at ON autopilot_unanswered (at_ms);
