CREATE TABLE poller (
    inbox TEXT NOT NULL PRIMARY KEY,
    -- By HubSpot's clock: what is not newer was there before polling began.
    began_ms BIGINT NOT NULL,
    -- By HubSpot's clock: everything up to here was taken in.
    newest_ms BIGINT NOT NULL
);
CREATE TABLE erased (
    -- A digest of what must not come back by a late event.
    digest TEXT NOT NULL PRIMARY KEY,
    erased_ms BIGINT NOT NULL
);
CREATE INDEX erased_at ON erased (erased_ms);
