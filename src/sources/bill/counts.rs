//! Money that two bills can hold, within one load: the totals of a month and its daily rows.

use std::collections::HashMap;

use super::super::problems::{Problems, shown};
use crate::domain::line::CanonicalLine;

/// How each invoice and organization counts what can be counted in several ways.
#[derive(Default)]
pub(super) struct Counts {
    seen: HashMap<(Box<str>, Box<str>, Box<str>), Seen>,
}

struct Seen {
    counted_as: Box<str>,
    file: String,
    told: bool,
}

impl Counts {
    /// Adds a line; complains when its money is counted in another way already.
    pub(super) fn add(&mut self, line: &CanonicalLine, problems: &mut Problems) {
        let Some(counted) = line.extra.as_ref().and_then(|e| e.counted_as.as_deref()) else {
            return;
        };
        let what = counted.split('/').next().unwrap_or(counted);
        let key =
            (line.invoice_number.clone(), line.organization_id.to_lowercase().into(), what.into());
        let file = problems.file().to_owned();
        let seen = self.seen.entry(key).or_insert_with(|| Seen {
            counted_as: counted.into(),
            file: file.clone(),
            told: false,
        });
        // Once for an invoice and organization: a month has thousands of such rows.
        if &*seen.counted_as == counted || std::mem::replace(&mut seen.told, true) {
            return;
        }
        let (other, other_file) = (seen.counted_as.clone(), seen.file.clone());
        problems.push(None, None, "counted-twice", || {
            (
                format!(
                    "invoice {} of {} has the same money twice: as {counted} here, and as {other} \
                     in {other_file}",
                    shown(&line.invoice_number),
                    shown(&line.organization_name)
                ),
                format!(
                    "load one of them only; with source.leave_out = \"{what}\" the monthly bill \
                     is loaded without it"
                ),
            )
        });
    }
}
