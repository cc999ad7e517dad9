-- The audit journal: only ever longer. Each record's hash covers its content and the hash of the
-- record before (`domain::audit`). `body` is JSON; what an entry asked for and what came of it stay
-- in `entry`, and their digests are here.
CREATE TABLE audit (
    id    INTEGER PRIMARY KEY,
    at    INTEGER NOT NULL,
    who   TEXT NOT NULL,
    kind  TEXT NOT NULL,
    run   INTEGER,
    entry INTEGER,
    body  TEXT NOT NULL,
    hash  BLOB NOT NULL
) STRICT;

-- Who made and who approved which plan, for the rule of two persons.
CREATE INDEX audit_said ON audit (json_extract(body, '$.of'))
    WHERE kind IN ('plan-made', 'approved');

CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit journal is append-only'); END;
CREATE TRIGGER audit_is_not_shortened BEFORE DELETE ON audit
BEGIN SELECT RAISE(ABORT, 'the audit journal is append-only'); END;
-- Also against INSERT OR REPLACE, which deletes without asking the trigger above.
CREATE TRIGGER audit_has_no_gap BEFORE INSERT ON audit
WHEN NEW.id IS NOT (SELECT coalesce(max(id), 0) + 1 FROM audit)
BEGIN SELECT RAISE(ABORT, 'a record of the audit journal follows the last one'); END;

-- What was intended stays as it was intended.
CREATE TRIGGER entry_is_not_changed BEFORE UPDATE OF id, run, kind, marker, action ON entry
BEGIN SELECT RAISE(ABORT, 'what was intended is not changed'); END;
CREATE TRIGGER entry_is_not_deleted BEFORE DELETE ON entry
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
