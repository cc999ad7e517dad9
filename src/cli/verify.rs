//! `addendum verify`: every permission in one pass.

use serde_json::json;

use super::Global;
use super::jobs::{perform, unexpected};
use super::shell::exit::Exit;
use super::shell::failure::Failure;
use super::shell::output::{Answer, Output};
use super::shell::table::{Align, Table, wrapped};
use crate::connectwise::{CheckState, PermissionCheck};
use crate::domain::text::harmless;
use crate::worker::job::{Job, Outcome};

/// Runs the checks; a missing right is exit 5.
pub async fn run(global: &Global, output: Output) -> Result<Answer, Failure> {
    let Outcome::Verified(checks) = perform(global, output, Job::Verify).await? else {
        return Err(unexpected());
    };
    let missing = checks.iter().any(|c| c.state == CheckState::Missing);
    let answer = Answer::new("verify", &json!({ "checks": checks }), text(&checks))?;
    Ok(answer.ending(if missing { Exit::PsaRefused } else { Exit::Done }))
}

fn text(checks: &[PermissionCheck]) -> String {
    let mut table = Table::new(&[
        ("State", Align::Left),
        ("Module", Align::Left),
        ("Permission", Align::Left),
        ("Level", Align::Left),
        ("Found", Align::Left),
    ])
    .shrinking(2);
    for c in checks {
        table.row([state(c.state), &c.module, &c.permission, &c.level, &c.found]);
    }
    let mut out = table.text();
    for c in checks.iter().filter(|c| c.state != CheckState::Ok) {
        out.push_str(&format!(
            "\n\n{}: {} / {} / {}\n{}\n{}",
            state(c.state),
            harmless(&c.module),
            harmless(&c.permission),
            harmless(&c.level),
            wrapped("  needed for: ", "    ", &c.needed_for),
            wrapped("  remedy: ", "    ", &c.remedy)
        ));
    }
    let count = |s| checks.iter().filter(|c| c.state == s).count();
    out.push_str(&format!(
        "\n\n{} ok, {} missing, {} unproven",
        count(CheckState::Ok),
        count(CheckState::Missing),
        count(CheckState::Unproven)
    ));
    out
}

fn state(s: CheckState) -> &'static str {
    match s {
        CheckState::Ok => "ok",
        CheckState::Missing => "MISSING",
        CheckState::Unproven => "unproven",
    }
}
