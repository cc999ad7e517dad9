//! Saved plans: the document that `plan` prints and saves, and reading it back.

use std::borrow::Cow;
use std::path::Path;

use jiff::civil::Date;
use serde::{Deserialize, Serialize, Serializer};
use serde_json::error::Category;

use super::{approvals, who};
use crate::domain::approval::digest;
use crate::domain::guard::Warning;
use crate::domain::period::Period;
use crate::domain::plan::{Action, Basis, Counts, LineProblem, MoneyRow, Plan, PlanEvent, Reason};
use crate::domain::policy::Scope;
use crate::domain::price::SalesRow;
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::text::harmless;
use crate::store::Store;

/// The plan as it is printed and saved.
#[derive(Serialize)]
pub struct Document<'a> {
    schema: &'a str,
    run: &'a str,
    today: Date,
    periods: &'a [Period],
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    only_lines: &'a [String],
    counts: &'a Counts,
    money: &'a [MoneyRow],
    errors: Errors<'a>,
    actions: &'a [Action],
    notices: &'a [Reason],
    warnings: &'a [Warning],
    events: &'a [PlanEvent],
    sales: &'a [SalesRow],
    cancels_need_consent: bool,
    basis: &'a Basis,
    #[serde(skip_serializing_if = "Option::is_none")]
    made_by: Option<&'a str>,
    scope: SavedScope<'a>,
}

/// The plan as the JSON document that is printed and saved, with the scope that it was made for.
/// Reading it back gives the same plan but for the parts that a saved plan leaves out.
pub fn document<'a>(plan: &'a Plan, scope: &'a Scope) -> Document<'a> {
    let Plan {
        schema,
        run,
        today,
        periods,
        only_lines,
        counts,
        money,
        errors,
        actions,
        settled: _,
        superseded: _,
        notices,
        warnings,
        events,
        sales,
        cancels_need_consent,
        basis,
        made_by,
        file: _,
    } = plan;
    Document {
        schema,
        run,
        today: *today,
        periods,
        only_lines,
        counts,
        money,
        errors: Errors(errors),
        actions,
        notices,
        warnings,
        events,
        sales,
        cancels_need_consent: *cancels_need_consent,
        basis,
        made_by: made_by.as_deref(),
        scope: SavedScope {
            periods: Cow::Borrowed(&scope.periods),
            lines: Cow::Borrowed(&scope.lines),
            overwrite_drift: scope.overwrite_drift,
            repost_deleted: scope.repost_deleted,
            accept_warnings: scope.accept_warnings,
        },
    }
}

/// Refused lines in a document: what a script needs of each. The kind of an error is ours to know.
pub struct Errors<'a>(pub &'a [LineProblem]);

impl Serialize for Errors<'_> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Refused<'a> {
            line: &'a str,
            code: &'a str,
            message: &'a str,
            remedy: &'a str,
        }
        to.collect_seq(self.0.iter().map(|e| Refused {
            line: &e.line,
            code: &e.problem.code,
            message: &e.problem.message,
            remedy: &e.problem.remedy,
        }))
    }
}

/// A saved plan, and the scope that it was made for.
#[derive(Debug, Clone, PartialEq)]
pub struct Saved {
    /// The plan.
    pub plan: Plan,
    /// Its scope: applying it, the plan is made again with the same.
    pub scope: Scope,
}

/// The scope as a saved plan has it.
#[derive(Serialize, Deserialize)]
struct SavedScope<'a> {
    periods: Cow<'a, [Period]>,
    lines: Cow<'a, [String]>,
    overwrite_drift: bool,
    repost_deleted: bool,
    #[serde(default)]
    accept_warnings: bool,
}

/// What is asked of a saved plan before the rest of it.
#[derive(Deserialize)]
struct Head<'a> {
    #[serde(default)]
    schema: Option<String>,
    #[serde(default, borrow)]
    scope: Option<SavedScope<'a>>,
}

/// Saves a plan to a file with the name of its maker, and puts that on record: only a plan whose
/// making is on record can be approved. The plan knows its maker afterwards.
///
/// # Errors
/// The file or the store cannot be written.
pub async fn save(
    store: &Store,
    plan: &mut Plan,
    scope: &Scope,
    file: &Path,
) -> Result<(), Problem> {
    let bytes = made(store, who(), plan, scope).await?;
    write(file, &bytes).map_err(|e| file_problem(file, "write", &e))
}

/// The content of a plan file that `who` made, which is on record then.
///
/// # Errors
/// The store cannot be written.
pub async fn made(
    store: &Store,
    who: &str,
    plan: &mut Plan,
    scope: &Scope,
) -> Result<Vec<u8>, Problem> {
    plan.made_by = Some(who.to_owned());
    let mut bytes = serde_json::to_vec_pretty(&document(plan, scope)).map_err(|e| {
        let message = format!("the plan is no JSON: {e}");
        Problem::new(ProblemKind::Fault, "fault", message, "report this with the program log")
    })?;
    bytes.push(b'\n');
    let digest = digest(&bytes);
    // On record first: a plan that is on record and was never written harms nobody.
    approvals::made(store, who, &plan.run, &digest).await?;
    Ok(bytes)
}

/// Writes the file in one step: a reader sees the old content or the new one whole.
///
/// # Errors
/// The folder is not there, or it cannot be written.
pub fn write(file: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let whole = std::path::absolute(file)?;
    // A mistyped folder is a mistake, not a wish for a new one.
    if let Some(folder) = whole.parent() {
        std::fs::metadata(folder)?;
    }
    crate::config::replace_file(&whole, bytes)
}

/// A file of the user's that cannot be read or written.
pub fn file_problem(path: &Path, doing: &str, error: &std::io::Error) -> Problem {
    Problem::new(
        ProblemKind::Refused,
        "file",
        format!("cannot {doing} {}: {error}", path.display()),
        "check the path, the permissions and the free space",
    )
}

/// Reads a saved plan. The plan knows the digest of the file that it was read from.
///
/// # Errors
/// A file that cannot be read, or holds no plan of this schema: exit 2.
pub fn read(file: &Path) -> Result<Saved, Problem> {
    let bytes = std::fs::read(file).map_err(|e| file_problem(file, "read", &e))?;
    parse(file, &bytes)
}

/// The saved plan in what such a file holds; its name is for messages.
///
/// # Errors
/// It holds no plan of this schema.
pub fn parse(file: &Path, bytes: &[u8]) -> Result<Saved, Problem> {
    let refused = |message: String| {
        Problem::new(
            ProblemKind::Refused,
            "not-a-plan",
            format!("{}: {message}", file.display()),
            "make the plan again with `addendum plan --out FILE`",
        )
    };
    let no_plan =
        |e: serde_json::Error| refused(format!("this is no plan: {}", harmless(&e.to_string())));
    // Read twice, never as a tree of values: that of a million lines takes gigabytes.
    let head: Head<'_> = serde_json::from_slice(bytes).map_err(|e| match e.classify() {
        Category::Data => no_plan(e),
        Category::Io | Category::Syntax | Category::Eof => refused(format!("this is no JSON: {e}")),
    })?;
    match head.schema.as_deref() {
        Some("addendum/plan/1") => {}
        Some(other) => return Err(refused(format!("its schema is `{}`", harmless(other)))),
        None => return Err(refused("it has no schema, so it is no saved plan".into())),
    }
    let mut plan: Plan = serde_json::from_slice(bytes).map_err(no_plan)?;
    plan.file = Some(digest(bytes));
    let scope =
        head.scope.ok_or_else(|| refused("this is no plan: it does not say its scope".into()))?;
    let scope = Scope {
        periods: scope.periods.into_owned(),
        lines: scope.lines.into_owned(),
        failed_only: false,
        overwrite_drift: scope.overwrite_drift,
        repost_deleted: scope.repost_deleted,
        accept_warnings: scope.accept_warnings,
        today: Some(plan.today),
    };
    Ok(Saved { plan, scope })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_whole_and_nothing_is_left_beside_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("plan.json");
        write(&file, b"old").expect("written");
        write(&file, b"new").expect("written");
        assert_eq!(std::fs::read(&file).expect("read"), b"new");
        assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 1);
    }

    #[test]
    fn what_is_no_plan_is_refused_with_its_reason() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("plan.json");
        for (content, word) in [
            ("", "no JSON"),
            ("[]", "no schema"),
            (r#"{"schema":"addendum/plan/9"}"#, "addendum/plan/9"),
            (r#"{"schema":"addendum/plan/1","run":7}"#, "no plan"),
        ] {
            std::fs::write(&file, content).expect("written");
            let problem = read(&file).expect_err("refused");
            assert_eq!(problem.kind, ProblemKind::Refused);
            assert!(problem.message.contains(word), "{content}: {}", problem.message);
        }
    }
}
