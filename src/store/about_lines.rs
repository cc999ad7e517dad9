//! Statements about lines, each in two forms.

/// A statement in both its forms: for lines with numbers from one to another, and for listed ones.
/// The column that holds the number is `line` where none is named.
macro_rules! about_lines {
    ($select:literal) => {
        about_lines!($select, "line")
    };
    ($select:literal, $id:literal) => {
        [
            concat!($select, " WHERE ", $id, " BETWEEN ?1 AND ?2 ORDER BY ", $id),
            concat!(
                $select,
                " WHERE ",
                $id,
                " IN (SELECT value FROM json_each(?1)) ORDER BY ",
                $id
            ),
        ]
    };
}

pub(super) use about_lines;
