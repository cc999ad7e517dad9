-- Lines that the last load of their whole month no longer brought: their invoice was voided at the
-- source, or the line left it.
CREATE TABLE withdrawn (line INTEGER PRIMARY KEY) STRICT;

-- Months of which lines were dropped, until they are loaded again: what is missing there says
-- nothing about subscriptions.
CREATE TABLE unloaded (
    source INTEGER NOT NULL REFERENCES source (id),
    month  INTEGER NOT NULL,
    PRIMARY KEY (source, month)
) STRICT, WITHOUT ROWID;
