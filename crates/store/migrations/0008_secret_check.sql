-- Tells a secret that the disk has changed from the one that was written: the first 8 bytes of a hash keyed with it. NULL until a
-- Waymark that knows of it has opened the catalog to write.

ALTER TABLE site ADD COLUMN secret_check BLOB;
