//! Changes to rows become edits of the store; lines that are posted stay as they are.

use super::Inner;
use crate::domain::edit::Edit;
use crate::domain::problem::Problem;
use crate::domain::status::PsaStatus;
use crate::store::StoreError;
use crate::tui::model::edit::{BulkPreview, Change, Edited};
use crate::tui::model::grid::Target;
use crate::tui::model::record::{LineRow, Named, OfferRow, OrganizationRow, Record, Row};
use crate::worker::changes;

/// Examples that a preview shows.
const EXAMPLES: usize = 6;

/// One field of one row: what the store is asked, and how it reads before and after.
struct FieldChange {
    edit: Edit,
    field: &'static str,
    from: String,
    to: String,
}

impl Inner {
    /// Makes changes to the rows of a target.
    pub(super) async fn change(
        &self,
        target: &Target,
        changes: &[Change],
    ) -> Result<Edited, Problem> {
        let mut frozen = 0;
        let mut edits: Vec<Edit> = Vec::new();
        let mut rows = Vec::new();
        self.each_of(target, |some| {
            if changes.iter().any(|c| matches!(c, Change::Suggested | Change::RejectSuggested)) {
                rows.extend(some);
                return;
            }
            gather(&some, changes, &mut edits, &mut frozen);
        })
        .await?;
        // Suggestions are made for the rows that want one.
        if !rows.is_empty() {
            self.suggest(&mut rows).await?;
            gather(&rows, changes, &mut edits, &mut frozen);
        }
        self.edit(edits, frozen).await
    }

    /// Makes edits; gives their inverse.
    pub(super) async fn edit(&self, edits: Vec<Edit>, frozen: u64) -> Result<Edited, Problem> {
        if edits.is_empty() {
            return Ok(Edited { rows: 0, frozen, inverse: vec![] });
        }
        let rows = edits.len() as u64;
        let inverse = changes::edit(&self.profile.store, changes::TERMINAL_APP, edits)
            .await
            .map_err(|e: StoreError| e.problem())?;
        self.tables.choices.forget_decisions();
        Ok(Edited { rows, frozen, inverse })
    }

    /// Says what changes would do.
    pub(super) async fn preview(
        &self,
        target: &Target,
        changes: &[Change],
    ) -> Result<BulkPreview, Problem> {
        let names = self.chosen_names(changes).await?;
        let mut preview = BulkPreview::default();
        self.each_of(target, |rows| look_at(&rows, changes, &names, &mut preview)).await?;
        Ok(preview)
    }
    /// Names of the records that changes choose, by what a field shows for them.
    async fn chosen_names(&self, changes: &[Change]) -> Result<Vec<(String, String)>, Problem> {
        let lists = self.lists().await?;
        Ok(changes
            .iter()
            .filter_map(|c| match c {
                Change::Company(Some(id)) | Change::LineCompany(Some(id)) => {
                    let found = lists.companies.iter().find(|x| x.id == *id)?;
                    Some((format!("#{id}"), found.name.clone()))
                }
                Change::Product(Some(id)) | Change::LineProduct(Some(id)) => {
                    let found = lists.products.iter().find(|x| x.id == *id)?;
                    Some((format!("#{id}"), super::mapping::product_title(found).to_owned()))
                }
                Change::LineAgreement(Some(id)) => {
                    let found = lists.agreements.iter().find(|x| x.id == *id)?;
                    Some((format!("#{id}"), found.name.clone()))
                }
                _ => None,
            })
            .collect())
    }
}

/// Adds what changes would do to rows.
fn look_at(
    rows: &[Row],
    changes: &[Change],
    names: &[(String, String)],
    preview: &mut BulkPreview,
) {
    for row in rows {
        if is_frozen(&row.record) {
            preview.frozen += 1;
            continue;
        }
        let changed: Vec<FieldChange> =
            fields(&row.record, changes).into_iter().filter(|f| f.from != f.to).collect();
        if changed.is_empty() {
            preview.same += 1;
            continue;
        }
        preview.changes += 1;
        for f in changed {
            if preview.examples.len() < EXAMPLES {
                let shown =
                    |v: String| names.iter().find(|(id, _)| *id == v).map_or(v, |n| n.1.clone());
                preview.examples.push([
                    crate::tui::model::name_of(&row.record),
                    f.field.to_owned(),
                    shown(f.from),
                    shown(f.to),
                ]);
            }
        }
    }
}

/// Adds the edits that changes to rows mean.
fn gather(rows: &[Row], changes: &[Change], edits: &mut Vec<Edit>, frozen: &mut u64) {
    for row in rows {
        if is_frozen(&row.record) {
            *frozen += 1;
            continue;
        }
        let changed = fields(&row.record, changes).into_iter().filter(|f| f.from != f.to);
        edits.extend(changed.map(|f| f.edit));
    }
}

/// Posted lines, and those whose posting is unresolved, are not edited (design 6.8).
fn is_frozen(record: &Record) -> bool {
    matches!(record, Record::Line(l)
        if matches!(l.line.psa_status, PsaStatus::Synced | PsaStatus::Posting))
}

fn fields(record: &Record, changes: &[Change]) -> Vec<FieldChange> {
    changes
        .iter()
        .filter_map(|change| match record {
            Record::Organization(o) => organization(o, change),
            Record::Offer(o) => offer(o, change),
            Record::Line(l) => line(l, change),
            _ => None,
        })
        .collect()
}

/// A chosen record as a field shows it: the number, which names replace.
fn number(id: Option<i64>) -> String {
    id.map_or_else(|| "(none)".into(), |id| format!("#{id}"))
}

fn yes_no(yes: bool) -> String {
    if yes { "Yes" } else { "No" }.to_owned()
}

fn organization(o: &OrganizationRow, change: &Change) -> Option<FieldChange> {
    let m = &o.mapping;
    let companies = |to: Vec<i64>| {
        let shown = |all: &[i64]| {
            let all: Vec<String> = all.iter().map(|id| number(Some(*id))).collect();
            if all.is_empty() { number(None) } else { all.join(", ") }
        };
        FieldChange {
            from: shown(&m.companies),
            to: shown(&to),
            field: "company",
            edit: Edit::Companies {
                source: m.source.clone(),
                organization: m.id.clone(),
                companies: to,
            },
        }
    };
    let excluded = |to: bool| FieldChange {
        from: yes_no(m.excluded),
        to: yes_no(to),
        field: "excluded",
        edit: Edit::Excluded { source: m.source.clone(), organization: m.id.clone(), excluded: to },
    };
    let rejects = |company: i64| FieldChange {
        from: number(Some(company)),
        to: "not suggested again".to_owned(),
        field: "suggestion",
        edit: Edit::RejectCompany {
            source: m.source.clone(),
            organization: m.id.clone(),
            company,
            rejected: true,
        },
    };
    Some(match change {
        Change::Company(None) => companies(vec![]),
        Change::Company(Some(id)) => {
            // The new default comes first; further companies stay.
            let mut to = vec![*id];
            to.extend(m.companies.iter().skip(1).filter(|c| *c != id));
            companies(to)
        }
        Change::AddCompany(id) => {
            let mut to = m.companies.clone();
            if !to.contains(id) {
                to.push(*id);
            }
            companies(to)
        }
        Change::Suggested => companies(vec![o.suggestion.as_ref()?.id]),
        Change::RejectSuggested => rejects(o.suggestion.as_ref()?.id),
        Change::Reject(id) => rejects(*id),
        Change::Excluded(to) => excluded(*to),
        Change::ToggleExcluded => excluded(!m.excluded),
        _ => return None,
    })
}

fn offer(o: &OfferRow, change: &Change) -> Option<FieldChange> {
    let m = &o.mapping;
    let rejects = |product: i64| FieldChange {
        from: number(Some(product)),
        to: "not suggested again".to_owned(),
        field: "suggestion",
        edit: Edit::RejectProduct {
            source: m.source.clone(),
            offer: m.id.clone(),
            product,
            rejected: true,
        },
    };
    let to = match change {
        Change::RejectSuggested => return Some(rejects(o.suggestion.as_ref()?.id)),
        Change::Reject(id) => return Some(rejects(*id)),
        Change::Product(id) => *id,
        Change::Suggested => Some(o.suggestion.as_ref()?.id),
        _ => return None,
    };
    Some(FieldChange {
        from: number(m.product),
        to: number(to),
        field: "product",
        edit: Edit::Product { source: m.source.clone(), offer: m.id.clone(), product: to },
    })
}

fn line(row: &LineRow, change: &Change) -> Option<FieldChange> {
    let l = &row.line;
    let id = |n: &Option<Named>| number(n.as_ref().map(|n| n.id));
    // A choice that equals the mapping's is still a choice: it stays when the mapping changes.
    let own = |own: Option<i64>, shown: String| match own {
        Some(_) => shown,
        None => format!("{shown} (mapping)"),
    };
    Some(match change {
        Change::LineCompany(to) => FieldChange {
            from: own(l.choice.company, id(&row.company)),
            to: to.map_or_else(|| own(None, id(&row.company)), |to| number(Some(to))),
            field: "company",
            edit: Edit::LineCompany { line: l.id, company: *to },
        },
        Change::LineProduct(to) => FieldChange {
            from: own(l.choice.product, id(&row.product)),
            to: to.map_or_else(|| own(None, id(&row.product)), |to| number(Some(to))),
            field: "product",
            edit: Edit::LineProduct { line: l.id, product: *to },
        },
        Change::LineAgreement(to) => FieldChange {
            from: own(l.choice.agreement, id(&row.agreement)),
            to: to.map_or_else(|| own(None, id(&row.agreement)), |to| number(Some(to))),
            field: "agreement",
            edit: Edit::LineAgreement { line: l.id, agreement: *to },
        },
        Change::Start(to) => {
            let typed = l.dates.start_badge == crate::domain::line::DateBadge::UserUpdated;
            let now = l.dates.start.unwrap_or(l.charge_start);
            FieldChange {
                from: if typed { now.to_string() } else { format!("{now} (default)") },
                to: to.to_string(),
                field: "start",
                edit: Edit::LineStart { line: l.id, start: *to },
            }
        }
        Change::End(to) => {
            let typed = l.dates.end_badge == crate::domain::line::DateBadge::UserUpdated;
            let now = if typed { l.dates.end } else { l.dates.end.or(l.charge_end) };
            let shown = |d: Option<jiff::civil::Date>| d.map_or("open".into(), |d| d.to_string());
            FieldChange {
                from: if typed { shown(now) } else { format!("{} (default)", shown(now)) },
                to: shown(*to),
                field: "end",
                edit: Edit::LineEnd { line: l.id, end: *to },
            }
        }
        Change::TogglePostOnce => FieldChange {
            from: yes_no(l.choice.post_once),
            to: yes_no(!l.choice.post_once),
            field: "post once",
            edit: Edit::LinePostOnce { line: l.id, post_once: !l.choice.post_once },
        },
        _ => return None,
    })
}
