//! Work on files and on the audit journal, done the way the command line does it.

use std::path::Path;

use super::{Inner, died, refused};
use crate::config::at_home;
use crate::domain::approval::Matter;
use crate::domain::period::Period;
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::unload::Unload;
use crate::sync::fault;
use crate::tui::model::message::Answer;
use crate::tui::model::tools::{Done, Tool};
use crate::worker::job::JobError;
use crate::worker::mapping_file::{self, MappingChange, Prepared};
use crate::worker::{
    approvals, audit_file, bill_check, changes, match_lists, plan_file, unload, who,
};

/// Lines of a bill that are shown.
const LINES: usize = 20;
/// Candidates for each name.
const CANDIDATES: usize = 5;

impl Inner {
    /// Does it, and answers.
    pub(super) async fn use_tool(&self, ticket: u64, tool: Tool) {
        let result = self.done(tool).await;
        self.answer(Answer::Used { ticket, result }).await;
    }

    async fn done(&self, tool: Tool) -> Result<Done, JobError> {
        let store = &self.profile.store;
        Ok(match tool {
            Tool::CheckAudit { head } => {
                let kept = head.is_some();
                let report = store.check_audit(head).await.map_err(refused)?;
                Done::AuditChecked { report, kept }
            }
            Tool::AcceptAudit => {
                store.accept_audit().await.map_err(refused)?;
                Done::AuditAccepted(store.audit_state().await.map_err(refused)?.head)
            }
            Tool::WriteAudit { path, since, replace } => {
                let file = at_home(&path);
                if !replace && is_there(&file) {
                    let instead = Tool::WriteAudit { path: path.clone(), since, replace: true };
                    return Ok(Done::IsThere { path, instead: Box::new(instead) });
                }
                let since = since.map(jiff::Timestamp::as_microsecond);
                let (rows, _) = audit_file::write(store, since, &file).await?;
                Done::Written { path: shown(&file), rows }
            }
            Tool::ReadPlan { path, approve } => {
                let file = at_home(&path);
                let read = move || plan_file::read(&file);
                let saved = tokio::task::spawn_blocking(read).await.map_err(died)??;
                if approve {
                    let digest = saved.plan.file.clone().unwrap_or_default();
                    approvals::check(store, who(), &Matter::Plan(digest)).await?;
                }
                Done::PlanRead { path, saved: Box::new(saved), approve }
            }
            Tool::Approve { matter, what } => {
                approvals::approve(store, who(), &matter).await?;
                Done::Approved { what, who: who().to_owned() }
            }
            Tool::CheckBill { path, profile } => {
                let settings = self.profile.settings();
                let mut chosen = settings.source.clone();
                if profile != chosen.profile {
                    // Choices of one profile mean nothing to another.
                    chosen = crate::config::Settings::default().source;
                    chosen.profile = match profile.starts_with('~') {
                        true => shown(&at_home(&profile)),
                        false => profile,
                    };
                }
                let policy = settings.policy.clone();
                let look = bill_check::look(chosen, policy, vec![at_home(&path)], LINES).await?;
                Done::Bill(Box::new(look))
            }
            Tool::FindUnposted { period } => {
                let what = self.unload_of(period);
                let found = store.unloadable(what).await.map_err(refused)?;
                Done::Unposted { period, found }
            }
            Tool::Unload { period } => {
                let what = self.unload_of(period);
                Done::Unloaded(unload::unload(&self.profile, what).await?)
            }
            Tool::MatchLists { kind, catalog, queries } => {
                let search = move || match queries {
                    None => match_lists::pairs(kind, &at_home(&catalog)).map(Done::Pairs),
                    Some(queries) => {
                        let (catalog, queries) = (at_home(&catalog), at_home(&queries));
                        match_lists::search(kind, &catalog, &queries, CANDIDATES)
                            .map(|m| Done::Matched(Box::new(m)))
                    }
                };
                tokio::task::spawn_blocking(search).await.map_err(died)??
            }
            Tool::ReadMappings { path } => {
                let changes = self.prepared(&path).await?.changes;
                Done::MappingsRead { path, changes }
            }
            Tool::TakeMappings { path, changes } => self.take_mappings(&path, &changes).await?,
            Tool::WriteMappings { path, replace } => {
                let file = at_home(&path);
                if !replace && is_there(&file) {
                    let instead = Tool::WriteMappings { path: path.clone(), replace: true };
                    return Ok(Done::IsThere { path, instead: Box::new(instead) });
                }
                let settings = self.profile.settings().matching.clone();
                let rows = mapping_file::export(store, &settings, &file).await?;
                Done::Written { path: shown(&file), rows }
            }
        })
    }

    /// All lines of a month that come from the source of the settings.
    fn unload_of(&self, period: Period) -> Unload {
        let source = self.profile.settings().source.id.as_str().into();
        Unload { source, periods: vec![period], invoices: vec![] }
    }

    async fn take_mappings(&self, path: &str, shown: &[MappingChange]) -> Result<Done, JobError> {
        let prepared = self.prepared(path).await?;
        if prepared.changes != shown {
            return Err(JobError::Problem(Problem::new(
                ProblemKind::Refused,
                "file-changed",
                format!("{path}, or what it speaks of, has changed since it was shown"),
                "import it again and look at what it changes now",
            )));
        }
        let store = &self.profile.store;
        let inverse = mapping_file::apply(store, changes::TERMINAL_APP, prepared).await;
        let inverse = inverse.map_err(fault)?;
        self.tables.choices.forget_decisions();
        Ok(Done::MappingsTaken { changed: shown.len(), inverse })
    }

    async fn prepared(&self, path: &str) -> Result<Prepared, JobError> {
        let source = self.profile.settings().source.id.clone();
        Ok(mapping_file::prepare(&self.profile.store, &source, &at_home(path)).await?)
    }
}

/// Whether something has this name, be it a link that leads nowhere.
fn is_there(file: &Path) -> bool {
    file.symlink_metadata().is_ok()
}

fn shown(file: &Path) -> String {
    file.display().to_string()
}
