-- What people wrote beside dates, and the filters that they keep. Times are ms since 1970-01-01 UTC.

CREATE TABLE note (
    id   INTEGER PRIMARY KEY,
    site INTEGER NOT NULL REFERENCES site (id),
    date TEXT    NOT NULL,                      -- a day of the site's zone, such as 2026-03-31
    text TEXT    NOT NULL,
    at   INTEGER NOT NULL,
    by   TEXT    NOT NULL
) STRICT;

CREATE INDEX note_of_site ON note (site, date);

CREATE TABLE saved_segment (
    site   INTEGER NOT NULL REFERENCES site (id),
    name   TEXT    NOT NULL,
    filter TEXT    NOT NULL,                    -- a filter of the query's JSON
    at     INTEGER NOT NULL,
    by     TEXT    NOT NULL,
    PRIMARY KEY (site, name)
) STRICT;
