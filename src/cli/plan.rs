//! `addendum plan`: what a sync would do. Nothing is written to the PSA.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Global;
use super::jobs::{perform, unexpected};
use super::money;
use super::plan_rows::{rows_text, warnings_text};
use super::run_text::{Errors, ScopeArgs, counts_text, errors_text};
use super::shell::failure::Failure;
use super::shell::output::{Answer, Output};
use super::shell::table::wrapped;
use crate::domain::guard::Warning;
use crate::domain::period::Period;
use crate::domain::plan::{Action, Basis, Counts, MoneyRow, Plan, PlanEvent, Reason};
use crate::domain::policy::Scope;
use crate::domain::price::SalesRow;
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::text::harmless;
use crate::worker::job::{Job, Outcome};

/// Arguments of `plan`.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    #[command(flatten)]
    pub scope: ScopeArgs,
    /// Show each line of an event, such as the refund and the recharge of a seat change
    #[arg(long)]
    pub unfold: bool,
    /// Save the plan for `sync --plan`
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// Plans.
pub async fn run(global: &Global, args: &Args, output: Output) -> Result<Answer, Failure> {
    let scope = args.scope.scope();
    let plan = make(global, output, scope.clone()).await?;
    if let Some(file) = &args.out {
        let bytes = serde_json::to_vec_pretty(&document(&plan, &scope))
            .map_err(|e| super::shell::output::fault(format!("the plan is no JSON: {e}")))?;
        write_atomically(file, bytes).map_err(|e| Failure::file(file, "write", &e))?;
    }
    if output.json {
        // A plan of a million lines is written as it is read, not built in memory first.
        output.document(&document(&plan, &scope));
        return Ok(Answer::said());
    }
    let mut text = text(&plan, args.unfold);
    if let Some(file) = &args.out {
        text.push_str(&format!(
            "\nsaved: {}\nnext: `addendum sync --plan {0}` carries out exactly this plan",
            file.display()
        ));
    } else if !plan.actions.is_empty() || !plan.settled.is_empty() {
        text.push_str("\nnext: `addendum sync` carries it out");
    }
    Ok(Answer { text, ..Answer::said() })
}

/// Asks the worker for a plan.
pub async fn make(global: &Global, output: Output, scope: Scope) -> Result<Plan, Failure> {
    match perform(global, output, Job::Plan(scope)).await? {
        Outcome::Planned(plan) => Ok(*plan),
        _ => Err(unexpected()),
    }
}

/// The plan as it is printed and saved.
#[derive(Serialize)]
struct Document<'a> {
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
    scope: SavedScope<'a>,
}

/// The plan as the JSON document that is printed and saved, with the scope that it was made for.
/// Reading it back gives the same plan but for the parts that a saved plan leaves out.
fn document<'a>(plan: &'a Plan, scope: &'a Scope) -> Document<'a> {
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
        scope: SavedScope {
            periods: Cow::Borrowed(&scope.periods),
            lines: Cow::Borrowed(&scope.lines),
            overwrite_drift: scope.overwrite_drift,
            repost_deleted: scope.repost_deleted,
            accept_warnings: scope.accept_warnings,
        },
    }
}

/// A saved plan, and the scope that it was made for.
#[derive(Debug, Clone)]
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

/// Reads a saved plan.
///
/// # Errors
/// A file that cannot be read, or holds no plan of this schema: exit 2.
pub fn read(file: &Path) -> Result<Saved, Failure> {
    let bytes = std::fs::read(file).map_err(|e| Failure::file(file, "read", &e))?;
    let refused = |message: String| {
        Failure::Problem(Problem::new(
            ProblemKind::Refused,
            "not-a-plan",
            format!("{}: {message}", file.display()),
            "make the plan again with `addendum plan --out FILE`",
        ))
    };
    let mut value: Value =
        serde_json::from_slice(&bytes).map_err(|e| refused(format!("this is no JSON: {e}")))?;
    match value.get("schema").and_then(Value::as_str) {
        Some("addendum/plan/1") => {}
        Some(other) => return Err(refused(format!("its schema is `{}`", harmless(other)))),
        None => return Err(refused("it has no schema, so it is no saved plan".into())),
    }
    let no_plan =
        |e: serde_json::Error| refused(format!("this is no plan: {}", harmless(&e.to_string())));
    let scope: SavedScope<'_> = serde_json::from_value(value["scope"].clone()).map_err(no_plan)?;
    // The kind of an error is ours to know, not part of the document.
    value["errors"] = serde_json::json!([]);
    let plan: Plan = serde_json::from_value(value).map_err(no_plan)?;
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

/// Writes the file in one step: a reader sees the old content or the new one whole.
pub fn write_atomically(file: &Path, mut bytes: Vec<u8>) -> std::io::Result<()> {
    let whole = std::path::absolute(file)?;
    // A mistyped folder is a mistake, not a wish for a new one.
    if let Some(folder) = whole.parent() {
        std::fs::metadata(folder)?;
    }
    bytes.push(b'\n');
    crate::config::replace_file(&whole, &bytes)
}

/// The plan for people; `unfold`: each line of an event in a row of its own.
pub fn text(plan: &Plan, unfold: bool) -> String {
    let mut out = summary(plan);
    if !plan.actions.is_empty() {
        out.push_str(&format!("\n\n{}", rows_text(plan, unfold)));
    }
    out
}

/// Counts, money, refusals and notices: what is shown before consent is asked for.
pub fn summary(plan: &Plan) -> String {
    let mut out = format!("Plan {}\n{}", harmless(&plan.run), counts_text(&plan.counts, true));
    if !plan.money.is_empty() {
        out.push_str(&format!("\n\n{}", money::rows_text(&plan.money)));
    }
    if !plan.sales.is_empty() {
        out.push_str(&format!("\n\n{}", money::sales_text(&plan.sales)));
    }
    if !plan.errors.is_empty() {
        out.push_str(&format!("\n\nRefused:\n{}", errors_text(&plan.errors)));
    }
    for notice in &plan.notices {
        out.push('\n');
        out.push_str(&wrapped("note: ", "  ", &format!("{} ({})", notice.text, notice.code)));
    }
    if !plan.warnings.is_empty() {
        out.push_str(&format!(
            "\n\nLook at these before they are posted:\n{}",
            warnings_text(plan)
        ));
    }
    if plan.cancels_need_consent {
        out.push_str(&format!(
            "\nnote: {} cancels are carried out only with consent (auto_cancel = \"ask\")",
            plan.counts.cancel
        ));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_whole_and_nothing_is_left_beside_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("plan.json");
        write_atomically(&file, b"old".to_vec()).expect("written");
        write_atomically(&file, b"new".to_vec()).expect("written");
        assert_eq!(std::fs::read(&file).expect("read"), b"new\n");
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
            let failure = read(&file).expect_err("refused");
            assert_eq!(failure.exit(), super::super::shell::exit::Exit::Refused);
            assert!(failure.text().contains(word), "{content}: {}", failure.text());
        }
    }
}
