-- The time at which the outcome of a reply was noted: 0 while there is none, and for rows of programs that did not note it.
ALTER TABLE outbox ADD COLUMN ended_ms BIGINT NOT NULL DEFAULT 0;
