CREATE TABLE store_meta (
    name TEXT NOT NULL PRIMARY KEY,
    number BIGINT NOT NULL
);
-- The oldest version of these tables that a program must know to use them. A migration that older programs cannot live
-- with raises it to its own.
INSERT INTO store_meta (name, number) VALUES ('oldest_reader', 1);
