-- Of the conversations that are due, the one whose customer has waited longest is claimed first.
CREATE INDEX conversation_order ON conversation (parked, newest_ms);
