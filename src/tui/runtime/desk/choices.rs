//! What pickers offer: PSA records, suggestions for the row first, narrowed by what is typed.

use std::sync::{Arc, Mutex, PoisonError};

use super::suggest::Suggester;
use super::{Inner, died, mapping, refused};
use crate::domain::problem::Problem;
use crate::domain::psa::{Agreement, AgreementStatus, Company, Product};
use crate::tui::model::fuzzy;
use crate::tui::model::grid::GridId;
use crate::tui::model::layer::picker::{Choice, ChoiceKind, Chosen};
use crate::tui::model::message::Answer;
use crate::tui::model::record::{LineRow, Record, RowId, Suggestion};
use crate::worker::mapping_view::{company_usable, product_usable};
use crate::worker::suggest::Records;

/// Choices that are shown at most; typing narrows further.
const SHOWN: usize = 200;
/// Suggestions on top: five rows nearly always hold the answer.
const SUGGESTED: usize = 5;

/// The PSA records at hand.
pub(super) struct PsaLists {
    pub(super) companies: Vec<Company>,
    pub(super) products: Vec<Product>,
    pub(super) agreements: Vec<Agreement>,
}

/// What is kept of them.
#[derive(Default)]
pub(super) struct Lists {
    lists: Mutex<Option<Arc<PsaLists>>>,
    suggester: Mutex<Option<Arc<Suggester>>>,
    /// The records of a suggester whose decisions are no longer the newest.
    records: Mutex<Option<Arc<Records>>>,
}

impl Lists {
    /// PSA records may have changed.
    pub(super) fn forget(&self) {
        *self.lists.lock().unwrap_or_else(PoisonError::into_inner) = None;
        *self.suggester.lock().unwrap_or_else(PoisonError::into_inner) = None;
        *self.records.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Mappings or rejections have changed: the index of records stays.
    pub(super) fn forget_decisions(&self) {
        let old = self.suggester.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(old) = old {
            *self.records.lock().unwrap_or_else(PoisonError::into_inner) = Some(old.records());
        }
    }

    pub(super) fn records(&self) -> Option<Arc<Records>> {
        self.records.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn suggester(&self) -> Option<Arc<Suggester>> {
        self.suggester.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn keep_suggester(&self, made: &Arc<Suggester>) {
        let mut kept = self.suggester.lock().unwrap_or_else(PoisonError::into_inner);
        *kept = Some(Arc::clone(made));
    }
}

impl Inner {
    /// The PSA records, read once.
    pub(super) async fn lists(&self) -> Result<Arc<PsaLists>, Problem> {
        let kept = &self.tables.choices.lists;
        if let Some(lists) = kept.lock().unwrap_or_else(PoisonError::into_inner).clone() {
            return Ok(lists);
        }
        let store = &self.profile.store;
        let (companies, products, agreements) =
            tokio::try_join!(store.companies(), store.products(), store.agreements())
                .map_err(refused)?;
        let lists = Arc::new(PsaLists { companies, products, agreements });
        *kept.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&lists));
        Ok(lists)
    }

    /// Answers with what a picker may offer.
    pub(super) async fn choices(&self, generation: u64, kind: ChoiceKind, text: String) {
        match self.offered(kind, text).await {
            Ok((choices, total)) => {
                self.answer(Answer::Choices { generation, choices, total }).await;
            }
            Err(problem) => self.answer(Answer::Failed(problem)).await,
        }
    }

    async fn offered(&self, kind: ChoiceKind, text: String) -> Result<(Vec<Choice>, u64), Problem> {
        let lists = self.lists().await?;
        let row = match &kind {
            ChoiceKind::Company(Some(id))
            | ChoiceKind::Product(Some(id))
            | ChoiceKind::Agreement(Some(id)) => self.record(id).await,
            _ => None,
        };
        let suggester = self.suggester().await?;
        tokio::task::spawn_blocking(move || {
            let suggested = suggested(&kind, row.as_ref(), &suggester);
            let all = all(&kind, row.as_ref(), &lists);
            let total = all.len() as u64;
            (narrowed(all, &suggested, &text, &kind), total)
        })
        .await
        .map_err(died)
    }

    /// What stands in a row of a table that is at hand.
    async fn record(&self, id: &RowId) -> Option<Record> {
        let grid = match id {
            RowId::Organization(..) => GridId::Organizations,
            RowId::Offer(..) => GridId::Products,
            _ => GridId::Invoices,
        };
        let target = crate::tui::model::grid::Target::Rows { grid, rows: vec![id.clone()] };
        let mut found = None;
        self.each_of(&target, |rows| found = rows.into_iter().next().map(|r| r.record))
            .await
            .ok()?;
        found
    }
}

fn suggested(kind: &ChoiceKind, row: Option<&Record>, by: &Suggester) -> Vec<Suggestion> {
    use crate::domain::mapping::{OfferMapping, OrganizationMapping};
    match (kind, row) {
        (ChoiceKind::Company(_), Some(Record::Organization(o))) => {
            by.organizations(&o.mapping, SUGGESTED)
        }
        (ChoiceKind::Product(_), Some(Record::Offer(o))) => by.offers(&o.mapping, SUGGESTED),
        (ChoiceKind::Company(_), Some(Record::Line(l))) => by.organizations(
            &OrganizationMapping {
                source: l.line.source.clone(),
                id: l.line.organization_id.clone(),
                name: l.line.organization_name.clone(),
                excluded: false,
                companies: vec![],
            },
            SUGGESTED,
        ),
        (ChoiceKind::Product(_), Some(Record::Line(l))) => by.offers(
            &OfferMapping {
                source: l.line.source.clone(),
                id: l.line.offer_id.clone(),
                name: l.line.offer_name.clone(),
                part_number: l.line.part_number.clone(),
                product: None,
            },
            SUGGESTED,
        ),
        _ => vec![],
    }
}

fn all(kind: &ChoiceKind, row: Option<&Record>, lists: &PsaLists) -> Vec<Choice> {
    let line = match row {
        Some(Record::Line(line)) => Some(&**line),
        _ => None,
    };
    let mut all: Vec<Choice> = match kind {
        ChoiceKind::Company(_) => {
            lists.companies.iter().filter(|c| company_usable(c)).map(company).collect()
        }
        ChoiceKind::Product(_) => {
            lists.products.iter().filter(|p| product_usable(p)).map(product).collect()
        }
        ChoiceKind::Agreement(_) => lists
            .agreements
            .iter()
            .filter(|a| fits(a, line))
            .map(|a| agreement(a, &lists.companies, line.is_none()))
            .collect(),
        ChoiceKind::List => vec![],
    };
    all.sort_by(|a, b| crate::tui::model::grid::natural(&a.title, &b.title));
    all
}

/// An agreement that a line can go to: of its company, in force, in its currency.
fn fits(a: &Agreement, line: Option<&LineRow>) -> bool {
    let Some(line) = line else { return a.status == AgreementStatus::Active };
    a.status == AgreementStatus::Active
        && line.company.as_ref().is_none_or(|c| c.id == a.company_id)
        && a.currency.is_none_or(|c| c == line.line.currency)
}

fn company(c: &Company) -> Choice {
    let parts = [Some(c.identifier.clone()), c.city.clone(), Some(c.status.clone())];
    Choice::plain(Chosen::Id(c.id), &c.name, joined(parts))
}

fn product(p: &Product) -> Choice {
    let price = p.price.map(crate::domain::money::text);
    let parts = [Some(p.identifier.clone()), p.part_number.clone(), price];
    Choice::plain(Chosen::Id(p.id), mapping::product_title(p), joined(parts))
}

fn agreement(a: &Agreement, companies: &[Company], with_company: bool) -> Choice {
    let company = with_company
        .then(|| companies.iter().find(|c| c.id == a.company_id).map(|c| c.name.clone()))
        .flatten();
    let parts = [
        company,
        a.currency.map(|c| c.to_string()),
        a.cycle.map(|c| c.to_string()),
        a.start.map(|d| format!("from {d}")),
    ];
    Choice::plain(Chosen::Id(a.id), &a.name, joined(parts))
}

fn joined<const N: usize>(parts: [Option<String>; N]) -> String {
    let parts: Vec<String> = parts.into_iter().flatten().filter(|p| !p.is_empty()).collect();
    parts.join(", ")
}

/// The best choices for what is typed; suggestions first while nothing is.
fn narrowed(
    all: Vec<Choice>,
    suggested: &[Suggestion],
    text: &str,
    kind: &ChoiceKind,
) -> Vec<Choice> {
    let with_score = |mut c: Choice| {
        if let Chosen::Id(id) = c.chosen
            && let Some(s) = suggested.iter().find(|s| s.id == id)
        {
            c.score = Some(s.score);
            c.reason = s.reason.to_string();
        }
        c
    };
    if text.trim().is_empty() {
        let mut shown: Vec<Choice> = suggested
            .iter()
            .filter_map(|s| all.iter().find(|c| c.chosen == Chosen::Id(s.id)).cloned())
            .map(with_score)
            .collect();
        let nothing = match kind {
            ChoiceKind::Agreement(_) => {
                ("(by rule)", "the remembered or only agreement, or a new one")
            }
            _ => ("(none)", "clear what is chosen"),
        };
        let rest = all
            .into_iter()
            .filter(|c| suggested.iter().all(|s| c.chosen != Chosen::Id(s.id)))
            .take(SHOWN);
        let clear = Choice::plain(Chosen::Nothing, nothing.0, nothing.1);
        if shown.is_empty() && matches!(kind, ChoiceKind::Agreement(_)) {
            shown.push(clear);
            shown.extend(rest);
        } else {
            shown.extend(rest);
            shown.push(clear);
        }
        return shown;
    }
    let texts: Vec<String> = all.iter().map(|c| format!("{} {}", c.title, c.detail)).collect();
    fuzzy::rank(text, texts.iter().map(String::as_str))
        .into_iter()
        .take(SHOWN)
        .map(|i| with_score(all[i].clone()))
        .collect()
}
