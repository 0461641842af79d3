-- Secret keys of programs, and a site's settings of the collector. Times are ms since 1970-01-01 UTC.

-- A key is known by its hash alone. Rows stay when a key is revoked: who made and who revoked it is on record.
CREATE TABLE api_key (
    id         INTEGER PRIMARY KEY,
    site       INTEGER NOT NULL REFERENCES site (id),
    prefix     TEXT    NOT NULL UNIQUE,         -- the key's first letters, by which people know it
    hash       BLOB    NOT NULL UNIQUE CHECK (length(hash) = 32),   -- SHA-256 of the whole key
    scope      TEXT    NOT NULL CHECK (scope IN ('collect', 'read', 'admin')),
    created_at INTEGER NOT NULL,
    created_by TEXT    NOT NULL,
    expires_at INTEGER,                         -- NULL for a key that does not expire
    used_on    INTEGER,                         -- days from 1970-01-01 to its last use (UTC)
    revoked_at INTEGER,
    revoked_by TEXT
) STRICT;

ALTER TABLE site ADD COLUMN collect TEXT NOT NULL DEFAULT '{}'; -- a JSON object
