-- The custom channel through which conversations go to people. At most one row.
CREATE TABLE handoff_channel (
    -- Always `channel`.
    name TEXT NOT NULL PRIMARY KEY,
    -- HubSpot's account and the developer's app.
    portal BIGINT NOT NULL,
    app BIGINT NOT NULL,
    -- The unguessable end of the webhook's path: it is made before the channel, so that a channel whose making broke off is
    -- found again by its address.
    path_secret TEXT NOT NULL,
    -- HubSpot's id of the channel, empty until it is known.
    channel TEXT NOT NULL,
    -- The time at which its making was begun; 0 if it was not.
    begun_ms BIGINT NOT NULL
);
-- The inboxes and help desks to which it is connected.
CREATE TABLE handoff_account (
    inbox TEXT NOT NULL PRIMARY KEY,
    -- HubSpot's id of the channel account.
    account TEXT NOT NULL,
    -- Our own name of it.
    identifier TEXT NOT NULL,
    -- 1 for the one that is used where none is named.
    is_first BIGINT NOT NULL
);
