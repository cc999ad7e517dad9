-- What people decided about additions that are not in the PSA as they were posted: each decision
-- holds while the PSA has them as they were then.
CREATE TABLE decision (
    marker  TEXT PRIMARY KEY,
    verdict TEXT NOT NULL,
    seen    TEXT NOT NULL
) STRICT, WITHOUT ROWID;
