-- Sites, and the versions of what their owners define. Times are ms since 1970-01-01 UTC.

CREATE TABLE site (
    id             INTEGER PRIMARY KEY,
    name           TEXT    NOT NULL UNIQUE,
    timezone       TEXT    NOT NULL,
    session_gap_ms INTEGER NOT NULL CHECK (session_gap_ms > 0),
    hosts          TEXT    NOT NULL,            -- a JSON array of names
    secret         BLOB    NOT NULL CHECK (length(secret) = 32),
    created_at     INTEGER NOT NULL
) STRICT;

-- A goal or funnel that a site has or had.
CREATE TABLE definition (
    id       INTEGER PRIMARY KEY,
    site     INTEGER NOT NULL REFERENCES site (id),
    kind     TEXT    NOT NULL CHECK (kind IN ('goal', 'funnel')),
    name     TEXT    NOT NULL,
    position INTEGER,                           -- its place among those in force; NULL when retired
    UNIQUE (site, kind, name)
) STRICT;

CREATE TABLE definition_version (
    definition INTEGER NOT NULL REFERENCES definition (id),
    version    INTEGER NOT NULL CHECK (version >= 1),
    body       TEXT    NOT NULL,                -- the definition as JSON
    PRIMARY KEY (definition, version)
) STRICT;

-- Who changed what when. Rows are only ever added.
CREATE TABLE change (
    id      INTEGER PRIMARY KEY,
    site    INTEGER NOT NULL REFERENCES site (id),
    kind    TEXT    NOT NULL CHECK (kind IN ('site', 'goal', 'funnel')),
    name    TEXT    NOT NULL,
    action  TEXT    NOT NULL CHECK (action IN ('added', 'changed', 'retired', 'revived')),
    version INTEGER,                            -- the version in force after it; NULL for a site
    at      INTEGER NOT NULL,
    by      TEXT    NOT NULL
) STRICT;

CREATE INDEX change_of_site ON change (site, at);
