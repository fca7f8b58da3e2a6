CREATE TABLE shared_token (
    -- A digest of the login.
    login TEXT NOT NULL PRIMARY KEY,
    -- The access token, sealed by the refresh token, which is not in the store.
    sealed TEXT NOT NULL,
    expires_ms BIGINT NOT NULL
);
