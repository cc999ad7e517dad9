//! The first look at a bill's file: what only the whole file can tell. In which order its dates are,
//! and the newest date of each invoice.

use std::collections::HashMap;
use std::path::Path;

use jiff::civil::Date;

use super::super::SourceError;
use super::super::problems::{Problems, shown};
use super::super::profile::field::Field;
use super::super::profile::written::{DateOrder, Written};
use super::super::profile::{Profile, columns::Col};
use super::open::each_row;
use super::rows::{Flow, Row, Sink};

/// A date in the file that can be read in one order only, with its row.
type Witness = (u64, String);

/// What a file tells.
#[derive(Default)]
pub(super) struct Survey {
    month_first: Option<Witness>,
    day_first: Option<Witness>,
    either: Option<Witness>,
    /// The newest date of each invoice: with the month first, with the day first.
    newest: HashMap<Box<str>, [Option<Date>; 2]>,
}

/// Looks, if there is anything to find out by looking. Complaints about rows come when they are
/// read.
pub(super) fn survey(
    profile: &Profile,
    order: Option<DateOrder>,
    file: &Path,
) -> Result<Survey, SourceError> {
    let mut look = Look { profile, survey: Survey::default() };
    let newest = profile.fields[Field::InvoiceDate as usize].month_of;
    if order.is_none() || newest.is_some() {
        each_row(profile, file, &mut look, &mut Problems::default())?;
    }
    Ok(look.survey)
}

struct Look<'p> {
    profile: &'p Profile,
    survey: Survey,
}

impl Look<'_> {
    fn date(&mut self, row: u64, text: &str) {
        let Ok(Written::Either(a, b, _)) = self.profile.dates.written(text) else { return };
        let place = match (a > 12, b > 12) {
            (false, true) => &mut self.survey.month_first,
            (true, false) => &mut self.survey.day_first,
            (false, false) if a != b => &mut self.survey.either,
            _ => return,
        };
        if place.is_none() {
            *place = Some((row, text.to_owned()));
        }
    }

    fn newest(&mut self, invoice: &str, text: &str) {
        let dates = &self.profile.dates;
        let day = |order| dates.read(text, Some(order)).ok().flatten();
        let both = [day(DateOrder::Mdy), day(DateOrder::Dmy)];
        match self.survey.newest.get_mut(invoice) {
            Some(known) => {
                for (known, day) in known.iter_mut().zip(both) {
                    *known = (*known).max(day);
                }
            }
            None => {
                self.survey.newest.insert(invoice.into(), both);
            }
        }
    }
}

impl Sink for Look<'_> {
    fn wants_raw(&self) -> bool {
        false
    }

    fn row(&mut self, row: Row<'_>, _: &mut Problems) -> Result<Flow, SourceError> {
        let profile = self.profile;
        let cell = |col: Col| row.cells[col.0].trim();
        for (col, column) in profile.columns.iter() {
            let text = cell(col);
            // ISO dates have nothing to tell.
            if column.date && text.len() >= 8 && text.as_bytes()[4] != b'-' {
                self.date(row.number, text);
            }
        }
        if let Some(month_of) = profile.fields[Field::InvoiceDate as usize].month_of {
            let invoice = &profile.fields[Field::InvoiceNumber as usize].columns;
            let invoice = invoice.iter().map(|c| cell(*c)).find(|t| !t.is_empty());
            if let Some(invoice) = invoice {
                self.newest(invoice, cell(month_of));
            }
        }
        Ok(Flow::On)
    }
}

impl Survey {
    /// The order of the file's dates; `None` where nothing depends on it. The file is refused when
    /// its dates contradict each other, or cannot tell.
    pub(super) fn order(&self, problems: &mut Problems) -> Option<DateOrder> {
        match (&self.month_first, &self.day_first, &self.either) {
            (Some(month), Some(day), _) => {
                problems.push(Some(day.0), None, "date-order-mixed", || {
                    (
                        format!(
                            "{} has the day first, but {} in row {} the month: the file is put \
                             together from two, or was changed by a spreadsheet",
                            shown(&day.1),
                            shown(&month.1),
                            month.0
                        ),
                        "download the bill again, in the language en-US, and load it as it is"
                            .into(),
                    )
                });
                None
            }
            (Some(_), None, _) => Some(DateOrder::Mdy),
            (None, Some(_), _) => Some(DateOrder::Dmy),
            (None, None, Some(either)) => {
                problems.push(Some(either.0), None, "date-order-unknown", || {
                    (
                        format!(
                            "{} can be read in two ways, and no date of the file tells which",
                            shown(&either.1)
                        ),
                        "if you know it, set source.date_order to \"mdy\" or \"dmy\"".into(),
                    )
                });
                None
            }
            (None, None, None) => None,
        }
    }

    /// Adds the newest dates of this file's invoices to those of the load.
    pub(super) fn newest(self, order: Option<DateOrder>, into: &mut HashMap<Box<str>, Date>) {
        for (invoice, [month_first, day_first]) in self.newest {
            let date = if order == Some(DateOrder::Dmy) { day_first } else { month_first };
            if let Some(date) = date {
                let known = into.entry(invoice).or_insert(date);
                *known = (*known).max(date);
            }
        }
    }
}
