-- What some bills tell beside the canonical fields: events, amended documents, cost only. Many lines
-- share one row; a line without any of it has none.

CREATE TABLE side (
    id            INTEGER PRIMARY KEY,
    event         TEXT,
    document_type TEXT,
    amends        TEXT,
    counted_as    TEXT,
    cost_only     INTEGER NOT NULL
) STRICT;

CREATE TABLE line_side (
    line INTEGER PRIMARY KEY REFERENCES line (id),
    side INTEGER NOT NULL REFERENCES side (id)
) STRICT;

ALTER TABLE revision ADD COLUMN side INTEGER REFERENCES side (id);

-- Stable keys by which organizations and offers are found again, whatever they are called.
CREATE TABLE organization_key (
    organization INTEGER NOT NULL REFERENCES organization (id),
    -- 0 domain, 1 tenant, 2 reference
    kind         INTEGER NOT NULL,
    key          TEXT NOT NULL,
    PRIMARY KEY (organization, kind, key)
) STRICT, WITHOUT ROWID;

CREATE TABLE offer_key (
    offer INTEGER NOT NULL REFERENCES offer (id),
    key   TEXT NOT NULL,
    PRIMARY KEY (offer, key)
) STRICT, WITHOUT ROWID;
