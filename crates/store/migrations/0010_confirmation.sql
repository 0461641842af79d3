-- Who stands behind an account, and on which browsers its person signed in before. Times are ms since 1970-01-01 UTC.

-- Who invited the person: an e-mail address, or the user of the system; NULL when nobody did.
ALTER TABLE account ADD COLUMN invited_by TEXT;
-- 0 while only an owner of a site, who had the link and may know the password, says that the account is the person's. 1 once
-- a link was used that only the person or an owner of all sites had, or another service showed who it is.
ALTER TABLE account ADD COLUMN confirmed INTEGER NOT NULL DEFAULT 1 CHECK (confirmed IN (0, 1));
-- Of an account that is not confirmed, the e-mail address of the one who may know the password: what they give it, they could
-- do themselves. NULL once that is not certain any more, because their own account was confirmed since, or removed.
ALTER TABLE account ADD COLUMN vouched_by TEXT;

UPDATE account SET invited_by =
    (SELECT a.by FROM audit a WHERE a.action = 'member_added' AND a.subject = account.email AND a.by <> account.email
     ORDER BY a.id DESC LIMIT 1);

UPDATE account SET confirmed = 0, vouched_by = invited_by
WHERE invited_by LIKE '%@%'
  AND (SELECT a.site FROM audit a WHERE a.action = 'member_added' AND a.subject = account.email
       ORDER BY a.id DESC LIMIT 1) IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM account i JOIN role r ON r.account = i.id
                  WHERE i.email = account.invited_by AND r.site IS NULL AND r.role = 'owner');

-- Roles that hold once the account is confirmed.
CREATE TABLE waiting_role (
    account INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    site    INTEGER REFERENCES site (id) ON DELETE CASCADE,
    role    TEXT    NOT NULL CHECK (role IN ('owner', 'editor', 'viewer'))
) STRICT;

CREATE UNIQUE INDEX waiting_role_of_account ON waiting_role (account, ifnull(site, 0));

-- An account may have several links now: one that a stranger asks for takes away none that somebody was given.
CREATE TABLE link (
    hash       BLOB    PRIMARY KEY CHECK (length(hash) = 32),
    account    INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    expires_at INTEGER NOT NULL,
    confirms   INTEGER NOT NULL CHECK (confirms IN (0, 1)),     -- whoever uses it confirms the account
    mailed     INTEGER NOT NULL CHECK (mailed IN (0, 1))        -- it was sent to the account's address, and to nobody else
) STRICT;

INSERT INTO link (hash, account, expires_at, confirms, mailed)
SELECT l.hash, l.account, l.expires_at, a.confirmed, 0 FROM one_time_link l JOIN account a ON a.id = l.account;

DROP TABLE one_time_link;
ALTER TABLE link RENAME TO one_time_link;
CREATE INDEX one_time_link_of_account ON one_time_link (account);

-- Browsers that an account signed in on: strangers who guess its password do not slow them.
CREATE TABLE known_device (
    hash    BLOB    PRIMARY KEY CHECK (length(hash) = 32),      -- SHA-256 of what the browser holds
    account INTEGER NOT NULL REFERENCES account (id) ON DELETE CASCADE,
    used_at INTEGER NOT NULL
) STRICT;

CREATE INDEX known_device_of_account ON known_device (account);
