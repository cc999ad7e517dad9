//! All rights in one pass: the caller's own list where the PSA shows it, and a light request for
//! each thing to read. A right to write cannot be proven without writing (connectwise-api.md 13).

use futures_util::future::{join, join_all};

use super::call::Call;
use super::paging::{List, Record, SILENT, count, walk};
use super::records::setup::SecurityRow;
use super::rights::{Act, Feature, RIGHTS, Right};
use super::{CheckState, Client, PermissionCheck, PsaError};
use crate::domain::text::harmless;

impl Record for SecurityRow {
    fn id(&self) -> i64 {
        self.id
    }
}

/// What a light request found.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Probed {
    Reads,
    Empty,
    Refused,
    Unknown(String),
}

impl Client {
    /// The rights that these features need, in one pass: one call first, because wrong keys must not
    /// be tried a dozen times, then the role and all light requests at once.
    ///
    /// # Errors
    /// The PSA cannot be reached or does not let us in, with the cause as far as its answers tell;
    /// a missing right is no error.
    pub async fn permissions(&self, on: &[Feature]) -> Result<Vec<PermissionCheck>, PsaError> {
        match self.system_info().await {
            Ok(_) => {}
            // Somebody who may not read this is somebody whom the PSA knows.
            Err(PsaError::Refused { problem, .. }) if problem.code == "no-permission" => {}
            Err(e) => return Err(e),
        }
        let needed: Vec<&Right> = RIGHTS.iter().filter(|r| on.contains(&r.feature)).collect();
        let probes = needed.iter().map(|right| async {
            match (right.act, right.paths) {
                (Act::Inquire, [path, ..]) => Some(self.probe(path, right.table.is_some()).await),
                _ => None,
            }
        });
        let (rows, probes) = join(self.own_rights(), join_all(probes)).await;
        let rows = rows?;
        needed
            .into_iter()
            .zip(probes)
            .map(|(right, probe)| {
                let row = rows.iter().find(|row| is_about(row, right));
                Ok(judge(right, row, probe.transpose()?.as_ref()))
            })
            .collect()
    }

    /// The caller's rights; empty where the PSA does not show them.
    async fn own_rights(&self) -> Result<Vec<SecurityRow>, PsaError> {
        match walk(self.transport(), &List::of("/system/mySecurity"), SILENT).await {
            Ok(rows) => Ok(rows),
            Err(PsaError::Refused { status: 403..=405, problem, .. })
                if matches!(
                    problem.code.as_ref(),
                    "no-permission" | "not-in-psa" | "psa-refused"
                ) =>
            {
                tracing::info!("the PSA does not show the role: {}", problem.message);
                Ok(Vec::new())
            }
            Err(e) => Err(e),
        }
    }

    async fn probe(&self, path: &str, setup_table: bool) -> Result<Probed, PsaError> {
        let found = if setup_table {
            let call = Call::get(path).with("pageSize", 1);
            let rows = self.transport().ask::<Vec<serde::de::IgnoredAny>>(&call).await;
            rows.map(|(rows, _)| rows.len() as u64)
        } else {
            count(self.transport(), path, None).await
        };
        match found {
            Ok(0) => Ok(Probed::Empty),
            Ok(_) => Ok(Probed::Reads),
            Err(PsaError::Refused { status: 403, problem, .. })
                if problem.code == "no-permission" =>
            {
                Ok(Probed::Refused)
            }
            Err(PsaError::Refused { status: 404 | 405, problem, .. }) => {
                Ok(Probed::Unknown(problem.message))
            }
            Err(e) => Err(e),
        }
    }
}

fn is_about(row: &SecurityRow, right: &Right) -> bool {
    let named = |name: &Option<String>| name.as_deref().is_some_and(|n| right.is(n));
    let module = row.module_name.as_deref().is_none_or(|m| {
        m.trim().eq_ignore_ascii_case(right.module)
            // Modules have been renamed more often than functions.
            || !RIGHTS.iter().any(|r| m.trim().eq_ignore_ascii_case(r.module))
    });
    module && (named(&row.module_function_name) || named(&row.module_function_identifier))
}

fn judge(right: &Right, row: Option<&SecurityRow>, probe: Option<&Probed>) -> PermissionCheck {
    let level = row.and_then(|row| {
        let level = match right.act {
            Act::Inquire => &row.inquire_level,
            Act::Add => &row.add_level,
            Act::Edit => &row.edit_level,
            Act::Delete => &row.delete_level,
        };
        level.as_deref().map(str::trim)
    });
    let word = right.act.word();
    let never_empty = right.table.is_some_and(|t| t.never_empty);
    let (found, state) = match (level, probe) {
        (_, Some(Probed::Refused)) => ("refused".to_owned(), CheckState::Missing),
        (Some(level), Some(Probed::Empty)) if !level.eq_ignore_ascii_case("all") => {
            (format!("{word} {}", harmless(level)), CheckState::Missing)
        }
        (_, Some(Probed::Empty)) if never_empty => {
            ("the table shows no rows: it is hidden from the role".to_owned(), CheckState::Missing)
        }
        (_, Some(Probed::Empty)) if right.table.is_some() => {
            let told = "the table shows no rows: it is empty, or hidden from the role";
            (told.to_owned(), CheckState::Unproven)
        }
        (Some(level), _) if level.eq_ignore_ascii_case("all") => {
            (format!("{word} All"), CheckState::Ok)
        }
        // Reading is proven, whatever the list of rights says. Its row may be of another function.
        (Some(level), Some(Probed::Reads)) if !level.eq_ignore_ascii_case("my") => (
            format!("the role shows {word} {}, yet it can be read", harmless(level)),
            CheckState::Unproven,
        ),
        // What belongs to others is hidden without an error.
        (Some(level), _) => (format!("{word} {}", harmless(level)), CheckState::Missing),
        (None, Some(Probed::Reads)) => ("can be read".to_owned(), CheckState::Ok),
        (None, Some(Probed::Empty)) => {
            let told = "no records are shown: there are none, or the level is not All";
            (told.to_owned(), CheckState::Unproven)
        }
        (None, Some(Probed::Unknown(_))) => ("not shown".to_owned(), CheckState::Unproven),
        (None, None) => {
            ("not shown; cannot be proven without writing".to_owned(), CheckState::Unproven)
        }
    };
    PermissionCheck {
        module: right.module.to_owned(),
        permission: right.title(),
        level: format!("{word} All"),
        found,
        state,
        needed_for: right.needed_for.to_owned(),
        remedy: if state == CheckState::Ok { String::new() } else { right.remedy() },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(level: &str) -> SecurityRow {
        SecurityRow {
            id: 1,
            module_name: Some("finance".into()),
            module_function_name: Some("AGREEMENTS".into()),
            add_level: Some(level.into()),
            inquire_level: Some("All".into()),
            ..SecurityRow::default()
        }
    }

    fn right(function: &str, act: Act) -> &'static Right {
        RIGHTS.iter().find(|r| r.function == function && r.act == act).unwrap()
    }

    #[test]
    fn levels_decide_and_only_all_is_enough() {
        let add = right("Agreements", Act::Add);
        assert!(is_about(&row("All"), add));
        assert!(!is_about(&row("All"), right("Product Catalog", Act::Inquire)));
        for (level, state) in [
            ("All", CheckState::Ok),
            ("all", CheckState::Ok),
            ("My", CheckState::Missing),
            ("None", CheckState::Missing),
        ] {
            let check = judge(add, Some(&row(level)), None);
            assert_eq!(check.state, state, "{level}");
            assert_eq!(check.remedy.is_empty(), state == CheckState::Ok);
        }
        assert_eq!(judge(add, None, None).state, CheckState::Unproven);
        let read = right("Agreements", Act::Inquire);
        let mut shown = row("All");
        for (level, probed, state) in [
            ("All", Probed::Reads, CheckState::Ok),
            ("All", Probed::Empty, CheckState::Ok),
            ("All", Probed::Refused, CheckState::Missing),
            ("My", Probed::Reads, CheckState::Missing),
            ("None", Probed::Empty, CheckState::Missing),
            // The list says no, the PSA says yes: one of them is not about this right.
            ("None", Probed::Reads, CheckState::Unproven),
        ] {
            shown.inquire_level = Some(level.into());
            assert_eq!(judge(read, Some(&shown), Some(&probed)).state, state, "{level} {probed:?}");
        }
        assert_eq!(judge(read, None, Some(&Probed::Empty)).state, CheckState::Unproven);
        assert_eq!(judge(read, None, Some(&Probed::Reads)).state, CheckState::Ok);
    }

    #[test]
    fn an_empty_setup_table_is_a_hidden_one() {
        let tables = right("Table Setup", Act::Inquire);
        let fields = RIGHTS.iter().find(|r| r.table.is_some_and(|t| !t.never_empty)).unwrap();
        assert_eq!(judge(fields, None, Some(&Probed::Empty)).state, CheckState::Unproven);
        assert_eq!(judge(tables, None, Some(&Probed::Empty)).state, CheckState::Missing);
        assert_eq!(
            judge(tables, Some(&row("All")), Some(&Probed::Empty)).state,
            CheckState::Missing
        );
        assert_eq!(judge(tables, None, Some(&Probed::Reads)).state, CheckState::Ok);
        assert_eq!(
            judge(tables, Some(&row("All")), Some(&Probed::Refused)).state,
            CheckState::Missing
        );
    }

    #[test]
    fn agreements_of_another_module_are_not_taken_for_ours() {
        let mut other = row("All");
        other.module_name = Some("Companies".into());
        assert!(!is_about(&other, right("Agreements", Act::Add)));
        other.module_name = Some("Billing".into());
        assert!(is_about(&other, right("Agreements", Act::Add)));
    }
}
