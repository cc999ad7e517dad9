//! Keep, restore or adopt what reconcile found. Keeping and adopting write nothing to the PSA;
//! restoring makes actions, and the one executor carries them out.

use std::collections::{BTreeSet, HashMap};

use rust_decimal::Decimal;
use smallvec::{SmallVec, smallvec};

use super::super::apply::Begun;
use super::super::{ApplyOptions, Decided, Executor, Finding, Findings, RunReport, fault};
use super::left::{not_known, refused};
use super::{Reading, one_of_each};
use crate::domain::addition::{AdditionFields, OwnAddition, Subject};
use crate::domain::decision::{Decision, Verdict};
use crate::domain::journal::RunKind;
use crate::domain::line::Text;
use crate::domain::period::Period;
use crate::domain::plan::{Action, ActionKind, AgreementTarget, Counts, Reason};
use crate::domain::problem::{Problem, ProblemKind};
use crate::domain::psa::Agreement;

/// Fields that no write of ours sets.
const NOT_OURS: [&str; 3] = ["billCustomer", "agreementId", "extPrice"];

impl Executor {
    /// Carries out what a person decided about findings, each named by the marker or by a line of
    /// it. Gives what became of each, and the run where something was restored.
    ///
    /// # Errors
    /// [`ProblemKind::Refused`] when nothing was found under a name: nothing is done then. The PSA
    /// or the store does not answer.
    pub async fn decide(
        &self,
        periods: &[Period],
        wanted: &[(String, Verdict)],
    ) -> Result<(Vec<Decided>, Option<RunReport>), Problem> {
        self.recover().await?;
        let (lines, companies) =
            tokio::try_join!(self.store.lines_in(periods), self.store.companies())
                .map_err(fault)?;
        let companies = companies.into_iter().map(|c| (c.id, c.name)).collect();
        let (mut reading, markers) = self.reading(&lines, periods).await?;
        let mut findings = reading.findings(&markers, periods);
        let agreements = self.mark_invoiced(&reading, &mut findings).await?;
        let chosen = choose(&mut findings, wanted)?;

        let mut decided = Vec::new();
        let mut remembered = Vec::new();
        let mut actions = Vec::new();
        for (kind, finding, verdict) in chosen {
            let marker = Text::from(finding.marker.as_str());
            let problem = match verdict {
                Verdict::Restore => {
                    let put_back = if kind == Kind::Doubled {
                        let asked = self.asked_under(&marker).await?;
                        one_of_each::deletions(&reading, &companies, &finding, &agreements, &asked)
                    } else {
                        let agreement = agreements.get(&finding.agreement_id);
                        restore(&reading, &companies, &finding, agreement)
                            .map(|action| vec![action])
                    };
                    match put_back {
                        Ok(some) => {
                            actions.extend(some);
                            None
                        }
                        Err(problem) => Some(problem),
                    }
                }
                Verdict::Keep | Verdict::Adopt => {
                    match settle(&mut reading, kind, &finding, verdict) {
                        Ok((seen, own)) => {
                            remembered.push((Decision { marker, verdict, seen }, own));
                            None
                        }
                        Err(problem) => Some(problem),
                    }
                }
            };
            decided.push(Decided { marker: finding.marker, verdict, problem });
        }
        self.store.decide(remembered).await.map_err(fault)?;
        let report = self.restored(actions, &mut decided).await?;
        Ok((decided, report))
    }

    /// What was asked for under a marker for the lines that are posted under it.
    async fn asked_under(&self, marker: &Text) -> Result<Vec<AdditionFields>, Problem> {
        let lines = self.store.lines_of(marker).await.map_err(fault)?;
        let lines = lines.iter().map(|l| l.id).collect();
        self.store.asked_before(marker, lines).await.map_err(fault)
    }

    /// Carries the restoring actions out, and notes those that failed.
    async fn restored(
        &self,
        mut actions: Vec<Action>,
        decided: &mut [Decided],
    ) -> Result<Option<RunReport>, Problem> {
        if actions.is_empty() {
            return Ok(None);
        }
        for (n, action) in (0u32..).zip(&mut actions) {
            action.id = n;
        }
        let periods: BTreeSet<Period> = actions.iter().filter_map(|a| a.period).collect();
        let periods: Vec<Period> = periods.into_iter().collect();
        let run = self.store.begin_run(RunKind::Restore, &periods, None).await.map_err(fault)?;
        // A problem is told by the line that it concerns, or by the marker.
        let markers: HashMap<Text, Text> =
            actions.iter().filter_map(|a| Some((told_by(a)?, a.marker.clone()?))).collect();
        let begun = Begun {
            run,
            periods,
            actions,
            settled: Vec::new(),
            options: ApplyOptions::default(),
            counts: Counts::default(),
            errors: Vec::new(),
        };
        let report = self.carry_out(begun, HashMap::new()).await?;
        for failed in &report.errors {
            let marker = markers.get(&failed.line).unwrap_or(&failed.line);
            if let Some(one) = decided.iter_mut().find(|d| *d.marker == **marker) {
                one.problem = Some(failed.problem.clone());
            }
        }
        let done: Vec<(Decision, Option<OwnAddition>)> = decided
            .iter()
            .filter(|d| d.verdict == Verdict::Restore && d.problem.is_none())
            .map(|d| {
                let decision = Decision {
                    marker: d.marker.as_str().into(),
                    verdict: Verdict::Restore,
                    seen: String::new(),
                };
                (decision, None)
            })
            .collect();
        self.store.decide(done).await.map_err(fault)?;
        Ok(Some(report))
    }
}

/// The line by which a problem of an action without lines is told, where it has one.
fn told_by(action: &Action) -> Option<Text> {
    match &action.subject {
        Some(Subject::Line { key, .. } | Subject::Rounding { key, .. }) => Some(key.clone()),
        _ => action.marker.clone(),
    }
}

/// What a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Missing,
    Doubled,
    Drifted,
    Unknown,
}

/// The lists of findings, each with what it holds.
pub(super) fn by_kind(findings: &mut Findings) -> [(Kind, &mut Vec<Finding>); 4] {
    [
        (Kind::Missing, &mut findings.missing),
        (Kind::Doubled, &mut findings.doubled),
        (Kind::Drifted, &mut findings.drifted),
        (Kind::Unknown, &mut findings.unknown),
    ]
}

/// How the PSA has it: a decision holds while this is the same.
pub(super) fn seen(kind: Kind, finding: &Finding) -> String {
    let word = match kind {
        Kind::Missing => "missing",
        Kind::Doubled => "doubled",
        Kind::Drifted => "drifted",
        Kind::Unknown => "unknown",
    };
    let fields: Vec<_> = finding.fields.iter().map(|f| (&f.field, &f.psa)).collect();
    serde_json::json!({ "finding": word, "addition": finding.addition_id, "fields": fields })
        .to_string()
}

/// The findings that are meant, each once; a later word on one counts.
fn choose(
    findings: &mut Findings,
    wanted: &[(String, Verdict)],
) -> Result<Vec<(Kind, Finding, Verdict)>, Problem> {
    let all: Vec<(Kind, &Finding)> = by_kind(findings)
        .into_iter()
        .flat_map(|(kind, list)| list.iter().map(move |f| (kind, f)))
        .collect();
    let mut chosen: Vec<(Kind, Finding, Verdict)> = Vec::new();
    for (name, verdict) in wanted {
        let mut found = false;
        for (kind, finding) in &all {
            if finding.marker != *name && !finding.lines.contains(name) {
                continue;
            }
            found = true;
            match chosen.iter_mut().find(|(_, f, _)| f.marker == finding.marker) {
                Some(before) => before.2 = *verdict,
                None => chosen.push((*kind, (*finding).clone(), *verdict)),
            }
        }
        if !found {
            return Err(Problem::new(
                ProblemKind::Refused,
                "no-such-finding",
                format!(
                    "nothing is missing, doubled, changed or unknown under {}",
                    crate::domain::text::harmless(name)
                ),
                "name a line or a marker as `addendum reconcile` lists it; nothing was done",
            ));
        }
    }
    Ok(chosen)
}

/// What is remembered of a finding that is kept or adopted: how it was seen, and the addition as it
/// is known from then on.
fn settle(
    reading: &mut Reading<'_>,
    kind: Kind,
    finding: &Finding,
    verdict: Verdict,
) -> Result<(String, Option<OwnAddition>), Problem> {
    let marker = Text::from(finding.marker.as_str());
    match (kind, verdict) {
        (Kind::Doubled, Verdict::Adopt) => Err(refused(
            "doubled",
            format!("the marker {marker} stands on several additions, and which one counts?"),
            "restore it: the copies of the one that was posted are deleted",
        )),
        // Nothing is there: it counts as deleted by a person, and is not posted again unasked.
        (Kind::Missing, _) => {
            let own = reading.own.get(&marker).cloned();
            let own = own.map(|o| OwnAddition { gone: true, ..o });
            Ok((seen(kind, finding), own))
        }
        (Kind::Drifted, Verdict::Adopt) => {
            let live = reading.live.get(&*marker).and_then(|l| l.first()).cloned();
            let (Some(own), Some(live)) = (reading.own.get_mut(&marker), live) else {
                return Err(not_known(&marker));
            };
            own.fields = live.fields.clone();
            (own.agreement_id, own.addition_id) = (live.agreement_id, live.id);
            let own = own.clone();
            // Money that still differs from the line's is what was decided on.
            let mut left = Findings::default();
            reading.compare(&marker, &mut left);
            let seen = left.drifted.first().map_or_else(String::new, |f| seen(kind, f));
            Ok((seen, Some(own)))
        }
        (Kind::Unknown, Verdict::Adopt) => Err(not_known(&marker)),
        (Kind::Doubled | Kind::Drifted | Kind::Unknown, _) => Ok((seen(kind, finding), None)),
    }
}

/// The write that puts an addition back as it was posted.
fn restore(
    reading: &Reading<'_>,
    companies: &HashMap<i64, String>,
    finding: &Finding,
    agreement: Option<&Agreement>,
) -> Result<Action, Problem> {
    let marker = Text::from(finding.marker.as_str());
    let own = reading.own.get(&marker).ok_or_else(|| not_known(&marker))?;
    let agreement = agreement.ok_or_else(|| {
        refused(
            "agreement-gone",
            format!("the agreement {} of {marker} is no longer in ConnectWise", own.agreement_id),
            "adopt that it is gone, and post its lines again with `addendum retry --repost-deleted`",
        )
    })?;
    // A charge is invoiced once its start is; a subscription's month once that month is.
    let from = if own.subject.is_recurring() {
        own.fields.effective.max(own.shown.first_day())
    } else {
        own.fields.effective
    };
    if let Some(next) = agreement.invoiced_past(from) {
        return Err(refused(
            "invoiced",
            format!(
                "ConnectWise has invoiced what the addition {marker} stands for (up to {next}), \
                 and an invoiced record is never altered"
            ),
            "keep or adopt it, and correct it with a credit in ConnectWise",
        ));
    }
    if let Some(f) = finding.fields.iter().find(|f| NOT_OURS.contains(&f.field.as_str())) {
        return Err(refused(
            "not-ours-to-write",
            format!("{} of the addition {marker} is nothing that Addendum writes", f.field),
            "put it right in ConnectWise by hand, or keep or adopt it",
        ));
    }
    let live = reading.live.get(&*marker).and_then(|l| l.first());
    let company = companies.get(&own.company_id).map_or("", String::as_str);
    Ok(Action {
        id: 0,
        kind: if live.is_some() { ActionKind::Update } else { ActionKind::Create },
        company_id: own.company_id,
        company: company.into(),
        agreement: AgreementTarget::Existing(own.agreement_id),
        agreement_name: agreement.name.as_str().into(),
        addition_id: live.map(|l| l.id),
        marker: Some(marker),
        subject: Some(own.subject.clone()),
        // The lines that it stands for stay as they are, whatever comes of this.
        lines: SmallVec::new(),
        line_ids: SmallVec::new(),
        sold: Vec::new(),
        period: Some(own.shown),
        // As it was looked at just now: whoever changes it meanwhile is not overwritten.
        before: live.map(|l| Box::new(l.fields.clone())),
        after: Some(own.fields.clone()),
        new_agreement: None,
        amount: live.map_or(own.fields.amount(), |l| {
            own.fields.amount().checked_sub(l.fields.amount()).unwrap_or(Decimal::ZERO)
        }),
        currency: own.currency,
        reasons: smallvec![Reason {
            code: "restore".into(),
            text: "somebody asked for what was posted to be put back".into(),
        }],
    })
}
