-- Values that are good once, such as the accepted answer of a person: digests alone.
CREATE TABLE single_use (
    digest TEXT NOT NULL PRIMARY KEY,
    -- Whose it is: the number of values is bounded for each owner.
    owner TEXT NOT NULL,
    -- A digest of who used it first, who may repeat that for a moment.
    used_by TEXT NOT NULL,
    used_ms BIGINT NOT NULL,
    until_ms BIGINT NOT NULL
);
CREATE INDEX single_use_owner ON single_use (owner, until_ms);
CREATE INDEX single_use_until ON single_use (until_ms);
-- The writes of callers that may do so many a day (in days since 1970).
CREATE TABLE write_count (
    caller TEXT NOT NULL PRIMARY KEY,
    day BIGINT NOT NULL,
    writes BIGINT NOT NULL,
    counted_ms BIGINT NOT NULL
);
CREATE INDEX write_count_counted ON write_count (counted_ms);
-- Keys that replicas made for themselves and share.
CREATE TABLE shared_key (
    name TEXT NOT NULL PRIMARY KEY,
    -- Random; it opens nothing without a token of a caller.
    secret TEXT NOT NULL,
    made_ms BIGINT NOT NULL
);
-- Resources that changed at one replica, for the subscribers of the others.
CREATE TABLE resource_change (
    -- In the order in which transactions ended.
    number BIGINT NOT NULL PRIMARY KEY,
    uri TEXT NOT NULL,
    -- The replica that has told its own subscribers.
    origin TEXT NOT NULL,
    changed_ms BIGINT NOT NULL
);
CREATE INDEX resource_change_changed ON resource_change (changed_ms);
-- The number of the newest change. Its row is locked while changes are stored.
INSERT INTO store_meta (name, number) VALUES ('newest_change', 0);
