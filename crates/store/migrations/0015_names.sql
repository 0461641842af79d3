-- What owners decided about names of events. Times are ms since 1970-01-01 UTC.

CREATE TABLE event_name (
    id       INTEGER PRIMARY KEY,
    site     INTEGER NOT NULL REFERENCES site (id) ON DELETE CASCADE,
    name     TEXT    NOT NULL,
    admitted INTEGER NOT NULL,                  -- 1: it always has a place; 0: it is forgotten
    at       INTEGER NOT NULL,
    by       TEXT    NOT NULL,
    UNIQUE (site, name)
) STRICT;
