//! Where `load` reads from: files named by the user, or the configured location.

use std::path::PathBuf;

use crate::config::at_home;
use crate::domain::period::Period;
use crate::domain::problem::{Problem, ProblemKind};
use crate::sources::Origin;

/// The origin, and the periods that it is narrowed to: named files bring every period in them
/// unless some are named; a location brings the current and the previous month (design 7).
pub(super) fn resolve(
    files: Vec<PathBuf>,
    location: Option<&str>,
    periods: Vec<Period>,
    this_month: Period,
) -> Result<(Origin, Vec<Period>), Problem> {
    if !files.is_empty() {
        return Ok((Origin::Files(files), periods));
    }
    let periods =
        if periods.is_empty() { vec![this_month.previous(), this_month] } else { periods };
    let location = location.map(str::trim).filter(|l| !l.is_empty()).ok_or_else(|| {
        Problem::new(
            ProblemKind::NotSetUp,
            "no-source-location",
            "there is no billing source to load from",
            "set source.location in config.toml, which is Location on the Configuration tab, or name \
             files with `addendum load --from FILE`",
        )
    })?;
    let url = |scheme: &str| {
        location.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme))
    };
    if url("http://") || url("https://") {
        return Ok((Origin::Url(location.to_owned()), periods));
    }
    Ok((Origin::Location(at_home(location)), periods))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn period(text: &str) -> Period {
        text.parse().unwrap()
    }

    #[test]
    fn a_location_brings_two_months_and_files_bring_all() {
        let now = period("2026-01");
        let (origin, periods) = resolve(vec![], Some("/bills"), vec![], now).unwrap();
        assert_eq!(origin, Origin::Location("/bills".into()));
        assert_eq!(periods, [period("2025-12"), now]);
        let (origin, periods) = resolve(vec!["a.csv".into()], Some("/b"), vec![], now).unwrap();
        assert_eq!(origin, Origin::Files(vec!["a.csv".into()]));
        assert!(periods.is_empty());
    }

    #[test]
    fn urls_are_told_from_folders_and_the_home_is_found() {
        let now = period("2026-01");
        let at = |l| resolve(vec![], Some(l), vec![], now).unwrap().0;
        assert_eq!(at("HTTPS://x.test/b"), Origin::Url("HTTPS://x.test/b".into()));
        let home = directories::BaseDirs::new().unwrap().home_dir().to_owned();
        assert_eq!(at("~/billing"), Origin::Location(home.join("billing")));
        assert_eq!(at("~billing"), Origin::Location("~billing".into()));
    }

    #[test]
    fn no_location_is_not_set_up() {
        let problem = resolve(vec![], Some("  "), vec![], period("2026-01")).unwrap_err();
        assert_eq!(problem.kind, ProblemKind::NotSetUp);
    }
}
