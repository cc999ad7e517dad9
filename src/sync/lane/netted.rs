//! Lines that the PSA holds under another marker than the one that is about to be created: a part
//! of them was netted, or was not, by a machine or at a time that this store knows nothing of. A
//! marker of several lines says by its stem which event it belongs to, and by its digest which
//! lines it stands for.

use std::collections::BTreeSet;

use super::super::tally::Under;
use super::super::{fault, problems};
use super::{Lane, Sent};
use crate::domain::addition::{LiveAddition, Subject};
use crate::domain::journal::EntryId;
use crate::domain::line::{Line, Text};
use crate::domain::marker::marker;
use crate::domain::net;
use crate::domain::plan::{Action, ActionKind};
use crate::domain::policy::PostingMode;

/// What stands in the PSA for some lines of an action.
struct Standing {
    marker: Text,
    subject: Subject,
    /// The lines of the action that it stands for.
    lines: BTreeSet<Text>,
}

impl Lane {
    /// Whether lines of a creation whose marker is not in the PSA stand there under others: then
    /// what becomes of the action instead.
    pub(super) async fn stands_elsewhere(
        &mut self,
        under: &Under<'_>,
        entry: EntryId,
        action: &Action,
    ) -> Option<Sent> {
        let source = match &action.subject {
            Some(Subject::Line { source, .. } | Subject::Net { source, .. }) => source.clone(),
            _ => return None,
        };
        let strange = match self.strange_nets(under).await {
            Ok(strange) => strange,
            Err(sent) => return Some(sent),
        };
        let mut found = self.alone(action);
        if strange.is_empty() && found.is_empty() {
            return None;
        }
        let lines = match self.lines_about(under, action).await {
            Ok(lines) => lines,
            Err(sent) => return Some(sent),
        };
        for other in strange {
            let Some(stem) = net::stem_of(&other).map(Text::from) else { continue };
            let known = self.told.get(&other).cloned();
            let of_stem: Vec<Text> = lines
                .iter()
                .filter(|l| l.source == source && has_stem(l, &stem))
                .map(|l| l.key.clone())
                .collect();
            if !of_stem.iter().any(|key| action.lines.contains(key)) {
                continue;
            }
            let Some(keys) = known.or_else(|| net::lines_of(&other, &source, &of_stem)) else {
                return Some(Sent::Failed(problems::in_unknown_net(action, &other), None));
            };
            self.told.insert(other.clone(), keys.clone());
            let own: BTreeSet<Text> =
                keys.iter().filter(|key| action.lines.contains(key)).cloned().collect();
            if !own.is_empty() {
                let subject = net::subject(&source, &stem, keys);
                found.push(Standing { marker: other.into(), subject, lines: own });
            }
        }
        if found.is_empty() {
            return None;
        }
        Some(self.take_as_posted(under, entry, action, found, &lines).await)
    }

    /// Markers of several lines in the agreement's list that the store knows nothing of.
    async fn strange_nets(&mut self, under: &Under<'_>) -> Result<Vec<String>, Sent> {
        if let Some(known) = &self.strange {
            return Ok(known.clone());
        }
        let live = self.live.as_ref();
        let nets: Vec<String> = live
            .into_iter()
            .flat_map(|l| l.keys())
            .filter(|m| net::stem_of(m).is_some())
            .cloned()
            .collect();
        let mut strange = if nets.is_empty() {
            Vec::new()
        } else {
            under.executor.store.unknown_markers(nets).await.map_err(|e| {
                under.stop(fault(e));
                Sent::Dropped
            })?
        };
        strange.sort_unstable();
        self.strange = Some(strange.clone());
        Ok(strange)
    }

    /// Lines of a net that stand in the PSA each by itself.
    fn alone(&self, action: &Action) -> Vec<Standing> {
        let Some(Subject::Net { source, keys, .. }) = &action.subject else { return Vec::new() };
        let each = keys.iter().filter_map(|key| {
            let subject = Subject::Line { source: source.clone(), key: key.clone() };
            let marker = marker(&subject);
            self.live.as_ref()?.get(&marker).filter(|l| !l.is_empty())?;
            Some(Standing { marker: marker.into(), subject, lines: [key.clone()].into() })
        });
        each.collect()
    }

    /// The lines of the action and of those after it in the lane: an event may be in several.
    async fn lines_about(&self, under: &Under<'_>, action: &Action) -> Result<Vec<Line>, Sent> {
        let later = self.queue.iter().map(|(_, a)| a).filter(|a| a.kind == ActionKind::Create);
        let mut ids: Vec<_> =
            std::iter::once(action).chain(later).flat_map(|a| a.line_ids.clone()).collect();
        ids.sort_unstable();
        ids.dedup();
        under.executor.store.lines(ids).await.map_err(|e| {
            under.stop(fault(e));
            Sent::Dropped
        })
    }

    /// The action's place is taken by what is posted already; the rest of its lines are left to
    /// the next run, which knows of these.
    async fn take_as_posted(
        &mut self,
        under: &Under<'_>,
        entry: EntryId,
        action: &Action,
        found: Vec<Standing>,
        lines: &[Line],
    ) -> Sent {
        let mut rest: BTreeSet<Text> = action.lines.iter().cloned().collect();
        let mut new = Vec::new();
        for standing in found {
            let own: BTreeSet<Text> = standing.lines.intersection(&rest).cloned().collect();
            if own.is_empty() || own.len() < standing.lines.len() {
                // Two additions stand for the same line.
                let problem = problems::in_unknown_net(action, &standing.marker);
                return Sent::Failed(problem, None);
            }
            rest.retain(|key| !own.contains(key));
            let live = self.live.as_ref().and_then(|l| l.get(&*standing.marker)?.first());
            let mut part = part_of(action, &own, lines);
            part.after = live.map(|l: &LiveAddition| l.fields.clone());
            part.marker = Some(standing.marker);
            part.subject = Some(standing.subject);
            new.push(part);
        }
        match under.executor.store.intend_instead(under.run, vec![entry], new.clone()).await {
            Ok(entries) => {
                if !rest.is_empty() {
                    let rest = part_of(action, &rest, lines);
                    under.remark(&rest, &problems::rest_of_a_net(&rest));
                }
                for replaced in entries.into_iter().zip(new).rev() {
                    self.queue.push_front(replaced);
                }
                Sent::Replaced
            }
            Err(e) => {
                under.stop(fault(e));
                Sent::Dropped
            }
        }
    }
}

/// The action for some of its lines.
fn part_of(action: &Action, keys: &BTreeSet<Text>, lines: &[Line]) -> Action {
    let mut part = action.clone();
    let at: Vec<usize> =
        (0..action.lines.len()).filter(|n| keys.contains(&action.lines[*n])).collect();
    part.lines = at.iter().map(|n| action.lines[*n].clone()).collect();
    part.line_ids = at.iter().filter_map(|n| action.line_ids.get(*n).copied()).collect();
    part.sold = at.iter().filter_map(|n| action.sold.get(*n).copied()).collect();
    part.amount = lines.iter().filter(|l| part.line_ids.contains(&l.id)).map(|l| l.total).sum();
    part
}

fn has_stem(line: &Line, stem: &str) -> bool {
    [PostingMode::NetPerEvent, PostingMode::NetPerSubscriptionMonth]
        .into_iter()
        .any(|mode| net::stem(line, mode).as_deref() == Some(stem))
}
