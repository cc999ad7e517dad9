//! The dashboard's figures, and what to do next.

use jiff::Timestamp;
use rust_decimal::Decimal;

use super::layer::reading::Text;
use super::record::Money;
use super::{Model, Tab};
use crate::domain::money::{self, Currency};
use crate::domain::period::Period;
use crate::domain::plan::MoneyRow;
use crate::domain::status::{MappingStatus, PsaStatus};
use crate::tui::commands::Command;

/// The dashboard's figures.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct DashboardData {
    /// The lines are still being counted: what is known of organizations, offers and moments is
    /// here, all else follows.
    pub counting: bool,
    /// Last organizations sync.
    pub companies_at: Option<Timestamp>,
    /// Last products load.
    pub products_at: Option<Timestamp>,
    /// Last invoices load.
    pub load_at: Option<Timestamp>,
    /// Last Sync to PSA.
    pub sync_at: Option<Timestamp>,
    /// Lines and money by Mapping Status: Mapped, Unmapped, Response Error.
    pub mapping: [(u64, Money); 3],
    /// Lines and money by Status in PSA: Not Synced, Posting, Synced, Error.
    pub psa: [(u64, Money); 4],
    /// The equation, per currency.
    pub equation: Vec<MoneyRow>,
    /// Posted money by month, oldest first, in the currency with most lines.
    pub months: Vec<(Period, Decimal)>,
    /// That currency.
    pub chart_currency: Option<Currency>,
    /// Organizations: all, unmapped and not excluded, excluded.
    pub organizations: (u64, u64, u64),
    /// Offers: all, unmapped.
    pub offers: (u64, u64),
    /// PSA records in the local copy: companies, products, agreements.
    pub records: (u64, u64, u64),
    /// Lines that are mapped, not excluded and not synced.
    pub ready: u64,
    /// Lines that failed.
    pub failed: u64,
    /// Lines that were changed at the source after posting.
    pub revised: u64,
}

/// Something to do, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Next {
    /// What, in one line.
    pub text: String,
    /// Where Enter leads.
    pub tab: Tab,
    /// What Enter does there.
    pub run: Option<Command>,
    /// The filter that shows what is meant.
    pub filter: Option<&'static str>,
}

fn next(text: impl Into<String>, tab: Tab) -> Next {
    Next { text: text.into(), tab, run: None, filter: None }
}

fn count(n: u64, one: &str, many: &str) -> String {
    if n == 1 { format!("1 {one}") } else { format!("{n} {many}") }
}

/// What to do next, most pressing first.
pub fn what_next(data: &DashboardData) -> Vec<Next> {
    let mut list = Vec::new();
    let (organizations, unmapped, excluded) = data.organizations;
    if data.records == (0, 0, 0) {
        list.push(Next {
            run: Some(Command::PullAll),
            ..next("Fetch companies, products and agreements from ConnectWise", Tab::Dashboard)
        });
    }
    if data.load_at.is_none() && organizations == 0 {
        list.push(Next { run: Some(Command::Load), ..next("Load invoice lines", Tab::Invoices) });
        return list;
    }
    if data.failed > 0 {
        let text = format!("{} failed: see why", count(data.failed, "line", "lines"));
        list.push(Next { filter: Some("status:error"), ..next(text, Tab::Invoices) });
    }
    if unmapped > 0 {
        let text = format!("Map {}", count(unmapped, "organization", "organizations"));
        list.push(Next { filter: Some("status:unmapped"), ..next(text, Tab::Organizations) });
    }
    if data.offers.1 > 0 {
        let text = format!("Map {}", count(data.offers.1, "offer", "offers"));
        list.push(Next { filter: Some("status:unmapped"), ..next(text, Tab::Products) });
    }
    if excluded > 0 {
        let text = format!(
            "{} excluded from sync: decide",
            count(excluded, "organization is", "organizations are")
        );
        list.push(Next { filter: Some("excluded:yes"), ..next(text, Tab::Organizations) });
    }
    if data.revised > 0 {
        let text = format!(
            "{} changed after posting: {{grid.next}} finds them",
            count(data.revised, "line was", "lines were")
        );
        list.push(Next { filter: Some("status:synced"), ..next(text, Tab::Invoices) });
    }
    if data.ready > 0 {
        let text = format!("Plan the sync of {}", count(data.ready, "line", "lines"));
        list.push(Next { run: Some(Command::MakePlan), ..next(text, Tab::Sync) });
    }
    if list.is_empty() {
        list.push(Next {
            run: Some(Command::Load),
            ..next("All is posted. Load the next month's lines", Tab::Invoices)
        });
    }
    list
}

/// The dashboard tab.
#[derive(Debug, Clone, Default)]
pub struct Dashboard {
    /// The figures.
    pub data: Option<Box<DashboardData>>,
    /// Why there are none.
    pub problem: Option<crate::domain::problem::Problem>,
    /// Which entry of what to do next the cursor is on.
    pub at: usize,
    /// Newest wins.
    pub generation: u64,
}

impl Dashboard {
    /// What to do next; nothing while the lines are counted, so that no entry moves under a
    /// cursor.
    pub fn next(&self) -> Vec<Next> {
        self.data.as_deref().filter(|d| !d.counting).map(what_next).unwrap_or_default()
    }
}

impl Model {
    /// Every figure of the dashboard, every currency of it.
    pub(super) fn read_figures(&mut self) {
        let Some(data) = self.dashboard.data.clone() else { return };
        let mut text = Text::default();
        let mut sums = |heading: &str, rows: &[(&str, &(u64, Money))]| {
            text.heading(heading);
            for (name, (lines, money)) in rows {
                let all: Vec<String> =
                    money.iter().map(|(c, m)| format!("{} {c}", money::text(*m))).collect();
                text.field(name, format!("{}  {}", count(*lines, "line", "lines"), all.join("  ")));
            }
        };
        let mapping =
            [MappingStatus::Mapped, MappingStatus::Unmapped, MappingStatus::ResponseError];
        let rows: Vec<_> = mapping.iter().map(|s| s.as_str()).zip(&data.mapping).collect();
        sums("Mapping Status", &rows);
        let rows: Vec<_> = PsaStatus::ALL.iter().map(|s| s.as_str()).zip(&data.psa).collect();
        sums("Status in PSA", &rows);
        for row in &data.equation {
            super::details::equation(&mut text, row);
        }
        text.heading("Known here");
        text.field(
            "Organizations",
            format!(
                "{}, {} not mapped, {} excluded from sync",
                data.organizations.0, data.organizations.1, data.organizations.2
            ),
        );
        text.field("Offers", format!("{}, {} not mapped", data.offers.0, data.offers.1));
        text.field(
            "PSA records",
            format!(
                "{} companies, {} products, {} agreements",
                data.records.0, data.records.1, data.records.2
            ),
        );
        if let Some(currency) = data.chart_currency {
            text.heading(format!("Posted by month, {currency}"));
            for (month, amount) in &data.months {
                text.field(&month.to_string(), money::text(*amount));
            }
        }
        self.read("All figures", text);
    }

    /// The entry of what to do next under the cursor.
    pub(super) fn next_entry(&self) -> Option<Next> {
        self.dashboard.next().into_iter().nth(self.dashboard.at)
    }
}
