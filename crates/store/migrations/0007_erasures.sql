-- Requests to remove all that is stored of somebody. Times are ms since 1970-01-01 UTC. Rows stay; whom they were about does not.

CREATE TABLE erasure (
    id         INTEGER PRIMARY KEY,
    site       INTEGER NOT NULL REFERENCES site (id) ON DELETE CASCADE,
    kind       TEXT    NOT NULL CHECK (kind IN ('visitor', 'user')),
    who        TEXT,                            -- pseudonyms as a JSON array; NULL once it is done
    created_at INTEGER NOT NULL,
    created_by TEXT    NOT NULL,
    done_at    INTEGER,
    events     INTEGER                          -- how many were removed
) STRICT;
