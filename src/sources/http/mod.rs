//! Bills that are asked for over HTTP, as a profile's `[http]` says: endpoints, authorization,
//! months, pages, lists that belong together. What comes is mapped by the same profile as a file
//! would be.
//!
//! Within a load a page that breaks is asked for again, and what was read stays read. A load that
//! was interrupted begins anew: no distributor promises that page 7 of tomorrow goes on where
//! page 6 of today ended, and a line lost between the two would be income lost in silence.

mod appxite;
mod authorize;
mod doubles;
mod form;
mod paging;
mod pax8;
mod plan;
mod secret;
mod template;
mod walk;
mod wire;

use std::path::Path;
use std::sync::Arc;

use reqwest::Url;
use secrecy::SecretString;

use super::SourceError;
use super::collector::Collector;
use super::profile::field::Field;
use super::profile::{Choices, Fate, Mapper, Profile};
use crate::domain::period::Period;
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::text::harmless;
use authorize::Passport;
use form::Shape;
pub(super) use form::{PagingForm, PagingStyle};
pub(super) use paging::{Next, Page, Pager};
use plan::{Asking, Call};
use secret::Parts;
use walk::{Found, Taker, Walk};
pub(super) use wire::{Request, Wire, safe_address, shown};

/// An address that does not answer as the profile expects.
const STRANGER: (&str, &str) =
    ("not-the-source", "check source.location, and [http] in the profile");

/// What is asked for, and by whom.
pub(super) struct Asked<'a> {
    /// The seller's own id at the source.
    pub account: Option<&'a str>,
    pub secret: Option<&'a SecretString>,
    pub periods: &'a [Period],
    /// A file of authorities that are believed beside the system's.
    pub root: Option<&'a Path>,
}

/// The address that a profile asks where the settings name none; `None`: it reads files.
///
/// # Errors
/// `bad-profile`.
pub(super) fn base(profile: &Profile) -> Result<Option<String>, Problem> {
    profile.http.as_ref().map(|_| asking(profile).map(|a| a.form.base)).transpose()
}

fn asking(profile: &Profile) -> Result<Asking, Problem> {
    let bad = |why: &str| {
        Problem::new(
            ProblemKind::Refused,
            "bad-profile",
            format!("the source profile {}: {}", harmless(&profile.name), harmless(why)),
            "config/sources/template-http.toml explains every key of [http]",
        )
    };
    let Some(table) = &profile.http else {
        return Err(Problem::new(
            ProblemKind::NotSetUp,
            "no-http-profile",
            format!("the source profile {} reads files, no address", harmless(&profile.name)),
            "set source.location to a file or a folder, or source.profile to a profile with [http]",
        ));
    };
    let asking = Asking::new(table).map_err(|why| bad(&why))?;
    if profile.fields[Field::InvoiceDate as usize].month_of.is_some() {
        return Err(bad("fields.invoice_date: month_of is for files"));
    }
    Ok(asking)
}

/// Reads all lines of the periods.
pub(super) fn read(
    profile: &Profile,
    url: &str,
    asked: &Asked<'_>,
    to: &mut Collector<'_>,
) -> Result<(), SourceError> {
    if asked.periods.is_empty() {
        return Err(SourceError::Failed(Problem::new(
            ProblemKind::Refused,
            "no-period",
            "a billing source is asked month by month, and no month was named",
            "name one with --period YYYY-MM",
        )));
    }
    let asking = asking(profile).map_err(SourceError::Failed)?;
    let mut bill = Bill::new(profile, &asking, asked);
    carry_out(&asking, &asking.calls, url, asked, &mut bill, to)?;
    bill.finish(to)
}

/// What `addendum source forecast` shows: lines that are not billed yet. They are handed over like
/// those of a load, and whoever asks for them must not store them.
pub(super) fn forecast(
    profile: &Profile,
    url: &str,
    asked: &Asked<'_>,
    to: &mut Collector<'_>,
) -> Result<(), SourceError> {
    let asking = asking(profile).map_err(SourceError::Failed)?;
    if asking.forecast.is_empty() {
        return Err(SourceError::Failed(Problem::new(
            ProblemKind::NotSetUp,
            "no-forecast",
            format!("the source profile {} knows no forecast", harmless(&profile.name)),
            "of the profiles that are shipped, pax8 knows one",
        )));
    }
    let mut bill = Bill::new(profile, &asking, asked);
    carry_out(&asking, &asking.forecast, url, asked, &mut bill, to)?;
    bill.finish(to)
}

/// Whether the source still serves the months, as far as its profile knows.
///
/// # Errors
/// `no-longer-served`: they would look empty.
pub(super) fn serves(profile: &Profile, periods: &[Period], this: Period) -> Result<(), Problem> {
    match asking(profile)?.form.months {
        Some(months) => served(periods, months, this),
        None => Ok(()),
    }
}

fn served(periods: &[Period], months: u32, this: Period) -> Result<(), Problem> {
    let oldest = (1..months).fold(this, |p, _| p.previous());
    match periods.iter().find(|p| **p < oldest) {
        None => Ok(()),
        Some(period) => Err(Problem::new(
            ProblemKind::Refused,
            "no-longer-served",
            format!("the source serves the last {months} months: {period} lies before {oldest}"),
            "load older months from a file that was exported in time, with --from",
        )),
    }
}

fn carry_out(
    asking: &Asking,
    calls: &[Call],
    url: &str,
    asked: &Asked<'_>,
    bill: &mut Bill<'_>,
    to: &mut Collector<'_>,
) -> Result<(), SourceError> {
    let base: Url = safe_address(url).map_err(SourceError::Failed)?;
    let parts = Parts::read(&asking.form.secret, asked.secret).map_err(SourceError::Failed)?;
    let parts = Arc::new(parts);
    let hide = Arc::clone(&parts);
    let wire = Wire::new(STRANGER, asked.root, Box::new(move |text| hide.hidden(text)))
        .map_err(SourceError::Failed)?;
    let passport = Passport::new(asking, &parts, asked.account, base.clone());
    let mut walk = Walk::new(asking, asked.account, base, &wire, passport);
    walk.run(calls, asked.periods, bill, to)?;
    for (reason, count) in walk.left_out {
        to.leave_out(&reason, count);
    }
    Ok(())
}

/// Takes the records of the last list, brings them into shape, and maps them.
struct Bill<'a> {
    shape: Shape,
    account: &'a str,
    mapper: Mapper<'a>,
    waiting: Vec<Found>,
}

impl<'a> Bill<'a> {
    fn new(profile: &'a Profile, asking: &Asking, asked: &Asked<'a>) -> Self {
        let mapper = Mapper::new(profile, Choices::default());
        let account = asked.account.unwrap_or_default();
        Self { shape: asking.form.shape, account, mapper, waiting: Vec::new() }
    }

    fn map(&mut self, found: &Found, to: &mut Collector<'_>) -> Result<(), SourceError> {
        to.enter(&found.page);
        match self.mapper.record(found.row, &found.record, &mut to.problems) {
            Fate::Line(mapped) => to.take_mapped(found.row, mapped.line, mapped.identity),
            Fate::LeftOut => {
                to.leave_out("by the profile", 1);
                Ok(())
            }
            Fate::Refused => Ok(()),
        }
    }

    fn finish(mut self, to: &mut Collector<'_>) -> Result<(), SourceError> {
        if self.shape == Shape::Appxite {
            let (sold, between) = appxite::paired(std::mem::take(&mut self.waiting), self.account);
            if between > 0 {
                to.leave_out(appxite::BETWEEN_OTHERS, between);
            }
            for found in sold {
                self.map(&found, to)?;
            }
        }
        self.mapper.finish(&mut to.problems);
        Ok(())
    }
}

impl Taker for Bill<'_> {
    fn take(&mut self, found: Found, to: &mut Collector<'_>) -> Result<(), SourceError> {
        if self.shape == Shape::Plain {
            return self.map(&found, to);
        }
        self.waiting.push(found);
        Ok(())
    }

    fn list_ended(&mut self, to: &mut Collector<'_>) -> Result<(), SourceError> {
        if self.shape != Shape::Pax8 {
            return Ok(());
        }
        for found in pax8::invoice(std::mem::take(&mut self.waiting), to) {
            self.map(&found, to)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_that_are_no_longer_served_are_refused() {
        let period = |text: &str| text.parse::<Period>().unwrap();
        let this = period("2026-11");
        assert!(served(&[period("2025-09"), this], 15, this).is_ok());
        let refused = served(&[this, period("2025-08")], 15, this).unwrap_err();
        assert_eq!(refused.code, "no-longer-served");
        assert!(refused.message.contains("2025-09"), "{refused}");
    }
}
