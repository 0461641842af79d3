-- How long a site's events are kept, in calendar months; NULL is for ever.

ALTER TABLE site ADD COLUMN retention_months INTEGER DEFAULT 25 CHECK (retention_months > 0);
