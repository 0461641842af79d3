-- How long a site's events are kept, in calendar months; 0 is for ever. NULL is the usual: the program says what that is.

ALTER TABLE site ADD COLUMN retention_months INTEGER CHECK (retention_months >= 0);
