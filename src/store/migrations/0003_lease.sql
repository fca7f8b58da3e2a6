CREATE TABLE lease (
    name TEXT NOT NULL PRIMARY KEY,
    owner TEXT NOT NULL,
    -- Grows with every owner, so that what an earlier one still writes can be told.
    fence BIGINT NOT NULL,
    until_ms BIGINT NOT NULL
);
