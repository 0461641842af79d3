-- Orders that do not count: tests, mostly. Times are ms since 1970-01-01 UTC. A row goes when it is undone; the audit keeps both.

CREATE TABLE void (
    id         INTEGER PRIMARY KEY,
    site       INTEGER NOT NULL REFERENCES site (id) ON DELETE CASCADE,
    key        INTEGER NOT NULL,                -- the pseudonym of the order's key, as events have it: its 64 bits
    created_at INTEGER NOT NULL,
    created_by TEXT    NOT NULL,
    UNIQUE (site, key)
) STRICT;
