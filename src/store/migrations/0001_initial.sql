-- The first schema. Texts that many lines share are interned, so that a line is a row of small
-- integers: that is what makes a million of them cheap to load, to plan and to count.
--
-- Dates are integers, YYYYMMDD. Periods are year x 12 + month - 1. Times are microseconds since
-- 1970. Amounts are mantissa x 32 + scale, or text where that does not fit 64 bits: exact in both
-- forms, and summable. Column types are checked (STRICT).

CREATE TABLE source (
    id   INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
) STRICT;

CREATE TABLE organization (
    id       INTEGER PRIMARY KEY,
    source   INTEGER NOT NULL REFERENCES source (id),
    key      TEXT NOT NULL,
    name     TEXT NOT NULL,
    -- The invoice date that `name` comes from: an older file does not rename.
    named    INTEGER NOT NULL DEFAULT 0,
    excluded INTEGER NOT NULL DEFAULT 1,
    UNIQUE (source, key)
) STRICT;

CREATE TABLE organization_company (
    organization INTEGER NOT NULL REFERENCES organization (id),
    position     INTEGER NOT NULL,
    company      INTEGER NOT NULL,
    PRIMARY KEY (organization, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE offer (
    id          INTEGER PRIMARY KEY,
    source      INTEGER NOT NULL REFERENCES source (id),
    key         TEXT NOT NULL,
    name        TEXT NOT NULL,
    named       INTEGER NOT NULL DEFAULT 0,
    part_number TEXT,
    product     INTEGER,
    UNIQUE (source, key)
) STRICT;

CREATE TABLE contract (
    id     INTEGER PRIMARY KEY,
    source INTEGER NOT NULL REFERENCES source (id),
    key    TEXT NOT NULL,
    UNIQUE (source, key)
) STRICT;

CREATE TABLE contract_agreement (
    contract  INTEGER NOT NULL REFERENCES contract (id),
    company   INTEGER NOT NULL,
    agreement INTEGER NOT NULL,
    PRIMARY KEY (contract, company)
) STRICT, WITHOUT ROWID;

-- What lines say about their invoice, customer, item and subscription, word for word. Equal rows
-- are never stored twice: the one writer looks them up in memory, so no index is kept for that.

CREATE TABLE invoice (
    id       INTEGER PRIMARY KEY,
    source   INTEGER NOT NULL REFERENCES source (id),
    number   TEXT NOT NULL,
    date     INTEGER NOT NULL,
    status   INTEGER NOT NULL,
    currency TEXT NOT NULL
) STRICT;

CREATE TABLE customer (
    id           INTEGER PRIMARY KEY,
    organization INTEGER NOT NULL REFERENCES organization (id),
    name         TEXT NOT NULL
) STRICT;

CREATE TABLE item (
    id          INTEGER PRIMARY KEY,
    offer       INTEGER NOT NULL REFERENCES offer (id),
    name        TEXT NOT NULL,
    part_number TEXT
) STRICT;

CREATE TABLE subscription (
    id       INTEGER PRIMARY KEY,
    source   INTEGER NOT NULL REFERENCES source (id),
    contract INTEGER REFERENCES contract (id),
    key      TEXT,
    name     TEXT,
    cycle    TEXT
) STRICT;

-- The upper half of a line's number is its period: the lines of a period stand together, and a
-- period is read without an index.
CREATE TABLE line (
    id           INTEGER PRIMARY KEY,
    invoice      INTEGER NOT NULL REFERENCES invoice (id),
    customer     INTEGER NOT NULL REFERENCES customer (id),
    item         INTEGER NOT NULL REFERENCES item (id),
    psa_status   INTEGER NOT NULL,
    total        ANY NOT NULL,
    subscription INTEGER NOT NULL REFERENCES subscription (id),
    charge_type  INTEGER NOT NULL,
    charge_start INTEGER NOT NULL,
    charge_end   INTEGER,
    start_date   INTEGER,
    end_date     INTEGER,
    -- Badge of the start + 3 x badge of the end.
    badges       INTEGER NOT NULL,
    quantity     ANY NOT NULL,
    unit_price   ANY,
    unit_cost    ANY,
    -- 1: `key` is the source's own id of the line.
    own_key      INTEGER NOT NULL,
    key          TEXT NOT NULL,
    content      BLOB NOT NULL
) STRICT;

-- Lines by a 64-bit digest of source and key; equal digests are told apart by the key itself.
CREATE TABLE line_key (
    hash INTEGER NOT NULL,
    line INTEGER NOT NULL,
    PRIMARY KEY (hash, line)
) STRICT, WITHOUT ROWID;

-- Columns of the source that Addendum does not know.
CREATE TABLE line_raw (
    line INTEGER PRIMARY KEY REFERENCES line (id),
    raw  TEXT NOT NULL
) STRICT;

CREATE TABLE line_choice (
    line      INTEGER PRIMARY KEY REFERENCES line (id),
    company   INTEGER,
    product   INTEGER,
    agreement INTEGER,
    post_once INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE line_problem (
    line    INTEGER PRIMARY KEY REFERENCES line (id),
    problem TEXT NOT NULL
) STRICT;

-- The newest content of a line that was changed after posting: columns as in `line`.
CREATE TABLE revision (
    line         INTEGER PRIMARY KEY REFERENCES line (id),
    invoice      INTEGER NOT NULL REFERENCES invoice (id),
    customer     INTEGER NOT NULL REFERENCES customer (id),
    item         INTEGER NOT NULL REFERENCES item (id),
    total        ANY NOT NULL,
    subscription INTEGER NOT NULL REFERENCES subscription (id),
    charge_type  INTEGER NOT NULL,
    charge_start INTEGER NOT NULL,
    charge_end   INTEGER,
    start_date   INTEGER,
    end_date     INTEGER,
    badges       INTEGER NOT NULL,
    quantity     ANY NOT NULL,
    unit_price   ANY,
    unit_cost    ANY,
    own_key      INTEGER NOT NULL,
    key          TEXT NOT NULL,
    content      BLOB NOT NULL,
    raw          TEXT
) STRICT;

CREATE TABLE own_addition (
    id        INTEGER PRIMARY KEY,
    marker    TEXT NOT NULL UNIQUE,
    subject   TEXT NOT NULL,
    recurring INTEGER NOT NULL,
    company   INTEGER NOT NULL,
    agreement INTEGER NOT NULL,
    addition  INTEGER NOT NULL,
    fields    TEXT NOT NULL,
    currency  TEXT NOT NULL,
    shown     INTEGER NOT NULL,
    line      TEXT NOT NULL,
    gone      INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX own_addition_shown ON own_addition (shown);

-- The addition that carries a line.
CREATE TABLE posting (
    line     INTEGER PRIMARY KEY REFERENCES line (id),
    addition INTEGER NOT NULL REFERENCES own_addition (id)
) STRICT;
CREATE INDEX posting_addition ON posting (addition);

CREATE TABLE run (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    kind    TEXT NOT NULL,
    state   TEXT NOT NULL,
    periods TEXT NOT NULL,
    started INTEGER NOT NULL,
    ended   INTEGER,
    counts  TEXT NOT NULL,
    undoes  INTEGER REFERENCES run (id),
    money   TEXT NOT NULL
) STRICT;

CREATE TABLE entry (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    run      INTEGER NOT NULL REFERENCES run (id),
    kind     TEXT NOT NULL,
    marker   TEXT,
    action   TEXT NOT NULL,
    -- 0 intended, 1 requested, 2 done, 3 failed, 4 dropped
    state    INTEGER NOT NULL DEFAULT 0,
    at       INTEGER,
    outcome  TEXT,
    problem  TEXT,
    -- What the store knew of the addition before this entry was done, for undo.
    previous TEXT
) STRICT;
CREATE INDEX entry_run ON entry (run, marker);
CREATE INDEX entry_open ON entry (state) WHERE state < 2;

CREATE TABLE entry_line (
    line  INTEGER NOT NULL REFERENCES line (id),
    entry INTEGER NOT NULL REFERENCES entry (id),
    PRIMARY KEY (line, entry)
) STRICT, WITHOUT ROWID;
CREATE INDEX entry_line_entry ON entry_line (entry);

-- Lines that became Synced without a write, with what the addition showed before.
CREATE TABLE settled (
    run      INTEGER NOT NULL REFERENCES run (id),
    line     INTEGER NOT NULL REFERENCES line (id),
    marker   TEXT NOT NULL,
    previous TEXT NOT NULL,
    PRIMARY KEY (run, line)
) STRICT, WITHOUT ROWID;
CREATE INDEX settled_line ON settled (line);

-- Local copies of PSA records, as JSON: they are replaced whole and read whole.
CREATE TABLE company (
    id   INTEGER PRIMARY KEY,
    body TEXT NOT NULL
) STRICT;
CREATE TABLE product (
    id   INTEGER PRIMARY KEY,
    body TEXT NOT NULL
) STRICT;
CREATE TABLE agreement (
    id   INTEGER PRIMARY KEY,
    body TEXT NOT NULL
) STRICT;
CREATE TABLE agreement_type (
    id   INTEGER PRIMARY KEY,
    body TEXT NOT NULL
) STRICT;
CREATE TABLE custom_field (
    id   INTEGER PRIMARY KEY,
    body TEXT NOT NULL
) STRICT;

CREATE TABLE log (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    at      INTEGER NOT NULL,
    level   INTEGER NOT NULL,
    title   TEXT NOT NULL,
    details TEXT NOT NULL,
    run     INTEGER,
    line    TEXT
) STRICT;
CREATE INDEX log_at ON log (at);

CREATE TABLE moment (
    name TEXT PRIMARY KEY,
    at   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE note (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;
