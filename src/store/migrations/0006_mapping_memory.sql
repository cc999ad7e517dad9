-- What is remembered of decisions on mappings: when they were made (microseconds since 1970), and
-- which records are not to be suggested again. Kinds: 0 organization, 1 offer.

CREATE TABLE mapping_decision (
    kind   INTEGER NOT NULL,
    source INTEGER NOT NULL REFERENCES source (id),
    key    TEXT NOT NULL,
    at     INTEGER NOT NULL,
    PRIMARY KEY (kind, source, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE mapping_rejection (
    kind   INTEGER NOT NULL,
    source INTEGER NOT NULL REFERENCES source (id),
    key    TEXT NOT NULL,
    record INTEGER NOT NULL,
    PRIMARY KEY (kind, source, key, record)
) STRICT, WITHOUT ROWID;
