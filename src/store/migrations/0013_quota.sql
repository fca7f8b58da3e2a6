CREATE TABLE quota (
    -- A digest of the access to an account of HubSpot's, whose limits replicas share.
    account TEXT NOT NULL PRIMARY KEY,
    -- The places of HubSpot's windows and who holds them, as JSON.
    ledger TEXT NOT NULL,
    changed_ms BIGINT NOT NULL
);
