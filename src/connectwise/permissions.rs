//! All rights in one pass: the caller's own list where the PSA shows it, light requests where it
//! does not. A right to write cannot be proven without writing (connectwise-api.md 13).

use futures_util::future::join_all;

use super::call::Call;
use super::paging::{List, Record, SILENT, count, read_one, walk};
use super::records::setup::SecurityRow;
use super::rights::{Act, RIGHTS, Right};
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
    /// All rights in one pass.
    ///
    /// # Errors
    /// The PSA cannot be reached or does not accept the keys; a missing right is no error.
    pub async fn permissions(&self) -> Result<Vec<PermissionCheck>, PsaError> {
        let rows = self.own_rights().await?;
        let probes = join_all(RIGHTS.iter().map(|right| async {
            let path = right.probe?;
            // What the list of rights says plainly needs no proof, but for hidden tables.
            let said = rows.iter().any(|row| is_about(row, right));
            if said && !right.setup_table {
                return None;
            }
            Some(self.probe(path, right.setup_table).await)
        }))
        .await;
        RIGHTS
            .iter()
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
                if problem.code != "bad-client-id" && problem.code != "wrong-host" =>
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
            match self.transport().call(&call).await {
                Ok(answer) => read_one::<Vec<serde::de::IgnoredAny>>(path, &answer)
                    .map(|rows| rows.len() as u64),
                Err(e) => Err(e),
            }
        } else {
            count(self.transport(), path.trim_end_matches("/count"), None).await.map(|n| n.max(1))
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
    let (found, state) = match (level, probe) {
        (_, Some(Probed::Refused)) => ("refused".to_owned(), CheckState::Missing),
        (Some(level), probe) if level.eq_ignore_ascii_case("all") => match probe {
            Some(Probed::Empty) => hidden(),
            _ => (format!("{word} All"), CheckState::Ok),
        },
        // What belongs to others is hidden without an error.
        (Some(level), _) => (format!("{word} {}", harmless(level)), CheckState::Missing),
        (None, Some(Probed::Reads)) => ("can be read".to_owned(), CheckState::Ok),
        (None, Some(Probed::Empty)) => hidden(),
        (None, Some(Probed::Unknown(_))) => ("not shown".to_owned(), CheckState::Unproven),
        (None, None) => {
            ("not shown; cannot be proven without writing".to_owned(), CheckState::Unproven)
        }
    };
    PermissionCheck {
        module: right.module.to_owned(),
        permission: right.function.to_owned(),
        level: format!("{word} All"),
        found,
        state,
        needed_for: right.needed_for.to_owned(),
        remedy: if state == CheckState::Ok { String::new() } else { right.remedy() },
    }
}

/// A setup table that the role may not see has no rows; none is never right for agreement types.
fn hidden() -> (String, CheckState) {
    ("the table shows no rows: it is hidden from the role".to_owned(), CheckState::Missing)
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
    }

    #[test]
    fn an_empty_setup_table_is_a_hidden_one() {
        let tables = right("Table Setup", Act::Inquire);
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
