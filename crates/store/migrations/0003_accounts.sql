-- Who may see and change what, and what they changed. Times are ms since 1970-01-01 UTC. Secrets of people and programs
-- are kept as hashes; only the secret of one-time codes must be known, to compute the same codes.

CREATE TABLE account (
    id         INTEGER PRIMARY KEY,
    email      TEXT    NOT NULL UNIQUE,         -- in small letters
    name       TEXT    NOT NULL,
    password   TEXT,                            -- its argon2id hash as a PHC string; NULL until one is chosen
    totp       BLOB,                            -- the secret of one-time codes; NULL for an account without
    totp_on    INTEGER NOT NULL DEFAULT 0 CHECK (totp_on IN (0, 1)),    -- 1 once a code has shown that it is known
    totp_used  INTEGER NOT NULL DEFAULT 0,      -- the time step of the last code that was taken
    created_at INTEGER NOT NULL
) STRICT;

-- What an account may do, for one site or, where the site is NULL, for all there are and will be.
CREATE TABLE role (
    account INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    site    INTEGER REFERENCES site (id) ON DELETE CASCADE,
    role    TEXT    NOT NULL CHECK (role IN ('owner', 'editor', 'viewer'))
) STRICT;

CREATE UNIQUE INDEX role_of_account ON role (account, ifnull(site, 0));

CREATE TABLE session (
    hash       BLOB    PRIMARY KEY CHECK (length(hash) = 32),   -- SHA-256 of what the browser holds
    account    INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    created_at INTEGER NOT NULL,
    used_at    INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
) STRICT;

CREATE INDEX session_of_account ON session (account);

-- A link that lets its holder choose the account's password, once.
CREATE TABLE one_time_link (
    hash       BLOB    PRIMARY KEY CHECK (length(hash) = 32),
    account    INTEGER NOT NULL UNIQUE REFERENCES account (id) ON DELETE CASCADE,
    expires_at INTEGER NOT NULL
) STRICT;

-- Codes that each stand once for a one-time code, for people who lost the device that makes them.
CREATE TABLE recovery_code (
    account INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    hash    BLOB    NOT NULL CHECK (length(hash) = 32),
    PRIMARY KEY (account, hash)
) STRICT;

-- Links that show one site to everybody who holds them. Rows stay when a link is revoked.
CREATE TABLE share (
    id         INTEGER PRIMARY KEY,
    site       INTEGER NOT NULL REFERENCES site (id),
    name       TEXT    NOT NULL,
    hash       BLOB    NOT NULL UNIQUE CHECK (length(hash) = 32),
    created_at INTEGER NOT NULL,
    created_by TEXT    NOT NULL,
    expires_at INTEGER,                         -- NULL for a link that does not expire
    revoked_at INTEGER,
    revoked_by TEXT
) STRICT;

-- Who changed what when, of definitions, settings, members, keys and shares. Rows are only ever added.
CREATE TABLE audit (
    id      INTEGER PRIMARY KEY,
    at      INTEGER NOT NULL,
    by      TEXT    NOT NULL,
    site    INTEGER REFERENCES site (id),       -- NULL for what concerns no single site
    action  TEXT    NOT NULL,                   -- such as `goal_changed`
    subject TEXT    NOT NULL,                   -- the name of what was changed
    detail  TEXT                                -- what it is now, in a few words
) STRICT;

CREATE INDEX audit_of_site ON audit (site, id);

INSERT INTO audit (at, by, site, action, subject, detail)
SELECT at, by, site, kind || '_' || action, name, 'version ' || version FROM change
UNION ALL
SELECT k.created_at, k.created_by, k.site, 'key_added', k.prefix, k.scope FROM api_key k
UNION ALL
SELECT k.revoked_at, k.revoked_by, k.site, 'key_revoked', k.prefix, NULL FROM api_key k WHERE k.revoked_at IS NOT NULL
ORDER BY 1;
